# SPDX-License-Identifier: MIT
"""Who may do what at the console, and who is kept out."""
import json
import os
import re
import socket
import ssl
import time
import urllib.error
import urllib.request

from console import Client, DeskWorld, PASSWORD, now_step, totp
from world import STUCK_S, check, main

ALL = {"reviewer", "senior", "auditor", "administrator"}
WORKS = {"reviewer", "senior"}
ADMIN = {"administrator"}

# Every request, and who may make it.  Written down here a second time, apart
# from the program's own table.
ROUTES = {
    ("GET", "/session"): ALL,
    ("DELETE", "/session"): ALL,
    ("POST", "/session/lock"): ALL,
    ("POST", "/session/unlock"): ALL,
    ("POST", "/session/unlock/passkey/challenge"): ALL,
    ("POST", "/session/unlock/passkey"): ALL,
    ("GET", "/cases"): ALL,
    ("GET", "/cases/{id}"): ALL,
    ("POST", "/cases/{id}/claim"): WORKS,
    ("POST", "/cases/{id}/release"): WORKS,
    ("POST", "/cases/{id}/handover"): WORKS,
    ("POST", "/cases/{id}/note"): WORKS,
    ("POST", "/cases/{id}/escalate"): WORKS,
    ("POST", "/cases/{id}/opinion"): WORKS,
    ("POST", "/cases/{id}/merge"): WORKS,
    ("POST", "/cases/{id}/split"): WORKS,
    ("POST", "/cases/{id}/triage"): WORKS,
    ("POST", "/cases/{id}/attach"): WORKS,
    ("POST", "/cases/{id}/hold"): {"senior", "administrator"},
    ("POST", "/cases/{id}/question"): WORKS,
    ("POST", "/cases/{id}/redact"): WORKS,
    ("POST", "/cases/{id}/decisions"): WORKS,
    ("POST", "/cases/{id}/export"): WORKS,
    ("GET", "/decisions/{id}"): ALL,
    ("POST", "/decisions/{id}/undo"): WORKS,
    ("POST", "/decisions/{id}/confirm"): WORKS,
    ("POST", "/decisions/{id}/refuse"): WORKS,
    ("POST", "/decisions/{id}/reverse"): WORKS,
    ("POST", "/decisions/{id}/quality"): WORKS,
    ("GET", "/appeals"): ALL,
    ("POST", "/appeals/{id}/decide"): WORKS,
    ("GET", "/notices"): ALL,
    ("GET", "/notices/{id}"): ALL,
    ("GET", "/notices/{id}/contact"): WORKS | {"auditor"},
    ("POST", "/notices/{id}/answer"): WORKS,
    ("GET", "/notice-files/{id}"): WORKS,
    ("GET", "/notice-files/{id}/picture"): WORKS | {"auditor"},
    ("GET", "/accounts/{id}"): ALL,
    ("GET", "/media/{id}/picture"): WORKS | {"auditor"},
    ("GET", "/media/{id}/cluster"): ALL,
    ("GET", "/lists"): ALL,
    ("POST", "/lists"): ADMIN,
    ("DELETE", "/lists/{id}"): ADMIN,
    ("POST", "/lists/{id}/import"): ADMIN,
    ("GET", "/lists/{id}/export"): ADMIN,
    ("GET", "/policy"): ALL,
    ("PUT", "/policy"): ADMIN,
    ("GET", "/audit"): ALL,
    ("GET", "/audit/verify"): ALL,
    ("GET", "/statistics"): ALL,
    ("GET", "/statements"): ALL - {"reviewer"},
    ("GET", "/people"): ALL,
    ("POST", "/people"): ADMIN,
    ("POST", "/people/{id}"): ADMIN,
    ("POST", "/people/{id}/reset"): ADMIN,
    ("POST", "/proposals/{id}/confirm"): ADMIN,
    ("POST", "/proposals/{id}/cancel"): ADMIN,
    ("PUT", "/settings"): ALL,
    ("GET", "/passkeys"): ALL,
    ("POST", "/passkeys/challenge"): ALL,
    ("POST", "/passkeys"): ALL,
    ("DELETE", "/passkeys/{id}"): ALL,
    ("GET", "/tokens"): ALL,
    ("POST", "/tokens"): ALL,
    ("DELETE", "/tokens/{id}"): ALL,
    ("GET", "/events"): ALL,
}
ANYBODY = {("POST", "/session"), ("POST", "/session/passkey"),
           ("POST", "/session/passkey/challenge"), ("POST", "/welcome"),
           ("POST", "/welcome/finish"), ("GET", "/openapi.json")}
# They would end the session that the test is made with, or go on for ever.
LEFT_OUT = {("DELETE", "/session"), ("POST", "/session/lock"),
            ("GET", "/events")}


def test_every_route_for_every_role():
    with DeskWorld() as w:
        people = {role: w.person(role, role) for role in sorted(ALL)}
        paths = Client(w.console).get("/openapi.json")["paths"]
        described = {(m.upper(), p[len("/api/v1"):])
                     for p in paths for m in paths[p]}
        check(described == set(ROUTES) | ANYBODY,
              "the table here and there: %s" %
              (described ^ (set(ROUTES) | ANYBODY)))
        tried = 0
        for (method, path), roles in sorted(ROUTES.items()):
            if (method, path) in LEFT_OUT:
                continue
            at = path.replace("{id}", "99999999")
            body = None if method == "GET" else {}
            r = Client(w.console).call(method, at, body)
            check(r.status == 401 and r.code == "signed-out",
                  "nobody %s %s: %s" % (method, path, r))
            r = Client(w.console, token="cst_wrong").call(method, at, body)
            check(r.status == 401, "a wrong token: %s" % r)
            for role, client in people.items():
                r = client.call(method, at, body)
                # What it lacks may be refused; but not for the role.
                denied = r.status == 403 and r.code == "denied" and \
                    "role" in r.json["error"]["message"]
                check(denied == (role not in roles), "%s %s %s: %s" %
                      (role, method, path, r))
                check(r.status < 500, "%s %s: %s" % (method, path, r))
                tried += 1
        check(tried == 4 * (len(ROUTES) - len(LEFT_OUT)), "all of them")


def test_signing_in():
    with DeskWorld("--idle", "3s") as w:
        anna = w.person("anna")
        other = Client(w.console)
        other.secret, other.step = anna.secret, anna.step
        # A welcome is good once.
        out = w.ok("countersign-desk", "people", "add", "ben", "--desk",
                   w.desk, "--console", w.console).out
        address = out[out.index("http://"):].strip()
        ben = Client(w.console)
        code = address.split("#/welcome/")[1]
        secret = ben.post("/welcome", code=code)["secret"]
        r = ben.call("POST", "/welcome/finish", {
            "code": code, "password": "short",
            "totp": totp(secret, now_step())})
        check(r.status == 400 and "12" in r.json["error"]["message"],
              "a good password: %s" % r)
        r = ben.call("POST", "/welcome/finish", {
            "code": code, "password": PASSWORD, "totp": "000000"})
        check(r.status == 400, "and the right code: %s" % r)
        ben.welcome(address)
        r = Client(w.console).call("POST", "/welcome", {"code": code})
        check(r.status == 403, "used: %s" % r)
        # The code of the first sign-in does not work again.
        r = other.sign_in("anna", step=anna.step)
        check(r.status == 401, "a code works once: %s" % r)
        r = other.sign_in("anna")
        check(r.status == 200, "signed in: %s" % r)
        cookie = r.headers["Set-Cookie"]
        check("HttpOnly" in cookie and "SameSite=Strict" in cookie, cookie)
        for header in ("Content-Security-Policy", "X-Content-Type-Options",
                       "Cache-Control", "Referrer-Policy"):
            check(r.headers[header], "no " + header)
        # Not from another page, and not without the token.
        r = other.call("PUT", "/settings", {}, {
            "Origin": "http://evil.example"})
        check(r.status == 403 and r.code == "csrf", "another page: %s" % r)
        csrf, other.csrf = other.csrf, "x" * 43
        r = other.call("PUT", "/settings", {})
        check(r.status == 403 and r.code == "csrf", "no token: %s" % r)
        other.csrf = csrf
        other.ok("PUT", "/settings", {"language": "ckb"})
        check(other.get("/session")["person"]["language"] == "ckb", "kept")
        # Away: locked, until the password is given.
        time.sleep(3.5)
        r = other.call("GET", "/cases")
        check(r.status == 423 and r.code == "locked", "locked: %s" % r)
        r = other.call("POST", "/session/unlock", {"password": "wrong"})
        check(r.status == 403, "not with another: %s" % r)
        other.post("/session/unlock", password=PASSWORD)
        other.get("/cases")
        # Signed out is signed out, whoever kept the cookie.
        cookie = other.cookie
        other.ok("DELETE", "/session")
        other.cookie = cookie
        check(other.call("GET", "/cases").status == 401, "signed out")


def test_attempts_are_limited():
    with DeskWorld() as w:
        anna = w.person("anna")
        stranger = Client(w.console)
        stranger.secret, stranger.step = anna.secret, 0
        seen = []
        for _ in range(8):
            seen.append(stranger.sign_in("anna", "guess", now_step()).status)
        check(seen[:5] == [401] * 5 and 429 in seen, "limited: %s" % seen)
        r = stranger.sign_in("anna", PASSWORD, now_step())
        check(r.status == 429 and int(r.headers["Retry-After"]) > 5,
              "and told how long: %s" % r)
        anna.get("/cases")  # whoever is in stays in
        # Unknown names answer like known ones.
        r = stranger.sign_in("nobody", PASSWORD, now_step())
        check(r.status == 401 and "name, password and code" in
              r.json["error"]["message"], "the same: %s" % r)


def test_roles_change_at_once():
    with DeskWorld() as w:
        anna, root = w.person("anna"), w.person("root", "administrator")
        who = {p["name"]: p["id"] for p in root.get("/people")["items"]}
        check(anna.call("PUT", "/policy", {}).status == 403, "not yet")
        r = root.call("POST", "/people/" + who["root"], {"role": "reviewer"})
        check(r.status == 403, "the last administrator: %s" % r)
        root.post("/people/" + who["anna"], disabled=True)
        check(anna.call("GET", "/cases").status == 401, "out at once")
        r = root.call("POST", "/people/" + who["anna"], {"disabled": "true"})
        check(r.status == 400, "not let in by that: %s" % r)
        root.post("/people/" + who["anna"], disabled=False, role="auditor")
        check(anna.call("GET", "/cases").status == 401, "has to sign in")


def test_a_reset_ends_what_was():
    """Whoever has taken somebody's session or made a token in their name is
    out when an administrator resets them; with a new password, other
    sessions end."""
    with DeskWorld() as w:
        anna, root = w.person("anna"), w.person("root", "administrator")
        other = Client(w.console)
        other.secret, other.step = anna.secret, anna.step
        check(other.sign_in("anna").status == 200, "signed in twice")
        r = root.post("/tokens", name="of root", scopes=["read"])
        program = Client(w.console, token=r["token"])
        anna.ok("PUT", "/settings", {"password": {
            "old": PASSWORD, "new": PASSWORD + " and more"}})
        anna.get("/cases")
        check(other.call("GET", "/cases").status == 401, "the other one ends")
        who = {p["name"]: p["id"] for p in root.get("/people")["items"]}
        root.post("/people/%s/reset" % who["anna"])
        check(anna.call("GET", "/cases").status == 401, "reset")
        program.get("/cases")
        root.post("/people/%s/reset" % who["root"])
        check(root.call("GET", "/cases").status == 401, "oneself, too")
        check(program.call("GET", "/cases").status == 401, "and the token")


def test_tokens():
    with DeskWorld() as w:
        root = w.person("root", "administrator")
        r = root.post("/tokens", name="other desk", scopes=["read"])
        program = Client(w.console, token=r["token"])
        check(program.get("/cases")["items"] == [], "reads")
        r2 = program.call("POST", "/people", {"name": "eve",
                                              "role": "administrator"})
        check(r2.status == 403, "and no more: %s" % r2)
        check(root.get("/tokens")["items"][0]["used_ms"] > 0, "used")
        root.ok("DELETE", "/tokens/" + r["id"])
        check(program.call("GET", "/cases").status == 401, "ended")


def test_makers_of_tokens():
    """Makers see and end theirs; a token allows no more than its maker's
    role, and ends with their password."""
    with DeskWorld() as w:
        root, anna = w.person("root", "administrator"), w.person("anna")
        ben = w.person("ben", "auditor")
        who = {p["name"]: p["id"] for p in root.get("/people")["items"]}

        def made(client, *scopes):
            r = client.post("/tokens", name="a program", scopes=scopes)
            return r["id"], Client(w.console, token=r["token"])

        for client, scope in ((anna, "admin"), (ben, "work"),
                              (root, "decide")):
            r = client.call("POST", "/tokens", {"name": "x",
                                                "scopes": [scope]})
            check(r.status == 403, "not more than oneself: %s" % r)
        number, program = made(anna, "read", "work", "decide")
        check([t["by"]["name"] for t in root.get("/tokens")["items"]] ==
              ["anna"], "the administrator sees it")
        check(len(anna.get("/tokens")["items"]) == 1, "so does she")
        check(ben.get("/tokens")["items"] == [], "he does not")
        check(ben.call("DELETE", "/tokens/" + number).status == 404,
              "nor can he end it")
        program.get("/cases")
        # What a program does is written down as a program's.
        r = program.call("POST", "/cases/1/decisions", {
            "version": 1, "action": "none", "reason": "spam", "facts": ""})
        check(r.status in (403, 404), "there is no case: %s" % r)
        anna.ok("DELETE", "/tokens/" + number)
        check(program.call("GET", "/cases").status == 401, "ended")
        # With the password.
        _, program = made(anna, "read")
        anna.ok("PUT", "/settings", {"password": {
            "old": PASSWORD, "new": PASSWORD + " and more"}})
        check(program.call("GET", "/cases").status == 401, "new password")
        check(anna.get("/tokens")["items"] == [], "and it is gone")
        # With the role, as far as that loses something.
        _, reads = made(anna, "read")
        _, works = made(anna, "read", "work")
        w.ok("countersign-desk", "people", "role", "anna", "--role",
             "auditor", "--desk", w.desk)
        check(works.call("GET", "/cases").status == 401, "no more of that")
        reads.get("/cases")
        # With being let go, for good.
        w.ok("countersign-desk", "people", "disable", "anna", "--desk",
             w.desk)
        check(reads.call("GET", "/cases").status == 401, "let go")
        w.ok("countersign-desk", "people", "enable", "anna", "--desk", w.desk)
        check(reads.call("GET", "/cases").status == 401, "not back with her")
        # On the command line.
        _, program = made(ben, "read")
        out = w.ok("countersign-desk", "tokens", "--desk", w.desk).out
        check("made by ben" in out, out)
        with open(w.path("pw"), "w", encoding="utf-8") as f:
            f.write(PASSWORD)
        as_root = ("--as", "root", "--password-file", w.path("pw"), "--desk",
                   w.desk)
        check("made by ben" in w.ok("countersign-desk", "tokens",
                                    *as_root).out, "all")
        as_ben = ("--as", "ben") + as_root[2:]
        number = re.search(r"(\d+)", w.ok("countersign-desk", "tokens",
                                          *as_ben).out).group(1)
        w.ok("countersign-desk", "tokens", "remove", number, *as_ben)
        check(program.call("GET", "/cases").status == 401, "his own")
        lines = [r["what"] for r in root.get("/audit")["items"]]
        check("tokens-ended" in lines and "token-removed" in lines, lines)


def test_two_administrators():
    """As soon as two have signed in, one alone gives themself no second
    person: no new one, no sign-in of another, no role, no policy that asks
    for none; and neither of the two has all of a first sign-in."""
    with DeskWorld() as w:
        root = w.person("root", "administrator")
        check(not root.get("/people")["two_administrators"], "alone")
        made = root.post("/people", name="first", role="reviewer")
        check(made["proposal"] is None and made["word"] == "", str(made))
        Client(w.console).welcome(made["welcome"])
        made = root.post("/people", name="dora", role="administrator")
        # Who was added and has not signed in is none yet.
        check(not root.get("/people")["two_administrators"], "invited only")
        dora = Client(w.console)
        dora.welcome(made["welcome"])
        check(root.get("/people")["two_administrators"], "two")
        who = {p["name"]: p["id"] for p in root.get("/people")["items"]}

        def waits(r):
            check(r.status == 200 and r.json["proposal"] is not None and
                  r.json["welcome"] == "", "it waits: %s" % r)
            return r.json

        policy = root.get("/policy")
        for method, path, body in (
                ("POST", "/people", {"name": "phantom", "role": "reviewer"}),
                ("POST", "/people/%s/reset" % who["first"], {}),
                ("POST", "/people/" + who["first"], {"role": "senior"}),
                ("POST", "/people/" + who["root"], {"role": "reviewer"}),
                ("POST", "/people/" + who["dora"], {"disabled": True})):
            number = waits(root.call(method, path, body))["proposal"]
            r = root.call("POST", "/proposals/%s/confirm" % number, {})
            check(r.status == 403, "not one's own: %s" % r)
        r = root.call("PUT", "/policy", {
            "version": policy["version"],
            "toml": policy["toml"].replace("two_people = true",
                                           "two_people = false")})
        check(r.json["proposal"] and r.json["toml"] == policy["toml"],
              "as it was: %s" % r)
        check({p["name"]: (p["role"], p["state"])
               for p in root.get("/people")["items"]} ==
              {"root": ("administrator", "active"),
               "first": ("reviewer", "active"),
               "dora": ("administrator", "active")}, "nothing has changed")
        # Those whom it concerns are told, before and after.
        check([p["kind"] for p in dora.get("/session")["about_me"]] ==
              ["change"], "about her")
        waiting = [p for p in dora.get("/people")["proposals"]
                   if p["state"] == "waiting"]
        check(len(waiting) == 6, str(waiting))
        check("two_people = false" in waiting[0]["toml"], "to be read")
        for p in waiting:
            root.post("/proposals/%s/cancel" % p["id"])
        r = dora.call("POST", "/proposals/%s/confirm" % waiting[0]["id"], {})
        check(r.status == 409, "dropped: %s" % r)
        # What could not be done is not proposed.
        r = root.call("POST", "/people", {"name": "dora", "role": "senior"})
        check(r.status == 409, "there is one: %s" % r)
        # Both together.
        made = waits(root.call("POST", "/people", {"name": "nora",
                                                   "role": "reviewer"}))
        granted = dora.post("/proposals/%s/confirm" % made["proposal"])
        check(granted["word"] == "" and granted["welcome"], str(granted))
        nora = Client(w.console)
        code = granted["welcome"].split("#/welcome/")[1]
        for wrong in ("", "x", made["word"][:-1], made["word"] + "a"):
            r = nora.call("POST", "/welcome", {"code": code, "word": wrong})
            check(r.status == 403 and r.json["error"]["problem"] ==
                  "welcome-word", "the address alone: %s" % r)
            r = nora.call("POST", "/welcome/finish", {
                "code": code, "word": wrong, "password": PASSWORD,
                "totp": "000000"})
            check(r.status == 403, "nor so: %s" % r)
        nora.welcome(granted["welcome"], word=made["word"])
        r = nora.call("POST", "/welcome", {"code": code,
                                           "word": made["word"]})
        check(r.status == 403 and r.json["error"]["problem"] ==
              "welcome-used", "once: %s" % r)
        lines = root.get("/audit")["items"]
        added = [r for r in lines if r["what"] == "person-added"][0]
        check(added["actor"] == "root" and added["second"] == "dora",
              "both stand in the log: %s" % added)
        # Who was let go is out at once, by one; not an administrator.
        granted = root.post("/people/" + who["first"], disabled=True)
        check(granted["proposal"] is None, "at once")
        waits(root.call("POST", "/people/" + who["first"],
                        {"disabled": False}))
        # A program is no administrator here.
        token = root.post("/tokens", name="x", scopes=["admin"])["token"]
        r = Client(w.console, token=token).call(
            "POST", "/people", {"name": "eve", "role": "senior"})
        check(r.status == 403, "no program: %s" % r)
        # By command line: as an administrator, the same; and whoever has the
        # folder is above both, and in the log.
        with open(w.path("pw"), "w", encoding="utf-8") as f:
            f.write(PASSWORD)
        as_dora = ("--as", "dora", "--password-file", w.path("pw"), "--desk",
                   w.desk)
        out = w.ok("countersign-desk", "people", "add", "eve", *as_dora).out
        number = re.search(r"Proposal (\d+) waits", out).group(1)
        check(number in w.ok("countersign-desk", "people", "proposals",
                             "--desk", w.desk).out, "listed")
        r = w.run("countersign-desk", "people", "confirm", number, *as_dora)
        check(r.status == 77, "not her own: %s" % r)
        out = w.ok("countersign-desk", "people", "confirm", number, "--as",
                   "root", *as_dora[2:]).out
        check("#/welcome/" in out and "a word" in out, out)
        w.ok("countersign-desk", "people", "role", "nora", "--role",
             "auditor", "--desk", w.desk)
        (line,) = [r for r in root.get("/audit")["items"]
                   if r["what"] == "person-changed" and
                   r["after"]["name"] == "nora"]
        check(line["actor"] == "command line", str(line))


def listen(client):
    """A stream of events, open."""
    rq = urllib.request.Request(client.base + "api/v1/events")
    if client.token:
        rq.add_header("Authorization", "Bearer " + client.token)
    else:
        rq.add_header("Cookie", client.cookie)
    stream = urllib.request.urlopen(rq, timeout=STUCK_S)
    check(b": here" in stream.readline(), "it begins")
    return stream


def hears(client):
    try:
        listen(client).close()
        return True
    except urllib.error.HTTPError:
        return False


def reached(client):
    try:
        return client.call("GET", "/session").status == 200
    except OSError:
        return False


def ends(stream, what):
    until = time.monotonic() + STUCK_S
    with stream:
        while stream.readline():  # a comment every 15 s, if nothing else
            check(time.monotonic() < until, "still hears: " + what)


def ended(stream):
    """Has it, by now?"""
    sock = socket.fromfd(stream.fileno(), socket.AF_INET, socket.SOCK_STREAM)
    with sock:
        try:
            return sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False


def test_who_may_not_listen_hears_nothing():
    """A stream ends with the session, the token or the person it is of."""
    with DeskWorld() as w:
        root = w.person("root", "administrator")
        people = {n: w.person(n) for n in ("anna", "ben", "carla", "dora")}
        who = {p["name"]: p["id"] for p in root.get("/people")["items"]}
        stays = listen(root)
        stream = listen(people["anna"])
        people["anna"].ok("DELETE", "/session")
        ends(stream, "signed out")
        stream = listen(people["ben"])
        people["ben"].post("/session/lock")
        ends(stream, "locked")
        stream = listen(people["carla"])
        root.post("/people/" + who["carla"], disabled=True)
        ends(stream, "dismissed")
        stream = listen(people["dora"])
        root.post("/people/%s/reset" % who["dora"])
        ends(stream, "reset")
        for end in ("removed", "its maker reset"):
            made = root.post("/tokens", name="program", scopes=["read"])
            stream = listen(Client(w.console, token=made["token"]))
            if end == "removed":
                root.ok("DELETE", "/tokens/" + made["id"])
            else:
                check(not ended(stays), "others listen on")
                root.post("/people/%s/reset" % who["root"])
                ends(stays, "reset by oneself")
            ends(stream, "a token, " + end)


def connect(w):
    host, port = w.console[len("http://"):-1].split(":")
    return socket.create_connection((host, int(port)), timeout=30)


def raw(w, text):
    """What a stranger's bytes are answered with."""
    with connect(w) as s:
        got = b""
        try:
            s.sendall(text)
            s.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # cut off in the middle: that, too, is an answer
        while True:
            try:
                chunk = s.recv(65536)
            except OSError:
                break
            if not chunk:
                break
            got += chunk
    return got


def test_hostile_requests():
    with DeskWorld() as w:
        anna = w.person("anna")
        host = w.console[len("http://"):-1].encode()
        # Another name for our address is somebody else's page.
        r = anna.call("GET", "/cases", headers={"Host": "evil.example"})
        check(r.status == 421, "rebinding: %s" % r)
        for bad in (b"", b"\x16\x03\x01\x02\x00", b"GET / HTTP/9\r\n\r\n",
                    b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\n\r\n",
                    b"POST /api/v1/session HTTP/1.1\r\nHost: " + host +
                    b"\r\nContent-Length: 99999999999\r\n\r\n{}",
                    b"GET /api/v1/../../etc/passwd HTTP/1.1\r\nHost: " +
                    host + b"\r\n\r\n"):
            got = raw(w, bad)
            check(b"root:" not in got and b" 200 " not in got[:20], str(got))
        for body in (b"{", b"[]", b'"x"', b'{"a":1,"a":2}', b"\xff\xfe",
                     b"{" * 5000):
            r = raw(w, b"POST /api/v1/session HTTP/1.1\r\nHost: " + host +
                    b"\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            check(b" 400 " in r[:20], "%r: %r" % (body[:10], r[:80]))
        for path in ("/cases/0", "/cases/x", "/cases/99999999999999999999",
                     "/accounts/zz", "/decisions/1", "/nothing",
                     "/cases?cursor=1.2", "/cases?state=none"):
            r = anna.call("GET", path)
            check(r.status in (400, 404), "%s: %s" % (path, r))
        # What is neither true nor false is not taken for no.
        for body in ({"agree": "yes"}, {"agree": 1}, {}):
            r = anna.call("POST", "/decisions/1/quality", body)
            check(r.status == 400 and "true or false" in
                  r.json["error"]["message"], "%s: %s" % (body, r))
        r = anna.call("GET", "/accounts/" + "00" * 16)
        check(r.status == 404, "nobody can be looked up: %s" % r)
        big = json.dumps({"name": "x" * (17 << 20)}).encode()
        r = raw(w, b"POST /api/v1/session HTTP/1.1\r\nHost: " + host +
                b"\r\nContent-Length: %d\r\n\r\n%s" % (len(big), big))
        check(b" 413 " in r[:20] or r == b"", "too large: %r" % r[:80])
        anna.get("/cases")  # and all goes on


def test_requests_that_say_two_things():
    """What a proxy before us could read in another way than we do, is read in
    no way; and the connection ends, so that nothing after it is."""
    with DeskWorld() as w:
        host = w.console[len("http://"):-1].encode()
        second = b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: " + host + \
            b"\r\n\r\n"
        post = b"POST /api/v1/welcome HTTP/1.1\r\nHost: " + host + b"\r\n"
        check(raw(w, second + second).count(b"HTTP/1.1 200 ") == 2,
              "one after the other is fine")
        for said in (b"Content-Length: 2\r\nContent-Length: 2",
                     b"Content-Length: 2\r\nContent-Length: 99",
                     b"Content-Length: 2, 2", b"Content-Length: +2",
                     b"Content-Length: -1", b"Content-Length: 0x2",
                     b"Content-Length: 2 2", b"Content-Length: 2;",
                     b"Content-Length: " + b"0" * 40 + b"2",
                     b"Transfer-Encoding: chunked",
                     b"Transfer-Encoding: identity\r\nContent-Length: 2",
                     b"Content-Length: 2\r\nTransfer-Encoding: chunked"):
            r = raw(w, post + said + b"\r\n\r\n{}" + second)
            check(r.count(b"HTTP/1.") <= 1 and b" 200 " not in r and
                  (r == b"" or b" 400 " in r[:20]),
                  "%r: %r" % (said, r[:60]))
        r = raw(w, second.replace(b"\r\n\r\n", b"\r\nContent-Length: %d"
                                  b"\r\n\r\n" % len(second)) + second)
        check(r == b"" or b" 400 " in r[:20], "a GET has no body: %r" % r[:60])
        r = raw(w, b"HEAD /api/v1/openapi.json HTTP/1.1\r\nHost: " + host +
                b"\r\n\r\n")
        check(b" 405 " in r[:20] and r.endswith(b"\r\n\r\n"),
              "no body after HEAD: %r" % r)


def send_part(s, data):
    try:
        s.sendall(data)
    except OSError:
        pass  # cut off


def told_to_wait(s):
    """Cut off, with an answer if it was not lost in what was sent."""
    s.settimeout(1)
    try:
        got = s.recv(100)
    except TimeoutError:
        return False
    except OSError:
        return True
    return got == b"" or b" 503 " in got[:20]


def test_too_much():
    """What is too long is refused, not cut; and a stranger makes the desk keep
    and read little."""
    with DeskWorld() as w:
        anna = w.person("anna")
        host = w.console[len("http://"):-1].encode()
        for path, status in (
                ("/cases?state=none", 400),
                ("/cases?q=" + "x" * 500 + "&state=none", 400),
                ("/cases?q=" + "x" * 512 + "&state=none", 414),
                ("/cases?" + "&".join(["a=1"] * 15) + "&state=none", 400),
                ("/cases?" + "&".join(["a=1"] * 16) + "&state=none", 414)):
            r = anna.call("GET", path)
            check(r.status == status, "%s: %s" % (path[:40], r))
        for name in ("Cookie", "Authorization", "Origin", "X-CSRF-Token"):
            r = raw(w, b"GET /api/v1/cases HTTP/1.1\r\nHost: " + host +
                    b"\r\n" + name.encode() + b": " + b"x" * 2000 +
                    b"\r\n\r\n")
            check(b" 431 " in r[:20], "%s: %r" % (name, r[:60]))
        # Somebody who is not signed in, and somebody who is.
        many = {"name": "anna", "password": "x" * 20000, "code": "1"}
        r = Client(w.console).call("POST", "/session", many)
        check(r.status == 413 and r.code == "limit", "a stranger: %s" % r)
        r = anna.call("PUT", "/settings", {"language": "x" * 20000})
        check(r.status == 400 and r.code == "malformed",
              "read, and no language: %s" % r)
        r = anna.call("PUT", "/settings", {"language": "x" * (2 << 20)})
        check(r.status == 413, "but not this: %s" % r)
        # More than ever is taken: said before it is sent.
        head = b"POST /api/v1/session HTTP/1.1\r\nHost: " + host + \
            b"\r\nContent-Length: %d\r\n\r\n"
        with connect(w) as s:
            s.sendall(head % (17 << 20))
            check(b" 413 " in s.recv(100)[:20], "at once")
        # Many who send much and never all: a few are waited for, and those
        # who send little go on.
        slow = [connect(w) for _ in range(12)]
        for s in slow:
            send_part(s, head % (16 << 20) + b"x" * (15 << 20))
        r = Client(w.console).call("POST", "/welcome", {"code": "x"})
        check(r.status == 403, "others are heard: %s" % r)
        refused = [s for s in slow if told_to_wait(s)]
        check(len(refused) == 8, "each of 15 MiB: %d" % len(refused))
        for s in slow:
            s.close()
        r = anna.call("PUT", "/settings", {"language": "ckb"})
        check(r.status == 200, "and all is as before: %s" % r)


def test_one_does_not_take_all():
    """Connections from one address, and streams of one person, leave room for
    others."""
    with DeskWorld() as w:
        anna, ben = w.person("anna"), w.person("ben")
        host, port = w.console[len("http://"):-1].split(":")
        for _ in range(2):  # what is given back can be had again
            many = [socket.create_connection((host, int(port)), timeout=30)
                    for _ in range(600)]
            with socket.create_connection(
                    (host, int(port)), timeout=30,
                    source_address=("127.0.0.2", 0)) as s:
                s.sendall(b"GET / HTTP/1.1\r\nHost: %s:%s\r\n\r\n" %
                          (host.encode(), port.encode()))
                check(b"HTTP/1.1 " in s.recv(100), "from elsewhere")
            for s in many:
                s.close()
            w.until("room again", lambda: reached(anna))
        streams = [listen(anna) for _ in range(16)]
        r = anna.call("GET", "/events")
        check(r.status == 429, "enough: %s" % r)
        listen(ben).close()
        streams.pop().close()
        w.until("the place", lambda: hears(anna))


class TlsWorld(DeskWorld):
    """A console that is reached from other machines."""

    def start_desk(self, env=None):
        keys = os.path.join(self.hub, "keys")  # a pair that there is
        self.options = ("--name", "localhost",
                        "--tls-cert", os.path.join(keys, "tls.pem"),
                        "--tls-key", os.path.join(keys, "tls.key"))
        super().start_desk(env)


def test_over_tls():
    """Off this machine there is TLS or nothing."""
    trusting = urllib.request.HTTPSHandler(
        context=ssl._create_unverified_context())
    urllib.request.install_opener(urllib.request.build_opener(trusting))
    try:
        with TlsWorld() as w:
            anna = w.person("anna")
            check(anna.get("/session")["person"]["name"] == "anna", "in")
            anna.call("DELETE", "/session")
            r = anna.sign_in("anna")
            cookie = r.headers["Set-Cookie"]
            check(r.status == 200 and "Secure" in cookie.split("; "),
                  "the cookie stays with TLS: %s" % cookie)
            try:
                urllib.request.urlopen(w.console.replace("https", "http"))
                check(False, "without TLS there is nothing")
            except OSError as e:
                check(not isinstance(e, urllib.error.HTTPError), str(e))
            r = Client(w.console).call("GET", "/session", headers={
                "Host": "elsewhere.example"})
            check(r.status == 421, "only under its name: %s" % r)
            w.stop("desk")
            r = w.run("countersign-desk", "run", w.desk, "--listen",
                      "0.0.0.0:0")
            check(r.status == 64 and "needs TLS" in r.err, str(r))
    finally:
        urllib.request.install_opener(urllib.request.build_opener())


def test_policy():
    with DeskWorld() as w:
        root = w.person("root", "administrator")
        now = root.get("/policy")
        check(len(now["reasons"]) == 11 and
              all(set(r["titles"]) == {"en", "ar", "kmr", "ckb"}
                  for r in now["reasons"]), "shipped")
        r = root.call("PUT", "/policy", {"toml": now["toml"] + "\nx = [",
                                         "version": now["version"]})
        check(r.status == 400 and "line" in r.json["error"]["message"],
              "says where: %s" % r)
        new = now["toml"].replace("window_hours = 72", "window_hours = 24")
        got = root.ok("PUT", "/policy", {"toml": new,
                                         "version": now["version"]})
        check(got["window_h"] == 24, "changed")
        r = root.call("PUT", "/policy", {"toml": new,
                                         "version": now["version"]})
        check(r.status == 409, "not over somebody else's: %s" % r)


def test_what_the_operator_has_to_see_to():
    """The console says days before that the hub's keys run out."""
    with DeskWorld() as w:
        client = w.person("anna")
        check(client.get("/session")["hub_troubles"] == [], "nothing yet")
        w.ok("countersignctl", "--hub", w.hub, "root", "move", w.path("root"))
        w.stop("desk")
        w.stop("hub")
        w.start_hub(env=w.later(26))
        w.start_desk()
        client = w.person("ben")
        got = w.until("the hub's word", lambda: client.get(
            "/session")["hub_troubles"])
        check([t["kind"] for t in got] == ["stamp-key"] and
              0 < got[0]["left"] < 7 * 86400, "%s" % got)


if __name__ == "__main__":
    main()
