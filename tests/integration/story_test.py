# SPDX-License-Identifier: MIT
"""Two, then four people talk; one is reported, disabled, and gone."""
import hashlib
import json
import os
import time

from world import STUCK_S, Failed, World, check, main, photo

SCRIPTS = [
    "Hello, \u0441\u0430\u043b\u0430\u043c, \u4f60\u597d",
    "\u0627\u0644\u0633\u0644\u0627\u0645 \u0639\u0644\u064a\u0643\u0645",
    "\u0633\u06b5\u0627\u0648\u060c \u0686\u06c6\u0646\u06cc\u061f "
    "Roj ba\u015f, \u00e7awa y\u00ee?",
    "\U0001f642 \U0001f469\u200d\U0001f469\u200d\U0001f467 "
    "\U0001f3f3\ufe0f\u200d\U0001f308",
    "two\nlines\tand \"quotes\" \\ %s",
]


def test_two_and_a_group_of_four():
    with World() as w:
        names = ("alice", "bob", "carol", "dave")
        w.join(*names)
        w.friends(*names)
        for text in SCRIPTS:
            w.csok("alice", "send", "bob", text)
        w.csok("alice", "send", "bob", "-", stdin="from a pipe\n".encode())
        check(w.texts("bob") == SCRIPTS + ["from a pipe"], "texts of two")

        w.csok("alice", "group", "new", "family", "bob", "carol", "dave")
        big = w.path("big.bin")
        with open(big, "wb") as f:
            f.write(os.urandom(20 << 20))
        pic = w.path("pic.jpg")
        photo(pic, 2048, 1536)
        # Dave is away for all of it.
        w.csok("bob", "inbox")
        first = w.csok("bob", "send", "family", SCRIPTS[1]).out.strip()
        w.csok("carol", "inbox")
        w.csok("carol", "send", "family", "answer", "--reply", first)
        w.csok("alice", "send", "family", "--photo", pic, "a photo")
        w.csok("alice", "send", "family", "--file", big)
        w.csok("alice", "send", "family", "the end")

        seen = [m for m in w.inbox("dave") if m["kind"] == "received"]
        check([m.get("text") for m in seen] ==
              [SCRIPTS[1], "answer", "a photo", "", "the end"],
              "all of it, in order: %s" % seen)
        check(seen[1]["reply_to"] == seen[0]["id"], "the answer's answer")
        numbers = [m["number"] for m in seen]
        check(numbers == sorted(set(numbers)), "numbers grow")
        check(w.texts("dave") == [], "and once")

        w.csok("dave", "save", seen[2]["id"], "-o", w.path("pic-dave"))
        w.csok("dave", "save", seen[3]["id"][:12], "-o", w.path("big-dave"))
        with open(big, "rb") as a, open(w.path("big-dave"), "rb") as b:
            check(a.read() == b.read(), "20 MiB whole")
        with open(w.path("pic-dave"), "rb") as f:
            data = f.read()
        check(len(data) == seen[2]["media"][0]["size"], "photo whole")
        check(data[:2] == b"\xff\xd8" and data[-2:] == b"\xff\xd9", "a JPEG")


def test_group_changes():
    with World() as w:
        w.join("alice", "bob", "carol")
        w.friends("alice", "bob", "carol")
        w.csok("alice", "group", "new", "family", "bob")
        w.csok("alice", "send", "family", "before carol")
        w.csok("bob", "group", "add", "family", "carol")
        w.csok("alice", "send", "family", "with carol")
        check(w.texts("carol") == ["with carol"], "nothing from before")
        w.csok("alice", "group", "remove", "family", "carol")
        w.csok("bob", "inbox")
        w.csok("bob", "send", "family", "without carol")
        notices = [m["text"] for m in w.inbox("carol")
                   if m["kind"] == "notice"]
        check("alice removed you." in notices, "carol is told: %s" % notices)
        check(w.texts("carol") == [], "nothing from after")
        r = w.cs("carol", "send", "family", "hello?")
        check(r.status == 1, "carol cannot write there: %s" % r)
        check("without carol" in w.texts("alice"), "alice reads on")
        groups = w.csok("bob", "group", "list", "--json").lines()
        family = [g for g in groups if g["name"] == "family"]
        check(sorted(family[0]["members"]) == ["alice", "bob"], "members")


def test_requests():
    with World(desk=True) as w:
        w.join("alice", "bob", "carol")
        pic = w.path("pic.jpg")
        photo(pic, 640, 480)
        w.csok("alice", "send", "bob", "--photo", pic, "you don't know me")
        got = w.csok("bob", "requests", "--json").lines()
        check([m["text"] for m in got] == ["you don't know me"], "a request")
        check(got[0]["request"] is True, "marked as one")
        r = w.cs("bob", "save", got[0]["id"], "-o", w.path("x"))
        check(r.status != 0 and "accept" in r.err, "no photo yet: %s" % r)
        check(not os.path.exists(w.path("x")), "nothing written")
        # A second first message has to wait, as does a new conversation.
        w.csok("bob", "report", got[0]["id"], "--reason", "harassment",
               "--yes")
        check(w.desk_reports(1)[0]["state"] == "open", "before accepting")
        w.csok("bob", "accept", "alice")
        w.csok("bob", "save", got[0]["id"], "-o", w.path("x"))
        w.csok("bob", "report", got[0]["id"], "--reason", "spam", "--yes")
        check(w.desk_reports(2)[1]["repeats"] is True, "and after, known")

        w.csok("bob", "block", "alice")
        w.csok("alice", "send", "bob", "are you there?")
        check(w.texts("bob") == [], "blocked")
        w.csok("bob", "settings", "unknown-senders", "refuse")
        r = w.cs("carol", "send", "bob", "hello")
        unknown = w.cs("carol", "send", "nobody", "hello")
        check(r.status == unknown.status == 1, "refused: %s" % r)
        check(r.err.replace("bob", "nobody") == unknown.err,
              "refusing looks like not being there: %s" % r)
        w.csok("bob", "settings", "unknown-senders", "request")
        w.csok("carol", "send", "bob", "hello")
        check(w.texts("bob") == ["hello"], "may ask again")


def report_world(w):
    """Bob has a photo message of Alice's and has reported it."""
    names = ("alice", "bob", "carol", "dave")
    w.join(*names)
    w.friends(*names)
    w.csok("alice", "group", "new", "family", "bob", "carol", "dave")
    pic = w.path("pic.jpg")
    photo(pic, 1600, 1004)
    w.csok("bob", "inbox")
    w.csok("bob", "send", "family", "good morning")
    w.csok("alice", "inbox")
    w.csok("alice", "send", "family", "--photo", pic, "for sale")
    w.csok("carol", "inbox")
    w.csok("carol", "send", "family", "what is this?")
    w.csok("alice", "send", "family", "ask me for the price")
    ids = [m["id"] for m in w.inbox("bob")
           if m["kind"] == "received" and m["from"] == "alice"]
    r = w.csok("bob", "report", *ids, "--reason", "trafficking",
               "--note", "the girl in the photo is my cousin", "--yes")
    check("for sale" in r.out and "what is this?" not in r.out and
          "1 other entry" in r.out, "shows what leaves: %s" % r)
    return ids


def test_report_verifies():
    with World(desk=True) as w:
        ids = report_world(w)
        report = w.desk_reports(1)[0]
        check(report["state"] == "open" and report["reported"] == "alice" and
              report["messages"] == 2 and report["files"] == 1, str(report))
        # The desk stores a report, and then fetches what it names.
        deadline = time.monotonic() + STUCK_S
        while not os.listdir(os.path.join(w.desk, "files")):
            check(time.monotonic() < deadline, "the desk fetches the photo")
            time.sleep(0.05)
        show = w.ok("countersign-desk", "show", report["id"], "--desk",
                    w.desk, "--files", w.path("files"))
        check("for sale" in show.out and "my cousin" in show.out, "the text")
        check("NOT" not in show.out.split("All of it")[0], show.out)
        w.csok("bob", "save", ids[0], "-o", w.path("bobs"))
        (name,) = os.listdir(w.path("files"))
        with open(w.path("files", name), "rb") as a, \
                open(w.path("bobs"), "rb") as b:
            check(a.read() == b.read(), "the photo")
        w.ok("countersign-desk", "verify", w.desk, report["id"])
        w.ok("countersign-desk", "evidence", w.desk, report["id"], "-o",
             w.path("e.csev"))
        key = w.operator_key()
        proved = w.ok("countersign-verify", w.path("e.csev"),
                      "--operator-key", key, "--json")
        check(json.loads(proved.out)["all_proved"] is True, "offline")
        with open(w.path("e.csev"), "rb") as f:
            check("what is this?".encode() not in f.read(), "carol's words")
        other = "A" * 43
        r = w.run("countersign-verify", w.path("e.csev"), "--operator-key",
                  other)
        check(r.status in (1, 64), "another operator: %s" % r)
        states = w.csok("bob", "reports", "--json").lines()
        check(states[0]["state"] == "received", "bob hears: %s" % states)


def test_every_byte_counts():
    """One flipped byte, anywhere in the bundle, is never all proved.  (The
    unit test flips all of them in one process; here the program, a sample.)"""
    with World(desk=True) as w:
        report_world(w)
        report = w.desk_reports(1)[0]
        w.ok("countersign-desk", "evidence", w.desk, report["id"], "-o",
             w.path("e.csev"))
        with open(w.path("e.csev"), "rb") as f:
            data = f.read()
        key = w.operator_key()
        step = max(1, len(data) // 150)
        for i in range(0, len(data), step):
            with open(w.path("x.csev"), "wb") as f:
                f.write(data[:i] + bytes([data[i] ^ 1]) + data[i + 1:])
            r = w.run("countersign-verify", w.path("x.csev"),
                      "--operator-key", key)
            check(r.status in (1, 2), "byte %d: %s" % (i, r))
        for cut in (0, 1, 8, len(data) // 2, len(data) - 1):
            with open(w.path("x.csev"), "wb") as f:
                f.write(data[:cut])
            r = w.run("countersign-verify", w.path("x.csev"),
                      "--operator-key", key)
            check(r.status == 2, "cut at %d: %s" % (cut, r))


def test_export_sealed():
    with World(desk=True) as w:
        ids = report_world(w)
        public = w.ok("countersign-verify", "--new-key",
                      w.path("key")).out.strip()
        w.csok("bob", "export", *ids, "-o", w.path("s.csev"), "--to-key",
               public)
        key = w.operator_key()
        r = w.run("countersign-verify", w.path("s.csev"), "--operator-key",
                  key)
        check(r.status == 2, "sealed to somebody: %s" % r)
        w.ok("countersign-verify", w.path("s.csev"), "--operator-key", key,
             "--key-file", w.path("key"), "--extract", w.path("out"))
        w.csok("bob", "export", ids[0], "-o", w.path("o.csev"), "--open")
        w.ok("countersign-verify", w.path("o.csev"), "--operator-key", key)
        found = []
        for root, _, files in os.walk(w.path("out")):
            found += [os.path.join(root, f) for f in files]
        w.csok("bob", "save", ids[0], "-o", w.path("bobs"))
        with open(w.path("bobs"), "rb") as f:
            digest = hashlib.sha256(f.read()).digest()
        digests = []
        for name in found:
            with open(name, "rb") as f:
                digests.append(hashlib.sha256(f.read()).digest())
        check(digest in digests, "the photo is inside: %s" % found)


def test_disabled():
    with World(desk=True) as w:
        report_world(w)
        report = w.desk_reports(1)[0]
        statement = "Offering a person for sale. You can appeal."
        r = w.ok("countersign-desk", "act", w.desk, report["id"], "disable",
                 "--reason", "trafficking", "--statement", statement)
        check("applied by the hub" in r.out, str(r))
        r = w.cs("alice", "send", "family", "still here")
        check(r.status == 77 and "trafficking" in r.err and
              statement in r.err, "told why: %s" % r)
        r = w.cs("alice", "follow")
        check(r.status == 77 and statement in r.err, "no login: %s" % r)
        r = w.cs("alice", "inbox", "--all")
        check(r.status == 0 and statement in r.err, "may read what is there")
        # The next member who comes online commits the hub's proposals.
        w.csok("carol", "send", "family", "is she gone?")
        for name in ("bob", "dave", "carol"):
            notices = [m["text"] for m in w.inbox(name, "--all")
                       if m["kind"] == "notice" and
                       m["conversation"] == "family"]
            check("alice was removed by the operator of localhost." in
                  notices, "%s sees it: %s" % (name, notices))
        w.csok("dave", "send", "family", "yes")
        check("yes" in w.texts("bob"), "the others talk on")
        for name in ("bob", "carol", "dave"):
            groups = w.csok(name, "group", "list", "--json").lines()
            family = [g for g in groups if g["name"] == "family"]
            check(sorted(family[0]["members"]) == ["bob", "carol", "dave"],
                  "%s: %s" % (name, family))
        states = w.csok("bob", "reports", "--json").lines()
        check(states[0]["state"] == "acted", str(states))
        # A wrong decision is taken back.
        w.ok("countersign-desk", "act", w.desk, report["id"], "enable",
             "--statement", "It was a mistake.")
        w.csok("alice", "inbox")


if __name__ == "__main__":
    main()
