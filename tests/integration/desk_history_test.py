# SPDX-License-Identifier: MIT
"""Somebody who can write into the desk's file: nothing leaves its history, and
nothing comes back as it was, without being found when the desk starts and when
it is verified."""
import os
import shutil
import sqlite3

from console import Client, DeskWorld, PASSWORD
from desk_cases_test import decide, open_case, reported, settled
from world import check, main


def database(w):
    return os.path.join(w.desk, "desk.db")


def write(w, *statements):
    """As somebody with any program for SQLite: without the desk's triggers."""
    db = sqlite3.connect(database(w))
    for (name,) in db.execute(
            "SELECT name FROM sqlite_master WHERE type='trigger'").fetchall():
        db.execute("DROP TRIGGER " + name)
    for sql, *args in statements:
        check(db.execute(sql, args).rowcount != 0, "it changes: " + sql)
    db.commit()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def copy(w, to):
    """All of the database, while the desk does not run."""
    db = sqlite3.connect(database(w))
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    shutil.copy(database(w), to)


def put_back(w, copied):
    for name in os.listdir(w.desk):
        if name.startswith("desk.db"):
            os.unlink(os.path.join(w.desk, name))
    shutil.copy(copied, database(w))


def refuses(w, *words):
    """It says so when verified, and does not start."""
    for r in (w.run("countersign-desk", "audit", "verify", "--desk", w.desk),
              w.run("countersign-desk", "run", w.desk, "--listen",
                    "127.0.0.1:0")):
        check(r.status not in (0, 1, 2) and all(x in r.err for x in words),
              "found: %s" % r)


def verifies(w):
    got = w.ok("countersign-desk", "audit", "verify", "--desk", w.desk).out
    check("nothing changed" in got, got)


def busy(w):
    """A case that was decided, with people."""
    w.join("alice", "bob")
    w.friends("alice", "bob")
    anna = w.person("anna")
    reported(w)
    case = open_case(w, anna)
    settled(w, anna, decide(anna, case, "warn"))
    w.person("rosa")
    return anna, case


def test_rows_and_lines():
    with DeskWorld() as w:
        anna, case = busy(w)
        w.stop("desk")
        verifies(w)
        good = w.path("good.db")
        copy(w, good)
        for table, *statement in (
                # A case's lines leave its history.
                ("", "UPDATE audit SET case_id=0 WHERE case_id=?",
                 int(case["id"])),
                ("", "DELETE FROM audit WHERE seq=(SELECT MAX(seq) FROM"
                 " audit)"),
                ("", "DELETE FROM audit WHERE seq=3"),
                ("", "UPDATE audit SET quiet=1 WHERE seq=3"),
                ("decision", "UPDATE decision SET state=0"),
                ("target", "DELETE FROM target"),
                ("custody", "DELETE FROM custody"),
                ("outbox", "INSERT INTO outbox(kind,sealed) VALUES(1,x'00')"),
                ("person", "UPDATE person SET disabled=1"),
                ("item", "DELETE FROM item"),
                ("config", "DELETE FROM config WHERE name='policy'")):
            write(w, statement)
            refuses(w, '"%s"' % table if table else "log")
            put_back(w, good)
        # Two rows swapped.
        write(w, ("UPDATE person SET sealed=(SELECT p.sealed FROM person p"
                  " WHERE p.id<>person.id)",))
        refuses(w, '"person"')
        put_back(w, good)
        verifies(w)
        w.start_desk()
        check(anna.sign_in("anna").status == 200, "it goes on")


def test_a_row_comes_back():
    """An older copy of one row, by which somebody who was let go is back."""
    with DeskWorld() as w:
        busy(w)
        w.stop("desk")
        db = sqlite3.connect(database(w))
        old = db.execute("SELECT role,disabled,sealed FROM person"
                         " WHERE name='rosa'").fetchone()
        db.close()
        w.ok("countersign-desk", "people", "disable", "rosa", "--desk",
             w.desk)
        verifies(w)
        write(w, ("UPDATE person SET role=?,disabled=?,sealed=?"
                  " WHERE name='rosa'", *old))
        refuses(w, '"person"', "put back")
        # Whoever has the folder and its passphrase can go on with it; the
        # log says so.
        r = w.run("countersign-desk", "audit", "accept", "--desk", w.desk)
        check(r.status != 0, "it takes a reason: %s" % r)
        w.ok("countersign-desk", "audit", "accept", "we looked at it",
             "--desk", w.desk)
        verifies(w)
        check("copy-accepted" in w.ok("countersign-desk", "audit", "--desk",
                                      w.desk).out, "written down")


def heads(w):
    db = sqlite3.connect(os.path.join(w.hub, "hub.db"))
    got = db.execute("SELECT epoch,seq FROM desk_head ORDER BY epoch,seq"
                     ).fetchall()
    db.close()
    return got


def test_an_older_copy():
    """All of it as it was some time ago, which fits in itself."""
    with DeskWorld() as w:
        busy(w)
        w.stop("desk")
        old, now = w.path("old.db"), w.path("now.db")
        copy(w, old)
        w.start_desk()
        w.person("nora")
        seen = heads(w)
        w.stop("desk")
        w.start_desk()
        w.until("the hub has it", lambda: len(heads(w)) > len(seen))
        w.stop("desk")
        copy(w, now)
        put_back(w, old)
        refuses(w, "older copy", "the hub")
        # The right one goes on.
        put_back(w, now)
        verifies(w)
        w.start_desk()
        w.stop("desk")
        # Another log that is as long.
        put_back(w, old)
        for _ in range(40):
            w.ok("countersign-desk", "statements", "--desk", w.desk)
        refuses(w, "not the log", "the hub")
        # On purpose: the hub keeps both.
        before = heads(w)
        w.ok("countersign-desk", "audit", "accept", "the disk was lost",
             "--desk", w.desk)
        w.start_desk()
        w.until("the next epoch", lambda: len(heads(w)) > len(before))
        got = heads(w)
        check(got[:len(before)] == before and got[-1][0] == 1, str(got))
        w.stop("desk")
        verifies(w)
        # And the one from before is not the desk any more.
        put_back(w, now)
        refuses(w, "older copy", "the hub")


def test_a_file_of_heads():
    """On a host whose hub cannot be reached."""
    with DeskWorld() as w:
        w.stop("desk")
        kept = w.path("heads")
        with open(os.path.join(w.desk, "desk.conf"), "w",
                  encoding="utf-8") as f:
            f.write('heads_file = "%s"\n' % kept)
        old = w.path("old.db")
        copy(w, old)
        w.start_desk()
        w.until("a line", lambda: os.path.exists(kept) and
                os.path.getsize(kept))
        w.person("nora")
        w.stop("desk")
        w.start_desk()
        w.until("another", lambda: open(kept, encoding="ascii").read().count(
            "\n") > 1)
        w.stop("desk")
        for line in open(kept, encoding="ascii"):
            name, epoch, seq, head, at_ms, signature = line.split()
            check(name == "countersign-desk-head/1" and epoch == "0" and
                  int(seq) > 0 and len(head) == 64 and int(at_ms) > 0 and
                  len(signature) == 128, line)
        verifies(w)
        w.stop("hub")
        put_back(w, old)
        r = w.run("countersign-desk", "run", w.desk, "--listen",
                  "127.0.0.1:0")
        check(r.status not in (0, 1, 2) and "older copy" in r.err and
              "file of heads" in r.err, str(r))
        # What is no line of it is not taken for one.
        with open(kept, "a", encoding="ascii") as f:
            f.write("rubbish\n")
        r = w.run("countersign-desk", "audit", "verify", "--desk", w.desk)
        check(r.status != 0 and "no head" in r.err, str(r))


def test_on_the_page():
    """The console says it while the desk runs."""
    with DeskWorld() as w:
        anna, _ = busy(w)
        check(anna.get("/audit/verify")["ok"], "good")
        write(w, ("UPDATE decision SET due=due+1",))
        got = anna.get("/audit/verify")
        check(not got["ok"] and '"decision"' in got["problem"], str(got))
        # A code of one's own is no way in.
        write(w, ("INSERT INTO welcome(hash,person,sealed) VALUES(?,1,x'00')",
                  b"\xe3\xb0\xc4\x42\x98\xfc\x1c\x14\x9a\xfb\xf4\xc8\x99\x6f"
                  b"\xb9\x24\x27\xae\x41\xe4\x64\x9b\x93\x4c\xa4\x95\x99\x1b"
                  b"\x78\x52\xb8\x55"))
        r = Client(w.console).call("POST", "/welcome/finish", {
            "code": "", "word": "", "password": PASSWORD, "totp": "000000"})
        check(r.status == 403, str(r))


if __name__ == "__main__":
    main()
