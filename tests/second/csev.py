# SPDX-License-Identifier: MIT
"""Evidence, read a second time: docs/PROTOCOL.md, section 4, docs/FRANKING.md
and decision 0003, in Python, and written from there alone.  The standard
library, and cryptography for Ed25519, X25519 and AES-GCM."""
import hmac

from tlog import (Checkpoint, Key, Wrong, b64, batch_leaf, ed25519, leaf_hash,
                  need, root_by_path, sha256, split_note, turn_entry)

P25519 = 2 ** 255 - 19
# The y of points of small order (RFC 8032, section 5.1.7, and the curve's
# torsion subgroup).
SMALL_ORDER = {
    0, 1, P25519 - 1,
    int.from_bytes(bytes.fromhex(
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
        "little"),
    int.from_bytes(bytes.fromhex(
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
        "little")}


class NoBundle(Exception):
    """It is none: what it means is not asked."""


def verify(public, signature, message):
    """Rule 16 of FRANKING: strict about keys and signatures."""
    for point in (public, signature[:32]):
        y = int.from_bytes(point, "little") & (2 ** 255 - 1)
        if y >= P25519 or y in SMALL_ORDER:
            return False
    return len(signature) == 64 and ed25519(public, signature, message)


# ---- reading ----------------------------------------------------------------

class Reader:
    """RFC 9420's presentation; whatever does not fit is Wrong."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, n):
        need(len(self.data) - self.at >= n, "cut short")
        self.at += n
        return self.data[self.at - n:self.at]

    def number(self, n):
        return int.from_bytes(self.take(n), "big")

    def vector(self):
        """opaque<V>: a length of 1, 2 or 4 bytes, as short as can be."""
        first = self.take(1)[0]
        size = 1 << (first >> 6)
        need(size <= 4, "no length")
        n = (first & 63) << 8 * (size - 1) | self.number(size - 1)
        need(size == 1 or n >= (64 if size == 2 else 16384), "a long length")
        return self.take(n)

    def optional(self):
        there = self.number(1)
        need(there <= 1, "neither there nor not")
        return self.vector() if there else None

    def more(self):
        return self.at < len(self.data)

    def end(self):
        need(not self.more(), "more behind it")


def whole(data, read):
    r = Reader(data)
    found = read(r)
    r.end()
    return found


def items_of(data, read):
    r = Reader(data)
    found = []
    while r.more():
        found.append(read(r))
    return found


# ---- certificates -----------------------------------------------------------

def signed_by(data, label, by):
    """The Reader behind the label and version, with the signature checked."""
    need(len(data) > 64, "cut short")
    r = Reader(data[:-64])
    need(r.take(len(label) + 1) == label + b"\0", "another label")
    need(r.number(1) == 1, "another version")
    return r, by is None or verify(by, data[-64:], data[:-64])


class StampKeyCert:
    def __init__(self, data, root):
        r, ok = signed_by(data, b"countersign/stamp-key/v1", root)
        self.key_id, self.public = r.take(8), r.take(32)
        self.from_s, self.until_s = r.number(8), r.number(8)
        r.end()
        need(self.key_id == sha256(self.public)[:8], "of another key")
        self.holds = ok

    def good_at(self, ms):
        return self.from_s * 1000 <= ms <= self.until_s * 1000 + 999


class RoleKeyCert:
    def __init__(self, data, root):
        r, self.holds = signed_by(data, b"countersign/role-key/v1", root)
        self.role, self.public = r.number(1), r.take(32)
        self.from_s, self.until_s = r.number(8), r.number(8)
        r.end()


class AccountCert:
    def __init__(self, data, registrar):
        r, self.holds = signed_by(data, b"countersign/account/v1", registrar)
        self.account, self.handle = r.take(16), r.vector()
        self.key, self.from_ms = r.take(32), r.number(8)
        r.end()


class DeviceCert:
    def __init__(self, data, by):
        r, self.holds = signed_by(data, b"countersign/device/v1", by)
        self.account, self.handle = r.take(16), r.vector()
        self.device, self.public = r.take(16), r.take(32)
        self.from_s, self.until_s = r.number(8), r.number(8)
        r.end()

    def good_at(self, s):
        return self.from_s <= s <= self.until_s


class Credential:
    """RoleKeyCert<V> | AccountCert<V> | devices."""

    def __init__(self, data, root):
        need(len(data) <= 4096, "too long")
        r = Reader(data)
        self.registrar = RoleKeyCert(r.vector(), root)
        self.account = AccountCert(r.vector(), self.registrar.public)
        self.devices = []
        by = self.account.key
        for cert in items_of(r.vector(), Reader.vector):
            self.devices.append(DeviceCert(cert, by))
            by = self.devices[-1].public
        r.end()
        need(1 <= len(self.devices) <= 8, "devices")
        self.device = self.devices[-1]

    def holds(self):
        return (self.registrar.holds and self.registrar.role == 4 and
                self.account.holds and all(
                    d.holds and d.account == self.account.account and
                    d.handle == self.account.handle for d in self.devices) and
                self.registrar.from_s * 1000 <= self.account.from_ms <=
                self.registrar.until_s * 1000 + 999)

    def good_at(self, s):
        return all(d.good_at(s) for d in self.devices)


class Revocation:
    """Device ${device} ends; it counts in the account of a credential."""

    def __init__(self, data):
        need(len(data) > 64, "cut short")
        # The signature stands before the credential is looked at: all but it
        # is signed.
        self.signed, self.sig = data[:-64], data[-64:]
        r = Reader(self.signed)
        label = b"countersign/revocation/v1\0"
        need(r.take(len(label)) == label and r.number(1) == 1, "label")
        self.account, self.device = r.take(16), r.take(16)
        self.at_ms = r.number(8)
        self.kept = items_of(r.vector(), lambda k: (k.take(16), k.take(32)))
        need(len(self.kept) <= 21, "too many")
        self.credential = r.vector()
        r.end()

    def holds(self, root):
        c = Credential(self.credential, root)
        return c.holds() and c.account.account == self.account and (
            verify(c.device.public, self.sig, self.signed) or
            verify(c.account.key, self.sig, self.signed))


# ---- a message --------------------------------------------------------------

def vec(data):
    n = len(data)
    if n < 64:
        return bytes([n]) + data
    if n < 16384:
        return (0x4000 | n).to_bytes(2, "big") + data
    return (0x80000000 | n).to_bytes(4, "big") + data


def group_ref(group_id):
    return sha256(b"countersign/group/v1\0", group_id)


def tag_of(salt, application_data):
    return hmac.digest(salt, application_data, "sha256")


def sender_tbs(tag, ref, epoch, leaf, account, device, seq, claimed_ms):
    return (tag + ref + epoch.to_bytes(8, "big") + leaf.to_bytes(4, "big") +
            account + device + seq.to_bytes(8, "big") +
            claimed_ms.to_bytes(8, "big"))


def sender_holds(public, sig, tbs):
    label = vec(b"Application") + b"\xc5\x01" + vec(b"SenderFrank")
    return verify(public, sig, vec(b"MLS 1.0 " + label) + vec(tbs))


def safe_aad(data):
    """tag, number and time of the sender, its signature."""
    items = whole(data, lambda r: items_of(
        r.vector(), lambda i: (i.number(2), i.vector())))
    names, items = [i[0] for i in items], dict(items)
    need(names == sorted(items), "not in order, or one twice")
    need(0x0020 in items and 0xC501 in items, "one is missing")
    need(len(items[0x0020]) == 32 and len(items[0xC501]) == 80, "lengths")
    frank = items[0xC501]
    return (items[0x0020], int.from_bytes(frank[:8], "big"),
            int.from_bytes(frank[8:16], "big"), frank[16:])


class Stamp:
    def __init__(self, wire):
        r = Reader(wire)
        self.version, self.flags = r.number(1), r.number(1)
        need(self.version in (1, 2), "another version")
        need(self.flags & ~3 == 0, "flags")
        self.key_id, self.accepted_ms = r.take(8), r.number(8)
        self.seq, self.chain_prev = r.number(8), r.take(32)
        self.sig = r.take(64)
        if self.version == 2:
            self.entry, self.number = r.number(8), r.number(4)
            self.n, self.at = r.number(1), r.number(1)
            need(1 <= self.n <= 32 and self.at < self.n, "no such place")
            self.path = []
            while r.more():
                self.path.append(r.take(32))
            root_by_path(self.path, bytes(32), self.at, self.n)
        r.end()

    def tbs(self, root, ref, epoch, account, device, tag, msg_hash):
        return (b"countersign/stamp/v1\0" + bytes([self.version, self.flags]) +
                sha256(root)[:8] + self.key_id +
                self.accepted_ms.to_bytes(8, "big") + ref +
                epoch.to_bytes(8, "big") + self.seq.to_bytes(8, "big") +
                account + device + tag + msg_hash + self.chain_prev)

    def signed(self, root, tbs):
        if self.version == 1:
            return tbs
        return (b"countersign/stamps/v1\0" + sha256(root)[:8] + self.key_id +
                self.entry.to_bytes(8, "big") + self.number.to_bytes(4, "big") +
                bytes([self.n]) + root_by_path(self.path, leaf_hash(tbs),
                                               self.at, self.n))

    def holds(self, root, cert, tbs):
        return (cert.holds and cert.key_id == self.key_id and
                cert.good_at(self.accepted_ms) and
                verify(cert.public, self.sig, self.signed(root, tbs)))


def chain_next(chain, tbs):
    return sha256(b"\1", chain, leaf_hash(tbs[:-32]))


# ---- content ----------------------------------------------------------------

class Null:
    pass


class Tagged(str):
    """A text under the tag 32: a URI."""


def cbor(data):
    """RFC 8949, section 4.2.1, and nothing else than what bodies have."""
    def head(r):
        first = r.number(1)
        major, low = first >> 5, first & 31
        if low < 24:
            return major, low
        need(low <= 27, "no such length")
        n = 1 << (low - 24)
        value = r.number(n)
        need(value >= (24, 1 << 8, 1 << 16, 1 << 32)[low - 24],
             "a long number")
        return major, value

    def one(r, depth=0):
        need(depth < 16, "too deep")
        at = r.at
        major, n = head(r)
        if major == 0:
            return n
        if major == 1:
            return -1 - n
        if major == 2:
            return r.take(n)
        if major == 3:
            return utf8(r.take(n))
        if major == 4:
            return [one(r, depth + 1) for _ in range(n)]
        if major == 5:
            found, before = {}, b""
            for _ in range(n):
                begin = r.at
                key = one(r, depth + 1)
                need(isinstance(key, (int, str)), "a key")
                spelt = r.data[begin:r.at]
                need(spelt > before, "keys are not in order")
                before = spelt
                found[key] = one(r, depth + 1)
            return found
        if major == 6:
            need(n == 32, "another tag")
            uri = one(r, depth + 1)
            need(isinstance(uri, str), "no URI")
            return Tagged(uri)
        need(r.data[at] in (0xf4, 0xf5, 0xf6), "another value")
        return {0xf4: False, 0xf5: True, 0xf6: Null}[r.data[at]]
    return whole(data, one)


class External:
    def __init__(self, part):
        need(len(part) == 15, "an external part")
        self.type, self.url, self.size = part[3], part[4], part[6]
        need(part[7] == 0xC5C1 and len(part[8]) == 32 and part[9] == b"" and
             part[10] == b"" and part[11] == 1 and len(part[12]) == 32,
             "another encryption")
        self.key, self.content_hash = part[8], part[12]


def parts_of(part, depth=0):
    """The external ones, in order."""
    need(depth < 4 and isinstance(part, list) and len(part) >= 3, "no part")
    if part[2] == 2:
        return [External(part)]
    if part[2] == 3:
        need(len(part) == 5 and isinstance(part[4], list), "no parts")
        return [e for p in part[4] for e in parts_of(p, depth + 1)]
    need(part[2] in (0, 1), "another cardinality")
    return []


class Content:
    def __init__(self, data):
        body = cbor(data)
        need(isinstance(body, list) and len(body) == 7, "no content")
        self.salt, self.extensions = body[0], body[5]
        need(isinstance(self.salt, bytes) and len(self.salt) == 16, "no salt")
        need(isinstance(self.extensions, dict), "no extensions")
        self.sender, self.room = (self.extensions.get(1),
                                  self.extensions.get(2))
        self.externals = parts_of(body[6])
        media = self.extensions.get("countersign.media", [])
        need(isinstance(media, list) and len(media) == len(self.externals),
             "media")
        for m, e in zip(media, self.externals):
            need(isinstance(m, list) and len(m) == 4 and len(m[0]) == 32 and
                 isinstance(m[1], int) and m[2] == e.type and m[3] is Null,
                 "media")
            e.plain_sha256, e.plain_size = m[0], m[1]


BEGINS = {
    "image/jpeg": lambda b: b[:3] == b"\xff\xd8\xff",
    "image/png": lambda b: b[:8] == b"\x89PNG\r\n\x1a\n",
    "image/gif": lambda b: b[:6] in (b"GIF87a", b"GIF89a"),
    "image/webp": lambda b: b[:4] == b"RIFF" and b[8:12] == b"WEBP",
    "audio/ogg": lambda b: b[:4] == b"OggS",
}


def open_csm1(data, key):
    """The plain file."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF
    need(data[:4] == b"CSM1" and len(data) >= 52, "another format")
    okm = HKDF(hashes.SHA256(), 64, data[4:20],
               b"countersign/media/v1").derive(key)
    need(hmac.compare_digest(okm[32:], data[20:52]), "another key")
    aead, rest, plain, index = AESGCM(okm[:32]), data[52:], b"", 0
    while True:
        last = len(rest) <= 65536 + 16
        chunk, rest = rest[:65536 + 16], rest[65536 + 16:]
        nonce = index.to_bytes(8, "big") + bytes(3) + bytes([last])
        try:
            plain += aead.decrypt(nonce, chunk, None)
        except (InvalidTag, ValueError):
            raise Wrong("a chunk") from None
        if last:
            return plain
        index += 1


def check_file(data, key, content_hash, plain_sha256, plain_size, media_type):
    need(sha256(data) == content_hash, "another file")
    if key is None:
        return
    plain = open_csm1(data, key)
    need(len(plain) == plain_size and sha256(plain) == plain_sha256,
         "another plaintext")
    kind = media_type.partition(";")[0]
    if kind in BEGINS:
        need(BEGINS[kind](plain), "another type")
    else:
        need(not kind.startswith("image/"), "a type that is not known here")


# ---- a place in the log -------------------------------------------------------

def proof_of_entry(text):
    """tlog-proof: the index, the hashes and the checkpoint's note."""
    head, sep, note = text.partition(b"\n\n")
    lines = head.split(b"\n")
    need(sep and len(lines) >= 2 and lines[0] == b"c2sp.org/tlog-proof@v1",
         "no proof of an entry")
    number = lines[1][6:]
    need(lines[1][:6] == b"index " and number.isdigit() and
         str(int(number)).encode() == number, "no index")
    return int(number), [b64(x, 32) for x in lines[2:]], note


def check_log_proof(proof, certs, stamp, root, tbs):
    """Which of the certificates signed the log that has the stamp's entry."""
    r = Reader(proof)
    turn, text = Reader(r.vector()), r.vector()
    r.end()
    need(stamp.version == 2, "signed alone, so no log has it")
    salt, batches = turn.take(16), turn.number(4)
    path = items_of(turn.vector(), lambda h: h.take(32))
    turn.end()
    leaf, _ = batch_leaf(sha256(root)[:8], stamp.key_id, stamp.entry,
                         stamp.number, stamp.n, root_by_path(
                             stamp.path, leaf_hash(tbs), stamp.at, stamp.n))
    entry = turn_entry(salt, batches, root_by_path(
        path, leaf, stamp.number, batches))
    index, hashes, note = proof_of_entry(text)
    origin = split_note(note)[0].split(b"\n")[0].decode()
    for i, data in enumerate(certs):
        try:
            cert = RoleKeyCert(data, root)
            need(cert.holds and cert.role == 5 and cert.from_s <=
                 stamp.accepted_ms // 1000 <= cert.until_s, "certificate")
            c = Checkpoint(note, Key.of(origin, cert.public))
        except Wrong:
            continue
        need(index == stamp.entry, "another entry")
        need(root_by_path(hashes, leaf_hash(entry), index, c.size) == c.root,
             "not in the log")
        return i
    raise Wrong("nobody is certified as the log")


# ---- the bundle -------------------------------------------------------------

class Item:
    def __init__(self, r):
        self.application_data, self.ref = r.vector(), r.take(32)
        self.epoch, self.leaf = r.number(8), r.number(4)
        self.account, self.device = r.take(16), r.take(16)
        self.sender_seq, self.claimed_ms = r.number(8), r.number(8)
        self.sig, self.stamp = r.take(64), Stamp(r.vector())
        self.msg_hash, self.log_proof = r.take(32), r.vector()
        self.media = items_of(r.vector(), lambda m: (
            m.take(32), m.take(32), m.optional(), m.optional()))


def utf8(data):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Wrong("no UTF-8") from None


class Bundle:
    def __init__(self, data):
        try:
            self.parse(data)
        except Wrong as e:
            raise NoBundle(str(e)) from None

    def parse(self, data):
        r = Reader(data)
        need(r.take(8) == b"CSEV0001", "another version")
        self.report_id, self.created_ms = r.take(16), r.number(8)
        self.mode, self.reason = r.number(1), r.number(2)
        need(self.mode <= 1, "another mode")
        self.note = utf8(r.vector())
        need("\0" not in self.note, "a note that ends before its end")
        begin = r.at
        self.auth = r.vector()
        self.signed = (b"countersign/report/v1\0" +
                       sha256(data[:begin], b"\0", data[r.at:]))
        self.items = items_of(r.vector(), Item)
        need(self.items, "no items")
        self.gaps = items_of(r.vector(), lambda g: (
            g.take(32), g.number(8), items_of(
                g.vector(), lambda h: h.take(32))))
        self.credentials, self.stamp_certs, self.roots = [], [], []
        self.log_certs = []
        self.keys = items_of(r.vector(), self.read_key)
        r.end()

    def read_key(self, r):
        kind = r.number(1)
        need(1 <= kind <= 4, "no such key")
        if kind == 1:
            self.credentials.append(r.vector())
        elif kind == 2:
            self.stamp_certs.append(r.vector())
        elif kind == 4:
            self.log_certs.append(r.vector())
        else:
            self.roots.append(r.take(32))

    # ---- what it proves

    def check_reporter(self, root):
        need(len(self.auth) > 64, "nobody signed")
        sig, who = self.auth[-64:], self.auth[:-64]
        if self.mode == 0:
            need(len(who) == 32, "no key")
            need(verify(who, sig, self.signed), "another reporter")
            return
        c = Credential(whole(who, Reader.vector), root)
        need(c.holds() and c.good_at(self.created_ms // 1000), "the reporter")
        need(verify(c.device.public, sig, self.signed), "another reporter")

    def sender_of(self, item, root, used):
        """The first that fits."""
        for i, data in enumerate(self.credentials):
            try:
                c = Credential(data, root)
            except Wrong:
                continue
            if (c.account.account, c.device.device) == (
                    item.account, item.device) and c.holds() and \
                    c.good_at(item.stamp.accepted_ms // 1000):
                used.add((1, i))
                return c
        raise Wrong("nobody is certified as the sender")

    def stamper_of(self, item, root, used):
        for i, data in enumerate(self.stamp_certs):
            try:
                c = StampKeyCert(data, root)
            except Wrong:
                continue
            if c.key_id == item.stamp.key_id and c.holds and \
                    c.good_at(item.stamp.accepted_ms):
                used.add((2, i))
                return c
        raise Wrong("no key is certified for the stamp")

    def check_item(self, item, root, used):
        content = Content(item.application_data)
        tag = tag_of(content.salt, item.application_data)
        sender = self.sender_of(item, root, used)
        need(sender_holds(sender.device.public, item.sig, sender_tbs(
            tag, item.ref, item.epoch, item.leaf, item.account, item.device,
            item.sender_seq, item.claimed_ms)), "the sender's signature")
        stamp = item.stamp
        need(stamp.flags & 1 == 0, "a handshake")
        item.tbs = stamp.tbs(root, item.ref, item.epoch, item.account,
                             item.device, tag, item.msg_hash)
        need(stamp.holds(root, self.stamper_of(item, root, used), item.tbs),
             "the stamp")
        need(isinstance(content.sender, str) and
             content.sender.startswith("mimi://") and
             content.sender.endswith("/u/" + sender.account.handle.decode()),
             "another sender's name")
        need(isinstance(content.room, str) and
             content.room.endswith("/r/" + item.ref.hex()), "another room")
        if item.log_proof != b"":
            used.add((4, check_log_proof(item.log_proof, self.log_certs, stamp,
                                         root, item.tbs)))
        need(len(item.media) == len(content.externals), "media")
        for (file_hash, plain_hash, key, data), e in zip(
                item.media, content.externals):
            need(file_hash == e.content_hash and plain_hash == e.plain_sha256,
                 "other media")
            need(key is None or key == e.key, "another key")
            if data is not None:
                check_file(data, key, e.content_hash, e.plain_sha256,
                           e.plain_size, e.type)

    def check_order(self):
        places = [(i.ref, i.stamp.seq) for i in self.items]
        need(places == sorted(set(places)), "items are not in order")
        gaps = list(self.gaps)
        for a, b in zip(self.items, self.items[1:]):
            if a.ref != b.ref:
                continue
            chain = chain_next(a.stamp.chain_prev, a.tbs)
            if b.stamp.seq != a.stamp.seq + 1:
                need(gaps and gaps[0][:2] == (a.ref, a.stamp.seq + 1) and
                     len(gaps[0][2]) == b.stamp.seq - a.stamp.seq - 1,
                     "a gap that nothing fills")
                for h in gaps.pop(0)[2]:
                    chain = sha256(b"\1", chain, h)
            need(chain == b.stamp.chain_prev, "another chain")
        need(not gaps, "hashes that fill no gap")

    def check(self, root):
        """Wrong, if something in it is not proved."""
        need(self.roots == [root], "another root, or not one")
        self.check_reporter(root)
        used = set()
        for item in self.items:
            self.check_item(item, root, used)
        self.check_order()
        need(len(used) == len(self.credentials) + len(self.stamp_certs) +
             len(self.log_certs), "a certificate that nothing needs")


def prove(data, root):
    """0 all of it is proved, 1 something is not, 2 no bundle; and why."""
    try:
        Bundle(data).check(root)
    except NoBundle as e:
        return 2, str(e)
    except Wrong as e:
        return 1, str(e)
    return 0, ""


# ---- sealed -----------------------------------------------------------------

def unseal(data, private):
    """RFC 9180, base mode: X25519, HKDF-SHA256, AES-128-GCM."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric.x25519 import (
        X25519PrivateKey, X25519PublicKey)
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
    need(data[:9] == b"CSEVSEAL1" and len(data) >= 9 + 32 + 16, "not sealed")
    enc, sealed = data[9:41], data[41:]
    kem, suite = b"KEM\0\x20", b"HPKE\0\x20\0\1\0\1"

    def extract(what, salt, label, ikm):
        return hmac.digest(salt, b"HPKE-v1" + what + label + ikm, "sha256")

    def expand(what, prk, label, info, n):
        return HKDFExpand(hashes.SHA256(), n, n.to_bytes(2, "big") +
                          b"HPKE-v1" + what + label + info).derive(prk)
    sk = X25519PrivateKey.from_private_bytes(private)
    mine = sk.public_key().public_bytes(
        serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    try:
        dh = sk.exchange(X25519PublicKey.from_public_bytes(enc))
    except ValueError:
        raise Wrong("a key of small order") from None
    shared = expand(kem, extract(kem, b"", b"eae_prk", dh), b"shared_secret",
                    enc + mine, 32)
    context = (b"\0" + extract(suite, b"", b"psk_id_hash", b"") + extract(
        suite, b"", b"info_hash", b"countersign/evidence/v1"))
    secret = extract(suite, shared, b"secret", b"")
    try:
        return AESGCM(expand(suite, secret, b"key", context, 16)).decrypt(
            expand(suite, secret, b"base_nonce", context, 12), sealed, b"")
    except InvalidTag:
        raise Wrong("cannot be opened") from None
