# SPDX-License-Identifier: MIT
"""What a browser says to a hub: HTTP, and a WebSocket with an origin (RFC 6455),
from nothing but Python's sockets.  The login is built here by PROTOCOL.md, not
by the code that the hub has."""
import base64
import hashlib
import os
import socket
import ssl
import struct

from world import STUCK_S, check

PING, LOGIN, ANSWER, ERROR, HELLO = 1, 3, 129, 130, 128
EXPORTER, ORIGIN = 1, 2


def vec(data):
    """The variable-length prefix of RFC 9420, section 2.1.2."""
    n = len(data)
    if n < 64:
        return bytes([n]) + data
    check(n < 16384, "short enough")
    return struct.pack(">H", 0x4000 | n) + data


def cut(data):
    """What a vector at the beginning of ${data} holds, and what is behind."""
    if data[0] < 0x40:
        n, data = data[0], data[1:]
    elif data[0] < 0x80:
        n, data = struct.unpack(">H", data[:2])[0] & 0x3fff, data[2:]
    else:
        n, data = struct.unpack(">I", data[:4])[0] & 0x3fffffff, data[4:]
    return data[:n], data[n:]


def origin_binding(origin):
    return hashlib.sha256(
        b"countersign/web-login/v2" + origin.encode()).digest()


def login_tbs(device, challenge, name, kind, binding, role=0):
    return (b"countersign/login/v2\0" + bytes([role]) + device + challenge +
            vec(name) + bytes([kind]) + binding)


class Closed(Exception):
    pass


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def field(self, name):
        return self.headers.get(name.lower(), "")


class Door:
    """One connection, with TLS that believes anybody or without."""

    def __init__(self, port, tls=False):
        self.sock = socket.create_connection(("127.0.0.1", port), STUCK_S)
        self.rest = b""
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            context.set_alpn_protocols(["h2", "http/1.1"])
            self.sock = context.wrap_socket(self.sock,
                                            server_hostname="localhost")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def certificate(self):
        return self.sock.getpeercert(binary_form=True)

    def more(self):
        got = self.sock.recv(65536)
        if not got:
            raise Closed()
        self.rest += got

    def take(self, n):
        while len(self.rest) < n:
            self.more()
        out, self.rest = self.rest[:n], self.rest[n:]
        return out

    def ask(self, method, path, fields=None, body=b""):
        """A request; the path is sent as it is."""
        head = "%s %s HTTP/1.1\r\nHost: localhost\r\n" % (method, path)
        for name, value in (fields or []):
            head += "%s: %s\r\n" % (name, value)
        if body or method == "PUT":
            head += "Content-Length: %d\r\n" % len(body)
        self.sock.sendall(head.encode() + b"\r\n" + body)
        while b"\r\n\r\n" not in self.rest:
            self.more()
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        status = int(lines[0].split()[1])
        n = 0 if status in (101, 304) else \
            int(headers.get("content-length", "0"))
        return Answer(status, headers, self.take(n))

    def upgrade(self, origin=None, more=()):
        fields = [("Upgrade", "websocket"), ("Connection", "Upgrade"),
                  ("Sec-WebSocket-Version", "13"),
                  ("Sec-WebSocket-Protocol", "countersign.v1"),
                  ("Sec-WebSocket-Key",
                   base64.b64encode(os.urandom(16)).decode())]
        if origin is not None:
            fields.append(("Origin", origin))
        return self.ask("GET", "/ws", fields + list(more)).status

    # ---- frames ------------------------------------------------------------

    def send(self, frame):
        mask = os.urandom(4)
        head = bytes([0x82])
        if len(frame) < 126:
            head += bytes([0x80 | len(frame)])
        else:
            head += bytes([0xfe]) + struct.pack(">H", len(frame))
        self.sock.sendall(head + mask + bytes(
            b ^ mask[i % 4] for i, b in enumerate(frame)))

    def recv(self):
        """The next frame of ours: kind, id, body."""
        while True:
            first, n = self.take(2)
            if n == 126:
                n = struct.unpack(">H", self.take(2))[0]
            elif n == 127:
                n = struct.unpack(">Q", self.take(8))[0]
            data = self.take(n)
            if first & 15 == 8:
                raise Closed()
            if first & 15 == 2:
                return data[0], struct.unpack(">I", data[1:5])[0], data[5:]

    def hello(self):
        """The hub's name and challenge."""
        kind, number, body = self.recv()
        check((kind, number) == (HELLO, 0), "a hello: %d" % kind)
        name, body = cut(body[2:])
        return name, body[:32]

    def call(self, kind, body=b""):
        """What is answered: 0 and the body, or an error's code."""
        self.send(bytes([kind]) + struct.pack(">I", 7) + body)
        while True:
            got, number, answer = self.recv()
            if number == 7:
                break
        if got == ERROR:
            return struct.unpack(">H", answer[:2])[0], answer
        check(got == ANSWER, "an answer: %d" % got)
        return 0, answer

    def login(self, device, signature, role=0):
        return self.call(LOGIN, bytes([role]) + device + signature)
