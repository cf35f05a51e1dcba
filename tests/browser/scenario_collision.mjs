// SPDX-License-Identifier: MIT
// Two reviewers at one case: nobody overwrites anybody, and nothing that was
// typed is lost.
import { axe, config, goTo, ok, scenario, signIn, until } from "./run.mjs";

const TYPED = "I called the number; nobody answered.";

await scenario(async () => {
  const anna = await signIn("anna");
  const ben = await signIn("ben");
  for (const page of [anna, ben]) {
    await goTo(page, `#/case/${config.case}`);
    await page.waitForSelector(".item");
  }
  // Ben types; Anna is quicker.
  await ben.keyboard.press("n");
  await ben.fill("dialog textarea", TYPED);
  await anna.keyboard.press("c");
  await anna.waitForFunction(() => !document.querySelector(".case-head button.primary"));
  await until("ben hears of it", async () => ben.locator(".case-head .notice.warn").count());
  ok((await ben.locator(".case-head .notice.warn").innerText()).includes("anna"), "the other page says who changed the case, at once");
  await ben.click("dialog button[type=submit]");
  await ben.waitForSelector("dialog .notice.warn");
  ok((await ben.locator("dialog .notice.warn").innerText()).includes("anna"), "a conflict says who was quicker");
  ok(await ben.inputValue("dialog textarea") === TYPED, "what was typed is kept");
  await axe(ben, "conflict");
  await ben.click("dialog .notice.warn button");
  await ben.waitForSelector("dialog .notice.info");
  ok(await ben.inputValue("dialog textarea") === TYPED, "and still, with what changed beside it");
  await axe(ben, "conflict-seen");
  await ben.click("dialog button[type=submit]");
  await ben.waitForSelector("dialog", { state: "detached" });
  await until("the note", async () => (await ben.locator("main").innerText()).includes(TYPED));
  ok(true, "the note is saved on top of the newer case");
  await until("anna sees it", async () => anna.locator(".case-head .notice.warn").count());

  // A decision on what has changed: refused, and the words stay.
  await anna.keyboard.press("d");
  await anna.locator(".decide select").first().selectOption("warn");
  await anna.locator(".decide textarea").fill("A first warning.");
  await anna.locator(".decide input:not([type=checkbox], [type=radio])").fill("Criminal code, § 232");
  await anna.click(".decide button[type=submit]");
  await anna.waitForSelector("dialog[open]");
  await axe(anna, "conflict-decision");
  await anna.click("dialog button.primary");
  ok(await anna.locator(".decide textarea").inputValue() === "A first warning.", "a decision's words are kept as well");
  await until("the note", async () => (await anna.locator("main").innerText()).includes(TYPED));
  await anna.click(".decide button[type=submit]");
  await anna.waitForSelector(".undo");
  ok(true, "and it is made once it was seen");
  // In the queue, the other one's row changes by itself.
  await goTo(ben, "#/queue?state=all");
  await ben.waitForSelector(".case-row");
  ok((await ben.locator(".case-row").first().innerText()).includes("anna"), "the queue says who has the case");
});
