# SPDX-License-Identifier: MIT
"""A hub that serves the page, its releases, and people."""
import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in "../integration", "../browser":
    sys.path.insert(0, os.path.join(HERE, folder))
# pylint: disable=wrong-import-position
from page import Page
from scenario import run_scenario
from world import SkipTest, World, free_port

# Filled by tests/wasm/run.
RELEASE = os.environ["COUNTERSIGN_RELEASE"]


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

    def scenario(self, name):
        run_scenario(self, name)
