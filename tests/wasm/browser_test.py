# SPDX-License-Identifier: MIT
"""The engine in Chromium, in a page that a real hub serves."""
import base64
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in "../integration", "../browser":
    sys.path.insert(0, os.path.join(HERE, folder))
from scenario import CHROMIUM, MODULES, run_scenario  # noqa: E402
from world import STUCK_S, TOOLS, SkipTest, World, check, free_port, main  # noqa: E402

# Filled by tests/wasm/run: the bundles and the engine.
PAGE = os.environ["COUNTERSIGN_PAGE"]


class Web(World):
    """A hub that serves the page."""

    def __init__(self):
        for there in (CHROMIUM, os.path.join(MODULES, "playwright-core")):
            if not os.path.exists(there):
                raise SkipTest("there is no " + os.path.basename(there))
        super().__init__()
        port = free_port()
        self.config = {"page": "http://localhost:%d/" % port}
        self.ctl("web", "on", "127.0.0.1:%d" % port,
                 "http://localhost:%d" % port)
        release = self.path("release")
        shutil.copytree(PAGE, release)
        self.ok("countersignctl", "page", "manifest", release, "1")
        made = self.ctl("page", "install", release).out.split()[-1]
        self.ctl("page", "use", made)
        self.stop("hub")
        self.start_hub()

    def ctl(self, *args):
        return self.ok("countersignctl", "--hub", self.hub, *args)


def avif(w):
    path = w.path("photo.avif")
    made = subprocess.run([os.path.join(TOOLS, "make-photo"), "320", "240",
                           path], stdout=subprocess.DEVNULL, timeout=STUCK_S)
    if made.returncode == 77:
        raise SkipTest("no AVIF can be written here")
    with open(path, "rb") as f:
        return base64.b64encode(f.read()).decode()


def test_worker():
    with Web() as w:
        w.join("bob")
        w.config["invite"] = w.invite()
        w.config["avif"] = avif(w)
        run_scenario(w, "page_worker")
        w.csok("bob", "inbox")
        w.csok("bob", "accept", "ann")
        said = str(w.inbox("bob", "--all")) + w.csok("bob", "inbox", "--json",
                                                     "--all").out
        got = [m["media"][0] for m in w.inbox("bob", "--all") if m.get("media")]
        check([(m["type"], m.get("duration_ms")) for m in got] ==
              [("image/jpeg", None), ("audio/ogg", 3000),
               ("image/jpeg", None)], got)
        check("from a browser" in said and "and again" in said,
              "bob has both: " + said)


def test_endure():
    with Web() as w:
        w.join("bob")
        w.config["invite"] = w.invite("--uses", 2)
        run_scenario(w, "page_endure")
        w.csok("bob", "inbox")
        w.csok("bob", "accept", "ann")
        w.csok("bob", "inbox", "--all")
        said = w.csok("bob", "open", "ann", "--most", 500, "--json").out
        for text in ("from the first window", "from the second window",
                     "with room again", "from the words"):
            check(said.count('"%s"' % text) == 1, "%s: %s" % (text, said))


main()
