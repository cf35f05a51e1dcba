#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""run_scenarios.py [--client COMMAND]... FILE...: interoperability scenarios.

FILE is in the format of the MLS working group's interop/configs.  Each script
runs in every suite that all clients have, with handshakes public and private.
A client is a command that answers requests as bin/mls-interop does; actors go
to the clients in turn, and where these are different programs, in every turn.
"""
import argparse
import base64
import json
import os
import pathlib
import select
import shlex
import subprocess
import sys
import uuid

TIMEOUT_S = 120


class Failure(Exception):
    pass


def b64(data):
    return base64.b64encode(data).decode()


def text(s):
    """A name as the bytes that it is."""
    return b64(s.encode())


class Client:
    """A program that answers each line with a line."""

    def __init__(self, command):
        self.command = command
        self.process = subprocess.Popen(
            shlex.split(command), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE)
        self.buffer = b""
        self.name = self.call("Name")["name"]
        self.suites = set(self.call("SupportedCiphersuites")["ciphersuites"])

    def line(self):
        out = self.process.stdout.fileno()
        while b"\n" not in self.buffer:
            if not select.select([out], [], [], TIMEOUT_S)[0]:
                raise Failure(f"no answer of {self.command}")
            more = os.read(out, 1 << 20)
            if not more:
                raise Failure(f"{self.command} has ended")
            self.buffer += more
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line

    def call(self, rpc, **fields):
        request = {"rpc": rpc, **fields}
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        answer = json.loads(self.line())
        if "error" in answer:
            raise Failure(answer["error"])
        return answer

    def end(self):
        """Exit status, 0 if it ended as it should."""
        self.process.stdin.close()
        return self.process.wait(TIMEOUT_S)


def folded(value):
    """Names of parameters are told apart by their letters only."""
    if isinstance(value, dict):
        return {k if k.startswith("extension_") else
                k.lower().replace("_", ""): folded(v)
                for k, v in value.items()}
    if isinstance(value, list):
        return [folded(v) for v in value]
    return value


class Run:
    """One script in one suite."""

    def __init__(self, clients, turn, suite, encrypt):
        self.clients = clients
        self.turn = turn
        self.suite = suite
        self.encrypt = encrypt
        self.of = {}            # actor: client
        self.state = {}         # actor: id
        self.transaction = {}
        self.signer = {}
        self.said = []          # what each step left behind

    def call(self, actor, rpc, **fields):
        if actor not in self.of:
            n = (len(self.of) + self.turn) % len(self.clients)
            self.of[actor] = self.clients[n]
        try:
            return self.of[actor].call(rpc, **fields)
        except Failure as e:
            raise Failure(f"{rpc} by {actor}: {e}") from e

    def at(self, step, key):
        if key not in self.said[step]:
            raise Failure(f"step {step} has no {key}")
        return self.said[step][key]

    def agree(self, who, answer, authenticator):
        if answer["epoch_authenticator"] != authenticator:
            raise Failure(f"{who} has another epoch authenticator")

    # ---- parts of steps ---------------------------------------------------

    def key_package(self, actor):
        r = self.call(actor, "CreateKeyPackage", cipher_suite=self.suite,
                      identity=text(actor))
        self.transaction[actor] = r["transaction_id"]
        return r["key_package"]

    def join(self, actor, welcome, authenticator=None, tree=""):
        if actor not in self.transaction:
            raise Failure(f"no key package of {actor}")
        r = self.call(actor, "JoinGroup", welcome=welcome,
                      transaction_id=self.transaction[actor],
                      encrypt_handshake=self.encrypt, identity=text(actor),
                      ratchet_tree=tree)
        self.state[actor] = r["state_id"]
        if authenticator is not None:
            self.agree(actor, r, authenticator)

    def handle(self, actor, commit, proposals, authenticator=None):
        r = self.call(actor, "HandleCommit", state_id=self.state[actor],
                      commit=commit, proposal=proposals)
        self.state[actor] = r["state_id"]
        if authenticator is not None:
            self.agree(actor, r, authenticator)

    def handle_pending(self, actor):
        r = self.call(actor, "HandlePendingCommit",
                      state_id=self.state[actor])
        self.state[actor] = r["state_id"]
        return r["epoch_authenticator"]

    def other_suite(self):
        every = sorted(set.intersection(*(c.suites for c in self.clients)))
        if len(every) < 2:
            raise Failure("no other suite")
        self.suite = every[(every.index(self.suite) + 1) % len(every)]

    def group_id(self, change):
        old = base64.b64decode(self.at(0, "group_id"))
        return b64(old + b"++" if change else old)

    def description(self, d):
        kind = d["proposaltype"]
        out = {"proposal_type": text(kind)}
        if kind == "add":
            out["key_package"] = self.at(d.get("keypackage", 0), "key_package")
        elif kind == "remove":
            out["removed_id"] = text(d["removed"])
        elif kind == "externalPSK":
            out["psk_id"] = self.at(d.get("pskid", 0), "psk_id")
        elif kind == "resumptionPSK":
            out["epoch_id"] = d.get("epochid", 0)
        elif kind in ("groupContextExtensions", "reinit"):
            out["extensions"] = d.get("extensions") or []
        else:
            raise Failure(f"no such type of proposal: {kind}")
        if kind == "reinit":
            if d.get("changeciphersuite"):
                self.other_suite()
            out["cipher_suite"] = self.suite
            out["group_id"] = self.group_id(d.get("changegroupid"))
        return out

    def propose(self, p, rpc, **fields):
        actor = p["actor"]
        r = self.call(actor, rpc, state_id=self.state[actor], **fields)
        return {"proposal": r["proposal"]}

    def references(self, p):
        return [self.at(i, "proposal") for i in p.get("byreference") or []]

    # ---- steps; each returns what later ones refer to ----------------------

    def create_group(self, p):
        actor, members = p["actor"], p.get("members") or []
        group_id = text(str(uuid.uuid4()))
        r = self.call(actor, "CreateGroup", group_id=group_id,
                      cipher_suite=self.suite, identity=text(actor),
                      encrypt_handshake=self.encrypt)
        self.state[actor] = r["state_id"]
        if members:
            adds = [{"proposal_type": text("add"),
                     "key_package": self.key_package(m)} for m in members]
            r = self.call(actor, "Commit", state_id=self.state[actor],
                          by_value=adds)
            authenticator = self.handle_pending(actor)
            for m in members:
                self.join(m, r["welcome"], authenticator)
        return {"group_id": group_id}

    def create_key_package(self, p):
        return {"key_package": self.key_package(p["actor"])}

    def join_group(self, p):
        self.join(p["actor"], self.at(p.get("welcome", 0), "welcome"))

    def group_info(self, p):
        actor = p["actor"]
        return self.call(actor, "GroupInfo", state_id=self.state[actor],
                         external_tree=bool(p.get("externaltree")))

    def external_join(self, p):
        joiner = p["joiner"]
        info = self.group_info(p)
        psks = [{"psk_id": self.at(i, "psk_id"),
                 "psk_secret": self.at(i, "psk_secret")}
                for i in p.get("psks") or []]
        r = self.call(joiner, "ExternalJoin", group_info=info["group_info"],
                      ratchet_tree=info.get("ratchet_tree", ""),
                      encrypt_handshake=self.encrypt, identity=text(joiner),
                      remove_prior=bool(p.get("removeprior")), psks=psks)
        self.state[joiner] = r["state_id"]
        for m in (p.get("members") or []) + [p["actor"]]:
            self.handle(m, r["commit"], [], r["epoch_authenticator"])
        return {**info, "commit": r["commit"]}

    def install_external_psk(self, p):
        out = {"psk_id": b64(os.urandom(32)), "psk_secret": b64(os.urandom(32))}
        for actor in p.get("clients") or []:
            where = self.state.get(actor, self.transaction.get(actor, 0))
            self.call(actor, "StorePSK", state_or_transaction_id=where, **out)
        return out

    def add_proposal(self, p):
        kp = self.at(p.get("keypackage", 0), "key_package")
        return self.propose(p, "AddProposal", key_package=kp)

    def update_proposal(self, p):
        return self.propose(p, "UpdateProposal")

    def remove_proposal(self, p):
        return self.propose(p, "RemoveProposal", removed_id=text(p["removed"]))

    def external_psk_proposal(self, p):
        return self.propose(p, "ExternalPSKProposal",
                            psk_id=self.at(p.get("pskid", 0), "psk_id"))

    def resumption_psk_proposal(self, p):
        return self.propose(p, "ResumptionPSKProposal",
                            epoch_id=p.get("epochid", 0))

    def extensions_proposal(self, p):
        return self.propose(p, "GroupContextExtensionsProposal",
                            extensions=p.get("extensions") or [])

    def commit(self, p):
        actor = p["actor"]
        r = self.call(
            actor, "Commit", state_id=self.state[actor],
            by_reference=self.references(p),
            by_value=[self.description(d) for d in p.get("byvalue") or []],
            force_path=bool(p.get("forcepath")),
            external_tree=bool(p.get("externaltree")))
        return r

    def full_commit(self, p):
        r = self.commit(p)
        authenticator = self.handle_pending(p["actor"])
        for m in p.get("members") or []:
            self.handle(m, r["commit"], self.references(p), authenticator)
        for m in p.get("joiners") or []:
            self.join(m, r["welcome"], authenticator,
                      r.get("ratchet_tree", ""))
        return r

    def handle_commit(self, p):
        self.handle(p["actor"], self.at(p.get("commit", 0), "commit"),
                    self.references(p))

    def handle_pending_commit(self, p):
        self.handle_pending(p["actor"])

    def protect(self, p):
        actor = p["actor"]
        what = {"authenticated_data": text(p.get("authenticateddata", "")),
                "plaintext": text(p.get("plaintext", ""))}
        r = self.call(actor, "Protect", state_id=self.state[actor], **what)
        return {**what, "ciphertext": r["ciphertext"]}

    def unprotect(self, p):
        actor, step = p["actor"], p.get("ciphertext", 0)
        r = self.call(actor, "Unprotect", state_id=self.state[actor],
                      ciphertext=self.at(step, "ciphertext"))
        for key in ("authenticated_data", "plaintext"):
            if r.get(key, "") != self.at(step, key):
                raise Failure(f"{actor} reads another {key}")
        return r

    def reinit(self, p):
        committer, welcomer = p["committer"], p["welcomer"]
        every = [committer, welcomer] + (p.get("members") or [])
        if p.get("proposer"):
            every.append(p["proposer"])
        every = list(dict.fromkeys(every))
        new_id = self.group_id(p.get("changegroupid"))
        if p.get("changeciphersuite"):
            self.other_suite()
        if p.get("proposer"):
            proposal = self.propose(
                {"actor": p["proposer"]}, "ReInitProposal",
                cipher_suite=self.suite, group_id=new_id,
                extensions=p.get("extensions") or [])["proposal"]
        else:
            proposal = self.at(p.get("externalreinitproposal", 0), "proposal")
        commit = self.call(committer, "ReInitCommit",
                           state_id=self.state[committer],
                           by_reference=[proposal])["commit"]
        got = {committer: self.call(committer, "HandlePendingReInitCommit",
                                    state_id=self.state[committer])}
        for m in every:
            if m != committer:
                got[m] = self.call(m, "HandleReInitCommit",
                                   state_id=self.state[m], commit=commit,
                                   proposal=[proposal])
                self.agree(m, got[m], got[committer]["epoch_authenticator"])
        r = self.call(welcomer, "ReInitWelcome",
                      reinit_id=got[welcomer]["reinit_id"],
                      key_package=[got[m]["key_package"] for m in every
                                   if m != welcomer],
                      force_path=bool(p.get("forcepath")),
                      external_tree=bool(p.get("externaltree")))
        self.state[welcomer] = r["state_id"]
        for m in every:
            if m != welcomer:
                joined = self.call(m, "HandleReInitWelcome",
                                   reinit_id=got[m]["reinit_id"],
                                   welcome=r["welcome"],
                                   ratchet_tree=r.get("ratchet_tree", ""))
                self.agree(m, joined, r["epoch_authenticator"])
                self.state[m] = joined["state_id"]

    def branch(self, p):
        actor, members = p["actor"], p.get("members") or []
        kps = [self.key_package(m) for m in members]
        r = self.call(actor, "CreateBranch", state_id=self.state[actor],
                      group_id=text(str(uuid.uuid4())), key_packages=kps,
                      extensions=p.get("extensions") or [],
                      force_path=bool(p.get("forcepath")),
                      external_tree=bool(p.get("externaltree")))
        for m in members:
            joined = self.call(m, "HandleBranch", state_id=self.state[m],
                               transaction_id=self.transaction[m],
                               welcome=r["welcome"],
                               ratchet_tree=r.get("ratchet_tree", ""))
            self.agree(m, joined, r["epoch_authenticator"])
            self.call(m, "Free", state_id=self.state[m])
            self.state[m] = joined["state_id"]
        self.call(actor, "Free", state_id=self.state[actor])
        self.state[actor] = r["state_id"]

    def new_member_add(self, p):
        info = self.group_info({"actor": p["actor"]})
        r = self.call(p["joiner"], "NewMemberAddProposal",
                      group_info=info["group_info"], identity=text(p["joiner"]))
        self.transaction[p["joiner"]] = r["transaction_id"]
        return {"proposal": r["proposal"]}

    def add_external_signer(self, p):
        r = self.call(p["signer"], "CreateExternalSigner",
                      cipher_suite=self.suite, identity=text(p["signer"]))
        self.signer[p["signer"]] = r["signer_id"]
        return self.propose(p, "AddExternalSigner",
                            external_sender=r["external_sender"])

    def external_signer_proposal(self, p):
        actor = p["actor"]
        info = self.group_info({"actor": p["member"], "externaltree": True})
        r = self.call(actor, "ExternalSignerProposal",
                      signer_id=self.signer[actor],
                      group_info=info["group_info"],
                      ratchet_tree=info["ratchet_tree"],
                      description=self.description(p["description"]))
        return {"proposal": r["proposal"]}

    ACTIONS = {
        "createGroup": create_group,
        "createKeyPackage": create_key_package,
        "joinGroup": join_group,
        "externalJoin": external_join,
        "installExternalPSK": install_external_psk,
        "groupInfo": group_info,
        "addProposal": add_proposal,
        "updateProposal": update_proposal,
        "removeProposal": remove_proposal,
        "externalPSKProposal": external_psk_proposal,
        "resumptionPSKProposal": resumption_psk_proposal,
        "groupContextExtensionsProposal": extensions_proposal,
        "fullCommit": full_commit,
        "commit": commit,
        "handleCommit": handle_commit,
        "handlePendingCommit": handle_pending_commit,
        "protect": protect,
        "unprotect": unprotect,
        "reinit": reinit,
        "branch": branch,
        "newMemberAddProposal": new_member_add,
        "addExternalSigner": add_external_signer,
        "externalSignerProposal": external_signer_proposal,
    }

    def script(self, steps):
        for number, step in enumerate(steps):
            action = self.ACTIONS.get(step["action"])
            try:
                if action is None:
                    raise Failure("no such action")
                self.said.append(action(self, folded(step)) or {})
            except (Failure, KeyError, IndexError) as e:
                raise Failure(f"step {number}, {step['action']}: {e}") from e
        for actor, state in self.state.items():
            self.call(actor, "Free", state_id=state)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--client", action="append", required=True)
    parser.add_argument("--suite", type=int, action="append")
    parser.add_argument("--script", action="append")
    parser.add_argument("file", nargs="+")
    return parser.parse_args()


def main():
    args = arguments()
    clients = [Client(c) for c in args.client]
    suites = sorted(set.intersection(*(c.suites for c in clients)))
    turns = len(clients) if len(set(args.client)) > 1 else 1
    passed = failed = 0
    for path in args.file:
        scripts = json.loads(pathlib.Path(path).read_text())["scripts"]
        for name, steps in scripts.items():
            if args.script and name not in args.script:
                continue
            for suite in args.suite or suites:
                for encrypt in (False, True):
                    for turn in range(turns):
                        try:
                            Run(clients, turn, suite, encrypt).script(steps)
                            passed += 1
                        except Failure as e:
                            failed += 1
                            print(f"{pathlib.Path(path).stem}.{name}, "
                                  f"suite {suite}, "
                                  f"{'private' if encrypt else 'public'}"
                                  f", turn {turn}: {e}")
    for c in clients:
        if c.end() != 0:
            failed += 1
            print(f"{c.command} ended badly")
    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 and passed != 0 else 1


if __name__ == "__main__":
    sys.exit(main())
