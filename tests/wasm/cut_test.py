#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A member's page ends at any change of its files, and begins again.

tests/wasm/cut.mjs cuts it off: right before a change, in the middle of one, or
as a power cut would, and at each frame that it sends; then it begins again from
what is left.  CUT_POINTS=all tries every point in each way, CUT_SEED=n other
ones.
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
POINTS = os.environ.get("CUT_POINTS", "16")
SEED = int(os.environ.get("CUT_SEED", 1))
# All points of what takes longest, on a busy machine.
STUCK_S = 3 * 3600


def cut(scenario):
    with World() as w:
        web = free_port()
        w.ok("countersignctl", "--hub", w.hub, "web", "on",
             "127.0.0.1:%d" % web, ORIGIN)
        w.stop("hub")
        w.start_hub()
        folder = w.path("databases")
        os.mkdir(folder)
        config = {"engine": os.environ["COUNTERSIGN_ENGINE"], "port": web,
                  "origin": ORIGIN, "scenario": scenario, "points": POINTS,
                  "seed": SEED, "folder": folder,
                  "invite": w.invite("--uses", 10000)}
        done = subprocess.run(
            ["node", "--experimental-websocket", "--no-warnings",
             os.path.join(PROGRAMS, "cut.mjs"), json.dumps(config)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=STUCK_S)
        check(done.returncode == 0, "seed %d: %s" % (
            SEED, done.stderr.decode("utf-8", "replace")[-3000:]))
        said = json.loads(done.stdout)
        for path in glob.glob(os.path.join(folder, "*.db")):
            with sqlite3.connect(path) as db:
                found = db.execute("PRAGMA integrity_check").fetchall()
            check(found == [("ok",)], "%s: %s" % (path, found))
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


main()
