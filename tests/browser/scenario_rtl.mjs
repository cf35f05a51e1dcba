// SPDX-License-Identifier: MIT
// Every page in every language: direction, width, and nothing left in English.
import { axe, config, goTo, ok, open, overflow, scenario, settled, signIn } from "./run.mjs";

const LANGUAGES = { ar: "rtl", ckb: "rtl", kmr: "ltr" };
const PAGES = [
  "queue", `case/${config.case}`, `account/${config.account}`, "appeals", "statistics", "policy", "lists", "audit", "people", "settings",
];

await scenario(async () => {
  const door = await open({ locale: "ar" });
  await door.waitForSelector("form");
  ok(await door.evaluate(() => document.documentElement.dir) === "rtl", "the sign-in page is in the browser's language");
  await axe(door, "sign-in-ar");
  const anna = await signIn("anna");
  for (const [lang, dir] of Object.entries(LANGUAGES)) {
    await goTo(anna, "#/settings");
    await anna.selectOption("main select", lang);
    await anna.click("main form button[type=submit]");
    await anna.waitForFunction((l) => document.documentElement.lang === l, lang);
    ok(await anna.evaluate(() => document.documentElement.dir) === dir, `${lang} runs ${dir}`);
    for (const at of PAGES) {
      await goTo(anna, `#/${at}`);
      await settled(anna);
      const name = at.split("/")[0];
      await axe(anna, `${name}-${lang}`);
      for (const width of [400, 768, 1280]) {
        await anna.setViewportSize({ width, height: 860 });
        const wide = await overflow(anna);
        if (wide || width === 400) ok(!wide, `${lang} ${name} fits into ${width} px`, wide);
        if (lang === "ar" && width === 400 && (name === "queue" || name === "case")) await axe(anna, `${name}-ar-400`);
      }
    }
  }
  const styled = await anna.evaluate(() => document.querySelector('#app [style]:not([style=""])')?.outerHTML.slice(0, 200) ?? "");
  ok(styled === "", "no style stands in an attribute", styled);
  // A message keeps its own direction.
  await goTo(anna, `#/case/${config.case}`);
  await anna.waitForSelector(".message .foreign");
  ok(await anna.locator(".message .foreign").first().evaluate((e) => e.dir === "auto"), "a message's direction is its own");
  // Dark, and narrow in English.
  const dark = await signIn("ben", { colorScheme: "dark" });
  for (const at of PAGES) {
    await goTo(dark, `#/${at}`);
    await axe(dark, `${at.split("/")[0]}-dark`);
  }
});
