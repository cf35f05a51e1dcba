// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { test } from "node:test";
import { aCase, item, photo } from "./sample";
import {
  beginDraft,
  begun,
  decisionBody,
  filesOf,
  groupsOf,
  missing,
  reduceDraft,
  statesReasons,
} from "../src/decide_state";
import type { Draft, DraftAction } from "../src/decide_state";

const TWO = [
  { id: "a1", handle: "alice" },
  { id: "a2", handle: "bob" },
];
const after = (d: Draft, ...actions: DraftAction[]) => actions.reduce(reduceDraft, d);
const set = (fields: Partial<Draft>): DraftAction => ({ type: "set", fields });
const choose = (of: "accounts" | "files" | "items", id: string, on = true): DraftAction => ({
  type: "choose",
  of,
  id,
  on,
});

test("the one account of a case is chosen, of two none is", () => {
  assert.deepEqual(beginDraft(aCase()).accounts, ["a1"]);
  assert.deepEqual(beginDraft(aCase({ accounts: TWO })).accounts, []);
  assert.ok(!begun(beginDraft(aCase())));
});

test("accounts are chosen one by one and all at once", () => {
  const d = after(beginDraft(aCase({ accounts: TWO })), choose("accounts", "a2"), choose("accounts", "a1"));
  assert.deepEqual(d.accounts, ["a2", "a1"]);
  assert.deepEqual(after(d, choose("accounts", "a2", false)).accounts, ["a1"]);
  assert.deepEqual(after(d, { type: "choose-all", of: "accounts", ids: [] }).accounts, []);
});

test("an action on nothing lacks what it is about", () => {
  const c = aCase({ accounts: TWO, items: [item("i1", { media: [photo("m1")] })] });
  const begin = beginDraft(c);
  for (const action of ["warn", "disable", "disable-until"] as const)
    assert.equal(missing(after(begin, set({ action })), c), "decide.need-account");
  assert.equal(missing(after(begin, set({ action: "quarantine" })), c), "decide.need-file");
  assert.equal(missing(after(begin, set({ action: "dissolve" })), c), "decide.need-group");
  assert.equal(missing(after(begin, set({ action: "none" })), c), null);
  assert.equal(missing(after(begin, set({ action: "refer" })), c), null);
  assert.equal(missing(after(begin, set({ action: "quarantine" }), choose("files", "m1")), c), null);
});

test("what has left the case is neither missed nor sent", () => {
  const d = after(beginDraft(aCase()), set({ action: "warn" }), choose("accounts", "a9"));
  assert.deepEqual(decisionBody(d, aCase(), 1, "terms").accounts, ["a1"]);
  assert.equal(missing(d, aCase({ accounts: TWO.slice(1) })), "decide.need-account");
});

test("only what belongs to the action is sent", () => {
  const c = aCase({ items: [item("i1", { media: [photo("m1")] })] });
  const all = after(
    beginDraft(c),
    set({ days: "2", key: " k ", facts: "f", legal: "l" }),
    choose("files", "m1"),
    choose("items", "i1"),
  );
  const body = (action: Draft["action"]) => decisionBody(after(all, set({ action })), c, 4, "illegal");
  assert.deepEqual(body("disable-until"), {
    version: 4,
    action: "disable-until",
    reason: "spam",
    accounts: ["a1"],
    media: [],
    items: [],
    duration_s: 172_800,
    facts: "f",
    ground: "illegal",
    legal: "l",
    to_key: "",
  });
  assert.deepEqual(body("quarantine").media, ["m1"]);
  assert.deepEqual(body("quarantine").accounts, []);
  assert.deepEqual(body("dissolve").items, ["i1"]);
  assert.equal(body("refer").to_key, "k");
  assert.equal(body("disable").duration_s, 0);
});

test("a conversation stands for its first message, whatever comes later", () => {
  const c = aCase({ items: [item("i1"), item("i2", { group: "g2" }), item("i3")] });
  assert.deepEqual(
    groupsOf(c).map((i) => i.id),
    ["i1", "i2"],
  );
  assert.deepEqual(filesOf(aCase({ items: [item("i1", { media: [photo("m1")] })] })).length, 1);
});

test("after it is made, the next one begins with the same ground", () => {
  const d = after(
    beginDraft(aCase()),
    set({ action: "warn", facts: "f", legal: "l" }),
    { type: "checked", missing: null },
    { type: "made" },
  );
  assert.equal(d.action, "");
  assert.equal(d.facts, "");
  assert.equal(d.legal, "l");
});

test("reasons are stated to somebody, unless nothing happens to them", () => {
  const states = (action: Draft["action"]) => statesReasons(after(beginDraft(aCase()), set({ action })));
  assert.ok(states("warn") && states("disable"));
  assert.ok(!states("none") && !states("refer"));
});
