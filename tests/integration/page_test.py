#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The local page's methods: the messenger by HTTP on this machine."""
import json
import os
import time

from line import Line
from page import Page, Refused
from world import World, check, main, photo


def refused(p, method, **take):
    try:
        p.do(method, **take)
    except Refused as e:
        return e
    raise AssertionError("%s was done" % method)


def test_join_and_talk():
    """Somebody joins in a browser, and talks to a command line."""
    with World() as w:
        w.join("bob")
        with Page(w, w.home("ann")) as p:
            check(p.do("state")["phase"] == "none", "nobody yet")
            p.do("join", link=w.invite(), name="ann")
            me = p.do("state")
            check(me["phase"] == "open" and me["name"] == "ann" and
                  me["words_here"], "joined: %s" % me)
            words = p.do("words")["words"]
            check(len(words.split()) == 12, "twelve words")
            check(p.do("words_check", words=words)["right"], "right words")
            check(not p.do("words_check", words="a b c")["right"], "wrong")
            p.do("words_forget")
            p.do("connect")
            e = refused(p, "send", to="bob", text="hello")
            check("bob" in e.sentence, "asks first: %s" % e)
            sent = p.do("send", to="bob", text="hello", begin=True)
            check(not sent["waits"], "sent")
            w.csok("bob", "inbox")
            w.csok("bob", "accept", "ann")
            w.csok("bob", "send", "ann", "hello ann")
            found = p.until(lambda l: l and l[0]["unread"] == 1,
                            "conversations")
            check(found[0]["last"]["text"] == "hello ann", "the last")
            c = found[0]["id"]
            page = p.do("messages", id=c)
            texts = [m["text"] for m in page if m["kind"] != "notice"]
            check(texts == ["hello", "hello ann"], "%s" % texts)
            first = p.do("listing")
            check(first["whole"] and first["conversations"] == found and
                  [q["name"] for q in first["people"]] == ["bob"], "%s" % first)
            p.do("seen", id=c, last=page[-1]["id"])
            check(p.do("conversations")[0]["unread"] == 0, "seen")
            then = p.do("listing", since=first["now"])
            check([l["unread"] for l in then["conversations"]] == [0],
                  "what changed: %s" % then)
            p.do("draft", id=c, text="half a ")
            check(p.do("conversations")[0]["draft"] == "half a ", "draft")
            p.do("shelve", id=c, pinned=True, muted=False, archived=True)
            l = p.do("conversations")[0]
            check(l["pinned"] and l["archived"] and "muted" not in l and
                  l["draft"] == "half a ", "shelf: %s" % l)
            # Other commands use the folder meanwhile.
            w.csok("ann", "send", "bob", "by command")
            p.until(lambda l: l[0]["last"]["text"] == "by command",
                    "conversations")


def test_pages():
    """Pages before, after and around a message, without gaps."""
    with World() as w:
        w.join("ann", "bob")
        w.friends("ann", "bob")
        w.ok("flood", w.home("bob"), "ann", 0, 40)
        w.csok("ann", "inbox")
        with Page(w, w.home("ann")) as p:
            p.do("open")
            c = p.do("conversations")[0]["id"]
            last = p.do("messages", id=c, most=10)
            check(len(last) == 10, "ten")
            before = p.do("messages", id=c, most=10, before=last[0]["id"])
            both = [m["text"] for m in before + last]
            check(both == sorted(both) and len(set(both)) == 20, "%s" % both)
            after = p.do("messages", id=c, most=9, after=before[0]["id"])
            check([m["id"] for m in after] == [m["id"] for m in before[1:]],
                  "after")
            around = p.do("messages", id=c, most=10, around=last[0]["id"])
            check([m["id"] for m in around] ==
                  [m["id"] for m in before[5:] + last[:5]], "around")
            check(len(p.do("search", words=["message", "00013"])) == 1,
                  "found")
            check(len(p.do("search", words=["TELEPHONE"], most=7)) == 7,
                  "the newest")


def test_photos_and_reports():
    """A threat in a request: no photo, a report with proof, in the page."""
    with World(desk=True) as w:
        w.join("ann", "bob", "eve")
        w.friends("ann", "bob")
        photo(w.path("a.png"), 320, 200)
        with Page(w, w.home("ann")) as p:
            p.do("open")
            p.do("connect")
            with open(w.path("a.png"), "rb") as f:
                name = p.put(f.read())
            p.do("send", to="bob", photo=name, text="look")
            p.do("send_files")
            got = [m for m in w.inbox("bob") if m.get("media")]
            check(got and got[0]["text"] == "look", "came")
            w.csok("bob", "send", "ann", "--photo", w.path("a.png"), "back")
            with_media = lambda l: [c for c in l if c.get("last", {}).get(
                "media") and c["last"]["kind"] == "received"]
            c = with_media(p.until(with_media, "conversations"))[0]
            file = p.do("fetch", id=c["last"]["id"])["file"]
            check(len(p.get(file)) > 1000, "the photo")
            status, _, _ = p.ask("GET", "/api/get?file=" + file)
            check(status == 404, "once only")
            w.csok("eve", "send", "ann", "--photo", w.path("a.png"),
                   "I will find you", "--new")
            asks = lambda l: [x for x in l if x["state"] == "request" and
                              x.get("last", {}).get("media")]
            ask = asks(p.until(asks, "conversations"))[0]
            e = refused(p, "fetch", id=ask["last"]["id"])
            check("accept" in e.sentence, "no photo before: %s" % e)
            lines = p.do("report_prepare", ids=[ask["last"]["id"]],
                         reason="harassment")["lines"]
            check(any("I will find you" in l for l in lines), "%s" % lines)
            check(len(p.do("report_send")["id"]) == 32, "sent")
            check(refused(p, "report_send").code == "misuse", "once")
            w.desk_reports(1)
            check(p.do("reports")[0]["reason"] == "harassment", "listed")
            p.do("block", name="eve")


def test_reads_while_a_call_waits():
    """What is stored is shown while the hub is waited for."""
    with World() as w, Line(w.port) as line:
        w.join("bob")
        w.csok("ann", "join", line.through(w.invite()), "--name", "ann")
        w.friends("ann", "bob")
        with Page(w, w.home("ann")) as p:
            p.do("open")
            line.stalled = True
            call = p.begin("connect")
            for _ in range(5):
                began = time.monotonic()
                check(p.do("conversations")[0]["name"] == "bob", "read")
                check(time.monotonic() - began < 5, "at once")
            line.stalled = False
            p.end(call)
            check(p.do("state")["online"], "online")


def test_nobody_else_asks():
    """Another page, another host, a second use of the link: refused."""
    with World() as w:
        w.join("ann")
        with Page(w, w.home("ann")) as p:
            def status(method="POST", path="/api/do", **headers):
                h = {k.replace("_", "-"): v for k, v in headers.items()}
                return p.ask(method, path, {"method": "state"}, h)[0]
            check(status() == 200, "the page")
            check(status(Host="evil.example:%d" % p.port) == 403, "rebound")
            check(status(Origin="https://evil.example") == 403, "origin")
            check(status(X_CSRF_Token=None) == 403, "no header")
            check(status(Cookie="") == 401, "no cookie")
            check(status(Cookie="countersign-page=" + "0" * 32) == 401,
                  "another cookie")
            check(p.ask("POST", "/api/begin",
                        {"token": p.token})[0] == 403, "the link again")
            check(p.ask("GET", "/api/get?file=../client.db")[0] == 404,
                  "no way out")
            code, _, headers = p.ask("GET", "/")
            check(code == 200 and "trusted-types" in
                  headers["Content-Security-Policy"], "the page's policy")
            for bad in ({"method": "nothing"}, {"method": 7}, {}, [],
                        {"method": "messages", "take": {"id": 5}},
                        {"method": "messages", "take": {"id": "x",
                                                        "more": 1}},
                        {"method": "send", "take": {"to": "a\0b"}}):
                code, data, _ = p.ask("POST", "/api/do", bad)
                check(code == 400 or b"error" in data or b"ticket" in data,
                      "%s: %d %r" % (bad, code, data))
            check(p.ask("POST", "/api/do", b"{" * 100000)[0] == 400, "deep")
            check(status() == 200, "still there")


def test_locked():
    """A passphrase opens it; a lock closes it; a wipe ends it."""
    with World() as w:
        w.join("ann")
        with Page(w, w.home("ann")) as p:
            p.do("open")
            check(refused(p, "lock").code == "misuse", "no passphrase yet")
            check(refused(p, "log_accept").code == "not-found" and
                  "log" not in p.do("state"), "the hub was not caught")
            p.do("passphrase", passphrase="a long passphrase")
            p.do("lock")
            check(p.do("state")["phase"] == "locked", "locked")
            check(refused(p, "conversations").code == "passphrase", "closed")
            check("passphrase" in refused(
                p, "open", passphrase="a wrong passphrase").sentence, "wrong")
            p.do("open", passphrase="a long passphrase")
            check(p.do("state")["phase"] == "open", "open")
            p.do("wipe")
            check(p.do("state")["phase"] == "none", "nothing")
            check(not os.listdir(w.home("ann")), "nothing is left")


def test_join_after_a_failure():
    """A used-up link; then a good one, and the passphrase is there."""
    with World() as w:
        used = w.invite()
        w.csok("bob", "join", used, "--name", "bob")
        with Page(w, w.home("ann")) as p:
            refused(p, "join", link=used, name="ann")
        with Page(w, w.home("ann")) as p:
            refused(p, "open")
            check(p.do("state")["phase"] == "none", "nobody is there yet")
            p.do("join", link=w.invite(), name="ann",
                 passphrase="a long passphrase")
            p.do("lock")
            check(p.do("state")["phase"] == "locked", "locked")
            check("passphrase" in refused(p, "open").sentence, "protected")


def test_a_second_device():
    """Two pages compare a number; the new one gets what was said before."""
    with World() as w:
        w.join("ann", "bob")
        w.friends("ann", "bob")
        w.csok("bob", "send", "ann", "from before")
        with Page(w, w.home("ann")) as old, Page(w, w.home("new")) as new:
            old.do("open")
            old.do("connect")
            code = old.do("link_begin")["code"]
            asks = new.begin("join_device", code=code, name="phone",
                             history=True)
            got = old.until(lambda g: g.get("number"), "link_wait")
            check(got["name"] == "phone" and got["wants_history"], "%s" % got)

            def number():
                new.poll()
                return [e["number"] for e in new.events
                        if e["event"] == "check_number"]
            until = time.monotonic() + 30
            while not number():
                check(time.monotonic() < until, "a number on the new one")
                time.sleep(0.1)
            check(number() == [got["number"]], "the same number")
            check(refused(old, "link_agree", history="yes").code == "format",
                  "checked")
            old.do("link_agree", history=True)
            new.end(asks)
            new.do("connect")
            both = [old, new]
            while both:
                both = [p for p in both if p.do("history")["state"] != "done"]
                check(time.monotonic() < until + 60, "the history comes")
            found = new.do("search", words=["before"])
            check([m["text"] for m in found] == ["from before"], "%s" % found)
            names = [d["name"] for d in old.do("devices")]
            check(sorted(names) == ["", "phone"], "%s" % names)


def test_group_by_link():
    """Somebody asks by a link, and is let in from a page."""
    with World() as w:
        w.join("ann", "bob", "cleo")
        w.friends("ann", "bob")
        photo(w.path("a.png"), 700, 500)
        with Page(w, w.home("ann")) as p, Page(w, w.home("cleo")) as q:
            p.do("open")
            p.do("connect")
            q.do("open")
            q.do("connect")
            p.do("group_new", name="village", people=["bob"])
            group = [c for c in p.do("conversations") if not c["direct"]][0]
            link = p.do("group_link", id=group["id"], what="show")["link"]
            q.do("group_ask", link=link, text="It is me, from the well.")
            asks = p.until(lambda a: a, "group_asks", id=group["id"])
            check(asks[0]["name"] == "cleo" and
                  asks[0]["text"] == "It is me, from the well.", "%s" % asks)
            p.do("group_approve", id=group["id"], name="cleo", begin=True)
            there = q.until(lambda l: [c for c in l if c["state"] == "active"],
                            "conversations")
            check(there[0]["name"] == "village", "%s" % there)
            with open(w.path("a.png"), "rb") as f:
                name = p.put(f.read())
            p.do("group_picture", id=group["id"], photo=name)
            q.until(lambda l: l[0].get("picture"), "conversations")
            file = q.do("group_picture_get", id=there[0]["id"])["file"]
            check(q.get(file)[:2] == b"\xff\xd8", "a JPEG")
            members = q.do("conversation", id=there[0]["id"])["members"]
            check(sorted(m["name"] for m in members) ==
                  ["ann", "bob", "cleo"], "%s" % members)


def test_people_and_groups():
    """Names of one's own, safety numbers, roles, leaving; all that is left."""
    with World() as w:
        w.join("ann", "bob", "cleo", "dan")
        w.friends("ann", "bob")
        with Page(w, w.home("ann")) as p, Page(w, w.home("dan")) as q:
            p.do("open")
            p.do("connect")
            p.do("alias", id="bob", alias="brother")
            (bob,) = [x for x in p.do("people") if x["name"] == "bob"]
            check(bob["alias"] == "brother", "%s" % bob)
            digits = p.do("safety_number", name="bob")["digits"]
            told = w.csok("bob", "safety-number", "ann").out
            check(digits in "".join(c for c in told if c.isdigit()),
                  "both read the same: %s %s" % (digits, told))
            check(refused(p, "accept_new_key", name="bob").code != "",
                  "there is none")
            direct = p.do("conversations")[0]["id"]
            p.do("timer", id=direct, seconds=3600)
            mid = p.do("send", to="bob", text="for an hour")["id"]
            (m,) = p.do("search", words=["hour"])
            check(m["expires_ms"] > time.time() * 1000, "%s" % m)
            p.do("delete", id=mid)
            (m,) = [m for m in p.do("messages", id=direct)
                    if m.get("id") == mid]
            check(m["deleted"], "taken back: %s" % m)

            p.do("group_new", name="village", people=["bob"])
            (g,) = [c["id"] for c in p.do("conversations") if not c["direct"]]
            p.do("group_add", id=g, people=["cleo"], begin=True)
            p.do("group_policy", id=g, add=True, rename=True, timer=True,
                 write=False)
            kept = p.do("conversation", id=g)["kept"]
            check(kept["add"] and kept["timer"] and not kept["write"],
                  "%s" % kept)
            link = p.do("group_link", id=g, what="new")["link"]
            q.do("open")
            q.do("connect")
            q.do("group_ask", link=link)
            (own,) = q.do("own_asks")
            check(own["state"] == "waits", "%s" % own)
            asks = p.until(lambda a: a, "group_asks", id=g)
            p.do("group_refuse", id=g, name=asks[0]["name"])
            check(p.do("group_asks", id=g) == [], "refused")
            check(refused(p, "group_repair", id=g).code != "",
                  "nothing is wrong with it")
            p.do("group_leave", id=g)
            (g,) = [c for c in p.do("conversations") if not c["direct"]]
            check(g["state"] in ("left", "leaving"), "%s" % g)


def test_words_and_backups():
    """New words, a device that ends, a backup and the way back."""
    with World() as w:
        w.join("bob")
        with Page(w, w.home("ann")) as p:
            p.do("join", link=w.invite(), name="ann")
            p.do("connect")
            first = p.do("words")
            p.do("words_forget")
            p.do("words_renew", words=first["words"])
            second = p.do("words")
            check(second["words"] != first["words"], "others")
            p.do("words_forget")
            p.do("send", to="bob", text="remember the well", begin=True)
            file = p.do("backup", passphrase="a long enough one")["file"]
            saved = p.get(file)
            check(b"well" not in saved, "sealed")
        with Page(w, w.home("again")) as q:
            e = refused(q, "recover", link=second["link"],
                        words=first["words"], device_name="new")
            check(q.do("state")["phase"] == "none", "%s %s" % (q.do("state"), e))
            q.do("recover", link=second["link"], words=second["words"],
                 device_name="new", remove_others=True)
            q.do("connect")
            devices = q.do("devices")
            check([d["name"] for d in devices] == ["new"], "%s" % devices)
            check(refused(q, "device_remove", id=devices[0]["id"]).code != "",
                  "one stays")
            q.do("link_begin")
            q.do("link_end")
            name = q.put(saved)
            check(refused(q, "restore", file=name,
                          passphrase="another one").code != "", "sealed")
            name = q.put(saved)
            got = q.do("restore", file=name, passphrase="a long enough one")
            check(got["messages"] == 1, "%s" % got)
            check(q.do("search", words=["well"]), "it is back")
            # This hub sends no pushes: it lets no page in.
            check(q.do("push_key")["key"] == "", "none")
            check(refused(q, "push_set", endpoint="https://x", p256dh="x",
                          auth="x").code == "format", "no key")
            q.do("push_clear")
            q.do("account_leave")
            check(w.cs("bob", "send", "ann", "are you there?").status != 0,
                  "nobody is there")


def test_desk_and_member():
    """A question and its answer, a second look; a decision and an appeal."""
    with World(desk=True) as w:
        w.join("ann", "bob")
        w.friends("ann", "bob")
        w.csok("bob", "send", "ann", "for sale")
        with Page(w, w.home("ann")) as p, Page(w, w.home("bob")) as q:
            for x in (p, q):
                x.do("open")
                x.do("connect")
            found = p.until(lambda m: m, "search", words=["sale"])
            file = p.do("evidence", ids=[found[0]["id"]])["file"]
            with open(w.path("open.csev"), "wb") as f:
                f.write(p.get(file))
            told = w.ok("countersign-verify", w.path("open.csev"),
                        "--operator-key", w.operator_key()).out
            check("for sale" in told, told)
            p.do("report_prepare", ids=[found[0]["id"]], reason="fraud")
            w.stop("desk")  # desk-act plays it
            rid = p.do("report_send")["id"]
            check(refused(p, "report_reply", id=rid, text="what?").code != "",
                  "nothing was asked")
            w.ok("desk-act", w.desk, "ask", rid, "When was that?")
            p.until(lambda r: r[0]["question"] == "When was that?", "reports")
            p.do("report_reply", id=rid, text="Yesterday.")
            w.ok("desk-act", w.desk, "decide", rid, "4")
            p.until(lambda r: r[0]["can_ask_again"], "reports")
            p.do("second_look", id=rid, text="Look at the photo.")
            check(refused(p, "second_look", id=rid).code != "", "once")

            account = q.do("state")["account"]
            w.ok("desk-act", w.desk, "act", "warn", account,
                 "reason=harassment", "facts=Insults")
            (n,) = q.until(lambda n: n, "notices")
            check(n["can_appeal"] and n["facts"] == "Insults", "%s" % n)
            q.do("appeal", id=n["id"], text="It was not me.")
            check(q.do("notices")[0]["appeal"] == "sent", "sent")


def test_every_method():
    """Each of the table is called by one of these tests."""
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "../../src/member/methods.json"),
              encoding="utf-8") as f:
        methods = [m["name"] for m in json.load(f)["methods"]]
    called = ""
    for name in ("page_test.py", "../wasm/member_test.py",
                 "../wasm/cut_test.py", "../wasm/cut.mjs",
                 "../unit/member/member_test.c"):
        with open(os.path.join(here, name), encoding="utf-8") as f:
            called += f.read()
    left = [m for m in methods if '"%s"' % m not in called]
    check(left == [], "nothing calls %s" % " ".join(left))


main()
