# SPDX-License-Identifier: MIT
"""An authenticator and its browser, from nothing but Python's integers: what
the desk verifies is not made by what it verifies with."""
import base64
import hashlib
import json
import secrets

# P-256: SP 800-186, section 3.2.1.3
P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
G = (0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
     0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5)

UP, UV, BE, BS, AT = 1, 4, 8, 16, 64


def add(a, b):
    """Points of the curve; None is infinity."""
    if a is None or b is None:
        return a or b
    if a[0] == b[0]:
        if (a[1] + b[1]) % P == 0:
            return None
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, P)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def times(k, point):
    out = None
    while k:
        if k & 1:
            out = add(out, point)
        point = add(point, point)
        k >>= 1
    return out


def der(*numbers):
    """SEQUENCE of INTEGERs."""
    body = b""
    for n in numbers:
        raw = n.to_bytes(n.bit_length() // 8 + 1, "big")
        body += bytes([2, len(raw)]) + raw
    return bytes([0x30, len(body)]) + body


def ecdsa(private, message):
    e = int.from_bytes(hashlib.sha256(message).digest(), "big")
    k = 1 + secrets.randbelow(N - 1)
    r = times(k, G)[0] % N
    return der(r, pow(k, -1, N) * (e + r * private) % N)


def b64(raw):
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def cbor_bytes(raw):
    """Of 24 to 255 bytes."""
    return bytes([0x58, len(raw)]) + raw


class Authenticator:
    """One passkey; change it, or what it says, to be refused."""

    def __init__(self, counts=True):
        self.private = 1 + secrets.randbelow(N - 1)
        self.id = secrets.token_bytes(32)
        self.counts, self.count = counts, 0
        self.flags = UP | UV
        self.handle = b""
        # What a browser would never say.
        self.said = {}
        self.rp_id = None

    def client_data(self, kind, asked, origin):
        said = {"type": kind, "challenge": asked["challenge"],
                "origin": origin, "crossOrigin": False}
        said.update(self.said)
        return json.dumps(said).encode()

    def data(self, asked, credential=b""):
        self.count += self.counts
        rp_id = self.rp_id or asked["rp_id"]
        return (hashlib.sha256(rp_id.encode()).digest() +
                bytes([self.flags | (AT if credential else 0)]) +
                self.count.to_bytes(4, "big") + credential)

    def make(self, asked, origin):
        """What is sent after /passkeys/challenge."""
        self.handle = unb64(asked["handle"])
        x, y = (n.to_bytes(32, "big") for n in times(self.private, G))
        cose = (b"\xa5\x01\x02\x03\x26\x20\x01\x21" + cbor_bytes(x) +
                b"\x22" + cbor_bytes(y))
        data = self.data(asked, bytes(16) + len(self.id).to_bytes(2, "big") +
                         self.id + cose)
        return {"challenge": asked["challenge"],
                "client_data": b64(self.client_data("webauthn.create", asked,
                                                    origin)),
                "attestation": b64(b"\xa3\x63fmt\x64none\x67attStmt\xa0"
                                   b"\x68authData" + cbor_bytes(data))}

    def use(self, asked, origin):
        """What is sent after /session/passkey/challenge."""
        client = self.client_data("webauthn.get", asked, origin)
        data = self.data(asked)
        signature = ecdsa(self.private,
                          data + hashlib.sha256(client).digest())
        return {"challenge": asked["challenge"], "id": b64(self.id),
                "handle": b64(self.handle), "client_data": b64(client),
                "data": b64(data), "signature": b64(signature)}
