#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_vectors.py VERIFY VECTORS SOURCE-ROOT: does the second implementation
say of all vectors, and of many bundles that were changed, what they say, and
what countersign-verify says?"""
import json
import os
import random
import subprocess
import sys
import tempfile

SKIPPED = 77

try:
    import cryptography  # noqa: F401 pylint: disable=unused-import
except ImportError:
    print("python3-cryptography is not there")
    sys.exit(SKIPPED)

import csev  # noqa: E402 pylint: disable=wrong-import-position
import tlog  # noqa: E402 pylint: disable=wrong-import-position


def h(case, name):
    return bytes.fromhex(case[name])


def group_ref(c):
    tlog.need(csev.group_ref(h(c, "group_id")) == h(c, "group_ref"), "another")


def tag(c):
    tlog.need(csev.tag_of(h(c, "salt"), h(c, "application_data")) ==
              h(c, "tag"), "another")


def sender(c):
    tbs = csev.sender_tbs(h(c, "tag"), h(c, "group_ref"), c["epoch"],
                          c["leaf"], h(c, "account"), h(c, "device"),
                          c["sender_seq"], c["claimed_ms"])
    tlog.need(tbs == h(c, "tbs"), "another")
    tlog.need(csev.sender_holds(h(c, "public"), h(c, "sig"), tbs), "signature")


def stamp(c):
    s, root = csev.Stamp(h(c, "wire")), h(c, "root")
    cert = csev.StampKeyCert(h(c, "stamp_key_cert"), root)
    tbs = s.tbs(root, h(c, "group_ref"), c["epoch"], h(c, "account"),
                h(c, "device"), h(c, "tag"), h(c, "msg_hash"))
    tlog.need(s.holds(root, cert, tbs), "the stamp")
    tlog.need(tbs == h(c, "tbs"), "another")
    tlog.need(tlog.leaf_hash(tbs[:-32]) == h(c, "leafhash") and
              csev.chain_next(s.chain_prev, tbs) == h(c, "chain"), "chain")


def device_cert(c):
    d = csev.DeviceCert(h(c, "cert"), h(c, "key"))
    tlog.need(d.holds and d.good_at(c["now_s"]), "certificate")
    tlog.need((d.account, d.handle, d.device, d.public) == (
        h(c, "account"), h(c, "handle"), h(c, "device"), h(c, "public")),
        "another")


def credential(c):
    x = csev.Credential(h(c, "credential"), h(c, "root"))
    tlog.need(x.holds() and x.good_at(c["now_s"]), "certificate")
    tlog.need((x.account.account, x.account.handle, x.account.key,
               x.device.device, x.device.public) == tuple(
        h(c, n) for n in ("account", "handle", "account_key", "device",
                          "public")), "another")


def revocation(c):
    tlog.need(csev.Revocation(h(c, "revocation")).holds(h(c, "root")),
              "certificate")


def stamp_key_cert(c):
    x = csev.StampKeyCert(h(c, "cert"), h(c, "key"))
    tlog.need(x.holds and x.good_at(c["now_s"] * 1000) and
              x.public == h(c, "public"), "certificate")


def role_key_cert(c):
    x = csev.RoleKeyCert(h(c, "cert"), h(c, "key"))
    tlog.need(x.holds and x.role == c["role"] and
              x.from_s <= c["now_s"] <= x.until_s and
              x.public == h(c, "public"), "certificate")


def safe_aad(c):
    tlog.need(csev.safe_aad(h(c, "authenticated_data")) == (
        h(c, "tag"), c["sender_seq"], c["claimed_ms"], h(c, "sig")), "another")


def csm1(c):
    data = h(c, "file")
    tlog.need(len(data) == c["size"], "another size")
    csev.check_file(data, h(c, "key"), h(c, "content_hash"),
                    h(c, "plain_sha256"), c["plain_size"], c["media_type"])
    tlog.need(csev.open_csm1(data, h(c, "key")) == h(c, "plain"), "another")


def whole_bundle(c):
    status, why = csev.prove(h(c, "bundle"), h(c, "root"))
    tlog.need(status != 2, why)
    tlog.need((status == 0) == c["all_proved"], "%d: %s" % (status, why))


def csev_sealed(c):
    tlog.need(csev.unseal(h(c, "sealed"), h(c, "private")) == h(c, "bundle"),
              "another")


CHECKS = {"group_ref": group_ref, "tag": tag, "sender": sender,
          "stamp": stamp, "device_cert": device_cert, "credential": credential,
          "revocation": revocation, "stamp_key_cert": stamp_key_cert,
          "role_key_cert": role_key_cert, "safe_aad": safe_aad, "csm1": csm1,
          "csev": whole_bundle, "csev_sealed": csev_sealed}


def signed_again(head, tail):
    """A bundle of nobody named, with these bytes before and behind auth."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import \
        Ed25519PrivateKey
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public = key.public_key().public_bytes(
        serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    head = head[:32] + b"\0" + head[33:]
    sig = key.sign(b"countersign/report/v1\0" +
                   tlog.sha256(head, b"\0", tail))
    return head + csev.vec(public + sig) + tail


def around_auth(data):
    """What stands before auth and behind it."""
    r = csev.Reader(data)
    r.take(8 + 16 + 8 + 1 + 2)
    r.vector()
    at = r.at
    r.vector()
    return data[:at], data[r.at:]


class Agreement:
    """Both are asked about the same bytes."""

    def __init__(self, program, root):
        self.program, self.root = program, root
        self.asked, self.bad = 0, []
        self.folder = tempfile.TemporaryDirectory()

    def ask(self, data, what):
        path = os.path.join(self.folder.name, "bundle")
        with open(path, "wb") as f:
            f.write(data)
        theirs = subprocess.run(
            [self.program, path, "--operator-key", self.root.hex()],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            timeout=120, check=False).returncode
        mine, why = csev.prove(data, self.root)
        self.asked += 1
        if mine != theirs:
            self.bad.append("%s: %d here (%s), %d there" % (
                what, mine, why, theirs))


def main(verify, vectors, source):
    with open(vectors, encoding="utf-8") as f:
        cases = json.load(f)["cases"]
    bad = []
    for c in cases:
        try:
            CHECKS[c["kind"]](c)
            said = "ok"
        except (tlog.Wrong, csev.NoBundle) as e:
            said = str(e)
        if (said == "ok") != (c["want"] == "ok"):
            bad.append("%s, %s: %s, and not %s" % (
                c["kind"], c["comment"], said, c["want"]))
    bundles = [c for c in cases if c["kind"] == "csev"]
    good = [c for c in bundles if c["want"] == "ok" and c["all_proved"]][0]
    both = Agreement(verify, h(good, "root"))
    for c in bundles:
        both.ask(h(c, "bundle"), "csev, " + c["comment"])
    # Each byte of one, in turn, a bit; cut anywhere; and longer.
    data = h(good, "bundle")
    step = int(os.environ.get("COUNTERSIGN_STEP", 5))
    dice = random.Random(1)
    for at in range(0, len(data), step):
        bad_one = bytearray(data)
        bad_one[at] ^= 1 << dice.randrange(8)
        both.ask(bytes(bad_one), "a bit of byte %d" % at)
    for n in range(0, len(data), 40 * step):
        both.ask(data[:n], "cut at %d" % n)
    both.ask(data + b"\0", "longer")
    # The same behind what the reporter signs, and signed again: so each rule
    # decides by itself.
    head, tail = around_auth(data)
    again = signed_again(head, tail)
    tlog.need(csev.prove(again, both.root)[0] == 0, "signed again")
    both.ask(again, "signed again")
    for i in range(6 * len(tail) // step):
        changed = bytearray(tail)
        for _ in range(dice.choice((1, 1, 1, 2))):
            at, how = dice.randrange(len(changed)), dice.random()
            if how < .4:
                changed[at] ^= 1 << dice.randrange(8)
            elif how < .7:
                changed[at] = dice.choice((0, 1, 2, 127, 128, 255))
            elif how < .85:
                del changed[at]
            else:
                changed.insert(at, dice.randrange(256))
        both.ask(signed_again(head, bytes(changed)), "change %d" % i)
    corpus = os.path.join(source, "tests", "fuzz", "corpus", "csev")
    for name in sorted(os.listdir(corpus)):
        with open(os.path.join(corpus, name), "rb") as f:
            both.ask(f.read(), "corpus/csev/" + name)
    print("\n".join(bad + both.bad + ["%d vectors, %d bundles, %d differ" % (
        len(cases), both.asked, len(bad) + len(both.bad))]))
    return 1 if bad or both.bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
