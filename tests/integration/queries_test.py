# SPDX-License-Identifier: MIT
"""Every statement of the hub finds its rows by a key or an index.

The statements are taken from the source as they stand there, and SQLite is
asked how it would run them.  What reads a whole table or index, or sorts, is
named here with the reason why that may be.
"""
import os
import re
import sqlite3

from world import SOURCE, World, check, main

CALL = re.compile(r"\bcs_db_(?:exec|query|row|get_int)\(")
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
DEFINE = re.compile(r'^#define (\w+)[ \t\\\n]+((?:"(?:[^"\\]|\\.)*"[ \t\\\n]*)'
                    r'+)$', re.M)

# Part of a statement: why it may read all there is.
MAY = {
    "SELECT COUNT(DISTINCT blob) FROM pin": "for the operator's status",
    "SELECT EXISTS(SELECT 1 FROM name_looks)": "one, at the start",
    "SELECT device FROM push ORDER BY device": "once, at the start",
    "SELECT handle FROM account": "once, when the table of looks is made",
    "SELECT COUNT(*) FROM account": "for the operator's status",
    "SELECT COUNT(*) FROM grp": "for the operator's status",
    "SELECT COALESCE(SUM(seq),0) FROM grp": "for the operator's status",
    "SELECT COUNT(*) FROM blob": "for the operator's status",
    "SELECT COUNT(*) FROM report": "for the operator's status",
    "SELECT COUNT(*) FROM removal": "for the operator's status",
    "SELECT next FROM removal ORDER BY next LIMIT 1": "one, of an index",
    "FROM desk_head ORDER BY epoch DESC,seq DESC LIMIT 1": "one, of a key",
    "WHERE letter.sealed IS NOT NULL ORDER BY": "an index of what waits",
    "SELECT entry,id FROM tlog_queue ORDER BY id": "what waited for the turn; "
    "emptied with it",
    "WHERE label IS NULL ORDER BY created LIMIT": "an index of new names, and "
    "not more of them than a turn takes",
    "WHERE taken=0 ORDER BY number LIMIT": "an index of what the desk has not "
    "taken, and not more than an answer holds",
    "SELECT seq FROM sqlite_sequence WHERE name='filing'": "it has one row",
    "FROM organisation AS o ORDER BY name": "for the operator's list",
    "FROM removal CROSS JOIN member": "all removals that are owed: few",
}
# What each message goes through: nothing is sorted there, either.
PATH = ("core/", "groups/log.c", "groups/read.c", "groups/submit.c",
        "groups/member.c", "accounts/login.c")


def macros_of(text):
    return {m[1]: "".join(STRING.findall(m[2])) for m in DEFINE.finditer(text)}


def statements():
    """(file, text) of each statement, macros of the file put in."""
    root = os.path.join(SOURCE, "src", "hub")
    with open(os.path.join(root, "core", "schema.h")) as f:
        shared = macros_of(f.read())
    for folder, _, names in os.walk(root):
        for name in sorted(names):
            if not name.endswith(".c"):
                continue
            path = os.path.join(folder, name)
            with open(path) as f:
                text = f.read()
            macros = dict(shared, **macros_of(text))
            for call in CALL.finditer(text):
                sql = literal(text, call.end(), macros)
                if sql:
                    yield os.path.relpath(path, root), sql


def literal(text, at, macros):
    """The first run of string literals of the arguments from ${at} on."""
    parts = []
    token = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|(\w+)|(.))', re.S)
    while True:
        m = token.match(text, at)
        at = m.end()
        if m[1] is not None:
            parts.append(m[1])
        elif m[2] in macros:
            parts.append(macros[m[2]])
        elif parts or m[3] == ";":
            return "".join(parts)


def plan(db, sql):
    n = sql.count("?")
    return [row[3] for row in
            db.execute("EXPLAIN QUERY PLAN " + sql, (1,) * n)]


def faults(steps, path=PATH[0]):
    """What in a plan grows with what the table holds."""
    return [s for s in steps
            if (s.startswith("SCAN ") and "CONSTANT" not in s and
                "subquery" not in s.lower()) or
            ("TEMP B-TREE" in s and path.startswith(PATH))]


def test_statements():
    with World() as w:
        db = sqlite3.connect(os.path.join(w.hub, "hub.db"))
        seen, used = set(), set()
        bad = []
        for path, sql in statements():
            if sql in seen or sql.startswith(("PRAGMA", "SAVEPOINT")):
                continue
            seen.add(sql)
            steps = faults(plan(db, sql), path)
            why = [part for part in MAY if part in sql]
            used.update(why if steps else ())
            if steps and not why:
                bad.append("%s: %s\n    %s" % (path, sql,
                                               "\n    ".join(steps)))
        check(len(seen) > 100, "the source has statements: %d" % len(seen))
        check(not bad, "\n".join(bad))
        check(used == set(MAY), "not needed: %s" % (set(MAY) - used))


def test_faults_are_found():
    with World() as w:
        db = sqlite3.connect(os.path.join(w.hub, "hub.db"))
        for sql in ("SELECT * FROM log WHERE device=?",
                    "SELECT grp FROM member WHERE leaf>? ORDER BY leaf",
                    "UPDATE log SET message=NULL WHERE account=?"):
            check(faults(plan(db, sql)), sql)


if __name__ == "__main__":
    main()
