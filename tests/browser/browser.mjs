// SPDX-License-Identifier: MIT
// What all scenarios share: a real browser, axe, pictures, and TAP.
//
// A scenario is given one JSON file.  With SCREENSHOTS set to a folder, pictures
// of the pages are left there.
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

// ---- pages ------------------------------------------------------------------

/** What a page must never do, whatever the scenario. */
function watch(page, origin) {
  const bad = [];
  page.on("pageerror", (e) => bad.push(`error: ${e.message}`));
  page.on("console", (m) => {
    if (/Content Security Policy/i.test(m.text())) bad.push(m.text());
  });
  page.on("request", (r) => {
    const url = new URL(r.url());
    if (!["blob:", "data:"].includes(url.protocol) && url.origin !== origin)
      bad.push(`asked somebody else: ${r.url()}`);
  });
  page.bad = bad;
  pages.push(page);
}
const pages = [];

/** A page of its own browser, at ${address}. */
export async function openAt(address, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, locale: "en-GB", reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(STUCK_MS);
  const page = await context.newPage();
  watch(page, new URL(address).origin);
  await page.goto(address);
  return page;
}

/** Another tab of the same browser. */
export async function tabOf(page, address) {
  const tab = await page.context().newPage();
  watch(tab, new URL(address).origin);
  await tab.goto(address);
  return tab;
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
    for (const [i, p] of pages.entries()) await screenshot(p, `failed-${i}`).catch(() => {});
    for (const p of pages) for (const bad of p.bad) console.log(`# ${bad}`);
  } finally {
    await browser?.close();
  }
  console.log(`1..${count}`);
  process.exit(failed ? 1 : 0);
}
