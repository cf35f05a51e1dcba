// SPDX-License-Identifier: MIT
// A member in Firefox, from the link to being killed in the middle of a
// sentence; on the other side a program.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Firefox, until } from "./firefox.mjs";

const config = JSON.parse(readFileSync(process.argv[2], "utf8"));
const ENTER = "\uE007";
// After the key that sends: while it is written down, and while it is said.
const CUT_MS = [2, 40];

let count = 0;
let failed = 0;
function ok(condition, name, why = "") {
  count++;
  if (!condition) failed++;
  console.log(`${condition ? "ok" : "not ok"} ${count} - ${name}${condition || !why ? "" : `\n# ${why}`}`);
}

const bob = (...args) => execFileSync(config.bob[0], [...config.bob.slice(1), ...args], { encoding: "utf8" });
const lines = (text) => text.split("\n").filter(Boolean).map((l) => JSON.parse(l));
const heard = () => {
  bob("inbox");
  return lines(bob("open", "ann", "--most", "200", "--json")).filter((m) => m.kind === "received");
};

const all = [];
async function start() {
  const firefox = await Firefox.start(config.profile, config.page);
  all.push(firefox);
  return firefox;
}

async function join(firefox) {
  const page = await firefox.page(config.link);
  await page.see("heading", "Join");
  ok(!(await page.run(() => location.href)).includes("#"), "the invite stays in no history");
  await page.type("What may we call you?", "ann");
  await page.click("button", "Go on");
  await page.see("css", ".words li:nth-child(12)");
  const words = JSON.parse(await page.run(() => JSON.stringify([...document.querySelectorAll(".words li")].map((e) => e.textContent))));
  await page.click("button", "I have written them down");
  await page.see("button", "Done");
  const labels = JSON.parse(await page.run(() => JSON.stringify([...document.querySelectorAll(".field label")].map((e) => e.textContent))));
  for (const l of labels) await page.type(l, words[Number(/\d+/.exec(l)[0]) - 1]);
  await page.click("button", "Done");
  await page.click("button", "Not now");
  await page.see("heading", "Chats");
  ok(true, "joined by a link, with words");
  return page;
}

async function write(page) {
  await page.click("link", "Write");
  await page.type("To whom?", "bob");
  await page.type("Your message", "It is me, in a fox.");
  await page.click("button", "Send");
  await page.click("button", "Write to bob");
  await page.see("css", ".msg.mine");
  await until("bob is asked", () => bob("inbox").includes("ann"));
  bob("accept", "ann");
  ok(heard().some((m) => m.text === "It is me, in a fox."), "a program reads what it wrote");
  bob("send", "ann", "Welcome, fox.");
  await page.see("text", "Welcome, fox.");
  ok(true, "and it reads what a program wrote");
}

async function photos(page) {
  await page.choose(".composer input[type=file]", config.photo);
  await page.see("css", ".attached img");
  await page.click("button", "Send");
  const { id, media } = await until("a photo comes", () => heard().find((m) => m.media));
  bob("save", id, "-o", config.saved);
  const clean = !readFileSync(config.saved).includes("LEAKED");
  ok(media[0].type === "image/jpeg" && readFileSync(config.photo).includes("LEAKED") && clean, "a photo goes, cleaned", JSON.stringify(media));
  bob("send", "ann", "--photo", config.photo);
  await page.click("css", ".msg:not(.mine) .photo.veiled");
  const shown = await page.see("css", ".msg:not(.mine) .photo img");
  await until("the photo is drawn", () => page.run((e) => e.naturalWidth > 0, shown));
  ok(true, "a photo comes, and is shown once it is touched");
}

async function program(page) {
  await page.run(() => void (location.hash = "#/program"));
  await page.see("heading", "Version 1.0.0");
  const shown = await page.says("css", "#release");
  ok(shown === config.release.match(/.{8}/g).join(" "), "the program says the release's hash", shown);
  await page.see("text", "Signed by example.org/page");
}

async function again(page) {
  await page.reload();
  await page.see("heading", "Version 1.0.0");
  const controlled = await page.run(() => navigator.serviceWorker.controller !== null);
  ok(controlled, "loaded again, the loader gives the page");
}

async function second(firefox, page) {
  const other = await firefox.page(config.page);
  await other.see("text", "Countersign is open in another window");
  await page.close();
  await other.see("heading", "Chats");
  ok(true, "one window at a time has the engine; the other goes on when it is closed");
  return other;
}

const chat = async (page) => {
  await page.click("css", "a.row");
  await page.see("css", ".composer textarea");
};
const own = async (page) =>
  JSON.parse(await page.run(() => JSON.stringify([...document.querySelectorAll(".msg.mine .bubble")].map((e) => e.innerText))));

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
  await there.see("text", "It is me, in a fox.");
  const after = `on after ${text}`;
  await there.type("Your message", after);
  await there.press(ENTER);
  await until("it goes on", () => heard().some((m) => m.text === after));
  const times = [(await own(there)).filter((t) => t.split("\n").includes(text)).length, heard().filter((m) => m.text === text).length];
  ok(times[0] === times[1] && times[0] <= 1, `killed ${ms} ms after the key: ${times[0]} here, ${times[1]} there`, times.join());
  const first = heard().filter((m) => m.text === "It is me, in a fox.").length;
  ok(first === 1, "what was there is there once", String(first));
  return [next, there];
}

/** Nobody answers but this browser. */
async function offline(firefox, page) {
  await firefox.do("emulation.setNetworkConditions", { networkConditions: { type: "offline" }, contexts: [page.context] });
  await page.reload();
  await page.see("heading", "Chats");
  await chat(page);
  await page.see("text", "Welcome, fox.");
  await page.see("text", "No line");
  ok(true, "it starts without a line, and says so");
}

try {
  let firefox = await start();
  let page = await join(firefox);
  await write(page);
  await photos(page);
  await program(page);
  await again(page);
  page = await second(firefox, page);
  await chat(page);
  for (const ms of CUT_MS) [firefox, page] = await cut(firefox, page, `cut after ${ms}`, ms);
  const bad = all.flatMap((f) => f.bad);
  await offline(firefox, page);
  ok(bad.length === 0, "no error, nothing that the page's policy forbids, and nobody else is asked", bad.join("\n# "));
} catch (e) {
  ok(false, "the scenario went through", e.stack.replaceAll("\n", "\n# "));
  const shots = process.env.SCREENSHOTS;
  if (shots) await all.at(-1)?.pages.at(-1)?.screenshot(`${shots}/firefox-failed.png`).catch(() => undefined);
} finally {
  for (const firefox of all) await firefox.kill();
}
console.log(`1..${count}`);
process.exit(failed ? 1 : 0);
