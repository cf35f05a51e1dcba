# SPDX-License-Identifier: MIT
"""A hub that lies is caught (issue, C.5).

Each lie changes the database of a hub that is stopped, as its operator could.
restamp makes the rest of the log fit again with the hub's real stamp key, so
that each lie has to be caught for what it is, not for a clumsy left-over.
"""
from world import World, check, main


class Liar(World):
    """Alice and Bob in a group, and messages that Bob has not fetched."""

    def __init__(self, *texts):
        super().__init__()
        self.join("alice", "bob")
        self.friends("alice", "bob")
        self.csok("alice", "group", "new", "family", "bob")
        self.csok("bob", "inbox")
        for text in texts:
            self.csok("alice", "send", "family", text)
        self.group, self.head = self.db().execute(
            "SELECT id,seq FROM grp ORDER BY created DESC").fetchone()
        self.first = self.head - len(texts) + 1

    def lie(self, *sql, restamp=None):
        self.stop("hub")
        db = self.db()
        for statement in sql:
            db.execute(statement, {"grp": self.group, "first": self.first,
                                   "head": self.head})
        db.commit()
        db.close()
        if restamp is not None:
            self.ok("restamp", self.hub, *restamp)
        self.start_hub()

    def flip(self, seq, at):
        """Change one byte of a message, counted from its end if negative."""
        self.stop("hub")
        db = self.db()
        (data,) = db.execute("SELECT message FROM log WHERE grp=? AND seq=?",
                             (self.group, seq)).fetchone()
        data = bytearray(data)
        data[at] ^= 1
        db.execute("UPDATE log SET message=? WHERE grp=? AND seq=?",
                   (bytes(data), self.group, seq))
        db.commit()
        db.close()
        self.start_hub()

    def caught(self, reasons, texts):
        """Bob is told of what was refused, sees the rest, and goes on."""
        raw = self.csok("bob", "inbox", "--json")
        got = raw.lines()
        refused = [m for m in got if m["kind"] == "refused"]
        check([m["reason"] for m in refused] == reasons,
              "refused %s, not %s" % (refused, reasons))
        for m in refused:
            check(m["conversation"] == "family" and "text" not in m, str(m))
        check([m["text"] for m in got if m["kind"] == "received"] == texts,
              "the others: %s" % raw)
        self.csok("alice", "send", "family", "afterwards")
        check("afterwards" in self.texts("bob"), "Bob goes on")
        self.csok("bob", "send", "family", "from bob")
        check("from bob" in self.texts("alice"), "in both directions")
        return got


def test_changed_ciphertext():
    with Liar("one", "two", "three") as w:
        w.flip(w.first + 1, -3)
        w.caught(["stamp"], ["one", "three"])


def test_changed_ciphertext_stamped_anew():
    with Liar("one", "two", "three") as w:
        w.flip(w.first + 1, -3)
        w.stop("hub")
        w.ok("restamp", w.hub, w.first + 1)
        w.start_hub()
        w.caught(["decrypt"], ["one", "three"])


def test_changed_tag():
    """The tag stands in the authenticated data, behind the group's id."""
    for restamp, reason in ((False, "stamp"), (True, "decrypt")):
        with Liar("one", "two", "three") as w:
            (data,) = w.db().execute(
                "SELECT message FROM log WHERE grp=? AND seq=?",
                (w.group, w.first + 1)).fetchone()
            # SafeAAD: component 0x0020, then 32 bytes as <V>.
            at = data.index(b"\x00\x20\x20")
            w.flip(w.first + 1, at + 10)
            if restamp:
                w.stop("hub")
                w.ok("restamp", w.hub, w.first + 1)
                w.start_hub()
            w.caught([reason], ["one", "three"])


def test_stamp_by_another_key():
    with Liar("one", "two", "three") as w:
        w.lie(restamp=(w.first + 1, "other-key"))
        w.caught(["stamp"], ["one", "three"])


def test_stamp_of_another_group():
    with Liar("one", "two", "three") as w:
        w.lie(restamp=(w.first + 1, "other-group"))
        w.caught(["stamp"], ["one", "three"])


def test_number_repeated():
    with Liar("one", "two", "three") as w:
        w.lie(restamp=(w.first + 1, "number", w.first))
        w.caught(["stamp"], ["one", "three"])


def test_number_skipped():
    with Liar("one", "two", "three") as w:
        w.lie("UPDATE log SET seq=seq+5 WHERE grp=:grp AND seq=:head",
              "UPDATE grp SET seq=seq+5 WHERE id=:grp",
              restamp=(w.head + 5,))
        got = w.caught([], ["one", "two", "three"])
        check(any("5 entries" in m.get("text", "") for m in got),
              "the gap is told: %s" % got)


def copy_entry(w):
    """The first message once more behind the last, under a number of its own;
    the hash column is made up, as the hub's own index refuses a second."""
    return (
        "INSERT INTO log(grp,seq,account,device,epoch,content,accepted,"
        "msg_hash,stamp,message) SELECT grp,:head+1,account,device,epoch,"
        "content,accepted,randomblob(32),stamp,message FROM log"
        " WHERE grp=:grp AND seq=:first",
        "UPDATE grp SET seq=:head+1 WHERE id=:grp",
        "UPDATE log SET accepted=(SELECT MAX(accepted) FROM log)"
        " WHERE grp=:grp AND seq=:head+1",
    )


def test_replayed():
    """An old message under a new number, with a new stamp that fits."""
    with Liar("one", "two", "three") as w:
        w.lie(*copy_entry(w), restamp=(w.head + 1,))
        w.caught(["replay"], ["one", "two", "three"])


def test_delivered_again():
    """An old message with its old stamp, after Bob has read it."""
    with Liar("one", "two", "three") as w:
        check(w.texts("bob") == ["one", "two", "three"], "read")
        w.csok("alice", "send", "family", "four")
        w.lie("UPDATE log SET stamp=(SELECT stamp FROM log WHERE grp=:grp"
              " AND seq=:head),epoch=(SELECT epoch FROM log WHERE grp=:grp"
              " AND seq=:head),account=(SELECT account FROM log WHERE"
              " grp=:grp AND seq=:head)"
              " WHERE grp=:grp AND seq=:head+1")
        w.caught(["stamp"], [])


def test_history_dropped():
    with Liar("one", "two", "three", "four") as w:
        w.lie("DELETE FROM log WHERE grp=:grp AND seq IN (:first+1,:first+2)")
        got = w.caught([], ["one", "four"])
        check(any("2 entries" in m.get("text", "") for m in got),
              "Bob is told: %s" % got)


def test_history_rewritten():
    """One entry is dropped and the rest closes up, numbers and all: what is
    left fits together, but not with what Bob knows."""
    with Liar("one", "two", "three") as w:
        w.csok("bob", "inbox")
        w.csok("alice", "send", "family", "four")
        w.csok("alice", "send", "family", "five")
        w.lie("UPDATE log SET message=X'00' WHERE 0",
              restamp=(w.head, "number", w.head))
        # The entry that Bob has read was stamped anew (its signature is
        # another only if its time is): change its time, so its hash is new.
        w.lie("UPDATE log SET accepted=accepted+1 WHERE grp=:grp"
              " AND seq=:head", restamp=(w.head,))
        w.caught(["chain"], ["five"])


def test_commit_that_is_not_valid():
    with Liar("one") as w:
        w.join("carol")
        w.csok("alice", "send", "carol", "hi")
        w.csok("carol", "accept", "alice")
        w.csok("alice", "group", "add", "family", "carol")
        (seq,) = w.db().execute("SELECT MAX(seq) FROM log WHERE grp=?",
                                (w.group,)).fetchone()
        w.flip(seq, -40)
        w.stop("hub")
        w.ok("restamp", w.hub, seq)
        w.start_hub()
        raw = w.csok("bob", "inbox", "--json")
        refused = [m for m in raw.lines() if m["kind"] == "refused"]
        check(len(refused) == 1, "the commit is refused: %s" % raw)
        groups = w.csok("bob", "group", "list", "--json").lines()
        family = [g for g in groups if g["name"] == "family"]
        check("carol" not in family[0]["members"], "the group is as it was")
        # Bob's client works on; that group waits for a commit that is.
        w.csok("bob", "send", "alice", "something is wrong")
        check("something is wrong" in w.texts("alice"), "the rest works")


def test_key_package_swapped():
    with World() as w:
        w.join("alice", "bob", "mallory")
        w.stop("hub")
        db = w.db()
        db.execute(
            "UPDATE key_package SET bytes=(SELECT bytes FROM key_package"
            " WHERE device=(SELECT d.id FROM device d JOIN account a ON"
            " a.id=d.account WHERE a.handle='mallory') LIMIT 1)"
            " WHERE device=(SELECT d.id FROM device d JOIN account a ON"
            " a.id=d.account WHERE a.handle='bob')")
        db.commit()
        db.close()
        w.start_hub()
        r = w.cs("alice", "send", "bob", "secret")
        check(r.status != 0 and "not theirs" in r.err, str(r))
        w.csok("mallory", "inbox")
        check("secret" not in w.csok("mallory", "inbox", "--all").out,
              "nothing leaked")


def test_account_key_swapped():
    """The hub gives Bob's name to an account of its own: whoever knew Bob
    notices."""
    with World() as w:
        w.join("alice", "bob", "mallory")
        w.csok("alice", "send", "bob", "hello")
        w.csok("alice", "send", "mallory", "hello")
        w.csok("mallory", "inbox")
        w.csok("mallory", "accept", "alice")
        number = w.csok("alice", "safety-number", "bob").out
        w.csok("bob", "inbox")
        check(number == w.csok("bob", "safety-number", "alice").out,
              "both see the same number")
        w.stop("hub")
        db = w.db()
        db.execute("UPDATE account SET handle='x' WHERE handle='bob'")
        db.execute("UPDATE account SET handle='bob' WHERE handle='mallory'")
        db.commit()
        db.close()
        w.start_hub()
        r = w.cs("alice", "group", "new", "family", "bob")
        check(r.status != 0 and "not theirs" in r.err, str(r))


def test_another_operator():
    """Somebody stands in between with keys of their own."""
    with World() as w, World() as other:
        w.join("alice")
        w.stop("hub")
        # The other hub takes over the address.
        conf = other.path("hub", "hub.conf")
        other.stop("hub")
        with open(conf) as f:
            text = f.read()
        with open(conf, "w") as f:
            f.write(text.replace(str(other.port), str(w.port)))
        other.start_hub()
        r = w.cs("alice", "follow")
        check(r.status == 76 and "operator" in r.err, str(r))
        r = w.cs("alice", "send", "bob", "hello")
        check(r.status == 69 and "operator" in r.err, str(r))
        r = w.cs("alice", "inbox")
        check(r.status == 0 and "operator" in r.err, str(r))


if __name__ == "__main__":
    main()
