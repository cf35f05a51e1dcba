// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { test } from "node:test";
import "./page";
import type { Message } from "../src/runtime/methods";
import type { Runtime } from "../src/runtime/runtime";
import { setRuntime } from "../src/runtime/runtime";
import { Timeline } from "../src/stores/timeline";

/** A conversation of ${n} messages, of which the last ${unseen} are new. */
function conversation(n: number, unseen: number) {
  const all: Message[] = [];
  const add = (seen: boolean) => {
    const row = all.length + 1;
    const id = row.toString(16).padStart(64, "0");
    all.push({
      kind: "received",
      id,
      conversation: "a",
      direct: true,
      from: "bob",
      time_ms: row,
      number: row,
      row,
      seen,
      text: `${row}`,
    });
  };
  for (let i = 0; i < n; i++) add(i < n - unseen);
  const asked: string[] = [];
  const at = (id?: string) => all.findIndex((m) => m.id === id);
  const page = (take: { before?: string; after?: string; around?: string; most?: number }) => {
    const most = take.most ?? 50;
    if (take.after) return all.slice(at(take.after) + 1, at(take.after) + 1 + most);
    if (take.around) return all.slice(Math.max(0, at(take.around) - most / 2), at(take.around) + most / 2);
    const end = take.before ? at(take.before) : all.length;
    return all.slice(Math.max(0, end - most), end);
  };
  setRuntime({
    do: (method: string, take: object) => {
      asked.push(method);
      return Promise.resolve(method === "messages" ? page(take) : undefined);
    },
  } as unknown as Runtime);
  return { all, add, asked };
}

const rows = (t: Timeline) => (t.messages.value ?? []).map((m) => m.row);
const range = (a: number, b: number) => Array.from({ length: b - a + 1 }, (_, i) => a + i);

test("it opens at the end, and older ones come without a gap", async () => {
  conversation(200, 3);
  const t = new Timeline("a");
  await t.open();
  assert.deepEqual(rows(t), range(141, 200));
  assert.equal(t.newAfter.value, 197);
  await t.older();
  assert.deepEqual(rows(t), range(81, 200));
  await t.older();
  await t.older();
  await t.older();
  assert.deepEqual(rows(t), range(1, 200));
  assert.equal(t.more.value, false);
});

test("it opens around a message, and goes on to the end", async () => {
  const c = conversation(300, 0);
  const t = new Timeline("a");
  await t.open(c.all[99].id);
  assert.ok(rows(t).includes(100));
  while (!t.atEnd.value) await t.later();
  assert.equal(rows(t).at(-1), 300);
  assert.deepEqual(rows(t), range(rows(t)[0], 300));
});

test("what comes is added, and what changed is read anew", async () => {
  const c = conversation(10, 0);
  const t = new Timeline("a");
  await t.open();
  c.all[9] = { ...c.all[9], text: "changed", edited: true };
  c.add(false);
  await t.again();
  assert.deepEqual(rows(t), range(1, 11));
  assert.equal(t.messages.value?.[9].text, "changed");
});

test("only what was new is said to be seen", async () => {
  const c = conversation(5, 0);
  const t = new Timeline("a");
  await t.open();
  await t.seen();
  assert.ok(!c.asked.includes("seen"));
  c.add(false);
  await t.again();
  await t.seen();
  assert.ok(c.asked.includes("seen"));
});
