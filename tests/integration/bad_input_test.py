# SPDX-License-Identifier: MIT
"""Bad input: one clear sentence and a documented exit status (issue, C.8)."""
import os
import shutil
import socket
import sqlite3
import subprocess
import time

from world import BIN, STUCK_S, SkipTest, World, check, free_port, main

DOCUMENTED = (1, 2, 64, 69, 70, 73, 75, 76, 77, 78)

# Arguments that no command takes, or not like this; {id} is a message, {link}
# an invite link.
WRONG = {
    "countersign": [
        [], ["nonsense"], ["--nonsense"], ["join"], ["join", "x"],
        ["join", "x", "--name", "zed"], ["join", "{link}"],
        ["join", "{link}", "--name", "Not A Name"],
        ["join", "{link}", "--name", ""], ["join", "{link}", "--name",
                                            "n" * 5000],
        ["join", "https://localhost:1/i/AAAA", "--name", "zed"],
        ["join", "https://localhost:99999/i/AAAA#" + "A" * 43, "--name", "z"],
        ["join", "https://" + "h" * 100000, "--name", "zed"],
        ["whoami", "x"], ["safety-number"], ["safety-number", "nobody"],
        ["send"], ["send", "bob"], ["send", "bob", ""],
        ["send", "bob", "x" * 70000], ["send", "bob", "a", "b"],
        ["send", "b" * 50000, "x"], ["send", "Bob!", "x"],
        ["send", "alice", "to myself"], ["send", "bob@elsewhere", "x"],
        ["send", "nobody", "x"], ["send", "bob", "x", "--photo"],
        ["send", "bob", "--photo", "/nonexistent"],
        ["send", "bob", "--photo", "/"], ["send", "bob", "--file", "/dev/zero"],
        ["send", "bob", "--file", "/dev/null"],
        ["send", "bob", "--photo", "{text}"],
        ["send", "bob", "x", "--photo", "a", "--file", "b"],
        ["send", "bob", "x", "--reply", "0000000000000000"],
        ["inbox", "x"], ["inbox", "--jsonn"], ["save"], ["save", "{id}"],
        ["save", "zz", "-o", "{out}"], ["save", "00000000", "-o", "{out}"],
        ["save", "{id}", "-o", "{out}"],
        ["save", "{id}", "-o", "/nonexistent/dir/file"],
        ["group"], ["group", "new"], ["group", "new", "g"],
        ["group", "new", "", "bob"], ["group", "new", "g" * 300, "bob"],
        ["group", "new", "g\nh", "bob"], ["group", "new", "g", "nobody"],
        ["group", "new", "g", "bob", "bob"], ["group", "new", "g", "alice"],
        ["group", "add", "nogroup", "bob"],
        ["group", "remove", "nogroup", "bob"],
        ["group", "link"], ["group", "link", "nogroup"],
        ["group", "link", "nogroup", "--new", "--off"],
        ["group", "join"], ["group", "join", ""], ["group", "join", "x" * 600],
        ["group", "join", "https://localhost/g#"], ["group", "asks", "nogroup"],
        ["group", "approve", "nogroup"], ["group", "approve", "nogroup", "bob"],
        ["group", "refuse", "nogroup", "bob"], ["group", "picture"],
        ["group", "picture", "nogroup", "/nowhere"],
        ["group", "picture", "nogroup", "--none", "-o", "-"],
        ["group", "new", "g"] + ["bob%d" % i for i in range(200)],
        ["accept"], ["accept", "nobody"], ["block"], ["block", "no body"],
        ["settings"], ["settings", "unknown-senders", "perhaps"],
        ["settings", "colour", "blue"],
        ["report"], ["report", "{id}"], ["report", "{id}", "--reason", "x"],
        ["report", "{id}", "--reason", "spam"],
        ["report", "ffffffff", "--reason", "spam", "--yes"],
        ["report", "{id}", "{id}", "--reason", "spam", "--yes"],
        ["report", "{id}", "--reason", "spam", "--yes", "--note", "n" * 5000],
        ["report"] + ["{id}"] * 51 + ["--reason", "spam", "--yes"],
        ["export", "{id}"], ["export", "{id}", "-o", "{out}"],
        ["export", "{id}", "-o", "{out}", "--open", "--to-key", "00"],
        ["export", "{id}", "-o", "{out}", "--to-key", "00"],
        ["export", "{id}", "-o", "{out}", "--to-key", "0" * 64],
        ["export", "{id}", "-o", "/nonexistent/dir/file", "--open"],
        ["link", "--histori"], ["join-device", "x", "--history"],
        ["recovery", "renew", "x"], ["recovery", "renew"],
        ["recovery", "renew", "--words-file", "{text}"],
        ["recover", "--words-file", "/nonexistent"],
        ["recover", "--words-file", "{text}"], ["recover", "a", "b"],
        ["completion", "csh"],
    ],
    "countersignd": [
        [], ["run"], ["run", "/nonexistent"], ["init"], ["init", "{hub}"],
        ["init", "{out}", "--listen", "nowhere"],
        ["init", "{out}", "--listen", "127.0.0.1:70000"],
        ["init", "{out}", "--name", "not a host"],
        ["init", "{out}", "--name", "n" * 5000],
        ["init", "/nonexistent/a/b"], ["run", "{hub}"],
    ],
    "countersignctl": [
        [], ["invite"], ["--hub", "/nonexistent", "invite"],
        ["--hub", "{hub}", "invite", "--uses", "0"],
        ["--hub", "{hub}", "invite", "--uses", "99999999999999999999"],
        ["--hub", "{hub}", "invite", "--expires", "soon"],
        ["--hub", "{hub}", "invite", "--expires", "9999999d"],
        ["--hub", "/nonexistent", "status"], ["--hub", "/nonexistent",
                                               "renew"],
        ["root"], ["root", "move", "{out}"],
        ["--hub", "/nonexistent", "root", "move", "{out}"],
        ["--hub", "{hub}", "root", "move"],
        ["--hub", "{hub}", "root", "move", "{text}"],
        ["--hub", "{hub}", "root", "move", "/nonexistent/file"],
        ["--hub", "/nonexistent", "root", "request", "{out}"],
        ["--hub", "{hub}", "root", "request", "{text}"],
        ["--hub", "{hub}", "root", "request", "/nonexistent/file"],
        ["--hub", "/nonexistent", "root", "install", "{text}"],
        ["--hub", "{hub}", "root", "install", "/nonexistent"],
        ["--hub", "{hub}", "root", "install", "{text}"],
        ["root", "sign", "{text}", "{out}"],
        ["root", "sign", "{text}", "{out}", "--key", "/nonexistent"],
        ["root", "sign", "{text}", "{out}", "--key", "{text}"],
        ["root", "sign", "{text}", "{out}", "--key",
         "{hub}/keys/root.key", "--yes"],
        ["root", "sign", "/dev/zero", "{out}", "--key",
         "{hub}/keys/root.key", "--yes"],
        ["log"], ["log", "show", "x"], ["log", "key", "--json"],
        ["--hub", "{hub}", "log", "witnesses"],
        ["--hub", "{hub}", "log", "witnesses", "/none"],
        ["--hub", "{hub}", "log", "witnesses", "/dev/null", "--none"],
        ["--hub", "{hub}", "log", "restored", "x"],
        ["web"], ["web", "on"], ["web", "off"],
        ["--hub", "{hub}", "web", "on", "127.0.0.1:8080"],
        ["--hub", "{hub}", "web", "on", "x", "https://a.org"],
        ["--hub", "{hub}", "web", "on", ":1", "https://a.org"],
        ["--hub", "{hub}", "web", "on", "a" * 100 + ":1", "https://a.org"],
        ["--hub", "{hub}", "web", "on", "127.0.0.1:70000", "https://a.org"],
        ["--hub", "{hub}", "web", "on", "0.0.0.0:80", "https://a.org"],
        ["--hub", "{hub}", "web", "on", "127.0.0.1:80", "a.org"],
        ["--hub", "{hub}", "web", "on", "127.0.0.1:80",
         "https://" + "a" * 5000],
        ["--hub", "{hub}", "web", "on", "127.0.0.1:80", "https://a.org",
         "--cert", "/dev/zero", "--key", "/dev/zero"],
        ["--hub", "{hub}", "web", "on", "127.0.0.1:80", "https://a.org",
         "--cert", "{text}", "--key", "{text}"],
        ["--hub", "/nonexistent", "web", "on", "127.0.0.1:80",
         "https://a.org"],
        ["--hub", "/nonexistent", "web", "off"],
        ["page"], ["page", "manifest", "/nonexistent", "1"],
        ["page", "manifest", "{text}", "1"], ["page", "manifest", "{hub}", ""],
        ["page", "manifest", "{hub}", "1"], ["page", "manifest", "/dev", "1"],
        ["--hub", "{hub}", "page", "install", "/nonexistent"],
        ["--hub", "{hub}", "page", "install", "{text}"],
        ["--hub", "{hub}", "page", "install", "{hub}"],
        ["--hub", "{hub}", "page", "use", ""],
        ["--hub", "{hub}", "page", "use", "../hub.conf"],
        ["--hub", "{hub}", "page", "use", "x" * 5000],
    ],
    "countersign-desk": [
        [], ["init", "{out}"], ["init", "{out}", "--hub-dir", "/nonexistent"],
        ["init", "{desk}", "--hub-dir", "{hub}"], ["run", "/nonexistent"],
        ["run", "{desk}"], ["reports", "/nonexistent"], ["show", "{desk}"],
        ["show", "{desk}", "zz"], ["show", "{desk}", "00000000"],
        ["verify", "{desk}", "00000000"],
        ["evidence", "{desk}", "00000000"],
        ["evidence", "{desk}", "00000000", "-o", "{out}"],
        ["act", "{desk}", "00000000"], ["act", "{desk}", "00000000", "shout"],
        ["act", "{desk}", "00000000", "disable"],
        ["act", "{desk}", "00000000", "disable", "--reason", "spam",
         "--statement", "x"],
    ],
    "countersign-verify": [
        [], ["{text}"], ["{text}", "--operator-key", "short"],
        ["{text}", "--operator-key", "A" * 43],
        ["/nonexistent", "--operator-key", "{key}"],
        ["{text}", "--operator-key", "{key}"],
    ],
}


def one_sentence(r):
    check(r.status in DOCUMENTED, "a documented status: %s" % r)
    lines = r.err.strip().splitlines()
    check(len(lines) == 1, "one sentence: %s" % str(r)[:2000])
    check(len(lines[0]) < 800, "a short one: %s" % str(r)[:2000])
    check("core dumped" not in r.err and "Assertion" not in r.err, str(r))


def test_wrong_arguments():
    with World(desk=True) as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        with open(w.path("text"), "w") as f:
            f.write("text")
        mid = [m["id"] for m in w.inbox("alice", "--all")
               if m["kind"] == "sent"][0]
        words = {"id": mid, "link": w.invite(), "out": w.path("out"),
                 "hub": w.hub, "desk": w.desk, "text": w.path("text"),
                 "key": w.operator_key()}
        for program, lists in WRONG.items():
            for args in lists:
                full = [a.format(**words) if "{" in a else a for a in args]
                if program == "countersign":
                    r = w.cs("new" if args[:1] == ["join"] else "alice",
                             *full)
                else:
                    r = w.run(program, *full)
                one_sentence(r)
                check(not os.path.exists(w.path("out")) or
                      not os.listdir(w.path("out")), "nothing is left: %s" % r)
                shutil.rmtree(w.path("out"), ignore_errors=True)
        check(w.texts("bob") == [], "nothing was sent")
        w.csok("alice", "send", "bob", "still well")
        check(w.texts("bob") == ["still well"], "all works after that")


def test_help():
    """Each program tells what it does, its version, and its man page."""
    with World() as w:
        for program in WRONG:
            r = w.ok(program, "--help")
            check(program in r.out and len(r.out) > 200, str(r))
            check(w.ok(program, "--version").out.startswith(program), program)
            check(".TH" in w.ok(program, "--man").out, program)
        for command in ("send", "report", "group new", "export"):
            r = w.ok("countersign", *command.split(), "--help")
            check(command in r.out, str(r))


BASH = """
PATH=$1:$PATH
eval "$("$2" --completion bash)"
COMP_WORDS=("${@:2}")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_${2//-/_}
printf '%s\\n' "${COMPREPLY[@]}"
"""


def completed(w, *words):
    """What bash offers for the last of the words."""
    return w.ok("/bin/bash", "-c", BASH, "bash", BIN, *words).out.split()


def test_completion():
    """Shells ask the program, so each command and option is there."""
    with World() as w:
        check(completed(w, "countersign", "saf") == ["safety-number"], "one")
        for word in ("leave", "new", "list"):
            check(word in completed(w, "countersign", "group", ""), word)
        check(completed(w, "countersign", "account", "") == ["leave"], "two")
        check("--reason" in completed(w, "countersign", "report", "--r"), "-")
        check(completed(w, "countersign", "report", "--reason", "th") ==
              ["threat-to-life"], "values")
        open(w.path("a-file"), "w", encoding="utf-8").close()
        check(completed(w, "countersign", "save", "x", "-o",
                        w.path("a-f")) == [w.path("a-file")], "files")
        for program in WRONG:
            check("--version" in completed(w, program, "--v"), program)
            for shell in ("bash", "zsh", "fish"):
                text = w.ok(program, "--completion", shell).out
                check("__complete" in text and program in text, text)
                if shutil.which(shell):
                    script = w.path("script." + shell)
                    with open(script, "w", encoding="utf-8") as f:
                        f.write(text)
                    w.ok(shutil.which(shell), "-n", script)
        check(w.ok("countersign", "completion", "fish").out ==
              w.ok("countersign", "--completion", "fish").out, "command")
        check(w.run("countersign", "--completion", "csh").status == 64, "csh")
        check(w.run("countersign", "--completion").status == 64, "none")


def test_invites():
    with World() as w:
        link = w.invite()
        w.csok("alice", "join", link, "--name", "alice")
        r = w.cs("bob", "join", link, "--name", "bob")
        one_sentence(r)
        check("used" in r.err, str(r))
        short = w.invite("--expires", "1s")
        time.sleep(1.5)
        r = w.cs("bob", "join", short, "--name", "bob")
        one_sentence(r)
        check("expired" in r.err or "run out" in r.err, str(r))
        fresh = w.invite()
        r = w.cs("bob", "join", fresh, "--name", "alice")
        one_sentence(r)
        check("taken" in r.err, str(r))
        r = w.cs("bob", "join", fresh.replace("/i/", "/i/x"), "--name", "bob")
        one_sentence(r)
        key = fresh.split("#")[1]
        wrong = ("B" if key[0] == "A" else "A") + key[1:]
        r = w.cs("bob", "join", fresh.split("#")[0] + "#" + wrong, "--name",
                 "bob")
        one_sentence(r)
        check(r.status == 76 and "operator" in r.err, str(r))
        # None of that has used up the link or the folder.
        w.csok("bob", "join", fresh, "--name", "bob")
        r = w.cs("bob", "join", w.invite(), "--name", "bobby")
        one_sentence(r)
        check("already" in r.err, str(r))


def test_hub_not_reachable():
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        w.stop("hub")
        r = w.cs("alice", "send", "bob", "later")
        check(r.status == 69 and "kept" in r.err, str(r))
        r = w.cs("alice", "send", "carol", "later")
        check(r.status == 69, str(r))
        r = w.cs("bob", "inbox")
        check(r.status == 0 and "Nobody answers" in r.err, str(r))
        r = w.cs("bob", "accept", "alice")
        one_sentence(r)
        check(r.status == 69, str(r))
        w.start_hub()
        w.csok("alice", "inbox")
        check(w.texts("bob") == ["later"], "it went out by itself")
        # A port that answers, but is no hub.
        w.stop("hub")
        with socket.socket() as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind(("127.0.0.1", w.port))
            s.listen(8)
            r = w.cs("bob", "accept", "alice")
            one_sentence(r)


def test_strangers_at_the_hub():
    """Bytes that are no TLS, TLS that is no HTTP, connections that say
    nothing: the hub goes on."""
    import ssl
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        anybody = ssl.create_default_context()
        anybody.check_hostname = False
        anybody.verify_mode = ssl.CERT_NONE
        plain = socket.create_connection(("127.0.0.1", w.port))
        plain.sendall(b"GET / HTTP/1.1\r\n\r\n" + os.urandom(4000))

        def tls():
            return anybody.wrap_socket(
                socket.create_connection(("127.0.0.1", w.port)))

        def ask(data):
            with tls() as s:
                s.settimeout(3)
                got = b""
                try:
                    s.sendall(data)
                    while True:
                        more = s.recv(65536)
                        if not more:
                            return got
                        got += more
                except OSError:
                    return got
        check(b"Countersign hub" in ask(b"GET / HTTP/1.1\r\nHost: x\r\n"
                                        b"Connection: close\r\n\r\n"),
              "a page for people")
        for data in (b"\0" * 5000, b"GET /b/00 HTTP/1.1\r\nHost: x\r\n\r\n",
                     b"PUT /b/" + b"0" * 32 + b" HTTP/1.1\r\nHost: x\r\n"
                     b"Content-Length: 99999999999\r\n\r\n",
                     b"GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
                     b"POST / HTTP/1.1\r\nHost: x\r\n\r\n"):
            answer = ask(data)
            check(b" 200 " not in answer and b"root:" not in answer,
                  repr(answer))
        # A WebSocket that never says who it is.
        key = b"AAAAAAAAAAAAAAAAAAAAAA=="
        s = tls()
        s.settimeout(STUCK_S)
        s.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket"
                  b"\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
                  b"\r\nSec-WebSocket-Protocol: countersign.v1\r\n"
                  b"Sec-WebSocket-Key: " + key + b"\r\n\r\n")
        while s.recv(65536):
            pass  # the hello, then the end
        s.close()
        plain.close()
        w.csok("alice", "send", "bob", "still well")
        check(w.texts("bob") == ["still well"], "the hub goes on")


def test_newer_and_damaged_databases():
    with World(desk=True) as w:
        w.join("alice")
        w.stop("hub")
        w.stop("desk")
        paths = {
            os.path.join(w.home("alice"), "client.db"):
                lambda: w.cs("alice", "whoami"),
            os.path.join(w.hub, "hub.db"):
                lambda: w.run("countersignd", "run", w.hub),
            os.path.join(w.desk, "desk.db"):
                lambda: w.run("countersign-desk", "reports", w.desk),
        }
        for path, use in paths.items():
            db = sqlite3.connect(path)
            (version,) = db.execute("PRAGMA user_version").fetchone()
            db.execute("PRAGMA user_version=%d" % (version + 1))
            db.commit()
            db.close()
            r = use()
            one_sentence(r)
            check(r.status == 78 and "newer" in r.err, str(r))
            with open(path, "r+b") as f:
                f.write(b"this is not a database, and never was one")
            one_sentence(use())
            os.truncate(path, 100)
            one_sentence(use())


def in_namespace(script):
    """Run a shell script where it may mount what it likes."""
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=STUCK_S)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def need_namespaces():
    status, _, _ = in_namespace("mount -t tmpfs none /mnt")
    if status != 0:
        raise SkipTest("no mount namespaces here")


def test_disk_full():
    need_namespaces()
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        w.csok("alice", "send", "bob", "before")
        home = w.home("bob")
        status, out, err = in_namespace(
            "set -e; cp -r '%s' '%s.copy'; mount -t tmpfs -o size=400k,mode=700 none "
            "'%s'; cp '%s.copy'/* '%s'; "
            "head -c 1000000 /dev/zero > '%s/fill' 2>/dev/null || true; set "
            "+e; '%s/countersign' --home '%s' inbox; s=$?; "
            "cp '%s/client.db' '%s/after.db'; exit $s" %
            (home, home, home, home, home, home, BIN, home, home, w.dir))
        # What is here can be read all the same.
        check(status == 0 and "disk is full" in err and
              len(err.strip().splitlines()) == 1, "%d %s %s" %
              (status, out, err))
        db = sqlite3.connect(w.path("after.db"))
        check(db.execute("PRAGMA integrity_check").fetchone() == ("ok",),
              "the database is whole")
        db.close()
        check(w.texts("bob") == ["before"], "nothing is lost")


def test_read_only_folder():
    need_namespaces()
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        home = w.home("bob")
        status, out, err = in_namespace(
            "set -e; mount --bind '%s' '%s'; mount -o remount,bind,ro '%s'; "
            "exec '%s/countersign' --home '%s' inbox" %
            (home, home, home, BIN, home))
        # What is here can be read all the same.
        check(status == 0 and "cannot be written" in err,
              "%d %s %s" % (status, out, err))


def closed(program, *args):
    """Start a program with its descriptors 0 to 2 closed."""
    return subprocess.Popen(
        ["sh", "-c", 'exec "$0" "$@" <&- >&- 2>&-',
         os.path.join(BIN, program)] + [str(a) for a in args])


def family(pid):
    """A process and its children."""
    with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
        return [pid] + [int(child) for child in f.read().split()]


def wait_for_null(proc, program, what):
    """Descriptors 0 to 2 become /dev/null, and ${what} is opened above."""
    until = time.monotonic() + STUCK_S
    while True:
        fds = {}
        try:
            for pid in family(proc.pid):
                fds = {}
                for fd in os.listdir("/proc/%d/fd" % pid):
                    fds[int(fd)] = os.readlink("/proc/%d/fd/%s" % (pid, fd))
                if any(what in name for name in fds.values()):
                    check([fds.get(i) for i in range(3)] == ["/dev/null"] * 3,
                          "%s: %s" % (program, fds))
                    return
        except FileNotFoundError:
            continue  # closed meanwhile
        check(proc.poll() is None and time.monotonic() < until,
              "%s ended, or opens no %s: %s" % (program, what, fds))
        time.sleep(0.01)


def test_closed_descriptors():
    """No file gets the number of an output that is closed: what goes wrong
    would be written into it."""
    with World(desk=True) as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        key = w.operator_key()
        w.stop("hub")
        w.stop("desk")
        fifo = w.path("fifo")
        os.mkfifo(fifo)
        hub = closed("countersignd", "run", w.hub)
        w.procs["closed-hub"] = hub
        started = [
            ("countersign", ["--home", w.home("alice"), "follow"],
             "client.db"),
            ("countersign-desk", ["run", w.desk, "--listen", "127.0.0.1:0"],
             "desk.db"),
        ]
        try:
            wait_for_null(hub, "countersignd", "hub.db")
            for program, args, what in started:
                proc = closed(program, *args)
                try:
                    wait_for_null(proc, program, what)
                finally:
                    proc.terminate()
                    proc.wait(STUCK_S)
        finally:
            w.procs.pop("closed-hub")
            hub.terminate()
            hub.wait(STUCK_S)
        # These read a file that never comes: opening it waits for a writer.
        for program, args in (
                ("countersignctl", ["root", "sign", fifo, w.path("out"),
                                    "--key", w.hub + "/keys/root.key"]),
                ("countersign-verify", [fifo, "--operator-key", key])):
            proc = closed(program, *args)
            try:
                # For reading, too, or this end would wait for the other.
                with open(fifo, "r+b", buffering=0):
                    wait_for_null(proc, program, "fifo")
            finally:
                proc.terminate()
                proc.wait(STUCK_S)
        # This one is given what it reads, and no output.
        proc = subprocess.Popen(
            ["sh", "-c", 'exec "$0" >&- 2>&-',
             os.path.join(BIN, "countersign-photo")], stdin=subprocess.PIPE)
        try:
            until = time.monotonic() + STUCK_S
            while True:
                try:
                    at = [os.readlink("/proc/%d/fd/%d" % (proc.pid, fd))
                          for fd in (1, 2)]
                except FileNotFoundError:
                    at = None  # not yet
                if at == ["/dev/null"] * 2:
                    break
                check(proc.poll() is None and time.monotonic() < until,
                      "countersign-photo: %s" % at)
                time.sleep(0.01)
        finally:
            proc.stdin.close()
            proc.terminate()
            proc.wait(STUCK_S)
        # And all is as it was.
        w.start_hub()
        w.csok("alice", "send", "bob", "whole")
        check("whole" in w.texts("bob"), "it is")


if __name__ == "__main__":
    main()
