# SPDX-License-Identifier: MIT
"""What happens over time and side by side: following, racing, renewing."""
import json
import os
import subprocess
import threading
import time

from world import BIN, STUCK_S, World, check, main, photo


def hub_status(w, env=None):
    return json.loads(w.ok("countersignctl", "--hub", w.hub, "status",
                           "--json", env=env).out)


class Follower:
    """countersign follow --json, and the lines it prints."""

    def __init__(self, w, name):
        self.proc = subprocess.Popen(
            [os.path.join(BIN, "countersign"), "--home", w.home(name),
             "follow", "--json"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.lines = []
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.proc.stdout:
            self.lines.append(json.loads(line))

    def wait(self, text):
        until = time.monotonic() + STUCK_S
        while not any(m.get("text") == text for m in list(self.lines)):
            check(time.monotonic() < until, "%r did not come: %s" %
                  (text, self.lines))
            time.sleep(0.02)

    def end(self):
        self.proc.terminate()
        self.reader.join(STUCK_S)
        err = self.proc.stderr.read().decode()
        self.proc.stdout.close()
        self.proc.stderr.close()
        self.proc.wait(STUCK_S)
        check("Sanitizer" not in err, err)
        return err


def test_follow():
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        follower = Follower(w, "bob")
        try:
            for i in range(5):
                w.csok("alice", "send", "bob", "news %d" % i)
                follower.wait("news %d" % i)
            # Other commands work meanwhile.
            w.csok("bob", "send", "alice", "while following")
            check("while following" in w.texts("alice"), "it went out")
            # A hub that goes away and comes back.
            w.stop("hub")
            time.sleep(0.5)
            w.start_hub()
            w.csok("alice", "send", "bob", "after the break")
            follower.wait("after the break")
            check(len([m for m in follower.lines
                       if m["kind"] == "received"]) == 6, "each once")
        finally:
            err = follower.end()
        check("Trying again" in err, "and said so: %s" % err)


def at_once(*calls):
    """Run each in a thread of its own; their results."""
    results = [None] * len(calls)

    def run(i):
        results[i] = calls[i]()
    threads = [threading.Thread(target=run, args=(i,))
               for i in range(len(calls))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return results


def test_two_commits_at_once():
    with World() as w:
        names = ("alice", "bob", "carol", "dave")
        w.join(*names)
        w.friends(*names)
        w.csok("alice", "group", "new", "team", "bob")
        w.csok("alice", "group", "role", "team", "bob", "admin")
        w.csok("bob", "inbox")
        for i in range(4):
            a, b = at_once(
                lambda: w.cs("alice", "group", "add", "team", "carol"),
                lambda: w.cs("bob", "group", "add", "team", "dave"))
            check(a.status == 0 and b.status == 0, "both win: %s %s" % (a, b))
            a, b = at_once(
                lambda: w.cs("bob", "group", "remove", "team", "carol"),
                lambda: w.cs("alice", "group", "remove", "team", "dave"))
            check(a.status == 0 and b.status == 0, "both win: %s %s" % (a, b))
        w.csok("alice", "group", "add", "team", "carol", "dave")
        w.csok("dave", "send", "team", "all here")
        for name in ("alice", "bob", "carol"):
            check("all here" in w.texts(name), name)
        epochs = set()
        for name in names:
            groups = w.csok(name, "group", "list", "--json").lines()
            epochs |= {g["epoch"] for g in groups if g["name"] == "team"
                       and g["state"] == "active"}
        check(len(epochs) == 1, "one epoch: %s" % epochs)


def test_many_commands_at_once():
    """One folder, several commands: they take turns."""
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        done = at_once(*[
            lambda i=i: w.cs("alice", "send", "bob", "at once %d" % i)
            for i in range(8)])
        check(all(r.status == 0 for r in done), str(done[0]))
        check(sorted(w.texts("bob")) ==
              ["at once %d" % i for i in range(8)], "each once")


def test_new_stamp_keys():
    """The stamp key is renewed every month; what the old one stamped stays
    readable, reportable and proved."""
    with World(desk=True) as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        w.csok("alice", "send", "bob", "under the old key")
        w.stop("hub")
        w.ok("countersignctl", "--hub", w.hub, "renew")
        w.start_hub()
        w.csok("alice", "send", "bob", "under the new key")
        got = [m for m in w.inbox("bob") if m["kind"] == "received"]
        check([m["text"] for m in got] == ["under the old key",
                                           "under the new key"], str(got))
        ids = [m["id"] for m in got]
        w.csok("bob", "report", *ids, "--reason", "other", "--yes")
        report = w.desk_reports(1)[0]
        check(report["state"] == "open", str(report))
        # Members of a group from before can still change it.
        w.csok("alice", "group", "new", "team", "bob")
        w.csok("bob", "inbox")


def test_half_a_message():
    """The database fails between two rows of a message: none of them stays,
    and nothing of it is acknowledged."""
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        db = w.db()
        entries = "SELECT COUNT(*),MAX(seq) FROM log"
        before = db.execute(entries).fetchone()
        db.execute("CREATE TRIGGER half BEFORE UPDATE OF seq ON grp BEGIN"
                   " SELECT RAISE(ABORT,'half'); END")
        db.commit()
        r = w.cs("alice", "send", "bob", "once")
        check("kept" in r.err or r.status != 0, "not acknowledged: %s" % r)
        check(db.execute(entries).fetchone() == before, "nothing stays")
        db.execute("DROP TRIGGER half")
        db.commit()
        w.csok("alice", "inbox")
        w.csok("alice", "send", "bob", "twice")
        check(w.texts("bob")[-2:] == ["once", "twice"], w.texts("bob"))


def test_what_is_kept():
    """A month later the hub has forgotten who wrote what when; what a report
    names is still there; and people talk on."""
    with World(desk=True) as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        for name in ("reported", "other"):
            photo(w.path(name + ".jpg"), 64, 48 if name == "other" else 50)
            w.csok("alice", "send", "bob", "--photo", w.path(name + ".jpg"),
                   name)
        w.csok("alice", "send", "bob", "and words")
        ids = {m["text"]: m["id"] for m in w.inbox("bob")}
        w.inbox("alice")
        w.csok("bob", "report", ids["reported"], "--reason", "other", "--yes")
        w.desk_reports(1)
        w.stop("desk")
        now = hub_status(w)
        check(now["blobs"] == 2 and now["blobs_kept_for_reports"] == 1,
              str(now))
        check(now["oldest_message_ms"] != 0, str(now))
        later = w.later(32)
        w.stop("hub")
        w.ok("countersignctl", "--hub", w.hub, "renew", env=later)
        w.start_hub(env=later)
        for _ in range(100):
            now = hub_status(w, later)
            if now["oldest_message_ms"] == 0 and now["blobs"] == 1:
                break
            time.sleep(0.1)
        check(now["oldest_message_ms"] == 0, str(now))
        check(now["blobs"] == now["blobs_kept_for_reports"] == 1, str(now))
        said = w.ok("countersignctl", "--hub", w.hub, "status", env=later).out
        check("1, 1 of them kept for reports" in said and
              "a message of" not in said and "a file of" in said, said)
        w.csok("alice", "send", "bob", "a month later", env=later)
        got = w.csok("bob", "inbox", "--json", env=later).lines()
        check([m["text"] for m in got] == ["a month later"], str(got))


def test_desk_keys_run_out():
    """The root's word for the desk's keys is good for a year.  After that
    members go on, are told why they cannot report, and the same keys are
    certified anew, without the hub being stopped."""
    with World(desk=True) as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        w.csok("alice", "send", "bob", "she is 13")
        (got,) = [m for m in w.inbox("bob") if m["kind"] == "received"]
        w.ok("desk-certs", w.hub, "2")
        w.csok("alice", "inbox")  # the hub looks at them when somebody comes
        time.sleep(3.1)
        w.csok("alice", "send", "bob", "life goes on")
        check("life goes on" in w.texts("bob"), "it does")
        r = w.cs("bob", "report", got["id"], "--reason", "other", "--yes")
        check(r.status != 0 and "has expired" in r.err, str(r))
        w.ok("countersignctl", "--hub", w.hub, "renew")
        w.csok("bob", "report", got["id"], "--reason", "other", "--yes")
        check(w.desk_reports(1)[0]["state"] == "open", "as before")


def test_key_packages_run_out():
    with World() as w:
        w.join("alice", "bob", "carol")
        db = w.db()
        db.execute("DELETE FROM key_package WHERE last_resort=0")
        db.commit()
        db.close()
        w.csok("alice", "send", "bob", "the last resort")
        w.csok("carol", "send", "bob", "is used again")
        got = w.inbox("bob")
        texts = [m["text"] for m in got if m["kind"] == "received"]
        check(sorted(texts) == ["is used again", "the last resort"],
              "both: %s" % got)
        (n,) = w.db().execute(
            "SELECT COUNT(*) FROM key_package JOIN device ON"
            " device.id=key_package.device JOIN account ON"
            " account.id=device.account WHERE handle='bob'").fetchone()
        check(n > 10, "and Bob's client brought new ones: %d" % n)


def test_key_packages_renew():
    """Somebody who is away for weeks after their key packages' year is nearly
    over can still be written to: new ones came before."""
    with World() as w:
        w.join("alice", "bob")
        soon = int(time.time()) + 50 * 86400
        db = w.db()
        db.execute("UPDATE key_package SET not_after=?", (soon,))
        db.commit()
        mine = ("SELECT COUNT(*) FROM key_package JOIN device ON"
                " device.id=key_package.device JOIN account ON"
                " account.id=device.account WHERE handle='bob' AND"
                " not_after>? AND last_resort=?")
        w.csok("bob", "inbox")
        for last_resort, most in ((0, 10), (1, 0)):
            (n,) = db.execute(mine, (soon, last_resort)).fetchone()
            check(n > most, "%d are new" % n)
        (before,) = db.execute("SELECT COUNT(*) FROM key_package").fetchone()
        w.csok("bob", "inbox")
        (after,) = db.execute("SELECT COUNT(*) FROM key_package").fetchone()
        check(before == after, "once: %d, %d" % (before, after))
        w.csok("alice", "send", "bob", "an old one still does")
        check(w.texts("bob") == ["an old one still does"], "it came")


def test_long_texts():
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        text = "\u06a9\u0648\u0631\u062f\u06cc " * 5500
        w.csok("alice", "send", "bob", "-", stdin=text.encode())
        check(w.texts("bob") == [text], "60 KiB")
        r = w.cs("alice", "send", "bob", "-", stdin=b"x" * 61441)
        check(r.status == 64 and "--file" in r.err, str(r))
        r = w.cs("alice", "send", "bob", "-", stdin=b"caf\xe9")
        check(r.status == 1 and "UTF-8" in r.err, str(r))
        # Nothing of the others' steers the terminal.
        w.csok("alice", "send", "bob", "a\u202eb\x1b[2Jc\u200dd")
        shown = w.csok("bob", "inbox").out
        check("\u202e" not in shown and "\x1b" not in shown and
              "\u200d" in shown, repr(shown))


if __name__ == "__main__":
    main()
