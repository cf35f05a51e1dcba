# SPDX-License-Identifier: MIT
"""In real life: with a wrong clock, a full disk, a restored folder, a lost
phone, and people who come and go."""
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


if __name__ == "__main__":
    main()
