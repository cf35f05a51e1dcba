// SPDX-License-Identifier: MIT
// What a page has of the engine, at a hub that listens on ${port}, in a program
// that can take its files away and ends it where it likes.
import { Hub, Keeper, Media, MemoryFiles, OpfsFiles } from "../../web/member/src/worker/host";

// Nothing here is a photo.
const NO_MEDIA = new Media(() => Promise.reject(new Error("no module")), () => undefined);
const STUCK_MS = 60000;

export function check(condition, what) {
  if (!condition) throw new Error(what);
}
export async function until(what, why) {
  const end = performance.now() + STUCK_MS;
  for (;;) {
    const found = await what();
    if (found) return found;
    check(performance.now() < end, why);
    await new Promise((done) => setTimeout(done, 10));
  }
}

export class Refused extends Error {
  constructor({ code, sentence }) {
    super(`${code}: ${sentence}`);
    this.code = code;
  }
}

/** {module, origin, port}: the engine, and where the hub is. */
export class Page {
  events = [];
  hubs = [];

  /** ${disk}: undefined, it keeps nothing. */
  static async begin(at, disk) {
    const page = new Page();
    page.disk = disk;
    page.keeper = await Keeper.begin({
      module: at.module,
      files: async () => {
        const files = disk ? await OpfsFiles.open(disk) : new MemoryFiles();
        page.opened?.();
        return files;
      },
      hub: () => page.hub(at),
      media: NO_MEDIA,
      event: (json) => page.events.push(JSON.parse(json).event),
      log: () => undefined,
      gone: (why) => (page.gone = why),
    });
    return page;
  }
  hub({ origin, port }) {
    const to = (url) => url.replace(/^(http|ws):\/\/[^/]*/, `$1://127.0.0.1:${port}`);
    const hub = new Hub(
      origin,
      (url) => {
        const socket = new WebSocket(to(url), { protocols: ["countersign.v1"], headers: { origin } });
        const send = socket.send.bind(socket);
        // What the hub hears is a change, too.
        socket.send = (frame) => (this.disk?.step(), send(frame));
        return socket;
      },
      (url, how) => fetch(to(url), { ...how, headers: { ...how.headers, origin } }),
    );
    this.hubs.push(hub);
    return hub;
  }
  /** As when its window is closed. */
  end() {
    this.disk?.end();
    this.hubs.forEach((hub) => hub.close());
  }

  async do(method, take = {}) {
    const said = JSON.parse(await this.keeper.do(method, JSON.stringify(take)));
    if (said.error) throw new Refused(said.error);
    return said.give;
  }
  /** Somebody, or a group by its number. */
  async with(name) {
    return (await this.do("conversations")).find((c) => c.name === name || c.id === name);
  }
  /** What was written with somebody, from the first to the last. */
  async texts(name) {
    const id = (await this.with(name))?.id;
    const all = [];
    for (let before; id; ) {
      const some = await this.do("messages", { id, most: 200, ...(before && { before }) });
      all.unshift(...some.map((m) => m.text));
      if (some.length < 200) break;
      before = some[0].id;
    }
    return all;
  }
  /** Until it is among the last of them. */
  has(name, text) {
    return until(async () => {
      const id = (await this.with(name))?.id;
      return id && (await this.do("messages", { id, most: 20 })).some((m) => m.text === text);
    }, `"${text}" does not come`);
  }
}

/** Both join, and write to each other. */
export async function friends(ann, bob, link) {
  for (const [page, name] of [
    [ann, "ann"],
    [bob, "bob"],
  ]) {
    await page.do("join", { link, name });
    await page.do("connect");
  }
  await ann.do("send", { to: "bob", text: "hello", begin: true });
  await until(() => bob.with("ann"), "bob is asked");
  await bob.do("accept", { name: "ann" });
  await bob.do("send", { to: "ann", text: "welcome" });
  await ann.has("bob", "welcome");
}

/** Both sides write to each other, and what is there is there once. */
export async function goesOn(page, bob, known, what) {
  const n = ++goesOn.n;
  await page.do("send", { to: "bob", text: `on ${n}` });
  await bob.has("ann", `on ${n}`);
  await bob.do("send", { to: "ann", text: `back ${n}` });
  await page.has("bob", `back ${n}`);
  for (const [who, texts] of [["ann", await page.texts("bob")], ["bob", await bob.texts("ann")]])
    for (const text of [...known, `on ${n}`, `back ${n}`]) {
      const times = texts.filter((t) => t === text).length;
      check(times === 1, `${what}: ${who} has "${text}" ${times} times`);
    }
}
goesOn.n = 0;
