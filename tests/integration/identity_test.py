# SPDX-License-Identifier: MIT
"""Whose device it is: recovery words, chains of devices, revocation; and
reporting without a name."""
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time

from console import DeskWorld
from devices_test import group, notices, settle
from world import BIN, World, check, main, recovery_words


def recover(w, name, words, *args, link=None):
    """What ${name}, a new home, gets for these words."""
    link = link or "https://localhost:%d/r#%s" % (w.port, w.operator_key())
    return w.cs(name, "recover", link, "--name", "new phone", *args,
                stdin=words.encode() + b"\n")


def family(w):
    """Alma and Boris talk, and have a group with Cleo."""
    w.join("alma", "boris", "cleo")
    w.friends("alma", "boris", "cleo")
    w.csok("alma", "group", "new", "family", "boris", "cleo")
    w.csok("boris", "inbox")
    w.csok("cleo", "inbox")
    w.csok("alma", "block", "cleo")
    w.csok("alma", "send", "family", "from before")
    settle(w, "alma", "boris", "cleo")


def test_all_devices_lost():
    with World() as w:
        family(w)
        words = w.words["alma"]
        check(len(words.split()) == 12, "twelve words: %s" % words)
        before = w.csok("alma", "whoami", "--json").lines()[0]
        number = w.csok("boris", "safety-number", "alma").out
        shutil.rmtree(w.home("alma"))
        r = recover(w, "phone", words)
        check(r.status == 0 and "alma@localhost again" in r.out, str(r))
        check(words.split()[3] not in r.out + r.err, "the words stay secret")
        after = w.csok("phone", "whoami", "--json").lines()[0]
        check(after["account"] == before["account"] and
              after["device"] != before["device"], "the account is back")
        # Contacts, what was decided about them, and conversations by name.
        contacts = {c["name"]: c["state"] for c in
                    w.csok("phone", "contacts", "--json").lines()}
        check(contacts == {"boris": "known", "cleo": "blocked"},
              str(contacts))
        settle(w, "phone", "boris", "cleo")
        check(sorted(group(w, "phone", "family")["members"]) ==
              ["alma", "boris", "cleo"], "the group, by its name")
        w.csok("phone", "send", "family", "I am back")
        w.csok("phone", "send", "boris", "it is me")
        check(sorted(w.texts("boris")) == ["I am back", "it is me"], "heard")
        # The others see a new device, and not a new person.
        check("alma added a device." in notices(w, "boris"),
              str(notices(w, "boris")))
        check(w.csok("boris", "safety-number", "alma").out == number and
              w.csok("phone", "safety-number", "boris").out == number,
              "the same person")
        w.csok("boris", "send", "alma", "good")
        check(w.texts("phone") == ["good"], "and hears")
        # The lost device is listed, and ends.
        devices = w.csok("phone", "devices", "--json").lines()
        check(len(devices) == 2 and all(d["by_recovery_key"]
                                        for d in devices), str(devices))
        lost = [d for d in devices if not d["this"]][0]["id"]
        w.csok("phone", "device", "remove", lost, "--yes")
        check(len(w.csok("phone", "devices", "--json").lines()) == 1, "gone")


def test_wrong_words():
    with World() as w:
        w.join("alma")
        words = w.words["alma"].split()
        for bad, why in ((" ".join(words[:11]), "There have to be 12"),
                         (" ".join(words[:5] + ["zzzz"] + words[6:]),
                          "Word 6"),
                         (" ".join(reversed(words)), "words")):
            r = recover(w, "phone", bad)
            check(r.status not in (0, 1) or why == "words" and r.status == 1,
                  "refused: %s" % r)
            check(why in r.err, "%s: %s" % (why, r))
        # Words that are right, of nobody here.
        with World() as other:
            other.join("alma")
            r = recover(w, "phone", other.words["alma"])
            check(r.status == 1 and "no account with these words" in r.err,
                  str(r))
        check(recover(w, "phone", " ".join(words), link="x").status == 64,
              "no link")
        # An invite link does as well, and capitals, and four letters.
        r = recover(w, "phone", " ".join(x[:4].upper() for x in words),
                    link=w.invite())
        check(r.status == 0, str(r))


def test_words_are_shown_once():
    with World() as w:
        w.join("alma")
        r = w.cs("alma", "recovery", "show")
        check(r.status != 0 and "not on this device" in r.err, str(r))
        words = w.words["alma"].encode()
        r = w.csok("alma", "recovery", "check", stdin=words)
        check("Right" in r.out, str(r))
        r = w.cs("alma", "recovery", "check", stdin=" ".join(reversed(w.words["alma"].split())).encode())
        check(r.status == 1, str(r))
        # Kept on purpose, shown, and taken away.
        w.csok("alma", "recovery", "keep", stdin=words)
        check(w.words["alma"].split()[0] in
              w.csok("alma", "recovery", "show", "--keep").out, "kept")
        w.csok("alma", "recovery", "show")
        check(w.cs("alma", "recovery", "show").status != 0, "forgotten")
        said = w.csok("boris", "join", w.invite(), "--name", "boris",
                      "--keep-words").out
        check("They stay on this device" in said, said)
        w.csok("boris", "recovery", "show", "--keep")
        # Nobody could read them: they stay.
        with open("/dev/full", "wb") as full:
            r = subprocess.run(
                [os.path.join(BIN, "countersign"), "--home", w.home("cleo"),
                 "join", w.invite(), "--name", "cleo"],
                stdout=full, stderr=subprocess.PIPE)
        check(r.returncode != 0 and b"recovery show" in r.stderr,
              "nothing was shown: %s" % r)
        w.csok("cleo", "recovery", "show")


def years_later(w, years):
    """The hub starts anew then; an environment for members."""
    env = w.later(365 * years)
    w.stop("hub")
    w.ok("countersignctl", "--hub", w.hub, "renew", env=env)
    w.start_hub(env=env)
    return env


def certs(w):
    """What the hub has of each device: its credential."""
    db = w.db()
    found = dict(db.execute("SELECT hex(id),cert FROM device"))
    db.close()
    return found


def in_groups(w, cert):
    """In how many groups a leaf has this credential."""
    db = w.db()
    n = sum(cert in state for (state,) in
            db.execute("SELECT state FROM grp_state"))
    db.close()
    return n


def ends(w, name, env):
    return {d["name"]: d["ends_ms"] for d in
            w.csok(name, "devices", "--json", env=env).lines()}


def test_renewed_by_itself():
    """With the words on one device, all that are in use renew themselves;
    after six years they talk, and come into new groups."""
    with World() as w:
        link = w.invite("--uses", 2)
        w.csok("alma", "join", link, "--name", "alma", "--keep-words")
        w.csok("boris", "join", link, "--name", "boris", "--keep-words")
        w.friends("alma", "boris")
        # Shown once, and forgotten.
        words = recovery_words(w.csok("alma", "recovery", "show").out)
        w.link("alma", "laptop", "laptop")
        w.link("alma", "drawer", "drawer")
        w.csok("alma", "group", "new", "family", "boris")
        settle(w, "alma", "laptop", "drawer", "boris")
        old = certs(w)
        ids = {n: w.csok(n, "whoami", "--json").lines()[0]["device"].upper()
               for n in ("alma", "laptop", "drawer", "boris")}
        check(in_groups(w, old[ids["alma"]]) == 2, "in both groups")
        # Three years: nobody minds.
        env = years_later(w, 3)
        for name in ("laptop", "alma", "boris"):
            w.csok(name, "inbox", env=env)
        check(certs(w) == old, "nothing is renewed yet")
        # In the last year: Boris by his words; Alma's cannot, and say so.
        env = years_later(w, 4.3)
        for name in ("laptop", "alma", "boris"):
            w.csok(name, "inbox", env=env)
        now = certs(w)
        check({n for n in ids if now[ids[n]] != old[ids[n]]} == {"boris"},
              "Boris alone")
        for name in ("alma", "laptop"):
            for _ in range(2):
                told = [m["text"] for m in
                        w.csok(name, "inbox", "--all", "--json",
                               env=env).lines() if "certificate of this"
                        in m.get("text", "")]
                check(len(told) == 1 and "ends on 203" in told[0] and
                      "countersign recover" in told[0],
                      "%s is told once: %s" % (name, told))
        check("its certificate ends 203" in
              w.csok("alma", "devices", env=env).out, "and shown")
        # Wrong words; then the words, once.
        r = w.cs("alma", "recover", stdin=b"abandon " * 12, env=env)
        check(r.status == 1, str(r))
        check(certs(w) == now, "nothing happened")
        before = ends(w, "alma", env)
        w.csok("alma", "recover", stdin=words.encode(), env=env)
        now = certs(w)
        check({n for n in ids if now[ids[n]] != old[ids[n]]} ==
              {"boris", "alma", "laptop"},
              "the laptop follows, and what lies in a drawer does not")
        after = ends(w, "alma", env)
        year = 365 * 86400 * 1000
        check(all(after[n] > before[n] + 3 * year for n in ("", "laptop")) and
              after["drawer"] == before["drawer"], "%s %s" % (before, after))
        # The leaves follow with the next regular commits; meanwhile they
        # write as before.
        w.csok("alma", "send", "family", "with the old leaf", env=env)
        env = years_later(w, 4.33)
        for _ in range(3):
            for name in ("laptop", "alma", "boris"):
                w.csok(name, "inbox", env=env)
        for name in ("alma", "laptop", "boris"):
            check(in_groups(w, now[ids[name]]) == 2 and
                  in_groups(w, old[ids[name]]) == 0,
                  "%s: in both groups: %d %d" % (
                      name, in_groups(w, now[ids[name]]),
                      in_groups(w, old[ids[name]])))
        # All the old ones are over.
        env = years_later(w, 6)
        for name in ("alma", "laptop", "boris"):
            w.csok(name, "inbox", env=env)
        w.csok("alma", "group", "new", "late", "boris", env=env)
        for name in ("boris", "laptop", "alma"):
            w.csok(name, "inbox", env=env)
        w.csok("laptop", "send", "late", "still here", env=env)
        w.csok("boris", "inbox", env=env)
        said = w.csok("boris", "inbox", "--all", "--json", env=env).lines()
        check({"still here", "with the old leaf"} <=
              {m.get("text") for m in said}, str(said))
        # What lay in the drawer reads on, and is told.
        r = w.cs("drawer", "inbox", env=env)
        check(r.status == 0 and "ended on" in r.out, str(r))


def renew(w, name, words):
    """recovery renew with these words; the new ones."""
    r = w.csok(name, "recovery", "renew", stdin=words.encode())
    check("old words do nothing" in r.out, str(r))
    return recovery_words(r.out)


def known(w, name, words):
    """What a device says of these words."""
    return w.cs(name, "recovery", "check", stdin=words.encode())


def test_words_renewed():
    with World() as w:
        family(w)
        w.link("alma", "laptop", "laptop")
        settle(w, "alma", "laptop", "boris", "cleo")
        old = w.words["alma"]
        before = w.csok("alma", "whoami", "--json").lines()[0]
        number = w.csok("boris", "safety-number", "alma").out
        r = w.cs("alma", "recovery", "renew", stdin=w.words["boris"].encode())
        check(r.status == 1 and "another account" in r.err, str(r))
        w.csok("alma", "backup", "-o", w.path("old.backup"), "--words",
               stdin=old.encode())
        new = renew(w, "alma", old)
        check(len(new.split()) == 12 and new != old, "others: " + new)
        # The old ones do nothing: not here, nor there, nor at the hub.
        for name in ("alma", "laptop"):
            w.csok(name, "inbox")
            r = known(w, name, old)
            check(r.status == 1 and "others took their place" in r.err,
                  str(r))
            r = known(w, name, w.words["boris"])
            check(r.status == 1 and "another account" in r.err, str(r))
            check("Right" in known(w, name, new).out, "the new ones are")
        r = w.cs("alma", "recovery", "renew", stdin=old.encode())
        check(r.status == 1 and "others took their place" in r.err, str(r))
        r = w.cs("alma", "recovery", "keep", stdin=old.encode())
        check(r.status == 1, str(r))
        r = recover(w, "thief", old)
        check(r.status == 1 and "replaced by others" in r.err, str(r))
        check(w.cs("alma", "recovery", "show").status != 0, "shown once")
        # All devices stay, and let in others.
        w.link("laptop", "tablet", "tablet")
        settle(w, "alma", "laptop", "tablet", "boris", "cleo")
        w.csok("tablet", "send", "family", "all as it was")
        check("all as it was" in w.texts("boris"), "heard")
        check(len(w.csok("alma", "devices", "--json").lines()) == 3, "three")
        check(w.csok("boris", "safety-number", "alma").out == number,
              "the same person")
        # A backup that was made with the old words opens with them.
        r = w.csok("tablet", "restore", w.path("old.backup"),
                   stdin=old.encode())
        check("came back" in r.out, str(r))
        # Everything is lost: the new ones bring it back.
        for name in ("alma", "laptop", "tablet"):
            shutil.rmtree(w.home(name))
        r = recover(w, "phone", new, "--remove-others")
        check(r.status == 0 and "alma@localhost again" in r.out, str(r))
        after = w.csok("phone", "whoami", "--json").lines()[0]
        check(after["account"] == before["account"], "the account is back")
        contacts = {c["name"]: c["state"] for c in
                    w.csok("phone", "contacts", "--json").lines()}
        check(contacts == {"boris": "known", "cleo": "blocked"},
              str(contacts))
        settle(w, "phone", "boris", "cleo")
        check(sorted(group(w, "phone", "family")["members"]) ==
              ["alma", "boris", "cleo"], "the group, by its name")
        w.csok("phone", "send", "family", "I am back")
        check("I am back" in w.texts("boris"), "heard")
        check(w.csok("boris", "safety-number", "alma").out == number and
              w.csok("phone", "safety-number", "boris").out == number,
              "the same person")
        devices = w.csok("phone", "devices", "--json").lines()
        check(len(devices) == 1 and devices[0]["by_recovery_key"],
              str(devices))
        # Once more, with words that are kept here.
        w.csok("phone", "recovery", "keep", stdin=new.encode())
        w.link("phone", "watch", "watch")
        third = recovery_words(
            w.csok("phone", "recovery", "renew", stdin=b"").out)
        settle(w, "phone", "watch", "boris")
        for words in (old, new):
            check(recover(w, "thief", words).status == 1, "refused")
            check("others took" in known(w, "watch", words).err, "known")
        shutil.rmtree(w.home("phone"))
        shutil.rmtree(w.home("watch"))
        r = recover(w, "last", third)
        check(r.status == 0, str(r))
        settle(w, "last", "boris", "cleo")
        w.csok("last", "send", "family", "still me")
        check("still me" in w.texts("boris"), "heard")
        r = w.cs("last", "recovery", "renew", stdin=new.encode())
        check(r.status == 1, str(r))


def test_words_renewal_breaks_off():
    """Whoever renews dies before each of their writes and syncs; the next try
    ends with words that work, and the old ones do not."""
    with World() as w:
        step, died = 0, True
        while died:
            step += 1
            name = "m%d" % step
            w.join(name)
            old = w.words[name]
            r = w.cs(name, "recovery", "renew", stdin=old.encode(),
                     env=w.counted(step))
            died = r.status == -signal.SIGKILL
            check(died or r.status == 0, str(r))
            if died and not recovery_words(r.out):
                # It goes on, or had ended and nobody saw the words.
                r = w.cs(name, "recovery", "renew", stdin=old.encode())
                if r.status != 0:
                    r = w.cs(name, "recovery", "show", "--keep")
                check(r.status == 0, "step %d: %s" % (step, r))
            new = recovery_words(r.out)
            check("Right" in known(w, name, new).out, "step %d" % step)
            check(known(w, name, old).status == 1, "step %d" % step)
            check(recover(w, name + "b", old).status == 1, "step %d" % step)
            check(recover(w, name + "c", new).status == 0, "step %d" % step)
        check(step > 5, "there are that many steps: %d" % step)


def test_thief():
    """A device in other hands lets in another: all of that ends at once, and
    what it let in before stays."""
    with World() as w:
        w.join("alma", "boris")
        w.friends("alma", "boris")
        w.link("alma", "tablet", "tablet")
        w.link("tablet", "laptop", "laptop")
        settle(w, "alma", "tablet", "laptop", "boris")
        devices = {d["name"]: d for d in
                   w.csok("alma", "devices", "--json").lines()}
        check(devices["laptop"]["let_in_by"] == devices["tablet"]["id"],
              str(devices))
        # The thief has the tablet, and lets in a device of their own.
        w.link("tablet", "thief", "spare")
        settle(w, "thief", "alma", "boris")
        w.csok("thief", "send", "boris", "send me money")
        check("send me money" in w.texts("boris"), "for now")
        db = sqlite3.connect(w.hub + "/hub.db")
        db.execute("UPDATE device SET created=created-86400000*3 WHERE id<>?",
                   (bytes.fromhex(
                       w.csok("thief", "whoami", "--json")
                       .lines()[0]["device"]),))
        db.commit()
        db.close()
        yesterday = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86400))
        w.csok("alma", "device", "remove", devices["tablet"]["id"],
               "--since", yesterday, "--yes")
        names = sorted(d["name"] for d in
                       w.csok("alma", "devices", "--json").lines())
        check(names == ["", "laptop"], "the laptop stays: %s" % names)
        for name in ("tablet", "thief"):
            r = w.cs(name, "send", "boris", "more")
            check(r.status != 0 and "removed" in r.err, str(r))
        settle(w, "alma", "laptop", "boris")
        w.csok("laptop", "send", "boris", "that was not me")
        check(w.texts("boris") == ["that was not me"], "and writes")
        # A member knows it, too, whatever the hub says later.
        db = sqlite3.connect(w.home("boris") + "/client.db")
        (n,) = db.execute("SELECT COUNT(*) FROM revocation").fetchone()
        db.close()
        check(n == 1, "boris has the revocation")


def test_words_overrule():
    """A thief removes the owner's devices; the words bring them back."""
    with World() as w:
        w.join("alma", "boris")
        w.friends("alma", "boris")
        w.link("alma", "thief", "stolen")
        settle(w, "alma", "thief", "boris")
        own = w.csok("alma", "whoami", "--json").lines()[0]["device"]
        w.csok("thief", "device", "remove", own, "--yes")
        r = w.cs("alma", "send", "boris", "help")
        check(r.status != 0, "shut out: %s" % r)
        r = recover(w, "phone", w.words["alma"], "--remove-others")
        check(r.status == 0, str(r))
        check(len(w.csok("phone", "devices", "--json").lines()) == 1, "alone")
        r = w.cs("thief", "send", "boris", "hello")
        check(r.status != 0 and "removed" in r.err, str(r))
        settle(w, "phone", "boris")
        w.csok("phone", "send", "boris", "it is me again")
        check(w.texts("boris") == ["it is me again"], "back")


def test_longest_chain():
    with World() as w:
        w.join("alma")
        last = "alma"
        for i in range(7):
            w.link(last, "device%d" % i, "device %d" % i)
            last = "device%d" % i
        proc, code = w.link_begin(last)
        ninth = subprocess.Popen(
            [os.path.join(BIN, "countersign"), "--home", w.home("ninth"),
             "join-device", code], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        w.procs["ninth"] = ninth
        said = w.link_end(last, proc)
        check(said.status != 0 and "row of 8" in said.err, str(said))
        w.procs.pop("ninth").kill()
        ninth.wait()
        # An earlier device lets it in, and so do the words.
        w.link("alma", "short", "short")
        w.csok("short", "inbox")
        check(recover(w, "words", w.words["alma"]).status == 0, "by words")


def test_without_a_name():
    with DeskWorld() as w:
        w.join("alice", "bob")
        w.friends("alice", "bob")
        for text in ("one", "two", "three"):
            w.csok("alice", "send", "bob", text)
        ids = {m["text"]: m["id"] for m in w.inbox("bob")
               if m["kind"] == "received"}
        said = w.csok("bob", "report", ids["one"], "--reason", "harassment",
                      "--note", "every day", "--yes").out
        check("Not your name" in said and "hub sees" in said and
              "bob@" not in said, said)
        said = w.csok("bob", "report", ids["two"], "--reason", "harassment",
                      "--with-name", "--yes").out
        check("Your name, bob@localhost" in said, said)
        w.csok("bob", "report", ids["three"], "--reason", "harassment",
               "--yes")
        reports = w.desk_reports(3)
        check([r["reporter"] for r in reports] == ["", "bob", ""],
              str(reports))
        check(all(r["state"] == "open" for r in reports), str(reports))
        # The case counts two reporters: a pseudonym, twice, and Bob.
        anna = w.person("anna")
        case = w.until("the case", lambda: [
            c for c in anna.get("/cases")["items"] if c["reports"] == 3])[0]
        check(case["reporters"] == 2, str(case))
        # In the evidence there is nothing of him.
        first = reports[0]["id"]
        w.ok("countersign-desk", "evidence", w.desk, first, "-o",
             w.path("e.csev"))
        with open(w.path("e.csev"), "rb") as f:
            data = f.read()
        bob = w.csok("bob", "whoami", "--json").lines()[0]
        db = w.db()
        keys = db.execute("SELECT account.key,device.key FROM account"
                          " JOIN device ON device.account=account.id"
                          " WHERE handle='bob'").fetchone()
        for secret in (b"bob", bytes.fromhex(bob["account"]),
                       bytes.fromhex(bob["device"]), *keys):
            check(secret not in data, "nothing of the reporter")
        out = w.ok("countersign-verify", w.path("e.csev"), "--operator-key",
                   w.operator_key(), "--json").out
        got = json.loads(out)["bundles"][0]
        check(got["all_proved"] and got["reporter_named"] is False and
              "reporter" not in got, out)
        # A question reaches him, and so does his answer, a second look.
        full = anna.get("/cases/" + case["id"])
        case = anna.post("/cases/%s/question" % case["id"],
                         version=full["version"], report=first,
                         text="Do you know him?")
        status = w.until("the question", lambda: [
            s for s in w.csok("bob", "reports", "--json").lines()
            if s.get("question")])[0]
        w.csok("bob", "reply", status["id"][:16], "He is my uncle.")
        case = w.until("his answer", lambda: [
            c for c in [anna.get("/cases/" + case["id"])]
            if c["questions"][0]["answer"]])[0]
        check(case["questions"][0]["answer"] == "He is my uncle.", "heard")


if __name__ == "__main__":
    main()
