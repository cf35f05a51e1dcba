# SPDX-License-Identifier: MIT
"""In real life: with a wrong clock, a full disk, a restored folder, a lost
phone, and people who come and go."""
import os
import shutil

from world import World, check, main


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


if __name__ == "__main__":
    main()
