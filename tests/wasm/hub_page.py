# SPDX-License-Identifier: MIT
"""A hub that serves the page, its releases, and people."""
import os
import shutil
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in "../integration", "../browser":
    sys.path.insert(0, os.path.join(HERE, folder))
# pylint: disable=wrong-import-position
from page import Page
from scenario import run_scenario
from world import BIN, SkipTest, World, free_port, photo

# Filled by tests/wasm/run.
RELEASE = os.environ["COUNTERSIGN_RELEASE"]


def with_comment(path, text):
    """A JPEG says it beside its picture."""
    with open(path, "rb") as f:
        data = f.read()
    segment = b"\xff\xfe" + struct.pack(">H", len(text) + 2) + text
    with open(path, "wb") as f:
        f.write(data[:2] + segment + data[2:])


class HubPage(World):
    """A hub with a desk that serves the page, and people; ${needs} are files
    without which nothing can be tried."""

    def __init__(self, *needs, key=True, **more):
        for there in needs:
            if not os.path.exists(there):
                raise SkipTest("there is no " + os.path.basename(there))
        super().__init__(desk=True, **more)
        self.page_port = free_port()
        self.page_origin = "http://localhost:%d" % self.page_port
        self.config = {"page": self.page_origin + "/"}
        self.ctl("web", "on", "127.0.0.1:%d" % self.page_port,
                 self.page_origin)
        self.key = None
        if key:
            self.key = self.path("page.key")
            self.ok("countersignctl", "page", "key", "example.org/page",
                    self.key)
        self.first = self.show("1.0.0")
        self.stop("hub")
        self.start_hub()

    def ctl(self, *args):
        return self.ok("countersignctl", "--hub", self.hub, *args)

    def through(self, line):
        """Browsers come by this line to the page."""
        self.page_origin = "http://localhost:%d" % line.port
        self.ctl("web", "on", "127.0.0.1:%d" % self.page_port,
                 self.page_origin)
        self.stop("hub")
        self.start_hub()

    def install(self, version, change=None, key=None):
        """A release of its own, installed; its hash."""
        folder = self.path("release-" + version)
        shutil.copytree(RELEASE, folder)
        if change:
            change(folder)
        key = self.key if key is None else key
        self.ok("countersignctl", "page", "manifest", folder, version,
                *(["--key", key] if key else []))
        return self.ctl("page", "install", folder).out.split()[-1]

    def show(self, version, **how):
        made = self.install(version, **how)
        self.ctl("page", "use", made)
        return made

    def link(self):
        """As a telephone's camera reads it."""
        return self.page_origin + "/#" + self.invite()

    def local(self, name):
        """countersign page of ${name}, into the configuration."""
        self.config[name] = Page(self, self.home(name)).link

    def program(self, name):
        """How a scenario runs the program of ${name}."""
        return [os.path.join(BIN, "countersign"), "--home", self.home(name)]

    def driven(self, version="1.0.0", **how):
        """What tests/browser/driven_story.mjs needs; ${how} the release differs
        (install) from the first, if it does."""
        self.join("bob", "eve")
        self.config["bob"] = self.program("bob")
        self.config["eve"] = self.program("eve")
        photo(self.path("a.jpg"), 640, 420)
        with_comment(self.path("a.jpg"), b"LEAKED")
        self.config["photo"] = self.path("a.jpg")
        self.config["saved"] = self.path("saved.jpg")
        self.config["link"] = self.link()
        self.config["version"] = version
        self.config["release"] = self.show(version, **how) if how else \
            self.first
        self.config["profile"] = self.path("profile")

    def scenario(self, name):
        run_scenario(self, name)
