// SPDX-License-Identifier: MIT
// Somebody joins in a browser, writes, gets a threat, reports it in three steps
// and sees what became of it.
import { axe, config, ok, openAt, overflow, scenario, tabOf, until } from "./browser.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };

/** Everything that every screen has to be. */
async function fit(page, name) {
  ok((await overflow(page)) === "", `nothing sticks out: ${name}`, await overflow(page));
  await axe(page, `page-${name}`);
}

async function join(page) {
  // Who came by a link is where it leads.
  if (config.once) {
    await page.getByRole("heading", { name: "Join" }).waitFor();
    ok(!page.url().includes("#"), "the invite stays in no history", page.url());
    await page.getByRole("button", { name: "Back" }).click();
  }
  await fit(page, "join");
  await page.getByLabel("Your invite").fill("http://example.org/");
  ok(await page.getByRole("button", { name: "Go on" }).isDisabled(), "only an invite goes on");
  await page.getByLabel("Your invite").fill(config.invite);
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByLabel("What may we call you?").fill("mother");
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByText("exists", { exact: false }).or(page.getByText("taken", { exact: false })).first().waitFor();
  ok(true, "a name that is taken is said to be");
  await page.getByLabel("What may we call you?").fill("ann");
  await fit(page, "name");
  await page.getByRole("button", { name: "Go on" }).click();
  await page.locator(".words li").nth(11).waitFor();
  await fit(page, "words");
  const words = await page.locator(".words li").allTextContents();
  await page.reload();
  await page.locator(".words li").nth(11).waitFor();
  ok((await page.locator(".words li").allTextContents()).join() === words.join(), "the words stay until they are written down");
  await page.getByRole("button", { name: "I have written them down" }).click();
  const labels = await page.locator(".field label").allTextContents();
  for (const l of labels) await page.getByLabel(l, { exact: true }).fill("wrong");
  await page.getByRole("button", { name: "Done" }).click();
  ok((await page.getByText("Not quite").count()) === 3, "three wrong words, without hurry");
  for (const l of labels) await page.getByLabel(l, { exact: true }).fill(words[Number(/\d+/.exec(l)[0]) - 1]);
  await fit(page, "words-confirm");
  await page.getByRole("button", { name: "Done" }).click();
  if (config.once) {
    await page.getByText("Shall this device tell you").waitFor();
    await fit(page, "wake");
    await page.getByRole("button", { name: "Not now" }).click();
  }
  await page.getByRole("heading", { name: "Chats" }).waitFor();
  return words;
}

async function write(page) {
  await page.getByRole("link", { name: "Write" }).click();
  await page.getByLabel("To whom?").fill("mother");
  await page.getByLabel("Your message").fill("It is me. I am safe.");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("You have not written to them before").waitFor();
  await fit(page, "new");
  await page.getByRole("button", { name: "Write to mother" }).click();
  await page.locator(".msg.mine").waitFor();
  ok(true, "a first message asks, and goes");
}

async function answer(mother, page) {
  await mother.locator("nav.tabs").getByRole("link", { name: "Requests" }).click();
  await mother.locator("article").getByText("It is me. I am safe.").waitFor();
  await fit(mother, "requests");
  await mother.getByRole("button", { name: "Accept" }).click();
  await mother.getByLabel("Your message").fill("We are coming. Stay inside.");
  await mother.keyboard.press("Enter");
  await page.locator(".talk").getByText("We are coming. Stay inside.").waitFor();
  ok(true, "the answer comes");
  await page.getByLabel("Your message").fill("half a thought");
  await page.waitForTimeout(700);
  await page.reload();
  await page.getByLabel("Your message").waitFor();
  ok((await page.getByLabel("Your message").inputValue()) === "half a thought", "a draft survives");
  await page.getByLabel("Your message").fill("Knock three times.");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await mother.locator(".talk").getByText("Knock three times.").waitFor();
  await fit(page, "chat");
}

/** An answer, a reaction, a change, a deletion. */
async function change(mother, page) {
  const last = mother.locator(".msg", { hasText: "Knock three times." });
  await last.getByRole("button", { name: "What to do with this message" }).click();
  await fit(mother, "message");
  await mother.getByRole("button", { name: "👍" }).click();
  await page.locator(".heart").waitFor();
  await last.getByRole("button", { name: "What to do with this message" }).click();
  await mother.getByRole("button", { name: "Reply" }).click();
  await mother.getByLabel("Your message").fill("Three tmes.");
  await mother.keyboard.press("Enter");
  await page.locator(".quote", { hasText: "Knock three times." }).waitFor();
  const mine = mother.locator(".msg.mine", { hasText: "Three tmes." });
  await mine.getByRole("button", { name: "What to do with this message" }).click();
  await mother.getByRole("button", { name: /^Change it/ }).click();
  await mother.getByLabel("Your message").fill("Three times.");
  await mother.keyboard.press("Enter");
  await page.locator(".bubble", { hasText: "Three times." }).getByText("changed").waitFor();
  ok(true, "reactions, answers and changes are shown");
}

async function photos(mother, page) {
  const choose = mother.waitForEvent("filechooser");
  await mother.getByRole("button", { name: "Add photos or files" }).click();
  await (await choose).setFiles(config.photo);
  await mother.locator(".attached img").waitFor();
  await mother.getByRole("button", { name: "Send", exact: true }).click();
  const veiled = page.getByRole("button", { name: /hidden. Show it/ });
  await veiled.waitFor();
  await veiled.click();
  await page.locator(".photo img").waitFor();
  await page.locator(".photo").last().click();
  await page.locator("dialog.viewer img").waitFor();
  await fit(page, "photo");
  await page.keyboard.press("Escape");
  await until("the photo is closed", async () => (await page.locator("dialog.viewer").count()) === 0);
  ok(true, "a photo is veiled, then shown, then large");
}

/** The threat: words, no photo; three steps; proof. */
async function report(page) {
  await page.evaluate(() => (location.hash = "#/requests"));
  const ask = page.getByRole("article", { name: /eve/ });
  await ask.getByText("We know where your family is").waitFor();
  ok((await page.locator("article img").count()) === 0, "no photo of a stranger");
  ok(await ask.getByText("isn’t fetched unless you accept").isVisible(), "and it is said to be there");
  await ask.getByRole("link", { name: "Report…" }).click();
  const box = page.getByRole("checkbox").first();
  await box.waitFor();
  ok(!(await box.isChecked()), "nothing is chosen beforehand");
  await page.locator(".choice label").first().click();
  await fit(page, "report-1");
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByText("Someone’s life is threatened").click();
  await fit(page, "report-2");
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByText("We know where your family is").waitFor();
  ok(await page.getByRole("button", { name: "Seal and send" }).isDisabled(), "with or without a name has to be chosen");
  await page.getByText("Without my name").click();
  const send = page.getByRole("button", { name: "Seal and send" });
  await until("the seal", () => send.isEnabled());
  await fit(page, "report-3");
  await send.click();
  await page.getByText("The desk has it, with proof").waitFor();
  await page.getByRole("button", { name: "Block eve" }).click();
  await page.getByRole("heading", { name: "Chats" }).waitFor();
  await until("the request is gone", async () => (await page.locator("a.call").count()) === 0);
  ok(true, "reported and blocked");
}

async function outcome(page) {
  await page.evaluate(() => (location.hash = "#/reports"));
  await page.getByText("The desk has it", { exact: true }).or(page.getByText("The desk acted")).first().waitFor();
  await fit(page, "reports");
  const tab = await tabOf(page, config.ann.split("#")[0] + "#/reports");
  await tab.getByText(config.once ? "open in another window" : "Someone’s life is threatened").first().waitFor();
  ok(true, config.once ? "a second tab says who has it" : "a second tab is the same");
  await tab.close();
}

await scenario(async () => {
  const page = await openAt(config.ann, PHONE);
  const mother = await openAt(config.mother);
  await join(page);
  await write(page);
  await answer(mother, page);
  await change(mother, page);
  await photos(mother, page);
  await report(page);
  await outcome(page);
});
