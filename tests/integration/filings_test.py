# SPDX-License-Identifier: MIT
"""Notices from outside: filed without an account, promised an answer, answered
or publicly overdue; and nobody, not desk nor operator, can hide one."""
import base64
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.parse
import xml.etree.ElementTree as ElementTree

from public_site import Pages, Site, field
from world import (BIN, SOURCE, STUCK_S, SkipTest, World, check, main,
                   processes)

sys.path.insert(0, os.path.join(SOURCE, "tests", "second"))
import tlog  # noqa: E402 pylint: disable=wrong-import-position

ATOM = "{http://www.w3.org/2005/Atom}"


class Reported(Pages, World):
    """A hub with a desk that works."""


class Filings(Site):
    """The same, and an organisation."""

    # ---- an organisation ---------------------------------------------------

    def notice(self, *args, who="org", **kw):
        return self.run("countersign-notice", *args, "--folder",
                        self.path(who), **kw)

    def notice_ok(self, *args, **kw):
        r = self.notice(*args, **kw)
        check(r.status == 0, "should have worked: %s" % r)
        return r

    def organisation(self, name="Helpers", who="org", *more):
        self.notice_ok("init", "https://localhost:%d#%s" % (
            self.port, self.root), who=who)
        key = self.notice_ok("key", who=who).out.strip()
        self.ctl_ok("organisation", "add", key, "--name", name, *more)
        return key

    def file(self, category="fraud", text="something", *args, who="org"):
        return json.loads(self.notice_ok(
            "file", "--category", category, "--text", text, "--good-faith",
            "--json", *args, who=who).out)["number"]

    def status(self, *numbers, who="org"):
        r = self.notice("status", "--json", *numbers, who=who)
        check(r.out, "a status: %s" % r)
        return {f["number"]: f for f in json.loads(r.out)["filings"]}, r.status

    # ---- the others --------------------------------------------------------

    def reply(self, number, outcome, text="an answer", *more):
        return self.desk_act("reply", number, outcome, text, *more)

    def restart(self, days=None):
        self.stop("hub")
        self.start_hub(env=self.later(days) if days else None)

    def audit(self, *args):
        key = self.ctl_ok("log", "key").out.strip()
        return self.run("countersign-verify", "--log",
                        os.path.join(self.hub, "tlog", "public"), "--key", key,
                        "--json", *args)

    def entries(self):
        """Of the log, once nothing waits to get into it; and it is whole, by
        the second implementation, too."""
        until = time.monotonic() + STUCK_S
        while True:
            with self.db() as db:
                waits = db.execute(
                    "SELECT COUNT(*) FROM tlog_queue").fetchone()[0]
            size = int(self.ctl_ok("log", "show", "--json").out and json.loads(
                self.ctl_ok("log", "show", "--json").out)["size"])
            with self.db() as db:
                last = db.execute("SELECT MAX(n) FROM tlog").fetchone()[0]
            if waits == 0 and last is not None and size == last + 1:
                break
            check(time.monotonic() < until, "the log does not come to rest")
            time.sleep(0.2)
        root = os.path.join(self.hub, "tlog", "public")

        def read(path):
            try:
                with open(os.path.join(root, path), "rb") as f:
                    return f.read()
            except FileNotFoundError:
                return None
        _, entries = tlog.audit(read, tlog.Key(self.ctl_ok("log", "key").out))
        tlog.audit_notices(entries)
        return entries


FORM = [("category", "trafficking"), ("text", "Somebody <b>sells</b> a girl"),
        ("places", "https://example.org/x\r\ntrader@localhost\r\n" + "ab" * 32),
        ("good_faith", "1")]


def test_form():
    """Somebody without an account or scripts: a notice, its state, the answer,
    an appeal, in their language."""
    with Filings() as w:
        page = w.get("/notices", headers={"Accept-Language": "ar"})
        check('dir=rtl' in page and 'lang="ar"' in page, page[:300])
        check("<script" not in page, "a page needs no script")
        status, page = w.form("/notices/file", FORM + [
            ("files", ("note.txt", b"a file")), ("files", ("", b""))])
        check(status == 200, page)
        number, secret = field(page, "Number"), field(page, "Secret")
        check("note.txt" in page and "Not proved" in page, page)
        listed = w.desk_act("filings").out
        check("trafficking about=0 by= trusted=0 places=2 hashes=1 files=1 "
              "committed=1: Somebody <b>sells</b> a girl" in listed, listed)
        # Its state: with the secret, as people copy it, and not without.
        asked = {"number": number, "secret": secret.upper().replace("-", " ")}
        status, page = w.ask("POST", "/notices/status?lang=en",
                             urllib.parse.urlencode(asked), {
            "Content-Type": "application/x-www-form-urlencoded"})
        check(status == 200 and "has not answered yet" in page, page)
        asked["secret"] = "0" * 32
        status, page = w.ask("POST", "/notices/status?lang=en",
                             urllib.parse.urlencode(asked), {
            "Content-Type": "application/x-www-form-urlencoded"})
        check(status == 404 and "There is no such notice" in page, page)
        # More, an answer, and an appeal against it.
        about = [("number", number), ("secret", secret),
                 ("category", "trafficking"), ("text", "even more")]
        status, page = w.form("/notices/more", about)
        check(status == 200 and "Secret" not in page, page)
        check(w.form("/notices/appeal", about)[0] == 409, "nothing to appeal")
        check(w.reply(number, "refused", "Not <i>here</i>.").status == 0,
              "answered")
        status, page = w.form("/notices/status", about[:2])
        check("Refused, with a reason" in page and
              "Not &lt;i&gt;here&lt;/i&gt;." in page, page)
        check(w.form("/notices/more", about)[0] == 409, "it is answered")
        check(w.form("/notices/appeal", about)[0] == 200, "an appeal")
        check(w.form("/notices/appeal", about)[0] == 409, "one appeal")


def test_bad_input():
    """What is no notice is refused with a sentence, and nothing is filed."""
    with Filings() as w:
        for missing in ("category", "text", "good_faith"):
            status, page = w.form("/notices/file", [
                f for f in FORM if f[0] != missing])
            check(status == 400 and "Something is missing" in page, page)
        status, page = w.form("/notices/file", FORM + [
            ("files", ("big", b"x" * (17 << 20)))])
        check(status == 413, "too large: %d" % status)
        status, _ = w.ask("POST", "/notices/file", b"x" * (30 << 20))
        check(status == 413, "too large for any: %d" % status)
        for body in ("", "[]", "{", '{"what":"notice"}',
                     '{"what":"notice","category":"fraud","text":"x\\u001b",'
                     '"good_faith":true}'):
            status, text = w.ask("POST", "/notices/api/v1/filings", body)
            check(status == 400 and json.loads(text)["error"] == "malformed",
                  text)
        check(w.ask("POST", "/notices/file", "x", {
            "Content-Type": "text/plain"})[0] == 400, "another type")
        check(w.ask("GET", "/notices/nothing")[0] == 404, "nothing there")
        check(w.ask("POST", "/notices")[0] in (405, 411), "no form")
        check(w.ask("DELETE", "/notices/file")[0] == 405, "no such method")
        with w.db() as db:
            check(db.execute("SELECT COUNT(*) FROM filing").fetchone()[0] == 0,
                  "nothing was filed")
        # Hashes of photos are not anybody's to hand in.
        status, said = w.api("filings", {
            "what": "photos", "category": "exposure",
            "hashes": [{"pdq": "ab" * 32}], "good_faith": True})
        check(status == 403 and said["error"] == "organisation", said)
        # A file without a byte is none.
        status, said = w.api("filings", {
            "what": "notice", "category": "fraud", "text": "x",
            "files": [{"name": "a", "base64": ""}], "good_faith": True})
        check(status == 201, said)


def test_organisation():
    """A key: signed, from a table, followed, verified to the public log."""
    with Filings() as w:
        key = w.organisation("Helpers", "org", "--trusted", "--scope", "fraud")
        first = w.file("danger", "help", "https://example.org", "--named")
        with open(w.path("list.csv"), "w") as f:
            f.write("category,text,places\nfraud,\"a, b\",trader\n"
                    "nothing,x,\nhate,c,\n")
        r = w.notice("table", w.path("list.csv"), "--good-faith")
        check(r.status == 1 and "Line 3" in r.err and "Filed: 2." in r.err, r)
        r = w.notice("table", w.path("list.csv"), "--good-faith")
        check("Filed: 0. Filed before: 2." in r.err, r)
        with open(w.path("photos.txt"), "w") as f:
            f.write("ab" * 32 + " of me\n" + "cd" * 32 + "\n")
        w.notice_ok("photos", w.path("photos.txt"))
        listed = w.desk_act("filings").out
        check("danger about=0 by=Helpers trusted=1" in listed, listed)
        check("photos exposure about=0 by=Helpers trusted=1 places=0 hashes=2"
              in listed, listed)
        check(w.reply(first, "acted", "Done.").status == 0, "answered")
        w.entries()
        found, status = w.status()
        check(status == 0 and len(found) == 4, found)
        check(all(f["logged"] == "yes" for f in found.values()), found)
        check(found[first]["text"] == "Done." and
              found[first]["signed_by_desk"] and
              found[first]["answer_logged"] == "yes", found[first])
        # The receipt is good for anybody who knows the operator's key.
        kept = json.load(open(w.path("org", "notices", "%d.json" % first)))
        with open(w.path("receipt"), "w") as f:
            f.write(kept["receipt"] + "\n")
        check("danger" in w.notice_ok("verify", w.path("receipt"),
                                      "--json").out, "a receipt")
        raw = bytearray(base64.b64decode(kept["receipt"]))
        raw[40] ^= 1
        with open(w.path("receipt"), "w") as f:
            f.write(base64.b64encode(raw).decode())
        check(w.notice("verify", w.path("receipt")).status == 76, "tampered")
        # Another's notices are not theirs to ask for.
        w.ok("countersign-notice", "init", "https://localhost:%d#%s" % (
            w.port, w.root), "--folder", w.path("else"))
        os.rename(w.path("else", "notices"), w.path("else", "none"))
        os.mkdir(w.path("else", "notices"))
        kept["secret"] = "0000-" * 7 + "0000"
        json.dump(kept, open(w.path("else", "notices", "%d.json" % first),
                             "w"))
        r = w.notice("status", who="else")
        check(r.status == 1 and "not with that secret" in r.err or
              "no such notice" in r.err, r)
        # A key that was ended.
        w.ctl_ok("organisation", "end", key)
        r = w.notice("file", "--category", "fraud", "--text", "x",
                     "--good-faith")
        check(r.status == 1 and "key this hub knows" in r.err, r)


def test_sent_once():
    """The hub dies before the receipt has come: what was kept is sent again,
    and there is one notice."""
    with Filings() as w:
        w.organisation()
        w.file()
        w.stop("hub", signal.SIGKILL)
        r = w.notice("file", "--category", "fraud", "--text", "x",
                     "--good-faith")
        check(r.status == 69, "nobody there: %s" % r)
        w.start_hub()
        number = w.file(text="y")
        # As if its receipt had been lost.
        kept = w.path("org", "notices", "%d.json" % number)
        check(os.path.exists(kept), "kept")
        pending = json.dumps({"secret": "00", "request": {}})
        check("Sent: 0." in w.notice_ok("resend").out, "nothing waits")
        with w.db() as db:
            before = db.execute("SELECT COUNT(*) FROM filing").fetchone()[0]
        check(before == 2 and pending, "two notices")


def kill_at_once(w, name):
    hub = w.procs["hub"].pid
    for pid in [p for n, pids in processes(hub).items() if n.startswith(name)
                for p in pids]:
        os.kill(pid, signal.SIGKILL)


def test_killed():
    """Each process of the hub is killed while notices come: whoever has a
    receipt has a notice, and the log has it."""
    with Filings() as w:
        w.organisation()
        receipts = []
        for i in range(24):
            if i % 3 == 1:
                with open("/proc/%d/cmdline" % w.procs["hub"].pid, "rb"):
                    pass
                children = [p for pids in processes(
                    w.procs["hub"].pid).values() for p in pids]
                os.kill(children[i % len(children)], signal.SIGKILL)
            r = w.notice("file", "--category", "fraud", "--text",
                         "number %d" % i, "--good-faith", "--json")
            if r.status == 0:
                receipts.append(json.loads(r.out)["number"])
        until = time.monotonic() + STUCK_S
        while w.notice("resend").status != 0:
            check(time.monotonic() < until, "what was kept is not taken")
            time.sleep(0.5)
        entries = w.entries()
        notices = [e for e in entries if e[1] == 7]
        numbers = [int.from_bytes(e[2:10], "big") for e in notices]
        check(sorted(numbers) == list(range(1, len(numbers) + 1)), numbers)
        check(set(receipts) <= set(numbers), "each receipt is in the log")
        with w.db() as db:
            texts = db.execute("SELECT COUNT(*) FROM filing").fetchone()[0]
        check(texts == len(numbers) <= 24, "once each")
        listed = w.desk_act("filings").out
        for i in range(24):
            check(listed.count(": number %d\n" % i) <= 1, "filed twice")
        check(w.audit().status == 0, w.audit())


def test_overdue():
    """Nobody answers: it is public by itself, in the log, the page and the
    feeds, and only an answer ends that.  The desk and the operator try."""
    with Filings() as w:
        w.organisation("Helpers & Co")
        named = w.file("danger", "help", "--named")
        quiet = w.file("trafficking", "sold")
        asked = w.file("threat", "which?")
        w.file("other", "later")
        check(json.loads(w.get("/notices/overdue.json"))["overdue"] == [],
              "nothing yet")
        # The desk asks once; that moves the deadline, once.
        check(w.reply(asked, "needs-more", "Who?").status == 0, "asked")
        check(w.reply(asked, "needs-more", "And who else?").status == 1,
              "asked twice")
        w.entries()
        w.restart(days=3)
        entries = w.entries()
        late = [int.from_bytes(e[2:10], "big") for e in entries if e[1] == 9]
        check(sorted(late) == [named, quiet], late)
        shown = json.loads(w.get("/notices/overdue.json"))["overdue"]
        check([s["number"] for s in shown] == [named, quiet] and
              shown[0]["organisation"] == "Helpers & Co" and
              "organisation" not in shown[1] and
              shown[0]["days_overdue"] >= 1, shown)
        check(set(shown[1]) == {"number", "what", "category", "deadline_ms",
                                "days_overdue"}, "and nothing else")
        page = w.get("/notices/overdue?lang=en")
        check("Helpers &amp; Co" in page and "A person is in danger now" in
              page and "sold" not in page, page)
        feed = ElementTree.fromstring(w.get("/notices/overdue.atom"))
        check(len(feed.findall(ATOM + "entry")) == 2, "a feed")
        found, status = w.status()
        check(status == 1 and found[named]["overdue"], "its filer is told")

        # The desk: no question, no other kind of answer, no bad signature
        # takes it away.
        for outcome in ("needs-more", "listed", "nonsense"):
            w.reply(named, outcome)
        check(w.reply(named, "acted", "x", "bad").status == 1, "not signed")
        shown = json.loads(w.get("/notices/overdue.json"))["overdue"]
        check([s["number"] for s in shown] == [named, quiet], shown)
        check(w.reply(named, "acted", "Done.").status == 0, "an answer")
        check(w.reply(named, "refused", "No.").status == 1, "one answer")
        shown = json.loads(w.get("/notices/overdue.json"))["overdue"]
        check([s["number"] for s in shown] == [quiet], shown)
        w.entries()
        found, status = w.status()
        check(status == 1 and found[named]["text"] == "Done.",
              "late all the same")

        # The report says the same as the log.
        with open(w.path("report.json"), "w") as f:
            f.write(w.get("/notices/report.json"))
        audit = w.audit("--report", w.path("report.json"))
        said = json.loads(audit.out)
        check(audit.status == 0 and said["notices"]["report_agrees"] and
              said["notices"]["late"] == 2, audit)
        stands = tlog.audit_notices(w.entries())
        check([n for n, f in stands.items() if f["late"]] == [named, quiet],
              stands)
        report = json.load(open(w.path("report.json")))
        for month in report["months"]:
            month["late"] = 0
        json.dump(report, open(w.path("report.json"), "w"))
        audit = w.audit("--report", w.path("report.json"))
        check(audit.status == 1 and "were late" in audit.out, audit)
        csv = w.get("/notices/report.csv")
        check("danger,STATEMENT_CATEGORY_VIOLENCE,1,1," in csv, csv)

        # The operator takes it out of the database: the log does not forget.
        w.stop("hub")
        with sqlite3.connect(os.path.join(w.hub, "hub.db")) as db:
            db.execute("DELETE FROM filing WHERE number=?", (quiet,))
        w.start_hub(env=w.later(3))
        check(json.loads(w.get("/notices/overdue.json"))["overdue"] == [],
              "the page shows what the operator wants")
        said = json.loads(w.audit().out)
        check(said["notices"]["overdue"] >= 1, "the log shows it: %s" % said)
        with open(w.path("report.json"), "w") as f:
            f.write(w.get("/notices/report.json"))
        r = w.notice("status", quiet)
        check(r.status == 1 and "no such notice" in r.err, r)
        # And its receipt proves that it was there.
        kept = json.load(open(w.path("org", "notices", "%d.json" % quiet)))
        with open(w.path("receipt"), "w") as f:
            f.write(kept["receipt"])
        w.notice_ok("verify", w.path("receipt"))


def test_hidden_deadline():
    """An operator that keeps the log from saying that a deadline passed: who
    reads the log says so."""
    with Filings() as w:
        w.organisation()
        w.file("danger", "help")
        w.entries()
        w.stop("hub")
        # By then it would have to be there.
        late = w.run("countersign-verify", "--log",
                     os.path.join(w.hub, "tlog", "public"), "--key",
                     w.ctl_ok("log", "key").out.strip(), "--json",
                     env=w.later(2))
        said = json.loads(late.out)
        check(late.status == 1 and "was not answered in time, and the log "
              "does not say so" in said["why"], said)


def test_limits():
    """Few from one address without a key; work for more; none by counting."""
    with Filings() as w:
        filed = 0
        for i in range(30):
            status, said = w.api("filings", {
                "what": "notice", "category": "hate", "text": "n %d" % i,
                "good_faith": True})
            if status == 201:
                filed += 1
            else:
                check(status == 429 and said["error"] == "work", said)
        check(filed == 20, "twenty an hour: %d" % filed)
        status, page = w.form("/notices/file", FORM)
        check(status == 429 and "countersign-notice" in page, page)
        # Work is a way in.
        w.ok("countersign-notice", "init", "https://localhost:%d#%s" % (
            w.port, w.root), "--folder", w.path("free"))
        w.notice_ok("file", "--category", "fraud", "--text", "x",
                    "--good-faith", who="free")
        # Guessing secrets comes to an end.
        for i in range(120):
            status, said = w.api("status", {
                "number": 1, "secret_hash": "%064x" % i})
            if status == 429:
                break
        check(status == 429 and i >= 99, "guessed %d times" % i)


def test_evidence():
    """A bundle of a member's is verified at once, here or by the desk."""
    with Reported(desk=True) as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        w.csok("alice", "send", "bob", "I sell people")
        got = [m for m in w.inbox("bob") if m["kind"] == "received"][-1]
        w.csok("bob", "export", got["id"], "-o", w.path("a.csev"), "--open")
        with open(w.path("a.csev"), "rb") as f:
            bundle = f.read()
        form = [f for f in FORM if f[0] != "places"]
        status, page = w.form("/notices/file", form + [
            ("files", ("a.csev", bundle)),
            ("files", ("b.csev", bundle[:-9] + bytes(9)))])
        check(status == 200 and "Proved evidence of this hub. Messages: "
              "<bdi>1</bdi>" in page, page)
        check("not all is proved" in page, page)


if __name__ == "__main__":
    main()
