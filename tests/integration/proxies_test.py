# SPDX-License-Identifier: MIT
"""A hub behind a proxy: Tor, or that of a company."""
import os
import subprocess

from proxy import Proxy
from world import BIN, STUCK_S, SkipTest, World, check, main

NAME = "hub.invalid"  # which no resolver knows (RFC 6761, section 6.4)


class HiddenWorld(World):
    """A hub whose name nobody knows but a proxy."""

    def __init__(self):
        super().__init__()
        self.stop("hub")
        os.rename(self.hub, self.hub + "-other")
        self.ok("countersignd", "init", self.hub, "--name", NAME,
                "--listen", "127.0.0.1:%d" % self.port)
        self.start_hub()

    def hidden_link(self):
        return self.invite("--uses", 2)


def through(kind, user):
    with HiddenWorld() as w, Proxy(kind, w.port, user) as proxy:
        link = w.hidden_link()
        refused = w.cs("alice", "join", link, "--name", "alice")
        check(refused.status == 69, "nobody knows it: %s" % refused)
        w.csok("alice", "join", link, "--name", "alice", "--proxy",
               proxy.url(user))
        w.csok("bob", "join", link, "--name", "bob", "--proxy",
               proxy.url(user))
        # From here on the homes know it.
        w.friends("alice", "bob")
        path = w.path("file")
        with open(path, "wb") as f:
            f.write(os.urandom(300000))
        w.csok("alice", "send", "bob", "--file", path)
        got = [m for m in w.inbox("bob") if m.get("media")]
        w.csok("bob", "save", got[0]["id"], "-o", w.path("out"))
        with open(path, "rb") as f, open(w.path("out"), "rb") as g:
            check(f.read() == g.read(), "the same bytes")
        check({a[:2] for a in proxy.asked} == {(3, NAME)},
              "the proxy is given the name: %s" % proxy.asked)
        # And without it nothing goes.
        w.csok("alice", "settings", "proxy", "none")
        said = w.cs("alice", "send", "bob", "kept")
        check(said.status == 69, "kept: %s" % said)
        w.csok("alice", "settings", "proxy", proxy.url(user))
        w.csok("alice", "inbox")
        check(w.texts("bob") == ["kept"], "it came")


def test_socks():
    through("socks5h", None)


def test_socks_with_a_password():
    through("socks5h", "al:se%2dcret".replace("%2d", "-"))


def test_http():
    through("http", None)


def test_http_with_a_password():
    through("http", "al:secret")


def test_what_goes_wrong_is_told():
    with World() as w:
        w.join("alice")
        for kind in ("socks5h", "http"):
            with Proxy(kind, w.port, "al:right") as proxy:
                w.csok("alice", "settings", "proxy", proxy.url("al:wrong"))
                said = w.cs("alice", "inbox")
                check("does not let you through" in said.err, "%s" % said)
                w.csok("alice", "settings", "proxy", proxy.url())
                said = w.cs("alice", "inbox")
                check("does not let you through" in said.err, "%s" % said)
            said = w.cs("alice", "inbox")
            check("does not answer" in said.err and
                  "nothing was sent" in said.err, "%s" % said)
            with Proxy(kind, w.port, answer=b"SSH-2.0-hello\r\n\r\n") as other:
                w.csok("alice", "settings", "proxy", other.url())
                said = w.cs("alice", "inbox")
                check("is no " in said.err, "%s" % said)
        for bad in ("ftp://a", "http://", "socks4://a:1", "127.0.0.1:9050"):
            said = w.cs("alice", "settings", "proxy", bad)
            check(said.status == 64 and "Nothing" in said.err, "%s" % said)


def test_environment():
    """It counts, unless the home says otherwise, and never for this machine."""
    with HiddenWorld() as w, Proxy("socks5h", w.port) as proxy:
        env = {"ALL_PROXY": proxy.url(), "NO_PROXY": "other.example"}
        link = w.hidden_link()
        w.csok("alice", "join", link, "--name", "alice", env=env)
        check(w.cs("alice", "inbox", env=env).err == "", "through it")
        for no in ("*", "invalid", ".invalid, x", NAME):
            said = w.cs("alice", "inbox", env=dict(env, NO_PROXY=no))
            check("Nobody answers" in said.err, "%s: %s" % (no, said))
        said = w.cs("alice", "inbox", env={"ALL_PROXY": "ftp://x"})
        check("Nothing was sent" in said.err, "%s" % said)
        w.csok("alice", "settings", "proxy", "none")
        said = w.cs("alice", "inbox", env=env)
        check("Nobody answers" in said.err, "the setting wins: %s" % said)
    with World() as w:
        env = {"ALL_PROXY": "socks5h://127.0.0.1:1"}
        w.csok("alice", "join", w.invite(), "--name", "alice", env=env)


def test_onion():
    """Such a hub is not even looked up without a proxy."""
    with World() as w, Proxy("socks5h", w.port) as proxy:
        onion = "a" * 56 + ".onion"
        link = w.invite().replace("localhost", onion)
        said = w.cs("alice", "join", link, "--name", "alice")
        check("only through Tor" in said.err and
              "nothing was sent" in said.err, "%s" % said)
        w.cs("alice", "join", link, "--name", "alice", "--proxy",
             proxy.url())
        check(proxy.asked and proxy.asked[0][1] == onion,
              "Tor is asked: %s" % proxy.asked)


def test_no_resolver_is_asked():
    try:
        subprocess.run(["strace", "-V"], stdout=subprocess.DEVNULL)
    except OSError:
        raise SkipTest("strace is not installed") from None
    with HiddenWorld() as w, Proxy("socks5h", w.port) as proxy:
        link = w.hidden_link()
        done = subprocess.run(
            ["strace", "-f", "-e", "trace=network", "-o", w.path("trace"),
             os.path.join(BIN, "countersign"), "--home", w.home("alice"),
             "join", link, "--name", "alice", "--proxy", proxy.url()],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=STUCK_S)
        with open(w.path("trace"), errors="replace") as f:
            calls = f.read()
        if done.returncode != 0 and "ptrace" in done.stderr.decode():
            raise SkipTest("strace may not trace here")
        check(done.returncode == 0, done.stderr.decode())
        made = [c for c in calls.splitlines() if "connect(" in c]
        check(made and all("htons(%d)" % proxy.port in c for c in made),
              "nothing but the proxy is connected to: %s" % made)
        check("SOCK_DGRAM" not in calls, "nor asked otherwise")


if __name__ == "__main__":
    main()
