# SPDX-License-Identifier: MIT
"""A hub, a desk and members in a temporary folder: the real programs.

Every test makes its own world and leaves nothing behind: processes that it
started are stopped by their id, and nobody is talked to but 127.0.0.1.
"""
import atexit
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

SOURCE = os.environ.get(
    "COUNTERSIGN_SOURCE",
    os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
BIN = os.environ.get("COUNTERSIGN_BIN", os.path.join(SOURCE, "build"))
TOOLS = os.environ.get("COUNTERSIGN_TOOLS",
                       os.path.join(BIN, "tests/integration"))
# Prints the perceptual hash of a photo.
HASHES = os.path.join(TOOLS, "../kat/phash-vectors")
SHARED = os.path.join(SOURCE, "..", "shared")

# How long a program may take before it counts as stuck, under sanitizers and
# with both cores busy: this ends a test, it measures nothing.
STUCK_S = int(os.environ.get("COUNTERSIGN_STUCK_S", 120))


class Failed(Exception):
    """A check did not hold."""


class SkipTest(Exception):
    """Cannot be tried here."""


def check(condition, what):
    if not condition:
        raise Failed(what)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def recovery_words(said):
    """The twelve words in what join says."""
    return " ".join(re.findall(r"^ +(\d.*)$", said, re.M) and
                    re.findall(r"\d+ ([a-z]{4,7})\b", said))


def processes(parent):
    """The processes that ${parent} has started, by name."""
    found = {}
    for name in os.listdir("/proc"):
        try:
            with open("/proc/%d/stat" % int(name)) as f:
                # The name, in brackets, may hold anything.
                said, _, rest = f.read().rpartition(")")
        except (ValueError, OSError):
            continue
        if int(rest.split()[1]) == parent and rest.split()[0] not in "ZX":
            found.setdefault(said.partition("(")[2], []).append(int(name))
    return found


class Result:
    def __init__(self, args, status, out, err):
        self.args, self.status, self.out, self.err = args, status, out, err

    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]

    def __str__(self):
        return "%s -> %d\n%s%s" % (
            " ".join(self.args), self.status, self.out, self.err)


class World:
    def __init__(self, desk=False):
        self.dir = tempfile.mkdtemp(prefix="countersign-test-")
        self.port = free_port()
        self.procs = {}
        self.words = {}  # of each who joined, as shown once
        self.hub = self.path("hub")
        self.desk = self.path("desk")
        # Also when something fails before anybody could close it.
        atexit.register(self.close)
        self.ok("countersignd", "init", self.hub, "--name", "localhost",
                "--listen", "127.0.0.1:%d" % self.port)
        self.start_hub()
        if desk:
            self.ok("countersign-desk", "init", self.desk,
                    "--hub-dir", self.hub)
            self.start_desk()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        for name in list(self.procs):
            self.stop(name)
        shutil.rmtree(self.dir, ignore_errors=True)

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    # ---- programs ----------------------------------------------------------

    def later(self, days):
        """An environment in which it is so many days later."""
        return {"LD_PRELOAD": os.path.join(TOOLS, "shift-clock.so"),
                "SHIFT_CLOCK_S": str(int(days * 86400)),
                "ASAN_OPTIONS": "verify_asan_link_order=0:" +
                os.environ.get("ASAN_OPTIONS", "")}

    def counted(self, die=0):
        """An environment in which calls for a home's database are counted."""
        return {"LD_PRELOAD": os.path.join(TOOLS, "count-calls.so"),
                "COUNT_CALLS": self.path("counted"),
                "COUNT_CALLS_DIE": str(die),
                "ASAN_OPTIONS": "verify_asan_link_order=0:" +
                os.environ.get("ASAN_OPTIONS", "")}

    def cost(self, name, *args):
        """What a member's command asks of its database, by kind of call."""
        self.csok(name, *args, env=self.counted())
        with open(self.path("counted")) as f:
            said = f.read().split()
        return dict(zip(said[::2], map(int, said[1::2])))

    def run(self, program, *args, stdin=b"", env=None):
        path = os.path.join(BIN, program)
        if not os.path.exists(path):
            path = os.path.join(TOOLS, program)
        cmd = [path] + [str(a) for a in args]
        done = subprocess.run(
            cmd, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            timeout=STUCK_S, env=dict(os.environ, **(env or {})))
        out = done.stdout.decode("utf-8", "replace")
        err = done.stderr.decode("utf-8", "replace")
        # A sanitizer's finding is a failure, whatever the status says.
        check("Sanitizer" not in err and "runtime error" not in err,
              "%s: %s" % (program, err))
        return Result([program] + cmd[1:], done.returncode, out, err)

    def ok(self, program, *args, **kw):
        r = self.run(program, *args, **kw)
        check(r.status == 0, "should have worked: %s" % r)
        return r

    def start(self, name, program, *args, ready, env=None):
        """Start a daemon and wait for the line that says it is ready."""
        log = open(self.path(name + ".log"), "ab")
        proc = subprocess.Popen(
            [os.path.join(BIN, program)] + [str(a) for a in args],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
            env=dict(os.environ, **(env or {})))
        log.close()
        self.procs[name] = proc
        os.set_blocking(proc.stdout.fileno(), False)
        said = b""
        until = time.monotonic() + STUCK_S
        while ready.encode() not in said:
            if proc.poll() is not None or time.monotonic() >= until:
                with open(self.path(name + ".log"), errors="replace") as f:
                    log = f.read()[-2000:]
                raise Failed("%s did not start (%s): %r, %s" % (
                    program, proc.returncode, said, log))
            said += proc.stdout.read() or b""
            time.sleep(0.01)
        return said

    def stop(self, name, how=signal.SIGTERM):
        proc = self.procs.pop(name, None)
        if proc is None:
            return
        if proc.poll() is None:
            proc.send_signal(how)
        proc.wait(STUCK_S)
        proc.stdout.close()
        if how == signal.SIGTERM and os.path.exists(self.path(name + ".log")):
            with open(self.path(name + ".log"), errors="replace") as f:
                log = f.read()
            check("Sanitizer" not in log and "runtime error" not in log,
                  "%s: %s" % (name, log))

    def start_hub(self, env=None):
        self.start("hub", "countersignd", "run", self.hub, ready="listens",
                   env=env)

    def start_desk(self, env=None):
        said = self.start("desk", "countersign-desk", "run", self.desk,
                          "--listen", "127.0.0.1:0", ready="connected",
                          env=env)
        self.console = said.decode().split("console on ")[1].split()[0]

    # ---- members -----------------------------------------------------------

    def invite(self, *args):
        return self.ok("countersignctl", "--hub", self.hub, "invite",
                       *args).out.strip()

    def operator_key(self):
        return json.loads(self.ok("countersignctl", "--hub", self.hub,
                                  "status", "--json").out)["operator_key"]

    def home(self, name):
        return self.path("home-" + name)

    def cs(self, name, *args, **kw):
        return self.run("countersign", "--home", self.home(name), *args, **kw)

    def csok(self, name, *args, **kw):
        return self.ok("countersign", "--home", self.home(name), *args, **kw)

    def join(self, *names):
        link = self.invite("--uses", len(names))
        for name in names:
            said = self.csok(name, "join", link, "--name", name).out
            self.words[name] = recovery_words(said)

    # ---- devices -----------------------------------------------------------

    def link_begin(self, name):
        """countersign link on a device; the process and its code."""
        proc = subprocess.Popen(
            [os.path.join(BIN, "countersign"), "--home", self.home(name),
             "link", "--yes"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.procs["link-" + name] = proc
        return proc, proc.stdout.readline().decode().strip()

    def link_end(self, name, proc):
        """What it said, once it has ended."""
        out, err = proc.communicate(timeout=STUCK_S)
        self.procs.pop("link-" + name, None)
        check(b"Sanitizer" not in err, err.decode())
        return Result(["link"], proc.returncode, out.decode(), err.decode())

    def link(self, old, new, device="laptop"):
        """${new} becomes a device of the account of ${old}."""
        proc, code = self.link_begin(old)
        joined = self.csok(new, "join-device", code, "--name", device)
        said = self.link_end(old, proc)
        check(said.status == 0, "linked: %s" % said)
        return joined, said

    def friends(self, *names):
        """Let them all write to one another."""
        for a in names:
            for b in names:
                if a < b:
                    self.csok(a, "send", b, "hello")
                    self.csok(b, "inbox")
                    self.csok(b, "accept", a)
        for a in names:
            self.csok(a, "inbox")

    def inbox(self, name, *args):
        return self.csok(name, "inbox", "--json", *args).lines()

    def texts(self, name, *args):
        return [m["text"] for m in self.inbox(name, *args)
                if m["kind"] == "received"]

    # ---- the desk ----------------------------------------------------------

    def desk_reports(self, n):
        """The reports, once there are ${n}."""
        until = time.monotonic() + STUCK_S
        while True:
            found = self.ok("countersign-desk", "reports", "--json",
                            self.desk).lines()
            if len(found) >= n:
                return found
            check(time.monotonic() < until, "no report came to the desk")
            time.sleep(0.1)

    # ---- the hub's database --------------------------------------------------

    def db(self):
        return sqlite3.connect(os.path.join(self.hub, "hub.db"))


def turned_photo(path, width, height, turn):
    """A made photo, turned and mirrored in one of eight ways."""
    made = subprocess.run(
        [os.path.join(TOOLS, "make-photo"), str(width), str(height), path,
         "--turn", str(turn)], stdout=subprocess.DEVNULL, timeout=STUCK_S)
    check(made.returncode == 0, "make-photo " + path)


def photo(path, width, height, kind="jpg"):
    """A photo to send: one of ../shared where present, else a made one."""
    shared = os.path.join(SHARED, "photos", "bridge-mods", "aaa-orig.jpg")
    if kind == "jpg" and (width, height) == (1600, 1004) and \
            os.path.exists(shared):
        shutil.copy(shared, path)
        return
    made = subprocess.run(
        [os.path.join(TOOLS, "make-photo"), str(width), str(height), path],
        stdout=subprocess.DEVNULL, timeout=STUCK_S)
    check(made.returncode == 0, "make-photo " + path)


def main():
    """Run each test_* of the program, in order, as TAP.

    Names on the command line pick some.
    """
    tests = [f for name, f in vars(sys.modules["__main__"]).items()
             if name.startswith("test_") and callable(f)]
    wanted = [t for t in tests if len(sys.argv) < 2 or
              t.__name__ in sys.argv[1:]]
    failed = 0
    print("1..%d" % len(wanted), flush=True)
    for i, test in enumerate(wanted, 1):
        try:
            test()
            print("ok %d - %s" % (i, test.__name__), flush=True)
        except SkipTest as e:
            print("ok %d - %s # SKIP %s" % (i, test.__name__, e), flush=True)
        except Exception as e:  # pylint: disable=broad-except
            failed += 1
            print("not ok %d - %s" % (i, test.__name__))
            for line in ("%s: %s" % (type(e).__name__, e)).splitlines():
                print("# " + line)
            sys.stdout.flush()
    sys.exit(1 if failed else 0)
