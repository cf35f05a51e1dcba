// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { test } from "node:test";
import "./page";
import type { Runtime } from "../src/runtime/runtime";
import { setRuntime } from "../src/runtime/runtime";
import { all, refresh } from "../src/stores/conversations";

test("who looks finds what was there, also when somebody else looks meanwhile", async () => {
  const waiting: (() => void)[] = [];
  setRuntime({
    do: (method: string) =>
      new Promise((done) => waiting.push(() => done(method === "people" ? [] : [{ id: "a", name: "bob" }]))),
  } as unknown as Runtime);
  const first = refresh().then(() => all.value?.length);
  const second = refresh().then(() => all.value?.length);
  for (const answer of waiting) {
    answer();
    await new Promise((done) => setTimeout(done));
  }
  assert.deepEqual([await first, await second], [1, 1]);
});
