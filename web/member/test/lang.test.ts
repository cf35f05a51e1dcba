// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { page } from "./page";
import { bytes, list, setLanguage, shortly, span, t, TONGUES, wanted } from "../src/lang";
import type { Language } from "../src/lang";

const DAY = 86_400;

beforeEach(() => setLanguage("en"));

test("English has two forms", () => {
  assert.equal(span(DAY), "1 day");
  assert.equal(span(7 * DAY), "7 days");
  assert.equal(span(3600), "1 hour");
  assert.equal(span(90), "2 minutes");
  assert.equal(t("list.requests", { n: 1 }), "1 request");
  assert.equal(t("list.requests", { n: 1200 }), "1,200 requests");
  assert.equal(bytes(999), "999 B");
  assert.equal(bytes(3_400_000), "3.4 MB");
});

test("Arabic has six, and is written from the right", async () => {
  await setLanguage("ar");
  assert.equal(page.dir, "rtl");
  assert.equal(span(2 * DAY), "يومين");
  assert.equal(span(3 * DAY), "3 أيام");
  assert.equal(span(11 * DAY), "11 يوماً");
});

test("Ukrainian has four", async () => {
  await setLanguage("uk");
  assert.equal(span(DAY), "1 день");
  assert.equal(span(3 * DAY), "3 дні");
  assert.equal(span(5 * DAY), "5 днів");
  assert.equal(span(21 * DAY), "21 день");
});

test("every language counts everything", async () => {
  for (const code of Object.keys(TONGUES) as Language[]) {
    await setLanguage(code);
    assert.equal(page.lang, code);
    for (const n of [0, 1, 2, 5, 11, 21, 100, 1_000_000]) {
      assert.ok(!t("list.requests", { n }).includes("{"), `${code} ${n}`);
      assert.ok(span((n + 1) * DAY).length > 1, `${code} ${n}`);
    }
    assert.ok(list(["a", "b", "c"]).startsWith("a"), code);
    assert.ok(shortly(Date.now()).length >= 4, code);
  }
});

test("the browser's first language that there is", () => {
  const ask = (...languages: string[]) => {
    Object.defineProperty(globalThis, "navigator", { value: { languages }, configurable: true });
    return wanted();
  };
  assert.equal(ask("de-DE", "fr-CA", "en"), "fr");
  assert.equal(ask("ku"), "kmr");
  assert.equal(ask("ku-Arab-IQ"), "ckb");
  assert.equal(ask("ckb"), "ckb");
  assert.equal(ask("xx"), "en");
});
