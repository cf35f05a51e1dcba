// SPDX-License-Identifier: MIT
// A member in WebKitGTK, from the link to a report, to being closed and to a
// hub that does not answer; on the other side programs.
import { setTimeout as sleep } from "node:timers/promises";
import { again, chat, config, join, ok, photos, program, scenario, second, threat, WELCOME, write } from "./driven_story.mjs";
import { WebKit } from "./webkit.mjs";

// What is written goes to IndexedDB a moment later (tests/wasm/files_instead.js).
const QUIET_MS = 2000;
const FEATURES = ["StorageAPI", "FileSystem", "AccessHandle"];

const all = [];
async function start() {
  const webkit = await WebKit.start(config.profile, config.page, { features: FEATURES });
  all.push(webkit);
  return webkit;
}

/** Closed, it begins with what was there. */
async function closed(webkit) {
  await sleep(QUIET_MS);
  await webkit.kill();
  const page = await (await start()).page(config.page);
  await page.see("heading", "Chats");
  await chat(page);
  await page.see("text", WELCOME);
  ok(true, "started again, what was said is there");
  return page;
}

/** Nobody answers but this browser. */
async function offline(page) {
  await sleep(QUIET_MS);
  process.kill(config.hub_pid);
  await page.see("text", "No line");
  await page.reload();
  await page.see("css", ".composer textarea");
  await page.see("text", WELCOME);
  await page.see("text", "No line");
  ok(true, "it starts without a line, and says so");
}

await scenario("webkit", all, async () => {
  const webkit = await start();
  let page = await join(webkit);
  await write(page);
  await photos(page);
  await threat(page);
  await program(page);
  await again(page);
  page = await second(webkit, page);
  page = await closed(webkit);
  const bad = all.flatMap((w) => w.bad);
  await offline(page);
  const own = !all.some((w) => w.said.some((l) => l.includes("files instead")));
  ok(true, own ? "with files of its own" : "with files in the place of those that it lacks");
  ok(bad.length === 0, "no error, nothing that the page's policy forbids, and nobody else is asked", bad.join("\n# "));
});
