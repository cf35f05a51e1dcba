# SPDX-License-Identifier: MIT
"""Where pages come in: who may log in how, what is served and with which
fields, releases and certificates that change while members are connected."""
import hashlib
import json
import os
import re
import shutil
import ssl
import time

from browser_line import (EXPORTER, ORIGIN, PING, Closed, Door, login_tbs,
                          origin_binding)
from world import STUCK_S, World, check, free_port, main

CHAT = "https://chat.example.org"
LOCAL = "http://localhost:8080"
E_LOGIN = None  # filled from the header: one place says what it is
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                       "../../src/wire/messages.h")) as f:
    E_LOGIN = int(re.search(r"CS_WIRE_E_LOGIN\s*=\s*(\d+)", f.read()).group(1))


class Web(World):
    """A hub that lets pages in; by TLS with a certificate of its own."""

    def __init__(self, tls=False):
        super().__init__()
        self.web = free_port()
        self.tls = tls
        files = []
        if tls:
            self.certificate("one")
            files = ["--cert", self.path("web.pem"),
                     "--key", self.path("web.key")]
        self.ctl("web", "on", "127.0.0.1:%d" % self.web, CHAT, LOCAL, *files)
        self.restart()

    def ctl(self, *args):
        return self.ok("countersignctl", "--hub", self.hub, *args)

    def restart(self, env=None):
        self.stop("hub")
        self.start_hub(env=env)

    def certificate(self, name):
        """A key on P-256 and a certificate, which browsers would have from
        somebody else; put in place as certbot does."""
        made = self.path("made-" + name)
        self.ok("countersignd", "init", made, "--name", name + ".example.org")
        for ours, theirs, mode in (("tls.key", "web.key", 0o600),
                                   ("tls.pem", "web.pem", 0o644)):
            shutil.copy(os.path.join(made, "keys", ours),
                        self.path("fresh"))
            os.chmod(self.path("fresh"), mode)
            os.rename(self.path("fresh"), self.path(theirs))
        return self.der(self.path("web.pem"))

    @staticmethod
    def der(path):
        with open(path) as f:
            first = f.read().split("-----END")[0] + \
                "-----END CERTIFICATE-----\n"
        return ssl.PEM_cert_to_DER_cert(first)

    def door(self):
        return Door(self.web, self.tls)

    def get(self, path, *fields):
        with self.door() as d:
            return d.ask("GET", path, fields)

    def signed(self, name, tbs):
        """The device of a member and its signature, of whatever it is."""
        device, signature = self.ok(
            "sign-as", self.home(name), tbs.hex()).out.split()
        return bytes.fromhex(device), bytes.fromhex(signature)

    def device(self, name):
        return self.signed(name, b"")[0]

    def login(self, d, name, origin=CHAT, kind=ORIGIN, hub=None, binding=None,
              hello=None):
        """Log in on ${d}, as a page of ${origin} would; the error's code."""
        said, challenge = hello or d.hello()
        tbs = login_tbs(self.device(name), challenge, hub or said, kind,
                        binding or origin_binding(origin))
        return d.login(*self.signed(name, tbs))[0]

    def release(self, version, files):
        folder = self.path("release-" + version)
        for path, data in files.items():
            at = os.path.join(folder, path)
            os.makedirs(os.path.dirname(at), exist_ok=True)
            with open(at, "wb") as out:
                out.write(data)
        self.ok("countersignctl", "page", "manifest", folder, version)
        return folder

    def install(self, version, files):
        return self.ctl("page", "install",
                        self.release(version, files)).out.split()[-1]

    def until(self, what, why):
        end = time.monotonic() + STUCK_S
        while not what():
            check(time.monotonic() < end, why)
            time.sleep(0.05)


PAGE = {"index.html": b"<!doctype html>one", "sw.js": b"// the loader",
        "app/main.js": b"1;", "app/engine.wasm": b"\0asm" * 40000,
        "app/engine.wasm.br": b"in brotli"}


def test_who_logs_in():
    with Web() as w:
        w.join("alice", "bob")
        for origin in (CHAT, LOCAL):
            with w.door() as d:
                check(d.upgrade(origin) == 101, "%s comes in" % origin)
                check(w.login(d, "alice", origin) == 0, "and logs in")
                check(d.call(PING)[0] == 0, "and is heard")
        # Each of these is refused before a frame.
        for origin in (None, "null", "", "https://chat.example.org.evil.org",
                       "https://chat.example.org/", "https://chat.example.or",
                       "HTTPS://chat.example.org", "http://chat.example.org",
                       "https://chat.example.org:443", LOCAL + "0"):
            with w.door() as d:
                check(d.upgrade(origin) == 403, "%r comes in" % origin)
        with w.door() as d:
            check(d.upgrade(CHAT, [("Origin", CHAT)]) == 403, "two of them")
        # What the login says is not what the connection is.
        for what, how in (
                ("of another origin", {"origin": LOCAL}),
                ("of a program", {"kind": EXPORTER}),
                ("of a program, bound to nothing",
                 {"kind": EXPORTER, "binding": bytes(32)}),
                ("of a page, bound to nothing", {"binding": bytes(32)}),
                ("of no kind", {"kind": 0}),
                ("for another hub", {"hub": b"elsewhere"})):
            with w.door() as d:
                check(d.upgrade(CHAT) == 101, "comes in")
                check(w.login(d, "alice", **how) == E_LOGIN, what)
        # Of another connection, and of another device.
        with w.door() as d, w.door() as other:
            d.upgrade(CHAT)
            other.upgrade(CHAT)
            name, challenge = d.hello()
            check(other.hello()[1] != challenge, "another challenge")
            device, signature = w.signed("alice", login_tbs(
                w.device("alice"), challenge, name, ORIGIN,
                origin_binding(CHAT)))
            check(other.login(device, signature)[0] == E_LOGIN, "a replay")
            check(d.login(w.device("bob"), signature)[0] == E_LOGIN, "bob's")
            check(d.login(device, signature)[0] == 0, "where it belongs")


def test_programs_door():
    with Web() as w:
        w.join("alice")
        with Door(w.port, tls=True) as d:
            check(d.upgrade(CHAT) == 403, "no page comes in for programs")
            check(d.ask("GET", "/", [("Origin", CHAT)]).status == 403,
                  "whatever it asks for")
            check(d.upgrade() == 101, "a program does")
            check(w.login(d, "alice") == E_LOGIN, "but not as a page")
        w.csok("alice", "whoami")
        w.csok("alice", "inbox")
        # TLS is not spoken where a proxy is awaited, nor the other way.
        try:
            with Door(w.web, tls=True):
                check(False, "TLS without a certificate")
        except OSError:
            pass


def test_messages_and_files():
    """A member at a program and one of the same account at a page."""
    with Web() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        with w.door() as d:
            d.upgrade(CHAT)
            check(w.login(d, "bob") == 0, "bob is at a page")
            w.csok("alice", "send", "bob", "to a page")
            kind, number, _ = d.recv()
            check((kind, number) == (131, 0), "a push: %d" % kind)
        # Blobs: with a ticket, and a PUT with an origin.
        blob = "/b/" + "00" * 16
        with w.door() as d:
            check(d.ask("GET", blob).status == 401, "no ticket")
            check(d.ask("PUT", blob, [("Origin", CHAT)], b"x").status == 401,
                  "no ticket")
            check(d.ask("PUT", blob, [], b"x").status == 403, "no origin")
            check(d.ask("GET", blob, [("Origin", LOCAL + "0")]).status == 403,
                  "another origin")


def test_files_and_fields():
    with Web() as w:
        check(w.get("/").status == 404, "no page yet")
        check(w.get("/release/latest").status == 404, "no page yet")
        one = w.install("1.0", PAGE)
        check(w.get("/").status == 404, "installed, and not shown")
        w.ctl("page", "use", one[:12])
        w.until(lambda: w.get("/").status == 200, "shown")
        for path in ("/", "/index.html", "/i/abc", "/d", "/g", "/?x=1"):
            a = w.get(path)
            check(a.body == PAGE["index.html"] and
                  a.field("content-type") == "text/html; charset=utf-8" and
                  a.field("cache-control") == "no-cache", path)
        csp = a.field("content-security-policy")
        for part in ("default-src 'none'", "'wasm-unsafe-eval'",
                     "require-trusted-types-for 'script'",
                     "frame-ancestors 'none'"):
            check(part in csp, csp)
        check("unsafe-inline" not in csp and "http" not in csp, csp)
        for name, value in (("cross-origin-opener-policy", "same-origin"),
                            ("cross-origin-embedder-policy", "require-corp"),
                            ("referrer-policy", "no-referrer"),
                            ("x-content-type-options", "nosniff")):
            for path in ("/", "/none", "/b/" + "00" * 16):
                check(w.get(path).field(name) == value, name + path)
        check("camera=(self)" in a.field("permissions-policy"), "the camera")
        check(a.field("strict-transport-security") == "", "not without TLS")
        tag = a.field("etag")
        again = w.get("/", ("If-None-Match", tag))
        check(again.status == 304 and not again.body, "the same as before")
        # By hash, for good; by path, until it changes.
        manifest = w.get("/release/" + one)
        check(hashlib.sha256(manifest.body).hexdigest() == one, "its hash")
        check(w.get("/release/latest").body.decode() == one, "it is shown")
        check(manifest.body.startswith(b"countersign-page 1\nversion 1.0\n"),
              manifest.body[:40])
        for line in manifest.body.decode().splitlines()[2:]:
            digest, size, path = line.split()
            a = w.get("/file/" + digest)
            check(hashlib.sha256(a.body).hexdigest() == digest and
                  len(a.body) == int(size) and
                  "immutable" in a.field("cache-control"), path)
            check(w.get(path).body == a.body, path)
        a = w.get("/app/engine.wasm", ("Accept-Encoding", "gzip, br"))
        check(a.field("content-encoding") == "br" and
              a.body == PAGE["app/engine.wasm.br"] and
              a.field("content-type") == "application/wasm", "in brotli")
        for path in ("/ws2", "/..", "/../hub.conf", "/app/../../keys/root.key",
                     "/app/..%2f..%2fhub.conf", "/%2e%2e/hub.conf", "//",
                     "/app", "/app/", "/page/now", "/now", "/hub.db",
                     "/file/", "/file/" + "0" * 64, "/file/../release/latest",
                     "/release/" + "0" * 64, "/release/" + one + ".json",
                     "/" + "a" * 5000, "/release.txt"):
            a = w.get(path)
            check(a.status == 404, "%s: %d" % (path, a.status))
        with w.door() as d:
            check(d.ask("POST", "/").status == 405, "nothing is posted")
        # On one connection, one after the other and at once.
        with w.door() as d:
            d.sock.sendall(b"GET /app/engine.wasm HTTP/1.1\r\nHost: a\r\n\r\n")
            for _ in range(3):
                check(d.ask("GET", "/sw.js").status == 200, "an answer")


def test_releases_change():
    with Web() as w:
        w.join("alice")
        one = w.install("1.0", PAGE)
        two = w.install("2.0", dict(PAGE, **{"index.html": b"two"}))
        w.ctl("page", "use", one)
        w.until(lambda: w.get("/").body == PAGE["index.html"], "one")
        listed = json.loads(w.ctl("page", "list", "--json").out)
        check([(p["hash"], p["shown"]) for p in listed] ==
              sorted([(one, True), (two, False)]), str(listed))
        with w.door() as d, w.door() as slow:
            d.upgrade(CHAT)
            check(w.login(d, "alice") == 0, "alice is there")
            slow.sock.sendall(
                b"GET /app/engine.wasm HTTP/1.1\r\nHost: a\r\n\r\n")
            w.ctl("page", "use", two)
            w.until(lambda: w.get("/").body == b"two", "two")
            # Who has the release before open gets its files.
            gone = hashlib.sha256(PAGE["index.html"]).hexdigest()
            check(w.get("/file/" + gone).status == 200, "of the one before")
            check(w.get("/release/" + one).status == 200, "its manifest")
            check(w.get("/release/latest").body.decode() == two, "but two")
            check(d.call(PING)[0] == 0, "nobody was cut off")
            got = slow.ask("GET", "/sw.js")
            check(got.body == PAGE["app/engine.wasm"], "what was begun")
        # What is none changes nothing.
        folder = w.release("3.0", {"index.html": b"three"})
        with open(os.path.join(folder, "index.html"), "wb") as f:
            f.write(b"evil")
        r = w.run("countersignctl", "--hub", w.hub, "page", "install", folder)
        check(r.status == 1 and "not those" in r.err, str(r))
        os.symlink("/etc/passwd", os.path.join(folder, "passwd"))
        for command in (["page", "manifest", folder, "3.0"],
                        ["page", "install", folder]):
            r = w.run("countersignctl", "--hub", w.hub, *command)
            check(r.status == 1, str(r))
        kept = os.path.join(w.hub, "page", one)
        with open(kept, "r+b") as f:
            f.seek(-1, 2)
            f.write(b"x")
        r = w.run("countersignctl", "--hub", w.hub, "page", "use", one)
        check(r.status == 78 and "damaged" in r.err, str(r))
        with open(os.path.join(w.hub, "page", "now"), "wb") as f:
            f.write(b"no release")
        time.sleep(1)
        check(w.get("/").body == b"two", "what was shown still is")
        # Of the hub that starts anew it is said, and programs come in.
        w.restart()
        check(w.get("/").status == 404, "none")
        with open(w.path("hub.log")) as f:
            check("is not shown" in f.read(), "it was said")
        w.csok("alice", "inbox")


def test_certificate():
    with Web(tls=True) as w:
        w.join("alice")
        first = w.der(w.path("web.pem"))
        one = w.install("1.0", PAGE)
        w.ctl("page", "use", one)
        w.until(lambda: w.get("/").status == 200, "shown")
        check("max-age" in w.get("/").field("strict-transport-security"),
              "only by TLS from now on")
        with w.door() as d:
            check(d.certificate() == first, "the public certificate")
            check(d.upgrade(CHAT) == 101 and w.login(d, "alice") == 0,
                  "alice logs in")
            second = w.certificate("two")
            check(second != first, "another one")

            def shown():
                with w.door() as other:
                    return other.certificate()
            w.until(lambda: shown() == second, "the second certificate")
            check(d.call(PING)[0] == 0, "who was there still is")
            # A key without its certificate changes nothing.
            with open(w.path("web.key"), "w") as f:
                f.write("no key")
            time.sleep(1)
            check(shown() == second, "the last good one")
            with open(w.path("hub.log")) as f:
                check("certificate for pages" in f.read(), "it was said")
        with Door(w.port, tls=True) as d:
            check(d.certificate() not in (first, second), "programs' own")
        w.csok("alice", "inbox")
        # A ticket or a session of the one is of no use at the other.
        with w.door() as d:
            check(not d.sock.session or not d.sock.session.has_ticket,
                  "no tickets for pages")
        # Without its certificate a hub still is one for programs.
        os.remove(w.path("web.pem"))
        w.restart()
        w.csok("alice", "inbox")
        status = json.loads(w.run("countersignctl", "--hub", w.hub, "status",
                                  "--json").out)
        check("web" in [t["kind"] for t in status["troubles"]], str(status))


def test_warning():
    with Web(tls=True) as w:
        def status(days):
            return json.loads(w.run(
                "countersignctl", "--hub", w.hub, "status", "--json",
                env=w.later(days)).out)
        left = status(0)["pages"]["certificate_expires_in_seconds"] // 86400
        check(300 < left < 400, str(left))
        for days, warned in ((0, False), (left - 15, False), (left - 13, True),
                             (left + 1, True)):
            kinds = [t["kind"] for t in status(days)["troubles"]]
            check(("web" in kinds) == warned, "%d: %s" % (days, kinds))


def test_settings():
    with Web() as w:
        def refused(*args):
            r = w.run("countersignctl", "--hub", w.hub, "web", "on", *args)
            check(r.status == 64, str(r))
        refused("0.0.0.0:80", CHAT)
        refused("127.evil.org:80", CHAT)
        for origin in ("chat.example.org", "https://", "https://Chat.org",
                       "https://a/", "https://a:", "https://a:123456",
                       "http://a.org", "https://a b", "*"):
            refused("127.0.0.1:80", origin)
        refused("127.0.0.1", CHAT)
        refused("127.0.0.1:80", CHAT, "--cert", "/nonexistent")
        refused("127.0.0.1:80", CHAT, "--cert", "/nonexistent", "--key", "/x")
        refused("127.0.0.1:80", CHAT, CHAT, CHAT, CHAT, CHAT)
        w.certificate("a")
        shutil.copy(w.path("web.key"), w.path("a.key"))
        w.certificate("b")
        refused("127.0.0.1:80", CHAT, "--cert", w.path("web.pem"), "--key",
                w.path("a.key"))
        refused("127.0.0.1:80", CHAT, "--cert", w.path("a.key"), "--key",
                w.path("web.pem"))
        conf = os.path.join(w.hub, "hub.conf")
        with open(conf) as f:
            before = f.read()
        for line in ("web-listen 127.0.0.1:1", "web-origin x",
                     "web-cert /x", "web-nonsense 1",
                     "\n".join(["web-origin https://a"] * 3)):
            with open(conf, "w") as f:
                f.write(before + line + "\n")
            r = w.run("countersignctl", "--hub", w.hub, "status")
            check(r.status == 78, "%s: %s" % (line, r))
        with open(conf, "w") as f:
            f.write(before)
        w.ctl("web", "off")
        w.restart()
        try:
            w.get("/")
            check(False, "nobody is let in")
        except (OSError, Closed):
            pass
        w.ctl("status")


def test_strangers():
    """Those whom a proxy lets in are told apart by what it says of them."""
    with Web() as w:
        with w.door() as d:
            check(d.upgrade(CHAT, [("X-Forwarded-For",
                                    "1.2.3.4, 2001:db8::1")]) == 101, "in")
            d.hello()
            check(d.call(PING)[0] == 0, "and heard")
        many = []
        for _ in range(200):
            d = w.door()
            check(d.upgrade(CHAT) == 101, "not one address")
            many.append(d)
        check(all(d.hello() for d in many), "all are there")
        for d in many:
            d.sock.close()
        # One that says nothing for its time is hung up on.
        with w.door() as d:
            begun = time.monotonic()
            try:
                d.more()
            except Closed:
                pass
            check(time.monotonic() - begun < 60, "hung up")


def test_nonsense():
    """Bytes that are no TLS, no HTTP, no frame; and heads without an end."""
    for tls in (False, True):
        with Web(tls) as w:
            w.join("alice")
            for said in (os.urandom(5000), b"GET / HTTP/1.1\r\n\r\n",
                         b"\x16\x03\x01\x00\x05hello", b"PRI * HTTP/2.0",
                         b"GET /" + b"a" * 9000,
                         b"GET / HTTP/1.1\r\nHost: a\r\n" +
                         b"X: y\r\n" * 100 + b"\r\n",
                         b"GET / HTTP/1.1\r\nHost: a\r\n"
                         b"Transfer-Encoding: chunked\r\n\r\n"):
                for inside in (False, True):
                    try:
                        with Door(w.web, tls and inside) as d:
                            d.sock.settimeout(2)
                            d.sock.sendall(said)
                            d.sock.recv(100)
                    except OSError:
                        pass
            # Frames before the login are short, and unmasked ones are none.
            for frame in (b"\x82\x05hello", b"\x82\xfe\xff\xff" + b"a" * 70000,
                          b"\xc2\x80\0\0\0\0", b"\x82\x80\0\0\0\0"):
                with w.door() as d:
                    check(d.upgrade(CHAT) == 101, "comes in")
                    try:
                        d.sock.sendall(frame)
                        while True:
                            d.recv()
                    except (Closed, OSError):
                        pass
            with w.door() as d:
                check(d.upgrade(CHAT) == 101 and w.login(d, "alice") == 0,
                      "alice comes in all the same")


if __name__ == "__main__":
    main()
