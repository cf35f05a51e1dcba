# SPDX-License-Identifier: MIT
"""Who is disabled is told why, verifies it, and objects."""
from world import World, check, main


def disabled_world(w):
    w.join("alice", "bob")
    w.friends("alice", "bob")
    w.csok("alice", "send", "bob", "for sale")
    (mid,) = [m["id"] for m in w.inbox("bob")
              if m["kind"] == "received" and m["text"] == "for sale"]
    w.csok("bob", "report", mid, "--reason", "fraud", "--yes")
    report = w.desk_reports(1)[0]
    w.ok("countersign-desk", "act", w.desk, report["id"], "disable",
         "--reason", "fraud", "--statement", "Selling what is not there.")
    return report


def test_told_and_objects():
    with World(desk=True) as w:
        report = disabled_world(w)
        r = w.cs("alice", "send", "bob", "still here")
        check(r.status == 77 and "countersign notices" in r.err,
              "told where to look: %s" % r)
        (n,) = w.csok("alice", "notices", "--json").lines()
        check(n["kind"] == "account disabled" and n["in_force"] is True and
              n["facts"] == "Selling what is not there." and
              n["can_appeal"] is True, str(n))
        r = w.csok("alice", "notices")
        check("Selling what is not there." in r.out and
              "countersign appeal" in r.out, str(r))
        check(w.csok("bob", "notices", "--json").lines() == [],
              "nothing about bob")
        r = w.cs("alice", "appeal", "ffff", "--text", "no")
        check(r.status == 1, "another decision: %s" % r)
        w.csok("alice", "appeal", "--text", "I did not write this.")
        (n,) = w.csok("alice", "notices", "--json").lines()
        check(n["appeal"] == "sent" and n["can_appeal"] is False, str(n))
        r = w.cs("alice", "appeal", n["id"], "--text", "again")
        check(r.status == 1, "once: %s" % r)
        with w.db() as db:
            ((sealed,),) = db.execute("SELECT sealed FROM letter").fetchall()
        check(sealed.startswith(b"CSLETTER1") and
              b"did not write" not in sealed, "the hub cannot read it")
        # Taken back: it works again, and the decision stays on record.
        w.ok("countersign-desk", "act", w.desk, report["id"], "enable",
             "--statement", "It was a mistake.")
        w.csok("alice", "inbox")
        notices = w.csok("alice", "notices", "--json").lines()
        check(sorted(n["kind"] for n in notices) ==
              ["account disabled", "decision reversed"] and
              not any(n["in_force"] for n in notices), str(notices))


def test_not_the_desks():
    """What the desk has not signed is not shown, whoever the hub says it is
    of."""
    with World(desk=True) as w:
        disabled_world(w)
        with w.db() as db:
            db.execute("UPDATE action SET signature=zeroblob(64)")
        r = w.cs("alice", "notices")
        check(r.status == 76 and "Selling" not in r.out + r.err, str(r))
        # Nor somebody else's decision, with the desk's own signature.
    with World(desk=True) as w:
        disabled_world(w)
        with w.db() as db:
            db.execute("UPDATE action SET account=(SELECT id FROM account"
                       " WHERE handle='bob')")
        r = w.cs("bob", "notices")
        check(r.status == 76 and "Selling" not in r.out + r.err, str(r))


if __name__ == "__main__":
    main(test_told_and_objects, test_not_the_desks)
