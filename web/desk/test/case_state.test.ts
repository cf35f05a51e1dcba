// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { test } from "node:test";
import { aCase, ANNA, decision, event, item } from "./sample";
import { ApiError } from "../src/api";
import { changes, heard, openCase, reduceCase, unread } from "../src/case_state";
import type { CaseAction, CaseState } from "../src/case_state";
import type { Case } from "../src/types";

const after = (s: CaseState, ...actions: CaseAction[]) => actions.reduce(reduceCase, s);
const ids = (c: Case) => c.items.map((i) => i.id);

test("a case that is opened is read, and nothing in it is a change", () => {
  const s = openCase(aCase({ version: 4, events: [event(10, "ben"), event(30, "desk"), event(20, "ben")] }));
  assert.equal(s.readTo, 4);
  assert.equal(s.seenTo, 30);
  assert.deepEqual(unread(s), []);
  assert.deepEqual(changes(s, ANNA), []);
});

test("a case that is opened again has unread what came since it was left", () => {
  const c = aCase({ version: 6, items: [item("i1"), item("i2", { since_version: 5 })] });
  assert.deepEqual(
    unread(openCase(c, 4)).map((i) => i.id),
    ["i2"],
  );
  assert.equal(openCase(c, 5).readTo, 6, "nothing came");
});

test("a message that comes later is unread until the reviewer says otherwise", () => {
  const came = aCase({ version: 3, items: [item("i1"), item("i2", { since_version: 3 })] });
  const s = after(openCase(aCase()), { type: "loaded", c: came });
  assert.deepEqual(
    unread(s).map((i) => i.id),
    ["i2"],
  );
  assert.equal(s.readTo, 1, "a decision is about what was read");
  assert.equal(after(s, { type: "read" }).readTo, 3);
  assert.deepEqual(unread(after(s, { type: "read" })), []);
});

test("a version without a new message counts as read", () => {
  const s = after(openCase(aCase()), { type: "loaded", c: aCase({ version: 5 }) });
  assert.equal(s.readTo, 5);
});

test("unread messages that leave the case leave nothing to read", () => {
  const came = aCase({ version: 3, items: [item("i1"), item("i2", { since_version: 3 })] });
  const s = after(openCase(aCase()), { type: "loaded", c: came }, { type: "loaded", c: aCase({ version: 4 }) });
  assert.equal(s.readTo, 4);
});

test("changes are what others did since, not what the desk or the reviewer did", () => {
  const events = [event(10, "desk"), event(20, "ben"), event(21, ""), event(22, "anna"), event(23, "R-1")];
  const s = after(openCase(aCase()), { type: "loaded", c: aCase({ version: 2, events }) });
  assert.deepEqual(
    changes(s, ANNA).map((e) => e.at_ms),
    [20],
  );
  assert.deepEqual(changes(after(s, { type: "seen" }), ANNA), []);
});

test("what the reviewer's own change brings has been seen", () => {
  const events = [event(10, "desk"), event(20, "ben"), event(30, "anna")];
  const s = after(openCase(aCase()), { type: "changed", c: aCase({ version: 3, events }) });
  assert.equal(s.seenTo, 30);
  assert.deepEqual(changes(s, ANNA), []);
});

test("an answer from before a change does not take the change back", () => {
  const s = after(
    openCase(aCase()),
    { type: "changed", c: aCase({ version: 3, held: true }) },
    { type: "loaded", c: aCase({ version: 2 }) },
  );
  assert.equal(s.c.version, 3);
  assert.ok(s.c.held);
});

test("further messages follow, each once, and stay when the case is loaded anew", () => {
  const first = aCase({ items: [item("i1"), item("i2")], items_total: 4 });
  const rest = aCase({ items: [item("i2"), item("i3"), item("i4")], items_total: 4 });
  const s = after(openCase(first), { type: "more", c: rest });
  assert.deepEqual(ids(s.c), ["i1", "i2", "i3", "i4"]);
  assert.deepEqual(ids(after(s, { type: "loaded", c: { ...first, version: 2 } }).c), ["i1", "i2", "i3", "i4"]);
  const split = aCase({ version: 2, items: [item("i1"), item("i2")], items_total: 3 });
  assert.deepEqual(ids(after(s, { type: "loaded", c: split }).c), ["i1", "i2"], "unless some have left it");
});

test("a decision is added once, and then changes in its place", () => {
  const s = after(
    openCase(aCase()),
    { type: "decision", d: decision("1") },
    { type: "decision", d: decision("2") },
    { type: "decision", d: decision("1", { state: "applied" }) },
  );
  assert.deepEqual(
    s.c.decisions.map((d) => [d.id, d.state]),
    [
      ["1", "applied"],
      ["2", "undo"],
    ],
  );
});

test("who was quicker is said until the reviewer looks", () => {
  const error = new ApiError(409, "conflict", "", "ben", 20);
  const s = after(openCase(aCase()), { type: "changed-by", by: "ben" }, { type: "conflict", error });
  assert.equal(s.changedBy, "ben");
  assert.equal(s.conflict, error);
  assert.equal(after(s, { type: "conflict", error: null }).changedBy, "ben");
  const looked = after(s, { type: "look" });
  assert.equal(looked.changedBy, "");
  assert.equal(looked.conflict, null);
});

test("a page follows the desk and its reviewer, and tells of others", () => {
  const s = openCase(aCase({ version: 5 }));
  const by = (name: string, version = 6, id = "7") => heard(s, { type: "case", id, version, by: name }, ANNA);
  assert.equal(by(""), "reload");
  assert.equal(by("command line"), "reload");
  assert.equal(by("anna"), "reload");
  assert.equal(by("R-1"), "reload");
  assert.equal(by("ben"), "tell");
  assert.equal(by("ben", 5), "nothing");
  assert.equal(by("ben", 6, "8"), "nothing");
  assert.equal(heard(s, { type: "queue" }, ANNA), "nothing");
});
