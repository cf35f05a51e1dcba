# SPDX-License-Identifier: MIT
"""What the hub holds: no text, no photo, no name of a group (issue, C.2)."""
import base64
import os
import re

from world import World, check, main, photo

TEXT = "Die Walnuss\u00fcberraschung liegt unter der dritten Br\u00fccke"
GROUP = "Familie Quittengarten"
FILE = "Liste der Kirschbluetenzeit.jpg"
NOTE = "Zeugin der Mandelblueten"


def spellings(secret):
    """A secret as bytes and in the usual encodings, at any offset."""
    found = {"bytes": secret, "hex": secret.hex().encode(),
             "HEX": secret.hex().upper().encode()}
    for i in range(3):
        inner = base64.b64encode(b"\0" * i + secret)
        # Without the ends, which depend on what stands beside it.
        found["base64+%d" % i] = inner[4:-4]
        found["base64url+%d" % i] = (
            inner[4:-4].replace(b"+", b"-").replace(b"/", b"_"))
    return found


def text_spellings(text):
    found = spellings(text.encode())
    found["utf-16le"] = text.encode("utf-16-le")
    found["utf-16be"] = text.encode("utf-16-be")
    found["utf-32"] = text.encode("utf-32-le")
    found["escaped"] = text.encode("unicode_escape")
    return found


def search(where, data, secrets):
    for what, forms in secrets.items():
        for form, needle in forms.items():
            check(len(needle) >= 8, "a needle that finds anything")
            check(needle not in data, "%s (%s) is in %s" % (what, form, where))


def files_below(folder):
    for root, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(root, name)
            with open(path, "rb") as f:
                yield path, f.read()


def memory_of(pid):
    """All readable memory of a process, mapping by mapping."""
    with open("/proc/%d/maps" % pid) as f:
        maps = f.readlines()
    with open("/proc/%d/mem" % pid, "rb", 0) as mem:
        for line in maps:
            m = re.match(r"([0-9a-f]+)-([0-9a-f]+) r", line)
            start, end = (int(x, 16) for x in m.groups()) if m else (0, 0)
            # Sanitizers map terabytes of nothing.
            if not m or end - start > 1 << 30 or "[v" in line:
                continue
            try:
                mem.seek(start)
                yield line.strip(), mem.read(end - start)
            except (OSError, ValueError):
                continue


def test_hub_holds_nothing_readable():
    with World(desk=True) as w:
        w.join("alice", "bob", "carol")
        w.friends("alice", "bob", "carol")
        pic = w.path("pic.jpg")
        photo(pic, 640, 480)
        with open(pic, "rb") as f:
            camera = f.read()
        w.csok("alice", "group", "new", GROUP, "bob", "carol")
        w.csok("alice", "send", GROUP, TEXT)
        w.csok("alice", "send", GROUP, "--photo", pic, TEXT)
        os.link(pic, w.path(FILE))
        w.csok("alice", "send", GROUP, "--file", w.path(FILE))
        ids = [m["id"] for m in w.inbox("bob") if m["kind"] == "received"]
        w.csok("bob", "save", ids[-2], "-o", w.path("sent.jpg"))
        with open(w.path("sent.jpg"), "rb") as f:
            sent = f.read()
        w.csok("bob", "report", ids[-2], "--reason", "fraud", "--note", NOTE,
               "--yes")
        w.desk_reports(1)
        secrets = {
            "the text": text_spellings(TEXT),
            "the group's name": text_spellings(GROUP),
            "the note": text_spellings(NOTE),
            "the photo": spellings(sent[len(sent) // 2:][:48]),
            "the file": spellings(camera[len(camera) // 2:][:48]),
            "the file's name": text_spellings(FILE),
        }
        for name in ("hub", "desk"):
            with open("/proc/%d/limits" % w.procs[name].pid) as f:
                check(re.search(r"Max core file size +0 +0 ", f.read()),
                      "the %s leaves no core behind" % name)
        n = known = 0
        for line, data in memory_of(w.procs["hub"].pid):
            search("memory: " + line, data, secrets)
            n += len(data)
            known += data.count(b"localhost")
        check(n > 1 << 20 and known > 0, "memory was read")
        n = 0
        for path, data in files_below(w.hub):
            search(path, data, secrets)
            n += len(data)
        check(n > len(sent), "files were read")
        # The search finds what is there.
        for path, data in files_below(w.dir):
            if path.endswith("sent.jpg"):
                try:
                    search(path, data, secrets)
                except Exception:  # pylint: disable=broad-except
                    break
        else:
            check(False, "the search finds nothing at all")


def test_member_keeps_it_sealed():
    """Nor does a member's folder show it to whoever copies the database."""
    with World() as w:
        w.join("alice", "bob")
        w.csok("alice", "send", "bob", TEXT)
        w.csok("bob", "inbox")
        secrets = {"the text": text_spellings(TEXT)}
        for name in ("alice", "bob"):
            for path, data in files_below(w.home(name)):
                search(path, data, secrets)
                if not path.endswith("lock"):
                    check(os.stat(path).st_mode & 0o077 == 0,
                          path + " is for its owner only")


def test_used_keys_are_gone():
    """Nothing of a state that was replaced is left in the file."""
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        with open(os.path.join(w.home("bob"), "client.db"), "rb") as f:
            before = f.read()
        import sqlite3
        db = sqlite3.connect(os.path.join(w.home("bob"), "client.db"))
        (state,) = db.execute("SELECT secret FROM grp").fetchone()
        db.close()
        check(state[40:200] in before, "the state is in the file")
        w.csok("alice", "send", "bob", "another")
        w.csok("bob", "inbox")
        for path, data in files_below(w.home("bob")):
            check(state[40:200] not in data, "old state in " + path)


def test_passphrase():
    with World() as w:
        with open(w.path("pass"), "w") as f:
            f.write("a long passphrase\n")
        with open(w.path("wrong"), "w") as f:
            f.write("another one\n")
        w.csok("alice", "join", w.invite(), "--name", "alice",
               "--passphrase-file", w.path("pass"))
        r = w.cs("alice", "whoami")
        check(r.status == 64 and "passphrase" in r.err, str(r))
        r = w.cs("alice", "whoami", "--passphrase-file", w.path("wrong"))
        check(r.status == 78 and "passphrase" in r.err, str(r))
        w.csok("alice", "whoami", "--passphrase-file", w.path("pass"))


if __name__ == "__main__":
    main()
