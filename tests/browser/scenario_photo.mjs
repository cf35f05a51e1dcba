// SPDX-License-Identifier: MIT
// Nothing of a photo is fetched before somebody asks, and then in steps.
import { axe, config, goTo, ok, scenario, signIn, until } from "./run.mjs";

await scenario(async () => {
  const anna = await signIn("anna");
  const asked = [];
  anna.on("request", (r) => {
    if (r.url().includes("/media/")) asked.push(r.url().replace(/^.*\/media\//, ""));
  });
  await goTo(anna, `#/case/${config.case}`);
  await anna.waitForSelector(".media .look");
  await axe(anna, "case-photo");
  ok(asked.length === 0 && await anna.locator("main img").count() === 0, "a case shows no picture, and fetches none");
  await anna.keyboard.press("v");
  await anna.waitForSelector(".stage.blur img");
  ok(asked.length === 1 && asked[0].endsWith("level=blur"), "v shows it grey and blurred", asked);
  ok((await anna.locator(".stage img").evaluate((e) => getComputedStyle(e).filter)).includes("grayscale"), "grey whatever comes");
  await axe(anna, "photo-blurred");
  await anna.keyboard.press("r");
  await anna.waitForSelector(".stage.small img");
  ok(asked.length === 2 && asked[1].endsWith("level=small"), "r shows it small", asked);
  await anna.keyboard.press("f");
  await anna.waitForSelector(".stage.full img");
  ok(asked.length === 3 && asked[2].endsWith("level=full"), "f shows it in full", asked);
  await axe(anna, "photo-full");
  await anna.keyboard.press("Escape");
  await anna.waitForSelector("dialog", { state: "detached" });
  ok(await anna.locator("img").count() === 0, "Escape hides it at once");
  ok(await anna.evaluate(() => document.activeElement?.matches(".look, h1, a, button, summary") ?? false), "and the focus goes back");

  await until("counted", async () => (await anna.locator("header .who").innerText()).includes("2"));
  ok(true, "the two in colour are counted, the blurred one is not");

  // The limit that somebody set for themselves.
  await goTo(anna, "#/settings");
  await anna.fill("main input[type=number] >> nth=0", "1");
  await anna.click("main form button[type=submit] >> nth=0");
  await until("saved", async () => (await anna.locator("header .who").innerText()).match(/2.*1/));
  await goTo(anna, `#/case/${config.case}`);
  await anna.waitForSelector(".media .look");
  await anna.keyboard.press("v");
  await anna.waitForSelector(".stage.blur img");
  await anna.keyboard.press("r");
  await anna.waitForSelector("dialog .notice.bad");
  await axe(anna, "photo-limit");
  ok(await anna.locator("dialog img").count() === 0, "past the limit nothing is shown");
  await anna.keyboard.press("Escape");
  await goTo(anna, `#/cluster/${config.media}`);
  await axe(anna, "cluster");

  // An auditor has the blurred step only.
  const vera = await signIn("vera");
  await goTo(vera, `#/case/${config.case}`);
  await vera.waitForSelector(".media .look");
  await vera.keyboard.press("v");
  await vera.waitForSelector(".stage.blur img");
  const steps = [];
  vera.on("request", (r) => r.url().includes("/media/") && steps.push(r.url()));
  await vera.keyboard.press("r");
  await vera.keyboard.press("f");
  await until("nothing", async () => true);
  ok(steps.length === 0 && await vera.locator(".stage.blur").count() === 1, "an auditor sees no more than that");
  await vera.keyboard.press("Escape");
  ok(await vera.locator(".decide").count() === 0, "and is offered no decision");
});
