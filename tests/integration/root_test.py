# SPDX-License-Identifier: MIT
"""A root key that is kept offline: moved away, asked, answered, installed; and
a desk that joins without it."""
import json
import os
import pty
import shutil
import subprocess

from world import BIN, STUCK_S, World, check, main


def ctl(w, *args, **kw):
    return w.run("countersignctl", "--hub", w.hub, *args, **kw)


def ctl_ok(w, *args, **kw):
    return w.ok("countersignctl", "--hub", w.hub, *args, **kw)


def status(w):
    return json.loads(ctl_ok(w, "status", "--json").out)


def key_file(w, name):
    with open(os.path.join(w.hub, "keys", name), "rb") as f:
        return f.read()


def move(w):
    """The offline machine is a folder of its own."""
    os.mkdir(w.path("offline"), 0o700)
    ctl_ok(w, "root", "move", w.path("offline", "root.key"))


def sign(w, request, answer, *args, **kw):
    return w.run("countersignctl", "root", "sign", request, answer, "--key",
                 w.path("offline", "root.key"), *args, **kw)


def round_trip(w, name):
    request, answer = w.path(name + ".request"), w.path(name + ".answer")
    asked = ctl_ok(w, "root", "request", request).out
    signed = sign(w, request, answer, "--yes")
    check(signed.status == 0, str(signed))
    fingerprint = [line for line in asked.splitlines()
                   if line.startswith("Fingerprint")]
    check(fingerprint and fingerprint[0] in signed.out,
          "both show the same: %s%s" % (asked, signed))
    ctl_ok(w, "root", "install", answer)
    return signed.out


def test_moved():
    with World() as w:
        root = key_file(w, "root.key")
        check(status(w)["root_key"] == "here", "here at first")
        check("move it" in ctl_ok(w, "status").out, "and told to move it")
        move(w)
        with open(w.path("offline", "root.key"), "rb") as f:
            check(f.read() == root, "the same key")
        check(not os.path.exists(os.path.join(w.hub, "keys/root.key")),
              "and no longer here")
        for folder, _, names in os.walk(w.hub):
            for name in names:
                with open(os.path.join(folder, name), "rb") as f:
                    check(root not in f.read(), "in no file: " + name)
        check(status(w)["root_key"] == "elsewhere", "elsewhere")
        r = ctl(w, "renew")
        check(r.status == 78 and "root request" in r.err and
              "root sign" in r.err and "root install" in r.err, str(r))
        r = ctl(w, "root", "move", w.path("again"))
        check(r.status == 1 and not os.path.exists(w.path("again")), str(r))
        # Brought back, it renews as ever.
        shutil.copy(w.path("offline", "root.key"),
                    os.path.join(w.hub, "keys/root.key"))
        ctl_ok(w, "renew")


def test_new_keys():
    """Members go on; what the old stamp key stamped stays proved."""
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        move(w)
        stamp, tls = key_file(w, "stamp.key"), key_file(w, "tls.key")
        w.csok("alice", "send", "bob", "under the old keys")
        shown = round_trip(w, "one")
        check('"localhost"' in shown and "TLS" in shown and
              "names no desk" in shown, shown)
        check(key_file(w, "stamp.key") != stamp and
              key_file(w, "tls.key") != tls, "they are new")
        w.stop("hub")
        w.start_hub()
        w.csok("alice", "send", "bob", "under the new keys")
        check(w.texts("bob") == ["under the old keys", "under the new keys"],
              "both")
        # A month later, too.
        later = w.later(29)
        request, answer = w.path("two.request"), w.path("two.answer")
        ctl_ok(w, "root", "request", request, env=later)
        r = sign(w, request, answer, "--yes")
        check(r.status == 76 and "clock" in r.err and
              not os.path.exists(answer), str(r))
        check(sign(w, request, answer, "--yes", env=later).status == 0, "then")
        r = ctl(w, "root", "install", answer)
        check(r.status == 76 and "clock" in r.err, str(r))
        ctl_ok(w, "root", "install", answer, env=later)


def test_desk_joins():
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        move(w)
        init = ("countersign-desk", "init", w.desk, "--hub-dir", w.hub)
        r = w.run(*init)
        check(r.status == 1 and "root request" in r.err and
              "root install" in r.err, str(r))
        # Nothing has happened meanwhile: it waits on.
        check(w.run(*init).status == 1, "still")
        shown = round_trip(w, "desk")
        check("opens reports at the desk" in shown, shown)
        w.ok(*init)
        w.stop("hub")
        w.start_hub()
        w.start_desk()
        w.csok("alice", "send", "bob", "she is 13")
        (got,) = [m for m in w.inbox("bob") if m["kind"] == "received"]
        w.csok("bob", "report", got["id"], "--reason", "other", "--yes")
        check(w.desk_reports(1)[0]["state"] == "open", "proved")
        # The next request certifies the same desk by itself.
        shown = round_trip(w, "again")
        check("opens reports at the desk" in shown, shown)
        r = w.run(*init)
        check(r.status == 1 and "already" in r.err, str(r))


def test_refused():
    with World() as w, World() as other:
        move(w)
        move(other)
        request, answer = w.path("request"), w.path("answer")
        ctl_ok(w, "root", "request", request)
        # Another operator's key, no key, nobody to ask, a name that is taken.
        r = sign(other, request, answer, "--yes")
        check(r.status == 76 and "another operator" in r.err, str(r))
        r = w.run("countersignctl", "root", "sign", request, answer, "--yes")
        check(r.status == 64 and "--key" in r.err, str(r))
        r = w.run("countersignctl", "root", "sign", request, answer, "--yes",
                  "--key", request)
        check(r.status == 78, str(r))
        r = sign(w, request, answer)
        check(r.status == 64 and "--yes" in r.err, str(r))
        r = sign(w, request, request, "--yes")
        check(r.status == 1, str(r))
        check(not os.path.exists(answer), "nothing was signed")
        r = ctl(w, "root", "request", request)
        check(r.status == 1 and "already" in r.err, str(r))
        # A byte that changed on the way: of the form, of the operator, of the
        # time until which the last key is to be good.
        with open(request, "rb") as f:
            data = f.read()
        for i in (0, 28, 40, len(data) - 8):
            with open(w.path("bad"), "wb") as f:
                f.write(data[:i] + bytes([data[i] ^ 128]) + data[i + 1:])
            r = sign(w, w.path("bad"), answer, "--yes")
            check(r.status != 0 and not os.path.exists(answer), str(r))
        check(sign(w, request, answer, "--yes").status == 0, "as it was")
        with open(answer, "rb") as f:
            data = f.read()
        before = key_file(w, "stamp.cert")
        for bad in (b"", data[:-1], data + b"x", b"x" * 100000,
                    data[:100] + bytes([data[100] ^ 1]) + data[101:]):
            with open(w.path("bad"), "wb") as f:
                f.write(bad)
            r = ctl(w, "root", "install", w.path("bad"))
            check(r.status not in (0, 70) and len(r.err.splitlines()) == 1,
                  str(r))
            check(key_file(w, "stamp.cert") == before, "nothing changed")
        r = ctl(other, "root", "install", answer)
        check(r.status == 78 and "nothing waits" in r.err, str(r))
        ctl_ok(w, "root", "install", answer)
        r = ctl(w, "root", "install", answer)
        check(r.status == 78 and "nothing waits" in r.err, str(r))


def asked(w, request, answer, said):
    """Sign with a terminal on which somebody says ${said}."""
    master, slave = pty.openpty()
    os.write(master, said)
    done = subprocess.run(
        [os.path.join(BIN, "countersignctl"), "root", "sign", request, answer,
         "--key", w.path("offline", "root.key")], stdin=slave,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=STUCK_S)
    os.close(slave)
    os.close(master)
    return done.returncode


def test_asked():
    with World() as w:
        move(w)
        request, answer = w.path("request"), w.path("answer")
        ctl_ok(w, "root", "request", request)
        for no in (b"no\n", b"\n", b"y\n", b"\x04"):
            check(asked(w, request, answer, no) == 1, repr(no))
            check(not os.path.exists(answer), "nothing was signed")
        check(asked(w, request, answer, b"yes\n") == 0, "yes")
        ctl_ok(w, "root", "install", answer)


if __name__ == "__main__":
    main()
