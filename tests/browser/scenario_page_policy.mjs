// SPDX-License-Identifier: MIT
// The policy of the page holds: nothing of others runs or is asked.
import { config, ok, openAt, scenario } from "./browser.mjs";

await scenario(async () => {
  const page = await openAt(config.mother);
  await page.getByRole("heading", { name: "Chats" }).waitFor();
  ok(!page.url().includes("#"), "the token is not in the address any more");
  const tried = await page.evaluate(async () => {
    const out = {};
    try {
      const s = document.createElement("script");
      s.text = "window.ran = 1";
      document.body.append(s);
    } catch {
      out.types = true;
    }
    out.ran = window.ran === 1;
    try {
      document.body.insertAdjacentHTML("beforeend", "<i></i>");
      out.html = true;
    } catch {
      out.html = false;
    }
    try {
      setTimeout("window.evaluated = 1");
    } catch {
      out.timer = true;
    }
    await new Promise((done) => setTimeout(done, 200));
    out.evaluated = window.evaluated ?? 0;
    out.fetched = await fetch("https://example.org/").then(
      () => true,
      () => false,
    );
    return out;
  });
  ok(!tried.ran, "no script that is not the page's");
  ok(tried.types === true && !tried.html, "no markup or script from text (Trusted Types)");
  ok(tried.evaluated === 0, "no text becomes a program");
  ok(!tried.fetched, "nobody else is asked");
  ok(page.bad.length > 0, "and each was noticed");
  page.bad.length = 0;
});
