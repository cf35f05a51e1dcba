# SPDX-License-Identifier: MIT
"""kill -9 of hub, client and desk at random moments (issue, C.7)."""
import os
import random
import signal
import sqlite3
import subprocess
import time

from world import BIN, STUCK_S, World, check, main, photo

ROUNDS = 50


class Storm:
    def __init__(self, w, seed):
        self.w = w
        self.random = random.Random(seed)
        self.acknowledged = []
        self.tried = []
        self.pic = w.path("pic.jpg")
        photo(self.pic, 640, 480)

    def command(self, name, *args):
        """A member's command; what is acknowledged is what it printed and
        said was done."""
        proc = subprocess.Popen(
            [os.path.join(BIN, "countersign"), "--home", self.w.home(name)] +
            list(args), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        return proc

    def send(self, i, sender, to, kill):
        text = "message %d of %s" % (i, sender)
        args = ["send", to]
        if i % 7 == 3:
            args += ["--photo", self.pic]
        proc = self.command(sender, *args, text)
        self.tried.append(text)
        if kill is not None:
            time.sleep(self.random.random() * 0.03)
            kill(proc)
        out, err = proc.communicate(timeout=STUCK_S)
        check(b"Sanitizer" not in err, err.decode())
        if proc.returncode == 0 and out:
            self.acknowledged.append(text)

    def kill_hub(self, _):
        self.w.stop("hub", signal.SIGKILL)
        self.w.start_hub()

    def kill_client(self, proc):
        proc.send_signal(signal.SIGKILL)

    def kill_desk(self, _):
        self.w.stop("desk", signal.SIGKILL)
        self.w.start("desk", "countersign-desk", "run", self.w.desk, ready="")

    def kill_reader(self, name):
        reader = self.command(name, "inbox", "--json")
        time.sleep(self.random.random() * 0.03)
        reader.send_signal(signal.SIGKILL)
        reader.communicate(timeout=STUCK_S)


def receipts(w, name):
    got = [m for m in w.inbox(name, "--all") if m["kind"] == "received"]
    return [m["text"] for m in got]


def test_killed_at_random():
    seed = int(os.environ.get("COUNTERSIGN_SEED", time.time_ns() % 10 ** 6))
    print("# COUNTERSIGN_SEED=%d" % seed)
    with World(desk=True) as w:
        w.join("alice", "bob", "carol")
        w.friends("alice", "bob", "carol")
        w.csok("alice", "group", "new", "family", "bob", "carol")
        for name in ("bob", "carol"):
            w.csok(name, "inbox")
        storm = Storm(w, seed)
        kills = [storm.kill_hub, storm.kill_client, storm.kill_client,
                 storm.kill_desk]
        reported = 0
        for i in range(ROUNDS):
            sender = ("alice", "bob", "carol")[i % 3]
            storm.send(i, sender, "family", storm.random.choice(kills))
            if i % 5 == 0:
                storm.kill_reader(("bob", "carol", "alice")[i % 3])
            if i % 17 == 16:
                got = [m for m in w.inbox("bob", "--all")
                       if m["kind"] == "received" and
                       m["conversation"] == "family"]
                if got:
                    w.csok("bob", "report", got[-1]["id"], "--reason", "spam",
                           "--yes")
                    reported += 1
        check(storm.acknowledged, "something was sent")
        # All come once more, and what waited goes out.
        for _ in range(2):
            for name in ("alice", "bob", "carol"):
                w.csok(name, "inbox")
        for name in ("alice", "bob", "carol"):
            seen = receipts(w, name)
            for text in storm.acknowledged:
                if not text.endswith("of " + name):
                    check(seen.count(text) == 1, "%s has %r %d times" %
                          (name, text, seen.count(text)))
            for text in storm.tried:
                check(seen.count(text) <= 1, "%s has %r twice" % (name, text))
            refused = [m for m in w.inbox(name, "--all")
                       if m["kind"] == "refused"]
            check(not refused, "nothing was refused: %s" % refused)
            waiting = [m for m in w.inbox(name, "--all")
                       if m.get("waiting") or m.get("failed")]
            check(not waiting, "nothing is stuck: %s" % waiting)
        check(len(w.desk_reports(reported)) == reported, "reports came once")
        # Everybody can still write, and change the group.
        w.csok("bob", "send", "family", "it is over")
        check("it is over" in receipts(w, "carol"), "carol reads on")
        w.csok("alice", "group", "role", "family", "carol", "owner")
        w.csok("carol", "group", "remove", "family", "alice")
        w.csok("bob", "send", "family", "without alice")
        check("without alice" in receipts(w, "carol"), "the group works")
        for name in list(w.procs):
            w.stop(name)
        for path in [os.path.join(w.hub, "hub.db"),
                     os.path.join(w.desk, "desk.db")] + [
                         os.path.join(w.home(n), "client.db")
                         for n in ("alice", "bob", "carol")]:
            db = sqlite3.connect(path)
            got = db.execute("PRAGMA integrity_check").fetchall()
            check(got == [("ok",)], "%s: %s" % (path, got))
            db.close()


def test_killed_while_changing_a_group():
    """Commits, joins and Welcomes are cut off; members end in one epoch."""
    with World() as w:
        names = ("alice", "bob", "carol", "dave")
        w.join(*names)
        w.friends(*names)
        storm = Storm(w, 4711)
        w.csok("alice", "group", "new", "team", "bob", "carol")
        w.csok("alice", "group", "role", "team", "bob", "admin")
        for name in ("bob", "carol"):
            w.csok(name, "inbox")
        for i in range(12):
            verb = ("add", "remove")[i % 2]
            proc = storm.command(("alice", "bob")[i % 3 == 1], "group", verb,
                                 "team", "dave")
            time.sleep(storm.random.random() * 0.05)
            (storm.kill_hub if i % 4 == 3 else storm.kill_client)(proc)
            proc.communicate(timeout=STUCK_S)
            storm.kill_reader("dave")
        for _ in range(2):
            for name in names:
                w.csok(name, "inbox")
        w.csok("alice", "group", "add", "team", "dave")
        w.csok("carol", "send", "team", "all here")
        for name in ("alice", "bob", "dave"):
            check("all here" in receipts(w, name), name)


if __name__ == "__main__":
    main()
