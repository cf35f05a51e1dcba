# SPDX-License-Identifier: MIT
"""A log and what is said of it, read a second time: docs/PROTOCOL.md, "The
log", "Witnesses" and "The log of a hub", in Python, and written from there
alone.  The standard library, and cryptography for Ed25519."""
import base64
import binascii
import hashlib
import re

WIDTH = 256
LEVELS = 8
SIZE_MAX = 1 << 62
TEXT_MAX, NOTE_MAX, LINES_MAX = 4096, 131072, 16
ENTRY_LEN = {6: 18, 7: 68, 8: 59, 9: 18, 10: 74, 11: 66}  # and 34 of others
KINDS = {1: "stamps", 2: "certificate", 3: "action", 4: "release",
         5: "desk-head", 6: "restored", 7: "notice", 8: "answer",
         9: "overdue", 10: "names", 11: "name"}


class Wrong(Exception):
    """It is not what it says."""


def need(condition, what):
    if not condition:
        raise Wrong(what)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


# ---- the tree ---------------------------------------------------------------

def leaf_hash(entry):
    return sha256(b"\0", entry)


def node_hash(left, right):
    return sha256(b"\1", left, right)


def split(n):
    """The largest power of two below n."""
    return 1 << (n - 1).bit_length() - 1


def root_of(leaves):
    """Of hashes of leaves."""
    if not leaves:
        return sha256(b"")
    # Whole subtrees, the largest first, as a number is written in binary.
    stack = []
    for i, leaf in enumerate(leaves):
        stack.append(leaf)
        while i & 1:
            right = stack.pop()
            stack.append(node_hash(stack.pop(), right))
            i >>= 1
    while len(stack) > 1:
        right = stack.pop()
        stack.append(node_hash(stack.pop(), right))
    return stack[0]


def path_to(leaves, index):
    """RFC 9162, section 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return path_to(leaves[:k], index) + [root_of(leaves[k:])]
    return path_to(leaves[k:], index - k) + [root_of(leaves[:k])]


def growth(leaves, old):
    """RFC 9162, section 2.1.4.1."""
    if old in (0, len(leaves)):
        return []

    def sub(m, part, whole):
        if m == len(part):
            return [] if whole else [root_of(part)]
        k = split(len(part))
        if m <= k:
            return sub(m, part[:k], whole) + [root_of(part[k:])]
        return sub(m - k, part[k:], False) + [root_of(part[:k])]
    return sub(old, leaves, True)


def root_by_path(path, leaf, index, size):
    """RFC 9162, section 2.1.3.2: the root that path leads to."""
    need(index < size <= SIZE_MAX and len(path) <= 62, "no such leaf")
    fn, sn, r = index, size - 1, leaf
    for p in path:
        need(sn != 0, "the path is too long")
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            r = node_hash(r, p)
        fn >>= 1
        sn >>= 1
    need(sn == 0, "the path is too short")
    return r


def verify_growth(proof, old, old_root, new, new_root):
    """RFC 9162, section 2.1.4.2."""
    need(old <= new <= SIZE_MAX and len(proof) <= 63, "sizes")
    if old in (0, new):
        need(proof == [], "the proof is too long")
        need(old_root == (sha256(b"") if old == 0 else new_root), "root")
        return
    proof = list(proof)
    if old & (old - 1) == 0:
        proof.insert(0, old_root)
    need(proof, "the proof is too short")
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn >>= 1
        sn >>= 1
    fr = sr = proof[0]
    for c in proof[1:]:
        need(sn != 0, "the proof is too long")
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            sr = node_hash(sr, c)
        fn >>= 1
        sn >>= 1
    need(sn == 0, "the proof is too short")
    need(fr == old_root and sr == new_root, "another tree")


# ---- tiles ------------------------------------------------------------------

def tile_path(level, n, width=WIDTH):
    """level: a number, or "entries"."""
    digits = "%03d" % n
    digits = digits.rjust(-(-len(digits) // 3) * 3, "0")
    groups = [digits[i:i + 3] for i in range(0, len(digits), 3)]
    path = "tile/%s/%s" % (level, "/".join(
        ["x" + g for g in groups[:-1]] + [groups[-1]]))
    return path if width == WIDTH else "%s.p/%d" % (path, width)


def tile_width(level, n, size):
    return min(WIDTH, max(0, (size >> 8 * level) - n * WIDTH))


def tiles_of(size):
    """All files of a log of that size: level, number, width."""
    for level in range(LEVELS):
        n = 0
        while width := tile_width(level, n, size):
            yield level, n, width
            n += 1


def entries_of(bundle, width):
    found = []
    for _ in range(width):
        need(len(bundle) >= 2, "a bundle is too short")
        n = int.from_bytes(bundle[:2], "big")
        need(len(bundle) >= 2 + n, "a bundle is too short")
        found.append(bundle[2:2 + n])
        bundle = bundle[2 + n:]
    need(bundle == b"", "a bundle is too long")
    return found


# ---- notes ------------------------------------------------------------------

def ed25519(public, signature, message):
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import \
        Ed25519PublicKey
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def b64(text, length=None):
    """Base64 with padding, one spelling."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Wrong("no base64") from None
    need(base64.b64encode(found) == bytes(text), "another base64")
    need(length is None or len(found) == length, "another length")
    return found


class Key:
    """NAME+HEX(id4)+BASE64(type | key32); type 1 signs notes, 4 cosigns."""

    def __init__(self, text):
        parts = text.strip().split("+", 2)
        need(len(parts) == 3, "no key")
        self.name = parts[0]
        found = b64(parts[2].encode(), 33)
        self.type, self.public = found[0], found[1:]
        need(self.type in (1, 4), "a key of another type")
        self.id = sha256(self.name.encode(), b"\n", found)[:4]
        need(parts[1] == self.id.hex(), "not with that id")

    @classmethod
    def of(cls, name, public, kind=1):
        data = bytes([kind]) + public
        return cls("%s+%s+%s" % (
            name, sha256(name.encode(), b"\n", data)[:4].hex(),
            base64.b64encode(data).decode()))


def split_note(note):
    need(len(note) <= NOTE_MAX, "too long")
    text, sep, lines = note.rpartition(b"\n\n")
    need(sep and lines.endswith(b"\n"), "no note")
    lines = lines[:-1].split(b"\n")
    need(len(lines) <= LINES_MAX, "too many lines")
    found = []
    for line in lines:
        m = re.fullmatch(rb"\xe2\x80\x94 ([^ ]+) ([^ ]+)", line)
        need(m, "no line of a note")
        blob = b64(m.group(2))
        need(len(blob) > 4, "no signature")
        found.append((m.group(1).decode(), blob[:4], blob[4:]))
    return text + b"\n", found


class Checkpoint:
    def __init__(self, note, key):
        text, lines = split_note(note)
        self.text, self.lines = text, lines
        mine = [x for x in lines if x[0] == key.name and x[1] == key.id]
        need(mine, "not signed by the log")
        need(all(ed25519(key.public, x[2], text) for x in mine),
             "a wrong signature")
        need(len(text) <= TEXT_MAX, "too long")
        said = text[:-1].split(b"\n")
        need(len(said) >= 3 and all(said), "no checkpoint")
        need(all(c >= 32 and c != 127 for x in said for c in x),
             "control characters")
        self.origin = said[0].decode()
        need(self.origin == key.name, "another log")
        need(re.fullmatch(rb"0|[1-9][0-9]*", said[1]), "no size")
        self.size = int(said[1])
        need(self.size <= SIZE_MAX, "no log is so large")
        self.root = b64(said[2], 32)
        need(self.size != 0 or self.root == sha256(b""), "not empty")

    def cosigned(self, key):
        """When the witness cosigned last; None: it did not."""
        times = []
        for name, number, blob in self.lines:
            if (name, number) != (key.name, key.id):
                continue
            need(len(blob) == 72, "no cosignature")
            time_s = int.from_bytes(blob[:8], "big")
            need(time_s < 1 << 63 and ed25519(
                key.public, blob[8:], b"cosignature/v1\ntime %d\n" % time_s +
                self.text), "a wrong cosignature")
            times.append(time_s)
        return max(times, default=None)


# ---- a whole log ------------------------------------------------------------

def audit(read, key, note=None):
    """The checkpoint and all entries of the log whose files read(path) gives,
    after each tile and each entry was found to be part of the root."""
    c = Checkpoint(read("checkpoint") if note is None else note, key)
    entries, hashes = [], {level: [] for level in range(LEVELS)}

    def fetch(level, n, width):
        got = read(tile_path(level, n, width))
        if got is None and width != WIDTH:
            got = read(tile_path(level, n))
            if got is not None and level != "entries":
                got = got[:32 * width]
            elif got is not None:
                cut = b""
                for e in entries_of(got, WIDTH)[:width]:
                    cut += len(e).to_bytes(2, "big") + e
                got = cut
        need(got is not None, "%s is missing" % tile_path(level, n, width))
        return got

    for level, n, width in tiles_of(c.size):
        got = fetch(level, n, width)
        need(len(got) == 32 * width, "a tile of another length")
        hashes[level] += [got[32 * i:32 * i + 32] for i in range(width)]
        if level == 0:
            entries += entries_of(fetch("entries", n, width), width)
    need([leaf_hash(e) for e in entries] == hashes[0], "other entries")
    for level in range(1, LEVELS):
        need(hashes[level] == [
            root_of(hashes[level - 1][WIDTH * i:WIDTH * (i + 1)])
            for i in range(len(hashes[level]))], "other tiles")
    need(root_of(hashes[0]) == c.root, "another root")
    return c, entries


# ---- entries of a hub -------------------------------------------------------

def commitment(kind, salt, content):
    return bytes([1, kind]) + sha256(b"countersign/log/v1\0", bytes([kind]),
                                     salt, content)


def turn_entry(salt, batches, root):
    return commitment(1, salt, batches.to_bytes(4, "big") + root)


def batch_leaf(operator_id, key_id, entry, number, n, root):
    """The leaf of a batch in the tree of its turn, and what is signed."""
    signed = (b"countersign/stamps/v1\0" + operator_id + key_id +
              entry.to_bytes(8, "big") + number.to_bytes(4, "big") +
              bytes([n]) + root)
    return leaf_hash(signed), signed


def count_kinds(entries):
    kinds = {}
    for e in entries:
        name = KINDS.get(e[1], "other") if len(e) >= 2 and e[0] == 1 and \
            len(e) == ENTRY_LEN.get(e[1], 34) else "other"
        kinds[name] = kinds.get(name, 0) + 1
    return kinds


# ---- the map of names -------------------------------------------------------

def map_root(leaves, depth=0):
    """The root of the map of these pairs of labels and values."""
    if not leaves:
        return bytes(32)
    if len(leaves) == 1:
        return sha256(b"\x03", *leaves[0])
    sides = [], []
    for label, value in leaves:
        sides[label[depth // 8] >> (7 - depth % 8) & 1].append((label, value))
    return sha256(b"\x04", *(map_root(side, depth + 1) for side in sides))


def audit_names(entries):
    """Whether each root that the log has is that of the names before it."""
    leaves, keys = {}, set()
    for number, e in enumerate(entries):
        kind = e[1] if len(e) >= 2 and e[0] == 1 and \
            len(e) == ENTRY_LEN.get(e[1], 34) else 0
        if kind == 6:
            lost, to = (int.from_bytes(e[i:i + 8], "big") for i in (2, 10))
            need(lost <= to <= number, "what was lost came before")
            leaves = {label: leaf for label, leaf in leaves.items()
                      if not lost <= leaf[0] < to}
        elif kind == 10:
            keys.add(e[42:])
            need(len(keys) == 1, "another key")
            need(e[2:42] == len(leaves).to_bytes(8, "big") + map_root(
                [(label, leaf[1]) for label, leaf in leaves.items()]),
                 "another root of names")
        elif kind == 11:
            need(e[2:34] not in leaves, "a second account of a name")
            leaves[e[2:34]] = number, e[34:]


# ---- notices ----------------------------------------------------------------

HOUR, DAY = 3600 * 1000, 24 * 3600 * 1000
HOURS = {1: 24, 2: 24, 3: 24, 4: 24, 5: 48, 6: 48, 7: 48, 8: 72, 9: 168,
         10: 168, 11: 168, 12: 336}
NOTICE, MORE, APPEAL, PHOTOS = 1, 2, 3, 4
NEEDS_MORE = 4
FITS = {NOTICE: {1, 2, 3, 4, 5}, MORE: set(), APPEAL: {1, 2, 5},
        PHOTOS: {2, 5, 6}}


def audit_notices(entries):
    """Whether the log hides a notice, moves a deadline, or calls something
    answered that is not; how each of them stands: {number: dict}."""
    found, last = {}, 0
    for e in entries:
        kind = e[1] if len(e) >= 2 and e[0] == 1 and \
            len(e) == ENTRY_LEN.get(e[1], 34) else 0

        def number(at, size=8):
            return int.from_bytes(e[at:at + size], "big")
        if kind == 6:
            last = None
        elif kind == 7:
            n, what, category = number(2), e[10], e[11]
            about, received, deadline = number(12), number(20), number(28)
            if last is None:
                need(0 < n <= len(found) + 1, "numbers that were skipped")
            else:
                need(n == last + 1, "a notice is hidden")
            need(what in FITS and category in HOURS, "no such notice")
            need(about == 0 or about in found, "about nothing")
            due = {NOTICE: HOURS[category] * HOUR, APPEAL: 14 * DAY}.get(what)
            need(deadline == (received + due if due else 0),
                 "another deadline")
            found[n] = {"what": what, "category": category, "due": deadline,
                        "outcome": 0, "late": False, "asked": False}
            last = n
        elif kind == 8:
            n, outcome, at, until = number(2), e[10], number(11), number(19)
            f = found.get(n)
            need(f and outcome in FITS[f["what"]] and
                 f["outcome"] in (0, NEEDS_MORE), "no answer to that")
            need(f["late"] or not f["due"] or at < f["due"],
                 "late, and not said")
            if outcome == NEEDS_MORE:
                moved = f["due"] if f["late"] else \
                    max(f["due"], at + 14 * DAY)
                need(not f["asked"] and until == moved, "a deadline moved")
                f["asked"], f["due"] = True, moved
            f["outcome"] = outcome
        elif kind == 9:
            f = found.get(number(2))
            need(f and f["due"] and f["due"] == number(10) and
                 not f["late"] and f["outcome"] in (0, NEEDS_MORE),
                 "overdue what is not")
            f["late"] = True
    return found
