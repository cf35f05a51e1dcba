# SPDX-License-Identifier: MIT
"""What was said before comes to a device that is linked, if both want it."""
import os
import re
import signal
import subprocess
import time

from devices_test import Terminal
from line import Line
from world import BIN, STUCK_S, World, check, main, photo


def begin(w, *flags, name="alma"):
    """countersign link; the process and its code."""
    proc = subprocess.Popen(
        [os.path.join(BIN, "countersign"), "--home", w.home(name), "link",
         "--yes", *flags], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)
    w.procs["link-" + name] = proc
    return proc, proc.stdout.readline().decode().strip()


def join(w, code, *flags, name="laptop"):
    """countersign join-device; the process."""
    proc = subprocess.Popen(
        [os.path.join(BIN, "countersign"), "--home", w.home(name),
         "join-device", code, "--name", name, *flags],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)
    w.procs["join-" + name] = proc
    return proc


def end(w, proc):
    """What it said, once it has ended by itself."""
    out, err = proc.communicate(timeout=STUCK_S)
    w.procs = {k: p for k, p in w.procs.items() if p is not proc}
    check(proc.returncode == 0 and b"Sanitizer" not in err,
          "%s%s" % (out.decode(), err.decode()))
    return out.decode()


def kill(w, proc):
    proc.send_signal(signal.SIGKILL)
    proc.communicate(timeout=STUCK_S)
    w.procs = {k: p for k, p in w.procs.items() if p is not proc}


def until(true, what):
    give_up = time.monotonic() + STUCK_S
    while not true():
        check(time.monotonic() < give_up, "never: " + what)
        time.sleep(0.02)


def own(w):
    """The blobs at the hub that are for an account alone: the size of each,
    and whether it is complete."""
    db = w.db()
    rows = db.execute("SELECT size,complete FROM blob WHERE own=1").fetchall()
    db.close()
    return rows


def parts(w, complete):
    return [size for size, done in own(w) if size > 100 and done == complete]


def uploads(w):
    """How many blobs there ever were, of all accounts."""
    db = w.db()
    n = db.execute("SELECT COALESCE(SUM(n),0) FROM spent"
                   " WHERE budget='files-day'").fetchone()[0]
    db.close()
    return n


def packed(w, name):
    return [f for f in os.listdir(w.home(name)) if f.startswith("history")]


def said(w, name):
    """All texts that a device shows, in order."""
    return [m["text"] for m in w.inbox(name, "--all")
            if m["kind"] in ("sent", "received") and m.get("text")]


def notices(w, name):
    return [m["text"] for m in w.inbox(name, "--all")
            if m["kind"] == "notice"]


def talked(w, link=None):
    """Alma and Boris have talked; returns what Alma has."""
    link = link or w.invite("--uses", 2)
    for name in ("alma", "boris"):
        w.csok(name, "join", link, "--name", name)
    w.friends("alma", "boris")
    w.csok("alma", "group", "new", "family", "boris")
    w.csok("boris", "inbox")
    w.csok("alma", "send", "family", "from before")
    w.csok("boris", "inbox")
    w.csok("boris", "send", "alma", "a threat from before")
    w.csok("alma", "inbox")
    return said(w, "alma")


def bulk(w, n=40, size=16000):
    """So much that a line takes a while for it."""
    for i in range(n):
        w.csok("boris", "send", "alma", "%d " % i + "x" * size)
    w.csok("alma", "inbox")


def everything(w, before):
    """The laptop has all that Alma had, each once, and takes part."""
    w.csok("alma", "inbox")
    got = said(w, "laptop")
    check([t for t in got if t in before] == before,
          "all from before, in order: %s" % [t[:30] for t in got])
    check(not own(w), "nothing is left at the hub: %s" % own(w))
    check(not packed(w, "alma") and not packed(w, "laptop"),
          "nor packed in a home")
    w.csok("boris", "send", "family", "and now")
    check("and now" in said(w, "laptop"), "and it takes part")


def test_both_want_it():
    with World(desk=True) as w:
        before = talked(w)
        photo(w.path("photo.jpg"), 640, 480)
        w.csok("boris", "send", "alma", "--photo", w.path("photo.jpg"), "look")
        w.csok("alma", "inbox")
        w.csok("alma", "alias", "boris", "Bo")
        proc, code = begin(w, "--history")
        joined = join(w, code, "--history")
        out = end(w, proc)
        check("sealed" in out and "on their way" in out, out)
        out = end(w, joined)
        check("come from the other device" in out and "dealt with" in out,
              out)
        # Found, opened, saved, with what proves it; under the names that
        # Alma gave.
        check(len(w.csok("laptop", "search", "threat", "--json").lines()) == 1,
              "found")
        page = w.csok("laptop", "open", "Bo", "--json").lines()
        check("a threat from before" in [m.get("text") for m in page],
              str(page))
        with_photo = [m for m in page if m.get("text") == "look"]
        w.csok("laptop", "save", with_photo[0]["id"], "-o",
               w.path("saved.jpg"))
        check(os.path.getsize(w.path("saved.jpg")) > 1000, "the photo, too")
        told = [t for t in notices(w, "laptop") if "came from your" in t]
        check(len(told) == 1, "told once: %s" % told)
        check(all(m["kind"] == "notice" for m in w.inbox("laptop")),
              "what was seen there is not new here")
        threat = [m for m in page if m.get("text") == "a threat from before"]
        w.csok("laptop", "report", threat[0]["id"], "--reason", "harassment",
               "--yes")
        reports = w.desk_reports(1)
        check([r["state"] for r in reports] == ["open"],
              "proved: %s" % reports)
        everything(w, before)
        # It is a device of its own, not a copy.
        me = [w.csok(n, "whoami", "--json").lines()[0]["device"]
              for n in ("alma", "laptop")]
        check(me[0] != me[1], str(me))


def test_somebody_says_no():
    asked = (((), ("--history",)), (("--history",), ()),
             (("--no-history",), ("--history",)),
             (("--history",), ("--no-history",)), ((), ()))
    with World() as w:
        before = talked(w)
        for i, (old, new) in enumerate(asked):
            name = "laptop%d" % i
            proc, code = begin(w, *old)
            joined = join(w, code, *new, name=name)
            check("not copied" in end(w, proc), "the old one says so")
            check("not copied" in end(w, joined), "and so does the new one")
            for n in ("alma", name, "alma", name):
                w.csok(n, "inbox")
            check(not set(said(w, name)) & set(before), "nothing came")
        check(uploads(w) == 0, "and nothing was uploaded")
        check(not packed(w, "alma"), "nor packed")


def test_asked_on_both():
    """On terminals both are asked; the old one only if the new one wants it."""
    for new, old, comes in (("y", "y", True), ("y", "n", False),
                            ("n", None, False)):
        with World() as w:
            before = talked(w)
            t = Terminal(w, "alma", "link")
            said_ = t.until("Ctrl-C ends it")
            code = re.search(r"https://\S+", said_).group(0)
            n = Terminal(w, "laptop", "join-device", code)
            n.until("come to this device")
            n.answer(new)
            t.until("It will be able to do all that you can. [y/N]")
            t.answer("y")
            if old is not None:
                t.until("Give it all that is on this device? [y/N]")
                t.answer(old)
            check(t.end() == 0 and n.end() == 0, "%s%s" % (t.said, n.said))
            check(("asks for the messages" in t.said) == (old is not None),
                  t.said)
            check((set(before) <= set(said(w, "laptop"))) == comes,
                  "%s %s: %s%s" % (new, old, t.said, n.said))


def test_killed_and_continued():
    """Either program is killed in the middle, here and there; whatever is
    done next goes on."""
    with World() as w, Line(w.port) as line:
        talked(w, line.through(w.invite("--uses", 2)))
        bulk(w)
        before = said(w, "alma")
        proc, code = begin(w, "--history")
        joined = join(w, code, "--history")
        # The new one goes as soon as it has asked.
        until(lambda: (1, 1) in own(w), "it asks")
        kill(w, joined)
        line.rate["up"] = 150000
        until(lambda: parts(w, 0), "something is uploaded")
        passed = line.passed["up"]
        until(lambda: line.passed["up"] > passed + 100000, "a part of it")
        kill(w, proc)
        check(parts(w, 0) and packed(w, "alma"), "in the middle")
        check(not set(said(w, "laptop")) & set(before), "nothing is there")
        line.rate["up"] = 0
        passed = line.passed["up"]
        w.csok("alma", "whoami")  # without a connection
        check(parts(w, 0), "not yet")
        w.csok("alma", "contacts")
        w.csok("alma", "inbox")
        check(not parts(w, 0) and parts(w, 1), "all of it is at the hub")
        size = parts(w, 1)[0]
        check(line.passed["up"] - passed < size,
              "what was there did not go twice")
        check(not packed(w, "alma"), "and packed no more")
        # Now in the middle of fetching.
        line.rate["down"] = 150000
        proc = subprocess.Popen(
            [os.path.join(BIN, "countersign"), "--home", w.home("laptop"),
             "inbox"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        path = os.path.join(w.home("laptop"), "history-in")
        until(lambda: os.path.exists(path) and
              os.path.getsize(path) > 100000, "a part of it")
        kill(w, proc)
        check(os.path.getsize(path) < size, "in the middle")
        line.rate["down"] = 0
        passed = line.passed["down"]
        w.csok("laptop", "inbox")
        check(line.passed["down"] - passed < size - 50000,
              "what was there did not come twice")
        everything(w, before)


def test_line_is_cut():
    """Again and again, on either way: both go on by themselves."""
    with World() as w, Line(w.port) as line:
        talked(w, line.through(w.invite("--uses", 2)))
        bulk(w)
        before = said(w, "alma")
        proc, code = begin(w, "--history")
        joined = join(w, code, "--history")
        # Whoever joins may have to be told to go on; this goes by itself.
        until(lambda: (1, 1) in own(w), "it asks")
        line.rate.update(up=400000, down=400000)
        line.since_cut = 0
        line.cut_every, line.cuts = 150000, 6
        end(w, proc)
        end(w, joined)
        check(line.cut >= 3, "it was cut: %d" % line.cut)
        line.cuts = 0
        everything(w, before)


def test_changed_at_the_hub():
    """Whatever is changed of it at the hub: it is refused, all of it."""
    for where in ("first", "middle", "last", "length"):
        with World() as w:
            before = talked(w)
            proc, code = begin(w, "--history")
            joined = join(w, code, "--history")
            until(lambda: (1, 1) in own(w), "it asks")
            kill(w, joined)
            end(w, proc)
            db = w.db()
            blobs = dict(db.execute("SELECT size,id FROM blob WHERE own=1"))
            db.close()
            size = sorted(blobs)[-2 if where == "length" else -1]
            w.stop("hub")
            path = os.path.join(w.hub, "blobs", blobs[size].hex())
            with open(path, "r+b") as f:
                at = {"first": 0, "last": size - 1}.get(where, size // 2)
                f.seek(at)
                byte = f.read(1)[0]
                f.seek(at)
                f.write(bytes([byte ^ 1]))
            w.start_hub()
            w.csok("laptop", "inbox")
            told = [m for m in w.inbox("laptop", "--all")
                    if m.get("warning") and "changed or damaged" in m["text"]]
            check(len(told) == 1, "%s: told once: %s" % (where, told))
            check(not set(said(w, "laptop")) & set(before), "nothing of it")
            check(not w.csok("laptop", "search", "threat",
                             "--json").lines(), "nor found")
            check(not own(w) and not packed(w, "laptop"), "nor kept")
            w.csok("boris", "send", "alma", "and now")
            check("and now" in said(w, "laptop"), "the rest works")


def test_removed_meanwhile():
    """A device that is removed before the archive is made gets none."""
    with World() as w:
        talked(w)
        proc, code = begin(w, "--history")
        joined = join(w, code, "--history")
        # As soon as the new one is let in.
        while b"is a device" not in proc.stdout.readline():
            pass
        kill(w, proc)
        until(lambda: (1, 1) in own(w), "it asks")
        kill(w, joined)
        check(not parts(w, 0) and not parts(w, 1), "nothing went yet")
        me = w.csok("laptop", "whoami", "--json").lines()[0]["device"]
        w.csok("alma", "device", "remove", me, "--yes")
        w.csok("alma", "inbox")
        check(not parts(w, 1) and not parts(w, 0) and not packed(w, "alma"),
              "nothing goes")


if __name__ == "__main__":
    main()
