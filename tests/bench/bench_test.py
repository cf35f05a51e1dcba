# SPDX-License-Identifier: MIT
"""countersign-bench runs, and its JSON says what the documents show."""
import json
import subprocess
import sys

WANTED = ["Ed25519 signature", "sender, group of 2", "hub, group of 2",
          "recipient, group of 2", "the MLS message", "1 sending",
          "end to end, p50", "end to end, p99", "each idle connection",
          "hash of 3 megapixels", "open and verify a report of strangers",
          "search among 500 cases", "find within 31 bits, N = 10000",
          "proof of an entry, made of files, p50, N = 10000",
          "32 together: to verify all, each"]
WANTED += ["suite %d: %s" % (suite, what) for suite in (1, 2, 3) for what in (
    "key package", "protect 100 bytes, N = 50", "unprotect 1024 bytes, N = 50",
    "add 49 members", "join, N = 50", "join, N = 50, two threads",
    "commit, fresh tree, N = 20", "handle it, warm tree, N = 50",
    "memory of a group, warm, N = 50", "load, unprotect, save, N = 50")]

done = subprocess.run([sys.argv[1], "all", "--quick", "--json"],
                      stdout=subprocess.PIPE, timeout=500, check=True)
results = {r["name"]: r for r in json.loads(done.stdout)["results"]}
missing = [name for name in WANTED if name not in results]
senseless = [r for r in results.values() if not r["value"] > 0]
if missing or senseless:
    print("missing: %s, senseless: %s" % (missing, senseless))
    sys.exit(1)
