// SPDX-License-Identifier: MIT
// Photos of a person at risk: a browser makes their hashes and keeps the photos.
import { axe, config, ok, openAt, overflow, scenario, screenshot, until } from "./browser.mjs";

await scenario(async () => {
  const page = await openAt(`${config.site}/photos`, { viewport: { width: 390, height: 844 } });
  const sent = [];
  page.on("request", (r) => {
    if (r.method() !== "GET" || r.postData()) sent.push(r.url());
  });
  await page.waitForSelector("#photos input");
  ok(await page.locator(".save").isHidden(), "there is no list yet");
  await axe(page, "site-photos-empty-phone");
  await page.setInputFiles("#photos input", [...config.photos, config.broken]);
  await until("all of them", async () => (await page.locator("#photos li").count()) === 3 && !(await page.locator("#photos ul").innerText()).includes("…"));
  ok((await page.locator("#photos li code").count()) === 2, "two photos, two hashes", await page.locator("#photos ul").innerText());
  ok((await page.locator("#photos li").nth(2).innerText()).includes("could not be read"), "what is no photo is told apart");
  ok((await overflow(page)) === "", "it fits a phone", await overflow(page));
  await axe(page, "site-photos-made-phone");
  const coming = page.waitForEvent("download");
  await page.click(".save");
  await (await coming).saveAs(config.saved);
  ok(sent.length === 0, "nothing was sent", sent.join("\n"));
  await page.goto(`${config.site}/photos?lang=ar`);
  await page.waitForSelector("#photos input");
  await page.setInputFiles("#photos input", config.photos);
  await page.waitForSelector(".save:not([hidden])");
  await axe(page, "site-photos-made-ar-phone");
  await screenshot(page, "site-photos-made-ar-phone");
});
