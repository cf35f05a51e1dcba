#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Photos and recordings arrive without what they would tell beside it."""
import math
import os
import pty
import select
import struct
import subprocess
import time
import wave

from world import BIN, STUCK_S, TOOLS, World, check, main

TRACES = (b"LEAKED", b"Exif", b"EXIF", b"eXIf", b"GPS", b"XMP", b"ICC")
# What each kind becomes, and how it begins then.
KINDS = {
    "jpg": ("image/jpeg", b"\xff\xd8\xff"),
    "png": ("image/png", b"\x89PNG"),
    "webp": ("image/webp", b"RIFF"),
    "gif": ("image/webp", b"RIFF"),
    "heic": ("image/jpeg", b"\xff\xd8\xff"),
    "avif": ("image/jpeg", b"\xff\xd8\xff"),
}


def world():
    w = World()
    w.join("alice", "bob")
    w.friends("alice", "bob")
    return w


def make(w, kind, *args):
    """A photo with a place in it."""
    path = w.path("gps." + kind)
    made = subprocess.run(
        [os.path.join(TOOLS, "make-photo"), "320", "240", path] + list(args),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=STUCK_S)
    if made.returncode == 77:
        return None
    check(made.returncode == 0, "make-photo " + path)
    return path


def read(path):
    with open(path, "rb") as f:
        return f.read()


def received(w, name="bob"):
    """The one new message, and what is in its file."""
    got = [m for m in w.inbox(name) if m["kind"] == "received"]
    check(len(got) == 1, "one message: %s" % got)
    out = w.path("out")
    w.csok(name, "save", got[0]["id"], "-o", out, "--force")
    return got[0]["media"][0], read(out)


def test_every_kind_loses_its_place():
    with world() as w:
        tried = 0
        for kind, (media_type, begin) in KINDS.items():
            pic = make(w, kind, "--gps")
            if pic is None:
                continue
            check(b"LEAKED" in read(pic), "there is something to find")
            # Its bytes say what it is, not its name.
            odd = w.path("IMG_20240102.txt")
            os.rename(pic, odd)
            w.csok("alice", "send", "bob", "--photo", odd)
            media, data = received(w)
            check(media["type"] == media_type, "%s: %s" % (kind, media))
            check(data.startswith(begin), "%s is what it says" % kind)
            check("IMG" not in media["name"], "a name of its own: %s" % media)
            found = [t for t in TRACES if t in data]
            check(not found, "%s: %s are left" % (kind, found))
            if kind == "gif":
                check(data.count(b"ANMF") == 3, "it moves")
            tried += 1
        check(tried >= 4, "%d kinds" % tried)


def test_a_photo_as_a_file():
    """Nobody sends a place without knowing."""
    with world() as w:
        for kind in KINDS:
            pic = make(w, kind, "--gps")
            if pic is None or kind == "gif":  # a comment is no place
                continue
            r = w.cs("alice", "send", "bob", "--file", pic)
            check(r.status == 1 and "where it was taken" in r.err and
                  "--photo" in r.err and "--as-is" in r.err, str(r))
            check(w.inbox("bob") == [], "nothing was sent")
            w.csok("alice", "send", "bob", "--file", pic, "--as-is")
            media, data = received(w)
            check(data == read(pic), "as it is, when that is wanted")
        # A photo without all that goes as any file does.
        pic = make(w, "jpg")
        w.csok("alice", "send", "bob", "--file", pic)
        check(received(w)[1] == read(pic), "as it is")
        r = w.cs("alice", "send", "bob", "hello", "--as-is")
        check(r.status == 64, str(r))


def on_terminal(w, answer, *args):
    """What a member's program says on a terminal, and how it ends."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(os.path.join(BIN, "countersign"),
                 ["countersign", "--home", w.home("alice")] + list(args))
    said, until, sent = b"", time.monotonic() + STUCK_S, False
    while time.monotonic() < until:
        ready, _, _ = select.select([fd], [], [], 1)
        if not ready:
            continue
        try:
            more = os.read(fd, 4096)
        except OSError:  # its end of the terminal is closed
            more = b""
        if not more:
            break
        said += more
        if not sent and b"do not send it?" in said:
            os.write(fd, answer + b"\n")
            sent = True
    os.close(fd)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said


def test_a_terminal_asks():
    with world() as w:
        pic = make(w, "jpg", "--gps")
        args = ("send", "bob", "--file", pic)
        status, said = on_terminal(w, b"n", *args)
        check(status == 1 and b"where it was taken" in said, said)
        check(w.inbox("bob") == [], "nothing was sent")
        status, said = on_terminal(w, b"c", *args)
        check(status == 0, said)
        media, data = received(w)
        check(media["type"] == "image/jpeg" and b"LEAKED" not in data,
              "cleaned: %s" % media)
        status, said = on_terminal(w, b"s", *args)
        check(status == 0, said)
        check(received(w)[1] == read(pic), "as it is")


def test_a_film_as_a_file():
    """Where a phone writes the place into a film."""
    def box(name, content):
        return struct.pack(">I", 8 + len(content)) + name + content
    with world() as w:
        path = w.path("film.mp4")
        with open(path, "wb") as f:
            f.write(box(b"ftyp", b"isom\0\0\0\0isom") +
                    box(b"moov", box(b"udta", box(
                        b"\xa9xyz", b"\0\x12\x15\xc7+52.5+013.4/"))) +
                    box(b"mdat", b"pictures"))
        r = w.cs("alice", "send", "bob", "--file", path)
        check(r.status == 1 and "where it was taken" in r.err and
              "--photo" not in r.err and "--as-is" in r.err, str(r))


def test_large_and_small():
    """A photo of 108 megapixels is scaled, a bomb refused."""
    with world() as w:
        path = w.path("large.jpg")
        made = subprocess.run([os.path.join(TOOLS, "make-photo"), "12000",
                               "9000", path, "--gps"], timeout=STUCK_S)
        check(made.returncode == 0, "make-photo")
        w.csok("alice", "send", "bob", "--photo", path)
        media, data = received(w)
        check(b"LEAKED" not in data and media["size"] < 16 << 20, media)
        at = data.index(b"\xff\xc0")
        size = struct.unpack(">HH", data[at + 5:at + 9])
        check(size == (6000, 4500), "turned and half as large: %s" % (size,))


# ---- voice ------------------------------------------------------------------

def write_wav(path, seconds, rate=44100, channels=2):
    with wave.open(path, "wb") as f:
        f.setnchannels(channels)
        f.setsampwidth(2)
        f.setframerate(rate)
        f.writeframes(b"".join(
            struct.pack("<h", int(9000 * math.sin(i // channels / 20)))
            * channels for i in range(0, seconds * rate * channels,
                                      channels)))
    with open(path, "ab") as f:
        f.write(b"LIST" + struct.pack("<I", 18) + b"INFOIART" +
                struct.pack("<I", 6) + b"LEAKED")


def ogg_checksum(page):
    crc = 0
    for byte in page:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ (0x04c11db7 if crc >> 31 else 0)) & 0xffffffff
    return crc


def with_title(data):
    """The same recording as a program writes it that says who it is."""
    at = data.index(b"OggS", 4)
    end = data.index(b"OggS", at + 4)
    title = b"TITLE=LEAKED"
    tags = (b"OpusTags" + struct.pack("<I", 6) + b"LEAKED" +
            struct.pack("<II", 1, len(title)) + title)
    page = bytearray(data[at:at + 22] + bytes(4) + b"\1" +
                     bytes([len(tags)]) + tags)
    page[22:26] = struct.pack("<I", ogg_checksum(page))
    return data[:at] + bytes(page) + data[end:]


def test_voice():
    with world() as w:
        wav, ogg = w.path("memo.wav"), w.path("memo.ogg")
        write_wav(wav, 12)
        w.csok("alice", "send", "bob", "--voice", wav)
        shown = w.csok("bob", "inbox").out
        check("[voice message, 0:12, " in shown, shown)
        got = w.csok("bob", "inbox", "--all", "--json").lines()[-1]
        media = got["media"][0]
        check(media["type"] == "audio/ogg" and media["name"] == "voice.ogg"
              and media["duration_ms"] == 12000, media)
        w.csok("bob", "save", got["id"], "-o", ogg)
        data = read(ogg)
        check(data.startswith(b"OggS") and b"OpusHead" in data and
              b"LEAKED" not in data, "Opus, and nothing else")
        # What is Opus already stays as it was said.
        with open(ogg, "wb") as f:
            f.write(with_title(data))
        check(b"LEAKED" in read(ogg), "there is something to find")
        w.csok("alice", "send", "bob", "--voice", ogg, "for you")
        media, again = received(w)
        check(again == data, "the same sound, and no title")
        check(media["duration_ms"] == 12000, media)


def test_voice_refused():
    with world() as w:
        wav, cut = w.path("memo.wav"), w.path("cut.ogg")
        pic = make(w, "jpg")
        write_wav(wav, 901, 8000, 1)
        with open(cut, "wb") as f:
            f.write(b"OggS, and no more")
        for path, says in ((wav, "15 minutes"), (pic, "Opus in Ogg"),
                           (cut, "damaged")):
            r = w.cs("alice", "send", "bob", "--voice", path)
            check(r.status == 1 and says in r.err and "not" in r.err and
                  len(r.err.splitlines()) == 1, str(r))
        r = w.cs("alice", "send", "bob", "--voice", wav, "--photo", pic)
        check(r.status == 64, str(r))
        check(w.inbox("bob") == [], "nothing was sent")


if __name__ == "__main__":
    main()
