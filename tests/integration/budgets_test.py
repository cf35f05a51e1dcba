# SPDX-License-Identifier: MIT
"""What everybody may take of a hub: said as it is, and kept to."""
import json
import os
import re
import resource
import socket
import sqlite3
import subprocess
import time

from world import BIN, SOURCE, World, check, main, processes

SIZES = {"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
WINDOWS = {"at once": 0, "a second": 1000, "a minute": 60000,
           "an hour": 3600000, "a day": 86400000}


def table():
    return json.loads(subprocess.check_output(
        [os.path.join(BIN, "countersignctl"), "budgets", "--json"]))


def test_document_says_what_the_hub_does():
    with open(os.path.join(SOURCE, "docs/DESIGN.md")) as f:
        section = f.read().split("\n## Limits\n")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")]
            for line in section.splitlines() if line.startswith("| ")][1:]
    said = []
    for name, resource_, per, amount, code, reason in rows:
        number, unit, window = re.match(
            r"([\d,]+) (?:([KMG]iB) )?(.+)", amount).groups()
        said.append({"name": name, "resource": resource_, "per": per,
                     "amount": int(number.replace(",", "")) *
                     SIZES.get(unit, 1),
                     "window_ms": WINDOWS[window],
                     "code": "" if code == "-" else code, "reason": reason})
    for ours, theirs in zip(table(), said):
        check(ours == theirs, "DESIGN.md: %s is %s" % (theirs, ours))
    check(len(said) == len(table()), "DESIGN.md has as many")


def test_few_open_files():
    with World() as w:
        w.stop("hub")
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        proc = subprocess.Popen(
            [os.path.join(BIN, "countersignd"), "run", w.hub],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            preexec_fn=lambda: resource.setrlimit(
                resource.RLIMIT_NOFILE, (256, min(1024, hard))))
        try:
            check(b"listens" in proc.stdout.readline(), "it runs")
            with open("/proc/%d/limits" % proc.pid) as f:
                limit = [line.split()[3] for line in f
                         if line.startswith("Max open files")]
            check(limit == ["1024"], "raised as far as it may: %s" % limit)
        finally:
            proc.terminate()
            err = proc.communicate(timeout=60)[1].decode()
        check("only 768 connections are taken, of 20000" in err, err)


def test_strangers_without_a_word():
    """Twice as many as there is room for, and members go in and out."""
    with World() as w:
        w.join("alice")
        held = []
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
        try:
            for i in range(600):
                s = socket.socket()
                s.bind(("127.0.1.%d" % (1 + i % 4), 0))
                s.connect(("127.0.0.1", w.port))
                held.append(s)
            w.csok("alice", "devices")
            # Four addresses cannot hold more than they may.
            time.sleep(1)
            pids = processes(w.procs["hub"].pid)["network"]
            n = sum(len(os.listdir("/proc/%d/fd" % pid)) for pid in pids)
            check(100 < n < 4 * 128 + 40 * len(pids),
                  "the oldest were cut: %d" % n)
        finally:
            for s in held:
                s.close()
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_limit_is_said():
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        db = w.db()
        account = db.execute("SELECT id FROM account WHERE handle='alice'"
                             ).fetchone()[0]
        db.close()
        w.stop("hub")
        db = sqlite3.connect(os.path.join(w.hub, "hub.db"))
        db.execute("INSERT OR REPLACE INTO spent VALUES(?,?,?,?)",
                   (account, "messages-day", int(time.time() * 1000), 20000))
        db.commit()
        db.close()
        w.start_hub()
        r = w.cs("alice", "send", "bob", "once too often")
        check("Try again in 24 hours." in r.err, str(r))
        check(w.texts("bob").count("once too often") == 0, "not sent")
        w.stop("hub")
        db = sqlite3.connect(os.path.join(w.hub, "hub.db"))
        db.execute("DELETE FROM spent WHERE budget='messages-day'")
        db.commit()
        db.close()
        w.start_hub()
        # It was kept, and goes by itself.
        w.csok("alice", "inbox")
        check(w.texts("bob").count("once too often") == 1, "not lost")


if __name__ == "__main__":
    main()
