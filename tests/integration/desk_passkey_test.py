# SPDX-License-Identifier: MIT
"""Signing in to the console with a passkey, and being refused with one."""
import os

from console import Client, DeskWorld, PASSWORD
from passkey import Authenticator, BE, BS, UP, UV, b64, unb64
from world import check, main


class PasskeyWorld(DeskWorld):
    """A desk whose console is opened by a name."""

    @property
    def origin(self):
        return self.named[:-1]

    @property
    def named(self):
        return self.console.replace("127.0.0.1", "localhost")

    def person(self, name, role="reviewer"):
        client = super().person(name, role)
        client.base = self.named
        return client

    def make(self, client, key, name="phone"):
        """Add ${key} as somebody who is signed in; the answer."""
        asked = client.post("/passkeys/challenge", password=PASSWORD)
        return client.call("POST", "/passkeys", dict(
            key.make(asked, self.origin), name=name))

    def stranger(self):
        return Client(self.named)

    def sign_in(self, key, change=None):
        """A browser that nobody is signed in with, and the answer."""
        client = self.stranger()
        body = key.use(client.post("/session/passkey/challenge"), self.origin)
        if change:
            change(body)
        return client, client.call("POST", "/session/passkey", body)

    def refused(self, key, why, change=None):
        """It is, and the same key is not without what was changed."""
        client, r = self.sign_in(key, change)
        check(r.status == 401 and r.code == "signed-out" and
              client.cookie is None, "%s: %s" % (why, r))


def events(client):
    return [(e["what"], e.get("after", {})) for e in
            client.get("/audit")["items"]]


def test_signing_in():
    with PasskeyWorld() as w:
        anna = w.person("anna")
        key = Authenticator()
        check(anna.get("/passkeys") == {"items": [], "max": 8}, "none yet")
        r = anna.call("POST", "/passkeys/challenge", {"password": "guess"})
        check(r.status == 403, "not without the password: %s" % r)
        r = w.make(anna, key, "the phone")
        check(r.status == 200, "made: %s" % r)
        got = r.json["items"][0]
        check(got["name"] == "the phone" and got["used_ms"] == 0 and
              got["host"] == "localhost" and
              unb64(got["credential"]) == key.id, str(got))
        other, r = w.sign_in(key)
        check(r.status == 200 and r.json["person"]["name"] == "anna",
              "signed in: %s" % r)
        check("HttpOnly" in r.headers["Set-Cookie"] and
              "SameSite=Strict" in r.headers["Set-Cookie"], "as always")
        check(other.get("/passkeys")["items"][0]["used_ms"] > 0, "used")
        seen = events(other)
        check(("signed-in", {"means": "passkey", "passkey": "the phone"})
              in seen, "written down: %s" % seen[:3])
        check(("passkey-added", {"means": "passkey", "passkey": "the phone"})
              in seen, "and before")
        # A password still does, and says so.
        check(anna.sign_in("anna").status == 200, "with the password")
        check(("signed-in", {"means": "password"}) in events(anna), "says so")
        # Locked, and opened again.
        other.post("/session/lock")
        check(other.call("GET", "/passkeys").status == 423, "locked")
        asked = other.post("/session/unlock/passkey/challenge")
        other.post("/session/unlock/passkey", **key.use(asked, w.origin))
        # What is in the database is sealed.
        with open(os.path.join(w.desk, "desk.db"), "rb") as f:
            kept = f.read()
        wal = os.path.join(w.desk, "desk.db-wal")
        if os.path.exists(wal):
            with open(wal, "rb") as f:
                kept += f.read()
        check(b"the phone" not in kept and key.id not in kept and
              key.id.hex().encode() not in kept, "nothing in the clear")
        # Removed: out at the door, not out of the room.
        other.ok("DELETE", "/passkeys/" + got["id"])
        w.refused(key, "removed")
        other.get("/cases")
        check(events(other)[0][0] == "passkey-removed", "written down")
        w.ok("countersign-desk", "audit", "verify", "--desk", w.desk)


def test_refused():
    with PasskeyWorld() as w:
        anna, ben = w.person("anna"), w.person("ben")
        auditor = w.person("vera", "auditor")
        keys = {}
        # One for each kind: who fails too often has to wait.
        for client, name in ((anna, "anna"), (ben, "ben")):
            keys[name] = Authenticator(counts=False)
            check(w.make(client, keys[name]).status == 200, name)

        def said(**what):
            key.said = what

        def tamper(field, at):
            def change(body):
                raw = bytearray(unb64(body[field]))
                raw[at] ^= 1
                body[field] = b64(bytes(raw))
            return change

        def good():
            check(w.sign_in(key)[1].status == 200, "and else it works")
        key = keys["anna"]
        for what in ({"type": "webauthn.create"}, {"crossOrigin": True},
                     {"topOrigin": "http://localhost"},
                     {"challenge": b64(bytes(32))}):
            said(**what)
            w.refused(key, str(what))
            said()
            good()
        for origin in (w.console[:-1], "http://localhost", "https" +
                       w.origin[4:], w.origin + "/"):
            said(origin=origin)
            w.refused(key, origin)
            said()
            good()
        key.rp_id = "127.0.0.1"
        w.refused(key, "another site")
        key.rp_id = None
        for flags in (UP, UV, UP | UV | BS, UP | UV | BE):
            key.flags = flags
            w.refused(key, "flags %d" % flags)
            key.flags = UP | UV
            good()
        for field in ("signature", "data", "client_data", "id", "handle"):
            w.refused(key, field, tamper(field, -1))
            good()
        for field in ("signature", "data", "client_data", "id"):
            w.refused(key, field, lambda b, f=field: b.update(
                {f: b64(unb64(b[f]) + b"\0")}))
            good()
        # Somebody else's: key, credential, handle.
        key = Authenticator(counts=False)
        key.id, key.handle = keys["anna"].id, keys["anna"].handle
        w.refused(key, "another key")
        key = keys["anna"]
        w.refused(key, "another credential",
                  lambda b: b.update(id=b64(keys["ben"].id)))
        w.refused(key, "another person",
                  lambda b: b.update(handle=b64(keys["ben"].handle)))
        w.refused(key, "nobody", lambda b: b.update(handle=""))
        # One challenge, one answer.
        client = w.stranger()
        body = key.use(client.post("/session/passkey/challenge"), w.origin)
        check(client.call("POST", "/session/passkey", body).status == 200,
              "once")
        r = w.stranger().call("POST", "/session/passkey", body)
        check(r.status == 401 and r.code == "expired", "twice: %s" % r)
        # By a number there are none.
        client = Client(w.console)
        r = client.call("POST", "/session/passkey/challenge", {})
        check(r.status == 422, "by a number: %s" % r)
        # Two of one: whoever is behind.
        key = Authenticator()
        # So many sessions of hers have put out the first one.
        check(anna.call("GET", "/session").status == 401, "the oldest")
        anna = w.sign_in(keys["anna"])[0]
        check(w.make(anna, key, "twin").status == 200, "made")
        good()
        good()
        key.count -= 2
        w.refused(key, "behind")
        check(("passkey-clone-refused", {"means": "passkey",
                                         "passkey": "twin"})
              in events(auditor), "written down")
        key.count += 2
        good()


def test_adding_is_refused():
    with PasskeyWorld() as w:
        anna, ben = w.person("anna"), w.person("ben")
        key = Authenticator()
        asked = anna.post("/passkeys/challenge", password=PASSWORD)
        body = dict(key.make(asked, w.origin), name="phone")
        r = ben.call("POST", "/passkeys", body)
        check(r.status == 403, "asked of somebody else: %s" % r)
        r = anna.call("POST", "/passkeys", body, {
            "Origin": "http://evil.example"})
        check(r.status == 403 and r.code == "csrf", "another page: %s" % r)
        check(anna.call("POST", "/passkeys", body).status == 200, "added")
        r = anna.call("POST", "/passkeys", body)
        check(r.status == 403, "one challenge, one passkey: %s" % r)
        for key.said in ({"type": "webauthn.get"}, {"crossOrigin": True},
                         {"origin": w.console[:-1]}):
            r = w.make(anna, key)
            check(r.status == 400, "%s: %s" % (key.said, r))
        key.said = {}
        key.id = b"another" * 4
        key.flags = UP
        check(w.make(anna, key).status == 400, "nobody was verified")
        key.flags = UP | UV
        check(w.make(anna, key, "").status == 400, "no name")
        for n in range(7):
            key.id = bytes([n]) * 32
            check(w.make(anna, key).status == 200, "up to eight")
        r = anna.call("POST", "/passkeys/challenge", {"password": PASSWORD})
        check(r.status == 422 and "8" in r.json["error"]["message"],
              "and no more: %s" % r)
        # No program manages them.
        root = w.person("root", "administrator")
        token = root.post("/tokens", name="all", scopes=[
            "read", "work", "admin"])["token"]
        program = Client(w.named, token=token)
        for method, path in (("GET", "/passkeys"), ("POST", "/passkeys"),
                             ("POST", "/passkeys/challenge"),
                             ("DELETE", "/passkeys/1")):
            r = program.call(method, path, None if method == "GET" else {})
            check(r.status == 403, "%s %s: %s" % (method, path, r))
        r = ben.call("DELETE", "/passkeys/1")
        check(r.status == 404, "somebody else's: %s" % r)


def test_letting_go():
    with PasskeyWorld() as w:
        anna, ben = w.person("anna"), w.person("ben")
        root = w.person("root", "administrator")
        who = {p["name"]: p["id"] for p in root.get("/people")["items"]}
        keys = {"anna": Authenticator(), "ben": Authenticator()}
        check(w.make(anna, keys["anna"]).status == 200, "anna's")
        check(w.make(ben, keys["ben"]).status == 200, "ben's")
        out = w.ok("countersign-desk", "people", "--desk", w.desk).out
        check(out.count("passkeys: 1") == 2 and "passkeys: 0" in out, out)
        # Let go while they sign in.
        client = w.stranger()
        asked = client.post("/session/passkey/challenge")
        body = keys["anna"].use(asked, w.origin)
        root.post("/people/" + who["anna"], disabled=True)
        r = client.call("POST", "/session/passkey", body)
        check(r.status == 401, "let go: %s" % r)
        root.post("/people/" + who["anna"], disabled=False)
        check(w.sign_in(keys["anna"])[1].status == 200, "back")
        root.post("/people/%s/reset" % who["anna"])
        w.refused(keys["anna"], "reset")
        w.ok("countersign-desk", "people", "reset", "ben", "--desk", w.desk)
        w.refused(keys["ben"], "reset by command line")
        out = w.ok("countersign-desk", "people", "--desk", w.desk).out
        check("passkeys: 1" not in out, out)


def test_attempts_are_limited():
    with PasskeyWorld() as w:
        anna, key = w.person("anna"), Authenticator()
        check(w.make(anna, key).status == 200, "made")
        key.flags = UP
        seen = [w.sign_in(key)[1].status for _ in range(7)]
        check(seen[:5] == [401] * 5 and seen[5:] == [429] * 2, str(seen))
        key.flags = UP | UV
        r = w.sign_in(key)[1]
        check(r.status == 429 and int(r.headers["Retry-After"]) > 5, str(r))
        # Whoever guesses with one keeps nobody out with the other.
        check(anna.sign_in("anna").status == 200, "with the password")


def test_it_is_kept():
    with PasskeyWorld() as w:
        anna, key = w.person("anna"), Authenticator()
        check(w.make(anna, key).status == 200, "made")
        check(w.sign_in(key)[1].status == 200, "before")
        w.stop("desk")
        w.start_desk()
        check(w.sign_in(key)[1].status == 200, "after")


if __name__ == "__main__":
    main()
