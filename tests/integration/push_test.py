# SPDX-License-Identifier: MIT
"""Pushes for browsers that are not connected, to a service on 127.0.0.1 that the
hub takes for one of theirs."""
import base64
import hashlib
import json
import os
import secrets
import shutil
import sqlite3
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import passkey
from browser_line import cut, vec
from family_test import files_of, has_sanitizer, status_of
from web_test import CHAT, Web
from world import SkipTest, check, main, processes

PUSH_SET, PUSH_CLEAR = 60, 61
E_MALFORMED, E_TOO_LARGE, E_PUSH = 1, 2, 40
LENGTH = 64 + 16 + 4 + 1 + 65 + 1 + 16  # whatever waits


class Service:
    """What a browser's maker has: it takes pushes and keeps them."""

    def __init__(self, chain, key):
        self.got = []
        self.status = 201
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.got.append((self.path, dict(self.headers), body))
                self.send_response(service.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        self.server.socket = context.wrap_socket(self.server.socket,
                                                 server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Pushed(Web):
    def __init__(self, authority=True):
        super().__init__()
        made = self.path("service")
        self.ok("countersignd", "init", made, "--name", "localhost")
        chain = os.path.join(made, "keys", "tls.pem")
        self.service = Service(chain, os.path.join(made, "keys", "tls.key"))
        # The root of another operator certifies nothing here.
        shutil.copy(chain if authority else
                    os.path.join(self.hub, "keys", "tls.pem"),
                    self.path("authorities"))
        with open(os.path.join(self.hub, "hub.conf"), "a") as f:
            f.write("push-host localhost:%d\npush-authorities %s\n" % (
                self.service.port, self.path("authorities")))
        self.restart()

    def close(self):
        if hasattr(self, "service"):
            self.service.stop()
            del self.service
        super().close()

    def page(self, name):
        """A page that is logged in."""
        d = self.door()
        check(d.upgrade(CHAT) == 101 and self.login(d, name) == 0, "logs in")
        return d

    def subscription(self, path="/push/secret"):
        k = secrets.randbelow(passkey.N - 1) + 1
        x, y = passkey.times(k, passkey.G)
        point = b"\4" + x.to_bytes(32, "big") + y.to_bytes(32, "big")
        return ("https://localhost:%d%s" % (self.service.port, path)).encode(), \
            point, secrets.token_bytes(16)

    def subscribe(self, name, *args):
        with self.page(name) as d:
            code, answer = d.call(PUSH_SET, self.said(*args))
            check(code == 0, "taken: %d" % code)
            return cut(answer)[0]

    def said(self, endpoint=None, point=None, auth=None):
        ours = self.subscription()
        endpoint = ours[0] if endpoint is None else endpoint
        return vec(endpoint) + (point or ours[1]) + (auth or ours[2])

    def rows(self):
        return self.db("hub.db", "SELECT COUNT(*) FROM push")[0][0]

    def db(self, name, sql):
        with sqlite3.connect(os.path.join(self.hub, name)) as c:
            return c.execute(sql).fetchall()

    def until_got(self, n):
        self.until(lambda: len(self.service.got) >= n, "push %d" % n)


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def verify(key, text, signature):
    """ES256 by Python's integers (FIPS 186-5, section 6.4.2)."""
    point = (int.from_bytes(key[1:33], "big"), int.from_bytes(key[33:], "big"))
    r, s = (int.from_bytes(signature[:32], "big"),
            int.from_bytes(signature[32:], "big"))
    e = int.from_bytes(hashlib.sha256(text).digest(), "big")
    w = pow(s, -1, passkey.N)
    x, _ = passkey.add(passkey.times(e * w % passkey.N, passkey.G),
                       passkey.times(r * w % passkey.N, point))
    return x % passkey.N == r


def test_something_waits():
    with Pushed() as w:
        w.join("alice", "bob", "carol")
        w.friends("alice", "bob")
        key = w.subscribe("bob")
        check(len(key) == 65, "the hub's key: %d" % len(key))
        w.csok("alice", "send", "bob", "one")
        w.until_got(1)
        path, headers, body = w.service.got[0]
        check(path == "/push/secret", path)
        check(headers["Content-Encoding"] == "aes128gcm" and
              headers["TTL"] == "86400", str(headers))
        check(len(body) == LENGTH and body[16:21] == b"\0\0\x10\0\x41",
              "%d bytes" % len(body))
        scheme, _, rest = headers["Authorization"].partition(" ")
        token, k = rest.split(",")
        check(scheme == "vapid" and unb64(k[2:]) == key, "the hub's key")
        head, claims, signature = token[2:].split(".")
        said = json.loads(unb64(claims))
        check(said["aud"] == "https://localhost:%d" % w.service.port and
              said["sub"] == CHAT and
              0 < said["exp"] - time.time() <= 86400, str(said))
        check(verify(key, (head + "." + claims).encode(), unb64(signature)),
              "signed by it")
        # Nobody's name, and nothing of what was said.
        text = (str(headers) + path).encode() + body
        check(not any(x in text for x in (b"bob", b"alice", b"one")), "names")
        # Not again for a minute, whatever comes.
        w.csok("alice", "send", "bob", "two")
        w.csok("alice", "group", "new", "many", "bob")
        time.sleep(1)
        check(len(w.service.got) == 1, "one a minute: %d" %
              len(w.service.got))


def test_connected_and_cleared():
    with Pushed() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        w.subscribe("bob")
        with w.page("bob") as d:
            w.csok("alice", "send", "bob", "one")
            check(d.recv()[0] == 131, "told on the line")
            check(d.call(PUSH_CLEAR)[0] == 0, "cleared")
            check(w.rows() == 0, "nothing is kept")
        w.csok("alice", "send", "bob", "two")
        time.sleep(1)
        check(not w.service.got, "no push")


def test_gone():
    with Pushed() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        w.subscribe("bob")
        w.service.status = 410
        w.csok("alice", "send", "bob", "one")
        w.until_got(1)
        w.until(lambda: w.rows() == 0, "forgotten")
        # One that is still known stays, and a failure is none of the hub's.
        w.service.status = 500
        w.subscribe("alice")
        w.csok("bob", "send", "alice", "two")
        w.until_got(2)
        time.sleep(1)
        check(w.rows() == 1, "kept")
        with w.page("alice") as d:
            code, export = d.call(35)
            check(code == 0 and b"/push/secret" in export, "in the export")


def test_refused():
    with Pushed() as w:
        w.join("alice")
        port = w.service.port
        with w.page("alice") as d:
            code, answer = d.call(PUSH_SET, w.said(b""))
            check(code == 0 and len(cut(answer)[0]) == 65, "only the key")
            check(w.rows() == 0, "which changes nothing")
            for endpoint in (
                    b"http://localhost:%d/x" % port, b"https://localhost/x",
                    b"https://localhost:%d" % port,
                    b"https://127.0.0.1:%d/x" % port,
                    b"https://localhost:%d@evil.org/x" % port,
                    b"https://localhost:%d/x y" % port,
                    b"https://localhost:%d/\r\nX: y" % port,
                    b"https://evil.org/x", b"https://[::1]/x",
                    b"https://fcm.googleapis.com.evil.org/x",
                    b"https://fcm.googleapis.com:444/x",
                    b"https://evilpush.apple.com/x",
                    b"https://169.254.169.254/latest", b"file:///etc/passwd",
                    b"https://\0/x", b"x"):
                code, _ = d.call(PUSH_SET, w.said(endpoint))
                check(code == E_PUSH, "%r: %d" % (endpoint, code))
            for good in (b"https://fcm.googleapis.com/fcm/send/abc:def",
                         b"https://web.push.apple.com/x",
                         b"https://db5.notify.windows.com/w/?token=a%3d",
                         b"https://updates.push.services.mozilla.com/w/v2/x"):
                check(d.call(PUSH_SET, w.said(good))[0] == 0, str(good))
            check(w.rows() == 1, "one a device")
            long = b"https://localhost:%d/" % port
            long += b"a" * (1025 - len(long))
            code, _ = d.call(PUSH_SET, w.said(long))
            check(code == E_TOO_LARGE, "too long: %d" % code)
            code, _ = d.call(PUSH_SET, w.said(None, b"\4" + bytes(64)))
            check(code == E_MALFORMED, "no point: %d" % code)
        with w.door() as d:
            d.upgrade(CHAT)
            d.hello()
            check(d.call(PUSH_SET, w.said())[0] != 0, "before the login")


def test_confined():
    """The process that speaks to the outside has little else."""
    if has_sanitizer():
        raise SkipTest("sanitizers need what the processes give up")
    with Pushed() as w:
        (pid,) = processes(w.procs["hub"].pid)["push"]
        s = status_of(pid)
        check(s["Seccomp"].strip() == "2" and s["NoNewPrivs"].strip() == "1" and
              int(s["CapEff"], 16) == 0, "confined")
        if os.geteuid() == 0:
            check(s["Uid"].split()[0] != "0", "not root")
        for f in files_of(pid):
            check(f.startswith("socket:"), "it has %s open" % f)
        # It is killed, and comes back; so does what it is for.
        w.join("alice", "bob")
        w.friends("alice", "bob")
        w.subscribe("bob")
        os.kill(pid, 9)

        def back():
            with w.page("alice") as d:
                return len(cut(d.call(PUSH_SET, w.said(b""))[1])[0]) == 65
        w.until(lambda: processes(w.procs["hub"].pid).get("push", [pid]) !=
                [pid] and back(), "it is back")
        w.csok("alice", "send", "bob", "one")
        w.until_got(1)


def test_another_certificate():
    """A service that none of the authorities certified gets nothing."""
    with Pushed(authority=False) as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        w.subscribe("bob")
        w.csok("alice", "send", "bob", "one")
        time.sleep(2)
        check(not w.service.got, "nothing was sent")
        w.csok("alice", "send", "bob", "two")


if __name__ == "__main__":
    main()
