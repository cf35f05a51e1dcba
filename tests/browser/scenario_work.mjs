// SPDX-License-Identifier: MIT
// What else is done with a case, and what an administrator does, dialog by
// dialog.
import { readFileSync } from "node:fs";
import { axe, config, goTo, ok, scenario, settled, signIn, text, until } from "./run.mjs";

await scenario(async () => {
  const ben = await signIn("ben");
  await goTo(ben, `#/case/${config.case}`);
  await ben.waitForSelector(".item");
  await ben.keyboard.press("c");
  await until("claimed", async () => (await ben.locator(".case-head").innerText()).includes(await text(ben, "queue.you")));

  // Dialogs that take a text and show it afterwards.
  for (const [key, what] of [["case.note", "a note"], ["case.escalate", "a senior should see this"], ["case.opinion", "what do others think?"]]) {
    await dialog(ben, key, { textarea: what });
    await until(what, async () => (await ben.locator("main").innerText()).includes(what));
    ok(true, `${key}: it stands on the page`);
  }
  await dialog(ben, "case.attach", { "input:not([type=checkbox])": "a phone call", textarea: "He gave a number." });
  await ben.waitForSelector(".item.attachment");
  ok((await ben.locator(".item.attachment").innerText()).includes(await text(ben, "attachment.unproved")), "an attachment is marked as not proved");
  await dialog(ben, "case.question", { textarea: "Since when do you know him?" });
  await until("the question", async () => (await ben.locator("main").innerText()).includes("Since when do you know him?"));
  ok((await ben.locator("main").innerText()).includes(await text(ben, "question.open")), "the reporter is asked");
  await dialog(ben, "case.hold", { textarea: "The police asked for it." });
  await until("held", async () => (await ben.locator(".case-head").innerText()).includes(await text(ben, "flag.held")));
  ok(true, "a legal hold stands at the top");
  await openDialog(ben, "case.triage");
  await ben.selectOption("dialog select >> nth=0", "child");
  await ben.fill("dialog input[type=datetime-local]", "2030-01-01T12:30");
  await axe(ben, "triage");
  await submit(ben);
  await until("a child", async () => (await ben.locator(".case-head").innerText()).includes(await text(ben, "flag.child")));
  ok((await ben.locator(".case-head").innerText()).includes("12:30"), "age and threat are at the top");
  const item = ben.locator(".item:not(.attachment)").first();
  await item.locator("> button").click();
  await ben.waitForSelector("dialog[open]");
  await ben.fill("dialog textarea", "She is [age].");
  await axe(ben, "redact");
  await submit(ben);
  await until("redacted", async () => (await item.innerText()).includes(await text(ben, "item.redacted")));
  ok(true, "a working copy says that it is one");

  // What leaves the desk.
  for (const kind of ["csev", "html", "custody"]) {
    await openDialog(ben, "case.export");
    await ben.selectOption("dialog select >> nth=0", kind);
    if (kind === "csev") await axe(ben, "export");
    const [file] = await Promise.all([ben.waitForEvent("download"), ben.click("dialog button[type=submit]")]);
    ok(file.suggestedFilename().endsWith(`.${kind}`) && readFileSync(await file.path()).length > 100, `exported as ${kind}`, file.suggestedFilename());
    await ben.waitForSelector("dialog", { state: "detached" });
  }
  await axe(ben, "case-worked-on");

  // Handed over, and two cases become one.
  await openDialog(ben, "case.handover");
  const her = ben.locator("dialog option", { hasText: "anna" });
  await her.waitFor({ state: "attached" });
  await ben.selectOption("dialog select", await her.getAttribute("value"));
  await axe(ben, "handover");
  await submit(ben);
  await until("anna has it", async () => (await ben.locator(".case-head").innerText()).includes("anna"));
  ok(true, "handed over");
  await openDialog(ben, "case.merge");
  await ben.fill("dialog input", config.other);
  await axe(ben, "merge");
  await submit(ben);
  await ben.waitForFunction((id) => location.hash === `#/case/${id}`, config.other);
  await until("merged", async () => (await ben.locator(".item:not(.attachment)").count()) >= 2);
  ok(true, "merged, and the other one is shown");
  await openDialog(ben, "case.split");
  await ben.locator("dialog input[type=checkbox]").first().check();
  await axe(ben, "split");
  await submit(ben);
  await ben.waitForFunction((id) => location.hash !== `#/case/${id}`, config.other);
  await settled(ben);
  ok(true, "split, and the new one is shown");

  // Decisions about things, and one that a second person refuses.
  await goTo(ben, `#/case/${config.photo}`);
  await ben.waitForSelector(".media");
  await decide(ben, "quarantine");
  await ben.click(".decide button[type=submit]");
  await ben.waitForSelector(".decide .notice.warn");
  ok(true, "a quarantine of nothing is not sent");
  await ben.check(".decide fieldset input[type=checkbox] >> nth=0");
  await axe(ben, "decide-quarantine");
  await ben.click(".decide button[type=submit]");
  const applied = await text(ben, "decision-state.applied");
  await until("quarantined", async () => (await ben.locator(".decision").count()) === 1 && (await ben.locator(".decision").innerText()).includes(applied));
  ok(true, "a file is in quarantine");
  await decide(ben, "dissolve");
  await ben.check(".decide fieldset input[type=checkbox] >> nth=0");
  ok((await ben.locator(".decide .rules").innerText()).includes(await text(ben, "decide.two-people")), "the form says that it takes two people, before it is sent");
  await ben.click(".decide button[type=submit]");
  await until("waits", async () => (await ben.locator(".decision").count()) === 2);
  const anna = await signIn("anna");
  await goTo(anna, `#/case/${config.photo}`);
  const refuse = anna.locator(".decision button", { hasText: await text(anna, "decision.refuse") });
  await refuse.waitFor();
  await refuse.click();
  await anna.fill("dialog textarea", "One photo is no reason to dissolve a group.");
  await submit(anna);
  await until("refused", async () => (await ben.locator(".decision").last().innerText()).includes("One photo is no reason"));
  ok(true, "refused, and who made it reads why, at once");

  // Administration.
  const root = await signIn("root");
  await goTo(root, "#/people");
  await root.click("main button.primary");
  await root.fill("dialog input", "nora");
  await axe(root, "person-add");
  await submit(root, false);
  await root.waitForSelector("dialog code");
  ok((await root.locator("dialog code").innerText()).includes("#/welcome/"), "a person is added, and the address shown once");
  await root.click("dialog button.primary");
  await until("nora", async () => (await root.locator("table").innerText()).includes("nora"));
  await goTo(root, "#/settings");
  await root.locator("main .buttons button:not([type=submit])").last().click();
  await root.fill("dialog input:not([type=checkbox])", "statistics");
  await axe(root, "token-add");
  await submit(root, false);
  await root.waitForSelector("dialog code");
  const token = await root.locator("dialog code").innerText();
  const asked = await fetch(`${config.console}api/v1/cases`, { headers: { Authorization: `Bearer ${token}` } });
  ok(asked.ok, "a token works", asked.status);
  await root.click("dialog button.primary");
  await root.waitForSelector("main table");
  await axe(root, "tokens");
  await root.click("main table button");
  await submit(root);
  const later = await fetch(`${config.console}api/v1/cases`, { headers: { Authorization: `Bearer ${token}` } });
  ok(later.status === 401, "and no longer when it is revoked", later.status);
  await goTo(root, "#/lists");
  await root.click("main button.primary");
  await root.fill("dialog input >> nth=0", "known");
  await root.fill("dialog input >> nth=1", "another desk");
  await root.fill("dialog textarea", "to find copies");
  await axe(root, "list-add");
  await submit(root);
  await root.waitForSelector("main table");
  await root.click("main table button >> nth=0");
  await root.setInputFiles("dialog input[type=file]", {
    name: "known.csv", mimeType: "text/csv", buffer: Buffer.from(`hash,label\n${"0123456789abcdef".repeat(4)},a\nnonsense,b\n`),
  });
  await axe(root, "list-import");
  await submit(root, false);
  await root.waitForSelector("dialog .bad-lines");
  ok((await root.locator("dialog").innerText()).includes("3"), "an import says which line it could not read");
  await axe(root, "list-imported");
  await root.click("dialog button.primary");
  await axe(root, "lists");
  const [list] = await Promise.all([root.waitForEvent("download"), root.click("main table button >> nth=1")]);
  ok(readFileSync(await list.path(), "utf8").includes("0123456789abcdef"), "and gives back what it has");
  await root.click("main table button >> nth=3");
  await submit(root);
  await until("gone", async () => (await root.locator("main table").count()) === 0);
  ok(true, "a list is deleted");
  await goTo(root, "#/policy");
  await root.fill("main textarea", "window_hours = nonsense");
  await root.click("main form button[type=submit]");
  await root.waitForSelector(".notice.bad");
  ok(await root.inputValue("main textarea") === "window_hours = nonsense", "a policy with a mistake is refused, and kept to be mended");
  await axe(root, "policy-refused");
});

async function decide(page, action) {
  await page.selectOption(".decide select >> nth=0", action);
  await page.fill(".decide textarea", "A photo of somebody who did not agree.");
  await page.fill(".decide > .field input", "Criminal code, § 201a");
}

async function openDialog(page, key) {
  await page.locator(".case-head button", { hasText: await text(page, key) }).first().click();
  await page.waitForSelector("dialog[open]");
}

async function submit(page, closes = true) {
  await page.click("dialog button[type=submit]");
  if (closes) await page.waitForSelector("dialog", { state: "detached" });
}

async function dialog(page, key, fields) {
  await openDialog(page, key);
  for (const [field, value] of Object.entries(fields)) await page.fill(`dialog ${field}`, value);
  await submit(page);
}
