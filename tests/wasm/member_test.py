# SPDX-License-Identifier: MIT
"""A member in WebAssembly, among members with programs, at a real hub.

The engine is the one with Asyncify's assertions: whatever waits, and is not on
the list of those that do, ends it.
"""
import base64
import json
import os
import queue
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "../integration"))
from world import STUCK_S, World, check, free_port, main  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
ORIGIN = "http://localhost:8080"
HOST = os.environ["COUNTERSIGN_PAGE_HOST"]
ENGINE = os.environ["COUNTERSIGN_ENGINE"]


class Web(World):
    """A hub that lets pages in."""

    def __init__(self):
        super().__init__()
        self.web = free_port()
        self.ok("countersignctl", "--hub", self.hub, "web", "on",
                "127.0.0.1:%d" % self.web, ORIGIN)
        self.stop("hub")
        self.start_hub()


class Refused(Exception):
    def __init__(self, error):
        super().__init__("%s: %s" % (error["code"], error["sentence"]))
        self.code, self.sentence = error["code"], error["sentence"]


class Page:
    """What a page has of the engine."""

    def __init__(self, world, name):
        self.name = name
        self.log = open(world.path(name + ".log"), "wb")
        self.proc = subprocess.Popen(
            ["node", "--experimental-websocket", "--no-warnings",
             os.path.join(HERE, "member.mjs"), HOST, ENGINE, ORIGIN,
             str(world.web)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log)
        world.procs["page-" + name] = self.proc
        self.events, self.last = [], 0
        self.answers, self.said = {}, queue.Queue()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        check(self.next() == {"ready": True}, "the engine starts")

    def read(self):
        for line in self.proc.stdout:
            self.said.put(json.loads(line))
        self.said.put(None)

    def next(self):
        said = self.said.get(timeout=STUCK_S)
        check(said is not None, "%s's engine is there" % self.name)
        return said

    def ask(self, **what):
        """The number under which the answer will come."""
        self.last += 1
        self.proc.stdin.write((json.dumps({"id": self.last, **what}) +
                               "\n").encode())
        self.proc.stdin.flush()
        return self.last

    def answer(self, number):
        while number not in self.answers:
            said = self.next()
            if "event" in said:
                self.events.append(said["event"])
            else:
                self.answers[said["id"]] = said
        said = self.answers.pop(number)
        if "error" in said:
            check(said["error"]["code"] != "trap", said["error"]["sentence"])
            raise Refused(said["error"])
        return said.get("give")

    def do(self, method, **take):
        return self.answer(self.ask(method=method, take=take))

    def until(self, what, why):
        """News come without being asked for."""
        end = time.monotonic() + STUCK_S
        while True:
            found = what()
            if found:
                return found
            check(time.monotonic() < end, why)
            time.sleep(0.05)

    def texts(self, with_whom):
        """What came from them."""
        for c in self.do("conversations"):
            if c["name"] == with_whom:
                return [m.get("text") for m in
                        self.do("messages", id=c["id"])
                        if m["kind"] == "received"]
        return []


def refused(f, *args, **kw):
    try:
        f(*args, **kw)
    except Refused as e:
        return e
    check(False, "this should have been refused")


def joined(w, name):
    p = Page(w, name)
    check(p.do("state")["phase"] == "none", "nobody yet")
    p.do("join", link=w.invite(), name=name)
    check(p.do("state")["phase"] == "open", "it has joined")
    p.do("connect")
    check(p.do("state")["online"], "and is connected")
    return p


def test_story():
    with Web() as w:
        w.join("bob")
        ann = joined(w, "ann")
        ann.do("send", to="bob", text="from a page", begin=True)
        check("from a page" in str(w.inbox("bob")), "bob has it")
        w.csok("bob", "accept", "ann")
        w.csok("bob", "send", "ann", "from a program")
        ann.until(lambda: "from a program" in ann.texts("bob"),
                  "news come by themselves")
        check({"event": "changed"} in ann.events, "and are told")
        # Edited, reacted to, deleted: commits and receipts in both directions.
        mid = ann.do("send", to="bob", text="to be edited")["id"]
        ann.do("edit", id=mid, text="edited")
        ann.do("react", id=mid, text="+1")
        check("edited" in str(w.inbox("bob")), "bob has it edited")
        words = ann.do("words")["words"]
        check(ann.do("words_check", words=words)["right"], "its words")
        ann.do("settings", receipts=False)
        check(not ann.do("settings_now")["receipts"], "what was set is kept")


def test_group():
    with Web() as w:
        w.join("bob", "carol")
        ann, dan = joined(w, "ann"), joined(w, "dan")
        ann.do("group_new", name="friends", people=["bob", "carol", "dan"],
               begin=True)
        for name in "bob", "carol":
            w.csok(name, "inbox")
            w.csok(name, "accept", "ann")
        dan.until(lambda: dan.do("conversations"), "dan is asked")
        dan.do("accept", name="ann")
        dan.until(lambda: [c for c in dan.do("conversations")
                           if c["name"] == "friends"], "dan is in it")
        w.csok("bob", "send", "friends", "from bob")
        ann.until(lambda: "from bob" in ann.texts("friends"), "ann hears bob")
        dan.until(lambda: "from bob" in ann.texts("friends"), "dan hears bob")
        group = [c for c in ann.do("conversations")
                 if c["name"] == "friends"][0]["id"]
        ann.do("group_rename", id=group, name="close friends")
        ann.do("group_remove", id=group, name="carol")
        ann.do("send", to=group, text="without carol")
        check("without carol" in str(w.inbox("bob")), "bob is still there")
        check("without carol" not in str(w.inbox("carol")), "carol is not")


def test_files():
    with Web() as w:
        w.join("bob")
        ann = joined(w, "ann")
        w.friends("bob")
        ann.do("send", to="bob", text="hello", begin=True)
        w.csok("bob", "inbox")
        w.csok("bob", "accept", "ann")
        # More than one part of what is read at once.
        data = os.urandom(700001)
        file = ann.answer(ann.ask(put=base64.b64encode(data).decode()))
        ann.do("send", to="bob", file=file)
        ann.do("send_files")
        got = [m for m in w.inbox("bob") if m.get("media")]
        check(len(got) == 1, "bob has a file")
        w.csok("bob", "save", got[0]["id"], "-o", w.path("saved"))
        with open(w.path("saved"), "rb") as f:
            check(f.read() == data, "the same bytes")
        with open(w.path("other"), "wb") as f:
            f.write(data[::-1])
        w.csok("bob", "send", "ann", "--file", w.path("other"))

        def media():
            for c in ann.do("conversations"):
                for m in ann.do("messages", id=c["id"]):
                    if m["kind"] == "received" and m.get("media"):
                        return m["id"]
            return None
        file = ann.do("fetch", id=ann.until(media, "a file comes"))["file"]
        back = base64.b64decode(ann.answer(ann.ask(get=file)))
        check(back == data[::-1], "the same bytes the other way")
        # What is not cleaned is not sent.
        photo = ann.answer(ann.ask(put=base64.b64encode(
            b"\xff\xd8\xff\xe0" + bytes(1000)).decode()))
        e = refused(ann.do, "send", to="bob", photo=photo)
        check("was not sent" in e.sentence.replace("\n", " "), e.sentence)


def test_read_while_a_call_waits():
    with Web() as w:
        w.join("bob")
        ann = joined(w, "ann")
        ann.do("send", to="bob", text="hello", begin=True)
        w.stop("hub", __import__("signal").SIGKILL)
        # Nobody answers: the call waits, or tries again.
        call = ann.ask(method="send", take={"to": "bob", "text": "waits"})
        for _ in range(20):
            check(ann.do("state")["phase"] == "open", "a read is answered")
            check(ann.do("conversations"), "and another")
        w.start_hub()
        try:
            ann.answer(call)
        except Refused as e:
            check(e.code != "engine", str(e))
        ann.do("connect")
        ann.do("send_files")
        w.csok("bob", "inbox")


def test_refused():
    with Web() as w:
        ann = Page(w, "ann")
        e = refused(ann.do, "connect")
        check(e.code == "passphrase", "nothing is open: %s" % e)
        e = refused(ann.do, "join", link="https://localhost/#nothing",
                    name="ann")
        check(e.code == "format", "no link: %s" % e)
        # The link of another hub: its key is not this one's.
        with World() as other:
            e = refused(ann.do, "join", link=other.invite(), name="ann")
            check(e.code == "certificate", "not this hub: %s" % e)
            check(ann.do("state")["phase"] != "open", "nobody yet")
        ann = Page(w, "anna")
        ann.do("join", link=w.invite(), name="ann", passphrase="a secret")
        ann.do("lock")
        check(ann.do("state")["phase"] == "locked", "it is locked")
        refused(ann.do, "open", passphrase="another")
        ann.do("open", passphrase="a secret")
        ann.do("connect")
        ann.do("wipe")
        check(ann.do("state")["phase"] == "none", "nothing is left")


main()
