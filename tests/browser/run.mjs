// SPDX-License-Identifier: MIT
// What the scenarios share: a real browser at a real desk, and TAP.
//
// A scenario is given one JSON file: {"console": address, "people": {name:
// {"secret", "step", "password"}}, and what else it needs}.  With SCREENSHOTS
// set to a folder, pictures of the pages are left there.
import { createHmac } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const require = createRequire(new URL("../../web/desk/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const ARGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
// How long something may take before it counts as stuck.
const STUCK_MS = 60_000;

export const config = JSON.parse(readFileSync(process.argv[2], "utf8"));
const shots = process.env.SCREENSHOTS;
let browser;
let count = 0;
let failed = 0;

export function ok(condition, name, why = "") {
  count++;
  if (!condition) failed++;
  console.log(`${condition ? "ok" : "not ok"} ${count} - ${name}`);
  if (!condition && why) for (const line of String(why).split("\n")) console.log(`# ${line}`);
}

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

/** What a page must never do, whatever the scenario. */
function watch(page) {
  const bad = [];
  page.on("pageerror", (e) => bad.push(`error: ${e.message}`));
  page.on("console", (m) => {
    if (/Content Security Policy/i.test(m.text())) bad.push(m.text());
  });
  page.on("request", (r) => {
    const url = new URL(r.url());
    if (!["blob:", "data:"].includes(url.protocol) && url.origin !== new URL(config.console).origin)
      bad.push(`asked somebody else: ${r.url()}`);
  });
  page.bad = bad;
  pages.push(page);
}
const pages = [];

export async function open(options = {}, hash = "") {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, locale: "en-GB", reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(STUCK_MS);
  const page = await context.newPage();
  watch(page);
  await page.goto(config.console + hash);
  return page;
}

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

export async function screenshot(page, name) {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}

/** What sticks out of the window sideways. */
export const overflow = (page) =>
  page.evaluate(() => {
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (wide <= 0) return "";
    const out = [...document.querySelectorAll("body *")].find((e) => {
      const r = e.getBoundingClientRect();
      return (r.right > innerWidth + 1 || r.left < -1) && !e.closest(".scroll, .unseen, .skip");
    });
    return `${wide} px: ${out?.outerHTML.slice(0, 160) ?? "?"}`;
  });

/** Any violation that axe finds is a failure. */
export async function axe(page, name) {
  await page.evaluate(axeSource);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  ok(found.violations.length === 0, `accessible: ${name}`,
    found.violations.map((v) => `${v.id}: ${v.help}\n${v.nodes.slice(0, 4).map((n) => `  ${n.html.slice(0, 160)}\n  ${n.failureSummary?.replace(/\s+/g, " ").slice(0, 240)}`).join("\n")}`).join("\n"));
  await screenshot(page, name);
}

export async function until(what, condition) {
  const end = Date.now() + STUCK_MS;
  for (;;) {
    const got = await condition();
    if (got) return got;
    if (Date.now() > end) throw new Error(`it does not come: ${what}`);
    await sleep(100);
  }
}

export async function scenario(f) {
  try {
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ARGS });
    await f();
    ok(pages.every((p) => p.bad.length === 0), "no error, nothing that the page's policy forbids, and nobody else is asked", pages.flatMap((p) => p.bad).join("\n"));
  } catch (e) {
    ok(false, "the scenario went through", e.stack);
    if (pages.length) await screenshot(pages[pages.length - 1], "failed").catch(() => {});
  } finally {
    await browser?.close();
  }
  console.log(`1..${count}`);
  process.exit(failed ? 1 : 0);
}
