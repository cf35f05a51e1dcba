# SPDX-License-Identifier: MIT
"""All of the desk's work by its command line, beside a desk that runs."""
import json
import os
import re

from console import DeskWorld, PASSWORD
from desk_cases_test import received, reported
from world import HASHES, check, main, photo


class CommandWorld(DeskWorld):
    """A desk whose people type."""

    def desk_run(self, *args):
        return self.run("countersign-desk", *args, "--desk", self.desk)

    def do(self, *args):
        return self.ok("countersign-desk", *args, "--desk", self.desk).out

    def lines(self, *args):
        return [json.loads(s) for s in self.do(*args).splitlines()]

    def password(self):
        path = self.path("password")
        with open(path, "w", encoding="utf-8") as f:
            f.write(PASSWORD + "\n")
        return path

    def case(self, number):
        return json.loads(self.do("case", number, "--json"))

    def cases(self, n, state="open"):
        return self.until("%d cases" % n, lambda: [
            c for c in [self.lines("cases", "--state", state, "--json")]
            if len(c) == n])[0]

    def applied(self, number, n=1):
        """The case, once so many of its decisions have been applied."""
        return self.until("what the hub says", lambda: [
            c for c in [self.case(number)]
            if sum(d["state"] == "applied" for d in c["decisions"]) >= n])[0]


def test_work():
    with CommandWorld() as w:
        w.join("alice", "bob", "carol")
        w.friends("alice", "bob", "carol")
        anna = w.person("anna")
        as_anna = ("--as", "anna", "--password-file", w.password())
        reported(w, reason="harassment", text="go away")
        (case,) = w.cases(1)
        number = case["id"]
        w.do("claim", number, *as_anna)
        check("(anna)" in w.do("cases"), "the list says whose it is")
        w.do("release", number, *as_anna)
        w.do("release", number, "--to", "anna")
        check(w.case(number)["assignee"]["name"] == "anna", "handed over")
        w.do("note", number, "I know this one")
        w.do("note", number, "a picture of a screen", "--source", "an e-mail")
        w.do("triage", number, "--age", "child", "--threat-in", "6h",
             "--reason", "threat-to-life")
        shown = w.case(number)
        check(shown["age"] == "child" and shown["threat_ms"] != 0 and
              shown["severity"] == 5, "triaged: %s" % shown)
        w.do("triage", number, "--threat-in", "never")
        shown = w.case(number)
        check(shown["age"] == "child" and shown["threat_ms"] == 0,
              "what is not said stays: %s" % shown)
        r = w.desk_run("triage", number, "--threat-in", "soon")
        check(r.status == 64 and "6h" in r.err, "a time: %s" % r)
        text = w.do("case", number)
        for said in ("note by", "I know this one", "go away", "--seen"):
            check(said in text, "%s: %s" % (said, text))
        # Two messages in one case, apart, and together again.
        w.csok("alice", "send", "carol", "you will be sorry")
        got = received(w, "carol")
        w.csok("carol", "report", got[-1]["id"], "--reason", "harassment",
               "--yes")
        shown = w.until("the second report", lambda: [
            c for c in [w.case(number)] if c["reports"] == 2])[0]
        second = [i for i in shown["items"]
                  if i["text"] == "you will be sorry"][0]
        new = re.search(r"Case (\d+)\.", w.do("split", number, second["id"])
                        ).group(1)
        check(w.case(new)["reports"] == w.case(number)["reports"] == 1,
              "apart")
        r = w.desk_run("split", new, second["id"])
        check(r.status != 0 and "not all of them" in r.err, str(r))
        w.do("redact", new, second["id"], "you will be (removed)")
        check("(removed)" in w.do("case", new), "the working copy")
        w.do("redact", new, second["id"])
        check("you will be sorry" in w.do("case", new), "the original")
        w.do("merge", new, number)
        check(w.case(number)["reports"] == 2, "together")
        w.do("hold", number, "a court asks for it")
        check(w.case(number)["hold"]["text"] == "a court asks for it", "held")
        w.do("hold", number, "it does not any more", "--end")
        report = w.case(number)["items"][0]["report"]
        w.do("question", report, "When was this?")
        w.until("the question", lambda: "When was this?" in w.csok(
            "bob", "reports").out)
        check("When was this?" in w.do("case", report[:8]),
              "a report's number finds its case")
        r = w.desk_run("case", "999")
        check(r.status != 0 and "no case 999" in r.err, str(r))
        page = w.path("case.html")
        w.do("print", number, "-o", page)
        with open(page, encoding="utf-8") as f:
            check("go away" in f.read(), "on paper")
        record = w.path("report.custody")
        w.do("custody", report, "-o", record)
        check(os.path.getsize(record) > 100, "a custody record")
        check(w.do("tokens") == "", "none yet")
        anna.post("/tokens", name="a program", scopes=["read"])
        check("a program" in w.do("tokens"), "tokens")
        w.do("tokens", "remove", re.match(r" *(\d+)", w.do("tokens")).group(1))
        check(w.do("tokens") == "", "removed")


def test_decisions():
    with CommandWorld() as w:
        w.join("alice", "bob", "carol")
        w.friends("alice", "bob", "carol")
        w.person("anna")
        w.person("ben")
        secret = w.password()
        as_anna = ("--as", "anna", "--password-file", secret)
        as_ben = ("--as", "ben", "--password-file", secret)
        policy = w.do("policy")
        w.set_policy(policy.replace("quality_percent = 5",
                                    "quality_percent = 100"))
        reported(w, reason="harassment", text="go away")
        (case,) = w.cases(1)
        seen = w.case(case["id"])["version"]
        # What came since it was read is not decided along.
        reported(w, reason="harassment", text="come back")
        w.until("the second", lambda: w.case(case["id"])["reports"] == 2)
        out = w.do("decide", case["id"], "warn", "--statement",
                   "Insults.", "--seen", seen, *as_anna)
        aside = re.search(r"is now case (\d+)", out).group(1)
        check("applied by the hub" in out or "as soon as" in out, out)
        shown = w.applied(case["id"])
        check([i["text"] for i in shown["items"]] == ["go away"] and
              shown["state"] == "decided", "as it was read: %s" % shown)
        shown = w.case(aside)
        check([i["text"] for i in shown["items"]] == ["come back"] and
              shown["state"] == "open", "the rest: %s" % shown)
        check("Insults." in w.csok("alice", "notices").out, "she is told")
        # Who was slower is told who was faster.
        seen = shown["version"]
        w.do("note", aside, "I am at it", *as_ben)
        r = w.desk_run("decide", aside, "none", "--seen", seen, *as_anna)
        check(r.status != 0 and "ben has changed" in r.err, str(r))
        # For its quality, by somebody else.
        made = w.case(case["id"])["decisions"][0]["id"]
        r = w.desk_run("quality", made, "agree", *as_anna)
        check(r.status == 77, "not of her own: %s" % r)
        w.do("quality", made, "disagree", "Too mild.", *as_ben)
        check(w.case(case["id"])["decisions"][0]["quality"]["state"] ==
              "disagreed", "written down")
        # Two people.
        w.do("triage", aside, "--reason", "terrorism", *as_ben)
        out = w.do("decide", aside, "disable", "--statement", "Threats.",
                   *as_ben)
        made = re.search(r"Decision (\d+) waits", out).group(1)
        check(w.desk_run("confirm", made).status == 77, "not nobody")
        check(w.desk_run("refuse", made, *as_anna).status != 0, "says why")
        w.do("refuse", made, "Read it again.", *as_anna)
        out = w.do("decide", aside, "disable", "--statement", "Threats.",
                   "--account", "alice", *as_ben)
        made = re.search(r"Decision (\d+) waits", out).group(1)
        w.do("undo", made, *as_ben)
        out = w.do("decide", aside, "disable", "--statement", "Threats.",
                   *as_ben)
        made = re.search(r"Decision (\d+) waits", out).group(1)
        w.do("confirm", made, *as_anna)
        w.applied(aside)
        check(w.cs("alice", "send", "bob", "hm").status == 77, "disabled")
        r = w.desk_run("decide", aside, "disable", "--statement", "x",
                       "--account", "zoe", *as_ben)
        check(r.status != 0 and "no account zoe" in r.err, str(r))
        # An appeal, heard by neither of them.
        w.csok("alice", "appeal", "--text", "It was not me.")
        (appeal,) = w.until("the appeal", lambda: w.lines(
            "appeals", "--json"))
        check("It was not me." in w.do("appeals"), "in her words")
        r = w.desk_run("appeal", appeal["id"][:8], "reverse", "--answer",
                       "Sorry.", *as_anna)
        check(r.status == 77, "she confirmed it: %s" % r)
        out = w.do("appeal", appeal["id"][:8], "reverse", "--answer",
                   "Sorry.")
        # It took two, and giving it back does, too.
        made = re.search(r"Decision (\d+) waits", out).group(1)
        check(w.desk_run("confirm", made).status == 77, "not nobody")
        check(w.cs("alice", "send", "bob", "hm").status == 77, "still out")
        w.do("confirm", made, *as_anna)
        check("It was not me." in w.do("appeals", "--decided"), "decided")
        w.until("to be heard again", lambda: w.cs(
            "alice", "send", "bob", "thank you").status == 0)
        check("nothing changed" in w.do("audit", "verify"), "the log")
        made = json.loads(w.do("statements"))["statements"]
        check(len(made) == 2, "of the warning and of the end: %s" % made)
        check(json.loads(w.do("statistics")), "statistics")


def test_things():
    """Files, groups, lists."""
    with CommandWorld() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        pic = w.path("pic.jpg")
        photo(pic, 640, 480)
        line = w.ok(HASHES, pic).out
        value = [f for f in line.split() if len(f) == 64][0]
        listed = w.path("list.csv")
        with open(listed, "w", encoding="utf-8") as f:
            f.write("hash,label,source,date\n%s,known,x,2026-01-02\nzz\n"
                    % value)
        number = re.search(r"List (\d+)", w.do(
            "lists", "add", "Hotline", "--owner", "INHOPE", "--purpose",
            "known abuse")).group(1)
        out = w.do("lists", "import", number, listed)
        check("1 added" in out and "line 3" in out, out)
        check("1 hashes, of INHOPE" in w.do("lists"), "shown")
        check(w.do("lists", "export", number, "--format", "hma") ==
              "pdq %s\n" % value, "exported")
        r = w.desk_run("lists", "import", number, w.path("nowhere"))
        check(r.status != 0 and "nowhere" in r.err, str(r))
        w.csok("alice", "send", "bob", "--photo", pic, "look")
        got = received(w, "bob")
        w.csok("bob", "report", got[-1]["id"], "--reason",
               "intimate-images", "--yes")
        (case,) = w.cases(1)
        shown = w.until("a look at it", lambda: [
            c for c in [w.case(case["id"])]
            if c["items"][0]["media"][0]["matches"]])[0]
        check(shown["items"][0]["media"][0]["matches"][0]["label"] ==
              "known", "matched")
        w.do("lists", "remove", number)
        check(w.do("lists") == "" and
              not w.case(case["id"])["items"][0]["media"][0]["matches"],
              "removed, and what it matched")
        w.do("decide", case["id"], "quarantine", "--statement",
             "It shows somebody who did not agree.")
        shown = w.applied(case["id"])
        check(shown["state"] == "decided" and len(shown["decisions"]) == 1,
              "once: %s" % shown)


if __name__ == "__main__":
    main()
