// SPDX-License-Identifier: MIT
// Somebody without an account reads a channel, reports a post, and sees its
// photo veiled until they touch it.
import { config, ok, openAt, scenario } from "./browser.mjs";
import { look, PHONE } from "./site.mjs";

const blur = (page) => page.locator("article img").evaluate((e) => getComputedStyle(e).filter);

await scenario(async () => {
  const desk = await openAt(config.channel);
  await look(desk, "channel");
  ok((await desk.evaluate(() => document.scripts.length)) === 0, "it needs no script");
  ok((await desk.locator("article").count()) === 2, "two posts");
  ok(
    await desk.locator("article img").evaluate((e) => e.complete && e.naturalWidth > 100),
    "the photo is there",
  );
  ok((await blur(desk)) === "none", "and is not veiled");
  ok(!(await desk.content()).includes("<i>bids</i>"), "what is posted is no markup");
  const phone = await openAt(`${config.channel}?lang=ar`, PHONE);
  ok((await phone.evaluate(() => document.documentElement.dir)) === "rtl", "from right to left");
  await look(phone, "channel-ar-phone");

  // ---- reporting ------------------------------------------------------------
  await phone.goto(`${config.channel}?lang=en`);
  await phone.locator("article", { has: phone.locator("img") }).locator("footer a").first().click();
  await phone.waitForSelector("form");
  ok((await phone.locator("article").innerText()).includes("bids"), "whoever reports sees what");
  await look(phone, "channel-report-phone");
  await phone.click("button");
  ok((await phone.locator("dd.big").count()) === 0, "the browser asks for what is missing");
  await phone.selectOption("#category", "trafficking");
  await phone.fill("#text", "They sell her there.");
  await phone.check("input[name=good_faith]");
  await phone.click("button");
  await phone.waitForSelector("dd.big");
  await look(phone, "channel-receipt-phone");

  // ---- the veil -------------------------------------------------------------
  await desk.reload();
  ok((await blur(desk)).includes("blur"), "the photo is veiled");
  await look(desk, "channel-veiled");
  await desk.locator(".veil input").focus();
  await desk.keyboard.press("Space");
  ok(!(await blur(desk)).includes("blur"), "and shown to whoever asks, by keyboard, too");
  await phone.goto(config.channel);
  await phone.locator(".veil").tap();
  ok(!(await blur(phone)).includes("blur"), "or by touch");
});
