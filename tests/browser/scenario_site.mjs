// SPDX-License-Identifier: MIT
// A stranger files a notice at the hub's public site, at a desk and on a
// telephone, in several languages, and reads what became of it.
import { config, ok, openAt, overflow, scenario } from "./browser.mjs";
import { look, PHONE } from "./site.mjs";

const PAGES = ["", "/file", "/status", "/overdue", "/report", "/photos"];
const named = (at) => `site${at.replace("/", "-") || "-home"}`;

const words = async (page) => (await page.locator("main").innerText()).replace(/\s+/g, " ");
const main = (page) => page.locator("main");

await scenario(async () => {
  const desk = await openAt(config.site);
  const phone = await openAt(config.site, PHONE);
  for (const [page, at] of [[desk, ""], [phone, "-phone"]])
    for (const path of PAGES) {
      await page.goto(config.site + path);
      await look(page, named(path) + at);
    }
  ok((await desk.evaluate(() => document.scripts.length)) === 0 || (await desk.locator("#photos").count()) === 1, "only the page of photos has a script");

  // ---- filing ---------------------------------------------------------------
  await desk.goto(config.site);
  await desk.click("a.way");
  await desk.fill("#text", config.text);
  await desk.fill("#places", "@seller\nhttps://example.org/market");
  await desk.fill("#law", "Article 4");
  await desk.fill("#contact", "anna@example.org");
  await desk.setInputFiles("#files", config.proof);
  await desk.click("button");
  ok(desk.url().includes("/file?"), "the browser asks for what is missing");
  ok((await desk.inputValue("#text")) === config.text, "what was typed stays");
  // Whoever has a browser that does not ask is told by the hub.
  await desk.evaluate(() => {
    document.querySelector("form").noValidate = true;
  });
  await desk.click("button");
  await desk.waitForSelector(".problem");
  ok((await desk.inputValue("#text")) === config.text, "the hub says what is missing, and what was typed stays");
  ok((await desk.inputValue("#places")).split("\n").length === 2 && (await desk.inputValue("#law")) === "Article 4" &&
    (await desk.inputValue("#contact")) === "anna@example.org", "all of it");
  ok((await desk.getAttribute("#category", "aria-invalid")) === "true" && (await desk.getAttribute("#text", "aria-invalid")) === null, "what is missing is marked, and nothing else");
  await look(desk, "site-refused");
  await desk.selectOption("#category", "trafficking");
  await desk.check("input[name=good_faith]");
  await desk.setInputFiles("#files", config.proof);
  await desk.click("button");
  await desk.waitForSelector("dd.big");
  const [number, secret] = await desk.locator("dd.big bdi").allInnerTexts();
  ok(/^[0-9]+$/.test(number) && /^[0-9a-f]{4}(-[0-9a-f]{4}){7}$/.test(secret), "a number and a secret", `${number} ${secret}`);
  await look(desk, "site-receipt");
  await desk.click("summary");
  ok((await desk.locator("details textarea").inputValue()).length > 100, "and a signed receipt");
  await desk.goto(`${config.site}/file`);
  ok(!(await words(desk)).includes(number), "no page tells anybody else of it");

  // ---- what became of it ----------------------------------------------------
  await phone.goto(`${config.site}/status`);
  await phone.fill("#number", number);
  await phone.fill("#secret", "0000");
  await phone.click("button");
  await phone.waitForSelector(".problem");
  ok((await phone.inputValue("#number")) === number, "a wrong secret is refused, and the number stays");
  await look(phone, "site-status-refused-phone");
  await phone.fill("#secret", secret.replaceAll("-", " ").toUpperCase());
  await phone.click("button");
  await phone.waitForSelector("section");
  ok((await words(phone)).includes("The desk has not answered yet"), "the state is shown, however the secret is written");
  await look(phone, "site-state-phone");
  await phone.fill("#text", "It is still there.");
  await phone.click("button");
  await phone.waitForSelector("dd.big");
  ok((await phone.locator("dd.big").count()) === 1, "more can be said; that has no secret of its own");
  await look(phone, "site-more-phone");

  // ---- what everybody sees --------------------------------------------------
  await desk.goto(`${config.site}/overdue`);
  const overdue = await words(desk);
  ok(overdue.includes("Helpers & Co") && overdue.includes("danger now") && overdue.includes("Trafficking"), "what was not answered in time, with who wants to be named");
  await desk.goto(`${config.site}/report`);
  ok((await words(desk)).includes("Trafficking"), "numbers by month");

  // ---- in other languages ---------------------------------------------------
  for (const [lang, dir] of [["ar", "rtl"], ["ckb", "rtl"], ["kmr", "ltr"]])
    for (const path of PAGES) {
      await phone.goto(`${config.site}${path}?lang=${lang}`);
      ok((await phone.evaluate(() => document.documentElement.dir)) === dir, `${lang} ${path} runs ${dir}`);
      await look(phone, `${named(path)}-${lang}-phone`);
    }
  const arab = await openAt(config.site, { ...PHONE, locale: "ar" });
  ok((await arab.evaluate(() => document.documentElement.lang)) === "ar", "the first page is in the browser's language");
  await arab.click("a.way");
  await arab.selectOption("#category", "danger");
  await arab.fill("#text", "سيؤخذون الليلة إلى الحدود. <b>الآن</b>");
  await arab.check("input[name=good_faith]");
  await look(arab, "site-file-filled-ar-phone");
  await arab.click("button");
  await arab.waitForSelector("dd.big");
  ok((await arab.evaluate(() => document.documentElement.dir)) === "rtl", "and so is the receipt");
  await look(arab, "site-receipt-ar-phone");

  // ---- in the dark, and with large text --------------------------------------
  const dark = await openAt(config.site, { ...PHONE, colorScheme: "dark" });
  for (const path of ["", "/file", "/overdue"]) {
    await dark.goto(config.site + path);
    await look(dark, `${named(path)}-dark`);
  }
  await dark.goto(`${config.site}/file`);
  await dark.evaluate(() => {
    document.documentElement.style.fontSize = "200%";
  }).catch(() => undefined);
  const wide = await overflow(dark);
  ok(wide === "", "text of twice the size fits", wide);
  ok((await main(dark).count()) === 1, "one main part");
});
