# SPDX-License-Identifier: MIT
"""What a member's command costs: syncs and reads of the home, counted."""
import os
import signal
import sqlite3
import subprocess
import time

from world import BIN, STUCK_S, World, check, main


def states(w, name):
    """The sealed MLS states of a home."""
    db = sqlite3.connect(os.path.join(w.home(name), "client.db"))
    found = [row[0] for row in db.execute("SELECT secret FROM grp")]
    db.close()
    return found


def files(w, name):
    for entry in os.scandir(w.home(name)):
        with open(entry.path, "rb") as f:
            yield entry.name, f.read()


def check_gone(w, name, old, when):
    for path, data in files(w, name):
        for state in old:
            check(state[40:200] not in data,
                  "%s: an old state of %s is in %s" % (when, name, path))


def test_syncs():
    """One transaction before the hub hears of a message, and its result."""
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        w.csok("alice", "send", "bob", "the log is there now")
        for i in range(3):
            cost = w.cost("alice", "send", "bob", "message %d" % i)
            check(cost["syncs"] <= 3, "send: %s" % cost)
        # A page of messages in one transaction, and that they were shown.
        cost = w.cost("bob", "inbox")
        check(cost["syncs"] <= 4, "inbox: %s" % cost)
        # What is left of it, and then nothing.
        w.csok("bob", "inbox")
        cost = w.cost("bob", "inbox")
        check(cost["syncs"] == 0 and cost["writes"] == 0, "none: %s" % cost)


def test_reads():
    """Where nothing waits, more conversations cost no more reads."""
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        costs = []
        for n in range(40):
            w.csok("alice", "group", "new", "group %d" % n, "bob")
            if n not in (9, 39):
                continue
            for name in ("bob", "alice", "bob", "alice", "bob", "alice"):
                w.csok(name, "inbox")
            costs.append([w.cost("alice", "inbox")["reads"],
                          w.cost("bob", "inbox")["reads"],
                          w.cost("alice", "send", "group 3", "x")["reads"]])
        # One page more where an index grows by a level; an MLS state has two.
        for few, many in zip(*costs):
            check(many <= few + 4, "reads: %s" % costs)


def test_killed_at_each_step():
    """A sender dies before each of its writes and syncs, one after another."""
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        w.csok("alice", "send", "bob", "the log is there now")
        w.texts("bob")
        tried, step, died = [], 0, True
        while died:
            step += 1
            old = states(w, "alice")
            text = "step %d" % step
            tried.append(text)
            r = w.cs("alice", "send", "bob", text, env=w.counted(step))
            died = r.status == -signal.SIGKILL
            check(died or r.status == 0, str(r))
            # Whoever comes next sends what waits, and forgets what was used.
            w.csok("alice", "inbox")
            sent = [m for m in w.inbox("alice", "--all") if m["text"] == text]
            check(len(sent) <= 1, "%s is there once: %s" % (text, sent))
            got = w.texts("bob")
            check(got == [text] * len(sent), "%s came: %s" % (text, got))
            check(not sent or not sent[0].get("waiting"), "nothing is stuck")
            if sent:
                check_gone(w, "alice", old, text)
        check(step > 20, "there are that many steps: %d" % step)
        got = w.texts("bob", "--all")
        check(got[-1] == tried[-1] and len(got) == len(set(got)), str(got))


def test_reader_killed_at_each_step():
    """The same of one who reads."""
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        step, died = 0, True
        while died:
            step += 1
            w.csok("alice", "send", "bob", "step %d" % step)
            old = states(w, "bob")
            r = w.cs("bob", "inbox", env=w.counted(step))
            died = r.status == -signal.SIGKILL
            check(died or r.status == 0, str(r))
            w.csok("bob", "inbox")
            check_gone(w, "bob", old, "step %d" % step)
        check(step > 20, "there are that many steps: %d" % step)
        check(w.texts("bob", "--all")[-step:] ==
              ["step %d" % (i + 1) for i in range(step)], "all, in order")


def in_largest(w):
    """How many devices are in the largest group, says the hub."""
    db = w.db()
    (n,) = db.execute("SELECT COALESCE(MAX(n),0) FROM (SELECT COUNT(*) AS n"
                      " FROM member GROUP BY grp)").fetchone()
    db.close()
    return n


def test_large_group():
    """Many people come in by several commits; what broke off is finished."""
    with World() as w:
        w.join("alice")
        os.mkdir(w.path("crowd"))
        names = ["m%04d" % i for i in range(230)]
        w.ok("crowd", w.path("crowd"), w.invite("--uses", len(names)), 0,
             len(names), "alice")
        w.csok("alice", "inbox")
        proc = subprocess.Popen(
            [os.path.join(BIN, "countersign"), "--home", w.home("alice"),
             "group", "new", "the village"] + names, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + STUCK_S
        while in_largest(w) < 100 and time.monotonic() < until:
            time.sleep(0.01)
        proc.send_signal(signal.SIGKILL)
        proc.wait(STUCK_S)
        check(100 <= in_largest(w) <= len(names), "some are in")
        w.csok("alice", "group", "new", "the village", *names)
        (group,) = [g for g in w.csok("alice", "group", "list",
                                      "--json").lines()
                    if g["name"] == "the village"]
        check(sorted(group["members"]) == sorted(names + ["alice"]), "all")
        check(group["epoch"] == 3, "a commit for each hundred")
        r = w.cs("alice", "group", "new", "the village", *names)
        check(r.status == 1 and "already" in r.err, str(r))
        r = w.cs("alice", "group", "new", "the village", *names[1:])
        check(r.status == 1 and "already" in r.err, str(r))


if __name__ == "__main__":
    main()
