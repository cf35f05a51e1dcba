// SPDX-License-Identifier: MIT
// web.mjs {CONFIG}: what a member's page takes, in Chromium, as JSON.
//
// CONFIG.do says what: "fill", a home's files into the browser's; "measure", the
// page at CONFIG.link, with the chat CONFIG.chat, slowed CONFIG.rate times;
// "first", a first visit.
import { createRequire } from "node:module";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(new URL("../../web/member/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const config = JSON.parse(process.argv[2]);
const PHONE = { viewport: { width: 390, height: 844 }, locale: "en-GB" };
const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
const PATIENCE_MS = 600_000;

const context = await chromium.launchPersistentContext(config.profile, { executablePath: "/usr/bin/chromium", args: ARGS, ...PHONE });
context.setDefaultTimeout(PATIENCE_MS);
const page = context.pages()[0] ?? (await context.newPage());

/** Written by the code that the engine reads them with. */
async function fill() {
  const { origin } = new URL(config.link);
  const { outputFiles } = require("esbuild").buildSync({
    entryPoints: [fileURLToPath(new URL("web_fill.mjs", import.meta.url))],
    bundle: true,
    write: false,
    format: "iife",
  });
  const answer = (contentType, body) => (route) => route.fulfill({ contentType, body });
  await page.route(`${origin}/fill`, answer("text/html", "<!doctype html><input type=file multiple>"));
  await page.route(`${origin}/fill.js`, answer("text/javascript", outputFiles[0].text));
  await page.goto(`${origin}/fill`);
  const files = readdirSync(config.home).map((name) => join(config.home, name));
  await page.locator("input").setInputFiles(files);
  await page.evaluate(
    () =>
      new Promise((done, fail) => {
        const worker = new Worker("/fill.js");
        worker.onmessage = done;
        worker.onerror = (e) => fail(new Error(e.message));
        worker.postMessage([...document.querySelector("input").files]);
      }),
  );
  await page.goto(config.link);
  await page.locator("a.row").first().waitFor();
  // The loader fetches what nobody waited for.
  await page.waitForTimeout(3000);
  return {};
}

/** The page alone: no browser slows a Worker. */
async function slow(rate) {
  const cdp = await context.newCDPSession(page);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate });
}

/** How long the engine takes for what it is asked, in its Worker. */
const WATCH = () => {
  window.calls = [];
  const post = Worker.prototype.postMessage;
  const asked = new Map();
  Worker.prototype.postMessage = function (message, transfer) {
    if (asked.size === 0)
      this.addEventListener("message", ({ data }) => {
        const of = asked.get(data.id);
        if (of) window.calls.push({ method: of.method, ms: performance.now() - of.at });
      });
    asked.set(message.id, { method: message.method, at: performance.now() });
    return post.call(this, message, transfer);
  };
};

const said = (of) => readFileSync(of, "utf8");
/** Of the largest of the browser's processes that draw pages: its own memory, and
 * its part of what is shared. */
function drawerMb() {
  const all = readdirSync("/proc")
    .filter((n) => /^\d+$/.test(n))
    .flatMap((pid) => {
      try {
        const args = said(`/proc/${pid}/cmdline`).split(/[\0 ]/);
        const parent = /^PPid:\t(\d+)/m.exec(said(`/proc/${pid}/status`))[1];
        return [{ pid, args, parent }];
      } catch {
        return [];
      }
    });
  const browser = all.find((p) => p.args.includes(`--user-data-dir=${config.profile}`) && !p.args.some((a) => a.startsWith("--type=")));
  const below = (p) => p && (p.parent === browser.pid || below(all.find((q) => q.pid === p.parent)));
  const mine = all.filter((p) => p.args.includes("--type=renderer") && below(p));
  return Math.max(...mine.map((p) => Number(/^Pss: +(\d+)/m.exec(said(`/proc/${p.pid}/smaps_rollup`))[1]) / 1024));
}

// Times are taken in the page, and end when what they wait for is painted.
const IN_PAGE = () => {
  window.painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  window.until = async (what) => {
    while (!what()) await new Promise((done) => requestAnimationFrame(done));
    await window.painted();
  };
  /** Gaps between frames, until ${f} is over. */
  window.frames = async (f) => {
    const gaps = [];
    let over = false;
    let last = performance.now();
    const count = (now) => {
      gaps.push(now - last);
      last = now;
      if (!over) requestAnimationFrame(count);
    };
    requestAnimationFrame(count);
    await f();
    over = true;
    const lost = gaps.reduce((sum, gap) => sum + Math.max(0, Math.round(gap / (1000 / 60)) - 1), 0);
    return { lost, of: lost + gaps.length };
  };
};
const median = (all) => all.sort((a, b) => a - b)[Math.floor(all.length / 2)];

async function type(n) {
  await page.evaluate(() => {
    const area = document.querySelector(".composer textarea");
    window.keys = [];
    area.addEventListener("keydown", (e) => void window.painted().then(() => window.keys.push(performance.now() - e.timeStamp)));
    area.focus();
  });
  const counting = page.evaluate(() => window.frames(() => new Promise((done) => (window.typed = done))));
  for (let i = 0; i < n; i++) {
    await page.keyboard.press("abcde "[i % 6]);
    await page.waitForTimeout(80);
  }
  await page.evaluate(() => window.typed());
  const keys = (await page.evaluate(() => window.keys)).sort((a, b) => a - b);
  return { key_ms: median(keys), key_p95_ms: keys[Math.floor(keys.length * 0.95)], frames: await counting };
}

/** Towards older ones, which are fetched meanwhile. */
const scroll = (n) =>
  page.evaluate(
    (n) =>
      window.frames(async () => {
        const box = document.querySelector(".talk-box");
        for (let i = 0; i < n; i++) {
          box.scrollTop -= 30;
          await new Promise((done) => requestAnimationFrame(done));
        }
      }),
    n,
  );

/** With PROFILE=FOLDER: where the page's time went during ${f}, for Chromium's
 * developer tools. */
async function profiled(name, f) {
  if (!process.env.PROFILE) return f();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Profiler.enable");
  await cdp.send("Profiler.start");
  const out = await f();
  const { profile } = await cdp.send("Profiler.stop");
  writeFileSync(join(process.env.PROFILE, `${name}-${config.rate}-${process.pid}.cpuprofile`), JSON.stringify(profile));
  await cdp.detach();
  return out;
}

async function measure() {
  await slow(config.rate);
  await page.addInitScript(WATCH);
  const begin = performance.now();
  await profiled("start", async () => {
    await page.goto(config.link);
    await page.locator("a.row").first().waitFor();
  });
  const out = { list_ms: performance.now() - begin };
  await page.evaluate(IN_PAGE);
  // What follows the start, a connection and what waited, is over.
  await page.waitForTimeout(4000);
  out.rows = await page.locator("a.row").count();
  const open = async (name) => {
    const row = [...document.querySelectorAll("a.row")].find((e) => e.querySelector(".row-name").textContent === name);
    const begin = performance.now();
    row.click();
    await window.until(() => document.querySelector(".msg"));
    return performance.now() - begin;
  };
  out.chat_ms = await profiled("chat", () => page.evaluate(open, config.chat));
  await page.waitForTimeout(1000);
  out.typing = await type(60);
  out.older_ms = await page.evaluate(async () => {
    const n = document.querySelectorAll(".msg").length;
    const begin = performance.now();
    document.querySelector(".talk-box").scrollTop = 0;
    await window.until(() => document.querySelectorAll(".msg").length > n);
    return performance.now() - begin;
  });
  out.scrolling = await profiled("scroll", () => scroll(240));
  out.memory_mb = drawerMb();
  out.calls = {};
  for (const { method, ms } of await page.evaluate(() => window.calls)) (out.calls[method] ??= []).push(ms);
  return out;
}

async function first() {
  const begin = performance.now();
  const since = () => (performance.now() - begin) / 1000;
  await page.goto(config.link, { waitUntil: "commit", timeout: PATIENCE_MS });
  const out = { page_s: since() };
  await page.locator("main").first().waitFor();
  out.word_s = since();
  await page.getByRole("heading", { name: "Join" }).waitFor();
  out.join_s = since();
  await page.getByLabel("What may we call you?").fill("ann");
  await page.getByRole("button", { name: "Go on" }).click();
  await page.locator(".words li").nth(11).waitFor();
  out.joined_s = since();
  return out;
}

console.log(JSON.stringify(await { fill, measure, first }[config.do]()));
await context.close();
