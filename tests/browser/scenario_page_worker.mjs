// SPDX-License-Identifier: MIT
// The engine in a Worker of a real browser, with its files in it, over the page
// that the hub itself serves under its policy.
import { config, ok, openAt, scenario, tabOf, until } from "./browser.mjs";
import { ask, give } from "./member.mjs";

const begun = (page) => page.evaluate(() => window.begun);

scenario(async () => {
  const page = await openAt(config.page);
  ok((await begun(page)) === "ready", "the engine begins");
  ok((await give(page, "state")).phase === "none", "nobody is there");
  await give(page, "join", { link: config.invite, name: "ann" });
  await give(page, "connect");
  ok((await give(page, "state")).online, "joined and connected");
  await give(page, "send", { to: "bob", text: "from a browser", begin: true });

  const other = await tabOf(page, config.page);
  ok((await begun(other)) === "elsewhere", "one window at a time has it");
  await other.close();

  // Answered while the line is waited for.
  const quick = await page.evaluate(async () => {
    let over = false;
    const call = window.runtime.do("send", { to: "bob", text: "meanwhile" }).then(() => (over = true));
    await window.runtime.do("conversations", {});
    const before = !over;
    await call;
    return before;
  });
  ok(quick, "a read does not wait for a call");

  const file = await page.evaluate(async () => {
    const name = await window.runtime.put(new Blob(["a few words"]));
    return [name, await (await window.runtime.get(name)).text()];
  });
  ok(/^put-[0-9a-f]+$/.test(file[0]) && file[1] === "a few words", "files go in and out");

  // A photo as the browser itself writes it, and a recording as the page does:
  // cleaned by a Worker of the Worker, under the page's policy.
  await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(1200, 900);
    const draw = canvas.getContext("2d");
    for (let i = 0; i < 300; i++) {
      draw.fillStyle = `hsl(${i * 7} 80% 50%)`;
      draw.fillRect((i * 97) % 1200, (i * 61) % 900, 150, 90);
    }
    const photo = await window.runtime.put(await canvas.convertToBlob({ type: "image/jpeg" }));
    await window.runtime.do("send", { to: "bob", photo });
    const sound = Float32Array.from({ length: 3 * 48000 }, (_, i) => Math.sin(i / 20) / 4);
    await window.runtime.do("send", { to: "bob", voice: await window.runtime.put(window.wav(sound)) });
  });
  // One that only the browser can read.
  ok(
    await page.evaluate(async (avif) => {
      const bytes = Uint8Array.from(atob(avif), (c) => c.charCodeAt(0));
      const sent = [];
      await window.withPhoto(new Blob([bytes], { type: "image/avif" }), async (photo) => {
        sent.push(photo);
        await window.runtime.do("send", { to: "bob", photo });
      });
      return sent.length === 2;
    }, config.avif),
    "what only the browser reads becomes a JPEG",
  );
  const broken = await page.evaluate(() => window.runtime.put(new Blob(["\u00ff\u00d8\u00ff no photo"])));
  ok((await ask(page, "send", { to: "bob", photo: broken })).code === "type", "what is no photo is not sent");
  await give(page, "send_files");

  await page.reload();
  ok((await begun(page)) === "ready", "it begins again");
  ok((await give(page, "state")).phase === "locked", "what it kept is there");
  await give(page, "open");
  const state = await give(page, "state");
  ok(state.phase === "open" && state.name === "ann", "it is the same member");
  const [talk] = await give(page, "conversations");
  const messages = await give(page, "messages", { id: talk.id });
  ok(messages.some((m) => m.text === "from a browser"), "with what was written");
  await give(page, "connect");
  await give(page, "send", { to: "bob", text: "and again" });

  // A window that is closed in the middle of something.
  await page.evaluate(() => void window.runtime.do("send", { to: "bob", text: "cut off" }));
  const last = await tabOf(page, config.page);
  await page.close();
  await until("the lock is free", async () => {
    if ((await begun(last)) === "ready") return true;
    await last.reload();
    return false;
  });
  await give(last, "open");
  await give(last, "connect");
  await give(last, "send_files");
  ok((await give(last, "state")).online, "it goes on after that");
});
