#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The member's page in a real browser, over real homes and a real hub."""
import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "integration"))

# pylint: disable=wrong-import-position
from page import Page
from scenario import CHROMIUM, MODULES, run_scenario, run_story
from world import SkipTest, World, main, photo


class PageWorld(World):
    """A village: people who know one another, and a desk."""

    def __init__(self):
        for there in (CHROMIUM, os.path.join(MODULES, "playwright-core")):
            if not os.path.exists(there):
                raise SkipTest("there is no " + os.path.basename(there))
        if shutil.which("node") is None:
            raise SkipTest("there is no node")
        super().__init__(desk=True)
        self.config = {}
        self.join("mother", "swallow", "eve")
        self.friends("mother", "swallow")

    def page(self, name):
        """countersign page; its link, unused, into the configuration."""
        p = Page(self, self.home(name))
        status, data, _ = p.ask("GET", "/")
        if status == 200 and b"was not built" in data:
            raise SkipTest("the page was not built")
        self.config[name] = p.link
        return p

    def scenario(self, name):
        run_scenario(self, name)


def test_story():
    with PageWorld() as w:
        photo(w.path("a.png"), 640, 420)
        w.config["photo"] = w.path("a.png")
        w.config["invite"] = w.invite()
        w.page("ann")
        w.page("mother")
        run_story(w)


HOSTILE = ["<img src=x onerror=alert(1)>",
           "https://evil.example/ javascript:alert(1)",
           "a\u202egnp.exe", "W" * 400, "\u0627" * 300,
           "\u0644\u0627 \u062a\u0642\u0644\u0642 123"]


def test_screens():
    with PageWorld() as w:
        w.csok("swallow", "group", "new", "Neighbours, third floor", "mother")
        w.csok("mother", "inbox")
        for text in HOSTILE:
            w.csok("swallow", "send", "Neighbours, third floor", text)
        w.csok("eve", "send", "mother", "W" * 200, "--new")
        w.csok("mother", "inbox")
        w.csok("mother", "alias", "swallow", "\u062e\u0627\u06b5\u06d5")
        group = [g for g in w.csok("mother", "group", "list", "--json").lines()
                 if not g["direct"]][0]
        w.config["chat"] = group["id"]
        w.page("mother")
        w.scenario("page_screens")


def test_policy():
    with PageWorld() as w:
        w.page("mother")
        w.scenario("page_policy")


main()
