// SPDX-License-Identifier: MIT
// A reporter asks for a second look, which has no account; and a page that
// throws: it says so, and what is left behind is not above the next one.
import { axe, config, goTo, ok, scenario, signIn, text, until } from "./run.mjs";

await scenario(async () => {
  const ben = await signIn("ben");
  await goTo(ben, "#/appeals");
  await ben.waitForSelector(".appeal");
  const appeal = ben.locator(".appeal");
  ok((await appeal.innerText()).includes(config.words), "a second look is among the appeals, in the reporter's words");
  ok((await appeal.innerText()).includes(await text(ben, "appeal-kind.second-look")), "and is called one");
  ok(await appeal.locator("a[href^='#/account/']").count() === 0, "it names no account");
  await axe(ben, "second-look");
  await goTo(ben, `#/case/${config.case}`);
  await ben.waitForSelector(".appeal");
  ok((await ben.locator(".appeal").innerText()).includes(config.words), "it is on the page of its case");

  // What is on a case's page belongs to that case.
  await goTo(ben, `#/case/${config.other}`);
  await ben.waitForSelector(".item");
  await alone(ben, config.other, "one case's head and buttons, after another case");
  const before = await holder(ben, config.case);
  await ben.keyboard.press("c");
  await until("claimed", async () => (await ben.locator(".case-head").innerText()).includes(await text(ben, "queue.you")));
  ok(await holder(ben, config.other) === "ben" && await holder(ben, config.case) === before, "and what a key does is done to that case");

  // An answer that no page expects.
  const broken = `**/api/v1/cases/${config.case}`;
  await ben.route(broken, async (r) => {
    const got = await r.fetch();
    const c = await got.json();
    await r.fulfill({ response: got, json: { ...c, items: c.items.map((i) => ({ ...i, account: null })) } });
  });
  await goTo(ben, `#/case/${config.case}`);
  await ben.waitForSelector("main > .notice.bad");
  ok((await ben.locator("main").innerText()).includes(await text(ben, "error.page")), "a page that throws says so");
  ok(await ben.locator(".case-head").count() === 0, "and shows no half of itself");
  await axe(ben, "page-failed");
  await ben.click("main > .notice.bad button");
  await ben.waitForSelector("main > .notice.bad");
  ok(true, "it says so again when it throws again");
  await goTo(ben, `#/case/${config.other}`);
  await ben.waitForSelector(".item");
  await alone(ben, config.other, "the next case is there, with nothing of the failed one");
  for (const page of ["queue", "appeals", "policy"]) {
    await goTo(ben, `#/${page}`);
    ok(await ben.locator("main > .notice.bad").count() === 0, `and so is ${page}`);
  }
  await goTo(ben, `#/case/${config.case}`);
  await ben.waitForSelector("main > .notice.bad");
  await ben.unroute(broken);
  await ben.click("main > .notice.bad button");
  await ben.waitForSelector(".item");
  await alone(ben, config.case, "the failed page can be opened again");
});

/** There is one page, and it is that case's. */
async function alone(page, id, name) {
  const short = (x) => (x.length > 12 ? x.slice(0, 30) : x);
  await page.locator("main h1", { hasText: new RegExp(`\\b${short(id)}\\b`) }).first().waitFor();
  const heads = await page.locator("main h1").allInnerTexts();
  const count = async (selector) => page.locator(selector).count();
  ok(heads.length === 1 && await count(".case-head") === 1 && await count(".decide") === 1,
    name, heads.join("\n"));
}

async function holder(page, id) {
  return page.evaluate(async (id) => (await (await fetch(`/api/v1/cases/${id}`)).json()).assignee?.name ?? null, id);
}
