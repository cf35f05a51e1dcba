// SPDX-License-Identifier: MIT
// What a member does in each browser that is driven (driven.mjs); on the other
// side is bob, a program.  A scenario is given one JSON file.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { until } from "./driven.mjs";

export const config = JSON.parse(readFileSync(process.argv[2], "utf8"));
export const FIRST = "It is me, by a link.";
export const WELCOME = "Welcome, ann.";

let count = 0;
let failed = 0;
export function ok(condition, name, why = "") {
  count++;
  if (!condition) failed++;
  console.log(`${condition ? "ok" : "not ok"} ${count} - ${name}${condition || !why ? "" : `\n# ${why}`}`);
}

export const bob = (...args) => execFileSync(config.bob[0], [...config.bob.slice(1), ...args], { encoding: "utf8" });
const lines = (text) => text.split("\n").filter(Boolean).map((l) => JSON.parse(l));
export const heard = () => {
  bob("inbox");
  return lines(bob("open", "ann", "--most", "200", "--json")).filter((m) => m.kind === "received");
};

export async function join(browser) {
  const page = await browser.page(config.link);
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
  // Who can be woken is asked.
  const asked = await until("what comes next", async () => {
    if (await page.find("button", "Not now")) return "wake";
    return (await page.find("heading", "Chats")) && "chats";
  });
  if (asked === "wake") await page.click("button", "Not now");
  await page.see("heading", "Chats");
  ok(await page.run(() => !document.querySelector(".late")), "joined by a link, with words");
  return page;
}

export async function write(page) {
  await page.click("link", "Write");
  await page.type("To whom?", "bob");
  await page.type("Your message", FIRST);
  await page.click("button", "Send");
  await page.click("button", "Write to bob");
  await page.see("css", ".msg.mine");
  await until("bob is asked", () => bob("inbox").includes("ann"));
  bob("accept", "ann");
  ok(heard().some((m) => m.text === FIRST), "a program reads what it wrote");
  bob("send", "ann", WELCOME);
  await page.see("text", WELCOME);
  ok(true, "and it reads what a program wrote");
}

export async function photos(page) {
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

const THREAT = "We know where your family is.";

/** Somebody whom nobody knows threatens: it is a request, and reported. */
export async function threat(page) {
  execFileSync(config.eve[0], [...config.eve.slice(1), "send", "ann", THREAT, "--new"]);
  await page.run(() => void (location.hash = "#/requests"));
  await page.see("text", THREAT);
  await page.click("link", "Report…");
  await page.click("css", ".choice label");
  await page.click("button", "Go on");
  await page.click("choice", "Someone’s life is threatened");
  await page.click("button", "Go on");
  await page.see("text", THREAT);
  await page.click("choice", "Without my name");
  await page.click("button", "Seal and send to the desk");
  await page.see("text", "The desk has it, with proof");
  await page.click("button", "Block eve");
  await page.gone("text", "The desk has it, with proof");
  ok(true, "a threat is a request, and is reported with proof");
}

export async function program(page) {
  await page.run(() => void (location.hash = "#/program"));
  await page.see("heading", `Version ${config.version}`);
  const shown = await page.says("css", "#release");
  ok(shown === config.release.match(/.{8}/g).join(" "), "the program says the release's hash", shown);
  await page.see("text", "Signed by example.org/page");
}

export async function again(page) {
  await page.reload();
  await page.see("heading", `Version ${config.version}`);
  const controlled = await page.run(() => navigator.serviceWorker.controller !== null);
  ok(controlled, "loaded again, the loader gives the page");
}

export async function second(browser, page) {
  const other = await browser.page(config.page);
  await other.see("text", "Countersign is open in another window");
  await page.close();
  await other.see("heading", "Chats");
  ok(true, "one window at a time has the engine; the other goes on when it is closed");
  return other;
}

export const chat = async (page) => {
  await page.click("css", "a.row");
  await page.see("css", ".composer textarea");
};
export const own = async (page) =>
  JSON.parse(await page.run(() => JSON.stringify([...document.querySelectorAll(".msg.mine .bubble")].map((e) => e.innerText))));

/** Does ${f}, and ends the program by what came of it; ${all} browsers, of which
 * a picture of the last is left behind if it failed. */
export async function scenario(name, all, f) {
  try {
    await f();
  } catch (e) {
    ok(false, "the scenario went through", e.stack.replaceAll("\n", "\n# "));
    for (const line of all.flatMap((browser) => [...browser.bad, ...browser.said])) console.log(`# ${line}`);
    const shots = process.env.SCREENSHOTS;
    if (shots) await all.at(-1)?.pages.at(-1)?.screenshot(`${shots}/${name}-failed.png`).catch(() => undefined);
  } finally {
    for (const browser of all) await browser.kill();
  }
  console.log(`1..${count}`);
  process.exit(failed ? 1 : 0);
}
