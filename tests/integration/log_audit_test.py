# SPDX-License-Identifier: MIT
"""countersign-verify --log: a log that is whole, and every way in which one is
not; from a folder, from a server, and again from where the last audit ended."""
import functools
import json
import os
import shutil
import sys
import tempfile
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from world import SOURCE, World, check, free_port, main

sys.path.insert(0, os.path.join(SOURCE, "tests", "second"))
import tlog  # noqa: E402 pylint: disable=wrong-import-position

ORIGIN = "log.example/1"
WHOLE, NOT_WHOLE, NO_LOG, USAGE = 0, 1, 2, 64


class Logs(World):
    """Logs in a temporary folder, and no hub."""

    def __init__(self):  # pylint: disable=super-init-not-called
        self.dir = tempfile.mkdtemp(prefix="countersign-test-")
        self.procs = {}

    def grow(self, name, count, word="entry", number=1):
        return self.ok("tlog-write", self.path(name), ORIGIN, number, count,
                       word).out.strip()

    def public(self, name):
        return self.path(name, "public")

    def verify(self, at, key, *args):
        return self.run("countersign-verify", "--log", at, "--key", key, *args)

    def files(self, name):
        found = []
        for folder, _, names in os.walk(self.public(name)):
            found += [os.path.relpath(os.path.join(folder, n),
                                      self.public(name)) for n in names]
        return sorted(found)


class Handler(SimpleHTTPRequestHandler):
    asked = []
    connections = []

    def setup(self):
        Handler.connections.append(self.client_address)
        super().setup()

    def do_GET(self):  # pylint: disable=invalid-name
        Handler.asked.append(self.path)
        super().do_GET()

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


def served(folder, handler=Handler):
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(
        handler, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, "http://127.0.0.1:%d" % server.server_address[1]


def read_of(folder):
    def read(path):
        try:
            with open(os.path.join(folder, path), "rb") as f:
                return f.read()
        except OSError:
            return None
    return read


def second(folder, key):
    """What the second implementation says of it; NotImplemented: it cannot."""
    try:
        import cryptography  # noqa: F401 pylint: disable=unused-import
    except ImportError:
        return NotImplemented
    try:
        tlog.audit(read_of(folder), tlog.Key(key))
    except tlog.Wrong:
        return False
    return True


def agree(w, name, key, status):
    r = w.verify(w.public(name), key)
    check(r.status == status, str(r))
    check(second(w.public(name), key) in (NotImplemented, status == WHOLE),
          "the second one disagrees: %s" % r)
    return r


def test_whole():
    with Logs() as w:
        for count in (0, 1, 254, 1, 1, 300, 70000):
            key = w.grow("log", count)
            r = agree(w, "log", key, WHOLE)
            check("is whole" in r.out, str(r))
        said = json.loads(w.verify(w.public("log"), key, "--json").out)
        check(said["whole"] and said["size"] == 70557 and
              said["entries"]["other"] == 70557 and said["from"] == 0,
              str(said))
        # The key in a file, and a slash behind the folder.
        with open(w.path("key"), "w", encoding="utf-8") as f:
            f.write(key + "\n")
        check(w.verify(w.public("log") + "/", w.path("key")).status == WHOLE,
              "a key in a file")


def test_usage():
    with Logs() as w:
        key = w.grow("log", 3)
        at = w.public("log")
        for args in (
                ("--log", at), ("--log", at, "--key", "x+y+z"),
                ("--log", at, "--key", w.path("none")),
                ("--log", at, "--key", key, "bundle"),
                ("--log", at, "--key", key, "--witnesses", w.path("none")),
                ("--log", "http://log.example/", "--key", key),
                ("--log", "https://", "--key", key),
                ("--log", "https://log.example/", "--key", key,
                 "--authorities", "/dev/null"),
                ("--log", "http://127.0.0.1:0/", "--key", key),
                ("--log", at, "--key", key, "--from", w.public("log") +
                 "/checkpoint")):
            r = w.run("countersign-verify", *args)
            check(r.status == USAGE, str(r))
        for place in (w.path("none"), w.path("log"),
                      "http://127.0.0.1:%d" % free_port()):
            r = w.verify(place, key)
            check(r.status == NO_LOG, str(r))
        other = w.grow("other", 3, number=2)
        agree(w, "log", other, NO_LOG)
        r = w.verify(at, other, "--json")
        check(r.status == NO_LOG and not json.loads(r.out)["whole"], str(r))
        r = w.verify(at, key, "--from", w.path("none", "state"))
        check(r.status == 73, str(r))


def change(path, how):
    with open(path, "rb") as f:
        old = f.read()
    with open(path, "wb") as f:
        f.write(how(old))


def test_damaged():
    """Each file: changed in a byte, cut, longer, and gone."""
    with Logs() as w:
        key = w.grow("log", 256 * 256 + 300)
        files = [f for f in w.files("log") if f != "checkpoint"]
        # Of those in the middle one stands for all.
        some = [f for f in files if "/x" not in f and (
            "/0/" not in f and "entries" not in f or f.endswith("/000") or
            ".p/" in f or f.endswith("/128"))]
        check(len(some) >= 5, str(some))
        for name in some:
            for how in (lambda b: bytes([b[0] ^ 1]) + b[1:],
                        lambda b: b[:-1] + bytes([b[-1] ^ 128]),
                        lambda b: b[:-1], lambda b: b[:-32],
                        lambda b: b + b"\0", lambda b: b""):
                shutil.copytree(w.path("log"), w.path("bad"))
                change(os.path.join(w.public("bad"), name), how)
                r = agree(w, "bad", key, NOT_WHOLE)
                shutil.rmtree(w.path("bad"))
            shutil.copytree(w.path("log"), w.path("bad"))
            os.unlink(os.path.join(w.public("bad"), name))
            r = agree(w, "bad", key, NOT_WHOLE)
            check("is missing" in r.err and name.split(".")[0] in r.err, str(r))
            shutil.rmtree(w.path("bad"))
        # Entries in another order, and the tile with them.
        shutil.copytree(w.path("log"), w.path("bad"))

        def swap(b):
            entries = tlog.entries_of(b, 256)
            entries[3], entries[4] = entries[4], entries[3]
            return b"".join(len(e).to_bytes(2, "big") + e for e in entries)
        change(os.path.join(w.public("bad"), "tile/entries/000"), swap)
        agree(w, "bad", key, NOT_WHOLE)
        change(os.path.join(w.public("bad"), "tile/0/000"),
               lambda b: b[:96] + b[128:160] + b[96:128] + b[160:])
        agree(w, "bad", key, NOT_WHOLE)


def test_checkpoints():
    with Logs() as w:
        key = w.grow("log", 10)
        path = os.path.join(w.public("log"), "checkpoint")
        with open(path, "rb") as f:
            good = f.read()
        for bad in (b"", good[:-1], good + b"x", good.replace(b"\n10\n", b"\n9\n"),
                    good.replace(b"\n10\n", b"\n010\n"), b"\n" + good,
                    good.replace(ORIGIN.encode(), b"log.example/2"),
                    good.replace(b"\xe2\x80\x94", b"-"), b"x" * 200000,
                    good[:-4] + b"AA=\n"):
            with open(path, "wb") as f:
                f.write(bad)
            agree(w, "log", key, NO_LOG)
        with open(path, "wb") as f:
            f.write(good)
        agree(w, "log", key, WHOLE)


def test_continued():
    with Logs() as w:
        key = w.grow("log", 1000)
        server, url = served(w.public("log"))
        state = w.path("state")
        r = w.verify(url, key, "--from", state, "--json")
        check(r.status == WHOLE and json.loads(r.out)["from"] == 0, str(r))
        check(Handler.asked[0] == "/checkpoint" and len(Handler.asked) > 8,
              str(Handler.asked))
        before = 1000
        for count in (0, 1, 23, 256, 5000, 70000, 1):
            w.grow("log", count)
            Handler.asked.clear()
            r = w.verify(url + "/", key, "--from", state, "--json")
            said = json.loads(r.out)
            check(r.status == WHOLE and said["from"] == before and
                  said["size"] == before + count and
                  said["entries"]["other"] == before + count, str(r))
            before += count
            # What costs is what is new, and the edge.
            check(len(Handler.asked) <= 12 + 4 * (count // 256 + 1),
                  "%d: %s" % (count, Handler.asked))
        server.shutdown()


class Lasting(Handler):
    """Lets a client ask for as many files as it likes; or for ten."""
    protocol_version = "HTTP/1.1"
    most = 0

    def setup(self):
        self.left = Lasting.most
        super().setup()

    def do_GET(self):  # pylint: disable=invalid-name
        super().do_GET()
        self.left -= 1
        if self.left == 0:
            self.close_connection = True


def test_one_connection():
    with Logs() as w:
        key = w.grow("log", 70000)
        for handler, most, few in ((Lasting, 0, 1), (Lasting, 10, 60),
                                   (Handler, 0, 600)):
            server, url = served(w.public("log"), handler)
            Lasting.most = most
            Handler.asked.clear()
            Handler.connections.clear()
            r = w.verify(url, key)
            check(r.status == WHOLE, str(r))
            check(len(Handler.asked) > 500, str(len(Handler.asked)))
            check(len(Handler.connections) <= few, "%d connections for %d" %
                  (len(Handler.connections), len(Handler.asked)))
            server.shutdown()


def test_rolled_back_and_forked():
    with Logs() as w:
        key = w.grow("log", 700)
        shutil.copytree(w.path("log"), w.path("old"))
        shutil.copytree(w.path("log"), w.path("fork"))
        w.grow("log", 500)
        state = w.path("state")
        check(w.verify(w.public("log"), key, "--from", state).status == WHOLE,
              "whole")
        with open(state, "rb") as f:
            kept = f.read()
        r = w.verify(w.public("old"), key, "--from", state)
        check(r.status == NOT_WHOLE and "rolled back" in r.err and
              r.err.count("— ") == 2, str(r))
        for count in (500, 1):
            w.grow("fork", count, word="other")
            r = w.verify(w.public("fork"), key, "--from", state, "--json")
            said = json.loads(r.out)
            check(r.status == NOT_WHOLE and "is a fork" in said["why"] and
                  said["checkpoint"] != said["checkpoint_before"], str(r))
            # By itself it is a log as good as the other.
            check(w.verify(w.public("fork"), key).status == WHOLE, "alone")
        with open(state, "rb") as f:
            check(f.read() == kept, "the state stays as it was")
        # What is no state, or was changed.
        for bad in (b"", kept[:-1], kept.replace(b"log 1\n", b"log 2\n"),
                    kept.replace(b"\n1200\n", b"\n1100\n"), kept[:40],
                    kept.replace(b" 0 0", b" 0", 1),
                    kept.replace(b" 0 0", b" 0 00", 1), b"\0" * 100):
            with open(state, "wb") as f:
                f.write(bad)
            r = w.verify(w.public("log"), key, "--from", state)
            check(r.status == USAGE, "%r: %s" % (bad, r))


def test_witnesses():
    with Logs() as w:
        key = w.grow("log", 20)
        witness = w.ok("countersign-witness", "init", w.path("w"), "--name",
                       "w1.example").out.strip()
        w.ok("countersign-witness", "log", "add", w.path("w"), key)
        port = free_port()
        with open(w.path("policy"), "w", encoding="utf-8") as f:
            f.write("log %s\nwitness w1 %s http://127.0.0.1:%d\nquorum w1\n" % (
                key, witness, port))
        r = w.verify(w.public("log"), key, "--witnesses", w.path("policy"))
        check(r.status == NOT_WHOLE and "Too few witnesses" in r.err, str(r))
        w.start("witness", "countersign-witness", "run", w.path("w"),
                "--listen", "127.0.0.1:%d" % port, ready="listens")
        note = w.ok("countersign-witness", "ask", w.public("log"), "--policy",
                    w.path("policy")).out
        with open(os.path.join(w.public("log"), "checkpoint"), "w",
                  encoding="utf-8") as f:
            f.write(note)
        r = w.verify(w.public("log"), key, "--witnesses", w.path("policy"),
                     "--json")
        said = json.loads(r.out)
        check(r.status == WHOLE and said["quorum"] and
              said["by_s"] == said["as_of_s"] > 0, str(r))
        w.close()


def name(label, value=b"account"):
    return bytes([1, 11]) + tlog.sha256(label) + tlog.sha256(value)


def names(*leaves, key=bytes(32), n=None):
    root = tlog.map_root([(e[2:34], e[34:]) for e in leaves])
    return bytes([1, 10]) + (len(leaves) if n is None else n).to_bytes(
        8, "big") + root + key


def restored(lost, to):
    return bytes([1, 6]) + lost.to_bytes(8, "big") + to.to_bytes(8, "big")


def test_names():
    """Each root of the map of names is that of the names before it."""
    a, b, c = name(b"a"), name(b"b"), name(b"c")
    whole = [
        [names()],
        [a, names(a), b, c, names(a, b, c), names(a, b, c)],
        [a, b, names(b, a), restored(1, 3), names(a), b, c, names(a, b, c)],
        [a, restored(0, 0), names(a), restored(0, 1), names(), a, names(a)],
        [bytes([2, 10]) + names(a)[2:], names(a)[:-1], names()],
    ]
    wrong = [
        ([a, names()], "root"),
        ([a, names(a, n=2)], "root"),
        ([a, b, names(a)], "root"),
        ([a, b, names(a, b), names(a), names(a, b)], "root"),
        ([a, names(name(b"a", b"other"))], "root"),
        ([a, name(b"a", b"other")], "second account"),
        ([a, names(a), names(a, key=b"\1" * 32)], "key"),
        ([a, b, restored(1, 2), names(a, b)], "root"),
        ([a, restored(0, 2)], "no hub"),
        ([a, b, restored(2, 1)], "no hub"),
    ]
    many = [name(b"%d" % i) for i in range(1000)]
    whole.append(many + [names(*many)])
    with Logs() as w:
        for i, (entries, why) in enumerate([(e, None) for e in whole] + wrong):
            key = w.ok("tlog-write", w.path("l%d" % i), ORIGIN, 1, "-",
                       stdin=b"".join(e.hex().encode() + b"\n"
                                      for e in entries)).out.strip()
            r = w.verify(w.public("l%d" % i), key)
            check(r.status == (NOT_WHOLE if why else WHOLE) and
                  (why or "one account") in r.out + r.err, str(r))
            try:
                tlog.audit_names(entries)
                check(why is None, "the second one finds it whole: %s" % r)
            except tlog.Wrong:
                check(why is not None, "the second one refuses it: %s" % r)
            said = json.loads(w.verify(w.public("l%d" % i), key,
                                       "--json").out)
            check(said["names_checked"] == (why is None), str(said))
        # Of a part of a log nobody can tell.
        key = w.ok("tlog-write", w.path("log"), ORIGIN, 1, "-",
                   stdin=a.hex().encode() + b"\n").out.strip()
        w.verify(w.public("log"), key, "--from", w.path("state"))
        w.ok("tlog-write", w.path("log"), ORIGIN, 1, "-",
             stdin=names().hex().encode() + b"\n")
        r = w.verify(w.public("log"), key, "--from", w.path("state"))
        check(r.status == WHOLE and "without --from" in r.out, str(r))
        check(w.verify(w.public("log"), key).status == NOT_WHOLE, "it can")


def test_of_a_hub():
    """Where it is served."""
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        port = free_port()
        w.ok("countersignctl", "--hub", w.hub, "web", "on",
             "127.0.0.1:%d" % port, "http://localhost:%d" % port)
        w.stop("hub")
        w.start_hub()
        key = w.ok("countersignctl", "--hub", w.hub, "log", "key").out.strip()
        for at in ("http://127.0.0.1:%d/log" % port,
                   os.path.join(w.hub, "tlog", "public")):
            r = w.run("countersign-verify", "--log", at, "--key", key,
                      "--json")
            said = json.loads(r.out)
            check(r.status == WHOLE and said["log"] == "localhost/log" and
                  said["entries"]["stamps"] > 0 and
                  said["entries"]["other"] == 0, str(r))


if __name__ == "__main__":
    main()
