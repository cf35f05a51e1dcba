# SPDX-License-Identifier: MIT
"""The page with its engine in Firefox, as a real hub serves it."""
import os
import struct

from hub_page import HubPage
from world import BIN, main, photo


def with_comment(path, text):
    """A JPEG says it beside its picture."""
    with open(path, "rb") as f:
        data = f.read()
    segment = b"\xff\xfe" + struct.pack(">H", len(text) + 2) + text
    with open(path, "wb") as f:
        f.write(data[:2] + segment + data[2:])


def test_story():
    with HubPage() as w:
        w.join("bob")
        photo(w.path("a.jpg"), 640, 420)
        with_comment(w.path("a.jpg"), b"LEAKED")
        w.config["photo"] = w.path("a.jpg")
        w.config["saved"] = w.path("saved.jpg")
        w.config["link"] = w.link()
        w.config["release"] = w.first
        w.config["profile"] = w.path("profile")
        w.config["bob"] = [os.path.join(BIN, "countersign"), "--home",
                           w.home("bob")]
        w.scenario("firefox")


main()
