# SPDX-License-Identifier: MIT
"""One name, one account: what the hub shows of it in its log (decision 0049)."""
import json
import time

from world import STUCK_S, World, check, main

TURNS_S = 22


def log_of(w, who, **kw):
    """What a member's program knows, after it has looked."""
    r = w.cs(who, "log", "show", "--check", "--json", **kw)
    check(r.status in (0, 1), str(r))
    return json.loads(r.out)


def until(w, who, holds):
    end = time.monotonic() + STUCK_S
    while True:
        seen = log_of(w, who)
        if holds(seen):
            return seen
        check(time.monotonic() < end, "%s: %s" % (who, seen))
        time.sleep(1)
        # It looks again after a minute only, unless it is told.
        w.csok(who, "inbox")


def test_shown():
    """One's own name, and that of whom one writes to."""
    with World() as w:
        w.join("ann", "bob")
        w.friends("ann", "bob")
        until(w, "ann", lambda s: s["names_shown"] == 2)
        check(log_of(w, "ann")["names_not_shown"] == [], "and no other")


def test_given_twice():
    """The operator gives bob's name to an account of its own: the map has room
    for one, and whoever met the other is told."""
    with World() as w:
        w.join("ann", "bob")
        w.friends("ann", "bob")
        until(w, "ann", lambda s: s["names_shown"] == 2)
        w.stop("hub")
        db = w.db()
        db.execute("UPDATE account SET handle='x' WHERE handle='bob'")
        db.execute("DELETE FROM name_looks")
        db.commit()
        db.close()
        w.start_hub()
        w.join("carol")
        w.csok("mallory", "join", w.invite(), "--name", "bob")
        time.sleep(TURNS_S)
        w.csok("carol", "send", "--new", "bob", "hello")
        w.csok("mallory", "inbox")
        w.csok("mallory", "accept", "carol")
        w.csok("mallory", "send", "carol", "hello from bob")
        w.csok("carol", "inbox")
        shown = until(w, "carol", lambda s: s["names_shown"] == 1)
        check(shown["names_not_shown"] == [], "there is time yet")
        w.stop("hub")
        later = w.later(2)
        w.start_hub(env=later)
        w.cs("carol", "inbox", env=later)
        r = w.cs("carol", "inbox", env=later)
        check("log show" in r.err, "each command says so: %s" % r)
        r = w.cs("carol", "log", "show", env=later)
        check(r.status == 1 and "bob" in r.out and "safety" in r.out.lower(),
              "with what to do: %s" % r)
        shown = log_of(w, "carol", env=later)
        check([n["name"] for n in shown["names_not_shown"]] == ["bob"],
              "%s" % shown)
        # And the one who pretends to be bob.
        w.cs("mallory", "inbox", env=later)
        shown = log_of(w, "mallory", env=later)
        check([n["own"] for n in shown["names_not_shown"]] == [True],
              "%s" % shown)


if __name__ == "__main__":
    main()
