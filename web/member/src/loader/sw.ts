// SPDX-License-Identifier: MIT
// The loader: small, and meant to stay as it is.  It gives a page the files of
// one release, which it has checked against the hash of that release, and no
// other byte becomes code.  Another release takes its place when the page, which
// looks at its signature, says so.
import { isId, NOTE_MOST, readRelease, sha256 } from "./manifest";
import type { Release } from "./manifest";
import type { FromLoader, ToLoader } from "./talk";

// lib.dom is of pages.
interface Waits {
  waitUntil(what: Promise<unknown>): void;
}
interface Fetches extends Waits {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Says extends Waits {
  data: ToLoader;
  ports: MessagePort[];
}
interface Window {
  url: string;
  visibilityState: string;
  focus(): Promise<unknown>;
}
const scope = self as unknown as {
  registration: {
    showNotification(title: string, options: object): Promise<void>;
    getNotifications(): Promise<{ close(): void }[]>;
  };
  clients: {
    claim(): Promise<void>;
    matchAll(options: object): Promise<Window[]>;
    openWindow(url: string): Promise<unknown>;
  };
  addEventListener(name: "install" | "activate" | "push", f: (e: Waits) => void): void;
  addEventListener(name: "fetch", f: (e: Fetches) => void): void;
  addEventListener(name: "message", f: (e: Says) => void): void;
  addEventListener(name: "notificationclick", f: (e: Waits & { notification: { close(): void } }) => void): void;
};

// Which release is shown, and which was before; and files by their hash.
const STATE = "countersign-state";
const FILES = "countersign-files";
const FILE_MOST = 8 << 20;

// As the hub says them (PROTOCOL.md, "Pages"), so that no answer of it can say
// less.
const FIELDS = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; " +
    "media-src 'self' blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "Permissions-Policy": "camera=(self), microphone=(self), geolocation=()",
  "X-Content-Type-Options": "nosniff",
};
const TYPES: Record<string, string> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  json: "application/json",
  webmanifest: "application/manifest+json",
  wasm: "application/wasm",
  svg: "image/svg+xml",
  png: "image/png",
  txt: "text/plain; charset=utf-8",
};
const typeOf = (path: string) => TYPES[path.slice(path.lastIndexOf(".") + 1)] ?? "application/octet-stream";

// ---- what is kept

async function kept(name: string): Promise<string> {
  const there = await (await caches.open(STATE)).match(name);
  return (await there?.text()) ?? "";
}
async function keep(name: string, text: string) {
  await (await caches.open(STATE)).put(name, new Response(text));
}

const read = new Map<string, Release>();

async function release(name: "/now" | "/before"): Promise<Release | undefined> {
  const id = await kept(name);
  if (!isId(id)) return undefined;
  let r = read.get(id);
  if (!r) read.set(id, (r = await readRelease(await kept(`/release/${id}`))));
  return r;
}

// ---- fetching

async function fetched(path: string, most: number): Promise<Uint8Array> {
  const answer = await fetch(path, { cache: "no-store", credentials: "omit", redirect: "error" });
  if (!answer.ok || !answer.body) throw new Error(`${path}: ${answer.status}`);
  const parts: Uint8Array[] = [];
  let size = 0;
  for (const reader = answer.body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    if ((size += value.length) > most) throw new Error(`${path} is too long`);
    parts.push(value);
  }
  const bytes = new Uint8Array(size);
  parts.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
  return bytes;
}

/** Nobody waits for these the first time. */
const LATER = /\/(media\.wasm|icon[^/]*|[a-z]+\.webmanifest|assets\/(jsQR|[a-z]{2,3})-[^/]*\.(js|json))$/;
const AT_ONCE = 6; // on a line that is far

async function takeFile(files: Cache, path: string, { hash, size }: { hash: string; size: number }) {
  const bytes = await fetched(`/file/${hash}`, FILE_MOST);
  if (bytes.length !== size || (await sha256(bytes as BufferSource)) !== hash)
    throw new Error(`${path} is not what the release says`);
  await files.put(hash, new Response(bytes as BodyInit));
}

/** The files of ${r}, checked; what is here already is not fetched again. */
async function takeFiles(r: Release, all: boolean) {
  const files = await caches.open(FILES);
  // The longest first, so that the line is never idle.
  const left = [...r.files].sort((a, b) => b[1].size - a[1].size);
  const some = async () => {
    for (let next; (next = left.shift());) {
      const [path, file] = next;
      // These are for the wire.
      if (path.endsWith(".br") || (!all && LATER.test(path)) || (await files.match(file.hash))) continue;
      await takeFile(files, path, file);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, some));
  } finally {
    left.length = 0; // what failed ends the others
  }
}

/** Drop what neither release has any more. */
async function tidy() {
  const used = new Set<string>();
  const names = new Set(["/now", "/before", "/taken", "/words"]);
  for (const r of [await release("/now"), await release("/before")]) {
    r?.files.forEach((f) => used.add(f.hash));
    if (r) names.add(`/release/${r.id}`);
  }
  const files = await caches.open(FILES);
  for (const k of await files.keys()) if (!used.has(new URL(k.url).pathname.slice(1))) await files.delete(k);
  const state = await caches.open(STATE);
  for (const k of await state.keys()) if (!names.has(new URL(k.url).pathname)) await state.delete(k);
}

/** Show the release ${id} from now on. */
async function take(id: string, all: boolean) {
  if (!isId(id)) throw new Error("this is no release");
  const now = await kept("/now");
  if (id === now) return;
  const note = new TextDecoder("utf-8", { fatal: true }).decode(await fetched(`/release/${id}`, NOTE_MOST));
  const r = await readRelease(note);
  if (r.id !== id) throw new Error("this is not the release that was asked for");
  await takeFiles(r, all);
  await keep(`/release/${id}`, note);
  // Who has the page open goes on with what it began with.
  if (now) await keep("/before", now);
  await keep("/taken", String(Date.now()));
  await keep("/now", id);
  await tidy();
}

async function rest() {
  const r = await release("/now");
  if (r) await takeFiles(r, true);
}

/** Nothing is known of a release: as on the first visit. */
async function begin() {
  // A new loader leaves the release alone.
  if (await release("/now").catch(() => undefined)) return;
  await keep("/now", "");
  await keep("/before", "");
  await take(new TextDecoder().decode(await fetched("/release/latest", 64)), false);
}

// ---- answering

/** What the hub answers itself, and the loader, which the browser compares. */
const passes = (path: string) => /^\/(ws|sw\.js|b\/.*|release\/.*|file\/.*)$/.test(path);

async function give(path: string): Promise<Response> {
  // The browser may have taken away what was kept.
  await begin();
  const files = await caches.open(FILES);
  for (const name of ["/now", "/before"] as const) {
    const file = (await release(name))?.files.get(path);
    const there = file && (await files.match(file.hash));
    if (there) return new Response(there.body, { headers: { ...FIELDS, "Content-Type": typeOf(path) } });
    // The browser took it away: it is fetched again, and checked again.
    if (file) {
      const bytes = await fetched(`/file/${file.hash}`, FILE_MOST);
      if ((await sha256(bytes as BufferSource)) !== file.hash) return Response.error();
      await files.put(file.hash, new Response(bytes as BodyInit));
      return new Response(bytes as BodyInit, { headers: { ...FIELDS, "Content-Type": typeOf(path) } });
    }
  }
  return new Response("This is not in the release.\n", {
    status: 404,
    headers: { ...FIELDS, "Content-Type": "text/plain; charset=utf-8" },
  });
}

scope.addEventListener("install", (e) => e.waitUntil(begin()));
scope.addEventListener("activate", (e) => e.waitUntil(scope.clients.claim()));
scope.addEventListener("fetch", (e) => {
  const url = new URL(e.request.url);
  if (url.origin !== location.origin || passes(url.pathname)) return;
  e.respondWith(give(e.request.mode === "navigate" ? "/index.html" : url.pathname));
});

async function answer(said: ToLoader): Promise<FromLoader> {
  switch (said.ask) {
    case "now": {
      const r = await release("/now");
      return { id: r?.id ?? "", version: r?.version ?? "", taken: Number(await kept("/taken")) };
    }
    case "take":
      await take(said.id, true);
      return { id: said.id };
    case "words":
      await keep("/words", JSON.stringify({ title: said.title, body: said.body }));
      return {};
  }
}
scope.addEventListener("message", (e) => {
  e.waitUntil(
    answer(e.data)
      .catch((x: unknown): FromLoader => ({ error: String(x) }))
      .then((said) => e.ports[0]?.postMessage(said)),
  );
  // A page has begun: the rest comes, so that all of it is here without a line.
  if (e.data.ask === "now") e.waitUntil(rest().catch(() => undefined));
});

// ---- a push, which says nothing but that something is there

async function pushed() {
  const windows = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
  // Who looks at it sees it.  Browsers take a push away from those who show
  // nothing, so this holds for a page that is seen only.
  if (windows.some((w) => w.visibilityState === "visible")) return;
  const words = JSON.parse((await kept("/words")) || "{}") as { title?: string; body?: string };
  await scope.registration.showNotification(words.title || "Countersign", { body: words.body ?? "", tag: "news" });
}
scope.addEventListener("push", (e) => e.waitUntil(pushed()));

async function opened() {
  const windows = await scope.clients.matchAll({ type: "window" });
  if (windows.length) await windows[0].focus();
  else await scope.clients.openWindow("/");
}
scope.addEventListener("notificationclick", (e) => {
  e.notification.close();
  e.waitUntil(opened());
});
