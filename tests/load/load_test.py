# SPDX-License-Identifier: MIT
"""Honest members, beside hostile members and strangers.

    python3 tests/load/load_test.py [SECONDS [ATTACK...]]

Four honest members write ten times a second each, first in quiet and then
under each attack for SECONDS (2); prints what 50 and 99 of a hundred messages
take at most, until the hub has acknowledged them, and how that is to quiet.
Fails only when an honest message is refused or lost, or somebody cannot come
in: never because something is slow.  Whoever attacks has a lower priority, as
if they were at machines of their own; they have other addresses of this one.
"""
import os
import resource
import selectors
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "integration"))
from world import TOOLS, Failed, World, check  # noqa: E402

LOAD = os.path.join(os.environ.get("COUNTERSIGN_LOAD",
                                   os.path.join(TOOLS, "../load")), "load")
HONEST = ["alma", "boris", "clara", "dunya"]
HOSTILE = ["mallory", "marvin"]
MEMBERS = ["requests", "unread", "messages", "commits", "files", "reports",
           "letters", "contacts", "guesses"]
FLOOD = "connections"
HELD = 3000  # by strangers, at once, where a program may open so many


def now_us():
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000


def start(w, name, mode, nice=0):
    return subprocess.Popen(
        [LOAD, w.home(name), "team" if nice == 0 else "pit-" + name, mode],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, preexec_fn=lambda: os.nice(nice))


def wait_ready(p, who):
    if p.stdout.readline() != b"ready\n":
        p.kill()
        raise Failed("%s has no start: %s" % (who, p.communicate()[1]))


def flood(port, seconds):
    """Strangers who connect and say nothing, and come again when cut."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    most = HELD if hard == resource.RLIM_INFINITY else min(HELD, hard - 50)
    look, end = selectors.DefaultSelector(), time.monotonic() + seconds
    held = 0
    while time.monotonic() < end:
        while held < most and time.monotonic() < end:
            s = socket.socket()
            s.setblocking(False)
            s.bind(("127.0.1.%d" % (1 + held % 200), 0))
            s.connect_ex(("127.0.0.1", port))
            look.register(s, selectors.EVENT_READ)
            held += 1
        for key, _ in look.select(0.02):
            look.unregister(key.fileobj)
            key.fileobj.close()
            held -= 1


def attack(w, what, seconds):
    """From when to when, and what the attackers got."""
    if what == FLOOD:
        begin = now_us()
        p = subprocess.Popen([sys.executable, __file__, FLOOD, str(w.port),
                              str(seconds)], preexec_fn=lambda: os.nice(10))
        # Somebody comes meanwhile.
        time.sleep(seconds / 2)
        # A stranger may share their place in the hub's table: once again.
        if w.cs("late", "devices").status != 0:
            w.csok("late", "devices")
        check(p.wait() == 0, "the strangers broke off")
        return begin, now_us(), "somebody came in meanwhile"
    procs = [start(w, name, what, 10) for name in HOSTILE]
    for p in procs:
        wait_ready(p, "an attacker")
    begin = now_us()
    time.sleep(seconds)
    end = now_us()
    got = []
    for p in procs:
        p.send_signal(signal.SIGTERM)
        try:
            out, err = p.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            p.kill()
            out, err = p.communicate()
        got.append(out.decode().strip().replace(" ", " taken, ") + " refused"
                   if out else "cut off: " + err.decode().strip()[-60:])
    return begin, end, "; ".join(got)


def percentile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 2
    attacks = sys.argv[2:] or [FLOOD] + MEMBERS
    with World() as w:
        w.join(*HONEST, *HOSTILE, "late")
        w.friends("alma", *HONEST[1:])
        w.csok("alma", "group", "new", "team", *HONEST[1:])
        for name in HONEST[1:]:
            w.csok(name, "inbox")
        w.friends(*HOSTILE)
        for name, other in zip(HOSTILE, reversed(HOSTILE)):
            w.csok(name, "group", "new", "pit-" + name, other)
        honest = [start(w, name, "honest") for name in HONEST]
        for p in honest:
            wait_ready(p, "an honest member")
        time.sleep(2)
        begin = now_us()
        time.sleep(2 * seconds)
        phases = [("quiet", begin, now_us(), "")]
        for what in attacks:
            begin, end, got = attack(w, what, seconds)
            phases.append((what, begin, end, got))
            time.sleep(0.5)
        begin = now_us()
        time.sleep(seconds)
        phases.append(("quiet again", begin, now_us(), ""))
        samples = []
        for name, p in zip(HONEST, honest):
            out, err = p.communicate(timeout=120)
            check(p.returncode == 0, "%s: %s" % (name, err.decode()))
            samples += [tuple(map(int, line.split()))
                        for line in out.decode().splitlines()]
        # All that was sent is there.
        sent = len(samples)
        w.csok("alma", "inbox")
        entries = w.db().execute(
            "SELECT seq FROM grp ORDER BY seq DESC LIMIT 1").fetchone()[0]
        check(entries > 0, "nothing in the log")
        quiet = None
        print("%-12s %6s %9s %9s %6s" % ("", "n", "p50 ms", "p99 ms",
                                         "ratio"))
        for what, begin, end, got in phases:
            took = [t / 1000 for at, t in samples if begin <= at < end]
            check(took, "no honest message during " + what)
            p50, p99 = percentile(took, .5), percentile(took, .99)
            quiet = quiet or p99
            print("%-12s %6d %9.2f %9.2f %6.2f  %s" % (
                what, len(took), p50, p99, p99 / quiet, got), flush=True)
        print("%d honest messages, none lost" % sent)


if sys.argv[1:2] == [FLOOD] and len(sys.argv) == 4:
    flood(int(sys.argv[2]), float(sys.argv[3]))
else:
    main()
