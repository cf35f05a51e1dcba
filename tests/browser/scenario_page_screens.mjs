// SPDX-License-Identifier: MIT
// Every screen, in each language, size and light: accessible, and as wide as the
// window.  What others wrote stays inside.
import { axe, config, ok, openAt, overflow, scenario, screenshot } from "./browser.mjs";

const SCREENS = ["chats", "requests", "people", "person/swallow", "new", "new-group", "search", "you", "reports", "notices",
  "devices", "keeping", "looks", "program"];

async function see(page, at) {
  await page.evaluate((h) => (location.hash = h), "#/" + at);
  await page.locator("h1").first().waitFor();
  await page.waitForTimeout(250);
}

async function all(page, name, pictures) {
  const screens = [...SCREENS, `chat/${config.chat}`, `about/${config.chat}`];
  const wide = [];
  for (const at of screens) {
    await see(page, at);
    const out = await overflow(page);
    if (out) wide.push(`${at}: ${out}`);
    if (pictures) await screenshot(page, `page-${name}-${at.replace(/\/.*/, "")}`);
  }
  ok(wide.length === 0, `nothing sticks out: ${name}`, wide.join("\n"));
}

async function accessible(page, name) {
  for (const at of ["chats", "people", "you", "keeping", `chat/${config.chat}`, `about/${config.chat}`]) {
    await see(page, at);
    await axe(page, `page-${name}-${at.replace(/\/.*/, "")}`);
  }
}

/** Names, words and signs that would like to be something else. */
async function hostile(page) {
  await see(page, `chat/${config.chat}`);
  const text = await page.locator(".talk").innerText();
  ok(text.includes("<img src=x onerror=alert(1)>"), "markup is text");
  ok((await page.locator(".talk a, .talk img, .talk script").count()) === 0, "no link, no picture, no script of others");
  ok(text.includes("U+202E"), "what turns the writing around is shown as its number");
}

await scenario(async () => {
  const page = await openAt(config.mother, { viewport: { width: 390, height: 844 } });
  await page.getByRole("heading", { name: "Chats" }).waitFor();
  await all(page, "390", true);
  await accessible(page, "390");
  await hostile(page);
  await page.emulateMedia({ colorScheme: "dark" });
  await all(page, "390-dark", true);
  await accessible(page, "390-dark");
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 320, height: 640 });
  await page.evaluate(() => (document.documentElement.dataset.text = "largest"));
  await all(page, "320-text200", true);
  await page.evaluate(() => delete document.documentElement.dataset.text);
  for (const width of [768, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    await all(page, String(width), true);
  }
  await accessible(page, "1280");
  await page.setViewportSize({ width: 390, height: 844 });
  for (const [lang, name] of [["ar", "العربية"], ["ckb", "کوردی"], ["fa", "فارسی"], ["kmr", "Kurmancî"], ["uk", "Українська"],
    ["es", "Español"], ["fr", "Français"]]) {
    await see(page, "looks");
    await page.getByRole("button", { name }).click();
    await page.waitForFunction((l) => document.documentElement.lang === l, lang);
    const rtl = await page.evaluate(() => document.documentElement.dir);
    ok(rtl === (["ar", "ckb", "fa"].includes(lang) ? "rtl" : "ltr"), `${lang} is written ${rtl}`);
    await all(page, lang, ["ar", "ckb"].includes(lang));
  }
  await see(page, "looks");
  await page.getByRole("button", { name: "العربية" }).click();
  await accessible(page, "ar");
});
