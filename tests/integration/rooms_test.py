# SPDX-License-Identifier: MIT
"""What a member's program may do to a group when its user changed it: nothing
that honest members do not accept, nothing that keeps the operator from acting,
and nothing from which there is no way back."""
import json
import sqlite3
import threading
import time

from world import STUCK_S, World, check, main


def account(w, name):
    return w.csok(name, "whoami", "--json").lines()[0]["account"]


def disable(w, who):
    return w.ok("desk-act", w.desk, "act", "disable", account(w, who),
                "reason=threat-to-life", "facts=A threat.").out.split()[0]


def told(w, name, *args):
    return [m["text"] for m in w.inbox(name, *args) if m["kind"] == "notice"]


def group(w, name, of):
    found = [g for g in w.csok(name, "group", "list", "--json").lines()
             if g["name"] == of]
    check(len(found) == 1, "%s is in %s: %s" % (name, of, found))
    found[0]["members"].sort()
    return found[0]


def meddle(w, who, *args):
    r = w.run("meddler", w.home(who), *args)
    check(r.status == 0, str(r))
    return r.out.strip()


def wait_until(what, sentence):
    until = time.monotonic() + STUCK_S
    while not what():
        check(time.monotonic() < until, sentence)
        time.sleep(0.1)


def status(w):
    return json.loads(w.ok("countersignctl", "--hub", w.hub, "status",
                           "--json").out)


def proposed(w, who):
    """In how many of its groups a removal by the hub waits or was done."""
    return w.db().execute(
        "SELECT COUNT(DISTINCT log.grp) FROM log JOIN member ON"
        " member.grp=log.grp JOIN account ON account.id=member.account"
        " WHERE handle=? AND log.content=2 AND log.account=zeroblob(16)",
        (who,)).fetchone()[0]


def trio(w, owner="mallory"):
    names = ("mallory", "carol", "dave")
    w.join(*names)
    w.friends("mallory", "carol", "dave")
    if owner != "mallory":
        w.friends(owner, *[n for n in names if n not in (owner, "mallory")])
    w.csok(owner, "group", "new", "club", *[n for n in names if n != owner])
    for name in ("carol", "dave", "mallory"):
        w.inbox(name)


def talk(w, room, *names):
    """They all hear one another."""
    for name in names:
        w.csok(name, "send", room, "%s was here" % name)
    for name in names:
        got = w.texts(name)
        for other in names:
            check(other == name or "%s was here" % other in got,
                  "%s hears %s: %s" % (name, other, got))


def test_no_commit_ends_a_group():
    with World(desk=True) as w:
        w.stop("desk")  # desk-act plays it
        trio(w)
        w.link("carol", "tablet")
        w.inbox("mallory")
        for what in ("reinit", "psk", "context", "ephemeral", "aad", "leaf"):
            check(meddle(w, "mallory", "commit", "club", what) ==
                  "invalid-handshake", what)
        check(meddle(w, "mallory", "propose", "club", "reinit") ==
              "invalid-handshake", "nor proposed")
        talk(w, "club", "carol", "dave")
        # And what the operator and others do to mallory's rooms works.
        lines = w.csok("carol", "devices", "--json").lines()
        other = [d["id"] for d in lines if not d["this"]][0]
        w.csok("carol", "device", "remove", other, "--yes")
        disable(w, "mallory")
        r = w.cs("mallory", "send", "club", "you cannot stop me")
        check(r.status == 77, "shut out: %s" % r)
        w.inbox("carol")
        check(group(w, "carol", "club")["members"] == ["carol", "dave"],
              "and taken out")
        talk(w, "club", "carol", "dave")
        check(status(w)["removals_waiting"] == 0, "nothing is owed")


def test_who_may_come_back():
    """Whoever the operator took out comes back with the decision; whoever a
    member removed in the meantime does not, and the hub does not let them."""
    for removed in (False, True):
        with World(desk=True) as w:
            w.stop("desk")
            w.join("trudy", "mallory", "carol", "dave")
            w.friends("trudy", "mallory", "carol", "dave")
            w.csok("carol", "group", "new", "club", "trudy", "mallory", "dave")
            w.csok("carol", "group", "role", "club", "trudy", "admin")
            for name in ("trudy", "mallory", "dave", "carol"):
                w.inbox(name)
            action = disable(w, "mallory")
            if removed:
                # The operator's proposal waits, and trudy does it herself.
                check(meddle(w, "trudy", "commit", "club", "remove",
                             "mallory") == "taken", "remove")
            for name in ("trudy", "carol", "dave"):
                w.inbox(name)
            w.ok("desk-act", w.desk, "act", "reverse", account(w, "mallory"),
                 "reverses=" + action)
            if removed:
                check(meddle(w, "mallory", "enter", "club", "now") ==
                      "no-group", "however much she tries")
            w.inbox("mallory")
            w.csok("carol", "send", "club", "who is there?")
            for name in ("trudy", "dave", "carol"):
                w.inbox(name)
            members = group(w, "carol", "club")["members"]
            said = [m["text"] for m in w.inbox("dave", "--all")
                    if m["kind"] == "notice" and m["conversation"] == "club"]
            by_value = "trudy removed mallory." in said
            check(("mallory" in members) != by_value,
                  "%s, %s" % (members, said))
            check(by_value == removed, str(said))
            talk(w, "club", "carol", "dave", "trudy")


def test_what_others_thought_of():
    """Proposals of members about others are refused, and nobody commits them
    in their own name."""
    with World() as w:
        trio(w)
        w.join("victim", "ghost")
        w.friends("carol", "victim")
        # A stranger of the victim's, through the victim's friend.
        check(meddle(w, "mallory", "propose", "club", "add", "victim") ==
              "invalid-handshake", "add")
        check(meddle(w, "mallory", "propose", "club", "remove", "dave") ==
              "invalid-handshake", "remove")
        check(meddle(w, "mallory", "propose", "club", "update") ==
              "invalid-handshake", "update")
        # Somebody whom neither carol nor dave may add.
        check(meddle(w, "mallory", "propose", "club", "add", "ghost") ==
              "invalid-handshake", "add")
        talk(w, "club", "carol", "dave")
        check(group(w, "carol", "club")["members"] ==
              ["carol", "dave", "mallory"], "as it was")
        check(not [m for m in w.inbox("victim") if "club" in m["text"] or
                   m.get("from") == "mallory"], "the victim hears nothing")
        check(not [t for t in told(w, "dave", "--all") if "removed" in t],
              "nor is anybody told that carol did it")
        # The way that is left is by oneself, and is a request.
        w.csok("mallory", "group", "add", "club", "victim")
        check(w.texts("victim") == [] and
              group(w, "victim", "club")["state"] == "request", "a request")
        # Whoever leaves is taken out by others, and told to have left.
        check(meddle(w, "mallory", "propose", "club", "leave") == "taken",
              "leaving")
        w.inbox("carol")
        check([t for t in told(w, "dave") if "mallory" in t] ==
              ["mallory added victim.", "mallory left."], "who did what")


def test_blocked_comes_along():
    """Somebody who is blocked is brought back by nobody."""
    with World() as w:
        trio(w)
        w.join("victim")
        w.friends("carol", "victim")
        w.friends("mallory", "victim")
        w.csok("victim", "block", "mallory")
        r = w.cs("mallory", "group", "new", "choir", "carol", "victim")
        check(r.status != 0, "not by themselves: %s" % r)
        w.csok("mallory", "group", "new", "choir", "carol")
        w.csok("carol", "group", "add", "choir", "victim")
        w.csok("mallory", "inbox")
        w.csok("mallory", "send", "choir", "here I am again")
        w.csok("carol", "send", "choir", "carol to all")
        got = w.inbox("victim")
        check(not [m for m in got if m.get("from") == "mallory"], str(got))
        check(group(w, "victim", "choir")["state"] == "request",
              "the victim decides")
        check("here I am again" not in w.csok("victim", "requests").out,
              "whoever brought them along")


def test_ids_of_nobody():
    with World() as w:
        w.join("alice")
        link = w.invite("--uses", 9)
        some, zero = "ab" * 16, "00" * 16
        for name, a, d, want in (
                ("zoe", zero, some, "certificate"),
                ("zoe", some, zero, "certificate"),
                ("operator", some, some, "handle-invalid"),
                ("hub", some, some, "handle-invalid"),
                ("zoe", some, some, "taken")):
            got = w.run("meddler", w.path("made-%s-%s-%s" % (name, a[0], d[0])),
                        "join", link, name, a, d)
            check(got.out.strip() == want, "%s: %s" % (name, got))


def test_many_groups():
    """Disabling somebody who is in hundreds of groups takes effect at once, and
    nobody else waits for the rest."""
    n = 150
    with World(desk=True) as w:
        w.stop("desk")
        w.join("mallory", "puppet", "alice")
        w.friends("mallory", "puppet")
        meddle(w, "mallory", "groups", n, "puppet")
        slowest, stop = [0], []

        def probe():
            while not stop:
                t = time.monotonic()
                w.cs("alice", "devices")
                slowest[0] = max(slowest[0], time.monotonic() - t)
        thread = threading.Thread(target=probe)
        thread.start()
        time.sleep(1)
        before, slowest[0] = slowest[0], 0
        t = time.monotonic()
        disable(w, "mallory")
        took = time.monotonic() - t
        # What is owed is paid while others are served.
        check(w.cs("mallory", "send", "puppet", "x").status == 77, "shut out")
        wait_until(lambda: status(w)["removals_waiting"] == 0,
                   "it does not end: %s" % status(w))
        stop.append(True)
        thread.join()
        check(proposed(w, "mallory") >= n, "everywhere: %d" %
              proposed(w, "mallory"))
        print("# disabled in %.2f s; alice's slowest request %.2f s, and "
              "%.2f s before" % (took, slowest[0], before), flush=True)
        w.inbox("puppet")
        check("mallory" not in group(w, "puppet", "trap 7")["members"],
              "members commit it")


def test_failure_is_shown():
    """A group that the hub cannot read keeps nobody from being disabled, nor
    the others from being told; that it failed is shown until it works."""
    with World(desk=True) as w:
        trio(w)
        w.csok("carol", "group", "new", "other", "mallory", "dave")
        w.inbox("dave")
        db = w.db()
        ids = [r[0] for r in db.execute(
            "SELECT grp FROM member JOIN account ON account.id=account"
            " WHERE handle='mallory' ORDER BY grp")]
        state = db.execute("SELECT state FROM grp_state WHERE grp=?",
                           (ids[0],)).fetchone()[0]
        db.execute("UPDATE grp_state SET state=x'00' WHERE grp=?", (ids[0],))
        db.commit()
        disable(w, "mallory")
        check(w.cs("mallory", "send", "club", "x").status == 77,
              "disabled all the same")
        wait_until(lambda: status(w)["removals_waiting"] == 1,
                   "the others: %s" % status(w))
        s = status(w)
        check(s["removals_failed"] == 1 and s["removals_since_ms"] > 0, str(s))
        text = w.ok("countersignctl", "--hub", w.hub, "status").out
        check("1 groups wait for one, in 1 it failed" in text, text)
        with open(w.path("hub.log"), encoding="utf-8") as f:
            log = f.read()
        check("cannot be proposed" in log and "mallory" not in log, log)
        wait_until(lambda: "in 1 groups" in w.ok(
            "countersign-desk", "audit", w.desk).out, "the desk is told")
        db.execute("UPDATE grp_state SET state=? WHERE grp=?", (state, ids[0]))
        db.execute("UPDATE removal SET next=0")
        db.commit()
        db.close()
        wait_until(lambda: status(w)["removals_waiting"] == 0, "and done")
        wait_until(lambda: "failed before" in w.ok(
            "countersign-desk", "audit", w.desk).out, "so it is said")


def test_way_back_by_itself():
    """A commit that nobody but members can see to be wrong: they do not follow,
    say whose it was, and enter anew; it ends nothing."""
    with World() as w:
        trio(w, "carol")
        w.csok("carol", "send", "club", "before")
        w.texts("dave"), w.texts("mallory")
        check(meddle(w, "mallory", "commit", "club", "garbled") == "taken",
              "the hub cannot see it")
        for name in ("carol", "dave"):
            got = w.inbox(name)
            check([m["reason"] for m in got if m["kind"] == "refused"] ==
                  ["mac"], str(got))
            said = [m["text"] for m in got if m["kind"] == "notice"]
            check([t for t in said if "could not be followed (mac)" in t and
                   "came from mallory." in t], str(said))
            check([t for t in said if "This device entered" in t], str(said))
        check("A device of dave entered the conversation anew." in
              told(w, "carol"), "the others are told")
        talk(w, "club", "carol", "dave")
        check(not group(w, "carol", "club")["lost"], "found")
        # And the group can be rid of who did it.
        w.csok("carol", "group", "remove", "club", "mallory")
        talk(w, "club", "carol", "dave")
        check(group(w, "dave", "club")["members"] == ["carol", "dave"], "rid")


def test_not_among_strangers():
    """Where somebody came in meanwhile, the device asks its user first."""
    with World() as w:
        trio(w)
        w.join("eve")
        w.friends("mallory", "eve")
        check(meddle(w, "mallory", "commit", "club", "garbled") == "taken", "")
        # Dave is away; mallory finds the way back, and adds somebody.
        w.inbox("mallory")
        w.csok("mallory", "group", "add", "club", "eve")
        got = told(w, "dave")
        check([t for t in got if "countersign group repair" in t], str(got))
        check(group(w, "dave", "club")["lost"], "lost")
        check("[lost" in w.csok("dave", "group", "list").out, "and shown")
        r = w.cs("dave", "send", "club", "hello?")
        check(r.status != 0 and "group repair" in r.err, str(r))
        r = w.cs("dave", "group", "repair", "club")
        check(r.status != 0 and "--force" in r.err, str(r))
        r = w.csok("dave", "group", "repair", "club", "--force", "--json")
        check(sorted(r.lines()[0]["members"]) ==
              ["carol", "dave", "eve", "mallory"] and
              r.lines()[0]["lost"] is False, str(r))
        check("hello?" in w.texts("mallory"), "what waited is sent")
        talk(w, "club", "dave", "mallory", "eve")


def test_leaving_lost():
    """Whoever is lost and leaves does not come back by accident, and the others
    are told as far as that can be."""
    with World() as w:
        trio(w)
        check(meddle(w, "mallory", "commit", "club", "garbled") == "taken", "")
        # Carol finds back as she connects, and leaves in order.
        w.inbox("mallory")
        w.csok("carol", "group", "leave", "club")
        w.inbox("mallory")
        w.join("eve")
        w.friends("mallory", "eve")
        w.csok("mallory", "group", "add", "club", "eve")
        check("carol left." in told(w, "mallory", "--all"), "she left")
        # Dave cannot, and is not in it any more for himself.
        w.csok("dave", "group", "leave", "club")
        check([t for t in told(w, "dave") if "does not tell the others" in t],
              "said")
        for _ in range(2):
            w.inbox("dave")
            check(group(w, "dave", "club")["state"] == "left", "stays out")
        check("dave" in group(w, "mallory", "club")["members"], "honestly")


def damage(w, name, column="secret"):
    db = sqlite3.connect(w.home(name) + "/client.db")
    db.execute("UPDATE grp SET %s=x'0102'" % column)
    db.commit()
    db.close()


def test_way_back_by_hand():
    """What a device stored of a group is damaged."""
    with World() as w:
        trio(w)
        r = w.cs("dave", "group", "repair", "club")
        check(r.status == 1 and "Nothing is wrong" in r.err and
              not r.out, str(r))
        r = w.cs("dave", "group", "repair", "nothing")
        check(r.status == 1 and "\"nothing\" is neither" in r.err, str(r))
        check(w.cs("dave", "group", "repair").status == 64, "usage")
        # One who is well may enter anew if the user insists.
        r = w.csok("dave", "group", "repair", "club", "--force")
        check("entered the conversation anew" in r.out and "mallory" in r.out,
              str(r))
        check("A device of dave entered the conversation anew." in
              told(w, "carol"), "told")
        talk(w, "club", "carol", "dave")
        damage(w, "dave")
        w.csok("carol", "send", "club", "not for everybody")
        w.csok("carol", "send", "dave", "this neither")
        got = told(w, "dave")
        check([t for t in got if "is damaged" in t], "said, once: %s" % got)
        check(not [t for t in told(w, "dave") if "is damaged" in t], "once")
        check(group(w, "dave", "club")["lost"] and
              group(w, "dave", "club")["members"] == [], "as far as known")
        r = w.cs("dave", "group", "repair", "club")
        check(r.status != 0 and "--force" in r.err, str(r))
        r = w.cs("dave", "send", "club", "x")
        check(r.status == 78 and "group repair" in r.err, str(r))
        for name in ("club", "carol", "mallory"):
            w.csok("dave", "group", "repair", name, "--force")
        talk(w, "club", "carol", "dave", "mallory")
        w.csok("carol", "send", "dave", "you again")
        check("you again" in w.texts("dave"), "the two of them")
        # Even its name: the others go on.
        db = sqlite3.connect(w.home("dave") + "/client.db")
        db.execute("UPDATE grp SET meta=x'0102' WHERE id=?",
                   (db.execute("SELECT grp FROM message ORDER BY id DESC"
                               " LIMIT 1").fetchone()[0],))
        db.commit()
        db.close()
        w.csok("carol", "send", "club", "still here?")
        w.csok("carol", "send", "dave", "and here?")
        check({"still here?", "and here?"} & set(w.texts("dave")), "goes on")
        # Nobody who was never there can say so.
        w.join("eve")
        check(w.cs("eve", "group", "repair", "club", "--force").status == 1,
              "not in it")


if __name__ == "__main__":
    main()
