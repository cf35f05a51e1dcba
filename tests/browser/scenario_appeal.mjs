// SPDX-License-Identifier: MIT
// Somebody who was disabled appeals, and somebody who did not decide hears it;
// a reporter answers a question; a decision is looked at for its quality.
import { axe, config, goTo, ok, scenario, signIn, text, until } from "./run.mjs";

await scenario(async () => {
  const anna = await signIn("anna");
  await goTo(anna, `#/case/${config.case}`);
  await anna.waitForSelector(".appeal");
  ok((await anna.locator("main").innerText()).includes("Two years."), "a reporter's answer stands below the question");
  ok((await anna.locator(".appeal").innerText()).includes(await text(anna, "appeals.not-yours")), "who decided does not hear the appeal");
  ok(await anna.locator(".appeal button").count() === 0, "and has no buttons for it");
  await axe(anna, "case-appeal");
  ok(await anna.locator(".decision button", { hasText: await text(anna, "decision.agree") }).count() === 0, "nobody looks at the quality of their own decision");

  const ben = await signIn("ben");
  ok((await ben.locator(".counts").innerText()).match(/1$/) !== null, "the queue counts the appeal");
  await goTo(ben, `#/case/${config.case}`);
  const disagree = ben.locator(".decision button", { hasText: await text(ben, "decision.disagree") });
  await disagree.waitFor();
  await disagree.click();
  await ben.fill("dialog textarea", "The photo shows somebody else.");
  await axe(ben, "quality");
  await ben.click("dialog button[type=submit]");
  await until("looked at", async () => (await ben.locator(".decision").first().innerText()).includes(await text(ben, "quality.disagreed")));
  ok(true, "a second look at the quality is written down");
  await goTo(ben, "#/appeals");
  await ben.waitForSelector(".appeal");
  ok((await ben.locator(".appeal").innerText()).includes(config.appeal), "the appeal in the words of who wrote it");
  await axe(ben, "appeals-open");
  await ben.click(".appeal .buttons button >> nth=1");
  await ben.fill("dialog textarea", "You are right. We are sorry.");
  await axe(ben, "appeal-reverse");
  await ben.click("dialog button[type=submit]");
  await until("heard", async () => await ben.locator(".appeal").count() === 0);
  await ben.selectOption("main select", "decided");
  await ben.waitForSelector(".appeal .answer");
  ok((await ben.locator(".appeal").innerText()).includes(await text(ben, "appeal-state.reversed")), "reversed, with the answer");
  await axe(ben, "appeals-decided");
  await until("anna sees it", async () => (await anna.locator(".decision").first().innerText()).includes(await text(anna, "decision-state.reversed"))
    || (await anna.locator(".case-head .notice.warn").count()) > 0);
  ok(true, "and the one who decided hears of it");
});
