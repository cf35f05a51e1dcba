// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { page } from "./page";
import { bytes, currentLanguage, list, setLanguage, span, t, word } from "../src/lang";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

beforeEach(() => setLanguage("en"));

test("English has two forms", () => {
  assert.equal(span(MINUTE), "1 minute");
  assert.equal(span(5 * MINUTE), "5 minutes");
  assert.equal(span(60 * MINUTE), "1 hour");
  assert.equal(span(3 * DAY), "3 days");
  assert.equal(span(-3 * DAY), "3 days");
  assert.equal(span(1000), t("time.less-than-minute"));
  assert.equal(bytes(1), "1 byte");
  assert.equal(bytes(1000), "1,000 bytes");
});

test("Arabic has six", async () => {
  await setLanguage("ar");
  assert.equal(page.dir, "rtl");
  assert.equal(span(2 * DAY), "يومان");
  assert.equal(span(3 * DAY), "3 أيام");
  assert.equal(span(11 * DAY), "11 يوماً");
  assert.equal(span(100 * DAY), "100 يوم");
  assert.equal(t("decide.hold", { n: 1 }), "تُحفظ الأدلة يوماً واحداً.");
});

test("what counts need not be called n", () => {
  assert.match(t("proof.links-bad", { bad: 1, n: 6 }), /^1 of 6 checks does/);
  assert.match(t("proof.links-bad", { bad: 2, n: 6 }), /^2 of 6 checks do /);
  assert.match(t("policy.about", { version: 1, share: "5%", hours: 1 }), /within 1 hour are/);
});

test("Kurdish has words for every number", async () => {
  for (const code of ["kmr", "ckb"]) {
    await setLanguage(code);
    for (const n of [0, 1, 2, 7, 11, 100]) assert.ok(span(n * DAY + 2 * MINUTE).length > 1, `${code} ${n}`);
  }
});

test("lists are written as the language does", async () => {
  assert.equal(list([]), "");
  assert.equal(list(["one"]), "one");
  assert.equal(list(["one", "two", "three"]), "one, two and three");
  await setLanguage("ar");
  assert.match(list(["ا", "ب"]), /و/);
  await setLanguage("kmr");
  assert.ok(list(["yek", "du"]).startsWith("yek"));
});

test("a code without a word stays itself", () => {
  assert.equal(word("role", "senior"), t("role.senior"));
  assert.equal(word("role", "nobody-knows"), "nobody-knows");
});

test("a language that is none is English, one that cannot be had leaves the words", async () => {
  await setLanguage("xx");
  assert.equal(currentLanguage(), "en");
  const real = globalThis.fetch;
  globalThis.fetch = () => Promise.reject(new TypeError("offline"));
  await setLanguage("ar");
  globalThis.fetch = real;
  assert.equal(currentLanguage(), "en");
});
