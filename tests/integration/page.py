# SPDX-License-Identifier: MIT
"""The messenger as a page asks for it: countersign page, over HTTP."""
import http.client
import json
import os
import subprocess
import time

from world import BIN, STUCK_S, Failed, check


class Refused(Exception):
    """What a method did not do."""

    def __init__(self, error):
        super().__init__("%s: %s" % (error["code"], error["sentence"]))
        self.code, self.sentence = error["code"], error["sentence"]


class Page:
    """countersign page over the home ${home}, until stop()."""

    def __init__(self, w, home, env=None):
        self.w = w
        self.proc = subprocess.Popen(
            [os.path.join(BIN, "countersign"), "--home", home, "page",
             "--no-browser"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=dict(os.environ, **(env or {})))
        w.procs["page-%d" % id(self)] = self.proc
        self.link = self.proc.stdout.readline().decode().strip()
        check(self.link.startswith("http://127.0.0.1:"), self.link)
        self.port = int(self.link.split(":")[2].split("/")[0])
        self.token = self.link.split("#")[1]
        self.cookie = ""
        self.last = 0
        self.events = []
        self.answers = {}

    def __enter__(self):
        status, _, headers = self.ask("POST", "/api/begin",
                                      {"token": self.token})
        check(status == 200, "the link begins")
        self.cookie = headers["Set-Cookie"].split(";")[0]
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.w.stop("page-%d" % id(self))

    def ask(self, method, path, body=None, headers=None):
        """One request, as the page makes them."""
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=STUCK_S)
        send = {"X-CSRF-Token": "1", "Cookie": self.cookie,
                "Origin": "http://127.0.0.1:%d" % self.port}
        send.update(headers or {})
        send = {k: v for k, v in send.items() if v is not None}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        c.request(method, path, body, send)
        answer = c.getresponse()
        data = answer.read()
        c.close()
        return answer.status, data, answer.headers

    def poll(self):
        status, data, _ = self.ask("GET", "/api/events?after=%d" % self.last)
        check(status == 200, "events: %d %r" % (status, data))
        said = json.loads(data)
        self.last = said["last"]
        for e in said["events"]:
            if e["event"] == "answer":
                self.answers[e["ticket"]] = e["answer"]
            else:
                self.events.append(e)

    def begin(self, method, **take):
        """Ask, and do not wait: of a CALL its ticket."""
        status, data, _ = self.ask("POST", "/api/do",
                                   {"method": method, "take": take})
        check(status == 200, "%s: %d %r" % (method, status, data))
        return json.loads(data)

    def end(self, begun):
        if "ticket" in begun:
            until = time.monotonic() + STUCK_S
            while begun["ticket"] not in self.answers:
                if time.monotonic() > until:
                    raise Failed("no answer")
                time.sleep(0.02)
                self.poll()
            begun = self.answers.pop(begun["ticket"])
        if "error" in begun:
            raise Refused(begun["error"])
        return begun.get("give")

    def do(self, method, **take):
        return self.end(self.begin(method, **take))

    def put(self, data):
        status, answer, _ = self.ask("POST", "/api/put", data)
        check(status == 200, "put: %d" % status)
        return json.loads(answer)["file"]

    def get(self, name):
        status, answer, _ = self.ask("GET", "/api/get?file=" + name)
        check(status == 200, "get: %d" % status)
        return answer

    def until(self, what, *args, **take):
        """Ask ${args} until ${what} is true of the answer."""
        until = time.monotonic() + STUCK_S
        while True:
            got = self.do(*args, **take)
            if what(got):
                return got
            if time.monotonic() > until:
                raise Failed("never: %s" % got)
            time.sleep(0.05)
            self.poll()
