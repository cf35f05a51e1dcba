// SPDX-License-Identifier: MIT
// A member in Firefox, from the link to being killed in the middle of a
// sentence; on the other side a program.
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "./driven.mjs";
import { again, chat, config, FIRST, heard, join, ok, own, photos, program, scenario, second, threat, WELCOME, write } from "./driven_story.mjs";
import { Firefox } from "./firefox.mjs";

const ENTER = "\uE007";
// After the key that sends: while it is written down, and while it is said.
const CUT_MS = [2, 40];

const all = [];
async function start() {
  const firefox = await Firefox.start(config.profile, config.page);
  all.push(firefox);
  return firefox;
}

/** The browser ends while ${text} is sent; then it goes on. */
async function cut(firefox, page, text, ms) {
  await page.type("Your message", text);
  void page.press(ENTER).catch(() => undefined);
  await sleep(ms);
  await firefox.kill();
  const next = await start();
  const there = await next.page(config.page);
  await there.see("heading", "Chats");
  await chat(there);
  await there.see("text", FIRST);
  const after = `on after ${text}`;
  await there.type("Your message", after);
  await there.press(ENTER);
  await until("it goes on", () => heard().some((m) => m.text === after));
  const times = [(await own(there)).filter((t) => t.split("\n").includes(text)).length, heard().filter((m) => m.text === text).length];
  ok(times[0] === times[1] && times[0] <= 1, `killed ${ms} ms after the key: ${times[0]} here, ${times[1]} there`, times.join());
  const first = heard().filter((m) => m.text === FIRST).length;
  ok(first === 1, "what was there is there once", String(first));
  return [next, there];
}

/** Nobody answers but this browser. */
async function offline(firefox, page) {
  await firefox.do("emulation.setNetworkConditions", { networkConditions: { type: "offline" }, contexts: [page.context] });
  await page.reload();
  await page.see("heading", "Chats");
  await chat(page);
  await page.see("text", WELCOME);
  await page.see("text", "No line");
  ok(true, "it starts without a line, and says so");
}

await scenario("firefox", all, async () => {
  let firefox = await start();
  let page = await join(firefox);
  await write(page);
  await photos(page);
  await threat(page);
  await program(page);
  await again(page);
  page = await second(firefox, page);
  await chat(page);
  for (const ms of CUT_MS) [firefox, page] = await cut(firefox, page, `cut after ${ms}`, ms);
  const bad = all.flatMap((f) => f.bad);
  await offline(firefox, page);
  ok(bad.length === 0, "no error, nothing that the page's policy forbids, and nobody else is asked", bad.join("\n# "));
});
