#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A member's program ends at any write of its database, and is asked again.

Each operation is cut off right before its n-th change of the database, for
several n; then the same is asked again, which has to work, or to say that it
was done; then both sides write to each other.  CRASH_POINTS=all tries every
point, CRASH_SEED=n other ones.
"""
import json
import os
import random

from world import World, check, main, photo

POINTS = os.environ.get("CRASH_POINTS", "5")
SEED = int(os.environ.get("CRASH_SEED", 1))


class Cut:
    """One member, whose commands end in the middle."""

    def __init__(self, w, name, others):
        self.w, self.name, self.others = w, name, others
        self.random = random.Random("%d %s" % (SEED, name))
        self.n = 0
        self.points = 0

    def changes(self, *args):
        """How often the command changes the database when nothing ends it."""
        cost = self.w.cost(self.name, *args)
        return cost["writes"] + cost["syncs"]

    def chosen(self, total):
        if POINTS == "all":
            return range(1, total + 1)
        n = min(int(POINTS), total)
        return sorted(self.random.sample(range(1, total + 1), n))

    def cut_off(self, at, *args, **kw):
        r = self.w.cs(self.name, *args, env=self.w.counted(at), **kw)
        self.points += 1
        # It may be done before that point is reached: work differs a little.
        check(r.status in (-9, 0), "at %d: %s" % (at, r))
        return r

    def next(self):
        self.n += 1
        return self.n

    def every(self, make, again=(), check_done=None, between=()):
        """
        Cut off what ${make}() gives, and ask for it again.  ${again}: what the
        second may say instead of doing it.  ${check_done}(n): what holds in
        the end.
        """
        n = self.next()
        self.prepare(make, n)
        total = self.changes(*make(n))
        if check_done is not None:
            check_done(n)
        for at in self.chosen(total):
            n = self.next()
            self.prepare(make, n)
            said = self.cut_off(at, *make(n))
            for args in between:
                self.w.csok(self.name, *args)
            if said.status == -9:
                r = self.w.cs(self.name, *make(n))
                check(r.status == 0 or any(a in r.err for a in again),
                      "again, after %d of %d: %s" % (at, total, r))
            if check_done is not None:
                check_done(n)
            self.goes_on("%s at %d of %d (seed %d)" % (
                make(n)[0], at, total, SEED))

    def prepare(self, make, n):
        before = getattr(make, "before", None)
        if before is not None:
            before(n)

    def goes_on(self, what):
        """Both sides still write to each other, and nothing is refused."""
        w = self.w
        for to in self.others:
            w.csok(self.name, "send", to, "on %d" % self.n)
            check("on %d" % self.n in w.texts(to), "%s: no way out" % what)
            w.csok(to, "send", self.name, "back %d" % self.n)
            check("back %d" % self.n in w.texts(self.name),
                  "%s: no way back" % what)


def said(w, name, conversation):
    return [m.get("text") for m in
            w.csok(name, "open", conversation, "--most", 500,
                   "--json").lines()]


def test_messages():
    """Sent, received, changed, answered: once, whatever ended."""
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        a = Cut(w, "alice", ["bob"])

        def sent(n):
            w.inbox("bob")
            got = said(w, "bob", "alice").count("text %d" % n)
            # Whoever asks for it again has it sent again.
            check(got in (1, 2), "text %d came %d times" % (n, got))
        a.every(lambda n: ["send", "bob", "text %d" % n], check_done=sent)

        # Not asked again, it goes out by itself or was never there.
        for at in a.chosen(40):
            n = a.next()
            a.cut_off(at, "send", "bob", "single %d" % n)
            w.csok("alice", "inbox")
            w.inbox("bob")
            ours = said(w, "alice", "bob").count("single %d" % n)
            theirs = said(w, "bob", "alice").count("single %d" % n)
            check(ours == theirs <= 1, "%d here, %d there" % (ours, theirs))

        def inbox(n):
            return ["inbox"]

        def before(n):
            for i in range(3):
                w.csok("bob", "send", "alice", "in %d %d" % (n, i))
        inbox.before = before

        def received(n):
            here = said(w, "alice", "bob")
            for i in range(3):
                check(here.count("in %d %d" % (n, i)) == 1,
                      "in %d %d: %d times" % (n, i,
                                              here.count("in %d %d" % (n, i))))
        a.every(inbox, check_done=received)

        ids = {}

        def own(n):
            w.csok("alice", "send", "bob", "own %d" % n)
            ids[n] = [m["id"] for m in w.csok(
                "alice", "open", "bob", "--json").lines()
                if m.get("text") == "own %d" % n][-1]

        def edit(n):
            return ["edit", ids[n], "edited %d" % n]
        edit.before = own

        def edited(n):
            w.inbox("bob")
            for who, other in (("alice", "bob"), ("bob", "alice")):
                there = said(w, who, other)
                check(there.count("edited %d" % n) == 1 and
                      "own %d" % n not in there, "%s: %s" % (who, there[-5:]))
        a.every(edit, check_done=edited)

        def delete(n):
            return ["delete", ids[n], "--for-all"]
        delete.before = own

        def deleted(n):
            w.inbox("bob")
            for who, other in (("alice", "bob"), ("bob", "alice")):
                check("own %d" % n not in said(w, who, other),
                      "%s still has it" % who)
        a.every(delete, check_done=deleted, again=["deleted", "taken away"])

        def react(n):
            return ["react", ids[n], "+1"]
        react.before = own
        a.every(react, again=["already"])
        print("# %d points" % a.points)


def test_people_and_settings():
    """Requests, names, folders: asked again, it is done."""
    with World(desk=True) as w:
        w.join("alice", "bob", "carol")
        w.friends("alice", "bob")
        w.friends("alice", "carol")
        a = Cut(w, "alice", ["bob"])
        a.every(lambda n: ["alias", "carol", "c%d" % n])
        a.every(lambda n: ["settings", "receipts", ["on", "off"][n % 2]])
        a.every(lambda n: ["timer", "bob", "%dd" % (n + 1)])
        a.every(lambda n: ["block", "carol"])
        a.every(lambda n: ["accept", "carol"])

        word = w.path("word")

        def write(path, text):
            with open(path, "w") as f:
                f.write(text)
        write(word, "a long enough passphrase")
        a.w.csok("alice", "passphrase", "set", "--new-passphrase-file", word)
        other = w.path("other")
        write(other, "another long passphrase")
        # A changed passphrase: the old one or the new one opens it, and then
        # all is there.
        cost = w.counted(0)
        w.csok("alice", "--passphrase-file", word, "passphrase", "change",
               "--new-passphrase-file", other, env=cost)
        with open(w.path("counted")) as f:
            counts = f.read().split()
        total = int(counts[3]) + int(counts[5])
        word, other = other, word
        for at in a.chosen(total):
            a.cut_off(at, "--passphrase-file", word, "passphrase", "change",
                      "--new-passphrase-file", other)
            opens = [f for f in (word, other) if w.cs(
                "alice", "--passphrase-file", f, "whoami").status == 0]
            check(len(opens) == 1, "%d passphrases open it" % len(opens))
            check("hello" in "".join(str(t) for t in [
                m.get("text") for m in w.csok(
                    "alice", "--passphrase-file", opens[0], "open", "bob",
                    "--most", 500, "--json").lines()]), "nothing is gone")
            if opens[0] == other:
                word, other = other, word
        w.csok("alice", "--passphrase-file", word, "passphrase", "remove")
        a.goes_on("passphrases")

        ids = {}

        def bad(n):
            w.csok("carol", "send", "alice", "threat %d" % n)
            ids[n] = [m["id"] for m in w.inbox("alice")
                      if m.get("text") == "threat %d" % n][0]

        def report(n):
            return ["report", ids[n], "--reason", "harassment", "--yes"]
        report.before = bad
        a.every(report, again=["already"])
        # One of each, whatever ended; nothing more of a report that was cut.
        reports = [json.loads(x)["id"] if x.startswith("{") else x for x in
                   w.csok("alice", "reports", "--json").out.splitlines()]
        check(len(reports) >= len(ids), "%d reports of %d" % (
            len(reports), len(ids)))
        print("# %d points" % a.points)


def test_groups():
    """Groups are made and changed; all who are in them go on."""
    with World() as w:
        w.join("alice", "bob", "carol")
        w.friends("alice", "bob", "carol")
        a = Cut(w, "alice", ["bob"])

        def groups(name):
            return w.csok(name, "group", "list", "--json").lines()

        def made(n):
            names = [g.get("name") for g in groups("alice")]
            check("team %d" % n in names, "team %d of %s" % (n, names))
        a.every(lambda n: ["group", "new", "team %d" % n, "bob"],
                check_done=made, again=["already"])
        w.csok("alice", "group", "new", "home", "bob")
        w.csok("bob", "inbox")

        def both(n):
            w.csok("alice", "send", "home", "g%d" % n)
            check("g%d" % n in w.texts("bob"), "bob reads the group")
            w.csok("bob", "send", "home", "h%d" % n)
            check("h%d" % n in w.texts("alice"), "alice reads the group")

        def add(n):
            return ["group", "add", "home", "carol"]

        def without(n):
            w.cs("alice", "group", "remove", "home", "carol")
        add.before = without
        a.every(add, check_done=both, again=["already"])

        def remove(n):
            return ["group", "remove", "home", "carol"]

        def within(n):
            w.cs("alice", "group", "add", "home", "carol")
        remove.before = within
        a.every(remove, check_done=both, again=["not in", "nobody", "no one"])
        a.every(lambda n: ["group", "rename", "home", "home"],
                check_done=both)
        w.cs("alice", "group", "add", "home", "carol")

        def role(n):
            return ["group", "role", "home", "carol", "admin"]

        def member(n):
            w.cs("alice", "group", "role", "home", "carol", "member")
        role.before = member
        a.every(role, check_done=both, again=["already"])
        a.every(lambda n: ["group", "policy", "home", "--add",
                           ["admins", "members"][n % 2]],
                check_done=both)
        print("# %d points" % a.points)


def test_files():
    """Photos go out once, and come in; a backup is whole or not there."""
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        a = Cut(w, "alice", ["bob"])
        photo(w.path("a.png"), 320, 200)

        def photos(name, other):
            return [m.get("text") for m in w.csok(
                name, "open", other, "--most", 500, "--json").lines()]

        def came(n):
            w.inbox("bob")
            got = sum("p%d" % n == (t or "") for t in photos("bob", "alice"))
            check(got in (1, 2), "photo %d came %d times" % (n, got))
        a.every(lambda n: ["send", "bob", "--photo", w.path("a.png"),
                           "p%d" % n], check_done=came)

        def save(n):
            return ["save", ids[n], "-o", w.path("saved-%d.jpg" % n),
                    "--force"]
        ids = {}

        def given(n):
            w.csok("bob", "send", "alice", "--photo", w.path("a.png"),
                   "q%d" % n)
            ids[n] = [m["id"] for m in w.inbox("alice")
                      if m.get("text") == "q%d" % n][0]
        save.before = given
        given(0)
        w.csok("alice", "save", ids[0], "-o", w.path("whole"))
        with open(w.path("whole"), "rb") as f:
            whole = f.read()

        def saved(n):
            with open(w.path("saved-%d.jpg" % n), "rb") as f:
                check(f.read() == whole, "the photo is whole")
        a.every(save, check_done=saved)
        print("# %d points" % a.points)



def test_joining():
    """Whoever was cut off while joining or coming back asks again."""
    with World() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        for i in range(3):
            w.csok("bob", "send", "alice", "old %d" % i)
        w.inbox("alice")
        words, key, kept = w.path("words"), w.path("key"), w.path("kept")
        with open(words, "w") as f:
            f.write(w.words["alice"])
        with open(key, "w") as f:
            f.write("a long enough passphrase")
        w.csok("alice", "backup", "-o", kept, "--backup-passphrase-file", key)
        link = w.invite("--uses", 200)
        a = Cut(w, "alice", ["bob"])

        def in_new_homes(before, command, done):
            """Cut off in a new folder each time."""
            def prepared():
                n = a.next()
                a.name = "at%d" % n
                for args in before(n):
                    w.csok(a.name, *args)
                return n
            n = prepared()
            total = a.changes(*command(n))
            done(n)
            for at in a.chosen(total):
                n = prepared()
                said = a.cut_off(at, *command(n))
                if said.status == -9:
                    r = w.cs(a.name, *command(n))
                    # Whoever saw the words has all that there was to get.
                    check(r.status == 0 or "bring the account back" in said.out and
                          "already belongs" in r.err,
                          "again, after %d of %d: %s" % (at, total, r))
                done(n)
                a.goes_on("%s at %d of %d (seed %d)" % (
                    command(n)[0], at, total, SEED))

        def joined(n):
            w.csok(a.name, "send", "bob", "I am %d" % n, "--new")
            w.csok("bob", "inbox")
            w.csok("bob", "accept", "new%d" % n)
            # What was shown in the end are the words of the account.
            w.csok(a.name, "inbox")

        def goes_on(what):
            w.csok(a.name, "send", "bob", "on %d" % a.n)
            check("on %d" % a.n in w.texts("bob"), what)
        a.goes_on = goes_on
        in_new_homes(lambda n: [], lambda n: [
            "join", link, "--name", "new%d" % n], joined)

        recover = ["recover", link, "--name", "new phone", "--remove-others",
                   "--words-file", words]

        def came_back(n):
            w.csok("bob", "inbox")
        in_new_homes(lambda n: [], lambda n: recover, came_back)

        def restored(n):
            there = said(w, a.name, "bob")
            for i in range(3):
                check(there.count("old %d" % i) == 1, "old %d: %s" % (
                    i, there))
        in_new_homes(lambda n: [recover], lambda n: [
            "restore", kept, "--backup-passphrase-file", key], restored)
        print("# %d points" % a.points)


main()
