// SPDX-License-Identifier: MIT
// The loader: what a device runs is what it has checked, also without a line;
// another release comes with the right signature, and else not at all.
import { execFileSync } from "node:child_process";
import { axe, config, ok, openAt, overflow, scenario, until } from "./browser.mjs";
import { join } from "./member.mjs";

const show = (name) => execFileSync(config.ctl[0], [...config.ctl.slice(1), "page", "use", config.releases[name]]);
const grouped = (hash) => hash.match(/.{8}/g).join(" ");

async function program(page) {
  await page.evaluate(() => (location.hash = "#/program"));
  await page.getByRole("heading", { name: "This program" }).waitFor();
}
const version = (page, n) => page.getByRole("heading", { name: `Version ${n}`, exact: true });
/** A hub that runs shows another release within a moment. */
async function look(page, text) {
  await until(text, async () => {
    await page.getByRole("button", { name: "Look for another version" }).click();
    return page.getByText(text).waitFor({ timeout: 2000 }).then(() => true, () => false);
  });
}

await scenario(async () => {
  const page = await openAt(config.page_link, { viewport: { width: 390, height: 844 } });
  await join(page, "ann");
  await program(page);
  await version(page, "1.0.0").waitFor();
  ok((await page.locator("#release").innerText()) === grouped(config.releases.first), "the hash is the release's");
  await page.getByText("Signed by example.org/page").waitFor();
  ok((await overflow(page)) === "", "it fits", await overflow(page));
  await axe(page, "page-program");

  // Without a line: the program and what was said are here.
  await page.context().setOffline(true);
  await page.reload();
  await version(page, "1.0.0").waitFor();
  await page.evaluate(() => (location.hash = "#/chats"));
  await page.getByText("No line").or(page.getByText("no line", { exact: false })).first().waitFor();
  ok(true, "it starts without a line, and says so");
  await page.context().setOffline(false);

  // One that is not signed, and one by another key.
  await program(page);
  for (const name of ["unsigned", "foreign"]) {
    show(name);
    await look(page, grouped(config.releases[name]));
    await page.getByText("Another program was refused").waitFor();
    await page.reload();
    await version(page, "1.0.0").waitFor();
    ok(true, `${name}: refused, and the old one goes on`);
  }
  await axe(page, "page-program-refused");

  // The next one, of the same people.
  show("second");
  await look(page, "Version 1.1.0 is here");
  await version(page, "1.0.0").waitFor();
  ok(true, "it waits, and nothing changes under the user's hands");
  await page.getByRole("button", { name: "Start it now" }).click();
  await version(page, "1.1.0").waitFor();
  ok((await page.locator("#release").innerText()) === grouped(config.releases.second), "then it is the other one");
  await page.evaluate(() => (location.hash = "#/you"));
  await page.getByRole("heading", { name: "ann" }).waitFor();
  ok(true, "with the same member");

  // Another loader is told.
  show("loader");
  await program(page);
  await look(page, "The loader has changed");
  ok(true, "another loader is told");
  await page.getByRole("button", { name: "I have compared it" }).click();
  await until("it is seen", async () => (await page.getByText("The loader has changed").count()) === 0);
  await page.reload();
  await program(page);
  await page.getByRole("button", { name: "Look for another version" }).click();
  await page.waitForTimeout(500);
  ok((await page.getByText("The loader has changed").count()) === 0, "once");
});
