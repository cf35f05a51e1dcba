# SPDX-License-Identifier: MIT
"""A proxy, SOCKS5 or CONNECT of HTTP, that knows names which nobody else does.

It listens on 127.0.0.1, and whatever name it is asked for leads to one port
there.  What it was asked for is in asked.
"""
import base64
import socket
import threading


class Proxy:
    """kind: "socks5h" or "http"; user: "NAME:PASSWORD" or None; answer: bytes
    to say instead of all that a proxy says."""

    def __init__(self, kind, target, user=None, answer=None):
        self.kind, self.target, self.user = kind, target, user
        self.answer = answer
        self.asked = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.sockets = []
        threading.Thread(target=self.serve, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def url(self, user=None):
        return "%s://%s127.0.0.1:%d" % (
            self.kind, user + "@" if user else "", self.port)

    def stop(self):
        for s in [self.listener] + self.sockets:
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            s.close()

    def serve(self):
        while True:
            try:
                s, _ = self.listener.accept()
            except OSError:
                return
            self.sockets.append(s)
            threading.Thread(target=self.talk, args=(s,), daemon=True).start()

    def talk(self, s):
        try:
            if self.answer is not None:
                s.recv(4096)
                s.sendall(self.answer)
                s.close()
            elif self.kind == "http":
                self.http(s)
            else:
                self.socks(s)
        except OSError:
            s.close()

    @staticmethod
    def read(s, n):
        got = b""
        while len(got) < n:
            more = s.recv(n - len(got))
            if not more:
                raise OSError("closed")
            got += more
        return got

    def socks(self, s):
        methods = self.read(s, self.read(s, 2)[1])
        if self.user and 2 not in methods:
            s.sendall(b"\5\xff")
            s.close()
            return
        s.sendall(b"\5\2" if self.user else b"\5\0")
        if self.user:
            name = self.read(s, self.read(s, 2)[1])
            password = self.read(s, self.read(s, 1)[0])
            if name + b":" + password != self.user.encode():
                s.sendall(b"\1\1")
                s.close()
                return
            s.sendall(b"\1\0")
        head = self.read(s, 5)
        name = self.read(s, head[4]).decode()
        port = int.from_bytes(self.read(s, 2), "big")
        self.asked.append((head[3], name, port))
        s.sendall(b"\5\0\0\1\0\0\0\0\0\0")
        self.join(s)

    def http(self, s):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.read(s, 1)
        lines = head.decode().split("\r\n")
        want = "Proxy-Authorization: Basic " + base64.b64encode(
            (self.user or "").encode()).decode()
        if self.user and want not in lines:
            s.sendall(b"HTTP/1.1 407 Who are you?\r\n\r\n")
            s.close()
            return
        name, _, port = lines[0].split()[1].rpartition(":")
        self.asked.append((3, name, int(port)))
        s.sendall(b"HTTP/1.1 200 There it is\r\nVia: 1.1 test\r\n\r\n")
        self.join(s)

    def join(self, s):
        t = socket.create_connection(("127.0.0.1", self.target))
        self.sockets.append(t)
        threading.Thread(target=self.pump, args=(t, s), daemon=True).start()
        self.pump(s, t)

    @staticmethod
    def pump(a, b):
        try:
            while True:
                data = a.recv(65536)
                if not data:
                    break
                b.sendall(data)
        except OSError:
            pass
        for x in (a, b):
            try:
                x.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
