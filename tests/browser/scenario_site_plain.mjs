// SPDX-License-Identifier: MIT
// The site in a browser that runs no scripts.
import { config, ok, openAt, scenario, screenshot } from "./browser.mjs";

await scenario(async () => {
  const page = await openAt(config.site, { javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
  await page.click("a.way >> nth=0");
  await page.selectOption("#category", "threat");
  await page.fill("#text", config.text);
  await page.check("input[name=good_faith]");
  await page.click("button");
  await page.waitForSelector("dd.big");
  const [number, secret] = await page.locator("dd.big bdi").allInnerTexts();
  ok(Number(number) > 0 && secret.length === 39, "a notice is filed", `${number} ${secret}`);
  await page.goto(`${config.site}/status`);
  await page.fill("#number", number);
  await page.fill("#secret", secret);
  await page.click("button");
  await page.waitForSelector("section");
  ok((await page.locator("section").innerText()).includes(number), "and its state read");
  await page.goto(`${config.site}/photos`);
  await screenshot(page, "site-photos-plain");
  ok((await page.locator(".problem").count()) === 1, "the page of photos says that it cannot work");
});
