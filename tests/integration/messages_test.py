# SPDX-License-Identifier: MIT
"""What people expect of messages: edits, deletions, reactions, messages that
vanish, mentions, receipts; and that whoever received one can prove what it said.
"""
import json

from world import World, check, main


def shown(w, name, *args):
    """The messages of a member as they are now, by their text."""
    return {m["text"]: m for m in w.inbox(name, "--all", *args)
            if m["kind"] in ("sent", "received")}


def sent(r):
    return r.out.strip()


def test_everything_on_two_devices():
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        w.link("alice", "alice2")
        w.csok("alice", "inbox")
        first = sent(w.csok("alice", "send", "bob", "meet at nine"))
        w.csok("bob", "inbox")
        # An edit, from the other device of the same account.
        w.csok("alice2", "inbox")
        w.csok("alice2", "edit", first, "meet at ten")
        said = w.csok("bob", "inbox").out
        check("meet at ten" in said and "(edited)" in said and
              "nine" not in said, said)
        # An edit of an edit, by the id of the edit.
        second = sent(w.csok("alice", "edit", first, "meet at eleven"))
        w.csok("alice", "edit", second, "meet at noon")
        for name in "bob", "alice", "alice2":
            w.csok(name, "inbox")
            now = shown(w, name)
            check("meet at noon" in now and now["meet at noon"]["edited"],
                  "%s: %s" % (name, now))
            page = w.csok(name, "open", "alice" if name == "bob" else "bob",
                          "--json").lines()
            check([m["text"] for m in page if m["kind"] in
                   ("sent", "received")] == list(now), "its page: %s" % page)
            check(now["meet at noon"]["id"].startswith(first),
                  "it stands where it stood")
            check(not any(t.startswith("meet at") and "noon" not in t
                          for t in now), "%s: %s" % (name, now))
        # Reactions: once each, and taken back.
        w.csok("bob", "react", first, "\u2764")
        r = w.cs("bob", "react", first, "\u2764")
        check(r.status != 0 and "already" in r.err, str(r))
        w.csok("alice", "react", first, "\U0001f44d")
        w.csok("bob", "react", first, "\U0001f44d")
        lines = w.inbox("alice")
        check([(m["kind"], m["text"]) for m in lines] ==
              [("reaction", "\u2764"), ("reaction", "\U0001f44d")], str(lines))
        w.csok("alice2", "inbox")
        w.csok("bob", "inbox")
        for name in "bob", "alice", "alice2":
            m = shown(w, name)["meet at noon"]
            got = [(x["text"], x["from"]) for x in m["reactions"]]
            check(got == [("\u2764", "bob"), ("\U0001f44d", "alice"),
                          ("\U0001f44d", "bob")], "%s: %s" % (name, got))
        said = w.csok("bob", "inbox", "--all").out
        check("\U0001f44d  alice, bob" in said, said)
        w.csok("bob", "react", first, "\u2764", "--remove")
        r = w.cs("bob", "react", first, "\u2764", "--remove")
        check(r.status != 0, str(r))
        w.csok("alice", "inbox")
        m = shown(w, "alice")["meet at noon"]
        check([x["text"] for x in m["reactions"]] == ["\U0001f44d"] * 2,
              str(m))
        # Mentions.
        w.csok("bob", "send", "alice", "ask @Alice, or @bobby.")
        m = w.inbox("alice")[-1]
        check(m["mentions"] == ["alice"] and m["mentions_you"], str(m))
        check("(mentions you)" in w.csok("alice", "inbox", "--all").out, "m")
        # A deletion for everybody.
        w.csok("alice2", "delete", first, "--for-all")
        said = w.csok("bob", "inbox").out
        check("took back " + first in said, said)
        for name in "bob", "alice", "alice2":
            w.csok(name, "inbox")
            all_of = w.csok(name, "inbox", "--all").out
            check("(deleted by its author)" in all_of and
                  "meet at" not in all_of and "\U0001f44d" not in all_of,
                  "%s: %s" % (name, all_of))
        # What comes about it now is nothing.
        r = w.cs("bob", "react", first, "\u2764")
        check(r.status != 0 and "gone" in r.err, str(r))


def test_not_by_others():
    with World() as w:
        w.join("alice", "bob", "mallory")
        w.friends("alice", "bob", "mallory")
        w.csok("alice", "group", "new", "plan", "bob", "mallory")
        for name in "bob", "mallory":
            w.csok(name, "inbox")
        mid = sent(w.csok("alice", "send", "plan", "the plan stands"))
        w.csok("mallory", "inbox")
        for command in (("edit", mid, "off"), ("delete", mid, "--for-all")):
            r = w.cs("mallory", *command)
            check(r.status != 0 and "alice's" in r.err, str(r))
        # A program that does not ask.
        whole = [m["id"] for m in w.inbox("mallory", "--all")
                 if m.get("text") == "the plan stands"][0]
        for what in "edit", "deletion":
            w.ok("liar", w.home("mallory"), "plan", what, whole)
            said = w.csok("bob", "inbox").out
            check("tried to change " + mid in said and
                  "nothing was changed" in said, said)
        w.ok("liar", w.home("mallory"), "plan", "edit", "01" + "00" * 31)
        said = w.csok("bob", "inbox").out
        check("a message that is not here" in said, said)
        now = shown(w, "bob")["the plan stands"]
        check("edited" not in now and "deleted" not in now, str(now))
        # Evidence with both says whose the attempt is, and not "later changed".
        tried = [m["id"] for m in w.inbox("bob", "--all")
                 if m["kind"] in ("edit", "deletion") and
                 m.get("refused") == "not-theirs"]
        check(len(tried) == 2, str(tried))
        w.csok("bob", "export", mid, *tried, "-o", w.path("e.csev"), "--open")
        said = w.ok("countersign-verify", w.path("e.csev"), "--operator-key",
                    w.operator_key()).out
        check("an edit: replaces another message" in said and
              "by its author" not in said, said)
        # Of a kind that nobody shows: said, and reported all the same.
        w.ok("liar", w.home("mallory"), "plan", "html")
        said = w.csok("bob", "inbox").out
        check("of a kind that this version does not show" in said, said)
        html = [m["id"] for m in w.inbox("bob", "--all")
                if m["kind"] == "unknown"]
        w.csok("bob", "export", *html, "-o", w.path("h.csev"), "--open")
        said = w.ok("countersign-verify", w.path("h.csev"), "--operator-key",
                    w.operator_key()).out
        check("of a kind that is not shown" in said and "text/html" in said,
              said)


def test_vanishing():
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        mid = sent(w.csok("alice", "send", "bob", "for an hour",
                          "--expires", "1h"))
        w.csok("alice", "send", "bob", "for good")
        said = w.csok("bob", "inbox").out
        check("for an hour" in said and "(vanishes " in said, said)
        w.csok("bob", "react", mid, "+1")
        w.csok("alice", "edit", mid, "for an hour, edited")
        w.csok("bob", "inbox")
        w.csok("alice", "timer", "bob", "1d")
        said = w.csok("bob", "inbox").out
        check("alice set messages to vanish after 1 day" in said, said)
        by_timer = sent(w.csok("bob", "send", "alice", "for a day"))
        w.csok("alice", "inbox")
        w.csok("alice", "timer", "bob", "off")
        check("set messages to stay" in w.csok("bob", "inbox").out, "off")
        w.csok("bob", "send", "alice", "it stays")
        w.csok("alice", "inbox")
        w.csok("bob", "inbox")
        for days, there in ((0.1, {"for a day", "for good", "it stays"}),
                            (1.1, {"for good", "it stays"})):
            env = w.later(days)
            for name in "alice", "bob":
                r = w.csok(name, "inbox", "--all", "--json", env=env)
                texts = {m["text"] for m in r.lines()
                         if m["kind"] in ("sent", "received")}
                check(texts - {"hello"} == there, "%s: %s" % (name, texts))
        # From this device alone.
        other = [m["id"] for m in w.inbox("bob", "--all")
                 if m["text"] == "for good"][0]
        w.csok("bob", "delete", other, "--here")
        check("for good" not in shown(w, "bob") and
              "for good" in shown(w, "alice"), "here")
        check(by_timer, "sent")


def test_receipts():
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        w.csok("bob", "inbox")
        w.csok("alice", "send", "bob", "nobody tells")
        w.csok("bob", "inbox")
        w.csok("alice", "inbox")
        check("receipts" not in shown(w, "alice")["nobody tells"], "off")
        w.csok("bob", "settings", "receipts", "on")
        w.csok("alice", "send", "bob", "who read it?")
        w.csok("bob", "group", "list")
        w.csok("alice", "inbox")
        m = shown(w, "alice")["who read it?"]
        check(m["receipts"] == [{"from": "bob", "state": "delivered"}], str(m))
        w.csok("bob", "inbox")
        check(w.inbox("alice") == [], "a receipt is no message")
        said = w.csok("alice", "inbox", "--all").out
        check("read by bob" in said, said)
        w.csok("bob", "settings", "receipts", "off")
        w.csok("alice", "send", "bob", "and now?")
        w.csok("bob", "inbox")
        w.csok("alice", "inbox")
        check("receipts" not in shown(w, "alice")["and now?"], "off again")


def verified(w, report):
    """What the verifier says of each message of a report that the desk has."""
    path = w.path(report["id"] + ".csev")
    w.ok("countersign-desk", "evidence", w.desk, report["id"], "-o", path)
    r = w.ok("countersign-verify", path, "--operator-key", w.operator_key(),
             "--json")
    found, = json.loads(r.out)["bundles"]
    check(found["all_proved"], str(found))
    said = w.ok("countersign-verify", path, "--operator-key",
                w.operator_key()).out
    return found["items"], said


def test_reports_of_what_is_gone():
    """What was edited, deleted or has expired is proved to the desk."""
    with World(desk=True) as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        edited = sent(w.csok("alice", "send", "bob", "a threat"))
        deleted = sent(w.csok("alice", "send", "bob", "another threat"))
        over = sent(w.csok("alice", "send", "bob", "the last threat",
                           "--expires", "1h"))
        kept = sent(w.csok("alice", "send", "bob", "a third threat"))
        w.csok("bob", "inbox")
        w.csok("alice", "edit", edited, "a kind word")
        w.csok("alice", "delete", deleted, "--for-all")
        w.csok("bob", "inbox")
        w.csok("bob", "delete", kept, "--here")
        all_of = w.csok("bob", "inbox", "--all").out
        check("a threat" not in all_of and "another threat" not in all_of,
              all_of)
        report = ("--reason", "harassment", "--yes")
        said = " ".join(w.csok("bob", "report", edited, *report).out.split())
        check("a threat" in said and "changed a message to this" in said and
              "a kind word" in said, said)
        said = " ".join(w.csok("bob", "report", deleted, *report).out.split())
        check("deleted by its author since" in said and
              "another threat" in said, said)
        said = " ".join(w.csok("bob", "report", kept, *report).out.split())
        check("you deleted it on this device" in said, said)
        reports = w.desk_reports(3)
        by_text = {}
        for r in reports:
            items, text = verified(w, r)
            by_text[items[0]["text"]] = items, text
        items, text = by_text["a threat"]
        check([(i["kind"], i.get("later"), i["text"]) for i in items] ==
              [("message", "edited", "a threat"),
               ("edit", None, "a kind word")], str(items))
        check(items[1]["replaces"] == items[0]["message_id"], str(items))
        check("changed by its author" in text and
              "an edit: replaces another message" in text, text)
        items, text = by_text["another threat"]
        check([(i["kind"], i.get("later")) for i in items] ==
              [("message", "deleted"), ("deletion", None)], str(items))
        check("taken back by its author" in text, text)
        items, _ = by_text["a third threat"]
        check("later" not in items[0], str(items))
        # Two hours later, from its capsule.
        env = w.later(0.1)
        all_of = w.csok("bob", "inbox", "--all", env=env).out
        check("the last threat" not in all_of, all_of)
        r = w.csok("bob", "export", over, "-o", w.path("over.csev"), "--open",
                   env=env)
        r = w.ok("countersign-verify", w.path("over.csev"), "--operator-key",
                 w.operator_key())
        check("the last threat" in r.out and "Vanishes" in r.out, r.out)
        # After the window there is nothing to prove, and nothing of it.
        env = w.later(31)
        w.cs("bob", "inbox", env=env)
        for mid in deleted, over:
            r = w.cs("bob", "export", mid, "-o", w.path("late.csev"), "--open",
                     env=env)
            check(r.status != 0, str(r))
        check("overwritten" in w.cs(
            "bob", "export", deleted, "-o", w.path("late.csev"), "--open",
            env=env).err, "said why")


def test_desk_shows_kinds():
    with World(desk=True) as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        mid = sent(w.csok("bob", "send", "alice", "what do you think?"))
        w.csok("alice", "inbox")
        reaction = sent(w.csok("alice", "react", mid, "\U0001f595"))
        w.csok("bob", "inbox")
        w.csok("bob", "report", reaction, "--reason", "harassment", "--yes")
        items, said = verified(w, w.desk_reports(1)[0])
        check(items[0]["kind"] == "reaction" and
              items[0]["in_reply_to"].startswith(mid), str(items))
        check("a reaction" in said, said)
        cases = w.ok("countersign-desk", "cases", "--json", "--desk",
                     w.desk).lines()
        said = w.ok("countersign-desk", "case", cases[0]["id"], "--desk",
                    w.desk).out
        check("kind: reaction" in said, said)


main()
