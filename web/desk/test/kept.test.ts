// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { test } from "node:test";
import { answers } from "./page";
import { forget, keep, keptAt } from "../src/kept";
import { loadSession } from "../src/store";

test("what is kept is forgotten by what its name begins with", () => {
  keep("case 1 draft", "a");
  keep("case 1 dialog text", "b");
  keep("case 12 dialog text", "c");
  forget("case 1 dialog");
  assert.equal(keptAt("case 1 draft"), "a");
  assert.equal(keptAt("case 1 dialog text"), undefined);
  assert.equal(keptAt("case 12 dialog text"), "c");
});

test("a lock leaves it, the end of the session does not", async () => {
  keep("case 1 draft", "a");
  answers.set("GET /session", { status: 401, body: { error: { code: "locked" } } });
  await loadSession();
  assert.equal(keptAt("case 1 draft"), "a");
  answers.set("GET /session", { status: 401, body: { error: { code: "signed-out" } } });
  await loadSession();
  assert.equal(keptAt("case 1 draft"), undefined);
});
