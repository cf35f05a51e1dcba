// SPDX-License-Identifier: MIT
// Messages come while somebody decides: what was not read is not decided along,
// unless they say that they have read it.
import { execFileSync } from "node:child_process";
import { axe, config, goTo, ok, scenario, signIn, text, until } from "./run.mjs";

const [file, ...args] = config.report;
const report = (id) => execFileSync(file, [...args, "report", id, "--reason", "trafficking", "--yes"], { stdio: "ignore" });

await scenario(async () => {
  const anna = await signIn("anna");
  await goTo(anna, `#/case/${config.case}`);
  await anna.waitForSelector(".decide select");
  const before = await anna.locator(".item").count();
  const fresh = anna.locator(".item .sign", { hasText: await text(anna, "item.new") });
  await anna.selectOption(".decide select >> nth=0", "warn");
  await anna.fill(".decide textarea", "Insults.");
  await anna.locator(".decide input[name=ground]").first().check();

  report(config.first);
  await fresh.first().waitFor();
  ok(await fresh.count() === 1 && await anna.locator(".item").count() === before + 1, "what has come is there, and is marked");
  ok(await anna.inputValue(".decide textarea") === "Insults.", "what was typed stays");
  const notice = anna.locator(".decide .notice");
  ok((await notice.innerText()).includes("1"), "the form says that it is not about it");
  await axe(anna, "decide-unread");
  await notice.getByRole("button").click();
  ok(await fresh.count() === 0 && await notice.count() === 0, "who has read it says so");

  report(config.second);
  await fresh.first().waitFor();
  await anna.click(".decide button[type=submit]");
  await anna.waitForSelector(".decision");
  const aside = anna.locator(".decision").getByText(await text(anna, "decision.aside"));
  await aside.waitFor();
  await until("the case without it", async () => await anna.locator(".item").count() === before + 1);
  ok(true, "decided was what had been read");
  await axe(anna, "decided-aside");
  await aside.locator("a").click();
  await anna.waitForFunction((n) => document.querySelectorAll(".item").length === n, 1);
  ok((await anna.locator(".item").innerText()).includes(config.text), "the rest is a case of its own, and open");
});
