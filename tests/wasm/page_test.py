# SPDX-License-Identifier: MIT
"""The page with its engine in the browser, as a real hub serves it: whole
stories, its loader and releases, its policy."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in "../integration", "../browser":
    sys.path.insert(0, os.path.join(HERE, folder))
# pylint: disable=wrong-import-position
from hub_page import HubPage
from scenario import CHROMIUM, MODULES, run_story
from world import BIN, check, main, photo


class ChromiumPage(HubPage):
    def __init__(self):
        super().__init__(CHROMIUM, os.path.join(MODULES, "playwright-core"))


def test_story():
    """A phone that knows nothing but a link, from there to a report; on the
    other side a program, and the desk."""
    with ChromiumPage() as w:
        w.join("mother", "swallow", "eve")
        w.friends("mother", "swallow")
        photo(w.path("a.png"), 640, 420)
        w.config["photo"] = w.path("a.png")
        w.config["ann"] = w.link()
        w.config["invite"] = w.invite()
        w.config["once"] = True
        w.local("mother")
        run_story(w)


def comment(name):
    """A change that does nothing."""
    def change(folder):
        with open(os.path.join(folder, name), "a", encoding="utf-8") as f:
            f.write("// another one\n")
        os.remove(os.path.join(folder, name + ".br"))
    return change


def test_releases():
    with ChromiumPage() as w:
        other = w.path("other.key")
        w.ok("countersignctl", "page", "key", "example.org/page", other)
        w.config["page_link"] = w.link()
        w.config["ctl"] = [os.path.join(BIN, "countersignctl"), "--hub", w.hub]
        w.config["releases"] = {
            "first": w.first,
            "unsigned": w.install("1.0.1", key=False),
            "foreign": w.install("1.0.2", key=other),
            "second": w.install("1.1.0"),
            "loader": w.install("1.1.1", change=comment("sw.js")),
        }
        w.scenario("page_release")


def test_device():
    """What belongs to one device; and the evidence that it saved verifies."""
    with ChromiumPage() as w:
        w.join("bob")
        w.config["page_link"] = w.link()
        w.config["second_link"] = w.link()
        w.config["key"] = w.ok("countersign-verify", "--new-key",
                               w.path("their.key")).out.split()[-1]
        w.config["sealed"] = w.path("sealed.csev")
        w.scenario("page_device")
        root = w.config["page_link"].split("#")[-1]
        check(w.run("countersign-verify", w.config["sealed"],
                    "--operator-key", root).status != 0, "it is sealed")
        told = w.ok("countersign-verify", w.config["sealed"], "--operator-key",
                    root, "--key-file", w.path("their.key")).out
        check("Is it you?" in told, told)


def test_policy():
    with ChromiumPage() as w:
        w.config["mother"] = w.config["page"]
        w.config["hub"] = True
        w.scenario("page_policy")


main()
