// SPDX-License-Identifier: MIT
// From the queue to a decision with the keyboard alone; undone in time; then
// one that a second person confirms.
import { axe, config, goTo, ok, scenario, screenshot, settled, signIn, text, until } from "./run.mjs";

await scenario(async () => {
  const anna = await signIn("anna");
  await settled(anna);
  await anna.waitForSelector(".case-row");
  await axe(anna, "queue");
  const rows = await anna.locator(".case-row").count();
  ok(rows === config.cases, `the queue has ${config.cases} cases`, rows);
  ok((await anna.locator(".case-row").first().innerText()).includes("5"), "the worst stands first");
  await anna.keyboard.press("w");
  ok(await anna.locator(".case-row .why").first().isVisible(), "it says why it stands there");
  await anna.keyboard.press("?");
  await anna.waitForSelector("dialog[open] .keys");
  await axe(anna, "keys");
  await anna.keyboard.press("Escape");

  // Claimed and decided without a hand on the mouse.
  await anna.keyboard.press("j");
  await anna.keyboard.press("Enter");
  await anna.waitForSelector(".item");
  await anna.keyboard.press("c");
  await until("the case is hers", async () => (await anna.locator(".case-head").innerText()).includes(await text(anna, "queue.you")));
  ok(true, "claimed by a key");
  await axe(anna, "case");
  ok(await anna.locator(".item .proof.good").count() > 0, "the proof is shown as proved");
  await anna.locator(".item .proof summary").first().press("Enter");
  await screenshot(anna, "case-proof");
  await decide(anna);
  await anna.waitForSelector(".undo");
  await axe(anna, "undo");
  await anna.keyboard.press("u");
  await anna.waitForSelector(".undo", { state: "detached" });
  const undone = await text(anna, "decision-state.undone");
  await until("undone", async () => (await anna.locator(".decision").first().innerText()).includes(undone));
  ok(true, "undone by a key");
  await decide(anna);
  const applied = await text(anna, "decision-state.applied");
  await until("applied", async () => (await anna.locator(".decision").last().innerText()).includes(applied));
  ok(true, "the hub applied it, and the page says so by itself");
  await axe(anna, "case-decided");
  // Given back, with a reason.
  await anna.locator(".decision").last().locator("button").click();
  await anna.fill("dialog textarea", "It was another alice.");
  await axe(anna, "reverse");
  await anna.click("dialog button[type=submit]");
  const reversed = await text(anna, "decision-state.reversed");
  await until("reversed", async () => (await anna.locator(".decision").nth(1).innerText()).includes(reversed));
  ok((await anna.locator(".decision").last().innerText()).includes("It was another alice."), "reversed, and both stay to be read");

  // Two people.
  await goTo(anna, `#/case/${config.second}`);
  await anna.waitForSelector(".item");
  await anna.keyboard.press("c");
  await until("claimed", async () => (await anna.locator(".case-head").innerText()).includes(await text(anna, "queue.you")));
  await decide(anna);
  const waiting = await text(anna, "decision-state.waiting");
  await until("waits", async () => (await anna.locator(".decision").last().innerText()).includes(waiting));
  ok(await anna.locator(".decision button.primary").count() === 0, "nobody confirms their own decision");
  const ben = await signIn("ben");
  await goTo(ben, `#/case/${config.second}`);
  await ben.waitForSelector(".decision button.primary");
  await ben.click(".decision button.primary");
  await ben.waitForSelector("dialog[open]");
  await axe(ben, "confirm");
  await ben.click("dialog button[type=submit]");
  await until("applied", async () => (await ben.locator(".decision").last().innerText()).includes(applied));
  ok((await ben.locator(".decision").last().innerText()).includes("ben"), "confirmed, and it says by whom");
  await until("anna sees it", async () => (await anna.locator(".decision").last().innerText()).includes(applied));
  ok(true, "who decided sees it without loading the page again");

  // The other pages.
  for (const page of ["appeals", "statistics", "policy", "lists", "audit", "settings"]) {
    await goTo(anna, `#/${page}`);
    await axe(anna, page);
  }
  await anna.click(".buttons button.primary").catch(() => {});
  await goTo(anna, "#/audit");
  await anna.click("button.primary");
  await anna.waitForSelector(".notice.good");
  ok(true, "the log is verified on the page");
  await axe(anna, "audit-verified");
  await goTo(anna, `#/account/${config.account}`);
  await axe(anna, "account");
  const root = await signIn("root");
  for (const page of ["people", "policy", "settings"]) {
    await goTo(root, `#/${page}`);
    await axe(root, `administrator-${page}`);
  }
});

/** As a reviewer does it: d, the action, tab by tab. */
async function decide(page) {
  await page.keyboard.press("d");
  await page.locator(".decide select").first().selectOption("disable");
  await page.locator(".decide textarea").fill("A person was offered for sale.");
  // The policy says that it is against the law; then which one has to be said.
  await page.locator(".decide input:not([type=checkbox], [type=radio])").fill("Criminal code, § 232");
  await page.locator(".decide button[type=submit]").press("Enter");
}
