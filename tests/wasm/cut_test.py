#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a browser does to a member's files.

tests/wasm/cut.mjs cuts a page off: right before a change, in the middle of one, or
as a power cut would, and at each frame that it sends; then it begins again from
what is left.  CUT_POINTS=all tries every point in each way, CUT_SEED=n other
ones.  tests/wasm/endure.mjs: the device is full, and files are taken away.
"""
import glob
import json
import os
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "../integration"))
from world import World, check, free_port, main  # noqa: E402

# Filled by tests/wasm/run.
PROGRAMS = os.environ["COUNTERSIGN_PAGE_PROGRAMS"]
ORIGIN = "http://localhost:8080"
POINTS = os.environ.get("CUT_POINTS", "10")
SEED = int(os.environ.get("CUT_SEED", 1))
# All points take hours on a busy machine.
STUCK_S = 6 * 3600 if POINTS == "all" else 600


def run(program, scenario, **more):
    """What ${program} says of ${scenario}, at a hub that lets pages in."""
    with World() as w:
        web = free_port()
        w.ok("countersignctl", "--hub", w.hub, "web", "on",
             "127.0.0.1:%d" % web, ORIGIN)
        w.stop("hub")
        w.start_hub()
        folder = w.path("databases")
        os.mkdir(folder)
        config = {"engine": os.environ["COUNTERSIGN_ENGINE"], "port": web,
                  "origin": ORIGIN, "scenario": scenario, "folder": folder,
                  "invite": w.invite("--uses", 10000), **more}
        done = subprocess.run(
            ["node", "--experimental-websocket", "--no-warnings",
             os.path.join(PROGRAMS, program), json.dumps(config)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=STUCK_S)
        check(done.returncode == 0, "seed %d: %s" % (
            SEED, done.stderr.decode("utf-8", "replace")[-3000:]))
        for path in glob.glob(os.path.join(folder, "*.db")):
            with sqlite3.connect(path) as db:
                found = db.execute("PRAGMA integrity_check").fetchall()
            check(found == [("ok",)], "%s: %s" % (path, found))
        return json.loads(done.stdout)


def cut(scenario):
    said = run("cut.mjs", scenario, points=POINTS, seed=SEED)
    print("# %(changes)d changes, ended at %(points)d of them in one way "
          "or another, %(databases)d databases whole" % said, flush=True)
    check(said["points"] == said["databases"] > 0, str(said))


def test_send():
    cut("send")


def test_receive():
    cut("receive")


def test_group():
    cut("group")


def test_join():
    cut("join")


def test_lock():
    cut("lock")


def test_full():
    said = run("endure.mjs", "full")
    print("# full %(times)d times, %(messages)d messages" % said, flush=True)


def test_taken_away():
    said = run("endure.mjs", "taken")
    print("# taken away %(times)d times" % said, flush=True)


main()
