# SPDX-License-Identifier: MIT
"""A witness of logs: what it cosigns and what it refuses, over HTTP and behind a
proxy with TLS, and that it never signs two histories, whenever it is killed."""
import atexit
import base64
import hashlib
import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from family_test import files_of, has_sanitizer, status_of
from world import (BIN, STUCK_S, SkipTest, World, check, free_port, main,
                   processes)

PROGRAM = "countersign-witness"
NAME = "witness.example/w1"
ORIGIN = "log.example/1"
OK, NOT_DONE, USAGE, BUSY, CONTRADICTED, STATE = 0, 1, 64, 75, 76, 78
# scripts/kill-family asks for more.
KILLS = int(os.environ.get("COUNTERSIGN_KILLS", 20))


class Witnessed(World):
    """A witness in a temporary folder, and no hub."""

    def __init__(self):  # pylint: disable=super-init-not-called
        self.dir = tempfile.mkdtemp(prefix="countersign-test-")
        self.port = free_port()
        self.procs = {}
        self.log_keys = {}
        atexit.register(self.close)
        self.witness = self.path("witness")
        self.key = self.ok(PROGRAM, "init", self.witness, "--name",
                           NAME).out.strip()
        self.url = "http://127.0.0.1:%d" % self.port

    def run_witness(self, env=None):
        self.start("witness", PROGRAM, "run", self.witness, "--listen",
                   "127.0.0.1:%d" % self.port, ready="listens", env=env)

    def grow(self, name, count, origin=ORIGIN, number=1, word="entry"):
        """Append to the log in the folder of that name; its key."""
        return self.ok("tlog-write", self.path(name), origin, number, count,
                       word).out.strip()

    def add_log(self, key):
        self.ok(PROGRAM, "log", "add", self.witness, key)

    def policy(self, log_key, url=None, key=None):
        path = self.path("policy")
        with open(path, "w", encoding="utf-8") as f:
            f.write("log %s\nwitness w1 %s %s\nquorum w1\n" % (
                log_key, key or self.key, url or self.url))
        return path

    def ask(self, name, policy, *args):
        return self.run(PROGRAM, "ask", self.path(name, "public"), "--policy",
                        policy, *args)

    def status(self):
        return json.loads(self.ok(PROGRAM, "status", self.witness,
                                  "--json").out)

    def size(self, origin=ORIGIN):
        for log in self.status()["logs"]:
            if log["origin"] == origin:
                return log.get("size", 0)
        return None

    def http(self, method, path, body=None):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=STUCK_S)
        try:
            c.request(method, path, body)
            r = c.getresponse()
            return r.status, r.getheader("Content-Type"), r.read()
        finally:
            c.close()

    def post(self, body):
        return self.http("POST", "/add-checkpoint", body)

    def checkpoint(self, name):
        with open(self.path(name, "public", "checkpoint"), "rb") as f:
            return f.read()

    def answer(self, name, old, proof=()):
        """What becomes of a log's checkpoint, said to grow from ${old}."""
        return self.post(b"old %d\n" % old + b"".join(
            p + b"\n" for p in proof) + b"\n" + self.checkpoint(name))


def head_of(note):
    """Size and root of a checkpoint."""
    lines = note.split("\n")
    return int(lines[1]), lines[2]


def time_of(note):
    """When the witness says that it cosigned."""
    line = [x for x in note.splitlines() if x.startswith("— %s " % NAME)]
    check(len(line) == 1, "cosigned once: %r" % note)
    return int.from_bytes(base64.b64decode(line[0].split(" ")[2])[4:12], "big")


def test_cosigns():
    with Witnessed() as w:
        key = w.grow("log", 100)
        policy = w.policy(key)
        r = w.ask("log", policy)
        check(r.status == NOT_DONE and "w1 did not cosign" in r.err,
              "nobody is there: %s" % r)
        w.run_witness()
        r = w.ask("log", policy, "--json")
        said = json.loads(r.out)
        check(r.status == NOT_DONE and not said["quorum"] and
              said["witnesses"][0]["http_status"] == 404,
              "the log is not known: %s" % r)
        w.add_log(key)
        check(w.run(PROGRAM, "log", "add", w.witness, key).status == NOT_DONE,
              "a log is added once")
        check(w.size() == 0, "nothing yet")
        before = int(time.time())
        r = w.ask("log", policy)
        check(r.status == OK and r.err == "", str(r))
        check(r.out.startswith(w.checkpoint("log").decode()),
              "the log's own note, and more: %s" % r)
        check(before <= time_of(r.out) <= time.time(), "and when")
        # It grows, far and near, and is where it was.
        for count in (1, 255, 3000, 0):
            w.grow("log", count)
            r = w.ask("log", policy)
            check(r.status == OK, str(r))
            check(w.size() == head_of(r.out)[0], "kept: %s" % r)
        # What monitors see is what was answered.
        path = "/%s/checkpoint" % hashlib.sha256(ORIGIN.encode()).hexdigest()
        status, _, shown = w.http("GET", path)
        check(status == 200 and shown.decode() == r.out,
              "shown: %r" % shown)
        check(w.http("GET", path.replace("/", "/0", 1))[0] == 404, "no other")
        other = hashlib.sha256(b"log.example/2").hexdigest()
        check(w.http("GET", "/%s/checkpoint" % other)[0] == 404, "not known")
        # After it was started anew.
        w.stop("witness")
        check(not w.status()["runs"], "it does not run")
        w.run_witness()
        check(w.status()["runs"] and w.status()["key"] == w.key, "it runs")
        check(w.http("GET", path)[2].decode() == r.out, "still shown")
        w.grow("log", 7)
        check(w.ask("log", policy).status == OK, "and it goes on")


def test_one_at_a_time():
    with Witnessed() as w:
        w.run_witness()
        r = w.run(PROGRAM, "run", w.witness, "--listen", "127.0.0.1:0")
        check(r.status == BUSY and "runs already" in r.err, str(r))
        r = w.run(PROGRAM, "init", w.witness, "--name", "other")
        check(r.status == NOT_DONE and "already" in r.err, str(r))
        check(w.status()["key"] == w.key, "the key is as it was")
        os.chmod(w.witness, 0o777)
        r = w.run(PROGRAM, "status", w.witness)
        check(r.status == STATE, "others could write there: %s" % r)
        os.chmod(w.witness, 0o700)
        check(w.run(PROGRAM, "status", w.path("none")).status == STATE, "none")
        for name in ("", "a b", "a+b", "ä", "a" * 65):
            r = w.run(PROGRAM, "init", w.path("new"), "--name", name)
            check(r.status == USAGE and not os.path.exists(w.path("new")),
                  "no name: %s" % r)


def test_contradictions():
    with Witnessed() as w:
        key = w.grow("log", 100)
        policy = w.policy(key)
        w.add_log(key)
        w.run_witness()
        check(w.ask("log", policy).status == OK, "cosigned")
        shutil.copytree(w.path("log"), w.path("old"))
        shutil.copytree(w.path("log"), w.path("fork"))
        w.grow("log", 50)
        check(w.ask("log", policy).status == OK, "and more")
        # The log was put back to where it was.
        status, kind, body = w.answer("old", 0)
        check((status, kind, body) == (409, "text/x.tlog.size", b"150\n"),
              "no way back: %d %s %r" % (status, kind, body))
        check(w.answer("old", 150)[0] == 400, "old is larger")
        r = w.ask("old", policy)
        check(r.status == CONTRADICTED and "put back" in r.err and
              NAME not in r.out, str(r))
        # Another history, larger and of the same size.
        w.grow("fork", 50, word="other")
        check(w.answer("fork", 150)[0] == 422, "same size, another root")
        w.grow("fork", 50, word="other")
        r = w.ask("fork", policy, "--json")
        check(r.status == CONTRADICTED and
              json.loads(r.out)["witnesses"][0]["http_status"] == 422, str(r))
        check(w.size() == 150, "nothing has changed")
        # A key that is not the log's, for its origin.
        other = w.grow("liar", 200, number=2)
        r = w.ask("liar", w.policy(other), "--json")
        check(r.status == NOT_DONE and
              json.loads(r.out)["witnesses"][0]["http_status"] == 403, str(r))
        r = w.ask("liar", w.policy(key))
        check(r.status == CONTRADICTED and "None of the policy's logs" in r.err,
              str(r))
        # Removed, it is not known; added again, it has to continue.
        w.ok(PROGRAM, "log", "remove", w.witness, ORIGIN)
        check(w.answer("log", 150)[0] == 404, "removed")
        check(w.run(PROGRAM, "log", "remove", w.witness, ORIGIN).status ==
              NOT_DONE, "once")
        w.add_log(key)
        check(w.answer("old", 0)[0] == 409, "it has not forgotten")
        check(w.ask("log", w.policy(key)).status == OK, "and goes on")


def test_not_from_the_witness():
    """Whoever answers in its place has not its key."""
    with Witnessed() as w, Witnessed() as other:
        key = w.grow("log", 10)
        other.add_log(key)
        other.run_witness()
        r = w.ask("log", w.policy(key, url=other.url))
        check(r.status == NOT_DONE and NAME not in r.out, str(r))
        check(w.ask("log", w.policy(key, url=other.url, key=other.key)).status
              == OK, "it has its own")


def test_policies():
    with Witnessed() as w:
        key = w.grow("log", 10)
        w.add_log(key)
        w.run_witness()
        policy = w.policy(key)
        with open(policy, "a", encoding="utf-8") as f:
            f.write("\nquorum w1\n")
        r = w.ask("log", policy)
        check(r.status == USAGE and "line 5" in r.err, str(r))
        with open(policy, "w", encoding="utf-8") as f:
            f.write("log %s\n" % key)
        check(w.ask("log", policy).status != OK, "without a quorum")
        check(w.ask("log", w.path("none")).status != OK, "without a file")
        # A witness that nobody can ask does not keep others from signing.
        dead = w.ok(PROGRAM, "init", w.path("dead"), "--name", "dead").out
        with open(policy, "w", encoding="utf-8") as f:
            f.write("log %s\nwitness dead %s http://127.0.0.1:%d\n"
                    "witness w1 %s %s\ngroup some any dead w1\nquorum some\n"
                    % (key, dead.strip(), free_port(), w.key, w.url))
        r = w.ask("log", policy, "--json")
        said = json.loads(r.out)
        check(r.status == OK and said["quorum"], str(r))
        check([x["cosigned"] for x in said["witnesses"]] == [False, True],
              str(r))
        check(said["by_s"] == said["as_of_s"] == said["witnesses"][1]["time_s"],
              "one witness, one time: %s" % r)
        with open(policy, encoding="utf-8") as f:
            text = f.read()
        with open(policy, "w", encoding="utf-8") as f:
            f.write(text.replace("group some any", "group some all"))
        r = w.ask("log", policy)
        check(r.status == NOT_DONE and NAME in r.out, "too few: %s" % r)


def test_many():
    """A note has room for 15 of them, and those are enough."""
    with Witnessed() as w:
        key = w.grow("log", 10)
        lines = ["log " + key]
        for i in range(17):
            folder, port = w.path("w%d" % i), free_port()
            own = w.ok(PROGRAM, "init", folder, "--name",
                       "w%d" % i).out.strip()
            w.ok(PROGRAM, "log", "add", folder, key)
            w.start("w%d" % i, PROGRAM, "run", folder, "--listen",
                    "127.0.0.1:%d" % port, ready="listens")
            lines.append("witness w%d %s http://127.0.0.1:%d" % (i, own, port))
        lines += ["group most 15 " + " ".join("w%d" % i for i in range(17)),
                  "quorum most", ""]
        with open(w.path("policy"), "w", encoding="utf-8") as f:
            f.write("\n".join(lines))
        r = w.ask("log", w.path("policy"))
        check(r.status == OK and r.out.count("— ") == 16, str(r))


def raw(w, data, half=False):
    """Send bytes, and read until the other side closes or answers."""
    with socket.create_connection(("127.0.0.1", w.port), STUCK_S) as s:
        said = b""
        try:
            s.sendall(data)
            if half:
                return b""
            s.shutdown(socket.SHUT_WR)
            while piece := s.recv(65536):
                said += piece
        except OSError:
            pass
        return said


def test_hostile():
    with Witnessed() as w:
        key = w.grow("log", 100)
        policy = w.policy(key)
        w.add_log(key)
        w.run_witness()
        check(w.ask("log", policy).status == OK, "cosigned")
        note = w.checkpoint("log")
        good = b"old 100\n\n" + note
        check(w.post(good)[0] == 200, "the same again")
        for body in (b"", b"\n", b"old", b"old 100", b"old 100\n", b"\0" * 100,
                     b"old 100\n\n", b"old -1\n\n" + note,
                     b"old 0100\n\n" + note, b"old 99999999999999999999\n\n" +
                     note, b"old 100\r\n\r\n" + note, b"old 100\n" + note,
                     b"old 100\nAAAA\n\n" + note, b"old 100\n\n\n" + note,
                     good[:-1], good + b"\n", good + b"x",
                     good.replace(b"\xe2\x80\x94", b"\xe2\x80\x93"),
                     b"subtree 0 64\n\n" + note, random.randbytes(70000),
                     b"old 100\n" + b"A" * 43 + b"=\n" * 64 + b"\n" + note):
            status, _, said = w.post(body)
            check(status == 400 and said == b"", "%r: %d" % (body, status))
        check(w.post(b"old 100\n" + (b"A" * 43 + b"=\n") * 63 + b"\n" +
                     note)[0] == 422, "a proof of nothing")
        check(b" 413 " in raw(
            w, b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\n"
            b"Content-Length: 1000000\r\n\r\nold 100\n"), "too long")
        for method, path, status in (
                ("GET", "/add-checkpoint", 405), ("PUT", "/add-checkpoint", 405),
                ("POST", "/", 404), ("POST", "/sign-subtree", 404),
                ("GET", "/", 404), ("GET", "/../key", 404),
                ("GET", "/logs", 404), ("GET", "/%2e%2e/key/checkpoint", 404)):
            check(w.http(method, path)[0] == status, method + " " + path)
        for data in (b"\0" * 1000, b"GET\r\n\r\n", b"\x16\x03\x01" * 100,
                     b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\n"
                     b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                     b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\n"
                     b"Content-Length: 10\r\nContent-Length: 1\r\n\r\nold",
                     b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\n"
                     b"Content-Length: -1\r\n\r\nold",
                     b"GET / HTTP/1.1\r\nX: " + b"a" * 100000):
            check(b" 200 " not in raw(w, data), "no answer to %r" % data[:80])
        for _ in range(100):
            raw(w, b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\n"
                b"Content-Length: 1000\r\n\r\nold", half=True)
        check(w.size() == 100, "nothing has changed")
        w.grow("log", 1)
        check(w.ask("log", policy).status == OK, "and it goes on")
        w.stop("witness")


def test_clock():
    """It says no earlier time than it has said."""
    with Witnessed() as w:
        key = w.grow("log", 10)
        policy = w.policy(key)
        w.add_log(key)
        w.run_witness(env=w.later(1))
        # The policy does not count a time that has not come.
        check(w.ask("log", policy).status == NOT_DONE, "from tomorrow")
        check(w.size() == 10, "and yet cosigned")
        w.stop("witness")
        w.run_witness()
        w.grow("log", 1)
        for _ in range(3):
            r = w.ask("log", policy)
            check(r.status == NOT_DONE and "cannot sign now" in r.err, str(r))
        check(w.size() == 10, "not signed")
        with open(w.path("witness.log"), encoding="utf-8") as f:
            check(f.read().count("the clock says") == 1, "said, and once")


def test_damaged():
    """What is not its own work it does not build on."""
    with Witnessed() as w:
        key = w.grow("log", 10)
        w.add_log(key)
        w.run_witness()
        check(w.ask("log", w.policy(key)).status == OK, "cosigned")
        path = os.path.join(w.witness, "logs", hashlib.sha256(
            ORIGIN.encode()).hexdigest() + ".checkpoint")
        with open(path, "rb") as f:
            kept = f.read()
        for damaged in (b"", kept[:-5], kept.replace(b"\n10\n", b"\n11\n"),
                        w.checkpoint("log")):
            with open(path, "wb") as f:
                f.write(damaged)
            check(w.answer("log", 0)[0] == 503, "refused: %r" % damaged)
            check(w.answer("log", 10)[0] == 503, "refused: %r" % damaged)
        check(w.run(PROGRAM, "status", w.witness).status == STATE, "and said")
        with open(path, "wb") as f:
            f.write(kept)
        check(w.answer("log", 10)[0] == 200, "as it was")


# ---- behind a proxy ---------------------------------------------------------

class Proxy:
    """What is before a witness: TLS, and a prefix that is taken away."""

    def __init__(self, w, chain, key):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                n = int(self.headers["Content-Length"])
                status, kind, body = w.http(
                    "POST", self.path.removeprefix("/w1"), self.rfile.read(n))
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        self.server.socket = context.wrap_socket(self.server.socket,
                                                 server_side=True)
        self.url = "https://localhost:%d/w1/" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def test_tls():
    with Witnessed() as w:
        for made in ("service", "other"):
            w.ok("countersignd", "init", w.path(made), "--name", "localhost")
        chain = w.path("service", "keys", "tls.pem")
        proxy = Proxy(w, chain, w.path("service", "keys", "tls.key"))
        key = w.grow("log", 300)
        w.add_log(key)
        w.run_witness()
        policy = w.policy(key, url=proxy.url)
        r = w.ask("log", policy, "--authorities",
                  w.path("other", "keys", "tls.pem"))
        check(r.status == NOT_DONE and w.size() == 0,
              "somebody else certifies it: %s" % r)
        for _ in range(2):
            r = w.ask("log", policy, "--authorities", chain)
            check(r.status == OK, str(r))
            w.grow("log", 300)
        proxy.stop()


# ---- processes --------------------------------------------------------------

def test_confined():
    if has_sanitizer():
        raise SkipTest("sanitizers need what the processes give up")
    with Witnessed() as w:
        key = w.grow("log", 10)
        w.add_log(key)
        w.run_witness()
        check(w.ask("log", w.policy(key)).status == OK, "cosigned")
        found = processes(w.procs["witness"].pid)
        check(set(found) == {"signer", "web"}, "all are there: %s" % found)
        logs = os.path.join(w.witness, "logs")
        for kind, (pid,) in found.items():
            s = status_of(pid)
            check(s["Seccomp"].strip() == "2", kind + " is under seccomp")
            check(s["NoNewPrivs"].strip() == "1", kind + " gains nothing")
            check(int(s["CapEff"], 16) == 0, kind + " has no capability")
            if os.geteuid() != 0:
                continue
            if kind == "web":
                check(s["Uid"].split()[0] != "0", "it is nobody")
            for f in files_of(pid):
                # The key has been read and closed.
                fine = f.startswith(("socket:", "pipe:", "anon_inode:")) or \
                    f == "/dev/urandom"
                if kind == "signer":
                    fine = fine or f in (logs, os.path.join(w.witness, "lock"))
                check(fine, "%s has %s open" % (kind, f))


def test_lost_web():
    """What reads the network can be lost."""
    with Witnessed() as w:
        key = w.grow("log", 10)
        policy = w.policy(key)
        w.add_log(key)
        w.run_witness()
        for _ in range(3):
            (web,) = processes(w.procs["witness"].pid)["web"]
            os.kill(web, signal.SIGKILL)
            w.grow("log", 1)
            until = time.monotonic() + STUCK_S
            while (r := w.ask("log", policy)).status != OK:
                check(time.monotonic() < until, "started anew: %s" % r)
        check(w.size() == 13, "and all was cosigned")
        # Without the other nothing is left.
        (signer,) = processes(w.procs["witness"].pid)["signer"]
        os.kill(signer, signal.SIGKILL)
        check(w.procs["witness"].wait(STUCK_S) != 0, "all of it ends")


def cosigned(run):
    """The note, if the witness's line is in it, which "ask" has verified."""
    out, err = run.communicate(timeout=STUCK_S)
    check(run.returncode in (OK, NOT_DONE, CONTRADICTED) and
          b"Sanitizer" not in err, "%d %r" % (run.returncode, err))
    out = out.decode()
    check((NAME in out) == (run.returncode == OK), out)
    return out if run.returncode == OK else None


def kill_one(w, rng):
    """One of its processes, or its parent, at any moment."""
    parent = w.procs["witness"]
    found = [parent.pid]
    if rng.random() < 0.5:
        found += [p for pids in processes(parent.pid).values() for p in pids]
    try:
        os.kill(rng.choice(found), signal.SIGKILL)
    except ProcessLookupError:
        pass


def test_killed():
    """Two histories of a log are brought at once, again and again, while the
    witness is killed: never both are cosigned, and no later one contradicts an
    earlier one."""
    rng = random.Random(45)
    with Witnessed() as w:
        answered = 0
        for i in range(KILLS):
            origin = "log.example/%d" % i
            names = ["%d-%s" % (i, side) for side in "ab"]
            for name in names:
                key = w.grow(name, 20, origin)
                w.grow(name, rng.randrange(1, 40), origin, word=name)
            w.add_log(key)
            policy = w.policy(key)
            shown = {name: [] for name in names}
            for life in range(3):
                if "witness" in w.procs and \
                        w.procs["witness"].poll() is not None:
                    w.stop("witness", signal.SIGKILL)
                if "witness" not in w.procs:
                    w.run_witness()
                rng.shuffle(names)
                runs = {name: subprocess.Popen(
                    [os.path.join(BIN, PROGRAM), "ask",
                     w.path(name, "public"), "--policy", policy],
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                    for name in names}
                if life < 2:
                    time.sleep(rng.random() * 0.03)
                    kill_one(w, rng)
                for name, run in runs.items():
                    note = cosigned(run)
                    if note:
                        shown[name].append(note)
                for name in names:
                    w.grow(name, rng.randrange(0, 5), origin, word=name)
            kept = [name for name in names if shown[name]]
            check(len(kept) <= 1, "two histories: %s" % shown)
            for notes in shown.values():
                answered += len(notes)
                heads = [head_of(note) for note in notes]
                times = [time_of(note) for note in notes]
                check(heads == sorted(heads) and times == sorted(times),
                      "in order: %s %s" % (heads, times))
                roots = {}
                for size, root in heads:
                    check(roots.setdefault(size, root) == root, "two roots")
            if kept:
                size = head_of(shown[kept[0]][-1])[0]
                check(w.size(origin) >= size, "what was answered is kept")
        check(answered >= KILLS // 2, "most were answered: %d" % answered)


def test_help():
    with Witnessed() as w:
        for args in ((), ("nothing",), ("init",), ("init", w.path("x")),
                     ("run",), ("log",), ("log", "add", w.witness),
                     ("log", "add", w.witness, "key"),
                     ("log", "add", w.witness, w.key),
                     ("run", w.witness, "--listen", "7780"),
                     ("ask", w.witness), ("status",)):
            r = w.run(PROGRAM, *args)
            check(r.status == USAGE and r.err, "%s" % r)
        said = w.ok(PROGRAM, "--help").out
        for command in ("init", "log add", "run", "status", "ask"):
            check(re.search(r"\b%s\b" % command, said), said)


if __name__ == "__main__":
    main()
