// SPDX-License-Identifier: MIT
// The first sign-in, wrong codes, the lock, an empty chair, and leaving.
import { readFileSync } from "node:fs";
import { axe, config, enter, freshCode, nowStep, ok, open, scenario, settled, text, totp, until } from "./run.mjs";

const PASSWORD = "horse battery staple";

await scenario(async () => {
  const page = await open({}, config.welcome);
  await page.waitForSelector("svg.qr path");
  await axe(page, "welcome");
  const secret = (await page.locator("code").innerText()).replace(/\s/g, "");
  const person = { secret, password: PASSWORD };
  config.people.nora = person;
  const [first, again] = [page.locator("input[autocomplete=new-password]").nth(0), page.locator("input[autocomplete=new-password]").nth(1)];
  await first.fill(PASSWORD);
  await again.fill("something else");
  ok(await page.locator("form button.primary").isDisabled(), "two passwords that differ are not sent");
  await again.fill(PASSWORD);
  await page.fill("input[autocomplete=one-time-code]", totp(secret, nowStep() - 1000));
  await page.click("form button.primary");
  await page.waitForSelector(".notice.bad");
  ok(true, "a wrong code is refused");
  await page.fill("input[autocomplete=one-time-code]", await freshCode(person));
  await page.click("form button.primary");
  await page.waitForSelector("header.top");
  await settled(page);
  ok(true, "signed in for the first time");
  ok(!page.url().includes("welcome"), "the code is out of the address");
  const cookies = await page.context().cookies();
  ok(cookies.length === 1 && cookies[0].httpOnly && cookies[0].sameSite === "Strict", "one cookie, not for scripts", JSON.stringify(cookies.map((c) => c.name)));
  ok(await page.evaluate(() => localStorage.length + sessionStorage.length) === 0, "nothing is kept in the browser");

  // Locked by hand.
  await page.keyboard.press("l");
  await page.waitForSelector("main.door");
  ok(await page.locator("header.top").count() === 0, "l locks, and nothing of the desk is on the screen");
  await axe(page, "locked");
  ok(await page.evaluate(() => document.activeElement?.matches("input[type=password]") ?? false), "one can type at once");
  await page.fill("input[type=password]", "not the password");
  await page.click("form button.primary");
  await page.waitForSelector(".notice.bad");
  await page.fill("input[type=password]", PASSWORD);
  await page.click("form button.primary");
  await page.waitForSelector("header.top");
  ok(true, "the password unlocks");
  // An empty chair.
  await page.waitForSelector("main.door", { timeout: (config.idle_s + 20) * 1000 });
  ok(true, `it locks by itself after ${config.idle_s} s`);
  await page.fill("input[type=password]", PASSWORD);
  await page.click("form button.primary");
  await page.waitForSelector("header.top");
  // A stream that is cut is followed again.
  await page.route("**/api/v1/events", (r) => r.abort());
  await page.keyboard.press("l");
  await page.fill("input[type=password]", PASSWORD);
  await page.click("form button.primary");
  await page.waitForSelector("header.top");
  await page.waitForSelector(".strip.quiet");
  await page.waitForTimeout(1500);
  ok(await page.locator("header.top").count() === 1, "it says that it is not live, and goes on");
  await page.unroute("**/api/v1/events");
  await until("live again", async () => await page.locator(".strip.quiet").count() === 0);
  ok(true, "live again");
  // The desk is away for a moment: what was typed stays.
  await page.fill("input[type=search]", "half a word");
  await page.context().setOffline(true);
  await until("an error", async () => await page.locator("main .notice.bad").count() > 0);
  await axe(page, "offline");
  ok(await page.inputValue("input[type=search]") === "half a word", "and keeps what was typed");
  await page.context().setOffline(false);
  // The button, or the page by itself when its stream of events is back first.
  await page.click("main .notice.bad button", { timeout: 2000 }).catch(() => {});
  await until("back", async () => await page.locator("main .notice.bad").count() === 0);
  ok(true, "and goes on when the desk is back");
  await page.click("header .who button:last-child");
  await page.waitForSelector("input[autocomplete=username]");
  ok(await page.locator("header.top").count() === 0, "signed out");
  await axe(page, "sign-in");

  // Wrong, and then right.
  await page.fill("input[autocomplete=username]", "nora");
  await page.fill("input[autocomplete=current-password]", "wrong");
  await page.fill("input[autocomplete=one-time-code]", "000000");
  await page.click("form button[type=submit]");
  await page.waitForSelector(".notice.bad");
  await axe(page, "sign-in-wrong");
  ok((await page.locator(".notice.bad").innerText()).includes(await text(page, "door.wrong")), "it does not say which of the three was wrong");
  await enter(page, "nora");
  await page.waitForSelector("header.top");
  ok(true, "signed in again");
  // Used once.
  const late = await open({}, config.welcome);
  await late.waitForSelector(".notice.bad");
  await axe(late, "welcome-used");
  ok(true, "the address of the first sign-in works once");
  ok(!readFileSync(process.argv[2], "utf8").includes(secret), "its secret was only on the page");
});
