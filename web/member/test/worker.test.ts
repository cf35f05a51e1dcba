// SPDX-License-Identifier: MIT
// The page starts Workers for one file each, as the engine's Worker says, and
// passes on what they made, whatever it is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { page } from "./page";
import { InWorker } from "../src/runtime/worker";
import type { FromWorker, ToWorker } from "../src/worker/talk";

class Fake {
  onmessage: ((e: { data: unknown }) => void) | null = null;
  onerror: ((e: { message: string }) => void) | null = null;
  said: unknown[] = [];
  ended = false;
  postMessage(message: unknown) {
    this.said.push(message);
  }
  terminate() {
    this.ended = true;
  }
}

function begin() {
  page.dataset.engine = "/p/0a/worker.js";
  const hands: (Fake & { path: string; name: string })[] = [];
  globalThis.Worker = function (path: string, { name }: { name: string }) {
    hands.push(Object.assign(new Fake(), { path, name }));
    return hands[hands.length - 1];
  } as unknown as typeof Worker;
  const engine = new Fake();
  const runtime = new InWorker(engine as unknown as Worker);
  const says = (data: FromWorker) => engine.onmessage?.({ data });
  const todo = { module: {} as WebAssembly.Module, mode: "clean", file: Uint8Array.of(1, 2) };
  const made = () => engine.said.filter((m) => (m as ToWorker).say === "made");
  return { runtime, says, todo, hands, made };
}

test("a hand is started, heard and let go of", () => {
  const { says, todo, hands, made } = begin();
  says({ say: "hand", hand: 1, todo });
  says({ say: "hand", hand: 2, todo });
  assert.deepEqual(
    hands.map((h) => [h.path, h.name, h.said]),
    [1, 2].map(() => ["/p/0a/worker.js", "media", [todo]]),
  );
  hands[1].onmessage?.({ data: { answer: Uint8Array.of(7) } });
  hands[0].onerror?.({ message: "it broke" });
  assert.deepEqual(made(), [
    { say: "made", hand: 2, done: { answer: Uint8Array.of(7) } },
    { say: "made", hand: 1 },
  ]);
  says({ say: "let-go", hand: 2 });
  assert.deepEqual([hands[0].ended, hands[1].ended], [false, true]);
});

test("what a hand says that is no answer is none", () => {
  const { says, todo, hands, made } = begin();
  says({ say: "hand", hand: 1, todo });
  for (const data of [null, 7, {}, { answer: "text" }, { answer: { buffer: new ArrayBuffer(1) } }])
    hands[0].onmessage?.({ data });
  assert.equal(made().length, 5);
  for (const m of made()) assert.deepEqual(m, { say: "made", hand: 1, done: { answer: undefined } });
});

test("none is left when the engine is gone", () => {
  const { runtime, says, todo, hands } = begin();
  let why = "";
  runtime.onGone = (w) => (why = w);
  says({ say: "hand", hand: 1, todo });
  says({ say: "gone", why: "it ended", lack: "lacking" });
  assert.ok(hands[0].ended);
  assert.equal(why, "lacking");
});
