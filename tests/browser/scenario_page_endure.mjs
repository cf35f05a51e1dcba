// SPDX-License-Identifier: MIT
// What a browser does to a member: a window that is closed while another waits,
// a device that is full, storage that is cleared.
import { config, ok, openAt, scenario, tabOf, until } from "./browser.mjs";
import { ask, give } from "./member.mjs";

const LONG = "x".repeat(8000);
const ROOM = 200_000;

const texts = async (page) => {
  const [talk] = await give(page, "conversations");
  return (await give(page, "messages", { id: talk.id, most: 200 })).map((m) => m.text);
};
const usage = (page) => page.evaluate(async () => (await navigator.storage.estimate()).usage);

scenario(async () => {
  const { origin } = new URL(config.page);
  const first = await openAt(config.page);
  await first.evaluate(() => window.begun);
  await give(first, "join", { link: config.invite, name: "ann" });
  await give(first, "connect");
  await give(first, "send", { to: "bob", text: "from the first window", begin: true });
  const { words } = await give(first, "words");

  // The second waits, and has it once the first is closed.
  const page = await tabOf(first, config.page);
  ok((await page.evaluate(() => window.begun)) === "elsewhere", "another window has it");
  await first.close();
  await page.evaluate(() => window.ready);
  await give(page, "open");
  await give(page, "connect");
  await give(page, "send", { to: "bob", text: "from the second window" });
  ok((await texts(page)).includes("from the first window"), "the second window goes on");

  // Full, by the browser's own quota.
  const browser = await page.context().newCDPSession(page);
  await browser.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: (await usage(page)) + ROOM });
  let sent = 0;
  let said;
  while (!(said = await ask(page, "send", { to: "bob", text: `${sent} ${LONG}` })).code && sent < 200) sent++;
  ok(said.code === "disk-full", `it says that the device is full after ${sent} long texts: ${said.code}`, said.sentence);
  // The last is not there, or waits for room.
  const long = (await texts(page)).filter((t) => t.endsWith(LONG)).length;
  ok(long === sent || long === sent + 1, `what was sent before is there: ${long}`);
  ok((await ask(page, "send", { to: "bob", text: `again ${LONG}` })).code === "disk-full", "it stays full");
  await browser.send("Storage.overrideQuotaForOrigin", { origin });
  await give(page, "send", { to: "bob", text: "with room again" });
  await page.reload();
  await page.evaluate(() => window.begun);
  await give(page, "open");
  const there = await texts(page);
  const same = there.filter((t) => t.endsWith(LONG)).length === long;
  ok(there.includes("with room again") && same, "all of it is there after that");
  await give(page, "connect");

  // Cleared, as a browser does with what was not looked at for long.
  await browser.send("Storage.clearDataForOrigin", { origin, storageTypes: "all" });
  await until("the page is told", async () => {
    await ask(page, "words_check", { words });
    return (await give(page, "state")).phase === "none";
  });
  ok((await page.evaluate(() => window.events)).at(-1).event === "state", "nobody is there any more, and the page is told");
  await give(page, "recover", { link: config.invite, words, device_name: "again", remove_others: true });
  await give(page, "connect");
  ok((await give(page, "state")).name === "ann", "the words bring the member back");
  await give(page, "send", { to: "bob", text: "from the words", begin: true });
});
