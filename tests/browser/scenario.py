# SPDX-License-Identifier: MIT
"""Running a scenario in a browser: what it is given, and what it says."""
import json
import os
import re
import subprocess
import threading

from world import Failed, check

HERE = os.path.dirname(os.path.abspath(__file__))
CHROMIUM = "/usr/bin/chromium"
MODULES = os.path.join(HERE, "..", "..", "web/desk/node_modules")
# Every scenario, with pictures of every page.
STUCK_S = 600


def run_scenario(w, name):
    """Run scenario_${name}.mjs with w.config."""
    path = w.path("config.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(w.config, f)
    done = subprocess.run(
        ["node", os.path.join(HERE, "scenario_%s.mjs" % name), path],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=STUCK_S)
    out = done.stdout.decode("utf-8", "replace")
    if done.returncode != 0:
        bad = [line for line in out.splitlines()
               if not line.startswith("ok ")]
        raise Failed("\n".join(bad))
    check(re.search(r"^1\.\.[1-9]", out, re.M), "a plan: " + out)
    print("".join("# %s\n" % line for line in out.splitlines()), end="",
          flush=True)


def run_story(w):
    """The story of ann, whom eve threatens as soon as she has joined."""
    stop = threading.Event()

    def threaten():
        while not stop.wait(0.5):
            if w.cs("eve", "send", "ann", "--photo", w.path("a.png"),
                    "We know where your family is. Do what we say.",
                    "--new").status == 0:
                return
    t = threading.Thread(target=threaten)
    t.start()
    try:
        run_scenario(w, "page_story")
    finally:
        stop.set()
        t.join()
