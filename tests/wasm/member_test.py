# SPDX-License-Identifier: MIT
"""A member in WebAssembly, among members with programs, at a real hub.

The engine is the one with Asyncify's assertions: whatever waits, and is not on
the list of those that do, ends it.
"""
import base64
import json
import math
import os
import queue
import struct
import subprocess
import sys
import threading
import time
import wave
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "../integration"))
from world import STUCK_S, TOOLS, World, check, free_port, main  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
ORIGIN = "http://localhost:8080"
HOST = os.environ["COUNTERSIGN_PAGE_HOST"]
ENGINE = os.environ["COUNTERSIGN_ENGINE"]
MEDIA = os.environ["COUNTERSIGN_MEDIA"]


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
             os.path.join(HERE, "member.mjs"), HOST, ENGINE, MEDIA,
             ORIGIN, str(world.web)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log)
        world.procs["page-" + name] = self.proc
        self.events, self.last, self.seen = [], 0, set()
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
        # A list is told what changed, and nothing else.
        now = ann.do("listing")
        check(now["whole"] and len(now["conversations"]) == 1, "all: %s" % now)
        same = ann.do("listing", since=now["now"])
        check(same["conversations"] == [], "nothing changed: %s" % same)
        w.csok("bob", "send", "ann", "and another")
        ann.until(lambda: "and another" in ann.texts("bob"), "it comes")
        new = ann.do("listing", since=now["now"])
        check(not new["whole"] and "people" not in new and
              [c["last"]["text"] for c in new["conversations"]] ==
              ["and another"], "one changed: %s" % new)
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


def received(w, page, kind):
    """The next file of that kind that comes to the page, and its bytes."""
    def found():
        for c in page.do("conversations"):
            for m in page.do("messages", id=c["id"]):
                if m["kind"] == "received" and m.get("media") and \
                        m["id"] not in page.seen and \
                        m["media"][0]["type"].startswith(kind):
                    return m
        return None
    m = page.until(found, "%s comes" % kind)
    page.seen.add(m["id"])
    file = page.do("fetch", id=m["id"])["file"]
    return m["media"][0], base64.b64decode(page.answer(page.ask(get=file)))


def saved(w, who, kind):
    """The newest file of that kind that came to a program, and its bytes."""
    got = [m for m in w.inbox(who, "--all") if
           m.get("media") and m["media"][0]["type"].startswith(kind)]
    check(got, "%s comes" % kind)
    path = w.path("saved")
    w.csok(who, "save", got[-1]["id"], "-o", path, "--force")
    return got[-1]["media"][0], read(path)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def put(page, data):
    return page.answer(page.ask(put=base64.b64encode(data).decode()))


def write_wav(path, seconds, rate=48000):
    """As web/member/src/components/chat/voice.ts writes it."""
    with wave.open(path, "wb") as f:
        f.setnchannels(1)
        f.setsampwidth(2)
        f.setframerate(rate)
        f.writeframes(b"".join(
            struct.pack("<h", int(9000 * math.sin(i / 20)))
            for i in range(seconds * rate)))


def make_photo(w, name, *args, size=(320, 240)):
    made = subprocess.run(
        [os.path.join(TOOLS, "make-photo"), *map(str, size), w.path(name),
         *args], stdout=subprocess.DEVNULL, timeout=STUCK_S)
    check(made.returncode == 0, "make-photo " + name)
    return w.path(name)


def meet(w):
    """bob with a program, and ann with a page."""
    w.join("bob")
    ann = joined(w, "ann")
    ann.do("send", to="bob", text="hello", begin=True)
    w.csok("bob", "inbox")
    w.csok("bob", "accept", "ann")
    return ann


def test_photos():
    with Web() as w:
        ann = meet(w)
        for name, kind in (("gps.jpg", "image/jpeg"), ("gps.png", "image/png"),
                           ("gps.webp", "image/webp"),
                           ("gps.gif", "image/webp")):
            data = read(make_photo(w, name, "--gps"))
            check(b"LEAKED" in data, "there is something to find")
            ann.do("send", to="bob", photo=put(ann, data))
            ann.do("send_files")
            media, clean = saved(w, "bob", kind)
            check(media["name"].startswith("photo.") and
                  b"LEAKED" not in clean, "%s is cleaned" % name)
            w.csok("bob", "send", "ann", "--photo", w.path(name))
            media, back = received(w, ann, kind)
            check(back == clean, "%s: a program makes the same of it" % name)


def test_voice():
    with Web() as w:
        ann = meet(w)
        write_wav(w.path("memo.wav"), 12)
        ann.do("send", to="bob", voice=put(ann, read(w.path("memo.wav"))))
        ann.do("send_files")
        check("[voice message, 0:12, " in w.csok("bob", "inbox", "--all").out,
              "bob sees a voice message")
        media, sound = saved(w, "bob", "audio/")
        check(media["duration_ms"] == 12000 and sound.startswith(b"OggS") and
              b"OpusHead" in sound, media)
        # It is clean: a program passes it on as it is, and so does a page.
        with open(w.path("memo.ogg"), "wb") as f:
            f.write(sound)
        w.csok("bob", "send", "ann", "--voice", w.path("memo.ogg"))
        media, back = received(w, ann, "audio/")
        check(back == sound and media["duration_ms"] == 12000, media)
        ann.do("send", to="bob", voice=put(ann, sound))
        ann.do("send_files")
        check(saved(w, "bob", "audio/")[1] == sound, "the same from the page")


def bomb():
    """A PNG that says that it is 60,000 pixels wide and high."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + \
            struct.pack(">I", zlib.crc32(kind + data))
    return b"\x89PNG\r\n\x1a\n" + \
        chunk(b"IHDR", struct.pack(">IIBBBBB", 60000, 60000, 8, 6, 0, 0, 0)) + \
        chunk(b"IDAT", zlib.compress(bytes(1000000))) + chunk(b"IEND", b"")


def test_hostile():
    with Web() as w:
        ann = meet(w)
        jpeg = read(make_photo(w, "p.jpg"))
        heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(1000)
        for data, code in ((jpeg[:len(jpeg) // 2], "format"),
                           (b"\xff\xd8\xff\xe0" + bytes(1000), "format"),
                           (bomb(), "limit"), (heic, "unsupported"),
                           (b"no photo", "type")):
            e = refused(ann.do, "send", to="bob", photo=put(ann, data))
            check(e.code == code and "engine" not in e.sentence, str(e))
            check(ann.do("state")["online"], "the engine goes on")
        write_wav(w.path("cut.wav"), 1)
        for data, code in ((read(w.path("cut.wav"))[:40], "format"),
                           (b"OggS, and no more", "format"), (jpeg, "type")):
            e = refused(ann.do, "send", to="bob", voice=put(ann, data))
            check(e.code == code, str(e))
        check(not [m for m in w.inbox("bob", "--all") if m.get("media")],
              "nothing was sent")
        ann.do("send", to="bob", photo=put(ann, jpeg))
        ann.do("send_files")
        check(saved(w, "bob", "image/jpeg"), "what is whole is sent")


def test_read_while_a_photo_is_cleaned():
    with Web() as w:
        ann = meet(w)
        photo = put(ann, read(make_photo(w, "p.jpg", size=(3000, 2000))))
        call = ann.ask(method="send", take={"to": "bob", "photo": photo})
        reads = 0
        while call not in ann.answers:
            ann.do("state")
            reads += 1
        ann.answer(call)
        check(reads > 3, "reads are answered meanwhile: %d" % reads)


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
