# SPDX-License-Identifier: MIT
"""The desk's console as a program sees it: JSON over HTTP."""
import base64
import hashlib
import hmac
import json
import os
import re
import struct
import time
import urllib.error
import urllib.request

from schema import Description
from world import BIN, SOURCE, STUCK_S, World, check

PASSWORD = "horse battery staple"
with open(os.path.join(SOURCE, "web/desk/src/lang/en.json"),
          encoding="utf-8") as words:
    WORDS = json.load(words)


def totp(secret, step):
    """RFC 6238, with what all authenticators speak."""
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", step),
                   hashlib.sha1).digest()
    at = mac[-1] & 15
    bits = struct.unpack(">I", mac[at:at + 4])[0] & 0x7fffffff
    return "%06d" % (bits % 10 ** 6)


def now_step():
    return int(time.time() // 30)


def compare_refusal(error):
    """The pages can say it: their English words make the same sentence."""
    if "problem" not in error:
        return
    said = WORDS["problem." + error["problem"]]
    for i, arg in enumerate(error["args"]):
        said = said.replace("{%d}" % (i + 1), arg)
    check(said == error["message"], "%r is not %r" % (said, error))


class Answer:
    def __init__(self, status, headers, data):
        self.status, self.headers, self.data = status, headers, data

    @property
    def json(self):
        return json.loads(self.data)

    @property
    def code(self):
        return self.json["error"]["code"]

    def __str__(self):
        return "%d %s" % (self.status, self.data[:300])


class Client:
    """One browser, or one program with a token."""

    def __init__(self, base, token=None):
        self.base, self.token = base, token
        self.description = None
        self.cookie = self.csrf = None
        self.secret = self.step = None

    def call(self, method, path, body=None, headers=None):
        rq = urllib.request.Request(
            self.base + "api/v1" + path, method=method,
            data=None if body is None else json.dumps(body).encode())
        if self.token:
            rq.add_header("Authorization", "Bearer " + self.token)
        if self.cookie:
            rq.add_header("Cookie", self.cookie)
        if self.csrf and method != "GET":
            rq.add_header("X-CSRF-Token", self.csrf)
        for name, value in (headers or {}).items():
            rq.add_header(name, value)
        try:
            with urllib.request.urlopen(rq, timeout=STUCK_S) as r:
                answer = Answer(r.status, r.headers, r.read())
        except urllib.error.HTTPError as e:
            answer = Answer(e.code, e.headers, e.read())
        set_cookie = answer.headers.get("Set-Cookie")
        if set_cookie:
            self.cookie = set_cookie.split(";")[0]
        if answer.headers.get("Content-Type") == "application/json":
            self.csrf = answer.json.get("csrf", self.csrf)
        self.compare(method, path, answer)
        return answer

    def compare(self, method, path, answer):
        """Every answer is what the desk's own description says."""
        if self.description is None:
            with urllib.request.urlopen(self.base + "api/v1/openapi.json",
                                        timeout=STUCK_S) as r:
                self.description = Description(json.loads(r.read()))
        faults = self.description.faults(
            method, "/api/v1" + path.split("?")[0], answer)
        check(not faults, "%s %s: %s" % (method, path, "; ".join(faults)))
        if answer.status >= 400 and answer.data.startswith(b"{"):
            compare_refusal(answer.json["error"])

    def ok(self, method, path, body=None):
        answer = self.call(method, path, body)
        check(answer.status == 200, "%s %s: %s" % (method, path, answer))
        return answer.json

    def get(self, path):
        return self.ok("GET", path)

    def post(self, path, **body):
        return self.ok("POST", path, body)

    def text(self, path, text):
        """POST what is no JSON."""
        rq = urllib.request.Request(self.base + "api/v1" + path,
                                    method="POST", data=text.encode())
        rq.add_header("Cookie", self.cookie)
        rq.add_header("X-CSRF-Token", self.csrf)
        with urllib.request.urlopen(rq, timeout=STUCK_S) as r:
            return json.loads(r.read())

    # ---- signing in --------------------------------------------------------

    def welcome(self, address, password=PASSWORD, word=""):
        """The first sign-in, as somebody with an authenticator does it."""
        code = address.split("#/welcome/")[1]
        shown = self.post("/welcome", code=code, word=word)
        self.secret, self.step = shown["secret"], now_step()
        return self.post("/welcome/finish", code=code, password=password,
                         word=word, totp=totp(self.secret, self.step))

    def sign_in(self, name, password=PASSWORD, step=None):
        """A code works once: the next one is of the next half minute, which
        is taken a little early."""
        if step is None:
            step = max(now_step(), self.step + 1)
            while step > now_step() + 1:
                time.sleep(0.5)
        self.step = step
        return self.call("POST", "/session", {
            "name": name, "password": password,
            "code": totp(self.secret, step)})


class DeskWorld(World):
    """A hub, members, and a desk with its console."""

    def __init__(self, *options):
        super().__init__()
        self.ok("countersign-desk", "init", self.desk, "--hub-dir", self.hub)
        self.options = options
        self.console = None
        # Tests wait less long for a decision to be sent than people do.
        policy = self.ok("countersign-desk", "policy", "--desk",
                         self.desk).out
        self.set_policy(policy.replace("undo_seconds = 10",
                                       "undo_seconds = 2"))
        self.start_desk()

    def set_policy(self, text):
        with open(self.path("policy.toml"), "w", encoding="utf-8") as f:
            f.write(text)
        self.ok("countersign-desk", "policy", "--desk", self.desk, "--set",
                self.path("policy.toml"))

    def start_desk(self, env=None):
        where = "127.0.0.1:0"
        if self.console:
            where = self.console[len("http://"):-1]
        said = self.start("desk", "countersign-desk", "run", self.desk,
                          "--listen", where, *self.options, ready="connected",
                          env=env)
        self.console = re.search(r"console on (https?://\S+)",
                                 said.decode()).group(1)

    def person(self, name, role="reviewer"):
        """Somebody who is signed in."""
        out = self.ok("countersign-desk", "people", "add", name, "--role",
                      role, "--desk", self.desk, "--console",
                      self.console).out
        client = Client(self.console)
        client.welcome(re.search(r"https?://\S+#/welcome/\S+", out).group(0))
        return client

    @staticmethod
    def bin():
        return BIN

    def until(self, what, condition):
        """What becomes so by itself."""
        end = time.monotonic() + STUCK_S
        while True:
            got = condition()
            if got:
                return got
            check(time.monotonic() < end, "it does not come: " + what)
            time.sleep(0.1)
