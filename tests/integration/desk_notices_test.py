# SPDX-License-Identifier: MIT
"""Notices from outside, from the hub's public site to the desk's answer and
back, with the real hub, desk and members."""
import base64
import json
import os
import random
import signal
import sqlite3
import ssl
import time
import urllib.error
import urllib.request

from console import DeskWorld
from desk_cases_test import decide, reported, settled
from world import STUCK_S, check, main, photo

TEXT = "A woman is offered for sale there."


def ask(w, path, body=None):
    """The public site, as anybody's program asks it."""
    anybody = ssl.create_default_context()
    anybody.check_hostname = False
    anybody.verify_mode = ssl.CERT_NONE
    rq = urllib.request.Request(
        "https://localhost:%d/notices/api/v1/%s" % (w.port, path),
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(rq, timeout=STUCK_S, context=anybody) as r:
        return json.loads(r.read())


def file_notice(w, category="trafficking", handle=None, **more):
    """The receipt of a notice, with its secret."""
    body = {"what": "notice", "category": category, "text": TEXT,
            "good_faith": True, "name": "Shelter",
            "contact": "desk@shelter.example"}
    if handle:
        body["places"] = [{"kind": "handle", "value": handle}]
    body.update(more)
    return ask(w, "filings", body)


def file_about(w, what, receipt, text):
    return ask(w, "filings", {
        "what": what, "category": receipt["category"], "text": text,
        "about": receipt["number"], "secret": receipt["secret"]})


def state(w, receipt):
    """What whoever filed it is told: the notice first."""
    got = ask(w, "status", {"number": receipt["number"],
                            "secret": receipt["secret"]})
    return got["filings"]


def notice(w, client, receipt):
    """It as the desk has it."""
    number = str(receipt["number"])

    def there():
        answer = client.call("GET", "/notices/" + number)
        return answer.json if answer.status == 200 else None
    return w.until("notice " + number, there)


def answer(client, receipt, outcome, text="We have looked at it."):
    number = str(receipt["number"])
    case = client.get("/cases/" + client.get("/notices/" + number)["case"])
    return client.call("POST", "/notices/%s/answer" % number, {
        "version": case["version"], "outcome": outcome, "text": text})


def told(w, receipt, outcome, at=0):
    """Once the hub says so to who filed it."""
    return w.until("the answer", lambda: [
        s for s in [state(w, receipt)[at]] if s.get("outcome") == outcome])[0]


def test_notice_to_answer_and_appeal():
    with DeskWorld() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        anna, ben = w.person("anna"), w.person("ben", "senior")
        reported(w)
        w.until("a case", lambda: anna.get("/cases?state=open")["items"])
        receipt = file_notice(w, handle="alice")
        n = notice(w, anna, receipt)
        check(n["text"] == TEXT and n["due_ms"] == receipt["deadline_ms"],
              "as it was filed: %s" % n)
        check("shelter" not in json.dumps(n) and n["has_contact"],
              "who filed it is shown when asked for: %s" % n)
        case = anna.get("/cases/" + n["case"])
        check(case["reports"] == 1 and case["notices"] == 1,
              "it is about the same account: %s" % case)
        refused = answer(anna, receipt, "acted")
        check(refused.status == 403, "nothing was done: %s" % refused)
        settled(w, anna, decide(anna, case, "disable"))
        check(answer(anna, receipt, "acted").status == 200, "answered")
        s = told(w, receipt, "acted")
        check(s["text"] == "We have looked at it.", "sealed to them: %s" % s)
        w.until("the hub's word", lambda: notice(w, anna, receipt)[
            "answers"][0]["told"])
        check(anna.get("/cases/" + n["case"])["state"] == "decided",
              "it is over")
        # Against the answer, and heard by somebody else.
        appeal = file_about(w, "appeal", receipt, "He is back.")
        notice(w, anna, appeal)
        own = answer(anna, appeal, "refused")
        check(own.status == 403 and own.json["error"]["problem"] in (
            "notice-own", "with-another"), str(own))
        check(answer(ben, appeal, "refused").status == 200, "heard")
        told(w, receipt, "refused", at=1)
        contact = anna.get("/notices/%d/contact" % receipt["number"])
        check(contact == {"name": "Shelter",
                          "contact": "desk@shelter.example"}, str(contact))
        events = [e["what"] for e in anna.get(
            "/cases/" + n["case"])["events"]]
        for what in ("notice-joined", "notice-read", "notice-answered",
                     "notice-contact-seen"):
            check(what in events, "%s is in the log: %s" % (what, events))
        figures = anna.get("/statistics")["notices"]
        check(len(figures) == 1 and figures[0]["acted"] == 1 and
              figures[0]["on_time"] == 1, str(figures))
        w.ok("countersign-desk", "audit", "verify", "--desk", w.desk)


def test_command_line():
    with DeskWorld() as w:
        def desk(*args, **kw):
            return w.ok("countersign-desk", *args, "--desk", w.desk, **kw)

        def listed(*args):
            return desk("notices", "--json", *args).lines()
        receipt = file_notice(w, "danger", handle="nobody")
        number = str(receipt["number"])
        w.until("the notice", listed)
        said = desk("notice", number).out
        check(TEXT in said and "by nobody's key" in said and
              "shelter" not in said, said)
        said = desk("notice", number, "--contact").out
        check("desk@shelter.example" in said, said)
        check("answer by" in desk("cases").out, "the queue shows it")
        check("notice %s, not answered" % number in desk("case", "1").out,
              "the case shows it")
        r = w.run("countersign-desk", "notice", "answer", number, "--outcome",
                  "acted", "--text", "It is gone.", "--desk", w.desk)
        check(r.status != 0 and "decide first" in r.err, str(r))
        r = w.run("countersign-desk", "notice", "answer", number, "--outcome",
                  "gone", "--text", "x", "--desk", w.desk)
        check(r.status != 0, str(r))
        with open(w.path("answer.txt"), "w", encoding="utf-8") as f:
            f.write("More than this,\nplease.\n")
        desk("notice", "answer", number, "--outcome", "needs-more", "--file",
             w.path("answer.txt"))
        s = told(w, receipt, "needs-more")
        check(s["text"] == "More than this,\nplease.", str(s))
        file_about(w, "more", receipt, "Here is more.")
        w.until("more of it", lambda: "more 2" in desk("case", "1").out)
        desk("notice", "answer", number, "--outcome", "not-ours", "--text",
             "Nobody here is called so.")
        told(w, receipt, "not-ours")
        check(listed() == [] and len(listed("--answered")) == 2,
              "all is answered")
        check("notices" in json.loads(desk("statistics").out), "figures")


def test_evidence_and_files():
    """What a bundle proves counts; other files are saved, and prove nothing."""
    with DeskWorld() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        anna = w.person("anna")
        w.csok("alice", "send", "bob", "she is 13")
        got = w.inbox("bob")[-1]
        w.csok("bob", "export", got["id"], "-o", w.path("proof.csev"), "--open")
        pic = w.path("pic.jpg")
        photo(pic, 640, 480)
        w.csok("alice", "send", "bob", "--photo", pic, "for you")
        seen = w.inbox("bob")[-1]["id"]

        def file(name, path):
            with open(path, "rb") as f:
                return {"name": name,
                        "base64": base64.b64encode(f.read()).decode()}
        receipt = file_notice(w, files=[
            file("proof.csev", w.path("proof.csev")), file("a.jpg", pic)])
        n = notice(w, anna, receipt)
        kinds = [(f["kind"], f["proved"]) for f in n["files"]]
        check(kinds == [("evidence", True), ("photo", False)], str(n))
        case = anna.get("/cases/" + n["case"])
        (item,) = [i for i in case["items"] if not i["media"]]
        check(item["proved"] and item["text"] == "she is 13" and
              item["notice"] == n["id"] and item["reporter"] == 0, str(item))
        blurred = anna.call("GET", "/notice-files/%s/picture?level=blur" %
                            n["files"][1]["id"])
        check(blurred.status == 200 and
              blurred.headers["Content-Type"].startswith("image/"),
              str(blurred))
        # Somebody reports the photo that came with the notice.
        w.csok("bob", "report", seen, "--reason", "intimate-images", "--yes")
        case = w.until("one case", lambda: [
            c for c in [anna.get("/cases/" + n["case"])]
            if c["reports"] == 2])[0]
        settled(w, anna, decide(anna, case, "disable"))
        check(w.cs("alice", "send", "bob", "so?").status == 77, "shut out")
        printed = w.ok("countersign-desk", "print", case["id"], "--desk",
                       w.desk).out
        check(TEXT in printed and "shelter" not in printed.lower(), printed)
        folder = w.path("files")
        w.ok("countersign-desk", "notice", n["id"], "--files", folder,
             "--desk", w.desk)
        with open(os.path.join(folder, "notice-%s-2" % n["id"]), "rb") as f, \
                open(pic, "rb") as g:
            check(f.read() == g.read(), "as it was filed")


def test_killed():
    """Nothing that the hub was told is here is lost, and all is here once."""
    seed = int(os.environ.get("COUNTERSIGN_SEED", time.time_ns() % 10 ** 6))
    print("# COUNTERSIGN_SEED=%d" % seed)
    dice = random.Random(seed)
    n = 12
    with DeskWorld() as w:
        w.stop("desk")
        for i in range(n):
            try:
                file_notice(w, handle="somebody%d" % i, text="notice %d" % i,
                            files=[{"name": "x", "base64":
                                    base64.b64encode(b"x" * 90000).decode()}])
            except urllib.error.HTTPError as e:
                check(e.code == 429, str(e))
                n = i
                break
        hub = w.db()

        def left():
            return hub.execute("SELECT COUNT(*) FROM filing WHERE taken=0"
                               ).fetchone()[0]
        check(left() == n and n > 3, "%d wait" % n)
        for _ in range(40):
            w.start_desk()
            time.sleep(dice.random() * 0.15)
            w.stop("desk", signal.SIGKILL)
            if left() == 0:
                break
        w.start_desk()
        w.until("all of them", lambda: left() == 0)
        w.stop("desk")
        db = sqlite3.connect(os.path.join(w.desk, "desk.db"))
        rows = [db.execute("SELECT COUNT(*) FROM " + t).fetchone()[0]
                for t in ("filing", "cases", "filing_file")]
        db.close()
        check(rows == [n, n, n], "each once: %s" % rows)
        check(len(w.ok("countersign-desk", "notices", "--json", "--desk",
                       w.desk).lines()) == n, "all are there")
        w.ok("countersign-desk", "audit", "verify", "--desk", w.desk)


class Organisation:
    """Somebody who files with countersign-notice and a key."""

    made = 0

    def __init__(self, w, name, *trust):
        self.w = w
        self.folder = w.path("notice-%s-%d" % (name, Organisation.made))
        Organisation.made += 1
        self.ok("init", "https://localhost:%d#%s" % (
            w.port, w.operator_key()))
        self.key = self.ok("key").out.split()[-1]
        w.ok("countersignctl", "--hub", w.hub, "organisation", "add", self.key,
             "--name", name, "--scope", "trafficking", *trust)

    def ok(self, *args):
        return self.w.ok("countersign-notice", *args, "--folder", self.folder)

    def status(self):
        return self.ok("status", "--json").lines()


def test_organisation_and_people_at_risk():
    with DeskWorld() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        anna = w.person("anna")
        shelter = Organisation(w, "Shelter", "--trusted")
        shelter.ok("file", "nobody", "--category", "fraud", "--text",
                   "Nobody of that name sells papers.", "--good-faith")
        n = notice(w, anna, {"number": 1})
        by = n["organisation"]
        check(by["name"] == "Shelter" and by["trusted"] and
              by["scope"] == "trafficking" and by["refused"] == 0, str(n))
        check(answer(anna, {"number": 1}, "refused").status == 200, "answered")
        w.until("the answer", lambda: "We have looked at it." in
                shelter.ok("status").out)
        check(notice(w, anna, {"number": 1})["organisation"]["refused"] == 1,
              "counted for it")
        # Hashes of a photo, which never leaves the organisation.
        pic = w.path("pic.jpg")
        photo(pic, 640, 480)
        shelter.ok("photos", pic)
        w.until("the list", lambda: "listed" in json.dumps(shelter.status()))
        (risk,) = anna.get("/lists")["items"]
        check(risk["name"] == "Shelter" and risk["hashes"] == 1 and
              risk["purpose"] == "people at risk", str(risk))
        check(notice(w, anna, {"number": 2})["case"] is None, "no case")
        before = shelter.status(), ask(w, "report")
        w.csok("alice", "send", "bob", "--photo", pic, "for you")
        got = w.inbox("bob")[-1]
        w.csok("bob", "report", got["id"], "--reason", "spam", "--yes")
        case = w.until("the case raised", lambda: [
            c for c in anna.get("/cases?state=open")["items"] if c["risk"]])[0]
        check(case["severity"] == 5 and case["reason"] == "spam" and
              "risk" in [y["code"] for y in case["why"]], str(case))
        settled(w, anna, decide(
            anna, anna.get("/cases/" + case["id"]), "disable"))
        check((shelter.status(), ask(w, "report")) == before,
              "nobody outside is told of it")


def test_a_name_with_another_key():
    with DeskWorld() as w:
        anna = w.person("anna")
        first = Organisation(w, "Shelter", "--trusted")
        other = Organisation(w, "Shelter", "--trusted")
        number = 0

        def by(who, known):
            nonlocal number
            who.ok("file", "nobody", "--category", "fraud", "--text",
                   "Nobody of that name sells papers.", "--good-faith")
            number += 1
            n = notice(w, anna, {"number": number})["organisation"]
            check(n["key"] == who.key and n["name"] == "Shelter" and
                  n["known"] == known, str(n))
            return n

        check(by(first, "first")["trusted"], "as the operator says")
        by(first, "known")
        for _ in range(2):
            n = by(other, "other-key")
            check(n["key_before"] == first.key and not n["trusted"], str(n))
        out = w.ok("countersign-desk", "notice", str(number), "--desk", w.desk)
        check("ANOTHER KEY THAN BEFORE" in out.out and first.key in out.out and
              other.key in out.out, out.out)
        w.ok("countersign-desk", "notice", "accept", str(number), "--desk",
             w.desk)
        check(by(other, "known")["trusted"], "accepted")
        by(first, "known")
        w.ok("countersign-desk", "audit", "verify", "--desk", w.desk)


if __name__ == "__main__":
    main()
