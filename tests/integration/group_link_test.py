# SPDX-License-Identifier: MIT
"""Being let into a group: by a link, by whoever may add people, and what
everybody else is told; the picture that a group gets."""
import os
import subprocess
import threading

from world import BIN, World, check, main, photo


def group(w, name, of):
    return [g for g in w.csok(name, "group", "list", "--json").lines()
            if g["name"] == of]


def told(w, name):
    return [m["text"] for m in w.inbox(name) if m["kind"] == "notice"]


def says(r, *words, status=1):
    check(r.status == status, str(r))
    for word in words:
        check(word in r.err, "%s: %s" % (word, r))


def asks(w, name, *of):
    return w.csok(name, "group", "asks", *of, "--json").lines()


def link_of(w, name, of="club", *args):
    r = w.csok(name, "group", "link", of, *args, "--json").lines()[0]
    return r.get("link")


def club(w, *names):
    """Alice's, with all of them in it."""
    w.join("alice", *names)
    w.friends("alice", *names)
    w.csok("alice", "group", "new", "club", *names)
    for name in names:
        w.inbox(name)


def test_asked_and_let_in():
    with World() as w:
        club(w, "bob", "carol")
        w.join("dave")
        link = link_of(w, "alice")
        check("/g#" in link and link == link_of(w, "alice"), "the same again")
        check(w.csok("alice", "group", "link", "club").out.strip() == link,
              "as text")
        got = [m for m in w.inbox("bob") if m["kind"] == "link"]
        check(len(got) == 1 and got[0]["from"] == "alice" and
              got[0]["text"] == "", "told, without the secret: %s" % got)
        r = w.csok("dave", "group", "join", link, "--text", "I am Dave.")
        check("You asked" in r.out, str(r))
        mine = asks(w, "dave")
        check([a["state"] for a in mine] == ["waiting"], str(mine))
        check(mine[0]["group"] == group(w, "alice", "club")[0]["id"], "which")
        check("waits for an answer" in w.csok("dave", "group", "asks").out,
              "as text")
        # Whoever may add people sees it, once; the hub saw nothing of it.
        for name in ("alice", "bob"):
            got = told(w, name)
            check(any("dave asks to be let into this group" in t and
                      "I am Dave." in t for t in got), str(got))
            check(not any("dave asks" in t for t in told(w, name)), "once")
            got = asks(w, name, "club")
            check([(a["name"], a["text"], a["accepted"]) for a in got] ==
                  [("dave", "I am Dave.", False)], str(got))
        check("I am Dave." in w.csok("bob", "group", "asks", "club").out, "")
        kept = w.db().execute("SELECT sealed,note FROM group_ask").fetchall()
        check(len(kept) == 1 and len(kept[0][0]) > 500, "it waits there")
        for blob in kept[0]:
            check(b"Dave" not in blob and b"dave" not in blob, "sealed")
        # Carol need not be alice's: anybody who may.
        w.csok("bob", "group", "approve", "club", "dave")
        got = told(w, "dave")
        check("bob added you to this group." in got, str(got))
        mine = group(w, "dave", "club")
        check(len(mine) == 1 and mine[0]["state"] == "active",
              "no request, for dave asked: %s" % mine)
        check([a["state"] for a in asks(w, "dave")] == ["taken"], "and said")
        check(asks(w, "alice", "club") == [], "nobody waits")
        check("You added dave." in told(w, "bob"), "the own deed")
        check("bob added dave." in told(w, "carol"), "others")
        w.csok("dave", "send", "club", "hello all")
        check(w.texts("carol") == ["hello all"], "in it")
        # Whoever was let in can show the link, too.
        check(link_of(w, "dave") == link, "with the Welcome")
        says(w.cs("dave", "group", "join", link), "You are in that group")


def test_told_at_once():
    """Whoever waits for news hears of it when it comes."""
    with World() as w:
        club(w, "bob")
        w.join("dave")
        link = link_of(w, "alice")
        proc = subprocess.Popen(
            [os.path.join(BIN, "countersign"), "--home", w.home("bob"),
             "follow", "--json"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        w.procs["follow"] = proc
        # What was there before, so that it waits now.
        check(b'"link"' in proc.stdout.readline(), "it follows")
        w.csok("dave", "group", "join", link)
        said = proc.stdout.readline()
        check(b"dave asks to be let into this group" in said, str(said))
        w.stop("follow")


def test_second_devices():
    """Each device of who asked knows that they did."""
    with World() as w:
        club(w, "bob")
        w.join("dave")
        w.link("dave", "tablet")
        link = link_of(w, "alice")
        w.csok("dave", "group", "join", link)
        check([a["state"] for a in asks(w, "tablet")] == ["waiting"], "there")
        w.csok("alice", "group", "approve", "club", "dave")
        for name in ("tablet", "dave"):
            w.inbox(name)
            mine = group(w, name, "club")
            check([g["state"] for g in mine] == ["active"],
                  "%s: %s" % (name, mine))


def test_another_group():
    """Consent is for the group of the link, and once."""
    with World() as w:
        club(w, "bob")
        w.join("dave", "mallory")
        link = link_of(w, "alice")
        w.csok("dave", "group", "join", link)
        # Somebody adds dave to another group meanwhile.
        w.csok("mallory", "group", "new", "trap", "dave", "--new")
        w.inbox("dave")
        check([g["state"] for g in group(w, "dave", "trap")] == ["request"],
              "not what dave asked for")
        w.csok("alice", "group", "approve", "club", "dave")
        w.inbox("dave")
        check([g["state"] for g in group(w, "dave", "club")] == ["active"],
              "what dave asked for")
        # Out, and in again without being asked: that is a request.
        w.csok("dave", "group", "leave", "club")
        w.inbox("alice")
        w.inbox("dave")
        w.inbox("bob")
        w.csok("bob", "group", "add", "club", "dave", "--new")
        w.inbox("dave")
        check([g["state"] for g in group(w, "dave", "club")
               if g["state"] != "left"] == ["request"], "not asked again")


def test_who_may():
    with World() as w:
        club(w, "bob", "carol")
        w.join("dave")
        link = link_of(w, "bob")
        w.csok("alice", "group", "policy", "club", "--add", "admins")
        w.csok("dave", "group", "join", link)
        for args in (("link", "club"), ("link", "club", "--off"),
                     ("asks", "club"), ("approve", "club", "dave"),
                     ("refuse", "club", "dave")):
            says(w.cs("bob", "group", *args),
                 "Only the owner or an admin of club can add people")
        check(not any("dave" in t for t in told(w, "bob")), "nothing of it")
        check(any("dave asks" in t for t in told(w, "alice")), "the owner")
        # What a changed program says counts for nobody, nor at the hub.
        r = w.run("liar", w.home("bob"), "club", "link")
        check(r.status == 0, str(r))
        got = [m for m in w.inbox("alice") if m["kind"] == "refused"]
        check([m["reason"] for m in got] == ["denied"], str(got))
        check(link_of(w, "alice") == link, "as it was")
        w.csok("alice", "group", "approve", "club", "dave", "--new")
        w.inbox("dave")
        check(group(w, "dave", "club")[0]["state"] == "active", "in")


def test_refused_and_over():
    with World() as w:
        club(w, "bob")
        w.join("dave", "erin", "frank")
        link = link_of(w, "alice")
        for name in ("dave", "erin", "frank"):
            w.csok(name, "group", "join", link)
        w.csok("frank", "group", "join", link, "--take-back")
        check(asks(w, "frank") == [], "taken back")
        check([a["name"] for a in asks(w, "bob", "club")] ==
              ["dave", "erin"], "in their order")
        w.csok("bob", "group", "refuse", "club", "dave")
        check([a["state"] for a in asks(w, "dave")] == ["over"], "said")
        says(w.cs("dave", "group", "join", link), "were refused", "14 days")
        says(w.cs("bob", "group", "approve", "club", "dave"),
             "dave does not ask to be let into club")
        # Two answer at once, or one after the other.
        w.csok("alice", "group", "approve", "club", "erin")
        w.csok("bob", "group", "approve", "club", "erin")
        says(w.cs("bob", "group", "refuse", "club", "erin"), "already")
        # Another link ends the one before.
        w.csok("frank", "group", "join", link)
        newer = link_of(w, "bob", "club", "--new")
        check(newer != link, "another")
        check([a["state"] for a in asks(w, "frank")] == ["over"], "with it")
        says(w.cs("frank", "group", "join", link), "no group any more")
        w.csok("frank", "group", "join", newer)
        check([a["name"] for a in asks(w, "alice", "club")] == ["frank"],
              "by the new one, and alice knows it")
        check(link_of(w, "alice", "club", "--off") is None, "none")
        check([m.get("taken_away") for m in w.inbox("bob")
               if m["kind"] == "link"][-1] is True, "told")
        says(w.cs("frank", "group", "join", newer), "no group any more")
        says(w.cs("bob", "group", "link", "club", "--off"), "There is no link")
        check(asks(w, "bob", "club") == [], "nobody")


def test_links_that_are_none():
    with World() as w, World() as other:
        club(w, "bob")
        other.join("zoe")
        link = link_of(w, "alice")
        says(other.cs("zoe", "group", "join", link), "of another hub",
             "Nothing was asked")
        w.join("dave")
        says(w.cs("dave", "group", "join", w.invite()), "is an invite link")
        for bad in ("", "club", link[:-1], link + "x", link.replace("#", ""),
                    link.replace("/g#", "/d#"), "http" + link[5:]):
            says(w.cs("dave", "group", "join", bad), "no link to a group")
        says(w.cs("dave", "group", "join", link, "--text", "x" * 401),
             "at most 400 bytes")
        # The group has ended: nobody is in it.
        for name in ("bob", "alice"):
            w.csok(name, "group", "leave", "club")
            w.cs("alice", "inbox")
        says(w.cs("dave", "group", "join", link), "no group any more")
        check(w.cs("alice", "group", "link", "club", "--new",
                   "--off").status == 64, "usage")


def test_blocked_and_alike():
    with World() as w:
        club(w, "bob")
        w.join("mallory", "b0bby")
        link = link_of(w, "alice")
        w.csok("alice", "block", "mallory")
        w.csok("mallory", "group", "join", link, "--text", "let me in")
        check(not any("mallory" in t for t in told(w, "alice")), "not shown")
        check(asks(w, "alice", "club") == [], "nor listed")
        check(any("mallory" in t for t in told(w, "bob")), "bob did not block")
        # A name that is nearly bob's: asked about as a first message is.
        w.join("bobb")
        w.csok("bobb", "group", "join", link)
        got = [t for t in told(w, "alice") if "bobb asks" in t]
        check(len(got) == 1 and 'you know "bob"' in got[0], str(got))
        got = [a for a in asks(w, "alice", "club") if a["name"] == "bobb"]
        check(got[0]["looks_like"] == "bob", str(got))
        says(w.cs("alice", "group", "approve", "club", "bobb"),
             "You have not accepted bobb")
        w.csok("alice", "group", "approve", "club", "bobb", "--new")


def test_refusing_strangers():
    """Who takes no messages from strangers asked for this one."""
    with World() as w:
        club(w, "bob")
        w.join("dave")
        w.csok("dave", "settings", "unknown-senders", "refuse")
        link = link_of(w, "alice")
        says(w.cs("alice", "group", "add", "club", "dave", "--new"),
             "nobody called dave")
        w.csok("dave", "group", "join", link)
        w.csok("bob", "group", "approve", "club", "dave")
        w.inbox("dave")
        check([g["state"] for g in group(w, "dave", "club")] == ["active"],
              "in")


def test_linked_device():
    """The device that lets it in hands over what its groups have."""
    with World() as w:
        club(w, "bob")
        w.join("dave")
        link = link_of(w, "alice")
        photo(w.path("a.jpg"), 300, 200)
        w.csok("alice", "group", "picture", "club", w.path("a.jpg"))
        w.csok("dave", "group", "join", link, "--text", "It is Dave.")
        w.link("alice", "tablet")
        w.inbox("tablet")
        check(link_of(w, "tablet") == link, "the same")
        check([a["text"] for a in asks(w, "tablet", "club")] ==
              ["It is Dave."], "opened there")
        w.csok("tablet", "group", "picture", "club", "-o", w.path("b.jpg"))
        w.csok("tablet", "group", "approve", "club", "dave")
        w.inbox("dave")
        check(len(group(w, "dave", "club")) == 1, "let in by it")


def test_not_known_here():
    """A device that came in by itself does not know the link, says so, and
    does not replace it unasked."""
    with World() as w:
        club(w, "bob")
        w.join("dave")
        link = link_of(w, "alice")
        w.csok("dave", "group", "join", link)
        r = w.run("countersign", "--home", w.home("tablet"), "recover",
                  w.invite(), "--name", "tablet",
                  stdin=w.words["alice"].encode())
        check(r.status == 0, str(r))
        w.inbox("tablet")
        check(len(group(w, "tablet", "club")) == 1, "there by itself")
        for args in (("link", "club"), ("asks", "club"),
                     ("link", "club", "--off"), ("approve", "club", "dave")):
            says(w.cs("tablet", "group", *args), "does not know")
        check(asks(w, "bob", "club") != [], "as it was")
        newer = link_of(w, "tablet", "club", "--new")
        check(newer == link_of(w, "bob"), "the new one")


def test_by_somebody_blocked():
    """What they do for the group is the group's; and is told."""
    with World() as w:
        club(w, "bob", "carol")
        w.csok("alice", "block", "bob")
        link = link_of(w, "bob")
        w.csok("bob", "group", "rename", "club", "our club")
        got = [m["kind"] for m in w.inbox("alice") if m["kind"] != "notice"]
        check(got == ["link", "name"], str(got))
        check(link_of(w, "alice", "our club") == link, "the same")


def test_made_at_once():
    """Of two links the later in the log counts, for the hub, too."""
    with World() as w:
        club(w, "bob", "carol")
        got = [None, None]

        def make(i, name):
            got[i] = w.cs(name, "group", "link", "club", "--new", "--json")
        threads = [threading.Thread(target=make, args=a)
                   for a in ((0, "alice"), (1, "bob"))]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        check(all(r.status == 0 for r in got), "%s %s" % tuple(got))
        for name in ("alice", "bob", "carol"):
            w.inbox(name)
        links = {link_of(w, name) for name in ("alice", "bob", "carol")}
        check(len(links) == 1, str(links))
        w.join("dave")
        w.csok("dave", "group", "join", links.pop())
        check([a["name"] for a in asks(w, "carol", "club")] == ["dave"],
              "it leads there")


def test_days_later():
    with World() as w:
        club(w, "bob")
        w.join("dave")
        link = link_of(w, "alice")
        w.csok("dave", "group", "join", link)
        w.stop("hub")
        w.start_hub(env=w.later(15))
        late = w.later(15)
        got = w.csok("alice", "group", "asks", "club", "--json",
                     env=late).lines()
        check(got == [], "it is over: %s" % got)
        check(w.csok("dave", "group", "asks", "--json", env=late).lines() ==
              [], "and gone")
        says(w.cs("alice", "group", "approve", "club", "dave", env=late),
             "or not any more")
        w.csok("dave", "group", "join", link, env=late)


def test_picture():
    with World() as w:
        club(w, "bob", "carol")
        big = w.path("big.jpg")
        photo(big, 2000, 1000)
        with open(big, "rb") as f:
            original = f.read()
        out = w.path("out.jpg")
        says(w.cs("bob", "group", "picture", "club", "-o", out),
             "has no picture")
        w.csok("alice", "group", "picture", "club", big)
        got = [m for m in w.inbox("bob") if m["kind"] == "picture"]
        check(len(got) == 1 and got[0]["from"] == "alice", str(got))
        w.inbox("carol")
        check(group(w, "bob", "club")[0]["picture"] is True, "listed")
        check(all(m["conversation_picture"] for m in w.csok(
            "bob", "open", "club", "--json").lines()), "and with messages")
        w.csok("bob", "group", "picture", "club", "-o", out)
        with open(out, "rb") as f:
            saved = f.read()
        check(saved[:2] == b"\xff\xd8" and len(saved) < len(original),
              "a small JPEG")
        says(w.cs("bob", "group", "picture", "club", "-o", out), "")
        r = w.csok("bob", "group", "picture", "club", "-o", "-")
        check(r.out != "", "standard output")
        w.csok("bob", "group", "picture", "club", "-o", out, "--force")
        # What was fetched once is kept.
        w.stop("hub")
        r = w.csok("bob", "group", "picture", "club", "-o", w.path("k.jpg"))
        with open(w.path("k.jpg"), "rb") as f:
            check(f.read() == saved, "the same, without the hub")
        r = w.cs("carol", "group", "picture", "club", "-o", w.path("x.jpg"))
        check(r.status != 0 and not os.path.exists(w.path("x.jpg")), str(r))
        w.start_hub()
        # It can be reported, with proof, like any message.
        w.csok("bob", "export", got[0]["id"], "-o", w.path("e.csev"), "--open")
        # Newcomers have it; to whom it is a request, it is not fetched.
        w.join("dave", "erin")
        w.friends("alice", "dave")
        w.csok("alice", "group", "add", "club", "dave")
        w.csok("bob", "group", "add", "club", "erin", "--new")
        w.inbox("dave")
        w.csok("dave", "group", "picture", "club", "-o", w.path("d.jpg"))
        with open(w.path("d.jpg"), "rb") as f:
            check(f.read() == saved, "the same")
        w.inbox("erin")
        ref = group(w, "erin", "club")[0]
        check(ref["state"] == "request", str(ref))
        r = w.cs("erin", "group", "picture", ref["id"], "-o", w.path("x.jpg"))
        says(r, "have not accepted")
        check(not os.path.exists(w.path("x.jpg")), "nothing of it")
        # Kept for admins with the name.
        w.csok("alice", "group", "policy", "club", "--rename", "admins")
        w.inbox("bob")
        says(w.cs("bob", "group", "picture", "club", "--none"),
             "Only the owner or an admin of club can rename it")
        w.csok("alice", "group", "picture", "club", "--none")
        w.inbox("bob")
        says(w.cs("bob", "group", "picture", "club", "-o", "-"),
             "has no picture")
        check("picture" not in group(w, "bob", "club")[0], "none")
        for args in (("club",), ("club", big, "--none"),
                     ("club", big, "-o", out)):
            check(w.cs("alice", "group", "picture", *args).status == 64,
                  "usage")
        text = w.path("text")
        with open(text, "w") as f:
            f.write("not a photo")
        says(w.cs("alice", "group", "picture", "club", text),
             "not a photo that can be cleaned")


if __name__ == "__main__":
    main()
