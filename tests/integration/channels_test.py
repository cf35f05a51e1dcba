# SPDX-License-Identifier: MIT
"""Channels: what a member makes readable for everybody, read and reported
without an account, judged by the desk like anything else."""
import json
import os
import re
import sqlite3
import urllib.parse
import xml.etree.ElementTree as ElementTree

from console import DeskWorld
from desk_cases_test import decide, settled
from desk_notices_test import answer, ask, notice
from public_site import Pages, Site, field
from world import check, main, photo

ATOM = "{http://www.w3.org/2005/Atom}"


class Square(Pages, DeskWorld):
    """A hub, its site and a desk."""


def begin(w, name, group="News", *more):
    """The path of a new channel's page."""
    link = json.loads(w.csok(name, "channel", "new", group, "--yes", "--json",
                             *more).out)["link"]
    check(re.fullmatch("https?://localhost:[0-9]+/c/[0-9a-f]{32}", link),
          "a link: %s" % link)
    return link[link.index("/c/"):]


def post(w, name, *args, group="News"):
    return json.loads(w.csok(name, "channel", "post", group, *args,
                             "--json").out)


def meddle(w, name, *args):
    """What the hub says to a member whose program does as it likes."""
    r = w.run("meddler", w.home(name), *args)
    check(r.status == 0, "meddler: %s" % r)
    return r.out.strip()


def export(w, name, mid, *more):
    """Evidence of a message, open, in a file."""
    kept = w.path("%s-%s.csev" % (name, mid[:8]))
    w.csok(name, "export", mid, *more, "-o", kept, "--open", "--force")
    return kept


def changed(w, kept, at):
    """The same with one bit of it turned."""
    with open(kept, "rb") as f:
        data = bytearray(f.read())
    data[at] ^= 1
    with open(w.path("twin.csev"), "wb") as f:
        f.write(data)
    return w.path("twin.csev")


def set_conf(w, line):
    """Another line for hub.conf, and the hub anew."""
    w.stop("hub")
    with open(os.path.join(w.hub, "hub.conf"), "a") as f:
        f.write(line + "\n")
    w.start_hub()


def test_read():
    """A post with a photo, read by whoever has the link; proved with the
    operator's key alone; changed, taken back, ended."""
    with Site() as w:
        w.join("alice", "bob")
        path = begin(w, "alice", "News", "--title", "News of the <valley>")
        check("shows nothing" not in w.get(path), "an empty page")
        pic = w.path("pic.jpg")
        photo(pic, 640, 480)
        first = post(w, "alice", "The road is open & dry.")
        second = post(w, "alice", "--photo", pic, "the bridge")
        page = w.get(path)
        check("News of the &lt;valley&gt;" in page and
              "The road is open &amp; dry." in page and "alice" in page and
              "the bridge" in page, page)
        check(page.index("the bridge") < page.index("The road"), "newest first")
        check("bob" not in page, "nobody else is on it")
        # The photo is an image and nothing else, from a fixed list of types.
        status, headers, data = w.raw("GET", "%s/%d/1" % (
            path, second["post"]))
        check(status == 200 and headers["Content-Type"] == "image/jpeg" and
              headers["X-Content-Type-Options"] == "nosniff" and
              data[:2] == b"\xff\xd8", "%d %s" % (status, headers))
        # What can be taken away is proof, without this hub.
        for at, kept in ((first, "a.csev"), (second, "b.csev")):
            status, _, data = w.raw("GET", "%s/%d.csev" % (path, at["post"]))
            check(status == 200, "%d" % status)
            with open(w.path(kept), "wb") as f:
                f.write(data)
            r = w.run("countersign-verify", w.path(kept), "--operator-key",
                      w.operator_key())
            check(r.status == 0 and "alice" in r.out, "proof: %s" % r)
            with open(w.path(kept), "wb") as f:
                f.write(data[:-9] + bytes([data[-9] ^ 1]) + data[-8:])
            r = w.run("countersign-verify", w.path(kept), "--operator-key",
                      w.operator_key())
            check(r.status != 0, "a twin: %s" % r)
        feed = ElementTree.fromstring(w.get(path + ".atom"))
        check(len(feed.findall(ATOM + "entry")) == 2, "a feed")
        # A reader does not have to be one: nothing but the id is asked for.
        check(w.ask("GET", path[:-1] + ("0" if path[-1] != "0" else "1"))[0]
              == 404, "a link that leads nowhere")
        check(w.ask("GET", "%s/%d/2" % (path, second["post"]))[0] == 404,
              "no second photo")
        check(w.ask("GET", "%s/999/1" % path)[0] == 404, "no such post")
        # Another title; off the page; over.
        w.csok("alice", "channel", "change", "News", "--title", "Bridges")
        check("Bridges" in w.get(path), "renamed")
        w.csok("alice", "channel", "drop", "News", second["id"][:12])
        page = w.get(path)
        check("the bridge" not in page and "The road" in page, page)
        check(w.ask("GET", "%s/%d/1" % (path, second["post"]))[0] == 404,
              "its photo went, too")
        (ch,) = w.csok("alice", "channel", "list", "--json").lines()
        check(ch["group"] == "News" and ch["title"] == "Bridges" and
              ch["posts"] == 1 and ch["state"] == "open", ch)
        w.csok("alice", "channel", "end", "News", "--yes")
        status, page = w.ask("GET", path)
        check(status == 410 and "The road" not in page and "ended" in page,
              "%d %s" % (status, page))
        r = w.cs("alice", "channel", "post", "News", "more")
        check(r.status != 0 and "has ended" in r.err, r)
        check("more" not in [m.get("text") for m in w.inbox("alice", "--all")],
              "nor is it in the group")
        r = w.cs("alice", "channel", "new", "News", "--yes")
        check(r.status != 0, "for good: %s" % r)
        with w.db() as db:
            for table in ("post", "piece", "file"):
                check(db.execute("SELECT COUNT(*) FROM channel_" + table
                                 ).fetchone()[0] == 0, table)


def test_who_writes():
    """A member writes only where the owner lets them; nobody publishes the
    words of somebody else, a changed or a vanishing message."""
    with Site() as w:
        w.join("alice", "bob", "carol")
        w.friends("alice", "bob", "carol")
        w.csok("alice", "group", "new", "club", "bob", "carol")
        for name in ("bob", "carol"):
            w.csok(name, "inbox")
        said = w.csok("bob", "send", "club", "from before").out.strip()
        w.csok("alice", "inbox")
        r = w.cs("bob", "channel", "new", "club", "--yes")
        check(r.status != 0, "not his to make one: %s" % r)
        path = begin(w, "alice", "club")
        own = post(w, "alice", "one", group="club")
        r = w.cs("alice", "channel", "publish", "club", said)
        check(r.status != 0 and "own messages" in r.err, r)
        w.csok("bob", "inbox")
        r = w.cs("bob", "channel", "post", "club", "mine")
        check(r.status != 0, "only admins: %s" % r)
        r = w.cs("bob", "channel", "drop", "club", own["id"][:12])
        check(r.status != 0, "nor takes back: %s" % r)
        w.csok("alice", "group", "role", "club", "bob", "admin")
        w.csok("bob", "inbox")
        post(w, "bob", "by bob", group="club")
        # Again is the same post.
        again = json.loads(w.csok("alice", "channel", "publish", "club",
                                  own["id"][:12], "--json").out)
        check(again["post"] == own["post"], again)
        page = w.get(path)
        check(page.count("<article") == 2 and "by bob" in page and
              "from before" not in page, page)
        mid = w.csok("alice", "send", "club", "gone soon", "--expires",
                     "1d").out.strip()
        r = w.cs("alice", "channel", "publish", "club", mid)
        check(r.status != 0 and "vanishes" in r.err, r)
        mid = w.csok("alice", "send", "club", "wrogn").out.strip()
        w.csok("alice", "edit", mid, "wrong")
        r = w.cs("alice", "channel", "publish", "club", mid)
        check(r.status != 0 and "was changed" in r.err, r)
        r = w.cs("alice", "channel", "post", "club")
        check(r.status == 64 and "nothing to post" in r.err, r)
        r = w.cs("alice", "channel", "post", "nothing", "x")
        check(r.status != 0, "no such group: %s" % r)
        r = w.cs("carol", "channel", "new", "Own")
        check(r.status == 64 and "--yes" in r.err, "nobody unknowing: %s" % r)
        # Whoever leaves the hub takes along what they showed.
        w.csok("bob", "account", "leave", "--yes")
        page = w.get(path)
        check("by bob" not in page and page.count("<article") == 1, page)
        (ch,) = w.csok("alice", "channel", "list", "--json").lines()
        check(ch["posts"] == 1, ch)


def test_twins():
    """The hub shows nothing that it has not verified: evidence of one message,
    of that group, by the member who posts it, with the files it commits to."""
    with Site() as w:
        w.join("alice", "bob", "carol")
        w.friends("alice", "bob", "carol")
        w.csok("alice", "group", "new", "club", "bob")
        w.csok("bob", "inbox")
        path = begin(w, "alice", "club")
        channel = path[len("/c/"):]
        w.csok("alice", "group", "role", "club", "bob", "admin")
        w.csok("bob", "inbox")
        said = w.csok("alice", "send", "club", "said").out.strip()
        w.csok("bob", "inbox")
        good = export(w, "alice", said)
        check(meddle(w, "carol", "post", channel, good, "0") == "no-group",
              "no member")
        check(meddle(w, "alice", "post", "00" * 16, good, "0") == "channel",
              "no such channel")
        check(meddle(w, "bob", "post", channel, export(w, "bob", said),
                     "0") == "certificate", "the words of another")
        check(meddle(w, "alice", "post", channel,
                     export(w, "alice", said, "--with-name"), "0") ==
              "certificate", "signed by a reporter")
        size = os.path.getsize(good)
        for at in range(0, size, max(1, size // 23)):
            check(meddle(w, "alice", "post", channel, changed(w, good, at),
                         "0") == "certificate", "bit %d" % at)
        other = w.csok("alice", "send", "bob", "between us").out.strip()
        check(meddle(w, "alice", "post", channel, export(w, "alice", other),
                     "0") == "certificate", "of another group")
        two = w.csok("alice", "send", "club", "second").out.strip()
        check(meddle(w, "alice", "post", channel,
                     export(w, "alice", said, two), "0") == "certificate",
              "two messages")
        check("<article" not in w.get(path), "nothing of it is shown")
        # With a photo: all pieces, of that message, with its bytes.
        pic = w.path("pic.jpg")
        photo(pic, 640, 480)
        mid = w.csok("alice", "send", "club", "--photo", pic).out.strip()
        whole = export(w, "alice", mid)
        done = json.loads(w.csok("alice", "channel", "publish", "club", mid,
                                 "--json").out)
        seq = str(done["post"])
        w.csok("alice", "channel", "drop", "club", mid)
        check(meddle(w, "alice", "post", channel, whole, "0") == "malformed",
              "a head has no files")
        for n, bundle, want in (("0", changed(w, whole, -2000), "certificate"),
                                ("0", good, "certificate"),
                                ("1", whole, "malformed")):
            # Away from the hub a bundle has no files.
            w.stop("hub")
            with sqlite3.connect(os.path.join(w.hub, "hub.db")) as db:
                db.execute("DELETE FROM channel_piece")
            head = export(w, "alice", mid)
            w.start_hub()
            check(meddle(w, "alice", "piece", channel, seq, n, bundle) ==
                  "taken", "kept for an hour")
            check(meddle(w, "alice", "post", channel, head, "1") == want, want)
            whole = w.path("whole.csev")
            if n == "0":
                w.csok("alice", "export", mid, "-o", whole, "--open",
                       "--force")
        check(meddle(w, "alice", "piece", channel, seq, "40", good) ==
              "malformed", "too many")
        check(meddle(w, "bob", "piece", "00" * 16, seq, "0", good) ==
              "channel", "no such channel")
        check(meddle(w, "carol", "piece", channel, seq, "0", good) ==
              "no-group", "no member")
        check("<article" not in w.get(path), "nothing of it is shown")


def test_directory():
    """There is none unless the operator has one, and nobody is in it who does
    not want to be."""
    with Site() as w:
        w.join("alice")
        hidden = begin(w, "alice", "Hidden")
        shown = begin(w, "alice", "Shown", "--listed", "on")
        for group in ("Hidden", "Shown"):
            post(w, "alice", "x", group=group)
        status, page = w.ask("GET", "/c")
        check(status == 404 and shown not in page, page)
        set_conf(w, "directory on")
        page = w.get("/c")
        check(shown in page and hidden not in page, page)
        w.csok("alice", "channel", "change", "Shown", "--listed", "off")
        check(shown not in w.get("/c"), "not any more")


def report(w, path, seq, text="They sell a girl here."):
    """A report as a browser without scripts sends it; the page after it."""
    page = w.get("%s/%d/report?lang=en" % (path, seq))
    check("<script" not in page, "a page needs no script")
    to = re.search(r'<form[^>]* action="([^"?]*)', page).group(1)
    status, page = w.ask("POST", to + "?lang=en", urllib.parse.urlencode({
        "category": "trafficking", "text": text, "good_faith": "1"}), {
            "Content-Type": "application/x-www-form-urlencoded"})
    check(status == 200, "%d %s" % (status, page[:900]))
    return {"number": int(field(page, "Number")),
            "secret": field(page, "Secret"), "category": "trafficking"}


def state(w, receipt):
    return ask(w, "status", {"number": receipt["number"],
                             "secret": receipt["secret"]})["filings"]


def test_reported():
    """A stranger reports a post: the desk has proof, closes the channel, says
    why; and gives it back when an appeal shows that it was wrong."""
    with Square() as w:
        w.join("alice")
        anna, ben = w.person("anna"), w.person("ben", "senior")
        path = begin(w, "alice")
        pic = w.path("pic.jpg")
        photo(pic, 640, 480)
        post(w, "alice", "good morning")
        bad = post(w, "alice", "--photo", pic, "who bids")
        check("type=checkbox" not in w.get(path), "nothing is veiled")
        check("who bids" in w.get("%s/%d/report" % (path, bad["post"])) and
              w.ask("GET", "%s/99/report" % path)[0] == 404,
              "whoever reports sees what")
        receipt = report(w, path, bad["post"])
        # Its photo is veiled until there is an answer; the words are not.
        page = w.get(path)
        check(page.count("class=veil") == 1 and "who bids" in page, page)
        n = notice(w, anna, receipt)
        case = w.until("proof", lambda: [
            c for c in [anna.get("/cases/" + n["case"])] if c["items"]])[0]
        (item,) = case["items"]
        check(item["proved"] and item["text"] == "who bids" and
              item["handle"] == "alice" if "handle" in item else
              item["text"] == "who bids", str(item))
        case = anna.get("/cases/" + case["id"])
        made = decide(anna, case, "dissolve", accounts=[], items=[item["id"]])
        ben.post("/decisions/%s/confirm" % made["id"])
        check(settled(w, anna, made)["state"] == "applied", "dissolved")
        status, page = w.ask("GET", path)
        check(status == 410 and "who bids" not in page and
              "good morning" not in page and "rafficking" in page,
              "%d %s" % (status, page))
        check(w.ask("GET", "%s/%d/1" % (path, bad["post"]))[0] in (404, 410),
              "nor its photo")
        check(w.ask("GET", "%s/%d.csev" % (path, bad["post"]))[0] in
              (404, 410), "nor its proof")
        check(w.ask("GET", path + ".atom")[0] == 410, "nor the feed")
        r = w.cs("alice", "channel", "post", "News", "again")
        check(r.status != 0 and "countersign notices" in r.err,
              "no more of it: %s" % r)
        (ch,) = w.csok("alice", "channel", "list", "--json").lines()
        check(ch["state"] == "closed", ch)
        check(answer(anna, receipt, "acted").status == 200, "answered")
        w.until("told", lambda: [s for s in state(w, receipt)
                                 if s.get("outcome") == "acted"])
        # It was wrong after all.
        (done,) = [d for d in anna.get("/cases/" + case["id"])["decisions"]
                   if d["action"] == "dissolve"]
        back = anna.post("/decisions/%s/reverse" % done["id"],
                         text="It was wrong.")
        ben.post("/decisions/%s/confirm" % back["id"])
        w.until("shown again", lambda: w.ask("GET", path)[0] == 200)
        page = w.get(path)
        check("who bids" in page and "class=veil" not in page, page)


def test_photo_and_account():
    """A photo that the desk puts out of sight is out of sight here, too, and so
    is what a disabled account wrote, until that falls."""
    with Square() as w:
        w.join("alice", "bob")
        anna = w.person("anna")
        path = begin(w, "alice")
        pic = w.path("pic.jpg")
        photo(pic, 640, 480)
        post(w, "alice", "good morning")
        bad = post(w, "alice", "--photo", pic, "who bids")
        receipt = report(w, path, bad["post"])
        n = notice(w, anna, receipt)
        case = w.until("the photo", lambda: [
            c for c in [anna.get("/cases/" + n["case"])] if c["items"] and
            c["items"][0]["media"][0]["state"] == "present"])[0]
        made = decide(anna, case, "quarantine", accounts=[],
                      media=[case["items"][0]["media"][0]["id"]])
        check(settled(w, anna, made)["state"] == "applied", "quarantined")
        page = w.get(path)
        check("who bids" not in page and "good morning" in page, page)
        check(w.ask("GET", "%s/%d/1" % (path, bad["post"]))[0] == 404,
              "its photo")
        check(w.ask("GET", "%s/%d.csev" % (path, bad["post"]))[0] == 404,
              "its proof")
        anna.post("/decisions/%s/reverse" % made["id"], text="Wrong.")
        w.until("back", lambda: "who bids" in w.get(path))
        made = decide(anna, anna.get("/cases/" + case["id"]), "disable")
        check(settled(w, anna, made)["state"] == "applied", "disabled")
        page = w.get(path)
        check("good morning" not in page and "who bids" not in page, page)
        anna.post("/decisions/%s/reverse" % made["id"], text="Wrong.")
        w.until("back", lambda: "good morning" in w.get(path))


def test_killed_between():
    """What was said and not published is said, and becomes a post later; pieces
    that nobody asks for go."""
    with Site() as w:
        w.join("alice")
        path = begin(w, "alice")
        mid = w.csok("alice", "send", "News", "said").out.strip()
        check("said" not in w.get(path), "not for everybody")
        w.csok("alice", "channel", "publish", "News", mid)
        check("said" in w.get(path), "a post")
        w.stop("hub")
        with sqlite3.connect(os.path.join(w.hub, "hub.db")) as db:
            db.execute("INSERT INTO channel_piece(channel,seq,n,at,bytes)"
                       " SELECT id,77,0,0,x'00' FROM channel")
        w.start_hub()
        check("said" in w.get(path), "after a restart, too")


if __name__ == "__main__":
    main()
