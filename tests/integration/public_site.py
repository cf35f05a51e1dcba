# SPDX-License-Identifier: MIT
"""A hub with what it shows to people without an account."""
import http.client
import json
import re
import ssl

from world import STUCK_S, World, check


def field(page, name):
    """What a page shows beside a label."""
    found = re.search(r"<dt>%s</dt><dd[^>]*>(.*?)</dd>" % name, page, re.S)
    check(found, "%s is not on the page: %s" % (name, page[-1500:]))
    return re.sub("<[^>]*>", " ", found.group(1)).split()[0]


class Pages:
    """What a hub shows to whoever asks; beside a World."""

    def raw(self, method, path, body=None, headers=()):
        """Status, headers and bytes of an answer."""
        c = http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=STUCK_S,
            context=ssl._create_unverified_context())
        try:
            c.request(method, path, body=body, headers=dict(headers))
            r = c.getresponse()
            return r.status, r.headers, r.read()
        finally:
            c.close()

    def ask(self, method, path, body=None, headers=()):
        status, _, body = self.raw(method, path, body, headers)
        return status, body.decode()

    def get(self, path, **kw):
        status, body = self.ask("GET", path, **kw)
        check(status == 200, "GET %s: %d %s" % (path, status, body[:200]))
        return body

    def form(self, path, fields, lang="en"):
        """A form as a browser without scripts sends it."""
        mark = "----form7"
        parts = []
        for name, value in fields:
            file = ""
            if isinstance(value, tuple):
                file, value = '; filename="%s"' % value[0], value[1]
            if isinstance(value, str):
                value = value.encode()
            parts.append(("--%s\r\nContent-Disposition: form-data; name=\"%s\""
                          "%s\r\n\r\n" % (mark, name, file)).encode() +
                         value + b"\r\n")
        body = b"".join(parts) + ("--%s--\r\n" % mark).encode()
        return self.ask("POST", path + "?lang=" + lang, body, {
            "Content-Type": "multipart/form-data; boundary=" + mark})

    def api(self, path, body):
        status, text = self.ask("POST", "/notices/api/v1/" + path,
                                json.dumps(body))
        return status, json.loads(text)


class Site(Pages, World):
    """A hub with a desk that does not work by itself, and its site."""

    def __init__(self):
        super().__init__()
        self.ok("countersign-desk", "init", self.desk, "--hub-dir", self.hub)
        self.root = self.operator_key()

    def desk_act(self, *args):
        return self.run("desk-act", self.desk, *args)

    def ctl_ok(self, *args):
        return self.ok("countersignctl", "--hub", self.hub, *args)
