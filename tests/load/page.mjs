// SPDX-License-Identifier: MIT
// page.mjs LINK: opens the page in Chromium, slowed by RATE, and prints as JSON
// how long things take, in milliseconds.
import { createRequire } from "node:module";

const require = createRequire(new URL("../../web/member/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const rate = Number(process.env.RATE ?? 1);

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "en-GB" });
context.setDefaultTimeout(120_000);
const page = await context.newPage();
let bytes = 0;
const cdp = await context.newCDPSession(page);
await cdp.send("Network.enable");
cdp.on("Network.loadingFinished", (e) => (bytes += e.encodedDataLength));
await cdp.send("Emulation.setCPUThrottlingRate", { rate });

const timed = async (what) => {
  const begin = performance.now();
  await what();
  return Math.round(performance.now() - begin);
};
const out = { rate };
out.list_ms = await timed(async () => {
  await page.goto(process.argv[2]);
  await page.locator("a.row").first().waitFor();
});
out.loaded_kb = Math.round(bytes / 1000);
out.chat_ms = await timed(async () => {
  await page.locator("a.row").first().click();
  await page.locator(".msg").last().waitFor();
});
out.older_ms = await timed(async () => {
  const n = await page.locator(".msg").count();
  await page.locator(".talk-box").evaluate((e) => (e.scrollTop = 0));
  await page.waitForFunction((k) => document.querySelectorAll(".msg").length > k, n);
});
// Frames while a finger types and the timeline moves.
out.frames = await page.evaluate(async () => {
  const area = document.querySelector(".composer textarea");
  const box = document.querySelector(".talk-box");
  const gaps = [];
  let last = performance.now();
  for (let i = 0; i < 120; i++) {
    await new Promise((done) => requestAnimationFrame(done));
    const now = performance.now();
    gaps.push(now - last);
    last = now;
    box.scrollTop = box.scrollHeight - 900 - i * 6;
    if (i % 6 === 0 && area) {
      area.value += "x";
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
  gaps.sort((a, b) => a - b);
  return { median_ms: Math.round(gaps[60] * 10) / 10, p95_ms: Math.round(gaps[114] * 10) / 10 };
});
out.memory_mb = Math.round((await page.evaluate(() => performance.memory.usedJSHeapSize)) / 1e6);
console.log(JSON.stringify(out));
await browser.close();
