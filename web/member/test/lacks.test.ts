// SPDX-License-Identifier: MIT
// Who opens the page in a browser that cannot have it is told so, and why.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Has } from "../src/lacks";
import { lookForLack } from "../src/lacks";

const whole = (): Has => ({
  WebAssembly: { compileStreaming: () => undefined },
  navigator: { locks: {}, storage: { getDirectory: () => Promise.resolve({}) } },
});

test("a browser that has all lacks nothing", async () => {
  assert.equal(await lookForLack(whole()), null);
});

test("what is not there is told apart", async () => {
  const without = async (change: (has: Has) => void) => {
    const has = whole();
    change(has);
    return lookForLack(has);
  };
  // Lockdown Mode takes more away, but this is what it is known by.
  assert.equal(await without((h) => ((h.WebAssembly = undefined), (h.navigator.storage = undefined))), "code");
  assert.equal(await without((h) => (h.WebAssembly = {})), "lacking");
  assert.equal(await without((h) => (h.navigator.locks = undefined)), "lacking");
  assert.equal(await without((h) => (h.navigator.storage = undefined)), "lacking");
  assert.equal(await without((h) => (h.navigator.storage = {})), "lacking");
  const refused = { getDirectory: () => Promise.reject(new DOMException("no", "UnknownError")) };
  assert.equal(await without((h) => (h.navigator.storage = refused)), "private");
});
