// SPDX-License-Identifier: MIT
// What somebody has typed or chosen survives every update, whatever becomes of
// the thing that it is about, and every answer that is late or does not come.
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { axe, config, goTo, ok, scenario, signIn, text, until } from "./run.mjs";

const [file, ...args] = config.report;
/** A report of one more message: the desk tells every page of the case. */
const report = (id) => execFileSync(file, [...args, "report", id, "--reason", "trafficking", "--yes"], { stdio: "ignore" });
const FACTS = "He offered a child for sale.";
const NOTE = "He writes from two numbers.";
const ANSWER = "We read it again, and";

await scenario(async () => {
  const anna = await signIn("anna");
  const ben = await signIn("ben");
  const items = () => anna.locator(".item").count();

  // A decision half typed, and the list of people late.
  await goTo(anna, `#/case/${config.case}`);
  await anna.waitForSelector(".item");
  await anna.keyboard.press("c");
  await until("claimed", async () => (await anna.locator(".case-head").innerText()).includes(await text(anna, "queue.you")));
  await anna.selectOption(".decide select >> nth=0", "warn");
  await anna.fill(".decide textarea", FACTS);
  await anna.route("**/api/v1/people", async (r) => {
    await sleep(1000);
    await r.continue();
  });
  await anna.locator(".case-head button", { hasText: await text(anna, "case.handover") }).click();
  const select = anna.locator("dialog select");
  ok(await chosen(select) === await text(anna, "state.loading"), "a list that is on its way says so");
  await anna.locator("dialog option", { hasText: "ben" }).waitFor({ state: "attached" });
  await anna.unroute("**/api/v1/people");
  const him = await anna.locator("dialog option", { hasText: "ben" }).getAttribute("value");
  await select.selectOption(him);

  // Ben is no longer somebody to choose: he takes the case himself.
  await goTo(ben, `#/case/${config.case}`);
  await ben.waitForSelector(".item");
  await take(ben, config.case, him);
  await anna.waitForSelector(".case-head .notice.warn");
  let before = await items();
  report(config.messages[0]);
  await until("the message", async () => await items() > before);
  ok((await chosen(select)).includes("ben"), "a choice stays when an update takes it from the list", await chosen(select));
  ok(await select.inputValue() === him, "and is what would be sent");
  await axe(anna, "survive-handover");
  await anna.keyboard.press("Escape");
  await anna.waitForSelector("dialog", { state: "detached" });
  ok(await anna.inputValue(".decide textarea") === FACTS && await anna.inputValue(".decide select >> nth=0") === "warn",
    "a decision half typed stays when somebody else takes the case");
  ok(await anna.locator(".decide button[type=submit]").isDisabled()
    && (await anna.locator(".decide").innerText()).includes("ben"), "it says whose case it is, and is not sent");
  await axe(anna, "survive-decision");

  // A list that does not come can be asked for again.
  await ben.route("**/api/v1/people", (r) => r.abort());
  await ben.locator(".case-head button", { hasText: await text(ben, "case.handover") }).click();
  await ben.waitForSelector("dialog .notice.bad");
  await ben.unroute("**/api/v1/people");
  await ben.click("dialog .notice.bad button");
  await ben.locator("dialog option", { hasText: "anna" }).waitFor({ state: "attached" });
  ok(true, "a list of people that did not come is asked for again, in the dialog");
  await ben.selectOption("dialog select", { label: await ben.locator("dialog option", { hasText: "anna" }).innerText() });
  await ben.click("dialog button[type=submit]");
  await ben.waitForSelector("dialog", { state: "detached" });

  // An update that fails takes nothing away: it is said beside what is shown.
  await until("anna has it again", async () => {
    await anna.locator(".case-head .notice.warn button").click({ timeout: 1000 }).catch(() => {});
    return await anna.locator(".decide button[type=submit]").isEnabled();
  });
  await anna.route(`**/api/v1/cases/${config.case}`, (r) => r.abort());
  before = await items();
  report(config.messages[1]);
  await anna.waitForSelector("main > .notice.bad");
  ok(await items() === before, "an update that does not come leaves the page as it is");
  ok(await anna.inputValue(".decide textarea") === FACTS, "and what was typed");
  await axe(anna, "survive-failed");
  await anna.unroute(`**/api/v1/cases/${config.case}`);
  await anna.click("main > .notice.bad button");
  await until("the message", async () => await items() > before);
  ok(await anna.inputValue(".decide textarea") === FACTS && await anna.locator("main > .notice.bad").count() === 0,
    "it is asked for again, and what was typed is still there");

  // The screen locks in the middle of a sentence, and a key leads away.
  await anna.keyboard.press("n");
  await anna.fill("dialog textarea", NOTE);
  await lock(anna);
  before = await items();
  report(config.messages[2]);
  await anna.waitForSelector("main.door");
  ok(await anna.locator("dialog, .decide").count() === 0, "nothing of a case is on a locked screen");
  await anna.fill("main.door input[type=password]", config.people.anna.password);
  await anna.click("main.door button[type=submit]");
  await anna.waitForSelector("dialog textarea");
  ok(await anna.inputValue("dialog textarea") === NOTE && await anna.inputValue(".decide textarea") === FACTS,
    "what was typed is there when it is unlocked");
  await anna.keyboard.press("Escape");
  await anna.waitForSelector("dialog", { state: "detached" });
  await until("the message", async () => await items() > before);
  const fresh = anna.locator(".item .sign", { hasText: await text(anna, "item.new") });
  ok(await fresh.count() > 0, "and what came meanwhile is marked as new");
  await anna.locator("h1").focus();
  await anna.keyboard.press("3");
  await anna.waitForFunction(() => location.hash === "#/statistics");
  await anna.goBack();
  await anna.waitForSelector(".decide textarea");
  ok(await anna.inputValue(".decide textarea") === FACTS, "and when a key has led to another page");
  await anna.keyboard.press("n");
  ok(await anna.inputValue("dialog textarea") === "", "a note that was given up is not kept");
  await anna.keyboard.press("Escape");

  // The answer to an appeal that leaves the list.
  await goTo(ben, "#/appeals");
  const { items: [one] } = await ben.evaluate(async () => (await fetch("/api/v1/appeals?state=open")).json());
  let asked = 0;
  await ben.route("**/api/v1/appeals*", (r) => {
    const second = r.request().url().includes("cursor=second");
    if (second) asked++;
    return r.fulfill({ json: second ? { items: [one] } : { items: [{ ...one, id: "0" }], next: "second" } });
  });
  await goTo(ben, "#/queue");
  await goTo(ben, "#/appeals");
  await ben.locator("main button", { hasText: await text(ben, "state.more") }).click();
  await until("the second page", async () => await ben.locator(".appeal").count() === 2);
  await ben.locator(".appeal").last().locator(".buttons button").first().click();
  await ben.fill("dialog textarea", ANSWER);
  report(config.messages[3]);
  await until("both pages again", () => asked >= 2);
  await ben.waitForTimeout(500);
  ok(await ben.locator(".appeal").count() === 2 && await ben.inputValue("dialog textarea") === ANSWER,
    "an update brings as many pages of a list as were shown");
  await ben.unroute("**/api/v1/appeals*");
  await ben.route("**/api/v1/appeals*", (r) => r.fulfill({ json: { items: [] } }));
  report(config.messages[4]);
  await until("no appeals", async () => await ben.locator(".appeal").count() === 0);
  ok(await ben.locator("dialog textarea").count() === 1 && await ben.inputValue("dialog textarea") === ANSWER,
    "an answer half typed stays when its appeal leaves the list");
  await axe(ben, "survive-appeal");
  await ben.keyboard.press("Escape");
  await ben.unroute("**/api/v1/appeals*");

  // One form of the settings is saved while another one is half filled in.
  await goTo(ben, "#/settings");
  await ben.fill("main input[type=number] >> nth=0", "77");
  await ben.fill("main input[autocomplete=new-password] >> nth=0", "half a pass");
  await Promise.all([ben.waitForResponse("**/api/v1/settings"), ben.click("main form button.primary >> nth=0")]);
  await ben.fill("main input[type=number] >> nth=0", "78");
  report(config.messages[5]);
  await ben.waitForTimeout(1000);
  ok(await ben.inputValue("main input[type=number] >> nth=0") === "78"
    && await ben.inputValue("main input[autocomplete=new-password] >> nth=0") === "half a pass", "settings half filled in stay");

  // A policy half written, and an answer that says that it has changed.
  const root = await signIn("root");
  await goTo(root, "#/policy");
  await root.fill("main textarea", "window_hours = 7");
  await root.route("**/api/v1/policy", (r) => r.request().method() === "PUT"
    ? r.fulfill({ status: 409, json: { error: { code: "conflict", by: "ben", at_ms: Date.now() } } }) : r.abort());
  await root.click("main form button[type=submit]");
  await root.click("main form .notice.warn button");
  await root.waitForSelector("main > .notice.bad");
  ok(await root.inputValue("main textarea") === "window_hours = 7", "a policy half written stays when the newer one does not come");
  await root.unroute("**/api/v1/policy");
  await goTo(root, "#/lists");
  await goTo(root, "#/policy");
  await root.waitForSelector("main textarea");
  ok(await root.inputValue("main textarea") === "window_hours = 7", "and when a link has led to another page");
  await root.locator("main form button[type=button]").click();
  ok((await root.inputValue("main textarea")).includes("[[reason]]"), "until it is discarded");

  // The row that is selected is a case, not a place in the list.
  await goTo(ben, "#/queue?state=all");
  await ben.waitForSelector(".case-row");
  await ben.locator(".case-row a").first().focus();
  const at = () => ben.locator(".case-row.at a").first().getAttribute("href");
  const selected = await at();
  await ben.route("**/api/v1/cases?*", async (r) => {
    const got = await r.fetch();
    const page = await got.json();
    await r.fulfill({ response: got, json: { ...page, items: page.items.reverse() } });
  });
  await ben.keyboard.press("r");
  await until("turned", async () => await ben.locator(".case-row a").first().getAttribute("href") !== selected);
  ok(await at() === selected, "the selection stays with its case when the order changes", `${await at()} ${selected}`);
});

/** What a select shows. */
async function chosen(select) {
  return select.evaluate((s) => s.selectedOptions[0]?.textContent ?? "");
}

/** The desk locks the session, and the page learns of it by the next answer. */
async function lock(page) {
  await page.evaluate(async () => {
    const { csrf } = await (await fetch("/api/v1/session")).json();
    await fetch("/api/v1/session/lock", { method: "POST", headers: { "X-CSRF-Token": csrf, "Content-Type": "application/json" }, body: "{}" });
  });
}

/** Hands the case to ${person}, as another program of the same reviewer would. */
async function take(page, id, person) {
  await page.evaluate(async ([id, person]) => {
    const get = async (path) => (await fetch(`/api/v1${path}`)).json();
    const { csrf } = await get("/session");
    const { version } = await get(`/cases/${id}`);
    const r = await fetch(`/api/v1/cases/${id}/handover`, {
      method: "POST", headers: { "X-CSRF-Token": csrf, "Content-Type": "application/json" }, body: JSON.stringify({ version, person }),
    });
    if (!r.ok) throw new Error(await r.text());
  }, [id, person]);
}
