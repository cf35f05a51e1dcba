# SPDX-License-Identifier: MIT
"""What each process of the desk can reach, and what somebody could who took
over one that reads the network."""
import errno
import os
import re
import sqlite3
import tempfile

from console import DeskWorld
from desk_cases_test import open_case, reported
from world import BIN, TOOLS, SkipTest, check, main, processes


def status(pid):
    with open("/proc/%d/status" % pid, encoding="utf-8") as f:
        return dict(line.rstrip("\n").split(":\t", 1) for line in f
                    if ":\t" in line)


def files(pid):
    """What it has open, besides standard input, output and error."""
    folder = "/proc/%d/fd" % pid
    return [os.readlink(os.path.join(folder, fd)) for fd in os.listdir(folder)
            if int(fd) > 2]


def all_of(w):
    found = processes(w.procs["desk"].pid)
    check({n: len(p) for n, p in found.items()} ==
          {"link": 2, "web": 1, "console": 1, "desk": 1}, str(found))
    return found


def skip_with_sanitizer():
    """Leaks are looked for by means that confined processes do not have."""
    with open(os.path.join(BIN, "countersign-desk"), "rb") as f:
        if b"__asan_init" in f.read():
            raise SkipTest("not with a sanitizer")


def test_what_each_has():
    skip_with_sanitizer()
    with DeskWorld() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        anna = w.person("anna")
        reported(w)
        open_case(w, anna)
        found = all_of(w)
        for name, pids in found.items():
            for pid in pids:
                s = status(pid)
                check(s["Seccomp"] == "2" and s["NoNewPrivs"] == "1" and
                      int(s["CapEff"], 16) == 0 and
                      int(s["CapPrm"], 16) == 0, "%s: %s" % (name, s))
                with open("/proc/%d/limits" % pid, encoding="utf-8") as f:
                    check(re.search(r"core file size +0 +0", f.read()), name)
        if os.geteuid() != 0:
            return  # they show nothing more to anybody but root
        # Sockets, what wakes a loop, and randomness that was open before.
        for name in "link", "web":
            for pid in found[name]:
                others = [f for f in files(pid)
                          if not f.startswith("socket:") and
                          f not in ("anon_inode:[eventfd]", "/dev/urandom")]
                check(others == [], "%s: %s" % (name, others))
        # Those with keys have no network but what they were handed: each is
        # alone in its own.
        ours = os.readlink("/proc/self/ns/net")
        for name in "console", "desk", "web":
            for pid in found[name]:
                check(os.readlink("/proc/%d/ns/net" % pid) != ours, name)
        for name in "console", "desk":
            open_files = " ".join(files(found[name][0]))
            check("desk.db" in open_files, open_files)
        # The parent has no key.
        open_files = " ".join(files(w.procs["desk"].pid))
        check("desk.db" not in open_files and "/key" not in open_files,
              open_files)


def test_intruder():
    """In the place of a process that reads the network: no file, no program, no
    other connection."""
    skip_with_sanitizer()
    with DeskWorld() as w:
        w.stop("desk")
        # What only its owner may read, and what anybody may.
        db = os.path.join(w.desk, "desk.db")
        with tempfile.NamedTemporaryFile() as anybodys:
            os.chmod(anybodys.name, 0o666)
            for wanted in db, anybodys.name:
                w.start_desk({"LD_PRELOAD": os.path.join(TOOLS, "intruder.so"),
                              "INTRUDER": wanted})
                w.person("anna" if wanted == db else "bert")
                w.stop("desk")
        with open(w.path("desk.log"), encoding="utf-8") as f:
            said = re.findall(r"^intruder (\w+):(.*)$", f.read(), re.M)
        names = [name for name, _ in said]
        check(names.count("web") == 2 and names.count("link") >= 2, str(said))
        for name, what in said:
            tried = dict(w.split("=") for w in what.split())
            check(len(tried) >= 11, what)
            for thing, number in tried.items():
                check(int(number) in (errno.EPERM, errno.EACCES),
                      "%s: %s (%s)" % (name, thing, what))


def test_reads_nothing_of_a_report():
    """What was reported is in no process that reads the network."""
    word = "a-word-that-only-a-report-has"
    skip_with_sanitizer()
    with DeskWorld() as w:
        if os.geteuid() != 0:
            raise SkipTest("only root reads the memory of others")
        w.join("alice", "bob")
        w.friends("alice", "bob")
        anna = w.person("anna")
        reported(w, text=word)
        w.until("the report", lambda: anna.get("/cases?state=open")["items"])
        for pid in all_of(w)["link"]:
            got = memory(pid)
            check(b"localhost" in got, "what it does know is found")
            check(word.encode() not in got, "not in a link")


def memory(pid):
    """All that it can write to."""
    got = b""
    with open("/proc/%d/maps" % pid, encoding="utf-8") as maps, \
            open("/proc/%d/mem" % pid, "rb", 0) as mem:
        for line in maps:
            span, rights = line.split()[:2]
            if not rights.startswith("rw"):
                continue
            start, end = (int(x, 16) for x in span.split("-"))
            try:
                mem.seek(start)
                got += mem.read(end - start)
            except (OSError, OverflowError):
                pass
    return got


def test_console_asks_the_hub():
    """The console's process compares the log with what the hub has seen, by a
    process of its own."""
    with DeskWorld() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        anna = w.person("anna")
        reported(w)
        open_case(w, anna)
        w.ok("countersign-desk", "audit", "verify", "--desk", w.desk)
        found = anna.get("/audit/verify")
        check(found["ok"], "with the hub: %s" % found)
        rows = sqlite3.connect(os.path.join(w.desk, "desk.db"))
        check(rows.execute("SELECT COUNT(*) FROM report").fetchone() == (1,),
              "it is there")
        rows.close()


if __name__ == "__main__":
    main()
