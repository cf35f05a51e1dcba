# SPDX-License-Identifier: MIT
"""What a member's command costs: syncs and reads of the home, counted."""
import os
import signal
import sqlite3

from world import World, check, main


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


if __name__ == "__main__":
    main()
