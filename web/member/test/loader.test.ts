// SPDX-License-Identifier: MIT
// The loader as it is served, in a browser that is not there: every byte of a
// release is what the release says, or the release is not taken.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { dirname, join } from "node:path";
import { buildSync } from "esbuild";
import { readRelease, signedPart } from "../src/loader/manifest";

const sha = (b: Buffer | string) => createHash("sha256").update(b).digest("hex");
const SIGNED = "\n— example.org/page AAAA\n";

function manifest(files: Record<string, string>, version = "1.0.0"): string {
  const lines = Object.keys(files)
    .sort()
    .map((p) => `${sha(files[p])} ${Buffer.byteLength(files[p])} ${p}\n`);
  return `countersign-page 1\nversion ${version}\n${lines.join("")}`;
}

const FILES = {
  "/index.html": "<p>one",
  "/p/1/worker.js": "1;",
  "/p/1/worker.js.br": "brotli",
  "/icon.svg": "<svg/>",
  "/p/1/media.wasm": "\0asm",
};

test("a release has one form", async () => {
  const text = manifest(FILES);
  const release = await readRelease(text);
  assert.equal(release.id, sha(text));
  assert.equal(release.version, "1.0.0");
  assert.equal(release.files.get("/icon.svg")?.hash, sha("<svg/>"));
  // What signs it is no part of it.
  assert.equal((await readRelease(text + SIGNED)).id, release.id);
  assert.equal(signedPart(text + SIGNED), text);
  const bad = [
    "",
    "\n\n",
    text.slice(0, -1),
    text.replace("countersign-page 1", "countersign-page 2"),
    text.replace("version 1.0.0", "version 1 0"),
    text.replace("/index.html", "/index.htm"),
    text.replace("/icon.svg", "/../icon.svg"),
    text.replace("/icon.svg", "//icon.svg"),
    text.replace("/icon.svg", "/.icon"),
    text.replace("/icon.svg", "/zz.svg"), // not in order
    text.replace(" 6 /icon.svg", " 06 /icon.svg"),
    text.replace(" 6 /icon.svg", " -6 /icon.svg"),
    text.replace(/[0-9a-f]{64}/, (h) => h.toUpperCase()),
  ];
  for (const b of bad) await assert.rejects(readRelease(b), /this is no release/, JSON.stringify(b));
});

// ---- a browser that is not there

class Store {
  readonly all = new Map<string, Response>();
  private path = (name: string | { url: string }) =>
    new URL(typeof name === "string" ? name : name.url, "https://chat.example.org/").pathname;
  match(name: string | { url: string }) {
    return Promise.resolve(this.all.get(this.path(name))?.clone());
  }
  put(name: string, r: Response) {
    this.all.set(this.path(name), r);
    return Promise.resolve();
  }
  delete(name: { url: string }) {
    return Promise.resolve(this.all.delete(this.path(name)));
  }
  keys() {
    return Promise.resolve([...this.all.keys()].map((p) => ({ url: "https://chat.example.org" + p })));
  }
}

class World {
  served = new Map<string, Buffer>();
  asked: string[] = [];
  open = 0;
  most = 0; // open at one time
  shown: { title: string; body: string }[] = [];
  private stores = new Map<string, Store>();
  private handlers = new Map<string, (e: object) => void>();

  constructor() {
    const scope = {
      addEventListener: (name: string, f: (e: object) => void) => this.handlers.set(name, f),
      clients: { claim: () => Promise.resolve(), matchAll: () => Promise.resolve([]) },
      registration: {
        showNotification: (title: string, o: { body: string }) => {
          this.shown.push({ title, body: o.body });
          return Promise.resolve();
        },
      },
    };
    const code = buildSync({
      entryPoints: [join(dirname(process.env.PAGE_TESTS ?? ""), "src/loader/sw.ts")],
      bundle: true,
      write: false,
      format: "iife",
      target: "es2022",
    }).outputFiles[0].text;
    runInNewContext(code, {
      self: scope,
      location: { origin: "https://chat.example.org" },
      caches: {
        open: (name: string) => {
          let s = this.stores.get(name);
          if (!s) this.stores.set(name, (s = new Store()));
          return Promise.resolve(s);
        },
      },
      fetch: async (path: string) => {
        this.asked.push(path);
        this.most = Math.max(this.most, ++this.open);
        await new Promise((done) => setImmediate(done));
        this.open--;
        const there = this.served.get(path);
        return there ? new Response(there as BodyInit) : new Response("", { status: 404 });
      },
      crypto,
      Response,
      TextEncoder,
      TextDecoder,
      Uint8Array,
      URL,
      console,
    });
  }

  serve(files: Record<string, string>, version = "1.0.0"): string {
    const text = manifest(files, version);
    const id = sha(text);
    this.served.set("/release/latest", Buffer.from(id));
    this.served.set(`/release/${id}`, Buffer.from(text + SIGNED));
    for (const f of Object.values(files)) this.served.set(`/file/${sha(f)}`, Buffer.from(f));
    return id;
  }
  /** The browser takes all away that was kept. */
  clear() {
    this.stores.clear();
  }
  private async event(name: string, more: object = {}) {
    const over: Promise<unknown>[] = [];
    this.handlers.get(name)?.({ waitUntil: (p: Promise<unknown>) => over.push(p), ...more });
    await Promise.all(over);
  }
  install = () => this.event("install");
  push = () => this.event("push");
  async say(data: object): Promise<Record<string, unknown>> {
    let said: Record<string, unknown> = {};
    const port = { postMessage: (m: Record<string, unknown>) => (said = m) };
    await this.event("message", { data, ports: [port] });
    return said;
  }
  async get(path: string, mode = "cors"): Promise<Response | undefined> {
    let answer: Promise<Response> | undefined;
    this.handlers.get("fetch")?.({
      request: { url: "https://chat.example.org" + path, mode },
      respondWith: (p: Promise<Response>) => (answer = p),
    });
    return answer;
  }
}

test("it gives what it has checked", async () => {
  const w = new World();
  const id = w.serve(FILES);
  await w.install();
  assert.ok(!w.asked.includes(`/file/${sha("\0asm")}`));
  assert.equal((await w.say({ ask: "now" })).id, id);
  w.served.clear();
  const index = await w.get("/i/whatever", "navigate");
  assert.equal(await index?.text(), "<p>one");
  assert.match(index?.headers.get("Content-Security-Policy") ?? "", /default-src 'none'/);
  assert.equal(await (await w.get("/p/1/worker.js"))?.text(), "1;");
  assert.equal((await w.get("/elsewhere.js"))?.status, 404);
  // What the hub answers itself is not the loader's.
  for (const path of ["/ws", "/b/00", "/release/latest", "/file/00", "/sw.js"])
    assert.equal(await w.get(path), undefined, path);
  // What nobody waits for came once a page had begun.
  assert.ok(w.asked.indexOf(`/file/${sha("\0asm")}`) > w.asked.indexOf(`/file/${sha("<p>one")}`));
  assert.equal(await (await w.get("/p/1/media.wasm"))?.text(), "\0asm");
  // What is for the wire alone was not fetched.
  assert.ok(!w.asked.includes(`/file/${sha("brotli")}`));
});

test("what the browser took away comes again, checked", async () => {
  const w = new World();
  const id = w.serve(FILES);
  await w.install();
  w.clear();
  assert.equal(await (await w.get("/", "navigate"))?.text(), "<p>one");
  assert.equal((await w.say({ ask: "now" })).id, id);
  w.clear();
  w.served.set(`/file/${sha("<p>one")}`, Buffer.from("<p>evil"));
  await assert.rejects(w.get("/", "navigate"));
});

test("it takes no byte that is another", async () => {
  for (const change of [
    (w: World) => w.served.set(`/file/${sha("1;")}`, Buffer.from("2;")),
    (w: World) => w.served.set(`/file/${sha("1;")}`, Buffer.from("1;1;")),
    (w: World) => w.served.delete(`/file/${sha("1;")}`),
    (w: World) => w.served.set("/release/latest", Buffer.from("0".repeat(64))),
    (w: World) => w.served.set("/release/latest", Buffer.from("x".repeat(1000))),
    (w: World, id: string) => w.served.set(`/release/${id}`, Buffer.from(manifest({ "/index.html": "evil" }))),
    (w: World, id: string) => w.served.set(`/release/${id}`, Buffer.alloc(1 << 20, 65)),
  ]) {
    const w = new World();
    change(w, w.serve(FILES));
    await assert.rejects(w.install());
    assert.equal((await w.say({ ask: "now" })).id, "");
  }
});

test("a far line is used well, and no more than that", async () => {
  const w = new World();
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`/p/1/${i}.js`, "1;".repeat(i + 1)]));
  w.serve({ ...FILES, ...many });
  await w.install();
  assert.equal(w.most, 6);
  // The longest is asked for first, as it takes longest.
  assert.equal(w.asked[2], `/file/${sha(many["/p/1/29.js"])}`);
  // What fails ends all of it.
  const broken = new World();
  broken.serve({ ...FILES, ...many });
  broken.served.delete(`/file/${sha(many["/p/1/28.js"])}`);
  await assert.rejects(broken.install());
  await new Promise((done) => setTimeout(done, 50));
  assert.ok(broken.asked.length < 20, String(broken.asked.length));
});

test("another release comes when the page says so, and whole", async () => {
  const w = new World();
  const first = w.serve(FILES);
  await w.install();
  const next = { ...FILES, "/index.html": "<p>two", "/p/2/worker.js": "2;" };
  const second = w.serve(next, "2.0.0");
  // A loader that is new leaves the release alone.
  await w.install();
  assert.equal((await w.say({ ask: "now" })).id, first);
  // Cut off in the middle, the old one stays; then it goes on from there.
  const file = w.served.get(`/file/${sha("2;")}`)!;
  w.served.delete(`/file/${sha("2;")}`);
  assert.match(String((await w.say({ ask: "take", id: second })).error), /404/);
  assert.equal(await (await w.get("/", "navigate"))?.text(), "<p>one");
  w.served.set(`/file/${sha("2;")}`, file);
  w.asked = [];
  assert.equal((await w.say({ ask: "take", id: second })).id, second);
  assert.ok(!w.asked.includes(`/file/${sha("<p>two")}`), "what came is kept");
  assert.equal(await (await w.get("/", "navigate"))?.text(), "<p>two");
  // Who has the old one open goes on with it.
  assert.equal(await (await w.get("/p/1/worker.js"))?.text(), "1;");
  for (const id of ["", "x", "../now", 7]) assert.ok((await w.say({ ask: "take", id })).error);
});

test("a push says what the page left, and nothing else", async () => {
  const w = new World();
  w.serve(FILES);
  await w.install();
  await w.push();
  await w.say({ ask: "words", title: "Countersign", body: "Something is there." });
  await w.push();
  assert.deepEqual(w.shown, [
    { title: "Countersign", body: "" },
    { title: "Countersign", body: "Something is there." },
  ]);
});
