# SPDX-License-Identifier: MIT
"""Who may do what in a group: its owner, its admins, and members without a
role; what honest programs say, and what the hub and others refuse when a
program was changed."""
import threading

from world import World, check, main


def group(w, name, of):
    found = [g for g in w.csok(name, "group", "list", "--json").lines()
             if g["name"] == of]
    check(len(found) == 1, "%s is in %s: %s" % (name, of, found))
    return found[0]


def roles(w, name, of="club"):
    return {k: v for k, v in group(w, name, of)["roles"].items()
            if v != "member"}


def told(w, name):
    return [m["text"] for m in w.inbox(name) if m["kind"] == "notice"]


def meddle(w, who, *args):
    r = w.run("meddler", w.home(who), *args)
    check(r.status == 0, str(r))
    return r.out.strip()


def at_once(*calls):
    got = [None] * len(calls)

    def run(i):
        got[i] = calls[i]()
    threads = [threading.Thread(target=run, args=(i,))
               for i in range(len(calls))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return got


def club(w, *names):
    """Alice's, with all of them in it."""
    w.join("alice", *names)
    w.friends("alice", *names)
    w.csok("alice", "group", "new", "club", *names)
    for name in names:
        w.inbox(name)


def agree(w, want, *names):
    """After all have read, they know of the same roles."""
    for _ in range(2):
        for name in names:
            w.inbox(name)
    for name in names:
        check(roles(w, name) == want, "%s: %s" % (name, roles(w, name)))


def says(r, *words):
    check(r.status == 1, str(r))
    for word in words:
        check(word in r.err, "%s: %s" % (word, r))


def test_newcomer():
    """Whoever was added last takes the group from nobody."""
    with World() as w:
        club(w, "bob", "carol")
        w.join("mallory")
        w.friends("bob", "mallory")
        w.csok("bob", "group", "add", "club", "mallory")
        w.inbox("mallory")
        for victim in ("alice", "bob"):
            says(w.cs("mallory", "group", "remove", "club", victim),
                 "Only the owner or an admin of club", "ask alice")
            check(meddle(w, "mallory", "commit", "club", "remove", victim) ==
                  "invalid-handshake", "nor by another program")
        for role in ("owner", "admin"):
            says(w.cs("mallory", "group", "role", "club", "mallory", role),
                 "Only the owner of club", "ask alice")
            check(meddle(w, "mallory", "commit", "club", role) ==
                  "invalid-handshake", "nor by another program")
        says(w.cs("mallory", "group", "policy", "club", "--announce", "on"),
             "Only the owner or an admin")
        agree(w, {"alice": "owner"}, "alice", "bob", "carol", "mallory")
        check(sorted(group(w, "carol", "club")["members"]) ==
              ["alice", "bob", "carol", "mallory"], "as it was")
        # The same by who may, to see that it is not refused for all.
        check(meddle(w, "alice", "commit", "club", "remove", "mallory") ==
              "taken", "the owner")


def test_admin():
    with World() as w:
        club(w, "bob", "carol", "dave", "erin")
        w.csok("alice", "group", "role", "club", "bob", "admin")
        w.csok("alice", "group", "role", "club", "carol", "admin")
        check("alice made bob an admin." in told(w, "dave"), "told")
        check("You made bob an admin." in told(w, "alice"), "the own deed")
        check("alice made you an admin." in told(w, "bob"), "told")
        agree(w, {"alice": "owner", "bob": "admin", "carol": "admin"},
              "alice", "bob", "carol", "dave", "erin")
        check(group(w, "bob", "club")["role"] == "admin" and
              group(w, "dave", "club")["role"] == "member", "the own")
        w.csok("bob", "group", "remove", "club", "dave")
        check("bob removed you." in told(w, "dave"), "gone")
        check("You removed dave." in told(w, "bob"), "the own deed")
        says(w.cs("bob", "group", "remove", "club", "alice"),
             "alice is the owner of club, whom nobody can remove")
        says(w.cs("bob", "group", "remove", "club", "carol"),
             "carol is an admin", "only the owner", "ask alice")
        for victim in ("alice", "carol"):
            check(meddle(w, "bob", "commit", "club", "remove", victim) ==
                  "invalid-handshake", victim)
        check(meddle(w, "bob", "commit", "club", "owner") ==
              "invalid-handshake", "no owner by itself")
        says(w.cs("bob", "group", "role", "club", "erin", "admin"),
             "Only the owner of club")
        says(w.cs("alice", "group", "role", "club", "bob", "admin"),
             "has that role")
        says(w.cs("alice", "group", "role", "club", "alice", "member"),
             "make somebody else the owner")
        says(w.cs("alice", "group", "role", "club", "dave", "admin"),
             "dave is not in club")
        check(w.cs("alice", "group", "role", "club", "bob", "king").status ==
              64, "no such role")
        # Whoever goes, and comes back, is a member.
        w.csok("alice", "group", "remove", "club", "bob")
        w.csok("carol", "inbox")
        w.csok("carol", "send", "bob", "--new", "come back")
        w.csok("bob", "accept", "carol")
        w.csok("carol", "group", "add", "club", "bob")
        agree(w, {"alice": "owner", "carol": "admin"}, "alice", "bob", "carol")
        w.csok("alice", "group", "role", "club", "carol", "member")
        check("alice made you a member without a role." in told(w, "carol"),
              "told")
        agree(w, {"alice": "owner"}, "alice", "bob", "carol", "erin")


def test_policy():
    with World() as w:
        club(w, "bob", "carol")
        w.join("dave", "erin")
        w.friends("bob", "dave", "erin")
        r = w.csok("bob", "group", "policy", "club", "--json").lines()[0]
        check(r == {"name": "club", "role": "member", "add": "members",
                    "rename": "members", "timer": "members",
                    "announce": False}, str(r))
        w.csok("alice", "group", "role", "club", "carol", "admin")
        w.csok("carol", "group", "policy", "club", "--add", "admins")
        check("carol decided that only the owner and admins can add people."
              in told(w, "bob"), "told")
        check("You decided that only the owner and admins can add people."
              in told(w, "carol"), "the own deed")
        says(w.cs("bob", "group", "add", "club", "dave"),
             "Only the owner or an admin of club can add people to it")
        w.csok("alice", "group", "policy", "club", "--add", "members",
               "--timer", "admins")
        w.csok("bob", "group", "add", "club", "dave")
        r = w.csok("bob", "group", "policy", "club", "--json").lines()[0]
        check(r["add"] == "members" and r["timer"] == "admins", str(r))
        check("you are a member" in
              w.csok("bob", "group", "policy", "club").out, "as text")
        check(w.cs("alice", "group", "policy", "club", "--add",
                   "nobody").status == 64, "usage")
        # Two people have none.
        check("role" not in group(w, "bob", "alice"), "the two of them")


def test_handing_over():
    with World() as w:
        club(w, "bob", "carol")
        w.csok("alice", "group", "role", "club", "bob", "owner")
        check("alice made you the owner of this group." in told(w, "bob"), "")
        agree(w, {"alice": "admin", "bob": "owner"}, "alice", "bob", "carol")
        says(w.cs("alice", "group", "role", "club", "alice", "owner"),
             "ask bob")
        w.csok("alice", "group", "leave", "club")
        w.inbox("carol")
        agree(w, {"bob": "owner"}, "bob", "carol")
        check(group(w, "alice", "club")["state"] == "left", "left")
        w.csok("bob", "group", "remove", "club", "carol")


def test_owner_leaves():
    """Without handing over: whoever comes next commits who is it now."""
    with World() as w:
        club(w, "bob", "carol", "dave")
        w.csok("alice", "group", "role", "club", "carol", "admin")
        w.csok("alice", "group", "role", "club", "bob", "admin")
        w.csok("alice", "group", "leave", "club")
        # By a member, who has no choice in it.
        w.csok("dave", "inbox")
        got = told(w, "bob")
        check("alice left." in got and "The owner is gone: the owner of this "
              "group is now carol." in got, str(got))
        agree(w, {"carol": "owner", "bob": "admin"}, "bob", "carol", "dave")
        w.csok("carol", "group", "role", "club", "bob", "member")
        w.csok("carol", "group", "leave", "club")
        w.csok("dave", "send", "club", "who is it?")
        # No admins: the one of the lowest leaf, who is bob.
        agree(w, {"bob": "owner"}, "bob", "dave")
        check("who is it?" in [m["text"] for m in w.inbox("bob", "--all")],
              "it goes on")
        w.csok("bob", "group", "remove", "club", "dave")


def test_operator_removes_owner():
    with World(desk=True) as w:
        w.stop("desk")
        club(w, "bob", "carol")
        account = w.csok("alice", "whoami", "--json").lines()[0]["account"]
        action = w.ok("desk-act", w.desk, "act", "disable", account,
                      "reason=threat-to-life", "facts=A.").out.split()[0]
        w.inbox("carol")
        agree(w, {"bob": "owner"}, "bob", "carol")
        w.ok("desk-act", w.desk, "act", "reverse", account,
             "reverses=" + action)
        w.inbox("alice")
        agree(w, {"bob": "owner"}, "bob", "carol", "alice")
        w.csok("bob", "group", "role", "club", "alice", "owner")
        agree(w, {"bob": "admin", "alice": "owner"}, "bob", "carol", "alice")


def test_announcements():
    with World() as w:
        club(w, "bob", "carol")
        # What waits while it is decided is not sent.
        w.stop("hub")
        r = w.cs("bob", "send", "club", "from before")
        check("kept" in r.err, str(r))
        w.start_hub()
        w.csok("alice", "group", "policy", "club", "--announce", "on")
        w.cs("bob", "inbox")
        w.inbox("bob")
        mine = [m for m in w.inbox("bob", "--all") if m["kind"] == "sent"][-1]
        check(mine["failed"] and not mine.get("waiting"), str(mine))
        says(w.cs("bob", "send", "club", "may I?"),
             "Only the owner or an admin of club can write to it", "ask alice")
        w.csok("alice", "send", "club", "hear me")
        check(w.texts("carol") == ["hear me"], "the owner")
        # A program that was changed: the hub refuses.
        r = w.run("liar", w.home("bob"), "club", "honest")
        check(r.status != 0 and "taken" not in r.out, str(r))
        check(w.texts("carol") == [], "nothing comes")
        # And where the hub does not, those who read refuse.
        w.stop("hub")
        db = w.db()
        check(db.execute("SELECT COUNT(*) FROM grp WHERE writers IS NOT NULL"
                         ).fetchone()[0] == 1, "one group announces")
        db.execute("UPDATE grp SET writers=NULL")
        db.commit()
        db.close()
        w.start_hub()
        r = w.run("liar", w.home("bob"), "club", "honest")
        check(r.status == 0, "the hub lets it through: %s" % r)
        got = [m for m in w.inbox("carol") if m["kind"] != "notice"]
        check([(m["kind"], m.get("reason")) for m in got] ==
              [("refused", "denied")], str(got))
        # An admin writes, and then all do again.
        w.csok("alice", "group", "role", "club", "carol", "admin")
        w.csok("carol", "send", "club", "I, too")
        check("I, too" in w.texts("bob"), "admins write")
        w.csok("alice", "group", "policy", "club", "--announce", "off")
        w.csok("bob", "inbox")
        w.csok("bob", "send", "club", "at last")
        check("at last" in w.texts("carol"), "all write")


def names_of(w, name):
    return [g["name"] for g in w.csok(name, "group", "list", "--json").lines()
            if not g["direct"]]


def test_rename():
    with World() as w:
        club(w, "bob", "carol")
        w.link("bob", "tablet")
        w.inbox("alice")
        w.csok("bob", "group", "rename", "club", "the quiet club")
        check(names_of(w, "bob") == ["the quiet club"], "his own")
        got = w.inbox("carol")
        # One line, of a message like any other: it can be reported.
        got = [m for m in got if m["kind"] not in ("notice", "received") or
               "quiet" in m["text"]]
        check([(m["kind"], m["from"], m["text"]) for m in got] ==
              [("name", "bob", "the quiet club")], str(got))
        w.csok("carol", "export", got[0]["id"], "-o", w.path("e"), "--open")
        r = w.csok("carol", "open", "the quiet club")
        check(r.out.count("renamed") == 1 and
              "bob renamed the group: the quiet club" in r.out, str(r))
        r = w.csok("bob", "open", "the quiet club")
        check("you renamed the group: the quiet club" in r.out, str(r))
        for name in ("alice", "tablet", "bob"):
            w.inbox(name)
            check(names_of(w, name) == ["the quiet club"], name)
        r = w.cs("bob", "group", "rename", "the quiet club", "two\nlines")
        says(r, "A group's name is one line")
        r = w.cs("bob", "group", "rename", "the quiet club", "alice")
        says(r, "would be taken for alice")
        # By that name for whoever comes.
        w.join("dave")
        w.friends("alice", "dave")
        w.csok("alice", "group", "add", "the quiet club", "dave")
        w.inbox("dave")
        check(names_of(w, "dave") == ["the quiet club"], "newcomers")
        for name in ("bob", "carol"):
            w.inbox(name)
        # Two at once: one name for all.
        ref = group(w, "bob", "the quiet club")["id"]
        a, b = at_once(
            lambda: w.cs("bob", "group", "rename", ref, "one"),
            lambda: w.cs("carol", "group", "rename", ref, "two"))
        check(a.status == 0 and b.status == 0, "%s %s" % (a, b))
        all_names = []
        for name in ("alice", "bob", "carol", "dave", "tablet"):
            w.inbox(name)
            w.inbox(name)
            all_names += names_of(w, name)
        check(len(all_names) == 5 and len(set(all_names)) == 1,
              str(all_names))
        # Kept for admins; what waited while that was decided changes nothing.
        w.csok("alice", "group", "policy", all_names[0], "--rename", "admins")
        w.inbox("carol")
        says(w.cs("carol", "group", "rename", all_names[0], "mine"),
             "Only the owner or an admin of %s can rename it" % all_names[0])
        r = w.run("liar", w.home("carol"), all_names[0], "rename")
        check(r.status == 0, "the hub cannot see it: %s" % r)
        got = w.inbox("alice")
        check([(m["kind"], m.get("reason")) for m in got
               if m["kind"] != "notice"] == [("refused", "denied")], str(got))
        check(names_of(w, "alice") == all_names[:1], "as it was")


def old_club(w):
    """As groups were before they had a policy: without one."""
    w.join("alice", "bob", "carol", "dave")
    w.friends("alice", "bob", "carol", "dave")
    meddle(w, "alice", "old", "bob", "club")
    meddle(w, "bob", "old", "alice", "club")
    agree(w, {"alice": "owner"}, "alice", "bob")


def test_old_group():
    """The first commit that brings somebody in writes the policy, whoever
    makes it; so do the commands that change it."""
    with World() as w:
        old_club(w)
        # By other than the one of the lowest leaf, who owns it all the same.
        w.csok("bob", "group", "add", "club", "carol")
        for name in ("alice", "bob", "carol"):
            w.inbox(name)
        agree(w, {"alice": "owner"}, "alice", "bob", "carol")
        says(w.cs("bob", "group", "remove", "club", "carol"),
             "Only the owner or an admin of club")
        w.csok("alice", "group", "role", "club", "carol", "admin")
        agree(w, {"alice": "owner", "carol": "admin"}, "alice", "bob", "carol")
        w.csok("alice", "group", "leave", "club")
        w.inbox("bob")
        agree(w, {"carol": "owner"}, "bob", "carol")
    for change in (("role", "club", "bob", "admin"),
                   ("policy", "club", "--add", "admins")):
        with World() as w:
            old_club(w)
            says(w.cs("bob", "group", *change), "Only the owner")
            w.csok("alice", "group", *change)
            want = {"alice": "owner"}
            if change[0] == "role":
                want["bob"] = "admin"
            agree(w, want, "alice", "bob")
            kept = w.csok("bob", "group", "policy", "club",
                          "--json").lines()[0]["add"]
            check(kept == ("members" if change[0] == "role" else "admins"),
                  kept)
            w.csok("alice", "group", "add", "club", "dave")
            w.inbox("dave")
            agree(w, want, "alice", "bob", "dave")


def test_at_once():
    """Two who may, at the same time; and one who may no longer."""
    with World() as w:
        club(w, "bob", "carol", "dave", "erin")
        for name in ("bob", "carol"):
            w.csok("alice", "group", "role", "club", name, "admin")
        for name in ("bob", "carol"):
            w.inbox(name)
        a, b = at_once(
            lambda: w.cs("bob", "group", "remove", "club", "dave"),
            lambda: w.cs("carol", "group", "remove", "club", "erin"))
        check(a.status == 0 and b.status == 0, "both: %s %s" % (a, b))
        a, b = at_once(
            lambda: w.cs("bob", "group", "policy", "club", "--add", "admins"),
            lambda: w.cs("carol", "group", "policy", "club", "--timer",
                         "admins"))
        check(a.status == 0 and b.status == 0, "both: %s %s" % (a, b))
        r = w.csok("alice", "group", "policy", "club", "--json").lines()
        w.inbox("alice")
        r = w.csok("alice", "group", "policy", "club", "--json").lines()[0]
        check(r["add"] == "admins" and r["timer"] == "admins", str(r))
        a, b = at_once(
            lambda: w.cs("alice", "group", "role", "club", "bob", "member"),
            lambda: w.cs("bob", "group", "policy", "club", "--announce",
                         "on"))
        check(a.status == 0, "the owner: %s" % a)
        check(b.status == 0 or "Only the owner" in b.err, str(b))
        agree(w, {"alice": "owner", "carol": "admin"}, "alice", "bob", "carol")


def test_second_device():
    """The account has the role, and so has each of its devices."""
    with World() as w:
        club(w, "bob", "carol")
        w.link("alice", "tablet")
        w.inbox("alice")
        w.inbox("tablet")
        w.csok("tablet", "group", "role", "club", "bob", "admin")
        agree(w, {"alice": "owner", "bob": "admin"},
              "alice", "tablet", "bob", "carol")
        # By an external commit, in the place of its own leaf.
        w.csok("tablet", "group", "repair", "club", "--force")
        agree(w, {"alice": "owner", "bob": "admin"},
              "alice", "tablet", "bob", "carol")
        w.csok("tablet", "group", "remove", "club", "carol")
        lost = [d["id"] for d in w.csok("tablet", "devices", "--json").lines()
                if not d["this"]][0]
        w.csok("tablet", "device", "remove", lost, "--yes")
        agree(w, {"alice": "owner", "bob": "admin"}, "bob", "tablet")


if __name__ == "__main__":
    main()
