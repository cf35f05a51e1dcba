// SPDX-License-Identifier: MIT
// A page that a browser cannot have says so, in words, and gives the link back.
import { rmSync } from "node:fs";
import { until } from "./driven.mjs";
import { config, ok, scenario } from "./driven_story.mjs";
import { WebKit } from "./webkit.mjs";

const FILES = ["StorageAPI", "FileSystem", "AccessHandle"];
const CANNOT = "This browser cannot keep your messages";
const PRIVATE = "This window keeps nothing";
const invite = config.link.slice(config.link.indexOf("#") + 1);

const all = [];
/** The first heading that ${how} shows: what is lacking, or how to join. */
async function shown(how) {
  rmSync(config.profile, { recursive: true, force: true });
  const webkit = await WebKit.start(config.profile, config.page, how);
  all.push(webkit);
  const page = await webkit.page(config.link);
  const heading = await until("a heading", () => page.run(() => document.querySelector("h1, h2")?.textContent));
  return [webkit, page, heading];
}

async function lacks(name, how, wanted) {
  const [webkit, page, heading] = await shown(how);
  const [major, minor] = webkit.version;
  // WebKit has the files since 2026; which release of WebKitGTK is to be seen.
  if (wanted === CANNOT && major === 2 && minor > 50 && heading === "Join") {
    ok(true, `${name}: nothing is lacking`);
  } else {
    ok(heading === wanted, `${name}: ${wanted}`, heading);
    ok(await page.find("text", invite), `${name}: the invite is there to be copied`);
    const used = await page.run(() => location.hash + (document.querySelector("input") ? " a field" : ""));
    ok(used === "", `${name}: nothing else can be done`, used);
  }
  ok(webkit.bad.length === 0, `${name}: no error, and nobody else is asked`, webkit.bad.join("\n# "));
  await webkit.kill();
}

await scenario("webkit-lack", all, async () => {
  await lacks("as it is", {}, CANNOT);
  await lacks("with files, but none that can be written at once", { features: FILES }, CANNOT);
  await lacks("a private window", { kept: false, features: FILES }, PRIVATE);
});
