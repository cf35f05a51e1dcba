# SPDX-License-Identifier: MIT
"""A hub that changes its log, or shows different ones, is caught (decision
0047): by whoever saw the first one, by members who tell one another, and by each
stamp; and what shows that is verified by the offline program alone.
"""
import json
import time

from page import Page
from world import STUCK_S, World, check, main


def log(w, name):
    """What a member's program has seen, after it has looked; and the status."""
    r = w.cs(name, "log", "show", "--check", "--json")
    check(r.status in (0, 1), str(r))
    return json.loads(r.out), r.status


def until(w, name, holds):
    """Look until something ${holds}; what was seen then."""
    end = time.monotonic() + STUCK_S
    while True:
        seen, _ = log(w, name)
        if holds(seen):
            return seen
        check(time.monotonic() < end, "%s: %s" % (name, seen))
        time.sleep(1)


def settled(w, name):
    """All that was promised so far is in the log, and was compared."""
    return until(w, name, lambda s: s["due"] == 0 and s["size"] > 0)


def fork(w, index, byte):
    w.stop("hub")
    w.ok("tlog-fork", w.hub, "localhost/log", index, byte)
    w.start_hub()


def verify(w, path, *args):
    r = w.run("countersign-verify", path, "--operator-key", w.operator_key(),
              "--json", *args)
    return r.status, json.loads(r.out) if r.out else None


def proof(w, name):
    """What was caught, written by a member and verified by others."""
    path = w.path(name + ".fault")
    w.csok(name, "log", "proof", "-o", path)
    status, said = verify(w, path)
    said = said["bundles"][0]
    check(status == 0 and said["log_fault"] and said["result"] == "ok",
          str(said))
    # Not of another operator, and not with any byte changed.
    with World() as other:
        r = w.run("countersign-verify", path, "--operator-key",
                  other.operator_key())
        check(r.status == 1 and "NOT" in r.out, str(r))
    with open(path, "rb") as f:
        good = f.read()
    # Nobody signed how the hub connects a batch with an entry, at the end.
    for at in range(8, len(good) - 24, 37):
        bad = bytearray(good)
        bad[at] ^= 1
        with open(w.path("bad"), "wb") as f:
            f.write(bad)
        status, _ = verify(w, w.path("bad"))
        check(status in (1, 2), "byte %d of %s" % (at, said))
    return said


def test_all_stamps_are_compared():
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        w.csok("alice", "group", "new", "family", "bob")
        w.csok("alice", "send", "family", "to all")
        w.csok("bob", "inbox")
        w.csok("bob", "send", "family", "and back")
        w.csok("alice", "inbox")
        for name in "alice", "bob":
            seen = settled(w, name)
            check(seen["fault"] == "none" and seen["unanswered"] == 0 and
                  seen["given_up"] == 0 and seen["checked_ms"] > 0, str(seen))
            said = w.csok(name, "log", "show").out
            check("last checked" in said and "wait" not in said, said)
        r = w.cs("alice", "log", "proof", "-o", w.path("none"))
        check(r.status != 0 and "not caught" in r.err, str(r))
        r = w.cs("alice", "log", "accept")
        check(r.status != 0, str(r))
        # No connection, no accusation.
        w.stop("hub")
        r = w.cs("alice", "log", "show", "--check")
        check(r.status not in (0, 1), str(r))
        check("!!" not in w.csok("alice", "log", "show").out, "no alarm")


def test_a_changed_log_is_caught():
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        seen = settled(w, "alice")
        fork(w, seen["size"] - 1, 5)
        now, status = log(w, "alice")
        check(now["fault"] == "fork" and status == 1, str(now))
        r = w.cs("alice", "log", "show")
        check(r.status == 1 and "cannot both be true" in r.out, str(r))
        check(proof(w, "alice")["kind"] == "fork", "of one size")
        # Each command says so; reading goes on, sending waits for a word.
        w.csok("bob", "send", "alice", "do you read this?")
        r = w.csok("alice", "inbox")
        check("do you read this?" in r.out and "cannot both" in r.err, str(r))
        r = w.cs("alice", "send", "bob", "no")
        check(r.status != 0 and "log accept" in r.err, str(r))
        with Page(w, w.home("alice")) as p:
            p.do("open")
            said = p.do("state")
            check(said["log"] == "fork" and not said["log_accepted"],
                  str(said))
            p.do("log_accept")
            check(p.do("state")["log_accepted"], "said on the page")
        r = w.csok("alice", "send", "bob", "yes")
        check("cannot both" in r.err, str(r))
        check(w.texts("bob")[-1:] == ["yes"], "it came")
        check(log(w, "alice")[0]["accepted"], "and stays said")


def test_a_changed_log_that_grew_is_caught():
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        seen = settled(w, "alice")
        fork(w, 0, 5)
        # Carol never saw another one.
        w.join("carol")
        until(w, "carol", lambda s: s["size"] > seen["size"] + 1)
        now, _ = log(w, "alice")
        check(now["fault"] == "fork" and now["size"] == seen["size"], str(now))
        said = proof(w, "alice")
        check(said["second"]["size"] > said["first"]["size"], str(said))


def test_members_tell_one_another():
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        w.csok("alice", "group", "new", "family", "bob")
        w.csok("bob", "inbox")
        early = settled(w, "bob")["size"]
        late = until(w, "alice", lambda s: s["due"] == 0 and
                     s["size"] >= early + 2)["size"]
        w.csok("alice", "send", "family", "this is what I see")
        # Bob is shown a log in which something else stands there.
        fork(w, late - 1, 5)
        w.csok("bob", "inbox")
        seen = until(w, "bob", lambda s: s["fault"] != "none" or
                     (s["heard"] == 0 and s["due"] == 0))
        check(seen["fault"] == "fork", str(seen))
        said = proof(w, "bob")
        check(said["first"]["size"] == late, "what Alice saw: %s" % said)


def test_a_broken_promise_is_caught():
    for byte, outright in (5, False), (1, True):
        with World() as w:
            w.join("alice", "bob")
            w.friends("alice", "bob")
            size = settled(w, "alice")["size"]
            w.csok("alice", "send", "bob", "remember this")
            # Somebody who has not compared it yet sees how far the log is.
            until(w, "bob", lambda s: s["size"] > size + 1)
            w.stop("hub")
            (entry,) = w.db().execute(
                "SELECT MAX(n) FROM tlog_turn WHERE batches<>0").fetchone()
            w.start_hub()
            fork(w, entry, byte)
            now, _ = log(w, "alice")
            check(now["fault"] == "entry", "%s at %d" % (now, entry))
            said = proof(w, "alice")
            check(said["kind"] == "entry" and said["entry"] == entry and
                  said["outright"] == outright, str(said))


def test_evidence_shows_the_log():
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        w.csok("bob", "send", "alice", "something bad")
        bad = [m["id"] for m in w.inbox("alice")
               if m["text"] == "something bad"][0]
        path = w.path("early.csev")
        w.csok("alice", "export", bad, "--open", "-o", path)
        status, said = verify(w, path)
        check(status == 0 and said["bundles"][0]["items"][0]["log"] ==
              {"result": "none"}, str(said))
        settled(w, "alice")
        path = w.path("late.csev")
        w.csok("alice", "export", bad, "--open", "-o", path)
        status, said = verify(w, path)
        shown = said["bundles"][0]["items"][0]["log"]
        check(status == 0 and shown["result"] == "ok" and
              shown["name"] == "localhost/log" and
              shown["entry"] < shown["size"], str(said))
        r = w.run("countersign-verify", path, "--operator-key",
                  w.operator_key())
        check("the operator's log localhost/log has it" in r.out, str(r))
        # Nobody cosigned it, and whoever asks for that is told.
        key = w.ok("tlog-write", w.path("l"), "w.example", 1, 1).out.strip()
        with open(w.path("policy"), "w") as f:
            f.write("log %s\nquorum none\n" % key)
        status, said = verify(w, path, "--witnesses", w.path("policy"))
        shown = said["bundles"][0]["items"][0]["log"]["witnessed"]
        check(status == 0 and shown["result"] == "ok" and
              shown["witnesses"] == [], str(shown))
        # A changed byte of it, wherever it is, proves nothing.
        with open(path, "rb") as f:
            good = f.read()
        at = good.index(b"c2sp.org/tlog-proof@v1")
        for i in range(at - 80, good.index(b"localhost/log ", at) + 60, 11):
            wrong = bytearray(good)
            wrong[i] ^= 1
            with open(w.path("wrong.csev"), "wb") as f:
                f.write(wrong)
            status, _ = verify(w, w.path("wrong.csev"))
            check(status in (1, 2), "byte %d" % i)


if __name__ == "__main__":
    main()
