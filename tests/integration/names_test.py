# SPDX-License-Identifier: MIT
"""To whom: a name is taken for nobody but whoever it means."""
import os
import pty
import re
import subprocess

from world import BIN, STUCK_S, World, check, main


def conversation(w, member, **want):
    """The one conversation of a member that is as wanted."""
    found = [g for g in w.csok(member, "group", "list", "--json").lines()
             if all(g[k] == v for k, v in want.items())]
    check(len(found) == 1, "%s of %r" % (want, found))
    return found[0]


def on_terminal(w, name, *args, say="", width=80):
    """What a command says on a terminal, and its status."""
    master, slave = pty.openpty()
    proc = subprocess.Popen(
        [os.path.join(BIN, "countersign"), "--home", w.home(name)] +
        list(args), stdin=slave, stdout=slave, stderr=slave,
        env=dict(os.environ, COLUMNS=str(width)))
    w.procs["terminal"] = proc
    os.close(slave)
    os.write(master, say.encode())
    said = b""
    while True:
        try:
            piece = os.read(master, 4096)
        except OSError:
            break
        if not piece:
            break
        said += piece
    w.procs.pop("terminal")
    os.close(master)
    return proc.wait(STUCK_S), said.decode("utf-8", "replace")


def test_group_named_like_a_person():
    """What is for Bob goes to Bob, whatever strangers and friends call their
    groups; and a group that bears his name is marked."""
    with World() as w:
        w.join("alice", "bob", "mallory")
        w.friends("alice", "bob")
        w.csok("mallory", "group", "new", "bob", "alice")
        w.csok("alice", "send", "bob", "only for bob")
        w.csok("alice", "accept", "mallory")
        w.csok("alice", "send", "bob", "also for bob")
        w.csok("mallory", "send", "bob", "it is me, bob")
        check(w.texts("bob")[-2:] == ["only for bob", "also for bob"], "bob")
        check(w.texts("mallory") == [], "mallory reads nothing")
        said = w.csok("alice", "inbox").out
        check("in bob [a group, not bob]" in said, said)
        group = conversation(w, "alice", name="bob", direct=False)
        check(group["looks_like"] == "bob" and group["added_by"] == "mallory",
              str(group))
        w.csok("alice", "send", group["id"][:9], "for the group")
        check(w.texts("mallory") == ["for the group"], "by its id")
        w.csok("alice", "block", "mallory")
        # Whoever knows Bob makes no group of that name by accident.
        for name in "bob", "b0b", "B\u00f3b".replace("\u00f3", "\u043e"):
            r = w.cs("alice", "group", "new", name, "bob")
            check(r.status != 0 and "would be taken for bob" in r.err, str(r))
        r = w.cs("alice", "group", "new", "Operator", "bob")
        check("would be taken for the operator" in r.err, str(r))


def test_two_of_one_name():
    """Nothing is sent where two could be meant; both are shown, and every
    command takes their ids."""
    with World() as w:
        w.join("alice", "bob", "carol")
        w.friends("alice", "bob", "carol")
        w.csok("bob", "group", "new", "plan", "alice")
        w.csok("carol", "group", "new", "Plan", "alice")
        w.csok("alice", "inbox")
        r = w.cs("alice", "send", "PLAN", "to whom?")
        ids = re.findall(r"^  ([0-9a-z-]{29})  the group", r.err, re.M)
        check(r.status != 0 and len(ids) == 2, str(r))
        of_bob = conversation(w, "alice", added_by="bob", direct=False)["id"]
        check(of_bob in ids, str(r))
        w.csok("alice", "send", of_bob[:9], "for bob")
        w.csok("alice", "group", "add", of_bob, "carol")
        check(w.texts("bob") == ["for bob"], "bob")
        check(w.texts("carol") == [], "carol")
        w.csok("alice", "group", "leave", of_bob[:14])
        w.csok("alice", "send", "plan", "only one is left")
        check(w.texts("carol") == ["only one is left"], "the other")
        # Too short an id, or one of nothing, is a name.
        for typed in of_bob[:3], "zzzz-zzzz":
            r = w.cs("alice", "send", typed, "x")
            check(r.status != 0 and w.texts("bob") == [], str(r))


def test_spellings():
    """Composed or not, in whatever case, with the hub or without: it is one
    name."""
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        w.csok("alice", "group", "new", "Cafe\u0301 Stra\u00dfe", "bob")
        w.csok("bob", "inbox")
        w.csok("bob", "send", "caf\u00e9  strasse", "one")
        w.csok("bob", "send", "Alice", "two")
        w.csok("bob", "send", "ALICE@localhost", "three")
        got = sorted(w.texts("alice"))
        check(got == ["one", "three", "two"], "all came: %r" % got)
        r = w.cs("bob", "send", "alice@elsewhere.org", "x")
        check(r.status != 0 and "another hub" in r.err, str(r))
        r = w.cs("alice", "group", "new", "CAF\u00c9 STRASSE", "bob")
        check(r.status != 0 and "already" in r.err, str(r))


def test_handles_that_look_alike():
    """The hub gives no name that looks like one that it gave, or like a word
    that the program says of the reader or the operator."""
    with World() as w:
        w.join("torsten", "bill")
        w.csok("bill", "account", "leave", "--yes")
        w.join("tor-sten", "bil", "biil")  # like, and not alike
        for name in ("torsten", "bill", "bi11", "bi1l", "t0rsten", "tor_sten",
                     "tor.sten"):
            r = w.cs("x", "join", w.invite(), "--name", name)
            check(r.status != 0 and "taken, or looks like" in r.err, str(r))
        for name in ("you", "me", "operator", "desk", "support", "admin",
                     "system", "localhost", "y0u", "supp0rt", "the-desk",
                     "adrnin", "hub.support"):
            r = w.cs("x", "join", w.invite(), "--name", name)
            check(r.status != 0 and "taken, or" not in r.err, str(r))


def test_looks_of_before():
    """Names that were given before there was a table of looks are in it."""
    with World() as w:
        w.join("leila")
        w.stop("hub")
        db = w.db()
        db.execute("DELETE FROM name_looks")
        db.commit()
        db.close()
        w.start_hub()
        r = w.cs("x", "join", w.invite(), "--name", "lei1a")
        check(r.status != 0 and "looks like" in r.err, str(r))


def test_somebody_new():
    """The first message to somebody new is asked about; a slip sends nothing."""
    with World() as w:
        w.join("alice", "leyla", "leyal", "dara")
        w.friends("alice", "leyla")
        status, said = on_terminal(w, "alice", "send", "leyal", "hi", say="n\n")
        check(status != 0 and "and you know leyla" in said, said)
        r = w.cs("alice", "send", "leyal", "hi")
        check(r.status != 0 and "Nothing was sent" in r.err, str(r))
        r = w.cs("alice", "group", "new", "walks", "leyal")
        check(r.status != 0 and "Nobody was added" in r.err, str(r))
        check(w.inbox("leyal") == [], "nothing came")
        status, said = on_terminal(w, "alice", "send", "dara", "hi", say="y\n")
        check(status == 0 and "new to you" in said, said)
        check(w.texts("dara") == ["hi"], "dara")
        w.csok("alice", "send", "leyal", "hi", "--new")
        check(w.texts("leyal") == ["hi"], "leyal")
        # Once is enough.
        status, said = on_terminal(w, "alice", "send", "leyal", "and again")
        check(status == 0 and "new" not in said, said)


def test_nothing_accepts_by_itself():
    """What is sent lets nobody in, but for an answer to their message."""
    with World() as w:
        w.join("alice", "bob", "mallory")
        w.csok("mallory", "send", "alice", "I know where you live")
        mid = w.inbox("alice")[0]["id"]
        r = w.cs("alice", "send", "mallory", "oops")
        check(r.status != 0 and "you have not accepted that" in r.err, str(r))
        request = conversation(w, "alice", name="mallory")
        check(request["state"] == "request", str(request))
        r = w.cs("alice", "send", request["id"], "oops")
        check(r.status != 0 and "have not accepted" in r.err, str(r))
        check(w.texts("mallory") == [], "nothing came")
        # Somebody else's message is no way in.
        w.friends("alice", "bob")
        other = w.inbox("alice", "--all")[-1]["id"]
        r = w.cs("alice", "send", "mallory", "oops", "--reply", other)
        check(r.status != 0, str(r))
        w.csok("alice", "send", "mallory", "who is this?", "--reply", mid[:16])
        check(w.texts("mallory") == ["who is this?"], "the answer")
        check(conversation(w, "alice", name="mallory")["state"] == "active",
              "an answer is consent")
        w.csok("alice", "block", "mallory")
        r = w.cs("alice", "send", "mallory", "x")
        check(r.status != 0 and "You blocked mallory" in r.err, str(r))


def test_blocked_before():
    """Whoever is blocked by name never comes in, also who joins later; the
    hub's answers tell nobody whether there is anybody."""
    with World() as w:
        w.join("alice", "bob", "threat")
        w.friends("alice", "bob")
        w.link("alice", "laptop")
        w.csok("alice", "block", "threat")
        w.csok("alice", "block", "later")
        w.join("later")
        for name in "threat", "later":
            r = w.cs(name, "send", "alice", "I found you")
            check(r.status != 0 and "There is nobody called alice" in r.err,
                  str(r))
            nobody = w.cs(name, "send", "nobodyhere", "I found you")
            check(nobody.err.replace("nobodyhere", "alice") == r.err,
                  "as if there were nobody: %s" % r)
        # Not through a friend either, on any device.
        w.csok("threat", "send", "bob", "hi")
        w.csok("bob", "accept", "threat")
        w.csok("bob", "group", "new", "party", "alice", "threat")
        w.csok("threat", "send", "party", "I found you")
        for device in "alice", "laptop":
            check("I found you" not in w.texts(device), device)
            known = {c["name"]: c["state"] for c in
                     w.csok(device, "contacts", "--json").lines()}
            check(known["threat"] == known["later"] == "blocked", str(known))
        w.csok("alice", "accept", "later")
        w.csok("later", "send", "alice", "sorry, who are you?")
        check("sorry, who are you?" in w.texts("alice"), "let in again")
        r = w.cs("alice", "block", "alice")
        check(r.status != 0 and "own name" in r.err, str(r))


def test_alias():
    """A name of one's own for people and groups, beside theirs."""
    with World() as w:
        w.join("alice", "leyla77", "bob", "mama")
        w.friends("alice", "leyla77", "bob")
        w.csok("alice", "group", "new", "The Family", "leyla77", "bob")
        w.csok("leyla77", "inbox")
        r = w.cs("alice", "alias", "leyla77", "bob")
        check(r.status != 0 and "Nothing was changed" in r.err, str(r))
        r = w.cs("alice", "alias", "leyla77", "b0b")
        check(r.status != 0, str(r))
        for bad in "a\nb", " a", "\u202ea", "x" * 64:
            r = w.cs("alice", "alias", "leyla77", bad)
            check(r.status != 0, repr(bad))
        w.csok("alice", "alias", "leyla77", "Mama")
        w.csok("alice", "alias", "the family", "home")
        w.csok("alice", "send", "mama", "hello mother")
        w.csok("alice", "send", "home", "hello all")
        check(sorted(w.texts("leyla77")) == ["hello all", "hello mother"],
              "leyla77")
        w.csok("leyla77", "send", "the family", "hello")
        got = w.inbox("alice")[-1]
        check(got["from"] == "leyla77" and got["from_alias"] == "Mama" and
              got["alias"] == "home", str(got))
        said = w.csok("alice", "inbox", "--all").out
        check("Mama (leyla77) in home (The Family)" in said, said)
        # Somebody who really is called that is not meant by accident.
        w.csok("mama", "send", "alice", "hi")
        w.csok("alice", "inbox")
        w.csok("alice", "send", "mama", "still for leyla")
        check(w.texts("leyla77")[-1] == "still for leyla", "a request is not")
        r = w.cs("alice", "accept", "mama")
        check(r.status != 0 and "more than one" in r.err, str(r))
        new = [c["id"] for c in w.csok("alice", "contacts", "--json").lines()
               if c["name"] == "mama"][0]
        w.csok("alice", "accept", new)
        r = w.cs("alice", "send", "mama", "to whom?")
        check(r.status != 0 and "more than one" in r.err, str(r))
        w.csok("alice", "send", new[:9], "for mama")
        check(w.texts("mama") == ["for mama"], "by id")
        w.csok("alice", "alias", "home", "--remove")
        r = w.cs("alice", "send", "home", "x")
        check(r.status != 0, "it is gone: %s" % r)


def test_doer():
    """Who leaves by themselves left, in every conversation."""
    with World() as w:
        w.join("alice", "bob", "carol")
        w.friends("alice", "bob", "carol")
        w.csok("alice", "group", "new", "family", "bob", "carol")
        for name in "bob", "carol":
            w.csok(name, "inbox")
        w.csok("bob", "account", "leave", "--yes")
        for name in "alice", "carol":
            said = w.csok(name, "inbox").out
            check("bob left." in said and "operator" not in said, said)


def test_words_of_others():
    """Nothing that others choose makes a line of its own, at any width."""
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        head = "01ab000000000000  2026-11-29 14:22  carol in plan"
        w.csok("alice", "send", "bob", "hi%74s%-80s    Come alone" % ("", head))
        w.csok("alice", "send", "bob", "hi\n" + head + "\n    Come alone")
        for width in 30, 60, 80, 132:
            _, said = on_terminal(w, "bob", "inbox", "--all", width=width)
            for line in said.replace("\r", "").split("\n"):
                check(not line.startswith("01ab0000") and
                      not line.startswith("Come"), said)
        for name in ("x\n" + head, "x\u202e", "x  y", " x", "x\x1b[2J",
                     "x\u3164y", ""):
            r = w.cs("alice", "group", "new", name, "bob")
            check(r.status != 0 and "one line" in r.err, "%r: %s" % (name, r))


if __name__ == "__main__":
    main()
