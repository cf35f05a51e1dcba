# SPDX-License-Identifier: MIT
"""The hub's log: everybody gets its files, each stamp keeps its promise,
whatever process is killed; witnesses cosign it; and a hub whose log or database
was put back says so, and refuses messages."""
import hashlib
import http.client
import json
import os
import random
import re
import shutil
import signal
import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from world import (Failed, SOURCE, STUCK_S, SkipTest, World, check, free_port, main,
                   processes)

sys.path.insert(0, os.path.join(SOURCE, "tests", "second"))
import tlog  # noqa: E402 pylint: disable=wrong-import-position

try:
    import cryptography  # noqa: F401 pylint: disable=unused-import
except ImportError:
    cryptography = None

WITNESS = "countersign-witness"


class Logged(World):
    """A hub with members, and its log."""

    def __init__(self):
        if cryptography is None:
            raise SkipTest("python3-cryptography is not there")
        super().__init__()

    def ctl(self, *args, **kw):
        return self.run("countersignctl", "--hub", self.hub, *args, **kw)

    def log_key(self):
        return tlog.Key(self.ctl("log", "key").out)

    def get(self, path, headers=()):
        c = http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=STUCK_S,
            context=ssl._create_unverified_context())
        try:
            c.request("GET", "/log/" + path, headers=dict(headers))
            r = c.getresponse()
            return r.status, r.read()
        finally:
            c.close()

    def read(self, path):
        status, body = self.get(path)
        return body if status == 200 else None

    def audit(self):
        c, entries = tlog.audit(self.read, self.log_key())
        tlog.audit_names(entries)
        return c, entries

    def checkpoint(self):
        """Asked again while the log's process is started anew."""
        until = time.monotonic() + STUCK_S
        while True:
            status, body = self.get("checkpoint")
            if status == 200:
                return tlog.Checkpoint(body, self.log_key())
            check(status in (404, 503) and time.monotonic() < until,
                  "no checkpoint: %d" % status)
            time.sleep(0.1)

    def size(self):
        return self.checkpoint().size

    def wait(self, what, condition):
        until = time.monotonic() + STUCK_S
        while not condition():
            check(time.monotonic() < until, "never: " + what)
            time.sleep(0.1)

    def hub_said(self):
        with open(self.path("hub.log"), errors="replace") as f:
            return f.read()

    def said(self, sentence):
        with open(self.path("hub.log"), errors="replace") as f:
            return sentence in f.read()

    # ---- what stamps promise ------------------------------------------------

    def stamps(self):
        """Of all entries of all groups, what they promise: number of the
        entry, of the batch, and the batch's leaf."""
        root = tlog.b64((self.operator_key() + "=").replace(
            "-", "+").replace("_", "/").encode())
        operator_id = tlog.sha256(root)[:8]
        with self.db() as db:
            rows = db.execute(
                "SELECT ref, epoch_of.account, device, epoch_of.epoch,"
                " msg_hash, stamp, message FROM log AS epoch_of JOIN grp"
                " ON grp=id WHERE message IS NOT NULL").fetchall()
        for ref, account, device, epoch, msg_hash, stamp, message in rows:
            check(stamp[0] == 2, "signed in a batch: %d" % stamp[0])
            check(tlog.sha256(message) == msg_hash, "the message's hash")
            rest, place = stamp[:122], stamp[122:]
            entry, number = (int.from_bytes(place[:8], "big"),
                             int.from_bytes(place[8:12], "big"))
            n, at = place[12], place[13]
            path = [place[i:i + 32] for i in range(14, len(place), 32)]
            signed = (b"countersign/stamp/v1\0" + bytes([2, rest[1]]) +
                      operator_id + rest[2:10] + rest[10:18] + ref +
                      epoch.to_bytes(8, "big") + rest[18:26] + account +
                      device + self.tag(message, rest[1]) + msg_hash +
                      rest[26:58])
            leaf, _ = tlog.batch_leaf(
                operator_id, rest[2:10], entry, number, n,
                tlog.root_by_path(path, tlog.leaf_hash(signed), at, n))
            yield entry, number, leaf

    @staticmethod
    def tag(message, flags):
        """Of the authenticated data of a PrivateMessage (RFC 9420)."""
        if flags & 1:
            return bytes(32)

        def vector(data):
            first = data[0]
            size = 1 << (first >> 6)
            n = int.from_bytes(data[:size], "big") & ~(
                (first >> 6) << (8 * size - 2))
            return data[size:size + n], data[size + n:]
        check(message[:4] == b"\0\1\0\2", "a private message")
        _, rest = vector(message[4:])
        items, _ = vector(vector(rest[9:])[0])
        while items:
            name, (data, items) = items[:2], vector(items[2:])
            if name == b"\0\x20":
                return data
        raise tlog.Wrong("no tag")

    def turns(self):
        """The turns of the database: their entries, and their batches."""
        with self.db() as db:
            turns = {n: (salt, batches) for n, salt, batches in db.execute(
                "SELECT n, salt, batches FROM tlog_turn")}
            nodes = {n: {} for n in turns}
            for turn, at, h in db.execute(
                    "SELECT turn, at, hash FROM tlog_node WHERE level=0"):
                nodes.setdefault(turn, {})[at] = h
        return turns, nodes

    def check_promises(self):
        """Wait for the turns of all stamps, and look at each; how many."""
        promised = list(self.stamps())
        last = max(entry for entry, _, _ in promised)
        self.wait("the turn of the last stamp", lambda: self.size() > last)
        _, entries = self.audit()
        turns, nodes = self.turns()
        for entry, number, leaf in promised:
            salt, batches = turns[entry]
            leaves = [nodes[entry][i] for i in range(batches)]
            check(len(nodes[entry]) == batches and leaves[number] == leaf,
                  "batch %d of %d is another" % (number, entry))
            check(tlog.turn_entry(salt, batches, tlog.root_of(leaves)) ==
                  entries[entry], "entry %d is another" % entry)
        return len(promised)


def test_public():
    with Logged() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        # Bob does not come, so the hub keeps what it stamped.
        for i in range(20):
            w.csok("alice", "send", "bob", "message %d" % i)
        n = w.check_promises()
        check(n >= 20, "all of them: %d" % n)
        c, entries = w.audit()
        kinds = tlog.count_kinds(entries)
        check(kinds["stamps"] > 0 and set(kinds) <= {
                  "stamps", "certificate", "names", "name"} and
              sum(kinds.values()) == c.size, str(kinds))
        # What is not there, or not yet.
        for path in ("tile/0/001", "tile/1/000", "tile/0/000",
                     "tile/0/000.p/255", "tile/entries/000.p/0", "tile", "",
                     "../hub.db", "journal", "tile/0/x000/000", "cosigned",
                     "checkpoint/", "a" * 1000):
            status, _ = w.get(path)
            check(status in (400, 404), "%s: %d" % (path, status))
        # From a page of somebody else, too: it is public.
        check(w.get("checkpoint", [("Origin", "https://other.example")])[0] ==
              200, "any page may read it")
        said = json.loads(w.ctl("log", "show", "--json").out)
        check(said["origin"] == "localhost/log" and said["size"] >= c.size and
              "witnesses" not in said, str(said))
        check(said["key"] == w.ctl("log", "key").out.strip(), str(said))
        r = w.ctl("log", "show")
        check(r.status == 0 and "Witnesses:  none" in r.out, str(r))


def part_names(w):
    """The hub's processes by the name of their part."""
    found = {}
    for pids in processes(w.procs["hub"].pid).values():
        for pid in pids:
            try:
                with open("/proc/%d/cmdline" % pid, "rb") as f:
                    name = f.read().split(b"\0")[2].decode()
            except (OSError, IndexError):
                continue
            found.setdefault(name, []).append(pid)
    return found


def test_killed():
    seed = int(os.environ.get("COUNTERSIGN_SEED", time.time_ns() % 10 ** 6))
    kills = int(os.environ.get("COUNTERSIGN_KILLS", 24))
    print("# COUNTERSIGN_SEED=%d" % seed)
    dice = random.Random(seed)
    with Logged() as w:
        w.join("alice", "bob", "carol")
        w.friends("alice", "bob", "carol")
        # Carol does not come, so the hub keeps what it stamped.
        w.csok("alice", "group", "new", "family", "bob", "carol")
        w.csok("bob", "inbox")
        stop = threading.Event()

        def write(name, to):
            i = 0
            while not stop.is_set():
                w.cs(name, "send", to, "%s %d" % (name, i))
                i += 1

        writers = [threading.Thread(target=write, args=a) for a in (
            ("alice", "family"), ("bob", "family"))]
        for t in writers:
            t.start()
        try:
            for i in range(kills):
                time.sleep(dice.random() * 1.5)
                if i % 8 == 7:
                    w.stop("hub", signal.SIGKILL)
                    w.start_hub()
                    continue
                parts = part_names(w)
                # A process that was ended a moment ago is not there.
                pids = parts.get(("tlog", "database", None)[i % 3]) or \
                    [p for v in parts.values() for p in v]
                for pid in pids[:1] if i % 3 != 2 else [dice.choice(pids)]:
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
        finally:
            stop.set()
            for t in writers:
                t.join()
        try:
            w.wait("the last one", lambda: w.cs(
                "alice", "send", "family", "the last one").status == 0)
        except Failed as e:
            raise Failed(w.hub_said()) from e
        w.csok("bob", "inbox")
        n = w.check_promises()
        print("# %d stamps" % n)
        check(n > 20, "of many")
        check(not w.said("refused"), "nobody put anything back")


# ---- witnesses ----------------------------------------------------------------

def test_program():
    """A program that was released is in the log, once; another one is not."""
    with Logged() as w:
        with open(w.path("program"), "wb") as f:
            f.write(b"\x7fELF" + bytes(200000))
        with open(w.path("program"), "rb") as f:
            want = hashlib.sha256(f.read()).hexdigest()
        for _ in range(2):
            r = w.ctl("log", "release", w.path("program"))
            check(r.status == 0 and r.out.split()[0] == want, str(r))
        check(w.ctl("log", "release", w.path("none")).status != 0, "no file")
        check(w.ctl("log", "release", w.dir).status != 0, "a folder")

        def look(*args):
            return w.run("countersign-verify", "--log",
                         os.path.join(w.hub, "tlog", "public"), "--key",
                         w.ctl("log", "key").out.strip(), *args)
        w.wait("the next turn", lambda: look(
            "--release", w.path("program")).status == 0)
        r = look("--release", w.path("program"), "--json")
        entry = json.loads(r.out)["released"]
        _, entries = w.audit()
        check(sum(e[:2] == bytes([1, 4]) for e in entries) == 1 and
              entries[entry][:2] == bytes([1, 4]), "once")
        with open(w.path("program"), "ab") as f:
            f.write(b"x")
        r = look("--release", w.path("program"))
        check(r.status == 1 and "of no release" in r.err, str(r))
        r = look("--release", w.path("program"), "--from", w.path("state"))
        check(r.status == 64 and "--from" in r.err, str(r))


class Witnessed(Logged):
    """And a witness, which the hub is to ask."""

    def __init__(self):
        super().__init__()
        self.witness = self.path("witness")
        self.witness_port = free_port()
        self.witness_key = self.ok(WITNESS, "init", self.witness, "--name",
                                   "w1.example").out.strip()
        self.ok(WITNESS, "log", "add", self.witness,
                self.ctl("log", "key").out.strip())

    def run_witness(self):
        self.start("witness", WITNESS, "run", self.witness, "--listen",
                   "127.0.0.1:%d" % self.witness_port, ready="listens")

    def policy(self, *more, quorum="w1"):
        with open(self.path("policy"), "w", encoding="utf-8") as f:
            f.write("witness w1 %s http://127.0.0.1:%d\n%squorum %s\n" % (
                self.witness_key, self.witness_port,
                "".join(x + "\n" for x in more), quorum))
        return self.path("policy")

    def again(self):
        self.stop("hub")
        self.start_hub()

    def cosigned(self):
        return self.checkpoint().cosigned(tlog.Key(self.witness_key))

    def sends(self):
        return self.cs("alice", "send", "bob", "hello").status == 0


def test_witnessed():
    with Witnessed() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        w.ok("countersignctl", "--hub", w.hub, "log", "witnesses", w.policy())
        w.again()
        check("witness" in part_names(w), str(part_names(w)))
        # Nobody is there: the log is shown without.
        check(w.cosigned() is None, "not yet")
        before = int(time.time())
        w.run_witness()
        w.wait("a cosigned checkpoint", lambda: w.cosigned() is not None)
        check(before <= w.cosigned() <= time.time(), "at that time")
        w.audit()
        # From now on only what is cosigned is shown, and it grows.
        first, until = w.size(), time.monotonic() + STUCK_S
        seen = [first]
        while seen[-1] < first + 3:
            check(time.monotonic() < until, "it does not grow: %s" % seen)
            check(w.cosigned() is not None, "without: %s" % seen)
            size = w.size()
            check(size >= seen[-1], "never less: %s" % seen)
            seen.append(size)
            time.sleep(0.2)
        said = json.loads(w.ctl("log", "show", "--json").out)["witnesses"]
        check(said["quorum_size"] >= first and
              said["each"][0]["name"] == "w1" and
              said["each"][0]["time_s"] >= before, str(said))
        r = w.ctl("log", "show")
        check("seconds ago" in r.out and "w1: " in r.out, str(r))
        # Killed, the process is started anew and goes on.
        for name in ("witness", "tlog"):
            for pid in part_names(w).get(name, []):
                os.kill(pid, signal.SIGKILL)
            size = w.size()
            w.wait("goes on after " + name,
                   lambda: w.size() > size and w.cosigned() is not None)
        w.check_promises()
        check(not w.said("refused"), "all is well")


def test_put_back_unseen():
    """Log and database are put back together: only the witness knows."""
    with Witnessed() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        w.run_witness()
        w.ok("countersignctl", "--hub", w.hub, "log", "witnesses", w.policy())
        w.again()
        w.wait("cosigned", lambda: w.cosigned() is not None)
        w.stop("hub")
        shutil.copytree(w.hub, w.path("old"))
        w.start_hub()
        size = w.size()
        w.csok("alice", "send", "bob", "what will be lost")
        w.wait("cosigned again", lambda: w.size() > size + 2 and
               w.cosigned() is not None)
        w.stop("hub")
        shutil.move(w.hub, w.path("new"))
        shutil.copytree(w.path("old"), w.hub)
        w.start_hub()
        w.wait("it is said", lambda: w.said("was put back"))
        check(not w.sends(), "no message is stamped")
        # Also before the witness says so again.
        w.stop("witness")
        w.again()
        check(not w.sends(), "nor later")
        # The right ones go on.
        w.stop("hub")
        shutil.rmtree(w.hub)
        shutil.move(w.path("new"), w.hub)
        w.run_witness()
        w.start_hub()
        # Alice and bob have noticed the old one, so others try.
        w.join("carol", "dave")
        w.friends("carol", "dave")
        w.wait("cosigned again", lambda: w.cosigned() is not None)


class Liar(BaseHTTPRequestHandler):
    """Says that it has cosigned more, and shows nothing."""

    def do_POST(self):  # pylint: disable=invalid-name
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(409)
        self.send_header("Content-Type", "text/x.tlog.size")
        self.send_header("Content-Length", "8")
        self.end_headers()
        self.wfile.write(b"9999999\n")

    def do_GET(self):  # pylint: disable=invalid-name
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


def test_lying_witness():
    """It proves nothing, so it stops nobody; and it keeps no others from
    signing."""
    with Witnessed() as w:
        server = ThreadingHTTPServer(("127.0.0.1", 0), Liar)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        w.join("alice", "bob")
        w.friends("alice", "bob")
        w.run_witness()
        liar = w.ok(WITNESS, "init", w.path("liar"), "--name",
                    "liar.example").out.strip()
        w.ok("countersignctl", "--hub", w.hub, "log", "witnesses", w.policy(
            "witness l %s http://127.0.0.1:%d" % (
                liar, server.server_address[1]), "group some any l w1",
            quorum="some"))
        w.again()
        w.wait("cosigned", lambda: w.cosigned() is not None)
        w.wait("it is said", lambda: w.said("does not show it"))
        check(w.sends(), "and messages go on")
        server.shutdown()


def test_policies():
    with Witnessed() as w:
        good = open(w.policy(), encoding="utf-8").read()
        for text, line in (
                (good + "quorum w1\n", 3), ("witness w1 x\n" + good, 1),
                (good.replace("quorum w1", "quorum w2"), 2)):
            with open(w.path("bad"), "w", encoding="utf-8") as f:
                f.write(text)
            r = w.ctl("log", "witnesses", w.path("bad"))
            check(r.status == 64 and "line %d" % line in r.err, str(r))
        for args in ((), (w.path("none"),), (w.path("policy"), "--none"),
                     ("/dev/null",)):
            r = w.ctl("log", "witnesses", *args)
            check(r.status == 64, str(r))
        with open(os.path.join(w.hub, "hub.conf"), encoding="utf-8") as f:
            check("witnesses" not in f.read(), "nothing was set")
        w.ok("countersignctl", "--hub", w.hub, "log", "witnesses",
             w.path("policy"))
        # What is wrong later does not keep the hub from running.
        with open(w.path("policy"), "a", encoding="utf-8") as f:
            f.write("nonsense\n")
        w.again()
        w.wait("it is said", lambda: w.said("line 3 of the policy"))
        r = w.ctl("status")
        check(r.status == 1 and "wrong in line 3" in r.out, str(r))
        r = w.ctl("log", "show")
        check(r.status == 0 and "line 3" in r.out, str(r))
        w.ok("countersignctl", "--hub", w.hub, "log", "witnesses", "--none")
        w.again()
        check("witness" not in part_names(w), "nobody is asked")


def test_no_quorum():
    """An hour without a quorum is said."""
    with Witnessed() as w:
        w.ok("countersignctl", "--hub", w.hub, "log", "witnesses", w.policy())
        w.again()
        w.wait("a log", lambda: w.size() > 0)
        r = w.ctl("status", "--json")
        check("witnesses" not in [t["kind"] for t in json.loads(r.out)[
            "troubles"]], "a moment is no trouble: %s" % r)
        long_ago = time.time() - 2 * 3600 - 60
        os.utime(w.path("policy"), (long_ago, long_ago))
        r = w.ctl("status", "--json")
        said = {t["kind"]: t for t in json.loads(r.out)["troubles"]}
        check("For 2 hours" in said["witnesses"]["sentence"], str(r))
        w.run_witness()
        w.wait("cosigned", lambda: w.cosigned() is not None)
        r = w.ctl("status", "--json")
        check("witnesses" not in [t["kind"] for t in json.loads(r.out)[
            "troubles"]], "and over: %s" % r)


# ---- put back -------------------------------------------------------------------

def test_restored_database():
    with Logged() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        w.check_promises()
        w.ok("countersignctl", "--hub", w.hub, "backup", w.path("backup"))
        size = w.size()
        w.csok("alice", "send", "bob", "what will be lost")
        w.wait("more turns", lambda: w.size() > size + 1)
        r = w.ctl("log", "restored", "--yes")
        check(r.status == 75 and "runs" in r.err, str(r))
        w.stop("hub")
        r = w.ctl("log", "restored", "--yes")
        check(r.status == 1 and "Nothing was done" in r.err, str(r))
        # The database is put back, in the folder with the newest log.
        w.ok("countersignctl", "--hub", w.path("again"), "restore",
             w.path("backup"))
        shutil.copytree(os.path.join(w.hub, "tlog"),
                        os.path.join(w.path("again"), "tlog"))
        shutil.move(w.hub, w.path("newest"))
        shutil.move(w.path("again"), w.hub)
        w.start_hub()
        w.wait("it is said", lambda: w.said("log restored"))
        r = w.cs("alice", "send", "bob", "refused")
        check(r.status != 0, "no message is stamped: %s" % r)
        w.stop("hub")
        r = w.ctl("log", "restored")
        check(r.status == 64 and "--yes" in r.err, str(r))
        r = w.ctl("log", "restored", "--yes")
        check(r.status == 0, str(r))
        kept, lost = [int(x) for x in re.findall(r"\d+", r.out)][:2]
        check(lost < kept, str(r))
        check(w.ctl("log", "restored", "--yes").status == 1, "once")
        w.start_hub()
        # Alice and bob have noticed what was lost, so others try.
        w.join("carol", "dave")
        w.friends("carol", "dave")
        w.wait("the next turn", lambda: w.size() > kept + 1)
        _, entries = w.audit()
        check(bytes([1, 6]) + lost.to_bytes(8, "big") +
              kept.to_bytes(8, "big") in entries[kept:],
              "everybody sees it: %s" % tlog.count_kinds(entries))
        # Its names, too: those of carol and dave are beside what was kept.
        r = w.ok("countersign-verify", "--log",
                 os.path.join(w.hub, "tlog", "public"), "--key",
                 w.ctl("log", "key").out.strip())
        check("older database" in r.out and "one account" in r.out, str(r))


def test_put_back_log():
    """An older copy of the log's folder: refused, until the newest is there."""
    with Logged() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        w.stop("hub")
        shutil.copytree(os.path.join(w.hub, "tlog"), w.path("old"))
        w.start_hub()
        size = w.size()
        w.wait("more turns", lambda: w.size() > size + 1)
        w.stop("hub")
        shutil.move(os.path.join(w.hub, "tlog"), w.path("new"))
        shutil.copytree(w.path("old"), os.path.join(w.hub, "tlog"))
        w.start_hub()
        w.wait("it is said", lambda: w.said("was put back"))
        check(w.cs("alice", "send", "bob", "refused").status != 0, "refused")
        w.stop("hub")
        r = w.ctl("log", "restored", "--yes")
        check(r.status == 78 and "newest copy" in r.err, str(r))
        shutil.rmtree(os.path.join(w.hub, "tlog"))
        shutil.move(w.path("new"), os.path.join(w.hub, "tlog"))
        w.start_hub()
        w.csok("alice", "send", "bob", "goes on")
        w.check_promises()


if __name__ == "__main__":
    main()
