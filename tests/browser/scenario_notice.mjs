// SPDX-License-Identifier: MIT
// A notice from outside is read, its photo looked at, and answered; an appeal
// against the answer is heard by somebody else.
import { axe, config, goTo, ok, overflow, scenario, screenshot, signIn, text, until } from "./run.mjs";

const PHONE = { viewport: { width: 390, height: 844 } };

await scenario(async () => {
  const anna = await signIn("anna");
  const asked = [];
  anna.on("request", (r) => {
    if (/\/notice(s|-files)\//.test(r.url())) asked.push(r.url().replace(/^.*\/api\/v1/, ""));
  });
  await goTo(anna, "#/queue");
  await anna.waitForSelector(".case-row");
  const row = anna.locator(".case-row", { hasText: await text(anna, "flag.notice") }).first();
  ok((await row.innerText()).includes(await text(anna, "queue.notices")), "the queue has a sign for it, and its deadline");
  await axe(anna, "queue-notices");
  await anna.keyboard.press("9");
  await anna.waitForSelector(".filing");
  ok((await anna.locator("main").innerText()).includes(await text(anna, "notice-category.trafficking")), "a page lists all that waits");
  await axe(anna, "notices");

  await goTo(anna, `#/case/${config.case}`);
  await anna.waitForSelector(".filing");
  const filing = anna.locator(`[data-notice="${config.notice}"]`);
  const said = await filing.innerText();
  ok(said.includes(config.text) && said.includes("<b>bold</b>"), "its words are shown as they are");
  ok(await filing.locator("a[href^=http]").count() === 0, "its places are no links");
  ok(!said.includes("shelter.example") && asked.length === 0, "who filed it, and its photo, are not fetched unasked", asked);
  await axe(anna, "case-notice");
  await filing.locator("button", { hasText: await text(anna, "notice.contact") }).click();
  await until("who filed it", async () => (await filing.innerText()).includes("desk@shelter.example"));
  ok(true, "who filed it is shown when somebody asks");
  await filing.locator("button", { hasText: await text(anna, "photo.look") }).click();
  await anna.waitForSelector(".stage.blur img");
  ok(asked.some((u) => u.endsWith("level=blur")), "its photo is seen blurred first", asked);
  await anna.keyboard.press("Escape");
  await anna.waitForSelector("dialog", { state: "detached" });

  await anna.keyboard.press("a");
  await anna.waitForSelector("dialog select");
  await anna.selectOption("dialog select", "acted");
  await anna.fill("dialog textarea", "We have looked at it.");
  await axe(anna, "notice-answer");
  await anna.click("dialog button[type=submit]");
  await anna.waitForSelector("dialog .notice.bad");
  ok(await anna.inputValue("dialog textarea") === "We have looked at it.", "nothing was done: the desk says so, and what was typed stays");
  await anna.keyboard.press("Escape");
  await anna.waitForSelector("dialog", { state: "detached" });
  await anna.keyboard.press("a");
  await anna.selectOption("dialog select", "refused");
  await anna.fill("dialog textarea", "Nothing of that is there.");
  await anna.click("dialog button[type=submit]");
  await until("answered", async () => (await filing.locator(".answer").count()) === 1);
  ok((await filing.innerText()).includes("Nothing of that is there."), "the answer stands below it");
  await until("told", async () => (await filing.innerText()).includes(await text(anna, "notice.told")));
  ok(await filing.locator(".answer-it").count() === 0, "and it is over");
  await axe(anna, "case-notice-answered");
  console.log("# appeal");
  await until("the appeal", async () => (await anna.locator(".filing").count()) === 2 || (await anna.locator(".answer-it").count()) === 1);

  const ben = await signIn("ben", PHONE);
  await goTo(ben, "#/notices");
  await ben.waitForSelector(".filing");
  ok(await overflow(ben) === "", "the list fits a phone", await overflow(ben));
  await axe(ben, "notices-phone");
  await goTo(ben, `#/case/${config.case}`);
  await ben.waitForSelector(".answer-it");
  ok(await overflow(ben) === "", "the case fits a phone", await overflow(ben));
  await axe(ben, "case-notice-phone");
  await ben.click(".answer-it");
  await ben.selectOption("dialog select", "refused");
  ok(await ben.locator("dialog option").count() === 3, "an appeal is answered acted or refused");
  await ben.fill("dialog textarea", "We have looked again.");
  await screenshot(ben, "notice-answer-phone");
  await ben.click("dialog button[type=submit]");
  await until("heard", async () => (await ben.locator(".answer-it").count()) === 0);
  ok(true, "somebody else hears the appeal");
  await goTo(ben, "#/statistics");
  await ben.waitForSelector(`[aria-label="${await text(ben, "statistics.notices")}"]`);
  ok(true, "the figures have it");

  const vera = await signIn("vera", { locale: "ar" });
  await goTo(vera, `#/case/${config.case}`);
  await vera.waitForSelector(".filing");
  ok(await vera.locator(".answer-it").count() === 0, "an auditor answers nothing");
});
