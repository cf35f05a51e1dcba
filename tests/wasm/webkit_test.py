# SPDX-License-Identifier: MIT
"""The page with its engine in WebKitGTK, as a real hub serves it."""
import glob
import os

from hub_page import HERE, HubPage
from world import main


def files_instead(folder):
    """A change to a release: what WebKitGTK lacks before the Worker's script."""
    [worker] = glob.glob(os.path.join(folder, "p/*/worker.js"))
    with open(os.path.join(HERE, "files_instead.js"), encoding="utf-8") as f:
        before = f.read()
    with open(worker, encoding="utf-8") as f:
        script = f.read()
    with open(worker, "w", encoding="utf-8") as f:
        f.write(before + script)
    os.remove(worker + ".br")


def test_lack():
    with HubPage() as w:
        w.config["link"] = w.link()
        w.config["profile"] = w.path("profile")
        w.scenario("webkit_lack")


def test_story():
    with HubPage() as w:
        w.driven("1.0.1", change=files_instead)
        w.config["hub_pid"] = w.procs["hub"].pid
        w.scenario("webkit")


main()
