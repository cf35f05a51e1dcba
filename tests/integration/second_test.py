# SPDX-License-Identifier: MIT
"""Bundles that members of a real hub made, verified by a second implementation:
it says what countersign-verify says, whole and tampered."""
import json
import os
import random
import sys
import time

from world import SOURCE, STUCK_S, SkipTest, World, check, main, photo

sys.path.insert(0, os.path.join(SOURCE, "tests", "second"))
import csev  # noqa: E402 pylint: disable=wrong-import-position
import tlog  # noqa: E402 pylint: disable=wrong-import-position

try:
    import cryptography  # noqa: F401 pylint: disable=unused-import
except ImportError:
    cryptography = None


def root_of(w):
    return tlog.b64((w.operator_key() + "=").replace("-", "+").replace(
        "_", "/").encode())


def both(w, data, what):
    """What both say of it, which has to be the same."""
    with open(w.path("bundle"), "wb") as f:
        f.write(data)
    r = w.run("countersign-verify", w.path("bundle"), "--operator-key",
              w.operator)
    mine, why = csev.prove(data, w.root)
    check(mine == r.status, "%s: %d here (%s): %s" % (what, mine, why, r))
    return mine


def log_size(w):
    return json.loads(w.ok("countersignctl", "--hub", w.hub, "log", "show",
                           "--json").out)["size"]


def test_bundles():
    if cryptography is None:
        raise SkipTest("python3-cryptography is not there")
    with World() as w:
        w.operator, w.root = w.operator_key(), root_of(w)
        w.join("alice", "bob")
        w.friends("alice", "bob")
        photo(w.path("photo.jpg"), 320, 200)
        w.csok("alice", "send", "bob", "text")
        w.csok("alice", "send", "bob", "zwei, \u2028\u0645\u0631\u062d\u0628\u0627")
        w.csok("alice", "send", "bob", "not shown")
        w.csok("alice", "send", "bob", "--photo", w.path("photo.jpg"), "look")
        w.link("alice", "laptop")
        w.csok("laptop", "inbox")
        w.csok("laptop", "send", "bob", "from another device")
        got = [m for m in w.inbox("bob") if m["kind"] == "received"]
        check(len(got) == 5, str(got))
        # The turn of their stamps ends, so that the log has them.
        before, until = log_size(w), time.monotonic() + STUCK_S
        while log_size(w) < before + 2:
            check(time.monotonic() < until, "turns go on")
            time.sleep(0.5)
        w.cs("bob", "log", "show", "--check")
        made = []
        for args in ([got[0]["id"]], [got[1]["id"], got[0]["id"]],
                     [got[0]["id"], got[3]["id"]], [m["id"] for m in got],
                     [got[4]["id"], "--with-name"]):
            path = w.path("%d.csev" % len(made))
            w.csok("bob", "export", *args, "-o", path, "--open")
            with open(path, "rb") as f:
                made.append(f.read())
        for i, data in enumerate(made):
            said = both(w, data, "bundle %d" % i)
            check(said == 0, "%d: %s, %s" % (
                i, csev.prove(data, w.root), w.run("countersign-verify", w.path(
                    "%d.csev" % i), "--operator-key", w.operator)))
        proofs = [i.log_proof != b"" for data in made
                  for i in csev.Bundle(data).items]
        print("# %d of %d messages with a proof of the log" % (
            sum(proofs), len(proofs)))
        dice = random.Random(1)
        statuses = set()
        for data in made:
            for _ in range(40):
                bad = bytearray(data)
                at = dice.randrange(len(bad))
                bad[at] ^= 1 << dice.randrange(8)
                statuses.add(both(w, bytes(bad), "a bit of byte %d" % at))
            for n in (0, 1, 8, 60, len(data) // 2, len(data) - 1):
                statuses.add(both(w, data[:n], "cut at %d" % n))
            statuses.add(both(w, data + b"\0", "longer"))
        check(statuses == {1, 2}, str(statuses))
        # Of another operator.
        with World() as other:
            other.operator, other.root = other.operator_key(), root_of(other)
            check(both(other, made[0], "of another operator") == 1, "another")


if __name__ == "__main__":
    main()
