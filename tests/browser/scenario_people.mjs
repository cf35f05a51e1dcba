// SPDX-License-Identifier: MIT
// Two administrators: one proposes, the other confirms, and neither has all of a first sign-in.
import { axe, freshCode, goTo, ok, open, overflow, scenario, settled, signIn, text, until } from "./run.mjs";

const PASSWORD = "horse battery staple";

await scenario(async () => {
  const root = await signIn("root");
  await goTo(root, "#/people");
  await until("the rule", async () => (await root.locator("main").innerText()).includes(await text(root, "people.two-admins")));
  ok(true, "the page says that it takes two");
  await root.click("main button.primary");
  await root.fill("dialog input", "nora");
  await submit(root, false);
  await root.waitForSelector("dialog code");
  const word = await root.locator("dialog code").innerText();
  ok(!word.includes("#/welcome/"), "who proposes gets a word, and no address", word);
  ok((await root.locator("dialog").innerText()).includes("nora"), "and reads for whom it is");
  await axe(root, "person-proposed");
  await root.click("dialog button.primary");
  ok((await root.locator("[data-proposal] button").count()) === 1, "and cannot confirm it, only drop it");

  const dora = await signIn("dora");
  await goTo(dora, "#/people");
  await dora.waitForSelector("[data-proposal]");
  await axe(dora, "proposals");
  // In a hand, and from right to left.
  await goTo(dora, "#/settings");
  await dora.selectOption("main select", "ar");
  await dora.click("main form button[type=submit]");
  await dora.waitForFunction(() => document.documentElement.dir === "rtl");
  await goTo(dora, "#/people");
  await dora.waitForSelector("[data-proposal]");
  await dora.setViewportSize({ width: 400, height: 860 });
  const wide = await overflow(dora);
  ok(!wide, "proposals fit into 400 px from right to left", wide);
  await axe(dora, "proposals-ar-400");
  await dora.setViewportSize({ width: 1280, height: 860 });
  await dora.locator("[data-proposal] button", { hasText: await text(dora, "proposal.confirm") }).click();
  ok((await dora.locator("dialog").innerText()).includes("nora"), "the other one reads what it is");
  await submit(dora, false);
  await dora.waitForSelector("dialog code");
  const address = await dora.locator("dialog code").innerText();
  ok(address.includes("#/welcome/") && !address.includes(word), "and gets the address, without the word");
  await dora.click("dialog button.primary");

  const nora = await open({}, address.slice(address.indexOf("#")));
  await nora.waitForSelector("form input");
  ok((await nora.locator("svg.qr").count()) === 0, "the address alone shows nothing");
  await axe(nora, "welcome-word");
  await nora.fill("form input", word);
  await nora.click("form button.primary");
  await nora.waitForSelector("svg.qr path");
  const secret = (await nora.locator("code").innerText()).replace(/\s/g, "");
  await nora.locator("input[autocomplete=new-password]").nth(0).fill(PASSWORD);
  await nora.locator("input[autocomplete=new-password]").nth(1).fill(PASSWORD);
  await nora.fill("input[autocomplete=one-time-code]", await freshCode({ secret }));
  await nora.click("form button.primary");
  await nora.waitForSelector("header.top");
  await settled(nora);
  ok(true, "with both, she signs in");

  // Who is concerned reads it at the top of each page.
  await dora.waitForSelector("table");
  await dora.locator("tr", { hasText: "root" }).locator("button").first().click();
  await dora.selectOption("dialog select", "auditor");
  await submit(dora, false);
  await dora.click("dialog button.primary");
  await root.reload();
  await root.waitForSelector("header.top");
  await until("the notice", async () => (await root.locator(".strip").allInnerTexts()).join().includes("dora"));
  ok(true, "and whom it concerns is told");
});

async function submit(page, closes = true) {
  await page.click("dialog button[type=submit]");
  if (closes) await page.waitForSelector("dialog", { state: "detached" });
}
