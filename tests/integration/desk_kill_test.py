# SPDX-License-Identifier: MIT
"""The desk is killed at any moment: nothing that it acknowledged is lost, and
no action is half done."""
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
import urllib.request

from console import Client, DeskWorld
from desk_cases_test import decide, open_case, reported, settled
from world import STUCK_S, TOOLS, check, main, processes

ROUNDS = 50


def integrity(path):
    db = sqlite3.connect(path)
    got = db.execute("PRAGMA integrity_check").fetchall()
    db.close()
    check(got == [("ok",)], "%s: %s" % (path, got))


def test_killed_at_random():
    seed = int(os.environ.get("COUNTERSIGN_SEED", time.time_ns() % 10 ** 6))
    print("# COUNTERSIGN_SEED=%d" % seed)
    dice = random.Random(seed)
    with DeskWorld() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        policy = w.ok("countersign-desk", "policy", "--desk", w.desk).out
        w.set_policy(policy.replace("undo_seconds = 2", "undo_seconds = 0")
                     .replace("\ntoken_actions = []",
                              "\ntoken_actions = [\"disable\"]"))
        anna = w.person("anna")
        token = anna.post("/tokens", name="test",
                          scopes=["read", "work", "decide"])["token"]
        reported(w)
        case = open_case(w, anna)
        made, disabled, notes = [], None, 0
        for i in range(ROUNDS):
            client = Client(w.console, token=token)
            case = client.get("/cases/" + case["id"])
            try:
                if i % 3 == 2:
                    r = client.call("POST", "/cases/%s/note" % case["id"], {
                        "version": case["version"], "text": "note %d" % i})
                    notes += r.status == 200
                elif disabled is None:
                    r = client.call(
                        "POST", "/cases/%s/decisions" % case["id"], {
                            "version": case["version"], "action": "disable",
                            "reason": case["reason"], "facts": "He sold her.",
                            "accounts": [case["accounts"][0]["id"]]})
                    if r.status == 200:
                        disabled = r.json["id"]
                        made.append(disabled)
                else:
                    r = client.call("POST", "/decisions/%s/reverse" %
                                    disabled, {"text": "It was wrong."})
                    if r.status == 200:
                        made.append(r.json["id"])
                        disabled = None
                # Somebody else, the desk, may have been faster.
                check(r.status in (200, 409), str(r))
            except OSError:
                pass  # it was cut off: then nothing was acknowledged
            time.sleep(dice.random() * 0.06)
            w.stop("desk", signal.SIGKILL)
            w.start_desk()
        client = Client(w.console, token=token)
        for number in made:
            w.until("decision %s" % number, lambda: client.get(
                "/decisions/" + number)["state"] in ("applied", "reversed"))
        db = sqlite3.connect(os.path.join(w.desk, "desk.db"))
        w.until("an empty outbox", lambda: db.execute(
            "SELECT COUNT(*) FROM outbox").fetchone() == (0,))
        targets = db.execute("SELECT COUNT(*),SUM(state=1) FROM target"
                             ).fetchone()
        db.close()
        check(targets[0] == targets[1], "all applied: %s" % (targets,))
        case = client.get("/cases/" + case["id"])
        check(len(case["decisions"]) >= len(made) and
              len(case["notes"]) >= notes, "nothing was lost")
        check(len(made) > 5, "it was tried: %d" % len(made))
        check(case["pending"] == 0, "nothing hangs")
        hub = sqlite3.connect(os.path.join(w.hub, "hub.db"))
        n = hub.execute("SELECT COUNT(*) FROM action").fetchone()[0]
        hub.close()
        check(n == targets[0], "each once: %d of %d" % (n, targets[0]))
        # The last word counts.
        last = [d for d in case["decisions"]
                if d["state"] in ("applied", "reversed")][-1]
        off = last["reverses"] is None and last["state"] == "applied"
        r = w.cs("alice", "send", "bob", "so?")
        check((r.status == 77) == off, "%s: %s" % (last, r))
        w.ok("countersign-desk", "audit", "verify", "--desk", w.desk)
        w.stop("desk")
        integrity(os.path.join(w.desk, "desk.db"))


def test_away_for_long():
    """A desk that is not there loses nothing, and takes each report once."""
    with DeskWorld() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        anna = w.person("anna")
        token = anna.post("/tokens", name="test", scopes=["read"])["token"]
        w.stop("desk")
        for i in range(5):
            reported(w, text="message %d" % i)
        w.stop("hub", signal.SIGKILL)
        w.start_hub()
        w.start_desk()
        client = Client(w.console, token=token)
        (case,) = w.until("all of them", lambda: [
            c for c in client.get("/cases?state=open")["items"]
            if c["reports"] == 5])
        check(case["items"] == 5, "each once: %s" % case)
        w.stop("desk", signal.SIGKILL)
        w.start_desk()
        time.sleep(1.5)
        client = Client(w.console, token=token)
        check(client.get("/cases/" + case["id"])["reports"] == 5, "once")


def test_destroyed_without_a_hub():
    """What is due goes in its time, also when the hub answers no more."""
    with DeskWorld() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        anna = w.person("anna")
        reported(w)
        settled(w, anna, decide(anna, open_case(w, anna), "none"))
        w.stop("desk")
        later = dict(w.later(9999), SHIFT_CLOCK_FROM=w.path("later"))
        db = sqlite3.connect(os.path.join(w.desk, "desk.db"))
        items = "SELECT COUNT(*) FROM item"
        w.start("desk", "countersign-desk", "run", w.desk, "--no-console",
                ready="connected", env=later)
        w.stop("hub")
        check(db.execute(items).fetchone() == (1,), "not yet")
        open(w.path("later"), "w", encoding="utf-8").close()
        w.until("its end", lambda: db.execute(items).fetchone() == (0,))
        db.close()


def test_no_clock_of_its_own():
    """The clock of a desk that has found no hub yet may be wrong, and what is
    destroyed by it is gone."""
    with DeskWorld() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        anna = w.person("anna")
        reported(w)
        settled(w, anna, decide(anna, open_case(w, anna), "none"))
        w.stop("desk")
        w.stop("hub")
        w.start("desk", "countersign-desk", "run", w.desk, "--no-console",
                ready="trying again\ncountersign-desk: no connection",
                env=w.later(9999))
        db = sqlite3.connect(os.path.join(w.desk, "desk.db"))
        check(db.execute("SELECT COUNT(*) FROM item").fetchone() == (1,),
              "it is still there")
        db.close()


def test_another_hub_for_a_while():
    """Somebody else answers in the hub's place: the people of the desk go on,
    and the desk does when the hub is back."""
    with DeskWorld() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        anna = w.person("anna")
        desk, heard = w.procs["desk"], [b""]
        w.stop("hub")
        w.ok("countersignd", "init", w.path("other"), "--name", "localhost",
             "--listen", "127.0.0.1:%d" % w.port)
        w.start("other", "countersignd", "run", w.path("other"),
                ready="listens")

        def refused():
            heard[0] += desk.stdout.read() or b""
            return desk.poll() is not None or b"not the hub" in heard[0]
        w.until("a hub that is none", refused)
        check(desk.poll() is None, "it goes on: %s" % desk.returncode)
        anna.get("/cases")
        w.stop("other")
        w.start_hub()
        reported(w)
        open_case(w, anna)


def alive(pid):
    """Has it not ended yet, whether or not somebody has taken note of it?"""
    with open("/proc/%d/stat" % pid) as f:
        return f.read().rpartition(")")[2].split()[0] not in "ZX"


def test_console_that_ends():
    """Who serves the console ends: the desk does not go on unseen."""
    with DeskWorld() as w:
        for name in ("console", "desk"):
            desk = w.procs["desk"]
            (pid,) = processes(desk.pid)[name]
            os.kill(pid, signal.SIGKILL)
            check(desk.wait(60) == 70, "it ended: %s" % desk.returncode)
            with open(w.path("desk.log"), encoding="utf-8") as f:
                check("The %s's process" % name in f.read(), "and says why")
            w.stop("desk")
            w.start_desk()
            with urllib.request.urlopen(w.console) as r:
                check(r.status == 200, "as before")


def test_each_process_killed():
    """Those that read the network are started anew, and the desk goes on; of
    the others none goes on alone.  Whoever is killed, and when: what was
    acknowledged is there, and nothing is done twice."""
    seed = int(os.environ.get("COUNTERSIGN_SEED", time.time_ns() % 10 ** 6))
    print("# COUNTERSIGN_SEED=%d" % seed)
    dice = random.Random(seed)
    with DeskWorld() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        anna = w.person("anna")
        token = anna.post("/tokens", name="test",
                          scopes=["read", "work"])["token"]
        reported(w)
        case, notes, reports = open_case(w, anna), 0, 1
        for i in range(ROUNDS):
            client = Client(w.console, token=token)
            if i % 10 == 5:
                reported(w, text="message %d" % i)
                reports += 1
            desk = w.procs["desk"]
            name, pid = dice.choice(
                [(name, pid) for name, pids in processes(desk.pid).items()
                 for pid in pids] + [("parent", desk.pid)] +
                [("", 0)])
            try:
                case = client.get("/cases/" + case["id"])
                r = client.call("POST", "/cases/%s/note" % case["id"], {
                    "version": case["version"], "text": "note %d" % i})
                check(r.status in (200, 409), str(r))
                notes += r.status == 200
            except OSError:
                pass  # it was cut off: then nothing was acknowledged
            time.sleep(dice.random() * 0.06)
            if pid:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass  # it had ended by itself
            if name in ("console", "desk", "parent"):
                check(desk.wait(60) in (70, -signal.SIGKILL),
                      "%s: %s" % (name, desk.returncode))
                w.stop("desk")
                w.start_desk()
            check(w.procs["desk"].poll() is None, "it goes on: " + name)
        client = Client(w.console, token=token)
        check(notes > ROUNDS // 3, "it was tried: %d" % notes)
        case = w.until("all reports", lambda: [
            c for c in client.get("/cases?state=open")["items"]
            if c["reports"] == reports])[0]
        case = client.get("/cases/" + case["id"])
        check(case["items"] == reports if isinstance(case["items"], int)
              else len(case["items"]) == reports, "each once")
        check(len(case["notes"]) >= notes, "nothing was lost")
        texts = [n["text"] for n in case["notes"]]
        check(len(set(texts)) == len(texts), "nothing twice: %s" % texts)
        w.ok("countersign-desk", "audit", "verify", "--desk", w.desk)
        w.stop("desk")
        integrity(os.path.join(w.desk, "desk.db"))


def test_stopped_hub_process():
    """One that reads the network hangs, and is ended: the desk goes on with the
    next, and sends what was decided meanwhile."""
    with DeskWorld() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        anna = w.person("anna")
        pids = processes(w.procs["desk"].pid)["link"]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        reported(w)
        time.sleep(2)
        check(anna.get("/cases?state=open")["items"] == [], "it hangs")
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        settled(w, anna, decide(anna, open_case(w, anna), "none"))
        check(not set(pids) & set(processes(w.procs["desk"].pid)["link"]),
              "others")


def test_sent_twice():
    """A member who does not know that a report has arrived sends it again:
    before the desk has it, and after.  It counts once."""
    with DeskWorld() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        anna = w.person("anna")
        token = anna.post("/tokens", name="test", scopes=["read"])["token"]
        w.stop("desk")
        w.csok("alice", "send", "bob", "she is 13")
        (got,) = [m for m in w.inbox("bob") if m["kind"] == "received"]
        # Not taken today, and kept by the member's device.
        with w.db() as db:
            db.execute("INSERT INTO spent(scope,budget,since,n) SELECT id,"
                       "'reports-day',?,200 FROM account WHERE"
                       " handle='bob'", (int(time.time() * 1000),))
        r = w.cs("bob", "report", got["id"], "--reason", "trafficking",
                 "--yes")
        check(r.status != 0, "too many: %s" % r)
        with w.db() as db:
            db.execute("DELETE FROM spent WHERE budget='reports-day'")
        as_it_was = w.path("as-it-was")
        shutil.copytree(w.home("bob"), as_it_was)

        def again():
            shutil.rmtree(w.home("bob"))
            shutil.copytree(as_it_was, w.home("bob"))
            (sent,) = w.csok("bob", "reports", "--json").lines()
            with w.db() as db:
                check(db.execute("SELECT hex(id) FROM report").fetchall() ==
                      [(sent["id"].upper(),)], "one at the hub: %s" % sent)

        again()
        again()
        w.start_desk()
        client = Client(w.console, token=token)
        (case,) = w.until("the case", lambda:
                          client.get("/cases?state=open")["items"])
        again()
        reported(w, text="and this")  # the desk wakes up
        case = w.until("the next report", lambda: [
            c for c in client.get("/cases?state=open")["items"]
            if c["items"] == 2])[0]
        check(case["reports"] == 2 and len(w.desk_reports(2)) == 2,
              "each counts once: %s" % case)


CROWD = 200
PART = 50  # messages a report


def crowd(w, to):
    """So many members, each of whom has written to somebody."""
    link = w.invite("--uses", CROWD)
    half = CROWD // 2
    procs = [subprocess.Popen(
        [os.path.join(TOOLS, "crowd"), w.dir, link, str(start), str(half), to],
        stdout=subprocess.PIPE)
             for start in (0, half)]
    for i, proc in enumerate(procs):
        w.procs["crowd%d" % i] = proc
    for i, proc in enumerate(procs):
        check(proc.wait(STUCK_S * 4) == 0, "they joined and wrote")
        del w.procs["crowd%d" % i]


def test_killed_among_hundreds():
    """One decision about hundreds of accounts: whenever the desk is killed,
    each is disabled, once; and one sees how far it is."""
    with DeskWorld() as w:
        w.join("bob")
        anna = w.person("anna")
        token = anna.post("/tokens", name="test",
                          scopes=["read", "decide"])["token"]
        crowd(w, "bob")
        w.csok("bob", "inbox")
        got = [m["id"] for m in w.csok("bob", "requests", "--json").lines()
               if m["kind"] == "received"]
        check(len(got) == CROWD, "all arrived: %d" % len(got))
        # Each report has one message of the one before: it is one case.
        for i in range(0, CROWD - 1, PART - 1):
            w.csok("bob", "report", *got[i:i + PART], "--reason", "fraud",
                   "--yes")
        case = w.until("all of them in a case", lambda: [
            c for c in anna.get("/cases?state=open")["items"]
            if len(c["accounts"]) == CROWD])[0]
        made = anna.post(
            "/cases/%s/decisions" % case["id"], version=case["version"],
            action="disable", reason="fraud", facts="They sold nothing.",
            accounts=[a["id"] for a in case["accounts"]])
        hub = sqlite3.connect(os.path.join(w.hub, "hub.db"))
        seen = []
        for part in (CROWD // 4, CROWD // 2, CROWD * 3 // 4):
            # Held for a moment, so that one sees it half way.
            until = time.monotonic() + STUCK_S
            while hub.execute("SELECT COUNT(*) FROM action"
                              ).fetchone()[0] < part:
                check(time.monotonic() < until, "the next of them")
            (held,) = processes(w.procs["hub"].pid)["database"]
            os.kill(held, signal.SIGSTOP)
            now = Client(w.console, token=token).get(
                "/decisions/" + made["id"])
            seen.append(now["targets"]["applied"])
            check(now["state"] == "queued" and
                  now["targets"]["total"] == CROWD and
                  now["targets"]["failed"] == 0, "half way: %s" % now)
            w.stop("desk", signal.SIGKILL)
            os.kill(held, signal.SIGCONT)
            w.start_desk()
        check(0 < seen[0] < seen[1] < seen[2] < CROWD, "seen: %s" % seen)
        client = Client(w.console, token=token)
        done = w.until("the last of them", lambda: [
            d for d in [client.get("/decisions/" + made["id"])]
            if d["state"] == "applied"])[0]
        check(done["targets"] == {"total": CROWD, "applied": CROWD,
                                  "failed": 0}, "all: %s" % done["targets"])
        check(hub.execute("SELECT COUNT(*),COUNT(DISTINCT account) FROM"
                          " action").fetchone() == (CROWD, CROWD), "each once")
        hub.close()
        for i in (0, CROWD // 2, CROWD - 1):
            r = w.run("countersign", "--home", w.path("m%04d" % i), "send",
                      "bob", "and now")
            check(r.status == 77, "disabled: %s" % r)


def test_both_told_to_end():
    """systemd tells each process of a service to end: they do in order, as the
    parent says."""
    with DeskWorld() as w:
        desk = w.procs["desk"]
        pids = [pid for some in processes(desk.pid).values() for pid in some]
        os.kill(desk.pid, signal.SIGSTOP)
        for pid in pids:
            os.kill(pid, signal.SIGTERM)
            os.kill(pid, signal.SIGINT)
        time.sleep(0.5)
        check(all(alive(pid) for pid in pids), "they wait for their parent")
        os.kill(desk.pid, signal.SIGTERM)
        os.kill(desk.pid, signal.SIGCONT)
        check(desk.wait(60) == 0, "it ended: %s" % desk.returncode)
        with open(w.path("desk.log"), encoding="utf-8") as f:
            check(f.read() == "", "without a word")


if __name__ == "__main__":
    main()
