# SPDX-License-Identifier: MIT
"""In real life: with a wrong clock, a full disk, a restored folder, a lost
phone, and people who come and go."""
import fcntl
import json
import os
import shutil
import sqlite3
import subprocess
import time

from world import BIN, STUCK_S, SkipTest, World, check, main, photo


def test_added_again():
    """Whoever is removed and added again, and again, reads all that was sent
    while they were in."""
    with World() as w:
        w.join("alice", "bob", "carol")
        w.friends("alice", "bob", "carol")
        w.csok("alice", "group", "new", "family", "bob", "carol")
        w.csok("bob", "inbox")
        for i in range(3):
            w.csok("alice", "send", "family", "in %d" % i)
            w.csok("carol", "inbox")
            w.csok("alice", "group", "remove", "family", "bob")
            w.csok("alice", "send", "family", "out %d" % i)
            w.csok("carol", "inbox")
            w.csok("alice", "group", "add", "family", "bob")
        w.csok("alice", "send", "family", "at last")
        said = w.inbox("bob")
        check([m["text"] for m in said if m["kind"] == "received"] ==
              ["in 0", "in 1", "in 2", "at last"], str(said))
        check(not [m for m in said if m["kind"] == "refused" or
                   m.get("warning")], str(said))
        check("alice removed you." in [m["text"] for m in said], str(said))
        w.csok("bob", "send", "family", "here")
        check(w.texts("carol")[-1] == "here", "carol hears bob")
        # Nothing of it is kept for him any longer.
        n = w.db().execute("SELECT COUNT(*) FROM past_member").fetchone()[0]
        check(n == 0, "%d rows are left" % n)


def test_left_is_left():
    """What waits in a group that one left goes to nobody who is in it later."""
    with World() as w:
        w.join("alice", "bob", "carol")
        w.friends("alice", "bob", "carol")
        w.csok("alice", "group", "new", "family", "bob")
        w.csok("bob", "inbox")
        w.stop("hub")
        r = w.cs("bob", "send", "family", "for those who were in it")
        check("kept" in r.err, str(r))
        w.start_hub()
        w.csok("alice", "group", "remove", "family", "bob")
        w.csok("alice", "group", "add", "family", "bob", "carol")
        w.csok("bob", "inbox")
        w.csok("bob", "inbox")
        for name in "alice", "carol":
            check(w.texts(name) == [], "%s reads nothing" % name)
        mine = [m for m in w.inbox("bob", "--all") if m["kind"] == "sent"][-1]
        check(mine["failed"] and not mine.get("waiting"), str(mine))


def shifted(w, hours):
    """An environment in which the clock is wrong."""
    return w.later(hours / 24)


def test_wrong_own_clock():
    """A clock that is hours or months off shuts nobody out, from anything, and
    is named."""
    with World() as w:
        w.join("alice", "bob")
        for name, hours, words in (("slow", -3, "3 hours behind"),
                                   ("fast", 3, "3 hours ahead of"),
                                   ("old", -24 * 400, "400 days behind"),
                                   ("new", 24 * 90, "90 days ahead of")):
            env = shifted(w, hours)
            w.csok(name, "join", w.invite(), "--name", name, env=env)
            r = w.csok(name, "send", "alice", "I am " + name, env=env)
            check("This device's clock is %s the hub's" % words in r.err,
                  str(r))
            w.csok("alice", "accept", name)
            # Half of the key packages are used up, and made anew.
            for i in range(12):
                w.csok("alice", "group", "new", "%s%d" % (name, i), name)
            for _ in range(2):
                w.csok(name, "inbox", env=env)
            w.csok("alice", "group", "new", name + "s", name, "bob")
            w.csok("bob", "inbox")
            w.csok("bob", "accept", "alice")
            w.csok("bob", "send", name + "s", "hello " + name)
            said = w.csok(name, "inbox", "--all", env=env).out
            check("hello " + name in said, said)
            w.csok(name, "block", "bob", env=env)
            w.csok(name, "send", name + "s", "bye", env=env)
            # Right again, as if nothing had been.
            r = w.csok(name, "inbox")
            check("clock" not in r.err, str(r))
            w.csok(name, "send", "alice", "my clock is right")
            got = w.texts("alice")
            check("my clock is right" in got, str(got))
            check(not [m for m in w.inbox("alice", "--all")
                       if m["kind"] == "refused"], "nothing is refused")


def test_hub_starts_with_wrong_clock():
    """A hub that runs with a clock that is far ahead, and then with a right
    one: its groups go on, and members are told."""
    with World() as w:
        w.join("alice", "bob", "carol")
        w.friends("alice", "bob", "carol")
        w.csok("alice", "group", "new", "family", "bob")
        w.csok("bob", "inbox")
        w.stop("hub")
        w.start_hub(env=w.later(20))
        w.csok("alice", "send", "family", "from the future")
        w.csok("bob", "inbox")
        w.csok("bob", "send", "alice", "from there, too")
        w.stop("hub")
        w.start_hub()
        for name, to in (("alice", "family"), ("bob", "alice"),
                         ("bob", "family")):
            w.csok(name, "send", to, "and back, " + name)
        said = w.inbox("bob") + w.inbox("alice")
        check(not [m for m in said if m["kind"] == "refused"], str(said))
        check(sum("clock was 20 days ahead" in m["text"] for m in said
                  if m["kind"] == "notice") >= 2, str(said))
        # Evidence of it says so, and verifies.
        mid = [m for m in w.inbox("bob", "--all")
               if m["text"] == "and back, alice"][0]["id"]
        w.csok("bob", "export", mid, "-o", w.path("e.csev"), "--open")
        r = w.ok("countersign-verify", w.path("e.csev"), "--operator-key",
                 w.operator_key())
        check("clock was ahead before this message" in r.out, r.out)
        # Once is enough.
        w.csok("alice", "send", "family", "again")
        said = w.inbox("bob")
        check(not [m for m in said if m["kind"] != "received"], str(said))


def test_turned_back():
    """Whoever has keys of the hub that have run out cannot turn a member's
    time back to when they were valid."""
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        w.stop("hub")
        keys = os.path.join(w.hub, "keys")
        shutil.copytree(keys, w.path("old-keys"))
        w.ok("countersignctl", "--hub", w.hub, "renew", env=w.later(29))
        w.start_hub(env=w.later(29))
        w.csok("alice", "send", "bob", "much later", env=w.later(29))
        w.csok("bob", "inbox", env=w.later(29))
        w.stop("hub")
        # It is weeks later, and somebody has the old keys.
        shutil.rmtree(keys)
        shutil.copytree(w.path("old-keys"), keys)
        w.start_hub()
        r = w.cs("bob", "inbox", env=w.later(70))
        check("not valid now" in r.err and "Going on without the hub" in r.err,
              str(r))


def test_passphrase():
    """Set, changed, removed, with one minimum everywhere; a limit that
    destroys; and the end of it all."""
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")

        def file(name, text):
            with open(w.path(name), "w") as f:
                f.write(text + "\n")
            return w.path(name)

        old, new = file("old", "the old words"), file("new", "the new words")
        short = file("short", "seven77")
        set_to = "passphrase", "set", "--new-passphrase-file"
        r = w.cs("alice", *set_to, short)
        check(r.status != 0 and "at least 8" in r.err, str(r))
        r = w.cs("x", "join", w.invite(), "--name", "x",
                 "--passphrase-file", short)
        check(r.status != 0 and "at least 8" in r.err, str(r))
        r = w.cs("alice", "lock")
        check(r.status != 0 and "passphrase set" in r.err, str(r))
        w.csok("alice", *set_to, old)
        r = w.cs("alice", "inbox")
        check(r.status == 64, "it takes one: %s" % r)
        give = "--passphrase-file"
        w.csok("alice", give, old, "inbox")
        r = w.cs("alice", give, old, *set_to, new)
        check(r.status != 0 and "passphrase change" in r.err, str(r))
        w.csok("alice", give, old, "passphrase", "change",
               "--new-passphrase-file", new)
        r = w.cs("alice", give, old, "inbox")
        check(r.status == 78 and "not the passphrase" in r.err, str(r))
        with open(os.path.join(w.home("alice"), "key"), "rb") as f:
            check(b"CSKEY1" in f.read(), "a key file")
        w.csok("alice", give, new, "passphrase", "limit", "3")
        for _ in range(2):
            w.cs("alice", give, old, "inbox")
        w.csok("alice", give, new, "send", "bob", "still me")
        # What shows messages ends when the folder is locked.
        follower = subprocess.Popen(
            [os.path.join(BIN, "countersign"), "--home", w.home("alice"),
             give, new, "follow"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        w.procs["follower"] = follower
        w.csok("bob", "send", "alice", "are you there?")
        while b"are you there?" not in follower.stdout.readline():
            check(follower.poll() is None, "it follows")
        w.csok("alice", "lock")
        _, err = follower.communicate(timeout=STUCK_S)
        w.procs.pop("follower")
        check(follower.returncode != 0 and b"was locked" in err, str(err))
        w.csok("alice", give, new, "passphrase", "remove")
        w.csok("alice", "inbox")
        # Three wrong ones, and it is gone.
        w.csok("bob", *set_to, old)
        w.csok("bob", give, old, "passphrase", "limit", "3")
        for _ in range(3):
            w.cs("bob", give, new, "inbox")
        r = w.cs("bob", give, old, "inbox")
        check(r.status == 78 and "no member's folder" in r.err, str(r))
        check("key" not in os.listdir(w.home("bob")), "the key")
        # Wiped at will, whoever uses it.
        r = w.cs("alice", "wipe")
        check(r.status == 64, "it asks: %s" % r)
        w.csok("alice", "wipe", "--yes")
        check(os.listdir(w.home("alice")) == [], "nothing is left")


def test_looking():
    """What is stored can be read, searched and paged through while another
    command has the folder, without a hub, and with a damaged group."""
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        w.csok("alice", "group", "new", "family", "bob")
        w.csok("bob", "inbox")
        for i in range(30):
            w.csok("alice", "send", "family", "Number %02d of ÉTÉ" % i)
        w.csok("alice", "send", "bob", "something of the other summer")
        w.csok("bob", "inbox")
        w.stop("hub")
        lock = open(os.path.join(w.home("bob"), "lock"), "r+")
        fcntl.lockf(lock, fcntl.LOCK_EX)
        for _ in range(2):
            found = w.csok("bob", "search", "number", "e\u0301te\u0301", "07",
                           "--json").lines()
            check([m["text"] for m in found] == ["Number 07 of ÉTÉ"],
                  str(found))
            check(w.csok("bob", "search", "nowhere").out == "", "nothing")
            page = w.csok("bob", "open", "FAMILY", "--most", "10",
                          "--json").lines()
            check([m["text"][7:9] for m in page] ==
                  ["%02d" % i for i in range(20, 30)], str(page))
            page = w.csok("bob", "open", "family", "--most", "10", "--before",
                          page[0]["id"][:16], "--json").lines()
            check([m["text"][7:9] for m in page] ==
                  ["%02d" % i for i in range(10, 20)], str(page))
            page = w.csok("bob", "open", "alice", "--json").lines()
            check(page[-1]["text"] == "something of the other summer",
                  str(page))
            check(len(w.csok("bob", "inbox", "--all", "--json").lines()) > 30,
                  "all of it")
            for command in ("contacts", "group list", "whoami",
                            "safety-number alice"):
                check(w.csok("bob", *command.split()).out, command)
            # The lock goes, and a group is damaged.
            lock.close()
            lock = open(w.path("nothing"), "w")
            db = sqlite3.connect(os.path.join(w.home("bob"), "client.db"))
            db.execute("UPDATE grp SET secret=x'00' WHERE id IN"
                       " (SELECT grp FROM message GROUP BY grp HAVING"
                       " COUNT(*)>20)")
            db.commit()
            db.close()
        lock.close()


def test_full_disk():
    """On a full disk what is there is shown; nothing of it is marked."""
    if os.geteuid() != 0:
        raise SkipTest("takes root, to mount a small disk")
    with World() as w:
        w.join("alice")
        os.mkdir(w.path("small"))
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=2m", "none",
             w.path("small")], stderr=subprocess.DEVNULL)
        if mounted.returncode != 0:
            raise SkipTest("nothing can be mounted here")
        try:
            home = os.path.join(w.path("small"), "bob")
            w.ok("countersign", "--home", home, "join", w.invite(), "--name",
                 "bob")
            w.csok("alice", "send", "bob", "before it was full")
            w.ok("countersign", "--home", home, "inbox")
            w.ok("countersign", "--home", home, "accept", "alice")
            fill = os.open(os.path.join(w.path("small"), "fill"),
                           os.O_CREAT | os.O_WRONLY)
            try:
                while True:
                    os.write(fill, b"x" * 512)
            except OSError:
                os.close(fill)
            w.csok("alice", "send", "bob", "when it was full")
            for command in (["inbox", "--all"], ["search", "before"],
                            ["open", "alice"]):
                r = w.ok("countersign", "--home", home, *command)
                check("before it was full" in r.out, str(r))
            os.unlink(os.path.join(w.path("small"), "fill"))
            r = w.ok("countersign", "--home", home, "inbox")
            check("when it was full" in r.out, "nothing is lost: %s" % r)
        finally:
            subprocess.run(["umount", w.path("small")])


def test_operator_is_told():
    """Of keys that run out and of a hook, days before; where the root key is
    at hand they are renewed."""
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        r = w.run("countersignctl", "--hub", w.hub, "status", env=w.later(25))
        check(r.status == 1 and "runs out in" in r.out, str(r))
        r = w.run("countersignctl", "--hub", w.hub, "status", "--json",
                  env=w.later(25))
        told = json.loads(r.out)["troubles"]
        check([t["kind"] for t in told] == ["stamp-key"], str(told))
        w.stop("hub")
        w.ok("countersignctl", "--hub", w.hub, "root", "move",
             w.path("root.key"))
        hook = w.path("hook")
        with open(hook, "w") as f:
            f.write("#!/bin/sh\necho \"$1 $2 $3\" >>%s\n" % w.path("hooked"))
        os.chmod(hook, 0o700)
        with open(os.path.join(w.hub, "hub.conf"), "a") as f:
            f.write("hook %s\n" % hook)
        w.start_hub(env=w.later(25))
        with open(w.path("hub.log")) as f:
            check("The key that stamps messages runs out in" in f.read(),
                  "in the log")
        until = time.monotonic() + STUCK_S
        while not os.path.exists(w.path("hooked")) or \
                "stamp-key" not in open(w.path("hooked")).read():
            check(time.monotonic() < until, "the hook")
            time.sleep(0.05)
        w.stop("hub")
    with World() as other:
        # At hand: renewed by itself, and members notice nothing.
        other.join("carol", "dave")
        other.friends("carol", "dave")
        other.stop("hub")
        later = other.later(28)
        other.start_hub(env=later)
        for days in 28, 40:
            other.csok("carol", "send", "dave", "%d days" % days,
                       env=other.later(days))
            other.stop("hub")
            other.start_hub(env=other.later(40))
        got = other.csok("dave", "inbox", "--json",
                         env=other.later(40)).lines()
        check([m["text"] for m in got if m["kind"] == "received"] ==
              ["28 days", "40 days"], str(got))
        # Renewed under a clock that was wrong: made anew.
        other.stop("hub")
        other.start_hub()
        other.csok("carol", "send", "dave", "the clock is right")
        got = other.inbox("dave")
        check([m["text"] for m in got if m["kind"] == "received"] ==
              ["the clock is right"], str(got))


def test_old_copy():
    """A folder that was restored says so, says "sent" for nothing that nobody
    can read, and finds its way back by itself."""
    with World() as w:
        w.join("alice", "bob", "carol")
        w.friends("alice", "bob", "carol")
        w.csok("bob", "group", "new", "family", "alice", "carol")
        for name in "alice", "carol":
            w.csok(name, "inbox")
        shutil.copytree(w.home("bob"), w.path("copy"))
        for i in range(3):
            w.csok("bob", "send", "family", "one %d" % i)
            w.csok("bob", "send", "alice", "two %d" % i)
        w.csok("alice", "inbox")
        shutil.rmtree(w.home("bob"))
        shutil.copytree(w.path("copy"), w.home("bob"))
        r = w.csok("bob", "send", "family", "from the copy")
        said = w.csok("bob", "inbox").out
        check("is an old copy" in said, said)
        w.csok("bob", "send", "alice", "from the copy, too")
        for name, n in (("alice", 2), ("carol", 1)):
            got = w.inbox(name)
            texts = [m["text"] for m in got if m["kind"] == "received"]
            check(sum(t.startswith("from the copy") for t in texts) == n,
                  "%s: %s" % (name, got))
            check(not [m for m in got if m["kind"] == "refused"], str(got))
            check("A device of bob entered the conversation anew." in
                  [m["text"] for m in got], str(got))
        w.csok("alice", "send", "family", "welcome back")
        check(w.texts("bob") == ["welcome back"], "and reads on")
        # It is said once.
        said = w.csok("bob", "inbox").out
        check(said == "", said)


def test_restored_hub():
    """A hub that was restored from a backup: its members see it, nobody takes
    for sent what nobody will see, and the groups go on."""
    with World() as w:
        w.join("alice", "bob", "carol")
        w.friends("alice", "bob", "carol")
        w.csok("bob", "group", "new", "family", "alice", "carol")
        w.csok("bob", "group", "new", "plan", "alice")
        for name in "alice", "carol":
            w.csok(name, "inbox")
        w.stop("hub")
        shutil.copytree(w.hub, w.path("backup"))
        w.start_hub()
        for i in range(3):
            w.csok("bob", "send", "family", "lost %d" % i)
        w.csok("bob", "send", "alice", "lost, too")
        w.csok("alice", "inbox")
        w.csok("alice", "send", "family", "and this")
        # Somebody new, whom the hub will not know.
        w.csok("bob", "group", "add", "plan", "carol")
        w.csok("bob", "send", "plan", "for carol")
        for name in "alice", "bob", "carol":
            w.csok(name, "inbox")
        w.stop("hub")
        shutil.rmtree(w.hub)
        shutil.copytree(w.path("backup"), w.hub)
        w.start_hub()
        r = w.csok("bob", "send", "family", "after it")
        said = w.inbox("bob")
        check(sum("restored from a backup" in m["text"] for m in said) >= 2,
              str(said))
        mine = {m["text"]: m for m in w.inbox("bob", "--all")
                if m["kind"] == "sent"}
        for text in "lost 0", "lost 2", "lost, too":
            check(mine[text].get("failed"), str(mine[text]))
        check(not mine["after it"].get("failed"), str(mine["after it"]))
        w.csok("alice", "send", "bob", "here, too")
        w.csok("carol", "send", "family", "and I")
        for name in "alice", "bob", "carol":
            got = w.inbox(name)
            check(not [m for m in got if m["kind"] == "refused"], str(got))
        for name in "alice", "bob", "carol":
            w.csok(name, "send", "family", "all of us, says " + name)
        for name in "alice", "bob", "carol":
            got = w.texts(name)
            check(sorted(got) == ["all of us, says " + other for other in
                                  ("alice", "bob", "carol") if other != name],
                  "%s: %s" % (name, got))
        # Where other people are in it, the user decides.
        r = w.cs("bob", "send", "plan", "who is here?")
        check(r.status != 0 and "lost track" in r.err, str(r))
        r = w.cs("bob", "group", "repair", "plan")
        check(r.status != 0 and "--force" in r.err, str(r))
        w.csok("bob", "group", "repair", "plan", "--force")
        w.csok("alice", "group", "repair", "plan", "--force")
        w.csok("bob", "send", "plan", "the two of us")
        check(w.texts("alice")[-1:] == ["the two of us"], "and on")


def test_backup():
    """What was said comes back on another device, sealed on the way, and can be
    proved there; what is no backup, damaged, cut off or of somebody else does
    not."""
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        w.csok("alice", "group", "new", "family", "bob")
        w.csok("bob", "inbox")
        for i in range(20):
            w.csok("alice", "send", "family", "number %d" % i)
        w.csok("alice", "send", "bob", "a threat")
        w.csok("bob", "inbox")
        w.csok("bob", "send", "alice", "an answer")
        a = [m["id"] for m in w.inbox("bob", "--all") if m.get("id")]
        w.csok("bob", "edit", a[-1], "a better answer")
        w.csok("bob", "react", a[-2], "\u2639")
        w.csok("bob", "delete", a[-3], "--here")
        w.csok("bob", "alias", "alice", "Neighbour")
        w.stop("hub")
        w.cs("bob", "send", "alice", "it waits here")
        w.start_hub()
        words = w.path("words")
        with open(words, "w") as f:
            f.write(w.words["bob"] + "\n")
        for name, text in (("pass", "a long passphrase"),
                           ("other", "another passphrase")):
            with open(w.path(name), "w") as f:
                f.write(text + "\n")
        give = "--backup-passphrase-file"
        # Also while the hub and the folder are not to be had.
        w.csok("bob", "backup", "-o", w.path("one"), give, w.path("pass"))
        w.csok("bob", "backup", "-o", w.path("two"), "--words",
               "--words-file", words)
        r = w.cs("bob", "backup", "-o", w.path("one"), give, w.path("pass"))
        check(r.status != 0 and "there already" in r.err, str(r))
        # Standard output gets them whole, and no file is called "-".
        r = w.csok("bob", "backup", "-o", "-", give, w.path("pass"))
        check(r.out.startswith("CSBK0001"), "a backup")
        r = w.csok("bob", "export", "-o", "-")
        check("a threat" in r.out and r.out.endswith("\n"), "an account")
        r = w.csok("bob", "export", a[-3], "-o", "-", "--open")
        check(len(r.out) > 1000, "evidence")
        check(not os.path.exists("-"), "no file")
        for name in "one", "two":
            with open(w.path(name), "rb") as f:
                whole = f.read()
            for text in b"number 3", b"threat", b"alice", b"family":
                check(text not in whole, "%s is readable" % text)
        w.csok("bob", "inbox")
        before = [(m["kind"], m["text"]) for m in w.inbox("bob", "--all")
                  if m["text"] != "it waits here"]
        w.link("bob", "tablet")
        r = w.cs("tablet", "restore", w.path("one"), give, w.path("other"))
        check(r.status != 0 and "does not open" in r.err, str(r))
        for cut in (0, 5, 40, 41, len(whole) // 2, len(whole) - 1):
            with open(w.path("cut"), "wb") as f:
                f.write(whole[:cut])
            r = w.cs("tablet", "restore", w.path("cut"), "--words-file", words)
            check(r.status != 0, "cut at %d: %s" % (cut, r))
        for at in (0, 8, 20, 50, len(whole) // 2, len(whole) - 1):
            with open(w.path("cut"), "wb") as f:
                f.write(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
            r = w.cs("tablet", "restore", w.path("cut"), "--words-file", words)
            check(r.status != 0, "changed at %d: %s" % (at, r))
        check([m for m in w.inbox("tablet", "--all")
               if m["kind"] == "received"] == [], "nothing of that is left")
        r = w.cs("alice", "restore", w.path("one"), give, w.path("pass"))
        check(r.status != 0 and "another account" in r.err, str(r))
        w.csok("tablet", "restore", w.path("two"), "--words-file", words)
        after = [(m["kind"], m["text"]) for m in w.inbox("tablet", "--all")]
        check([m for m in after if m in before][:len(before)] == before,
              "%r\n%r" % (before, after))
        r = w.csok("tablet", "restore", w.path("one"), give, w.path("pass"))
        check("0 messages came back" in r.out, str(r))
        # It is the tablet that goes on, and it can prove what was said.
        got = [m for m in w.csok("tablet", "search", "threat",
                                 "--json").lines()]
        check(got[0]["from_alias"] == "Neighbour", str(got))
        w.csok("tablet", "export", got[0]["id"], "-o", w.path("e.csev"),
               "--open")
        r = w.ok("countersign-verify", w.path("e.csev"), "--operator-key",
                 w.operator_key())
        check("All of it is proved" in r.out, r.out)
        w.csok("tablet", "send", "family", "from the tablet")
        check("from the tablet" in w.texts("alice"), "alice reads it")
        # With all devices lost, by the words.
        w.csok("bob", "wipe", "--yes")
        w.csok("tablet", "wipe", "--yes")
        link = w.invite()
        w.ok("countersign", "--home", w.home("new"), "recover", link,
             "--words-file", words)
        w.csok("new", "restore", w.path("two"), "--words-file", words)
        check(("received", "a threat") in
              [(m["kind"], m["text"]) for m in w.inbox("new", "--all")],
              "it came back")


def test_hub_backup():
    """A hub is copied while members write, and comes back whole; a copy that is
    not whole makes none."""
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        photo(w.path("photo.jpg"), 320, 200)
        w.csok("alice", "send", "bob", "--photo", w.path("photo.jpg"))
        ctl = "countersignctl", "--hub", w.hub
        writer = subprocess.Popen(
            ["/bin/sh", "-c", "for i in 1 2 3 4 5 6 7 8 9 10; do"
             ' "$0" --home "$1" send bob "during $i"; done',
             os.path.join(BIN, "countersign"), w.home("alice")],
            stdout=subprocess.DEVNULL)
        w.procs["writer"] = writer
        for _ in range(3):
            r = w.ok(*ctl, "backup", w.path("copy"))
            check("with its keys" in r.out and "root key" in r.out, str(r))
        check(writer.wait(STUCK_S) == 0, "the writer")
        w.procs.pop("writer")
        w.ok(*ctl, "backup", w.path("copy"))
        w.csok("alice", "send", "bob", "after the copy")
        r = w.run(*ctl, "restore", w.path("copy"))
        check(r.status == 1 and "There is something in" in r.err, str(r))
        w.stop("hub")
        shutil.move(w.hub, w.path("old"))
        # One byte, one file, the list: each is noticed, and nothing is made.
        blob = os.listdir(os.path.join(w.path("copy"), "blobs"))[0]
        for name in ("hub.db", "blobs/" + blob, "keys/stamp.key"):
            path = os.path.join(w.path("copy"), name)
            with open(path, "rb") as f:
                whole = f.read()
            with open(path, "wb") as f:
                f.write(whole[:-1] + bytes([whole[-1] ^ 1]))
            r = w.run(*ctl, "restore", w.path("copy"))
            check(r.status == 1 and not os.path.exists(w.hub), str(r))
            os.unlink(path)
            r = w.run(*ctl, "restore", w.path("copy"))
            check(r.status == 1 and not os.path.exists(w.hub), str(r))
            with open(path, "wb") as f:
                f.write(whole)
        manifest = os.path.join(w.path("copy"), "MANIFEST")
        with open(manifest) as f:
            lines = f.read()
        with open(manifest, "w") as f:
            f.write(lines.replace("hub.conf", "../outside"))
        r = w.run(*ctl, "restore", w.path("copy"))
        check(r.status == 1 and not os.path.exists(w.hub), str(r))
        with open(manifest, "w") as f:
            f.write(lines)
        r = w.ok(*ctl, "restore", w.path("copy"))
        check("tlog" in r.out, "what it takes: %s" % r)
        # The log is no part of a copy: the newest one is brought.
        shutil.copytree(os.path.join(w.path("old"), "tlog"),
                        os.path.join(w.hub, "tlog"))
        w.run(*ctl, "log", "restored", "--yes")
        w.start_hub()
        got = w.inbox("bob")
        texts = [m["text"] for m in got if m["kind"] == "received"]
        check(texts[1:] == ["during %d" % i for i in range(1, 11)], str(got))
        w.csok("bob", "save", got[0]["id"] if got[0].get("media") else
               [m["id"] for m in got if m.get("media")][0], "-o",
               w.path("out.jpg"))
        w.csok("alice", "inbox")
        w.csok("bob", "inbox")
        w.csok("alice", "send", "bob", "and on")
        check("and on" in w.texts("bob"), "it goes on")
        mine = [m for m in w.inbox("alice", "--all")
                if m["text"] == "after the copy"]
        check(mine[0].get("failed"), "not called sent: %s" % mine)


if __name__ == "__main__":
    main()
