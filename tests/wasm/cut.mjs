// SPDX-License-Identifier: MIT
// cut.mjs {CONFIG}: a member's page ends at any change of its files, and at any
// frame that it sends, and begins again from what is left.
//
// CONFIG has the engine, origin, port, invite, scenario, points ("all", or how
// many of each kind of work), seed, and a folder for databases to be looked at.
import fs from "node:fs";
import { Disk, LEFT, numbers } from "../../web/member/test/disk";
import { check, friends, goesOn, Page } from "./page_at.mjs";

const config = JSON.parse(process.argv[2]);
const random = numbers(config.seed);
const at = { ...config, module: await WebAssembly.compile(fs.readFileSync(config.engine)) };
// What a member without anything under way has.
const KEPT = ["home/client.db", "home/client.db-wal", "home/key"];
const FILES_MOST = 32; // 12 that are free, and those that were once used

let disk = new Disk();
let points = 0;
let databases = 0;

/** Begin, and leave nothing of the one before. */
async function begin() {
  const page = await Page.begin(at, disk);
  // It may be looked into whatever happens.
  page.files = page.keeper.files;
  return page;
}
async function connected(passphrase) {
  const page = await begin();
  await page.do("open", passphrase ? { passphrase } : {});
  await page.do("connect");
  await page.do("send_files");
  return page;
}
/** Let it end in the middle of ${work}; was ${work} told to be done? */
async function cutOff(n, left, work) {
  disk.cut(n, left);
  let done = false;
  let page;
  try {
    page = await begin();
    await work(page);
    done = true;
  } catch (e) {
    if (!disk.ended) throw e;
  }
  page?.end();
  disk.end();
  disk = disk.left(left, n);
  points++;
  return done;
}
/** How many changes ${work} takes when nothing ends it. */
async function changes(work) {
  const before = disk.steps;
  const page = await begin();
  await work(page);
  const n = disk.steps - before;
  page.end();
  disk = disk.left("written");
  return n;
}
/** [change, what is left] */
function chosen(n) {
  const all = [];
  for (let k = 1; k <= n; k++) for (const left of LEFT) all.push([k, left]);
  if (config.points === "all") return all;
  return Array.from({ length: Math.min(all.length, Number(config.points)) }, () => all.splice(random(all.length), 1)[0]);
}

/** Nothing under way is left over, and the database is whole. */
function clean(page, what) {
  const files = page.files;
  const more = files.paths().filter((p) => !KEPT.includes(p));
  check(more.length === 0, `${what}: left over: ${more.join(" ")}`);
  check(disk.count <= FILES_MOST, `${what}: ${disk.count} files`);
  for (const path of KEPT) {
    const file = files.get(path);
    if (!file || path === "home/key") continue;
    const bytes = new Uint8Array(file.size());
    file.read(bytes, 0);
    fs.writeFileSync(`${config.folder}/${databases}${path.slice("home/client".length)}`, bytes);
  }
  databases++;
}

/** ann, whose files are cut off, and bob, whose are not. */
async function two() {
  const [ann, bob] = [await begin(), await Page.begin(at)];
  await friends(ann, bob, config.invite);
  return [ann, bob];
}
function close(page) {
  page.end();
  disk = disk.left("written");
}

const scenarios = {
  /** Begin, open, connect, send: told to be sent, or once or not at all. */
  async send() {
    const [ann, bob] = await two();
    close(ann);
    const known = new Set(["hello", "welcome"]);
    const work = (text) => async (page) => {
      await page.do("open");
      await page.do("connect");
      await page.do("send", { to: "bob", text });
    };
    const total = await changes(work("counted"));
    known.add("counted");
    for (const [n, left] of chosen(total)) {
      const text = `cut at ${n}, ${left}`;
      const what = `send, ${text} of ${total}`;
      const done = await cutOff(n, left, work(text));
      const page = await connected();
      await goesOn(page, bob, known, what);
      const here = (await page.texts("bob")).filter((t) => t === text).length;
      const there = (await bob.texts("ann")).filter((t) => t === text).length;
      check(here === there && here <= 1 && (here === 1 || !done), `${what}: ${here} here, ${there} there, ${done}`);
      if (here) known.add(text);
      clean(page, what);
      close(page);
    }
    return total;
  },

  /** What was written to somebody whose page ends while it comes. */
  async receive() {
    const [ann, bob] = await two();
    close(ann);
    const known = new Set(["hello", "welcome"]);
    const some = async (n) => {
      for (const k of [1, 2, 3]) {
        await bob.do("send", { to: "ann", text: `in ${n} ${k}` });
        known.add(`in ${n} ${k}`);
      }
    };
    const work = (n) => async (page) => {
      await page.do("open");
      await page.do("connect");
      await page.has("bob", `in ${n} 3`);
    };
    let round = 0;
    await some(0);
    const total = await changes(work(0));
    for (const [n, left] of chosen(total)) {
      await some(++round);
      await cutOff(n, left, work(round));
      const page = await connected();
      const what = `receive, cut at ${n} of ${total}, ${left}`;
      await page.has("bob", `in ${round} 3`);
      await goesOn(page, bob, known, what);
      clean(page, what);
      close(page);
    }
    return total;
  },

  /** A commit of a group, and a name for it: all stay in one state. */
  async group() {
    const [ann, bob] = await two();
    await ann.do("group_new", { name: "team 0", people: ["bob"] });
    const { id } = await ann.with("team 0");
    close(ann);
    const seen = async (page) => {
      const { name, kept } = await page.do("conversation", { id });
      return { name, add: kept.add };
    };
    const work = ({ name, add }) => async (page) => {
      await page.do("open");
      await page.do("connect");
      await page.do("group_policy", { id, add, rename: false, timer: false, write: false });
      await page.do("group_rename", { id, name });
    };
    let now = { name: "team 1", add: true };
    const total = await changes(work(now));
    for (const [n, left] of chosen(total)) {
      const to = { name: `team ${n} ${left}`, add: !now.add };
      const what = `group, cut at ${n} of ${total}, ${left}`;
      const done = await cutOff(n, left, work(to));
      const page = await connected();
      const text = `in ${to.name}`;
      await page.do("send", { to: id, text });
      await bob.has(id, text);
      await bob.do("send", { to: id, text: `${text}, too` });
      await page.has(id, `${text}, too`);
      const [here, there] = [await seen(page), await seen(bob)];
      check(here.name === there.name && here.add === there.add, `${what}: ${JSON.stringify([here, there])}`);
      const fits = here.name === to.name ? here.add === to.add : !done && here.name === now.name;
      check(fits, `${what}: ${JSON.stringify({ now, to, here, done })}`);
      now = here;
      clean(page, what);
      close(page);
    }
    return total;
  },

  /** Whoever was cut off while joining asks again. */
  async join() {
    const bob = await Page.begin(at);
    await bob.do("join", { link: config.invite, name: "bob" });
    await bob.do("connect");
    const work = (name) => async (page) => {
      await page.do("join", { link: config.invite, name });
      await page.do("connect");
    };
    const total = await changes(work("first"));
    for (const [n, left] of chosen(total)) {
      const name = `ann${n}${left}`;
      const what = `join, cut at ${n} of ${total}, ${left}`;
      disk = new Disk();
      const done = await cutOff(n, left, work(name));
      const page = await begin();
      const { phase } = await page.do("state");
      check(!done || phase === "locked", `${what}: it joined, and is ${phase}`);
      // As the page does: what opens is open.
      const opens = phase === "locked" && (await page.do("open").then(() => true, () => false));
      if (!opens) await page.do("join", { link: config.invite, name });
      check((await page.do("state")).name === name, `${what}: under another name`);
      await page.do("connect");
      await page.do("send", { to: "bob", text: name, begin: true });
      await bob.has(name, name);
      clean(page, what);
      close(page);
    }
    return total;
  },

  /** Put under another passphrase, locked, opened: one of them opens it. */
  async lock() {
    const [ann, bob] = await two();
    await ann.do("passphrase", { passphrase: "the first" });
    close(ann);
    let now = "the first";
    const work = (next) => async (page) => {
      await page.do("open", { passphrase: now });
      await page.do("passphrase", { passphrase: next });
      await page.do("lock");
      await page.do("open", { passphrase: next });
    };
    const total = await changes(work("the second"));
    now = "the second";
    for (const [n, left] of chosen(total)) {
      const next = `cut at ${n}, ${left}`;
      const what = `lock, ${next} of ${total}`;
      const done = await cutOff(n, left, work(next));
      const page = await begin();
      check((await page.do("state")).phase === "locked", `${what}: it is there, and locked`);
      const opens = async (passphrase) => page.do("open", { passphrase }).then(() => true, () => false);
      if (await opens(next)) now = next;
      else check(!done && (await opens(now)), `${what}: neither opens it`);
      await page.do("connect");
      await goesOn(page, bob, ["hello", "welcome"], what);
      clean(page, what);
      close(page);
    }
    return total;
  },
};

const total = await scenarios[config.scenario]();
console.log(JSON.stringify({ changes: total, points, databases }));
process.exit(0);
