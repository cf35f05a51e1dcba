# SPDX-License-Identifier: MIT
"""A second clock: time-stamp tokens (RFC 3161) over a log's checkpoints, given
by an authority that OpenSSL's own program plays, and compared with the log."""
import json
import os
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from witness_test import Witnessed
from world import STUCK_S, SkipTest, check, main

OK, NOT_DONE, USAGE, NOT_VERIFIED = 0, 1, 64, 76

CONF = """
[req]
distinguished_name = dn
[dn]
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[tsa_cert]
basicConstraints = CA:FALSE
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = clock
[clock]
dir = %(dir)s
serial = %(dir)s/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256, sha384
accuracy = secs:1
ess_cert_id_alg = sha256
[other_hash]
dir = %(dir)s
serial = %(dir)s/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha384
"""


class Clock(Witnessed):
    """A log, and an authority that dates it."""

    def __init__(self):
        super().__init__()
        if shutil.which("openssl") is None:
            raise SkipTest("there is no openssl program")
        self.mode = "good"
        self.before = b""
        for name in ("tsa", "other"):
            self.make_authority(name)
        clock = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                query = self.rfile.read(int(self.headers["Content-Length"]))
                check(self.headers["Content-Type"] ==
                      "application/timestamp-query", "of the type")
                status, answer = clock.answer(query)
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()
        self.tsa_url = "http://127.0.0.1:%d/tsr" % self.server.server_port

    def close(self):
        if hasattr(self, "server"):
            self.server.shutdown()
            self.server.server_close()
            del self.server
        super().close()

    def openssl(self, *args):
        r = subprocess.run(["openssl", *args], capture_output=True,
                           timeout=STUCK_S, check=False)
        check(r.returncode == 0, "openssl %s: %s" % (args, r.stderr.decode()))
        return r.stdout

    def make_authority(self, name):
        """A root, and a certificate for time stamping that it gave."""
        at = self.path(name)
        os.mkdir(at)
        with open(at + "/conf", "w") as f:
            f.write(CONF % {"dir": at})
        with open(at + "/serial", "w") as f:
            f.write("01\n")
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt",
                     "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                     "-subj", "/CN=Root " + name, "-config", at + "/conf",
                     "-extensions", "ca", "-keyout", at + "/root.key",
                     "-out", at + "/root.pem")
        self.openssl("req", "-new", "-newkey", "ec", "-pkeyopt",
                     "ec_paramgen_curve:P-256", "-nodes", "-subj",
                     "/CN=Clock " + name, "-config", at + "/conf",
                     "-keyout", at + "/tsa.key", "-out", at + "/tsa.csr")
        self.openssl("x509", "-req", "-in", at + "/tsa.csr", "-CA",
                     at + "/root.pem", "-CAkey", at + "/root.key", "-days",
                     "20", "-extfile", at + "/conf", "-extensions",
                     "tsa_cert", "-out", at + "/tsa.pem")

    def answer(self, query):
        if self.mode == "error":
            return 500, b"no"
        if self.mode == "garbage":
            return 200, b"\x30\x03\x02\x01\x00\x00"
        if self.mode == "long":
            return 200, b"x" * (65 << 10)
        if self.mode == "replay":
            return 200, self.before
        name = "other" if self.mode == "other" else "tsa"
        with open(self.path("query"), "wb") as f:
            f.write(query)
        self.openssl("ts", "-reply", "-config", self.path(name, "conf"),
                     "-section", "other_hash" if self.mode == "refused"
                     else "clock",
                     "-queryfile", self.path("query"), "-signer",
                     self.path(name, "tsa.pem"), "-inkey",
                     self.path(name, "tsa.key"), "-out",
                     self.path("reply"))
        with open(self.path("reply"), "rb") as f:
            self.before = f.read()
        return 200, self.before

    def stamp(self, *args, log="log", to="times", name="tsa", key=None):
        return self.run("countersign-witness", "timestamp", self.path(log, "public"),
                        "--key", key or self.log_key, "--ask", self.tsa_url,
                        "--authorities", self.path(name, "root.pem"), "--to",
                        self.path(to), *args)

    def audit(self, *args, log="log", times="times", name="tsa", env=None):
        return self.run("countersign-verify", "--log", self.path(log, "public"), "--key",
                        self.log_key, "--times", self.path(times),
                        "--times-authorities", self.path(name, "root.pem"),
                        *args, env=env)


def test_dated():
    """Two tokens; another implementation takes them; the audit says when, also
    once the authority's certificates have ended."""
    with Clock() as w:
        w.log_key = w.grow("log", 300)
        r = w.stamp()
        check(r.status == OK and "300 entries at" in r.out and
              "CN = Clock tsa" in r.out, r)
        w.grow("log", 900, word="entry")
        said = json.loads(w.stamp("--json").out)
        check(said["size"] == 1200 and said["accuracy_s"] == 1, said)
        check(sorted(os.listdir(w.path("times"))) ==
              ["1200", "1200.tsr", "300", "300.tsr"], "kept")
        for size in ("300", "1200"):
            out = w.openssl("ts", "-verify", "-data", w.path("times", size),
                            "-in", w.path("times", size + ".tsr"), "-CAfile",
                            w.path("tsa", "root.pem"))
            check(b"Verification: OK" in out, out)
        r = w.audit()
        check(r.status == 0 and "It had 1200 of its entries at" in r.out and
              "Clock tsa" in r.out, r)
        times = json.loads(w.audit("--json").out)["times"]
        check(times["tokens"] == 2 and times["first_size"] == 300 and
              times["last_size"] == 1200 and
              times["last_s"] == said["time_s"], times)
        check(w.audit(env=w.later(90)).status == 0,
              "a token outlives its certificate")
        # The same again is one token.
        check(w.stamp().status == OK and
              len(os.listdir(w.path("times"))) == 4, "again")


def test_lies():
    """What an authority, a copy of a folder or a log could say otherwise."""
    with Clock() as w:
        w.log_key = w.grow("log", 300)
        check(w.stamp().status == OK, "a token")
        for mode, status, word in (
                ("replay", NOT_VERIFIED, "does not verify"),
                ("other", NOT_VERIFIED, "does not verify"),
                ("garbage", NOT_VERIFIED, "does not verify"),
                ("refused", NOT_DONE, "refused"),
                ("long", NOT_DONE, "gave no token"),
                ("error", NOT_DONE, "HTTP 500")):
            w.mode = mode
            r = w.stamp(to="nothing")
            check(r.status == status and word in r.err, "%s: %s" % (mode, r))
            check(not os.path.exists(w.path("nothing")), "nothing is kept")
        w.mode = "good"
        r = w.stamp(key=w.key)
        check(r.status != OK, "another key: %s" % r)
        check(w.audit(name="other").status == 1, "nobody whom I asked")
        # Each twin of what was kept.
        good = w.path("times", "300.tsr")
        with open(good, "rb") as f:
            token = f.read()
        for at in range(0, len(token), len(token) // 40):
            shutil.rmtree(w.path("twin"), ignore_errors=True)
            shutil.copytree(w.path("times"), w.path("twin"))
            with open(w.path("twin", "300.tsr"), "wb") as f:
                f.write(token[:at] + bytes([token[at] ^ 4]) + token[at + 1:])
            r = w.audit(times="twin")
            # The certificates that go along are not all looked at.
            check(r.status == 1 or w.audit(times="twin").status == 0 and
                  is_good(w, "twin"), "bit in %d: %s" % (at, r))
        with open(w.path("twin", "300.tsr"), "wb") as f:
            f.write(token + b"\0")
        check(w.audit(times="twin").status == 1, "something behind it")
        shutil.copy(good, w.path("twin", "300.tsr"))
        os.rename(w.path("twin", "300"), w.path("twin", "299"))
        check(w.audit(times="twin").status == 1, "its checkpoint is missing")
        shutil.rmtree(w.path("twin"))
        os.mkdir(w.path("twin"))
        check(w.audit(times="twin").status == 1, "no token at all")
        check(w.audit(times="nowhere").status == 1, "no such folder")
        r = w.run("countersign-verify", "--log", w.path("log", "public"), "--key",
                  w.log_key, "--times", w.path("times"))
        check(r.status == USAGE and "go together" in r.err, r)
        # A log of the same key that was put back, and one that is another.
        check(w.grow("short", 200) == w.log_key, "the same key")
        r = w.audit(log="short")
        check(r.status == 1 and "rolled back" in r.err, r)
        w.grow("fork", 300, word="other")
        r = w.audit(log="fork")
        check(r.status == 1 and "is a fork" in r.err, r)


def is_good(w, times):
    """OpenSSL's own program takes the token, too."""
    return b"Verification: OK" in subprocess.run(
        ["openssl", "ts", "-verify", "-data", w.path(times, "300"), "-in",
         w.path(times, "300.tsr"), "-CAfile", w.path("tsa", "root.pem")],
        capture_output=True, timeout=STUCK_S, check=False).stdout


if __name__ == "__main__":
    main()
