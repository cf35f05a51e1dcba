# SPDX-License-Identifier: MIT
"""media.wasm: it reaches nothing, and makes of a file what a program makes."""
import glob
import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../integration"))
from world import (BIN, SHARED, STUCK_S, TOOLS, SkipTest, check,  # noqa: E402
                   main)
import tempfile  # noqa: E402

HOST = os.environ["COUNTERSIGN_PAGE_HOST"]
MEDIA = os.environ["COUNTERSIGN_MEDIA"]
TIMEOUT_MS = 45000
TOO_LATE = "-2"  # of web/member/src/worker/media.ts


def media(*args, timeout_ms=TIMEOUT_MS):
    """What media.mjs says, line by line."""
    done = subprocess.run(
        ["node", "--no-warnings", os.path.join(HERE, "media.mjs"), HOST, MEDIA,
         str(timeout_ms), *args], stdout=subprocess.PIPE, timeout=STUCK_S,
        check=True)
    return done.stdout.decode().splitlines()


def native(mode, path):
    with open(path, "rb") as f:
        done = subprocess.run([os.path.join(BIN, "countersign-photo"), mode],
                              input=f.read(), stdout=subprocess.PIPE,
                              timeout=STUCK_S, check=True)
    return done.stdout


def same(folder, mode, names):
    """Both have the same answer for each of the files."""
    paths = [os.path.join(folder, name) for name in names]
    media(mode, *paths)
    for path in paths:
        with open(path + ".answer", "rb") as f:
            answer = f.read()
        check(len(answer) > 11, "there is an answer for " + path)
        check(answer == native(mode, path), mode + " " + path)


def make(folder, name, *args, size=(640, 480)):
    made = subprocess.run(
        [os.path.join(TOOLS, "make-photo"), *map(str, size),
         os.path.join(folder, name), *args], stdout=subprocess.DEVNULL,
        timeout=STUCK_S)
    check(made.returncode == 0, "make-photo " + name)
    return name


def test_imports_nothing():
    check(json.loads(media()[0]) == [], "it has no imports")


def test_same_bytes():
    with tempfile.TemporaryDirectory() as folder:
        names = [make(folder, "plain." + kind)
                 for kind in ("jpg", "png", "webp", "gif")]
        names += [make(folder, "gps." + kind, "--gps")
                  for kind in ("jpg", "png", "webp", "gif")]
        names += [make(folder, "turned%d.jpg" % n, "--turn", str(n))
                  for n in range(8)]
        same(folder, "clean", names)
        same(folder, "icon", names)
        # What is refused is refused in the same way.
        for name in names[:4]:
            with open(os.path.join(folder, name), "rb") as f:
                whole = f.read()
            with open(os.path.join(folder, "cut-" + name), "wb") as f:
                f.write(whole[:len(whole) // 2])
        same(folder, "clean", ["cut-" + name for name in names[:4]])


def test_same_bytes_shared():
    photos = [p for kind in ("jpg", "png") for p in sorted(glob.glob(
        os.path.join(SHARED, "photos", "*", "*." + kind)))]
    if not photos:
        raise SkipTest("there is no ../shared/photos")
    with tempfile.TemporaryDirectory() as folder:
        for path in photos:
            shutil.copyfile(path, os.path.join(folder, os.path.basename(path)))
        same(folder, "clean", map(os.path.basename, photos))


def test_too_late():
    """A decoder that takes too long is ended, and the next is a new one."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, make(folder, "p.jpg", size=(6000, 4000)))
        check(media("clean", path, timeout_ms=50) == [TOO_LATE], "it is ended")
        check(media("clean", path)[0].endswith(" ms"), "and would be done")


main()
