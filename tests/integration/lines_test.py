# SPDX-License-Identifier: MIT
"""Lines that are slow, far or broken: everything gets there, as it can."""
import os
import pty
import re
import subprocess
import time

from line import Line
from world import BIN, STUCK_S, World, check, main, photo


def pair(w, line):
    """Alice, by way of the line, and bob, who has another; friends."""
    w.join("bob")
    said = w.csok("alice", "join", line.through(w.invite()), "--name",
                  "alice")
    check("alice" in said.out, "joined: %s" % said)
    w.friends("alice", "bob")


def spools(w, name):
    return [f for f in os.listdir(w.home(name)) if f.startswith("upload")]


def noise(w, name, n):
    path = w.path(name)
    with open(path, "wb") as f:
        f.write(os.urandom(n))
    return path


def read(path):
    with open(path, "rb") as f:
        return f.read()


def saved(w, name, sent):
    """What ${name} saves of the newest file is what was sent."""
    got = [m for m in w.inbox(name) if m.get("media")]
    check(len(got) == 1, "a file came: %s" % got)
    out = w.path("saved-%s-%d" % (name, time.monotonic_ns()))
    w.csok(name, "save", got[0]["id"], "-o", out)
    check(read(out) == read(sent), "the same bytes")


def on_a_terminal(w, name, *args):
    """What somebody sees who gives the command on a terminal."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(os.path.join(BIN, "countersign"),
                 ["countersign", "--home", w.home(name)] + list(args))
    seen = b""
    while True:
        try:
            more = os.read(fd, 65536)
        except OSError:
            break
        if not more:
            break
        seen += more
    os.close(fd)
    _, status = os.waitpid(pid, 0)
    seen = seen.decode("utf-8", "replace")
    check(status == 0, "%s -> %d: %s" % (args, status, seen[-400:]))
    return seen


def test_upload_over_a_line_that_breaks():
    """It goes on where the hub has it: little is sent twice."""
    with World() as w, Line(w.port, rate=250000) as line:
        pair(w, line)
        sent = noise(w, "file", 3000000)
        line.cut_every, line.only = 700000, "up"
        before = line.passed["up"]
        w.csok("alice", "send", "bob", "--file", sent)
        check(line.cut >= 3, "it was cut %d times" % line.cut)
        check(line.passed["up"] - before < 4500000,
              "%d bytes went" % (line.passed["up"] - before))
        check(not spools(w, "alice"), "and nothing is left")
        saved(w, "bob", sent)


def test_download_over_a_line_that_breaks():
    with World() as w, Line(w.port, rate=250000) as line:
        pair(w, line)
        sent = noise(w, "file", 3000000)
        w.csok("bob", "send", "alice", "--file", sent)
        line.cut_every, line.only = 700000, "down"
        before = line.passed["down"]
        saved(w, "alice", sent)
        check(line.cut >= 3, "it was cut %d times" % line.cut)
        check(line.passed["down"] - before < 4500000,
              "%d bytes came" % (line.passed["down"] - before))


def test_upload_goes_on_in_another_command():
    with World() as w, Line(w.port, rate=250000) as line:
        pair(w, line)
        sent = noise(w, "file", 2000000)
        line.cut_every, line.only, line.cuts = 1200000, "up", 1
        cut_all = line.cut_all

        def cut_and_stay_down():
            cut_all()
            line.is_down = True
        line.cut_all = cut_and_stay_down
        said = w.cs("alice", "send", "bob", "--file", sent)
        check(said.status == 69 and "is kept" in said.err,
              "kept: %s" % said)
        check(len(spools(w, "alice")) == 1, "with its spool")
        line.cut_all = cut_all
        line.is_down = False
        before = line.passed["up"]
        w.csok("alice", "inbox")
        check(line.passed["up"] - before < 1300000,
              "%d bytes went" % (line.passed["up"] - before))
        check(not spools(w, "alice"), "no spool is left")
        saved(w, "bob", sent)


def test_slow_and_far():
    """No time counts while bytes move, however slow they are."""
    with World() as w, Line(w.port, delay_ms=800) as line:
        pair(w, line)
        line.delay_s = 0.8
        w.csok("alice", "send", "bob", "from far away")
        check("from far away" in w.texts("bob"), "it came")
        line.rate = {"up": 5000, "down": 5000}
        sent = noise(w, "file", 150000)
        w.csok("alice", "send", "bob", "--file", sent)
        w.csok("alice", "send", "bob", "-", stdin=b"y" * 60000)
        saved(w, "bob", sent)


def test_a_page_takes_as_long_as_it_takes():
    """Large messages over 20 kB/s: each page is bearable, and is shown."""
    with World() as w, Line(w.port) as line:
        pair(w, line)
        for i in range(14):
            w.csok("bob", "send", "alice", "-",
                   stdin=b"%02d" % i + b"x" * 59998)
        line.rate = {"up": 20000, "down": 20000}
        # What came before the line broke was shown already.
        line.cut_every, line.only, line.cuts = 500000, "down", 1
        got = w.texts("alice")
        check([t[:2] for t in got] == ["%02d" % i for i in range(14)],
              "all, in order: %s" % [t[:2] for t in got])
        check(line.cut == 1, "it was cut")


def test_many_small_messages():
    """All of them come, in order, in pieces that one sees coming."""
    with World() as w, Line(w.port) as line:
        pair(w, line)
        w.ok("flood", w.home("bob"), "alice", 0, 300)
        line.rate = {"up": 20000, "down": 20000}
        said = on_a_terminal(w, "alice", "inbox")
        check([m for m in re.findall(r"message (\d{5}),", said)] ==
              ["%05d" % i for i in range(300)], "all of them, in order")
        check("fetching messages" in said, "it says what it waits for")


def test_progress_of_files():
    """Whoever waits sees how far a file is, and how fast it goes."""
    with World() as w, Line(w.port) as line:
        pair(w, line)
        sent = noise(w, "file", 300000)
        line.rate = {"up": 60000, "down": 60000}
        said = on_a_terminal(w, "alice", "send", "bob", "--file", sent)
        check(re.search(r"\d+ kB of 300 kB", said) and "kB/s" in said,
              "how far, how fast: %r" % said[-400:])
        w.csok("bob", "send", "alice", "--file", sent)
        mid = [m["id"] for m in w.inbox("alice") if m.get("media")][0]
        said = on_a_terminal(w, "alice", "save", mid, "-o", w.path("there"))
        check("kB/s" in said, "how fast: %r" % said[-400:])


def test_backlog_stays_where_it_broke():
    """A broken line loses no page, and shows what came."""
    with World() as w, Line(w.port) as line:
        pair(w, line)
        for i in range(12):
            w.csok("bob", "send", "alice", "-",
                   stdin=b"%02d" % i + b"x" * 59998)
        line.rate = {"up": 60000, "down": 60000}
        cut_all = line.cut_all

        def cut_and_stay_down():
            cut_all()
            line.is_down = True
        line.cut_all = cut_and_stay_down
        line.cut_every, line.only, line.cuts = 400000, "down", 1
        first = w.cs("alice", "inbox", "--json")
        check(first.status == 0 and "Going on without" in first.err,
              "%s" % first)
        some = [m["text"][:2] for m in first.lines()
                if m["kind"] == "received"]
        check(0 < len(some) < 12, "some came: %s" % some)
        line.cut_all = cut_all
        line.is_down = False
        rest = [t[:2] for t in w.texts("alice")]
        check(some + rest == ["%02d" % i for i in range(12)],
              "%s, %s" % (some, rest))


def test_a_line_that_stalls():
    """Where nothing moves, a command ends and says so."""
    with World() as w, Line(w.port) as line:
        pair(w, line)
        sent = noise(w, "file", 1000000)
        line.rate = {"up": 250000, "down": 250000}
        line.cut_every, line.only = 300000, "up"
        line.cut_all = line.stall
        said = w.cs("alice", "send", "bob", "--file", sent)
        check(said.status == 69 and "is kept" in said.err,
              "kept: %s" % said)
        line.cut_every = 0
        line.go_on()
        w.csok("alice", "inbox")
        saved(w, "bob", sent)


def test_files_wait_as_texts_do():
    with World() as w:
        w.join("alice", "bob", "carol")
        w.friends("alice", "bob")
        w.friends("alice", "carol")
        picture = w.path("pic.jpg")
        photo(picture, 640, 480)
        sent = noise(w, "file", 50000)
        w.stop("hub")
        kept = "The message is kept, and goes out with the next command"
        for args in (("--file", sent, "the file"),
                     ("--photo", picture, "the photo"), ("behind",)):
            said = w.cs("alice", "send", "bob", *args)
            check(said.status == 69 and kept in said.err, "%s" % said)
        w.cs("alice", "send", "carol", "to another")
        check(len(spools(w, "alice")) == 2, "two spools")
        # The originals are not needed any more.
        original = read(sent)
        os.unlink(sent)
        os.unlink(picture)
        w.start_hub()
        w.csok("alice", "inbox")
        check(not spools(w, "alice"), "no spool is left")
        got = w.inbox("bob")
        check([m["text"] for m in got] ==
              ["behind", "the file", "the photo"],
              "texts go first: %s" % got)
        w.csok("bob", "save", got[1]["id"], "-o", w.path("out"))
        check(read(w.path("out")) == original, "the same bytes")
        check(w.texts("carol") == ["to another"], "carol has hers")


def test_spools_that_nobody_waits_for():
    """What a crash has left goes; what was damaged is told."""
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        sent = noise(w, "file", 50000)
        w.stop("hub")
        w.cs("alice", "send", "bob", "--file", sent, "one")
        spool = os.path.join(w.home("alice"), spools(w, "alice")[0])
        orphan = os.path.join(w.home("alice"), "upload-" + "0" * 32)
        for path in (orphan, os.path.join(w.home("alice"), "upload-x")):
            with open(path, "w") as f:
                f.write("left")
        with open(spool, "r+b") as f:
            f.write(b"damaged")
        w.start_hub()
        said = w.csok("alice", "inbox")
        check("send the file again" in said.err, "told: %s" % said)
        check(not spools(w, "alice"), "nothing is left")
        mine = [m for m in w.inbox("alice", "--all") if m["kind"] == "sent"]
        check(mine[-1]["failed"], "it failed: %s" % mine[-1])
        check(w.texts("bob") == [], "and did not come")


def test_nothing_is_overwritten_unasked():
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        sent = noise(w, "file", 50000)
        w.csok("alice", "send", "bob", "--file", sent)
        mid = w.inbox("bob")[0]["id"]
        mine = w.path("mine")
        for args in (("save", mid), ("export",),
                     ("export", mid, "--open")):
            with open(mine, "w") as f:
                f.write("mine")
            said = w.cs("bob", *args, "-o", mine)
            check(said.status == 1 and "--force" in said.err, "%s" % said)
            check(read(mine) == b"mine", "and it is as it was")
            w.csok("bob", *args, "-o", mine, "--force")
            check(read(mine) != b"mine", "now it is not")
        w.csok("bob", "save", mid, "-o", mine, "--force")
        check(read(mine) == read(sent), "the same bytes")
        out = subprocess.run(
            [os.path.join(BIN, "countersign"), "--home", w.home("bob"),
             "save", mid, "-o", "-"], stdout=subprocess.PIPE,
            timeout=STUCK_S).stdout
        check(out == read(sent), "the same on standard output")


if __name__ == "__main__":
    main()
