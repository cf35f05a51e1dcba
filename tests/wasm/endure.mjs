// SPDX-License-Identifier: MIT
// endure.mjs {CONFIG}: a member's page whose device is full, and one whose files
// the browser takes away.
//
// CONFIG has the engine, origin, port, invite and scenario.
import fs from "node:fs";
import { Disk, REFUSALS } from "../../web/member/test/disk";
import { check, friends, goesOn, Page, Refused, until } from "./page_at.mjs";

const config = JSON.parse(process.argv[2]);
const at = { ...config, module: await WebAssembly.compile(fs.readFileSync(config.engine)) };
const LONG = "x".repeat(6000);
const ROOMS = [0, 1, 4096, 9000, 13000, 30000, 61000, 120000];

let disk = new Disk();

async function two() {
  const [ann, bob] = [await Page.begin(at, disk), await Page.begin(at)];
  await friends(ann, bob, config.invite);
  return [ann, bob];
}
/** How ${f} was refused; undefined: it was not. */
async function refusal(f) {
  try {
    await f();
  } catch (e) {
    if (e instanceof Refused) return e.code;
    throw e;
  }
  return undefined;
}

const scenarios = {
  /** It says so, loses nothing, and goes on when there is room. */
  async full() {
    const [first, bob] = await two();
    let ann = first;
    const known = new Set(["hello", "welcome"]);
    let n = 0;
    for (const how of REFUSALS)
      for (const room of ROOMS) {
        const what = `${room} bytes, ${how}`;
        disk.limit(room, how);
        let code;
        let last;
        while (!code) {
          check(n < 500, `${what}: it is never full`);
          last = `${++n} ${LONG}`;
          code = await refusal(() => ann.do("send", { to: "bob", text: last }));
          if (!code) known.add(last);
        }
        check(code === "disk-full", `${what}: ${code}`);
        check((await ann.do("state")).online, `${what}: it is still connected`);
        check((await ann.texts("bob")).length >= known.size, `${what}: what is there can be read`);
        await bob.do("send", { to: "ann", text: `in ${n}` });
        // As after the tab was closed, of every second.
        if (n % 2) {
          ann.end();
          disk = disk.left("written");
          disk.limit(0, how);
          ann = await Page.begin(at, disk);
          await ann.do("open");
          check((await ann.texts("bob")).length >= known.size, `${what}: it is there after that`);
          // What a connect began and could not end is done by the next.
          const refused = await refusal(() => ann.do("connect"));
          check(!refused || refused === "disk-full", `${what}: ${refused}`);
          disk.limit(Infinity);
          await ann.do("connect");
        }
        disk.limit(Infinity);
        await goesOn(ann, bob, [...known, `in ${n}`], what);
        known.add(`in ${n}`);
        // It was refused, and is nowhere; or it was not, and is everywhere.
        const [here, there] = [await ann.texts("bob"), await bob.texts("ann")].map((t) => t.filter((x) => x === last).length);
        check(here === there && here <= 1, `${what}: ${here} here, ${there} there`);
      }
    return { times: REFUSALS.length * ROOMS.length, messages: known.size };
  },

  /** Another engine begins with the files, and the page asks it. */
  async taken() {
    const [ann, bob] = await two();
    const known = new Set(["hello", "welcome"]);
    // What SQLite has in memory can be read without any file, for a moment.
    const asks = (how) => until(async () => how(await refusal(() => ann.do("conversations"))), "nobody notices");
    const back = async (what) => {
      await asks(() => ann.events.includes("state"));
      check((await ann.do("state")).phase === "open", `${what}: it is open`);
      await ann.do("connect");
      await goesOn(ann, bob, known, what);
      ann.events.length = 0;
    };
    // While nothing is done, a read finds out.
    disk.takeAway();
    check((await ann.texts("bob")).includes("hello"), "a read is answered all the same");
    await back("idle");
    // The same with a call, which was not begun.
    disk.takeAway();
    await ann.do("alias", { id: "bob", alias: "b" });
    await back("before a call");
    // And once more while the next engine begins.
    ann.opened = () => {
      ann.opened = undefined;
      disk.takeAway();
    };
    disk.takeAway();
    await back("while one begins");
    // In the middle of a call, wherever that is.
    for (let n = 0; n < 12; n++) {
      const text = `taken ${n}`;
      const call = refusal(() => ann.do("send", { to: "bob", text })).catch((e) => e.message);
      for (let i = 0; i < n; i++) await new Promise((done) => setTimeout(done, 1));
      disk.takeAway();
      const said = await call;
      await back(text);
      const here = (await ann.texts("bob")).filter((t) => t === text).length;
      const there = (await bob.texts("ann")).filter((t) => t === text).length;
      check(here === there && here <= 1 && (here === 1 || said), `${text}: ${here} here, ${there} there, ${said}`);
      if (here) known.add(text);
    }
    // What a person chose to send is in memory, and still there.
    const file = ann.keeper.put(new TextEncoder().encode("a few words"));
    disk.takeAway();
    await back("a file");
    check(new TextDecoder().decode(ann.keeper.get(file)) === "a few words", "the file is there");
    check(!disk.holds("a few words"), "and on no disk");
    // Under a passphrase it is locked afterwards.
    await ann.do("passphrase", { passphrase: "a secret" });
    disk.takeAway();
    await asks((code) => code === "passphrase");
    check((await ann.do("state")).phase === "locked", "and says so");
    await ann.do("open", { passphrase: "a secret" });
    await ann.do("connect");
    await goesOn(ann, bob, known, "unlocked");
    // Asked twice, it is connected.
    await ann.do("connect");
    check((await ann.do("state")).online, "still");
    return { times: 18 };
  },
};

console.log(JSON.stringify(await scenarios[config.scenario]()));
process.exit(0);
