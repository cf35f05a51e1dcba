# SPDX-License-Identifier: MIT
"""What the desk decides about somebody: told, verified, objected to, and
taken back."""
import json
import os
import pty
import select
import subprocess
import time

from world import BIN, STUCK_S, World, check, main, photo

FACTS = "Offering a person for sale."


def account(w, name):
    return w.csok(name, "whoami", "--json").lines()[0]["account"]


def act(w, kind, who, *fields):
    """The desk signs it and the hub applies it; the action's id."""
    done = w.ok("desk-act", w.desk, "act", kind,
                account(w, who) if who else "-", *fields)
    return done.out.split()[0]


def disable(w, who, *fields):
    return act(w, "disable", who, "reason=trafficking", "facts=" + FACTS,
               *fields)


def notices(w, name):
    return w.csok(name, "notices", "--json").lines()


def told(w, name, *args):
    return [m["text"] for m in w.inbox(name, *args) if m["kind"] == "notice"]


def family(w):
    w.join("alice", "bob", "carol")
    w.friends("alice", "bob", "carol")
    w.csok("alice", "group", "new", "family", "bob", "carol")
    w.csok("alice", "send", "family", "before")
    for name in ("bob", "carol", "alice"):
        w.inbox(name)


def members(w, name):
    found = [g for g in w.csok(name, "group", "list", "--json").lines()
             if g["name"] == "family"]
    return sorted(found[0]["members"])


def test_warning():
    """Shown once without being asked for, and there to be read again."""
    with World(desk=True) as w:
        w.join("alice", "bob")
        act(w, "warn", "alice", "reason=harassment",
            "facts=Insults\tin \x1b[31mred\ntwice")
        first = told(w, "alice")
        check(len(first) == 1 and "warns you" in first[0], str(first))
        check(told(w, "alice") == [], "once")
        (n,) = notices(w, "alice")
        check(n["kind"] == "warning" and n["reason"] == "harassment" and
              n["can_appeal"] is True, str(n))
        text = w.csok("alice", "notices").out
        for part in ("This is what was done.", "Insults", "Rule 3",
                     "The rule covers", "everywhere", "six months",
                     "reviewer-7", "C-2026-1", "Found by a machine: yes",
                     "Decided by a machine: no", "countersign appeal"):
            check(part in text, "%r in %s" % (part, text))
        check("\x1b" not in text, "nothing that moves a cursor")
        check(notices(w, "bob") == [] and told(w, "bob") == [],
              "nobody else hears of it")
        # A warning takes nothing away.
        w.csok("alice", "send", "bob", "hello")


def in_log(w, name, *args):
    """Once the turn is over and this device has looked."""
    for _ in range(STUCK_S):
        (n,) = notices(w, name)
        if n["in_log"] != "unseen":
            return n
        w.cs(name, "log", "show", "--check")
        time.sleep(1)
    check(False, "%s: %s" % (name, n))


def test_in_the_log():
    """Whom it is about sees that the log has it, disabled or not; and that it
    has not, if the hub says so and lies."""
    with World(desk=True) as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        act(w, "warn", "bob", "reason=harassment", "facts=Insults")
        disable(w, "alice")
        (n,) = notices(w, "alice")
        check(n["in_log"] == "unseen" and n["log_entry"] is None, str(n))
        n = in_log(w, "bob")
        check(n["in_log"] == "there", str(n))
        text = w.csok("bob", "notices").out
        check("In the hub's public log: entry %d" % n["log_entry"] in text,
              text)
        with w.db() as db:
            ((kind, entry),) = db.execute(
                "SELECT kind,entry FROM action WHERE entry=?",
                (n["log_entry"],)).fetchall()
        check(kind == 3, "the warning: %s" % kind)
        mine = in_log(w, "alice")
        check(mine["in_log"] == "there" and mine["log_entry"] != entry and
              mine["in_force"], str(mine))

        w.stop("hub")
        with w.db() as db:
            db.execute("UPDATE action SET entry=entry-1 WHERE entry=?",
                       (entry,))
        w.start_hub()
        n = in_log(w, "bob")
        check(n["in_log"] == "another", str(n))
        check("NOT in the hub's public log" in w.csok("bob", "notices").out,
              "said")


def test_disabled_and_appeal():
    with World(desk=True) as w:
        w.stop("desk")  # desk-act plays it
        family(w)
        until = int(time.time() + 90 * 86400) * 1000
        action = disable(w, "alice", "until=%d" % until)
        day = time.strftime("%Y-%m-%d", time.gmtime(until / 1000))
        for args in (("send", "family", "still here"), ("follow",),
                     ("devices",)):
            r = w.cs("alice", *args)
            check(r.status == 77, str(r))
            for part in ("trafficking", day, "Rule 3", FACTS,
                         "countersign notices", "countersign appeal"):
                check(part in r.err, "%r in %s" % (part, r))
        r = w.cs("alice", "inbox", "--all")
        check(r.status == 0 and "before" in r.out and FACTS in r.err,
              "what is there can be read: %s" % r)
        (n,) = notices(w, "alice")
        check(n["kind"] == "account disabled" and n["in_force"] is True and
              n["id"] == action and n["until_ms"] == until and
              n["facts"] == FACTS and n["can_appeal"] is True, str(n))

        r = w.cs("alice", "appeal", "ffff", "--text", "no")
        check(r.status == 1, "no such decision: %s" % r)
        r = w.cs("alice", "appeal", "--text", "x" * 8193)
        check(r.status == 64, "too long: %s" % r)
        r = w.cs("alice", "appeal")
        check(r.status == 64, "nothing said: %s" % r)
        with open(w.path("why.txt"), "w") as f:
            f.write("I did not write this.")
        w.csok("alice", "appeal", "--file", w.path("why.txt"),
               env={"LC_ALL": "ckb_IQ.UTF-8"})
        (n,) = notices(w, "alice")
        check(n["appeal"] == "sent" and n["can_appeal"] is False, str(n))
        r = w.cs("alice", "appeal", n["id"], "--text", "again")
        check(r.status == 1, "once: %s" % r)
        with w.db() as db:
            ((sealed,),) = db.execute("SELECT sealed FROM letter").fetchall()
        check(sealed.startswith(b"CSLETTER1") and
              b"did not write" not in sealed, "the hub cannot read it")
        # The desk reads it, and answers so that only alice can read that.
        r = w.ok("desk-act", w.desk, "letter", "0", "3", "It stands.",
                 "Your photo shows it.")
        check(r.out == "1 ckb I did not write this.\n", str(r))
        (n,) = notices(w, "alice")
        check(n["appeal"] == "upheld" and n["answer"] == "It stands." and
              n["reply"] == "Your photo shows it.", str(n))
        with w.db() as db:
            ((reply,),) = db.execute("SELECT reply FROM letter").fetchall()
        check(b"photo" not in reply, "the hub cannot read the answer")


def test_appeal_waits():
    """Refused for now it is kept, and goes out as it was written."""
    with World(desk=True) as w:
        w.stop("desk")  # desk-act plays it
        w.join("alice", "bob")
        disable(w, "alice")
        with w.db() as db:
            db.execute("INSERT INTO spent(scope,budget,since,n) SELECT id,"
                       "'letters-day',?,20 FROM account WHERE"
                       " handle='alice'", (int(time.time() * 1000),))
        r = w.cs("alice", "appeal", "--text", "I did not.")
        check(r.status == 1 and "goes out later" in r.err, str(r))
        r = w.cs("alice", "appeal", "--text", "Another one.")
        check(r.status == 1 and "waits" in r.err, "not twice: %s" % r)
        (n,) = notices(w, "alice")
        check(n["appeal"] == "none", str(n))
        with w.db() as db:
            db.execute("DELETE FROM spent WHERE budget='letters-day'")
        (n,) = notices(w, "alice")
        check(n["appeal"] == "sent", "with the next command: %s" % n)
        r = w.ok("desk-act", w.desk, "letter", "0", "4", "You are right.",
                 "Sorry.")
        check(r.out.endswith(" I did not.\n"), str(r))
        (n,) = notices(w, "alice")
        check(n["reply"] == "Sorry." and n["appeal"] == "reversed", str(n))


def test_while_following():
    """Who is there is told at once, and shut out at once."""
    with World(desk=True) as w:
        w.join("alice", "bob")
        proc = subprocess.Popen(
            [os.path.join(BIN, "countersign"), "--home", w.home("alice"),
             "follow", "--json"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        w.procs["follow"] = proc
        time.sleep(1)
        act(w, "warn", "alice", "reason=harassment", "facts=Insults")
        ready, _, _ = select.select([proc.stdout], [], [], STUCK_S)
        check(ready != [], "nothing was said")
        line = json.loads(proc.stdout.readline())
        check("warns you: Insults" in line["text"] and
              line["warning"] is True, str(line))
        disable(w, "alice")
        _, err = proc.communicate(timeout=STUCK_S)
        del w.procs["follow"]
        check(proc.returncode == 77 and FACTS in err.decode(), err.decode())


def test_way_back():
    """Taken back: everybody is where he was, and talks on."""
    with World(desk=True) as w:
        family(w)
        first = w.csok("alice", "send", "family", "from before").out.strip()
        action = disable(w, "alice")
        # The next member who comes online commits the hub's proposals.
        w.csok("carol", "send", "family", "is she gone?")
        check("alice was removed by the operator of localhost." in
              told(w, "bob"), "bob is told")
        r = w.cs("bob", "send", "alice", "only the two of us")
        check(r.status == 1, "she is not to be reached: %s" % r)
        check(members(w, "bob") == ["bob", "carol"], "gone")
        act(w, "reverse", "alice", "reverses=" + action, "facts=A mistake.")
        seen = told(w, "alice")
        check("You are back." in seen, "alice is told: %s" % seen)
        check(len([t for t in seen if t.startswith("The report desk")]) == 2,
              "and of both decisions: %s" % seen)
        w.csok("alice", "send", "family", "here again")
        for name in ("bob", "carol"):
            lines = w.inbox(name)
            check("alice is back." in [m["text"] for m in lines
                                       if m["kind"] == "notice" and
                                       m["conversation"] == "family"],
                  "%s is told: %s" % (name, lines))
            check("here again" in [m["text"] for m in lines
                                   if m["kind"] == "received"], str(lines))
            check(members(w, name) == ["alice", "bob", "carol"], name)
            check([m for m in lines if m["kind"] == "refused"] == [],
                  str(lines))
        w.csok("bob", "send", "family", "good", "--reply", first)
        check(w.texts("alice") == ["good"], "she reads on")
        old = [m["text"] for m in w.inbox("alice", "--all")
               if m["kind"] in ("sent", "received")]
        check("before" in old and "from before" in old,
              "what was there stays: %s" % old)
        check("is she gone?" not in old, "nothing of the time between")
        # The two of them as well.
        w.csok("alice", "send", "bob", "and here")
        check("and here" in w.texts("bob"), "the conversation of two")
        w.csok("bob", "send", "alice", "yes")
        check("yes" in w.texts("alice"), "both ways")
        check(sorted(n["kind"] for n in notices(w, "alice")) ==
              ["account disabled", "decision reversed"] and
              not any(n["in_force"] for n in notices(w, "alice")),
              "the decision stays on record")


def test_way_back_before_anybody_came():
    """Taken back before a member has committed the removal: one who comes
    first commits it all the same, or else nobody noticed."""
    for first in ("bob", "alice"):
        with World(desk=True) as w:
            family(w)
            action = disable(w, "alice")
            act(w, "reverse", "alice", "reverses=" + action)
            if first == "bob":
                w.csok("bob", "inbox")
                check(members(w, "bob") == ["bob", "carol"], "out for now")
            w.csok("alice", "send", "family", "early")
            w.csok("alice", "inbox")
            w.csok("bob", "inbox")
            w.csok("alice", "send", "family", "here again")
            for name in ("bob", "carol"):
                lines = w.inbox(name)
                check("here again" in [m.get("text") for m in lines],
                      "%s reads it: %s" % (name, lines))
                check(members(w, name) == ["alice", "bob", "carol"],
                      "all there")


def test_way_back_of_devices():
    """Each device comes back by itself."""
    with World(desk=True) as w:
        family(w)
        w.link("alice", "laptop")
        for name in ("alice", "laptop", "bob", "carol"):
            w.inbox(name)
        w.csok("bob", "send", "family", "not read yet")
        w.inbox("alice")
        action = disable(w, "alice")
        w.csok("bob", "send", "family", "gone")
        act(w, "reverse", "alice", "reverses=" + action)
        for _ in range(2):
            w.inbox("alice")
        check(w.texts("laptop") == ["not read yet"], "what came before")
        w.csok("bob", "send", "family", "both?")
        for name in ("alice", "laptop"):
            check("both?" in w.texts(name), name)
        w.csok("laptop", "send", "family", "yes")
        check("yes" in w.texts("carol"), "carol hears the laptop")


def test_not_where_somebody_came():
    """Who came while one was away has never seen him there."""
    with World(desk=True) as w:
        w.join("dave")
        family(w)
        w.csok("bob", "send", "dave", "hello")
        w.csok("dave", "inbox")
        w.csok("dave", "accept", "bob")
        action = disable(w, "alice")
        w.csok("bob", "group", "add", "family", "dave")
        act(w, "reverse", "alice", "reverses=" + action)
        check("You are back." not in
              [m["text"] for m in w.inbox("alice")
               if m["conversation"] == "family"], "not by herself")
        w.csok("bob", "group", "add", "family", "alice")
        w.csok("bob", "send", "family", "by hand")
        check("by hand" in w.texts("alice"), "but with somebody's help")


def test_own_data():
    with World(desk=True) as w:
        family(w)
        disable(w, "alice")
        path = w.path("mine.json")
        r = w.csok("alice", "export", "-o", path)
        check("not encrypted" in r.err, "warned: %s" % r)
        check(os.stat(path).st_mode & 0o777 == 0o600, "for its owner only")
        with open(path) as f:
            data = json.load(f)
        check(data["name"] == "alice" and
              data["account"] == account(w, "alice"), str(data))
        check("before" in [m.get("text") for m in data["messages"]],
              str(data["messages"]))
        check(sorted(c["name"] for c in data["contacts"]) ==
              ["bob", "carol"], str(data["contacts"]))
        check("family" in [g["name"] for g in data["conversations"]],
              str(data["conversations"]))
        check(data["notices"][0]["facts"] == FACTS, str(data["notices"]))
        check(isinstance(data["hub"], dict), "the hub's answer")
        # Who may do all may do this.
        w.csok("bob", "export", "-o", w.path("bobs.json"))
        with open(w.path("bobs.json")) as f:
            data = json.load(f)
        check([d["this"] for d in data["devices"]] == [True], str(data))
        r = w.cs("bob", "export", "-o", w.path("no", "where.json"))
        check(r.status in (1, 73) and "where.json" in r.err, str(r))


def typed(w, name, *args, line):
    """What the program says to a line on its terminal: its status."""
    ours, theirs = pty.openpty()
    os.write(ours, (line + "\n").encode())
    done = subprocess.run(
        [os.path.join(BIN, "countersign"), "--home", w.home(name), *args],
        stdin=theirs, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        timeout=STUCK_S, check=False)
    os.close(ours)
    os.close(theirs)
    return done.returncode


def test_leave_while_disabled():
    with World(desk=True) as w:
        family(w)
        disable(w, "alice")
        r = w.cs("alice", "account", "leave")
        check(r.status == 64, "asks first: %s" % r)
        check(typed(w, "alice", "account", "leave", line="alicia") == 1,
              "another name")
        (n,) = notices(w, "alice")
        check(n["in_force"] is True, "still there")
        check(typed(w, "alice", "account", "leave", line="alice") == 0,
              "the name was typed")
        r = w.cs("alice", "inbox", "--all")
        check("You have left localhost" in r.err and "before" in r.out,
              "what is there can be read: %s" % r)
        r = w.cs("alice", "send", "bob", "hello")
        check(r.status == 77 and "You have left" in r.err, str(r))
        w.csok("bob", "inbox")
        w.csok("bob", "send", "family", "two of us")
        check(members(w, "bob") == ["bob", "carol"], "gone from there")
        link = w.invite("--uses", "1")
        r = w.cs("alice2", "join", link, "--name", "alice")
        check(r.status == 1, "nobody else gets the name: %s" % r)


def test_locked_and_ended():
    """A file that is locked and a conversation that is ended, as members see
    it."""
    with World(desk=True) as w:
        family(w)
        pic = w.path("pic.jpg")
        photo(pic, 640, 480)
        w.csok("alice", "send", "family", "--photo", pic)
        (mid,) = [m["id"] for m in w.inbox("bob") if m.get("media")]
        with w.db() as db:
            ((blob,),) = db.execute("SELECT hex(id) FROM blob").fetchall()
            refs = [r for (r,) in db.execute("SELECT hex(ref) FROM grp")]
        lock = act(w, "quarantine", "alice", "target=" + blob + "00" * 16,
                   "facts=A photo.")
        r = w.cs("bob", "save", mid, "-o", w.path("x"))
        check(r.status == 1 and "locked this file" in r.err, str(r))
        check(not os.path.exists(w.path("x")), "nothing written")
        check(any("has locked a file" in t for t in told(w, "alice")),
              "who sent it is told")
        act(w, "reverse", "alice", "reverses=" + lock)
        w.csok("bob", "save", mid, "-o", w.path("x"))

        ended = [act(w, "dissolve", None, "target=" + r) for r in refs]
        r = w.cs("bob", "send", "family", "anybody?")
        check(r.status == 1 and "ended this conversation" in r.err, str(r))
        w.csok("carol", "inbox")
        for action in ended:
            act(w, "reverse", None, "reverses=" + action)
        w.csok("bob", "send", "family", "on again")
        check("on again" in w.texts("carol"), "taken back")


def test_report_goes_on():
    """A question of the desk, its answer, and a second look."""
    with World(desk=True) as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        w.csok("alice", "send", "bob", "for sale")
        (mid,) = [m["id"] for m in w.inbox("bob")
                  if m["kind"] == "received" and m["text"] == "for sale"]
        w.stop("desk")
        w.csok("bob", "report", mid, "--reason", "fraud", "--yes")
        (report,) = w.csok("bob", "reports", "--json").lines()
        rid = report["id"]
        check(report["question"] == "" and report["second_look"] == "none",
              str(report))
        r = w.cs("bob", "reply", rid, "unasked")
        check(r.status == 1, "nothing was asked: %s" % r)
        r = w.cs("bob", "second-look", rid)
        check(r.status == 1, "not decided yet: %s" % r)
        r = w.cs("bob", "reply", "ffff", "what?")
        check(r.status == 1, "no such report: %s" % r)
        w.ok("desk-act", w.desk, "ask", rid, "When was that?")
        (report,) = w.csok("bob", "reports", "--json").lines()
        check(report["question"] == "When was that?", str(report))
        r = w.csok("bob", "reports")
        check("When was that?" in r.out and "countersign reply" in r.out,
              str(r))
        w.csok("bob", "reply", rid[:8], "Yesterday.")
        r = w.ok("desk-act", w.desk, "letter", "0", "2")
        check(r.out.startswith("3 ") and "Yesterday." in r.out, str(r))
        (report,) = w.csok("bob", "reports", "--json").lines()
        check(report["question"] == "", "answered: %s" % report)
        w.ok("desk-act", w.desk, "decide", rid, "4")
        r = w.csok("bob", "reports")
        check("second-look" in r.out and "closed" in r.out, str(r))
        w.csok("bob", "second-look", rid, "Look at the photo.")
        r = w.cs("bob", "second-look", rid)
        check(r.status == 1, "once: %s" % r)
        r = w.ok("desk-act", w.desk, "letter", "0", "2")
        check(r.out.startswith("2 ") and "Look at" in r.out, str(r))
        w.ok("desk-act", w.desk, "decide", rid, "3", "2")
        (report,) = w.csok("bob", "reports", "--json").lines()
        check(report["state"] == "acted" and
              report["second_look"] == "answered", str(report))


def test_not_the_desks():
    """What the desk has not signed is not shown, whoever the hub says it is
    of."""
    with World(desk=True) as w:
        w.join("alice", "bob")
        disable(w, "alice")
        with w.db() as db:
            db.execute("UPDATE action SET signature=zeroblob(64)")
        r = w.cs("alice", "notices")
        check(r.status == 76 and FACTS not in r.out + r.err, str(r))
        r = w.cs("alice", "send", "bob", "hello")
        check(r.status == 77 and FACTS not in r.err and
              "no decision of the report desk's" in r.err, str(r))
    # Nor somebody else's decision, with the desk's own signature.
    with World(desk=True) as w:
        w.join("alice", "bob")
        disable(w, "alice")
        with w.db() as db:
            db.execute("UPDATE action SET account=(SELECT id FROM account"
                       " WHERE handle='bob')")
        r = w.cs("bob", "notices")
        check(r.status == 76 and FACTS not in r.out + r.err, str(r))
        seen = told(w, "bob")
        check(len(seen) == 1 and "not the report desk's" in seen[0],
              "said once, loudly: %s" % seen)
        check(told(w, "bob") == [], "once")


if __name__ == "__main__":
    main()
