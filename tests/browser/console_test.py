# SPDX-License-Identifier: MIT
"""The console's pages in a real browser, at a real desk with a real hub."""
import base64
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "integration"))

# pylint: disable=wrong-import-position
from console import DeskWorld, PASSWORD
from desk_cases_test import decide, settled
from desk_notices_test import file_about, file_notice, notice, told
from scenario import CHROMIUM, MODULES, run_scenario
from world import BIN, SkipTest, check, main, photo


class BrowserWorld(DeskWorld):
    """People who sign in with a browser, and cases that wait for them."""

    def __init__(self, *options):
        for there in (CHROMIUM, os.path.join(MODULES, "playwright-core")):
            if not os.path.exists(there):
                raise SkipTest("there is no " + os.path.basename(there))
        if shutil.which("node") is None:
            raise SkipTest("there is no node")
        super().__init__(*options)
        # Long enough for a browser to undo.
        text = self.ok("countersign-desk", "policy", "--desk", self.desk).out
        self.set_policy(text.replace("undo_seconds = 2", "undo_seconds = 6"))
        self.config = {"console": self.console, "people": {}}
        self.clients = {}
        for name, role in (("anna", "reviewer"), ("ben", "senior"),
                           ("vera", "auditor"), ("root", "administrator")):
            client = self.person(name, role)
            self.clients[name] = client
            self.config["people"][name] = {
                "secret": client.secret, "step": client.step,
                "password": PASSWORD}
        with urllib.request.urlopen(self.console) as r:
            if b"The console was not built" in r.read():
                raise SkipTest("the console was not built")

    def send(self, name, to, *args):
        """A message, and the number that its recipient knows it by."""
        self.csok(name, "send", to, *args)
        return self.csok(to, "inbox", "--json").lines()[-1]["id"]

    def report(self, name, reason, note, *ids):
        self.csok(name, "report", *ids, "--reason", reason, "--note", note,
                  "--yes")

    def reports(self):
        """What people of some town reported on a bad day."""
        self.join("alice", "bob", "carol", "dana")
        self.friends("alice", "bob", "carol", "dana")
        first = self.send("alice", "bob", "She is 13. 800 until tonight.")
        self.send("alice", "bob", "answer quickly")
        last = self.send("alice", "bob", "اكتب لي الآن")
        self.report("bob", "trafficking", "He offered her to me.",
                    first, last)
        self.report("dana", "terrorism", "", self.send(
            "carol", "dana", "We meet at the station at nine."))
        pic = self.path("pic.jpg")
        photo(pic, 640, 480)
        self.report("carol", "intimate-images", "من لا يملك حق نشرها",
                    self.send("dana", "carol", "--photo", pic,
                              "look at this"))
        self.report("alice", "spam", "", self.send(
            "bob", "alice", "Buy now! http://example.invalid/"))
        client = self.clients["anna"]
        cases = self.until("four cases", lambda: [
            c for c in [client.get("/cases?state=open")["items"]]
            if len(c) >= 4])[0]
        self.config["cases"] = len(cases)
        for c in cases:
            self.config[c["reason"]] = c["id"]
        return cases

    def scenario(self, name):
        run_scenario(self, name)


def test_decision():
    with BrowserWorld() as w:
        cases = w.reports()
        w.config["second"] = w.config["terrorism"]
        w.config["account"] = cases[0]["accounts"][0]["id"]
        w.scenario("decision")


def test_collision():
    with BrowserWorld() as w:
        w.reports()
        w.config["case"] = w.config["trafficking"]
        w.scenario("collision")


def test_meanwhile():
    with BrowserWorld() as w:
        w.reports()
        w.config["case"] = w.config["trafficking"]
        w.config["first"] = w.send("alice", "bob", "and her sister")
        w.config["text"] = "and her mother"
        w.config["second"] = w.send("alice", "bob", w.config["text"])
        w.config["report"] = [os.path.join(BIN, "countersign"), "--home",
                              w.home("bob")]
        w.scenario("meanwhile")


def test_survive():
    with BrowserWorld() as w:
        w.reports()
        w.config["case"] = w.config["trafficking"]
        w.config["messages"] = [
            w.send("alice", "bob", "message %d" % n) for n in range(6)]
        w.config["report"] = [os.path.join(BIN, "countersign"), "--home",
                              w.home("bob")]
        anna = w.clients["anna"]
        case = anna.get("/cases/" + w.config["intimate-images"])
        settled(w, anna, decide(anna, case, "disable", ground="terms"))
        w.csok("dana", "appeal", "--text", "She agreed to it.")
        w.until("the appeal", lambda: anna.get("/appeals")["items"])
        w.scenario("survive")


def test_second_look():
    with BrowserWorld() as w:
        w.reports()
        anna = w.clients["anna"]
        w.config["case"] = w.config["trafficking"]
        w.config["other"] = w.config["spam"]
        case = anna.get("/cases/" + w.config["case"])
        settled(w, anna, decide(anna, case, "none", accounts=[]))

        def report():
            return w.csok("bob", "reports", "--json").lines()[0]
        w.until("the answer", lambda: report()["state"] != "received")
        w.config["words"] = "Please read it again."
        w.csok("bob", "second-look", report()["id"][:16], w.config["words"])
        w.until("the second look", lambda: anna.get("/appeals")["items"])
        w.scenario("second_look")


def test_work():
    with BrowserWorld() as w:
        w.reports()
        w.config["case"] = w.config["trafficking"]
        w.config["other"] = w.config["spam"]
        w.config["photo"] = w.config["intimate-images"]
        w.scenario("work")


def test_appeal():
    with BrowserWorld() as w:
        text = w.ok("countersign-desk", "policy", "--desk", w.desk).out
        w.set_policy(text.replace("quality_percent = 5",
                                  "quality_percent = 100"))
        w.reports()
        anna = w.clients["anna"]
        w.config["case"] = w.config["trafficking"]
        case = anna.get("/cases/" + w.config["case"])
        report = case["items"][0]["report"]
        case = anna.post("/cases/%s/question" % case["id"], report=report,
                         version=case["version"],
                         text="Since when do you know him?")
        w.until("the question", lambda: "Since when" in w.csok(
            "bob", "reports").out)
        asked = w.csok("bob", "reports", "--json").lines()[0]["id"]
        w.csok("bob", "reply", asked, "Two years.")
        case = anna.get("/cases/" + case["id"])
        made = decide(anna, case, "disable", ground="terms")
        settled(w, anna, made)
        w.config["appeal"] = "لم أكتب هذا"
        w.csok("alice", "appeal", "--text", w.config["appeal"])
        w.until("the appeal", lambda: anna.get("/appeals")["items"])
        w.until("the answer", lambda: anna.get(
            "/cases/" + case["id"])["questions"][0]["answer"])
        w.scenario("appeal")
        # What the desk gave back is given back by the hub.
        w.until("to be heard again", lambda: w.cs(
            "alice", "send", "bob", "thank you").status == 0)


def test_notice():
    with BrowserWorld() as w:
        anna = w.clients["anna"]
        w.config["text"] = "A woman is offered there. <b>bold</b>"
        pic = w.path("pic.jpg")
        photo(pic, 640, 480)
        with open(pic, "rb") as f:
            files = [{"name": "a.jpg",
                      "base64": base64.b64encode(f.read()).decode()}]
        receipt = file_notice(
            w, text=w.config["text"], law="StGB 104a", files=files,
            places=[{"kind": "link", "value": "https://example.invalid/" +
                     "long/" * 30}, {"kind": "handle", "value": "nobody"}])
        there = notice(w, anna, receipt)
        w.config["notice"], w.config["case"] = there["id"], there["case"]
        appealed = threading.Thread(target=lambda: (
            told(w, receipt, "refused"),
            file_about(w, "appeal", receipt, "Look again.")))
        appealed.start()
        w.scenario("notice")
        appealed.join()


def test_photo():
    with BrowserWorld() as w:
        w.reports()
        case = w.config["case"] = w.config["intimate-images"]
        shown = w.clients["anna"].get("/cases/" + case)
        w.config["media"] = shown["items"][0]["media"][0]["id"]
        w.scenario("photo")


def test_rtl():
    with BrowserWorld() as w:
        cases = w.reports()
        w.config["case"] = w.config["trafficking"]
        w.config["account"] = cases[0]["accounts"][0]["id"]
        w.scenario("rtl")


def test_session():
    with BrowserWorld("--idle", "12s") as w:
        out = w.ok("countersign-desk", "people", "add", "nora", "--desk",
                   w.desk, "--console", w.console).out
        w.config["welcome"] = re.search(r"#/welcome/\S+", out).group(0)
        w.config["idle_s"] = 12
        w.scenario("session")


def test_people():
    with BrowserWorld() as w:
        client = w.person("dora", "administrator")
        w.config["people"]["dora"] = {
            "secret": client.secret, "step": client.step,
            "password": PASSWORD}
        w.scenario("people")


def test_passkey():
    with BrowserWorld() as w:
        w.config["named"] = w.console.replace("127.0.0.1", "localhost")
        w.scenario("passkey")


if __name__ == "__main__":
    check(os.path.isdir(BIN), "the programs are built")
    main()
