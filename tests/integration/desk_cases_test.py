# SPDX-License-Identifier: MIT
"""Cases, from a sealed report to a decision and back, with the real hub,
desk, members, and the people of the desk."""
import json
import os
import sqlite3

from console import Client, DeskWorld, PASSWORD
from story_test import photo
from world import HASHES, SHARED, check, main, turned_photo


def received(w, name):
    """New messages; not what else happened."""
    return [m for m in w.csok(name, "inbox", "--json").lines()
            if m["kind"] == "received"]


def reported(w, names=("alice", "bob"), reason="trafficking", text="she is 13"):
    """Alice wrote to Bob, who reported it; the number of the report."""
    alice, bob = names
    w.csok(alice, "send", bob, text)
    got = received(w, bob)
    w.csok(bob, "report", got[-1]["id"], "--reason", reason, "--note",
           "please look", "--yes")
    return got[-1]["id"]


def open_case(w, client, n=1):
    """The first of the queue, once there are ${n}."""
    items = w.until("a case", lambda: [
        c for c in [client.get("/cases?state=open")["items"]]
        if len(c) >= n])[0]
    return client.get("/cases/" + items[0]["id"])


def settled(w, client, decision):
    return w.until("the hub's answer", lambda: [
        d for d in [client.get("/decisions/" + decision["id"])]
        if d["state"] in ("applied", "failed", "reversed")])[0]


def decide(client, case, action, **more):
    body = {"version": case["version"], "action": action,
            "reason": case["reason"], "facts": "A person was offered.",
            "accounts": [a["id"] for a in case["accounts"]]}
    body.update(more)
    return client.post("/cases/%s/decisions" % case["id"], **body)


def test_report_to_decision_and_back():
    with DeskWorld() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        anna = w.person("anna")
        reported(w)
        case = open_case(w, anna)
        check(case["reason"] == "trafficking" and case["severity"] == 5 and
              case["danger"], "the gravest first: %s" % case)
        check([y["code"] for y in case["why"]][:2] == ["severity", "danger"],
              "it says why: %s" % case["why"])
        (item,) = case["items"]
        check(item["text"] == "she is 13" and item["proved"], "proved")
        check(all(link["ok"] for link in item["links"]) and
              len(item["links"]) >= 9, "link by link: %s" % item["links"])
        check(item["reporter"] == 1 and "bob" not in json.dumps(case),
              "who reported is a number")
        check(case["accounts"][0]["handle"] == "alice", "who wrote it")
        case = anna.post("/cases/%s/claim" % case["id"],
                         version=case["version"])
        check(case["assignee"]["name"] == "anna", "claimed")
        # Taken back in time: nothing has happened to anybody.
        made = decide(anna, case, "disable")
        check(made["state"] == "undo", "ten seconds: %s" % made)
        undone = anna.post("/decisions/%s/undo" % made["id"])
        check(undone["state"] == "undone", "taken back")
        w.csok("alice", "send", "bob", "still here")
        case = anna.get("/cases/" + case["id"])
        made = decide(anna, case, "disable")
        done = settled(w, anna, made)
        check(done["state"] == "applied" and
              done["targets"] == {"total": 1, "applied": 1, "failed": 0},
              "the hub said so: %s" % done)
        r = w.cs("alice", "send", "bob", "and now")
        check(r.status == 77, "disabled: %s" % r)
        states = w.until("the reporter's answer", lambda: [
            s for s in w.csok("bob", "reports", "--json").lines()
            if s["state"] == "acted"])
        check("disabled" in states[0]["answer"], "told: %s" % states)
        case = anna.get("/cases/" + case["id"])
        check(case["state"] == "decided", "decided: %s" % case["state"])
        # A reversal gives it back whole.
        made = anna.post("/decisions/%s/reverse" % done["id"],
                         text="It was another alice.")
        settled(w, anna, made)
        w.csok("alice", "send", "bob", "thank you")
        done = anna.get("/decisions/" + done["id"])
        check(done["state"] == "reversed" and
              done["reversed_by"] == made["id"], "reversed: %s" % done)
        r = anna.call("POST", "/decisions/%s/reverse" % done["id"],
                      {"text": "again"})
        check(r.status == 409, "once: %s" % r)
        log = anna.get("/audit?limit=200")["items"]
        for what in ("case-opened", "claimed", "decided", "undone",
                     "hub-applied", "reversed"):
            check(any(e["what"] == what for e in log), "no %s" % what)
        check(anna.get("/audit/verify")["ok"], "the log is whole")


def test_two_at_once():
    """Two reviewers: the second one hears who was faster."""
    with DeskWorld() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        anna, ben = w.person("anna"), w.person("ben")
        reported(w)
        case = open_case(w, anna)
        same = ben.get("/cases/" + case["id"])
        decide(anna, case, "disable")
        r = ben.call("POST", "/cases/%s/decisions" % case["id"], {
            "version": same["version"], "action": "none",
            "reason": "spam", "facts": ""})
        check(r.status == 409 and r.code == "conflict" and
              r.json["error"]["by"] == "anna" and
              "anna has changed" in r.json["error"]["message"],
              "refused with a clear message: %s" % r)
        same = ben.get("/cases/" + case["id"])
        r = ben.call("POST", "/cases/%s/claim" % case["id"],
                     {"version": same["version"]})
        check(r.status == 409 and "anna works" in
              r.json["error"]["message"], "hers: %s" % r)
        r = ben.call("POST", "/cases/%s/decisions" % case["id"], {
            "version": same["version"], "action": "none",
            "reason": "spam", "facts": ""})
        check(r.status == 403, "not his: %s" % r)


def test_second_person():
    with DeskWorld() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        anna, ben = w.person("anna"), w.person("ben")
        reported(w, reason="terrorism")
        case = open_case(w, anna)
        made = decide(anna, case, "disable")
        check(made["state"] == "waiting", "two people: %s" % made)
        r = anna.call("POST", "/decisions/%s/confirm" % made["id"], {})
        check(r.status == 403 and "own decision" in
              r.json["error"]["message"], "not the same: %s" % r)
        r = w.run("countersign-desk", "confirm", made["id"], "--desk", w.desk)
        check(r.status != 0, "nor nobody in particular: %s" % r)
        w.csok("alice", "send", "bob", "still here")
        r = ben.call("POST", "/decisions/%s/refuse" % made["id"], {"text": ""})
        check(r.status == 400, "says why: %s" % r)
        refused = ben.post("/decisions/%s/refuse" % made["id"],
                           text="Read it again.")
        check(refused["state"] == "refused", "refused")
        case = anna.get("/cases/" + case["id"])
        check(case["state"] == "open", "open again: %s" % case["state"])
        made = decide(anna, case, "disable")
        ben.post("/decisions/%s/confirm" % made["id"])
        done = settled(w, ben, made)
        check(done["state"] == "applied" and
              done["second"]["name"] == "ben", "both: %s" % done)
        check(w.cs("alice", "send", "bob", "hm").status == 77, "disabled")


def test_cases_join():
    """Reports of one message, or of one account, are one case."""
    with DeskWorld() as w:
        w.join("alice", "bob", "carol", "dave")
        w.friends("alice", "bob", "carol", "dave")
        anna = w.person("anna")
        w.csok("alice", "group", "new", "family", "bob", "carol")
        for name in ("bob", "carol"):
            w.csok(name, "inbox")
        w.csok("alice", "send", "family", "who has seen this girl")
        for name in ("bob", "carol"):
            got = received(w, name)
            w.csok(name, "report", got[-1]["id"], "--reason", "exposure",
                   "--yes")
        case = w.until("both in one", lambda: [
            c for c in anna.get("/cases?state=open")["items"]
            if c["reports"] == 2])[0]
        check(case["reporters"] == 2 and case["items"] == 2, "counts")
        # Another message of hers, for a graver reason.
        reported(w, ("alice", "dave"), "threat-to-life", "I will find you")
        case = w.until("the third", lambda: [
            c for c in anna.get("/cases?state=open")["items"]
            if c["reports"] == 3])[0]
        check(case["severity"] == 5 and case["reason"] == "threat-to-life",
              "the gravest: %s" % case)
        # Somebody else's is a case of its own, and stands behind.
        reported(w, ("bob", "dave"), "spam", "buy this")
        items = w.until("two cases", lambda: [
            i for i in [anna.get("/cases?state=open")["items"]]
            if len(i) == 2])[0]
        check([c["severity"] for c in items] == [5, 1], "in order")
        found = anna.get("/cases?state=all&q=ali")["items"]
        check([c["id"] for c in found] == [case["id"]], "found by its handle")
        check(anna.get("/cases?q=" + items[1]["id"])["items"][0]["id"] ==
              items[1]["id"], "and by its number")
        # Split and merged.
        case = anna.get("/cases/" + case["id"])
        last = [i for i in case["items"] if i["text"] == "I will find you"]
        new = anna.post("/cases/%s/split" % case["id"],
                        version=case["version"], items=[last[0]["id"]])
        check(new["reports"] == 1 and len(new["items"]) == 1, "split")
        case = anna.get("/cases/" + case["id"])
        check(case["reports"] == 2 and case["reporters"] and
              len(case["items"]) == 2, "the rest stays: %s" % case)
        anna.post("/cases/%s/merge" % new["id"], version=new["version"],
                  into=case["id"])
        case = anna.get("/cases/" + case["id"])
        check(case["reports"] == 3, "together again")
        gone = anna.get("/cases/" + new["id"])
        check(gone["state"] == "closed" and
              gone["merged_into"] == case["id"], "says where it went")
        # Decided once for every copy: who reports it now hears so at once.
        made = decide(anna, case, "disable")
        settled(w, anna, made)
        check(len(w.csok("bob", "reports", "--json").lines()) == 1, "his")


def test_work():
    """Notes, escalation, what is not proved, holds, redaction, questions."""
    with DeskWorld() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        anna, sara = w.person("anna"), w.person("sara", "senior")
        reported(w, text="<b>come</b> http://x.example/ \u202e now")
        case = open_case(w, anna)
        where = "/cases/%s/" % case["id"]

        def change(client, verb, **body):
            nonlocal case
            case = client.post(where + verb, version=case["version"], **body)
            return case

        check(case["items"][0]["text"] ==
              "<b>come</b> http://x.example/ \u202e now", "as it came")
        change(anna, "note", text="Looks like the one of last week.")
        check(case["notes"][0]["by"] == "anna", "noted")
        change(anna, "attach", source="telephone", text="Somebody called.")
        check(case["attachments"][0]["proved"] is False, "not proved")
        change(anna, "triage", age="child", threat_ms=0, reason="")
        check("child" in [y["code"] for y in case["why"]], "a child")
        change(anna, "escalate", text="Please look.")
        check(case["escalated"], "escalated")
        r = anna.call("POST", where + "hold", {
            "version": case["version"], "on": True, "text": "court"})
        check(r.status == 403, "a senior's: %s" % r)
        change(sara, "hold", on=True, text="Court of X, 12/26")
        check(case["held"] and case["hold"]["by"] == "sara", "held")
        item = case["items"][0]
        change(sara, "redact", item=item["id"], text="[a name]")
        check(case["items"][0]["text"] == "[a name]" and
              case["items"][0]["redacted"], "the working copy")
        change(sara, "redact", item=item["id"], text="")
        check(case["items"][0]["text"].startswith("<b>"), "the original")
        change(anna, "handover", person=[
            p["id"] for p in anna.get("/people")["items"]
            if p["name"] == "sara"][0])
        check(case["assignee"]["name"] == "sara", "handed over")
        (entry,) = [e for e in anna.get("/audit?case=" + case["id"])["items"]
                    if e["what"] == "triaged"]
        check(entry["before"]["age"] == "unknown" and
              entry["after"]["age"] == "child" and
              entry["actor"] == "anna", "before and after: %s" % entry)
        page = sara.call("POST", where + "export", {"kind": "html"})
        check(page.status == 200 and b"&lt;b&gt;come" in page.data and
              b"<b>come" not in page.data, "markup is text on paper")
        check(anna.get("/cases?q=week")["items"][0]["id"] == case["id"],
              "found by a word of a note")


def test_appeal():
    """The holder hears why, appeals while disabled; somebody else decides."""
    with DeskWorld() as w:
        w.join("alice", "bob", "carol")
        w.friends("alice", "bob", "carol")
        w.csok("alice", "group", "new", "family", "bob", "carol")
        w.csok("bob", "inbox")
        w.csok("carol", "inbox")
        anna, ben = w.person("anna"), w.person("ben")
        reported(w)
        case = open_case(w, anna)
        made = decide(anna, case, "disable-until", duration_s=7 * 86400,
                      legal="Article 2 of the rules")
        settled(w, anna, made)
        (notice,) = w.csok("alice", "notices", "--json").lines()
        for key, value in (("facts", "A person was offered."),
                           ("ground", "Article 2 of the rules"),
                           ("automated_detection", False),
                           ("automated_decision", False),
                           ("territory", "EU"), ("case", case["id"])):
            check(notice[key] == value, "%s: %s" % (key, notice))
        check(notice["until_ms"] > notice["applied_ms"] and
              "countersign appeal" in notice["redress"] and
              notice["reviewer"].startswith("R-"), str(notice))
        text = json.dumps(notice)
        check("bob" not in text and "anna" not in text and
              "she is 13" not in text, "names nobody, quotes nothing")
        w.csok("alice", "appeal", "--text", "It was not me who wrote.")
        appeals = w.until("the appeal", lambda: anna.get("/appeals")["items"])
        appeal = appeals[0]
        check(appeal["text"] == "It was not me who wrote." and
              appeal["account"]["handle"] == "alice" and
              appeal["mine"] is True, "hers: %s" % appeal)
        r = anna.call("POST", "/appeals/%s/decide" % appeal["id"],
                      {"outcome": "uphold", "text": "No."})
        check(r.status == 403 and "own decision" in
              r.json["error"]["message"], "not her: %s" % r)
        check("appeal" in [y["code"] for c in
                           ben.get("/cases?state=decided")["items"]
                           for y in c["why"]], "it stands out")
        done = ben.post("/appeals/%s/decide" % appeal["id"],
                        outcome="reverse", text="You are right. Sorry.")
        check(done["state"] == "reversed" and done["by"] == "ben", str(done))
        notice = w.until("the answer", lambda: [
            n for n in w.csok("alice", "notices", "--json").lines()
            if n["appeal"] == "reversed" and n["reversed_ms"]])[0]
        check(notice["reply"] == "You are right. Sorry.", str(notice))
        # And she is back, with all that it took.
        w.csok("bob", "inbox")
        w.csok("alice", "inbox")
        w.csok("alice", "send", "family", "I am back")
        got = received(w, "carol")
        check([m["text"] for m in got] == ["I am back"], str(got))
        r = ben.call("POST", "/appeals/%s/decide" % appeal["id"],
                     {"outcome": "uphold", "text": "No."})
        check(r.status == 409, "once: %s" % r)
        # The DSA database gets what its schema takes.
        root = w.person("root", "administrator")
        (s,) = root.get("/statements")["statements"]
        check(s["decision_account"] == "DECISION_ACCOUNT_SUSPENDED" and
              len(s["end_date_account_restriction"]) == 10 and
              s["source_type"] == "SOURCE_TYPE_OTHER_NOTIFICATION", str(s))
        check_statement(s)


def check_statement(s):
    """As StatementStoreRequest of the Transparency Database takes it."""
    path = os.path.join(SHARED, "dsa", "enumerations.txt")
    if not os.path.exists(path):
        return
    with open(path, encoding="utf-8") as f:
        known = {line.split()[0] for line in f if line.startswith("  ")}
    needed = ("decision_ground", "content_type", "content_date", "category",
              "application_date", "decision_facts", "source_type",
              "automated_detection", "automated_decision", "puid")
    for key in needed:
        check(s.get(key), "no " + key)
    for key in ("decision_account", "decision_ground", "category",
                "source_type", "automated_decision", "account_type"):
        check(s.get(key) in known, "%s: %s" % (key, s.get(key)))
    for key in ("content_type", "category_specification"):
        check(all(v in known for v in s[key]), "%s: %s" % (key, s[key]))
    check(s["automated_detection"] in ("Yes", "No"), "detection")
    check(all(c.isalnum() or c in "-_" for c in s["puid"]), s["puid"])
    ground = ("illegal_content" if "ILLEGAL" in s["decision_ground"]
              else "incompatible_content")
    check(s[ground + "_explanation"] and
          (s.get(ground + "_legal_ground") or s.get(ground + "_ground")),
          "ground: %s" % s)


def test_second_look_and_question():
    """Whoever reported hears, can be asked, and may ask once more."""
    with DeskWorld() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        anna, ben = w.person("anna"), w.person("ben")
        reported(w, reason="harassment")
        case = open_case(w, anna)
        report = case["items"][0]["report"]
        case = anna.post("/cases/%s/question" % case["id"],
                         version=case["version"], report=report,
                         text="Do you know him?")
        status = w.until("the question", lambda: [
            s for s in w.csok("bob", "reports", "--json").lines()
            if s.get("question")])[0]
        check(status["question"] == "Do you know him?", str(status))
        with open(os.path.join(w.hub, "hub.db"), "rb") as f:
            check(b"Do you know him" not in f.read(), "not for the hub")
        w.csok("bob", "reply", report[:16], "He is my uncle.")
        case = w.until("the answer", lambda: [
            c for c in [anna.get("/cases/" + case["id"])]
            if c["questions"][0]["answer"]])[0]
        check(case["questions"][0]["answer"] == "He is my uncle.", "heard")
        settled(w, anna, decide(anna, case, "none", accounts=[]))
        w.until("closed", lambda: [
            s for s in w.csok("bob", "reports", "--json").lines()
            if s["state"] == "closed"])
        w.csok("bob", "second-look", report[:16], "Read the third one.")
        appeal = w.until("it", lambda: ben.get("/appeals")["items"])[0]
        check(appeal["kind"] == "second-look" and appeal["account"] is None
              and "bob" not in json.dumps(appeal), "a number: %s" % appeal)
        ben.post("/appeals/%s/decide" % appeal["id"], outcome="reverse",
                 text="We look again.")
        case = ben.get("/cases/" + case["id"])
        check(case["state"] == "open" and case["assignee"] is None, "open")
        w.until("the answer", lambda: [
            s for s in w.csok("bob", "reports", "--json").lines()
            if s["reply"] == "We look again."])
        check("The desk answers: We look again." in w.csok(
            "bob", "reports").out, "in words")
        for name in os.listdir(w.hub):
            if name.startswith("hub.db"):
                with open(os.path.join(w.hub, name), "rb") as f:
                    check(b"We look again" not in f.read(), "not for the hub")
        r = w.cs("bob", "second-look", report[:16])
        check(r.status != 0, "once: %s" % r)


def test_other_actions():
    """A warning; a photo quarantined; a group dissolved by two people."""
    with DeskWorld() as w:
        w.join("alice", "bob", "carol")
        w.friends("alice", "bob", "carol")
        anna, ben = w.person("anna"), w.person("ben")
        w.csok("alice", "group", "new", "market", "bob", "carol")
        for name in ("bob", "carol"):
            w.csok(name, "inbox")
        pic = w.path("pic.jpg")
        photo(pic, 640, 480)
        w.csok("alice", "send", "market", "--photo", pic, "who bids")
        w.csok("carol", "inbox")
        (got,) = received(w, "bob")
        w.csok("bob", "report", got["id"], "--reason", "trafficking", "--yes")
        case = open_case(w, anna)
        case = w.until("the photo", lambda: [
            c for c in [anna.get("/cases/" + case["id"])]
            if c["items"][0]["media"][0]["state"] == "present"])[0]
        done = settled(w, anna, decide(anna, case, "warn"))
        check(done["targets"]["applied"] == 1, str(done))
        check(w.csok("alice", "notices", "--json").lines()[0]["kind"] ==
              "warning", "warned")
        case = anna.get("/cases/" + case["id"])
        made = decide(anna, case, "quarantine", accounts=[],
                      media=[case["items"][0]["media"][0]["id"]])
        check(settled(w, anna, made)["state"] == "applied", "quarantined")
        number = [m for m in w.csok("carol", "inbox", "--all",
                                    "--json").lines()
                  if m["kind"] == "received"][-1]["id"]
        r = w.cs("carol", "save", number, "-o", w.path("x"))
        check(r.status != 0, "not to be had any more: %s" % r)
        case = anna.get("/cases/" + case["id"])
        made = decide(anna, case, "dissolve", accounts=[],
                      items=[case["items"][0]["id"]])
        check(made["state"] == "waiting", "takes two")
        ben.post("/decisions/%s/confirm" % made["id"])
        check(settled(w, anna, made)["state"] == "applied", "dissolved")
        r = w.cs("bob", "send", "market", "hello")
        check(r.status != 0, "no more of it: %s" % r)
        # Both are given back.
        for decision in anna.get("/cases/" + case["id"])["decisions"]:
            if decision["action"] in ("quarantine", "dissolve"):
                back = anna.post("/decisions/%s/reverse" % decision["id"],
                                 text="It was wrong.")
                # What took two people takes two to give back.
                two = decision["action"] == "dissolve"
                check(back["two"] == (
                    {"why": "reversal", "reason": ""} if two else None),
                      str(back))
                if two:
                    r = anna.call("POST", "/decisions/%s/confirm" %
                                  back["id"], {})
                    check(r.status == 403, "her own: %s" % r)
                    check(w.cs("bob", "send", "market", "hello").status != 0,
                          "not yet")
                    ben.post("/decisions/%s/confirm" % back["id"])
                settled(w, anna, back)
        w.csok("bob", "send", "market", "hello")
        w.csok("carol", "save", number, "-o", w.path("x"))
        # An export for a named key.
        key = w.ok("countersign-verify", "--new-key",
                   w.path("police.key")).out.strip()
        case = anna.get("/cases/" + case["id"])
        made = decide(anna, case, "refer", accounts=[], to_key=key)
        ben.post("/decisions/%s/confirm" % made["id"])
        check(settled(w, anna, made)["state"] == "applied", "referred")
        (name,) = os.listdir(os.path.join(w.desk, "referred"))
        w.ok("countersign-verify", os.path.join(w.desk, "referred", name),
             "--operator-key", w.operator_key(), "--key-file",
             w.path("police.key"))


def send_photo(w, sender, to, pic, reason="exposure"):
    """A photo that ${to} reports."""
    w.csok(sender, "send", to, "--photo", pic, "look")
    got = received(w, to)
    w.csok(to, "report", got[-1]["id"], "--reason", reason, "--yes")


def png_size(data):
    check(data[:8] == b"\x89PNG\r\n\x1a\n", "a PNG: %r" % data[:8])
    return (int.from_bytes(data[16:20], "big"),
            int.from_bytes(data[20:24], "big"))


def test_photos():
    """Copies are recognised, and nobody sees more than they ask for."""
    with DeskWorld() as w:
        w.join("alice", "bob", "carol", "dave")
        w.friends("alice", "bob", "carol", "dave")
        anna, root = w.person("anna"), w.person("root", "administrator")
        audi = w.person("audi", "auditor")
        pic = w.path("pic.jpg")
        photo(pic, 1600, 1004)
        send_photo(w, "alice", "bob", pic)
        case = open_case(w, anna)
        case = w.until("a look at it", lambda: [
            c for c in [anna.get("/cases/" + case["id"])]
            if c["items"][0]["media"][0]["state"] == "present"])[0]
        (media,) = case["items"][0]["media"]
        check(media["photo"] and media["quality"] >= 50 and
              media["matches"] == [], "known: %s" % media)
        # Blurred, grey and small first; what is more is counted.
        where = "/media/%s/picture?level=" % media["id"]
        r = anna.call("GET", where + "blur")
        check(r.status == 200 and max(png_size(r.data)) <= 20, "blurred")
        check(r.data[25] == 0, "grey")
        seen = lambda: anna.get("/session")["person"]["exposure_today"]
        check(seen() == 0, "not counted")
        r = anna.call("GET", where + "small")
        check(r.status == 200 and r.data[:3] == b"\xff\xd8\xff", "small")
        check(seen() == 1, "counted")
        for wrong in (-1, 100000, 2 ** 63, "2", 1.5):
            r = anna.call("PUT", "/settings", {"daily_limit": wrong})
            check(r.status == 400, "no limit: %s" % r)
        anna.ok("PUT", "/settings", {"daily_limit": 2})
        check(anna.call("GET", where + "full").status == 200, "full")
        r = anna.call("GET", where + "full")
        check(r.status == 429 and "2 photos" in r.json["error"]["message"],
              "her own limit: %s" % r)
        check(anna.call("GET", where + "blur").status == 200, "blurred still")
        check(audi.call("GET", where + "small").status == 403 and
              audi.call("GET", where + "blur").status == 200, "an auditor")
        # On paper, photos are there when they are asked for.
        page = anna.call("POST", "/cases/%s/export" % case["id"],
                         {"kind": "html"})
        check(b"<img" not in page.data and b"left out" in page.data, "none")
        anna.ok("PUT", "/settings", {"daily_limit": 3})
        page = anna.call("POST", "/cases/%s/export" % case["id"],
                         {"kind": "html", "photos": True})
        check(b'src="data:image/jpeg;base64,/9j/' in page.data, "one")
        check(seen() == 3, "counted, too")
        log = [e["what"] for e in audi.get("/audit")["items"]]
        for what in ("photo seen, blurred", "photo seen, small",
                     "photo seen, whole"):
            check(what in log, "each is in the log: " + what)
        # A copy from somebody else is the same case.
        send_photo(w, "carol", "dave", pic)
        case = w.until("the copy", lambda: [
            c for c in [anna.get("/cases/" + case["id"])]
            if c["reports"] == 2])[0]
        check({a["handle"] for a in case["accounts"]} == {"alice", "carol"},
              "one case: %s" % case["accounts"])
        made = decide(anna, case, "disable")
        check(settled(w, anna, made)["targets"]["applied"] == 2, "both")
        # Once decided, the next copy need not be seen.
        send_photo(w, "bob", "dave", pic)
        new = w.until("the next", lambda: [
            c for c in anna.get("/cases?state=open")["items"]
            if c["photos"]])[0]
        new = w.until("a look at it", lambda: [
            c for c in [anna.get("/cases/" + new["id"])]
            if c["items"][0]["media"][0]["state"] == "present"])[0]
        media = new["items"][0]["media"][0]
        check(media["decided"] and media["copies"] == 2, "known: %s" % media)
        cluster = anna.get("/media/%s/cluster" % media["id"])["copies"]
        check({c["case"] for c in cluster} == {case["id"]}, str(cluster))
        # Lists of others: each match says which.
        other = w.path("other.jpg")
        photo(other, 900, 1200)
        w.csok("carol", "inbox")
        line = w.run(HASHES, other).out
        value = [f for f in line.split() if len(f) == 64][0]
        made = root.post("/lists", name="Hotline", owner="INHOPE",
                         purpose="known abuse")
        text = "hash,label,source,date\n%s,\"a, b\",x,2026-01-02\nzz,,,\n" % \
            value
        r = root.text("/lists/%s/import?format=csv" % made["id"], text)
        check(r["added"] == 1 and r["bad"][0]["line"] == 3, str(r))
        r = root.text("/lists/%s/import?format=hma" % made["id"],
                      "pdq %s\nurl x\n" % value)
        check(r["added"] == 0 and r["skipped"] == 1 and r["n_bad"] == 1,
              str(r))
        r = root.call("GET", "/lists/%s/export?format=csv" % made["id"])
        check(r.data.decode() == text[:text.index("zz")], str(r))
        r = root.call("GET", "/lists/%s/export?format=hma" % made["id"])
        check(r.data.decode() == "pdq %s\n" % value, str(r))
        send_photo(w, "dave", "bob", other)
        found = w.until("the match", lambda: [
            m for c in anna.get("/cases?state=open")["items"]
            for i in anna.get("/cases/" + c["id"])["items"]
            for m in (i["media"][0]["matches"] if i["media"] else [])
            if m["kind"] == "list"])[0]
        check(found["list_name"] == "Hotline" and found["label"] == "a, b",
              "says which: %s" % found)
        # A list that comes later finds the photos that came before.
        line = w.run(HASHES, pic).out
        value = [f for f in line.split() if len(f) == 64][0]
        later = root.post("/lists", name="Later", owner="Police",
                          purpose="a case of theirs")
        root.text("/lists/%s/import?format=hma" % later["id"],
                  "pdq %s\n" % value)
        send_photo(w, "dave", "bob", other)  # the desk wakes up
        later = w.until("the later match", lambda: [
            m for m in anna.get("/media/%s/cluster" % media["id"])["copies"]
            if m.get("list_name") == "Later"])
        check(len(later) == 1, "told once: %s" % later)
        # No request takes a photo or a hash and says what it fits.
        paths = anna.get("/openapi.json")["paths"]
        for path, verbs in paths.items():
            for verb in verbs.values():
                # "photos" of an export says whether to show those it has.
                body = json.dumps(verb.get("requestBody", {})).replace(
                    '"photos": {}', "")
                check("photo" not in body and "hash" not in body, path)
        check([p for p in paths if "media" in p or "list" in p] ==
              [p for p in paths if p.split("/")[3] in ("media", "lists")],
              "only what is known by a number of the desk's")


def photos_of(client, case, n):
    """What the desk found of the ${n} photos of a case, the oldest first;
    None until it has looked at all of them."""
    media = [i["media"][0] for i in client.get("/cases/" + case["id"])["items"]
             if i["media"]]
    looked = [m for m in media if m["state"] == "present"]
    return looked if len(looked) == n else None


def test_a_day_later():
    """A desk that starts again: what waits for too long is overdue, and what
    was seen before is known, however somebody has turned it."""
    with DeskWorld() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        anna = w.person("anna")
        token = anna.post("/tokens", name="test",
                          scopes=["read", "work"])["token"]
        reported(w, ("bob", "alice"), "spam", "buy this")
        pic = w.path("pic.jpg")
        turned_photo(pic, 1200, 900, 0)
        send_photo(w, "alice", "bob", pic)
        first, second = w.until("both", lambda: [
            i for i in [anna.get("/cases?state=open")["items"]]
            if len(i) == 2])[0]
        check(first["reason"] == "exposure" and not first["overdue"] and
              not second["overdue"], "in order, in time: %s" % first)
        w.until("a look at it", lambda: photos_of(anna, first, 1))
        w.stop("desk")
        w.start_desk(env=w.later(1))
        client = Client(w.console, token=token)
        got = client.get("/cases?state=open")
        check([c["id"] for c in got["items"]] == [first["id"], second["id"]],
              "by severity as before: %s" % got)
        check([c["overdue"] for c in got["items"]] == [True, False] and
              got["counts"]["overdue"] == 1, "hours for one, a week for the "
              "other: %s" % got)
        why = [y for y in got["items"][0]["why"] if y["code"] == "overdue"]
        check(why[0]["args"]["since_ms"] == first["due_ms"], str(why))
        # Claimed is looked at: there is time again, to decide it.
        case = client.post("/cases/%s/claim" % first["id"],
                           version=got["items"][0]["version"])
        check(not case["overdue"] and case["due_ms"] > first["due_ms"] and
              client.get("/cases")["counts"]["overdue"] == 0, "in time")
        # The same photo, and turned and mirrored in every way.
        for turn in (0, 1, 2, 3, 4, 5, 6, 7):
            turned_photo(pic, 1200, 900, turn)
            send_photo(w, "alice", "bob", pic)
        photos = w.until("a look at all", lambda: photos_of(client, first, 9))
        known = photos[0]["id"]
        for photo_ in photos[1:]:
            check(known in [m["media"] for m in photo_["matches"]],
                  "a copy: %s" % photo_)
        # Somebody else lists a turned copy: photos that came before fit it.
        turned_photo(pic, 1200, 900, 5)
        line = w.run(HASHES, pic).out
        listed = w.path("list.hma")
        with open(listed, "w", encoding="utf-8") as f:
            f.write("pdq %s\n" % [x for x in line.split() if len(x) == 64][0])
        out = w.ok("countersign-desk", "lists", "add", "Theirs", "--owner",
                   "Police", "--purpose", "a case", "--desk", w.desk).out
        w.ok("countersign-desk", "lists", "import", out.split()[1].strip("."),
             listed, "--format", "hma", "--desk", w.desk)
        w.until("all of them fit", lambda: all(
            [m for m in p["matches"] if m["kind"] == "list"]
            for p in photos_of(client, first, 9)))
        w.stop("desk")
        w.start_desk(env=w.later(9))
        got = Client(w.console, token=token).get("/cases?state=open")
        check([c["overdue"] for c in got["items"]] == [True, True] and
              got["items"][0]["id"] == first["id"], "the graver one first")


def test_a_decoder_that_dies():
    """A photo that ends its decoder, however, ends nothing else."""
    os.environ["COUNTERSIGN_PHOTO"] = "/bin/false"  # the desk's, from here on
    try:
        world = DeskWorld()
    finally:
        del os.environ["COUNTERSIGN_PHOTO"]
    with world as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        anna = w.person("anna")
        pic = w.path("pic.jpg")
        photo(pic, 400, 300)
        send_photo(w, "alice", "bob", pic)
        case = open_case(w, anna)
        w.until("a look at it", lambda:
                anna.get("/cases/" + case["id"])["items"][0]["media"][0]
                ["state"] == "crashed")
        reported(w)
        w.until("the next report", lambda:
                anna.get("/cases/" + case["id"])["reports"] == 2)


def test_kept_safe():
    """What is in the database says nothing; evidence and custody verify."""
    with DeskWorld() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        anna = w.person("anna")
        reported(w, text="a sentence to look for")
        case = open_case(w, anna)
        anna.post("/cases/%s/note" % case["id"], version=case["version"],
                  text="a note to look for")
        report = case["items"][0]["report"]
        # Who only reads is written down, too: once for a reading, a program
        # for itself, and whoever has the folder.
        ute = w.person("ute", "auditor")
        for _ in range(3):
            ute.get("/cases/" + case["id"])
        token = anna.post("/tokens", name="reader", scopes=["read"])
        program = Client(w.console, token=token["token"])
        for _ in range(3):
            program.get("/cases/" + case["id"])
        w.ok("countersign-desk", "show", report, "--desk", w.desk)
        w.ok("countersign-desk", "case", case["id"], "--desk", w.desk)
        read = [(r["actor"], r.get("token"), r["after"])
                for r in anna.get("/audit?case=" + case["id"])["items"]
                if r["what"] == "read"]
        seen = {"messages": case["items"][0]["id"]}
        check(sorted(read, key=str) == sorted([
            ("anna", None, seen), ("ute", None, seen),
            ("anna", token["id"], seen), ("command line", None, seen)],
            key=str), "readings: %s" % read)
        out = w.path("one.csev")
        r = anna.call("POST", "/cases/%s/export" % case["id"],
                      {"kind": "csev", "report": report})
        with open(out, "wb") as f:
            f.write(r.data)
        w.ok("countersign-verify", out, "--operator-key", w.operator_key())
        r = anna.call("POST", "/cases/%s/export" % case["id"],
                      {"kind": "custody", "report": report})
        check(r.status == 200 and r.data.startswith(b"CSCUST01"), "custody")
        check(PASSWORD.encode() not in r.data and b"anna" not in r.data,
              "a pseudonym outside")
        record = w.path("one.custody")
        with open(record, "wb") as f:
            f.write(r.data)
        got = w.ok("countersign-verify", out, record, "--operator-key",
                   w.operator_key())
        check("exported, not sealed" in got.out and
              "belongs to" in got.out, str(got))
        check(got.out.count("message 1 read") == 4 and
              "this record exported" in got.out, "who saw it: %s" % got)
        what = [r["what"] for r in
                anna.get("/audit?case=" + case["id"])["items"]]
        check("exported" in what and "custody-exported" in what, str(what))
        (e,) = [r for r in anna.get("/audit?case=" + case["id"])["items"]
                if r["what"] == "exported"]
        check(e["actor"] == "anna" and e["after"]["report"] == report,
              "who took it: %s" % e)
        for i in (40, len(r.data) // 2, len(r.data) - 1):
            data = bytearray(r.data)
            data[i] ^= 1
            with open(record, "wb") as f:
                f.write(data)
            got = w.run("countersign-verify", out, record, "--operator-key",
                        w.operator_key())
            check(got.status in (1, 2), "changed at %d: %s" % (i, got))
        # A backup while it runs, and the way back.
        secret = w.path("secret")
        with open(secret, "w", encoding="utf-8") as f:
            f.write("kept somewhere else\n")
        backup = w.path("desk.backup")
        w.ok("countersign-desk", "backup", "--desk", w.desk, "-o", backup,
             "--backup-passphrase-file", secret)
        with open(backup, "rb") as f:
            check(b"SQLite" not in f.read(), "sealed")
        w.ok("countersign-desk", "restore", backup, w.path("again"),
             "--backup-passphrase-file", secret)
        cases = w.ok("countersign-desk", "cases", "--json", "--desk",
                     w.path("again")).lines()
        check([c["id"] for c in cases] == [case["id"]], "all is there")
        # The hub may have seen a later state; that it goes on is said.
        w.ok("countersign-desk", "audit", "accept", "the disk was lost",
             "--desk", w.path("again"))
        w.ok("countersign-desk", "audit", "verify", "--desk", w.path("again"))
        with open(backup, "r+b") as f:
            f.truncate(os.path.getsize(backup) - 100)
        got = w.run("countersign-desk", "restore", backup, w.path("half"),
                    "--backup-passphrase-file", secret)
        check(got.status != 0 and not os.path.exists(w.path("half")),
              "cut short: %s" % got)
        w.stop("desk")
        for name in ("desk.db", "desk.db-wal"):
            path = os.path.join(w.desk, name)
            if not os.path.exists(path):
                continue
            with open(path, "rb") as f:
                data = f.read()
            for needle in (b"to look for", b"alice", b"bob",
                           PASSWORD.encode()):
                check(needle not in data, "%r is in %s" % (needle, name))


if __name__ == "__main__":
    main()
