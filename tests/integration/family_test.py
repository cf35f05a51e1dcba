# SPDX-License-Identifier: MIT
"""The processes of a hub: what each may, and that each can be lost."""
import json
import os
import random
import re
import signal
import socket
import ssl
import subprocess
import threading
import time

from world import (BIN, STUCK_S, TOOLS, SkipTest, World, check, main, photo,
                   processes)

KINDS = ("signer", "tls", "files", "tlog", "site", "database", "network")
STRANGERS = ("signer", "tls", "site", "network")  # that own no file
# scripts/kill-family asks for more.
KILLS = int(os.environ.get("COUNTERSIGN_KILLS", 20))


def status_of(pid):
    with open("/proc/%d/status" % pid) as f:
        return dict(line.rstrip("\n").split(":\t", 1)
                    for line in f if ":\t" in line)


def has_sanitizer():
    with open(os.path.join(BIN, "countersignd"), "rb") as f:
        return b"__asan_init" in f.read()


def files_of(pid):
    folder = "/proc/%d/fd" % pid
    return [os.readlink(os.path.join(folder, fd))
            for fd in os.listdir(folder) if int(fd) > 2]


def test_confined():
    if has_sanitizer():
        raise SkipTest("sanitizers need what the processes give up")
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        found = processes(w.procs["hub"].pid)
        check(set(found) == set(KINDS), "all are there: %s" % found)
        check(len(found["network"]) == os.cpu_count(), "one a processor")
        for kind, pids in found.items():
            s = status_of(pids[0])
            check(s["Seccomp"].strip() == "2", kind + " is under seccomp")
            check(s["NoNewPrivs"].strip() == "1", kind + " gains nothing")
            check(int(s["CapEff"], 16) == 0, kind + " has no capability")
            if os.geteuid() == 0 and kind in STRANGERS:
                check(s["Uid"].split()[0] != "0", kind + " is not root")
        # What has been read is closed; sockets, and nothing else.
        for kind in STRANGERS:
            for pid in found[kind]:
                for f in files_of(pid):
                    check(f.startswith("socket:") or "eventpoll" in f,
                          "%s has %s open" % (kind, f))
        for f in files_of(found["files"][0]):
            check(f.startswith("socket:") or f == os.path.join(w.hub, "blobs"),
                  "files has %s open" % f)
        for f in files_of(found["database"][0]):
            check("/keys" not in f, "the database has %s open" % f)


def test_evil_network():
    """Who takes over what has the sockets has what is logged in, and no
    more."""
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        blob = w.path("file")
        with open(blob, "wb") as f:
            f.write(os.urandom(1000))
        w.csok("alice", "send", "bob", "--file", blob)
        w.stop("hub")
        db = w.db()
        device = db.execute("SELECT hex(id) FROM device").fetchone()[0]
        group = db.execute("SELECT hex(id) FROM grp").fetchone()[0]
        stored = db.execute("SELECT hex(id) FROM blob").fetchone()[0]
        entries = db.execute("SELECT COUNT(*) FROM log").fetchone()[0]
        w.start("evil", os.path.join(TOOLS, "evil-hub"), "run", w.hub,
                ready="listens", env={
                    "EVIL_DIR": w.hub, "EVIL_DEVICE": device,
                    "EVIL_GROUP": group, "EVIL_BLOB": stored})
        until = time.monotonic() + STUCK_S
        said = ""
        while "got to the end" not in said:
            check(time.monotonic() < until, "it came to its end: " + said)
            time.sleep(0.1)
            with open(w.path("evil.log"), errors="replace") as f:
                said = f.read()
        tried = set(re.findall(r"^evil: no (.*)$", said, re.M))
        got = set(re.findall(r"^evil: got (.*)$", said, re.M))
        system = {"keys/stamp.key", "keys/tls.key", "keys/registrar.key",
                  "hub.db", "/etc/passwd", "/proc/self/mem", "a new file",
                  "a socket of its own", "a socket of others",
                  "a signal to its parent", "a child"}
        hub = {"a stamp for somebody who is not there", "a log",
               "the desk's reports", "a login as somebody else",
               "an answer to what is no message",
               "a signature for something else than TLS",
               "a file without a pass"}
        check(hub <= tried, "the hub gives nothing: %s" % (hub - tried))
        if not has_sanitizer():
            check(system <= tried, "nor does the system: %s" %
                  (system - tried))
            check(got == {"to the end"}, "got: %s" % got)
            time.sleep(0.3)
            with open(w.path("evil.log"), errors="replace") as f:
                check("by signal 31" in f.read(), "it died of its try")
        w.stop("evil", signal.SIGTERM)
        n = db.execute("SELECT COUNT(*) FROM log").fetchone()[0]
        check(n == entries, "nothing was stored")
        db.close()
        # The hub itself took no harm.
        w.start_hub()
        w.csok("bob", "inbox")
        w.csok("bob", "send", "alice", "still there")
        check("still there" in w.texts("alice"), "it works")


def test_killed():
    """kill -9 of each process at random moments: nothing acknowledged is lost
    or doubled, and service comes back by itself."""
    seed = int(os.environ.get("COUNTERSIGN_SEED", time.time_ns() % 10 ** 6))
    print("# COUNTERSIGN_SEED=%d" % seed)
    rng = random.Random(seed)
    with World() as w:
        w.stop("hub")
        with open(os.path.join(w.hub, "hub.conf"), "a") as f:
            f.write("budgets 1000\n")
        w.start_hub()
        w.join("alice", "bob")
        w.friends("alice", "bob")
        pic = w.path("pic.jpg")
        photo(pic, 640, 480)
        sent, acknowledged, refused, back = [], [], [], []
        done = threading.Event()

        def send():
            while not done.is_set():
                text = "message %d" % len(sent)
                sent.append(text)
                args = ["--photo", pic] if len(sent) % 9 == 4 else []
                r = w.cs("alice", "send", "bob", *args, text)
                if r.status == 0:
                    acknowledged.append((text, time.monotonic()))
                else:
                    refused.append(r)

        sender = threading.Thread(target=send)
        sender.start()
        try:
            for i in range(KILLS):
                kind = KINDS[i % len(KINDS)]
                time.sleep(0.1 + rng.random() * 0.3)
                pids = processes(w.procs["hub"].pid).get(kind)
                if not pids:
                    continue  # it is just coming back
                n = len(acknowledged)
                os.kill(rng.choice(pids), signal.SIGKILL)
                killed = time.monotonic()
                while len(acknowledged) <= n + 1:
                    check(time.monotonic() < killed + STUCK_S,
                          "%s was killed, and nothing works: %s" % (
                              kind, refused[-1:] and refused[-1]))
                    time.sleep(0.01)
                # The one that was under way may have been acknowledged before.
                back.append((acknowledged[n + 1][1] - killed, kind))
        finally:
            done.set()
            sender.join()
        check(w.procs["hub"].poll() is None, "the parent lived through it")
        print("# %d kills, %d sent, back after at most %.1f s (%s)" % (
            len(back), len(sent), *max(back)))
        w.csok("alice", "inbox")
        w.csok("bob", "inbox")
        got = [m["text"] for m in w.inbox("bob", "--all")
               if m["kind"] == "received" and m["text"].startswith("message")]
        check(len(got) == len(set(got)), "none came twice: %s" %
              [t for t in got if got.count(t) > 1])
        missing = [t for t, _ in acknowledged if t not in got]
        check(not missing, "all came that were acknowledged: %s" % missing)
        # A text goes before a photo that waits for a line; beside its own
        # kind, each stays in its place.
        for photos in False, True:
            order = [i for i in (sent.index(t) for t in got)
                     if (i % 9 == 3) == photos]
            check(order == sorted(order), "in their order: %s" % order)


def test_parent_killed():
    """None outlives its parent, and the next hub has the port at once."""
    with World() as w:
        w.join("alice")
        found = processes(w.procs["hub"].pid)
        w.stop("hub", signal.SIGKILL)
        w.start_hub()
        for pids in found.values():
            for pid in pids:
                try:
                    check(status_of(pid)["State"].startswith("Z"),
                          "%d is gone" % pid)
                except FileNotFoundError:
                    pass
        w.csok("alice", "inbox")


def certificate(w):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return ssl.get_server_certificate(("127.0.0.1", w.port))


def test_keys_change():
    """Renewed keys are taken up while the hub runs, and connections stay."""
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        before = certificate(w)
        pids = processes(w.procs["hub"].pid)
        waits = subprocess.Popen(
            [os.path.join(BIN, "countersign"), "--home", w.home("bob"),
             "follow", "--json"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        w.procs["bob"] = waits
        time.sleep(0.5)
        w.ok("countersignctl", "--hub", w.hub, "renew")
        until = time.monotonic() + STUCK_S
        while certificate(w) == before:
            check(time.monotonic() < until, "TLS has a new certificate")
            time.sleep(0.1)
        w.csok("alice", "send", "bob", "under the new key")
        line = waits.stdout.readline()
        check(json.loads(line)["text"] == "under the new key",
              "who was connected still is: %r" % line)
        w.stop("bob")
        check(processes(w.procs["hub"].pid) == pids, "nothing was restarted")
        db = w.db()
        check(db.execute("SELECT COUNT(*) FROM stamp_key").fetchone()[0] == 2,
              "two keys have stamped")
        db.close()
        with open(w.path("hub.log"), errors="replace") as f:
            said = f.read()
        check("refused" not in said and "not taken" not in said,
              "nothing to be told: " + said)
        # Halves of two pairs are not taken up, and harm nothing.
        key = os.path.join(w.hub, "keys", "stamp.key")
        with open(key, "rb") as f:
            good = f.read()
        with open(key, "wb") as f:
            f.write(os.urandom(32))
        while True:
            with open(w.path("hub.log"), errors="replace") as f:
                if "New keys are not taken up" in f.read():
                    break
            check(time.monotonic() < until, "the operator is told")
            time.sleep(0.1)
        w.csok("alice", "send", "bob", "as before")
        with open(key, "wb") as f:
            f.write(good)
        check("as before" in w.texts("bob"), "it works")


def test_resumes():
    """Whoever comes again resumes TLS, whichever process takes them."""
    with World() as w:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        session, resumed = None, 0
        for _ in range(8):
            with socket.create_connection(("127.0.0.1", w.port)) as tcp:
                with context.wrap_socket(tcp, session=session) as s:
                    s.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n"
                              b"Connection: close\r\n\r\n")
                    check(b"a Countersign hub" in s.recv(4096), "it answers")
                    resumed += s.session_reused
                    # Each ticket is used once.
                    session = s.session
        check(resumed == 7, "all but the first: %d" % resumed)
        # Tickets of a hub that was ended are worth nothing.
        w.stop("hub")
        w.start_hub()
        with socket.create_connection(("127.0.0.1", w.port)) as tcp:
            with context.wrap_socket(tcp, session=session) as s:
                check(not s.session_reused, "a whole handshake")


def test_clock_leaps():
    """A clock that is set to next year harms nothing that a corrected one
    does not heal; and the operator is told."""
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        w.stop("hub")
        leap = w.path("leap")
        w.start_hub(env=dict(w.later(365), SHIFT_CLOCK_FROM=leap))
        w.csok("alice", "send", "bob", "before")
        before = time.time() * 1000
        with open(leap, "w"):
            pass
        w.csok("alice", "send", "bob", "after")
        check(w.texts("bob") == ["before", "after"], "it goes on")
        db = w.db()
        (last,) = db.execute("SELECT MAX(accepted) FROM log").fetchone()
        db.close()
        check(last < before + 3600 * 1000, "stamps bear the hub's own time")
        until = time.monotonic() + STUCK_S
        while True:
            with open(w.path("hub.log"), errors="replace") as f:
                if "leapt ahead by 8760" in f.read():
                    break
            check(time.monotonic() < until, "the operator is told")
            time.sleep(0.1)
        os.unlink(leap)
        w.csok("bob", "send", "alice", "and back")
        check("and back" in w.texts("alice"), "it is healed")


if __name__ == "__main__":
    main()
