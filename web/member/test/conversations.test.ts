// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { test } from "node:test";
import "./page";
import type { Listed, Methods } from "../src/runtime/methods";
import type { Runtime } from "../src/runtime/runtime";
import { setRuntime } from "../src/runtime/runtime";
import { all, refresh } from "../src/stores/conversations";

type Said = Methods["listing"]["give"];
const listed = (id: string, unread = 0) =>
  ({ id, name: id, direct: true, state: "active", unread, time_ms: 1 }) as Listed;

/** An engine that answers when it is told to: what it was asked. */
function slow(...answers: Said[]) {
  const waiting: (() => void)[] = [];
  const asked: (number | undefined)[] = [];
  setRuntime({
    do: (_: string, take: { since?: number }) => {
      asked.push(take.since);
      return new Promise((done) => waiting.push(() => done(answers[waiting.length - 1] ?? answers[0])));
    },
  } as unknown as Runtime);
  return {
    asked,
    answer: async (n = 0) => {
      waiting[n]();
      await new Promise((done) => setTimeout(done));
    },
  };
}
const ids = () => all.value?.map((l) => l.id).sort();

test("who looks finds what was there, also when somebody else looks meanwhile", async () => {
  const engine = slow({ now: 5, whole: true, gone: [], people: [], conversations: [listed("a")] });
  const first = refresh().then(() => all.value?.length);
  const second = refresh().then(() => all.value?.length);
  await engine.answer(0);
  await engine.answer(1);
  assert.deepEqual([await first, await second], [1, 1]);
});

test("only what changed is asked for, and the rest stays what it was", async () => {
  const engine = slow(
    { now: 7, whole: true, gone: [], people: [], conversations: [listed("a"), listed("b"), listed("c")] },
    { now: 9, whole: false, gone: ["a"], conversations: [listed("b", 2), listed("d")] },
    { now: 9, whole: false, gone: [], conversations: [] },
  );
  const steps = [];
  for (let n = 0; n < 3; n++) {
    const done = refresh();
    await engine.answer(n);
    await done;
    steps.push(all.value);
  }
  assert.deepEqual(engine.asked.slice(1), [7, 9]);
  assert.deepEqual(ids(), ["b", "c", "d"]);
  assert.equal(all.value?.find((l) => l.id === "b")?.unread, 2);
  const c = (list: Listed[] | null) => list?.find((l) => l.id === "c");
  assert.equal(c(steps[1]), c(steps[0]));
  assert.equal(steps[2], steps[1]);
});

test("an answer that comes late changes nothing", async () => {
  const engine = slow(
    { now: 20, whole: true, gone: [], people: [], conversations: [listed("old")] },
    { now: 21, whole: true, gone: [], people: [], conversations: [listed("new")] },
  );
  const both = Promise.all([refresh(), refresh()]);
  await engine.answer(1);
  await engine.answer(0);
  await both;
  assert.deepEqual(ids(), ["new"]);
});
