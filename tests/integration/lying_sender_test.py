# SPDX-License-Identifier: MIT
"""A member's client that lies is caught by the recipients (issue, C.6)."""
import os
import subprocess

from world import TOOLS, World, check, main, photo


def lie(w, mode, *more):
    return w.run("liar", w.home("alice"), "family", mode, *more)


def world():
    w = World()
    w.join("alice", "bob")
    w.friends("alice", "bob")
    w.csok("alice", "group", "new", "family", "bob")
    w.csok("bob", "inbox")
    return w


def refused(w, name="bob"):
    return [m for m in w.inbox(name) if m["kind"] == "refused"]


def test_lies_about_the_message():
    reasons = {
        "tag": "tag",
        "signature": "signature",
        "seq": "signature",
        "sender": "mismatch",
        "room": "mismatch",
        "cbor": "format",
    }
    with world() as w:
        r = lie(w, "honest")
        check(r.status == 0, str(r))
        check(w.texts("bob") == ["this is the lie called honest"], "control")
        for mode, reason in reasons.items():
            r = lie(w, mode)
            check(r.status == 0, "the hub cannot see it: %s" % r)
            raw = w.csok("bob", "inbox", "--json")
            check("the lie called" not in raw.out, "never shown: %s" % raw)
            found = [m for m in raw.lines() if m["kind"] == "refused"]
            check(len(found) == 1 and found[0]["from"] == "alice" and
                  found[0]["reason"] == reason, "%s: %s" % (mode, raw))
            shown = w.csok("bob", "inbox", "--all")
            check("lie called " + mode not in shown.out, "nor later")
        w.csok("alice", "send", "family", "the truth")
        check(w.texts("bob") == ["the truth"], "and goes on")


def test_lies_about_a_photo():
    reasons = {"key": "mac", "type": "type", "digest": "digest"}
    with world() as w:
        pic = w.path("pic.jpg")
        photo(pic, 640, 480)
        for mode, reason in reasons.items():
            check(lie(w, mode, pic).status == 0, mode)
            got = [m for m in w.inbox("bob") if m["kind"] == "received"]
            out = w.path("out-" + mode)
            r = w.cs("bob", "save", got[0]["id"], "-o", out)
            check(r.status == 1 and reason in r.err, "%s: %s" % (mode, r))
            check(not os.path.exists(out) and not
                  [f for f in os.listdir(w.dir) if f.startswith("out-")],
                  "nothing written")


def test_place_is_gone():
    with world() as w:
        pic = w.path("gps.jpg")
        subprocess.run([os.path.join(TOOLS, "make-photo"), "640", "480", pic,
                        "--gps"], check=True)
        with open(pic, "rb") as f:
            check(b"Exif" in f.read(), "it has a place")
        w.csok("alice", "send", "family", "--photo", pic)
        got = [m for m in w.inbox("bob") if m["kind"] == "received"]
        w.csok("bob", "save", got[0]["id"], "-o", w.path("out.jpg"))
        with open(w.path("out.jpg"), "rb") as f:
            data = f.read()
        check(b"Exif" not in data and b"GPS" not in data, "and lost it")
        # Orientation 6 turns 640 x 480 on its side.
        at = data.index(b"\xff\xc0")
        height = int.from_bytes(data[at + 5:at + 7], "big")
        width = int.from_bytes(data[at + 7:at + 9], "big")
        check((width, height) == (480, 640), "turned: %dx%d" % (width, height))
        check("gps" not in got[0]["media"][0]["name"], "nor its name")


def png_bomb(path):
    """A PNG of 60,000 by 60,000 pixels in a few kilobytes."""
    import struct
    import zlib

    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data +
                struct.pack(">I", zlib.crc32(kind + data)))
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(b"\0" * 7501) for _ in range(2000))
    rows += packer.flush()
    with open(path, "wb") as f:
        f.write(b"\x89PNG\r\n\x1a\n" +
                chunk(b"IHDR", struct.pack(">IIBBBBB", 60000, 60000, 1, 0, 0,
                                           0, 0)) +
                chunk(b"IDAT", rows) + chunk(b"IEND", b""))


def test_bombs_and_wrong_files():
    with world() as w:
        png_bomb(w.path("bomb.png"))
        with open(w.path("text.jpg"), "w") as f:
            f.write("not a photo")
        with open(w.path("cut.jpg"), "wb") as f:
            photo(w.path("whole.jpg"), 640, 480)
            with open(w.path("whole.jpg"), "rb") as g:
                f.write(g.read(200))
        for name in ("bomb.png", "text.jpg", "cut.jpg"):
            r = w.cs("alice", "send", "family", "--photo", w.path(name))
            check(r.status == 1 and len(r.err.splitlines()) == 1,
                  "%s: %s" % (name, r))
        check(w.texts("bob") == [], "nothing was sent")


if __name__ == "__main__":
    main()
