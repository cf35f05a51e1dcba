// SPDX-License-Identifier: MIT
// The policy of the page holds: nothing of others runs or is asked.
import { config, ok, openAt, scenario } from "./browser.mjs";

await scenario(async () => {
  const page = await openAt(config.mother);
  // A hub's page has nobody yet; this one is somebody's.
  await page.getByRole("heading", { name: config.hub ? "Come in with an invite" : "Chats" }).waitFor();
  if (config.hub) {
    // From the network, and from the loader.
    for (const from of ["the hub", "the loader"]) {
      const { fields, isolated } = await page.evaluate(async () => {
        const answer = await fetch("/index.html");
        return { fields: Object.fromEntries(answer.headers), isolated: crossOriginIsolated };
      });
      const policy = fields["content-security-policy"] ?? "";
      ok(/default-src 'none'/.test(policy) && /require-trusted-types-for 'script'/.test(policy) && /connect-src 'self'/.test(policy), `${from} says the policy`, policy);
      ok(fields["cross-origin-opener-policy"] === "same-origin" && fields["cross-origin-embedder-policy"] === "require-corp" && isolated, `${from} isolates the page`);
      ok(fields["referrer-policy"] === "no-referrer" && fields["x-content-type-options"] === "nosniff", `${from} tells nobody else`);
      await page.reload();
      await page.getByRole("heading", { name: "Come in with an invite" }).waitFor();
    }
    const framed = await page.evaluate(async () => {
      const f = document.createElement("iframe");
      f.src = "/index.html";
      document.body.append(f);
      await new Promise((done) => setTimeout(done, 500));
      try {
        return Boolean(f.contentDocument?.querySelector("#root"));
      } catch {
        return false;
      }
    });
    ok(!framed, "it is in no frame");
  }
  if (config.hub) {
    // A script that is too new for a browser does as little as one that does not come.
    const context = await page.context().browser().newContext({ serviceWorkers: "block" });
    const without = await context.newPage();
    await without.route(/\.js$/, (route) => route.abort());
    await without.goto(config.mother);
    const late = without.getByText("This page has not started");
    ok(!(await late.isVisible()), "what starts says nothing at first");
    await without.evaluate(() => document.getAnimations().forEach((a) => a.finish()));
    ok(await late.isVisible(), "what does not start says so");
    await context.close();
  }
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
