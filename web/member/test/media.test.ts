// SPDX-License-Identifier: MIT
// What takes a photo apart is fetched when there is one: a line that hangs then
// costs that photo, and neither the texts behind it nor the next photo.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Media, NOT_THERE } from "../src/worker/media";
import type { Done, Hand } from "../src/worker/media";

// A module that has nothing.
const EMPTY = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));

function hand(): Hand {
  const made: Hand = {
    onmessage: null,
    onerror: null,
    postMessage: () => made.onmessage?.({ data: { answer: Uint8Array.of(7) } } as MessageEvent<Done>),
    terminate: () => undefined,
  };
  return made;
}

test("a module that does not come is asked for again", async () => {
  let asked = 0;
  const load = () => (++asked === 1 ? new Promise<WebAssembly.Module>(() => undefined) : Promise.resolve(EMPTY));
  const media = new Media(load, hand, 20);
  assert.equal(await media.work("clean", new Uint8Array(1), 1000), NOT_THERE);
  assert.deepEqual(await media.work("clean", new Uint8Array(1), 1000), Uint8Array.of(7));
  await media.work("clean", new Uint8Array(1), 1000);
  assert.equal(asked, 2);
});
