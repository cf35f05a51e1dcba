// SPDX-License-Identifier: MIT
// What the scenarios of the console share: people who sign in at a real desk.
//
// A scenario is given {"console": address, "people": {name: {"secret", "step",
// "password"}}, and what else it needs}.
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { config, openAt } from "./browser.mjs";

export { axe, config, ok, overflow, scenario, screenshot, until } from "./browser.mjs";

// ---- one-time codes ---------------------------------------------------------

function base32(text) {
  let bits = "";
  for (const c of text.replace(/=+$/, "")) bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0");
  return Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
}

/** RFC 6238, with what all apps for one-time codes speak. */
export function totp(secret, step) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", base32(secret)).update(counter).digest();
  const n = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
  return String(n % 1_000_000).padStart(6, "0");
}

export const nowStep = () => Math.floor(Date.now() / 30_000);

/** A code that was not used yet: one works once. */
export async function freshCode(person) {
  const step = Math.max(nowStep(), (person.step ?? 0) + 1);
  while (step > nowStep() + 1) await sleep(250);
  person.step = step;
  return totp(person.secret, step);
}

// ---- pages ------------------------------------------------------------------

export const open = (options = {}, hash = "") => openAt(config.console + hash, options);

/** Fills the sign-in page. */
export async function enter(page, name, password = config.people[name].password) {
  await page.fill("input[autocomplete=username]", name);
  await page.fill("input[autocomplete=current-password]", password);
  await page.fill("input[autocomplete=one-time-code]", await freshCode(config.people[name]));
  await page.click("form button[type=submit]");
}

export async function signIn(name, options) {
  const page = await open(options);
  await enter(page, name);
  await page.waitForSelector("header.top");
  return page;
}

export async function goTo(page, hash) {
  await page.evaluate((h) => {
    location.hash = h;
  }, hash);
  await page.waitForFunction((h) => location.hash === h, hash);
  await settled(page);
}

/** Nothing loads any more. */
export async function settled(page) {
  await page.waitForFunction((loading) => {
    const main = document.querySelector("main");
    return main && main.querySelector("h1") && ![...main.querySelectorAll("p.quiet[role=status]")].some((p) => p.textContent === loading);
  }, await loadingWord(page));
}

const words = {};
async function loadingWord(page) {
  const lang = await page.evaluate(() => document.documentElement.lang);
  words[lang] ??= JSON.parse(readFileSync(new URL(`../../web/desk/src/lang/${lang}.json`, import.meta.url), "utf8"));
  return words[lang]["state.loading"];
}

/** The text of a key in the language of the page. */
export async function text(page, key) {
  await loadingWord(page);
  return words[await page.evaluate(() => document.documentElement.lang)][key];
}
