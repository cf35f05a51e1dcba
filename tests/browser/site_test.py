#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The public site of notices in a real browser, with scripts and without."""
import os
import shutil
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "integration"))

# pylint: disable=wrong-import-position
from channels_test import begin, post
from console import DeskWorld
from desk_notices_test import Organisation, notice
from filings_test import Filings
from scenario import CHROMIUM, MODULES, run_scenario
from world import BIN, STUCK_S, SkipTest, check, free_port, main, photo

# With the module that looks at photos; ninja page-release makes one.
RELEASE = os.environ.get("COUNTERSIGN_RELEASE",
                         os.path.join(BIN, "page", "release"))


def need_browser():
    for there in (CHROMIUM, os.path.join(MODULES, "playwright-core")):
        if not os.path.exists(there):
            raise SkipTest("there is no " + os.path.basename(there))
    if shutil.which("node") is None:
        raise SkipTest("there is no node")


def let_in(w):
    """Browsers reach the site of the hub of ${w} at a port for pages."""
    web = free_port()
    origin = "http://localhost:%d" % web
    w.ok("countersignctl", "--hub", w.hub, "web", "on", "127.0.0.1:%d" % web,
         origin)
    w.config = {"site": origin + "/notices"}


class BrowserSite(Filings):
    def __init__(self):
        need_browser()
        super().__init__()
        let_in(self)
        self.restart()


def test_site():
    """A stranger files a notice; what was not answered in time stands there
    for everybody."""
    with BrowserSite() as w:
        w.organisation("Helpers & Co")
        w.file("danger", "She is to be brought to the border tonight.",
               "--named")
        w.file("trafficking", "A family is offered in a group.")
        w.restart(days=3)
        until = time.monotonic() + STUCK_S
        while "Helpers" not in w.get("/notices/overdue"):
            check(time.monotonic() < until, "a deadline that passed is shown")
            time.sleep(0.2)
        w.config["text"] = "A girl is offered for sale. <b>bold</b> & more"
        w.config["proof"] = w.path("letter.txt")
        with open(w.config["proof"], "w", encoding="utf-8") as f:
            f.write("What the letter says.")
        run_scenario(w, "site")


def test_without_script():
    with BrowserSite() as w:
        w.config["text"] = "Somebody threatens my brother."
        run_scenario(w, "site_plain")


def test_channel():
    with BrowserSite() as w:
        w.join("alice")
        path = begin(w, "alice", "News", "--title", "Relief of the valley")
        photo(w.path("a.jpg"), 640, 420)
        post(w, "alice", "The road is open.")
        post(w, "alice", "--photo", w.path("a.jpg"), "who <i>bids</i>")
        w.config["channel"] = w.config["site"].replace("/notices", path)
        run_scenario(w, "site_channel")


def test_photos():
    """What a browser makes of photos is what the program makes: at the desk
    it adds nothing."""
    need_browser()
    if not os.path.isdir(RELEASE):
        raise SkipTest("there is no release of the page")
    with DeskWorld() as w:
        let_in(w)
        folder = w.path("release")
        shutil.copytree(RELEASE, folder)
        w.ok("countersignctl", "page", "manifest", folder, "1.0.0")
        made = w.ok("countersignctl", "--hub", w.hub, "page", "install",
                    folder).out.split()[-1]
        w.ok("countersignctl", "--hub", w.hub, "page", "use", made)
        w.stop("hub")
        w.start_hub()
        w.config["photos"] = [w.path("a.png"), w.path("b.jpg")]
        photo(w.config["photos"][0], 640, 420)
        photo(w.config["photos"][1], 800, 1200)
        w.config["broken"] = w.path("broken.jpg")
        with open(w.config["broken"], "wb") as f:
            f.write(b"\xff\xd8\xff no photo")
        w.config["saved"] = w.path("hashes.txt")
        run_scenario(w, "site_photos")
        with open(w.config["saved"], encoding="utf-8") as f:
            saved = f.read().split()
        check(len(set(saved)) == 2, str(saved))
        anna = w.person("anna")
        shelter = Organisation(w, "Shelter")
        for number, given in (1, w.config["photos"]), (2, [w.config["saved"]]):
            shelter.ok("photos", *given)
            answer = notice(w, anna, {"number": number})
            check(answer["outcome"] == "listed", str(answer))
            (found,) = anna.get("/lists")["items"]
            check(found["hashes"] == 2, "after %d: %s" % (number, found))


if __name__ == "__main__":
    main()
