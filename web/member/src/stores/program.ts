// SPDX-License-Identifier: MIT
// Which program this is: the release that the loader gives, and whether another
// one is there.  A hub serves what it likes; what of it this device runs is
// decided here, by the release key of the release that runs.
import { signal } from "@preact/signals";
import type { FromLoader, ToLoader } from "../loader/talk";
import { isId, NOTE_MOST, readRelease, sha256 } from "../loader/manifest";
import { ask } from "../runtime/runtime";
import { codeAt } from "../runtime/trusted";
import { choice, keepChoice } from "./choices";

export interface Running {
  id: string;
  version: string;
  /** When this device began to use it. */
  taken: number;
}
export type Newer =
  /** It is here, and runs from the next start on. */
  | { state: "ready"; id: string; version: string }
  /** It has no signature of the release key: the user decides. */
  | { state: "unsigned"; id: string; version: string }
  /** The hub shows something that is not of those who made this one. */
  | { state: "refused"; id: string };

/** null: the browser has no loader, or it did not begin. */
export const running = signal<Running | null>(null);
export const newer = signal<Newer | null>(null);
/** The name in the release key, "": releases here are not signed. */
export const releasedBy = signal("");
/** The loader itself is another one than before: its hash. */
export const loaderChanged = signal("");
export const loaderHash = signal("");

const SCRIPT = "/sw.js";
const SCRIPT_MOST = 256 << 10;
const KEY = "/release-key.txt";
const PASSED = "passed-by";
const AGAIN_MS = 6 * 3600 * 1000;
/** A loader that does not begin is not waited for for ever. */
const BEGIN_MS = 180_000;

let registration: ServiceWorkerRegistration | undefined;

async function say(to: ServiceWorker, what: ToLoader): Promise<FromLoader> {
  const { port1, port2 } = new MessageChannel();
  const said = await new Promise<FromLoader>((done) => {
    port1.onmessage = ({ data }: MessageEvent<FromLoader>) => done(data);
    to.postMessage(what, [port2]);
  });
  port1.close();
  if (said.error) throw new Error(said.error);
  return said;
}
const loader = () => navigator.serviceWorker.controller;

async function text(path: string, most: number): Promise<string> {
  const answer = await fetch(path, { cache: "no-store", credentials: "omit", redirect: "error" });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  const bytes = await answer.arrayBuffer();
  if (bytes.byteLength > most) throw new Error(`${path} is too long`);
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

/** Fetch the program and keep it here.  True: what comes now is of the loader. */
export async function startLoader(first: () => void): Promise<boolean> {
  if (!("serviceWorker" in navigator)) return false;
  const controlled = new Promise<boolean>((done) => {
    navigator.serviceWorker.addEventListener("controllerchange", () => done(true));
    setTimeout(() => done(false), BEGIN_MS);
  });
  try {
    registration = await navigator.serviceWorker.register(codeAt(SCRIPT), { scope: "/", updateViaCache: "none" });
    if (!loader() && registration.active) {
      // It was passed by: the user loaded the page in the way that does so.
      if (!sessionStorage.getItem(PASSED)) {
        sessionStorage.setItem(PASSED, "1");
        location.reload();
        await new Promise(() => undefined);
      }
      return false;
    }
    sessionStorage.removeItem(PASSED);
    if (!loader()) {
      first();
      const failed = new Promise<boolean>((done) => {
        const coming = registration?.installing;
        coming?.addEventListener("statechange", () => coming.state === "redundant" && done(false));
      });
      if (!(await Promise.race([controlled, failed]))) return false;
    }
    const said = await say(loader()!, { ask: "now" });
    running.value = { id: said.id ?? "", version: said.version ?? "", taken: said.taken ?? 0 };
    return true;
  } catch (e) {
    console.warn("the loader:", e);
    return false;
  }
}

/** The loader that the hub serves, compared with the one that was here. */
async function lookAtLoader() {
  const hash = await sha256(new TextEncoder().encode(await text(SCRIPT, SCRIPT_MOST)));
  const before = choice("loader");
  loaderHash.value = hash;
  if (before && before !== hash) loaderChanged.value = hash;
  else keepChoice("loader", hash);
}
/** Somebody has seen it. */
export function loaderSeen() {
  keepChoice("loader", loaderHash.value);
  loaderChanged.value = "";
}

async function releaseKey(): Promise<string> {
  try {
    const key = (await text(KEY, 1024)).trim();
    releasedBy.value = key.split("+")[0];
    return key;
  } catch {
    return "";
  }
}

/** Look whether the hub shows another release, and take it if it is of those who
 * made this one. */
export async function lookForNewer(): Promise<void> {
  const to = loader();
  if (!to || !running.value) return;
  void registration?.update().catch(() => undefined);
  await lookAtLoader();
  const key = await releaseKey();
  const id = await text("/release/latest", 64);
  if (!isId(id) || id === running.value.id) {
    newer.value = null;
    return;
  }
  if (newer.value?.state === "ready" && newer.value.id === id) return;
  const note = await text(`/release/${id}`, NOTE_MOST);
  const release = await readRelease(note);
  if (release.id !== id) throw new Error("this is not the release that was asked for");
  if (!key) newer.value = { state: "unsigned", id, version: release.version };
  else if (!(await ask("release_check", { note, key })).signed) newer.value = { state: "refused", id };
  else await takeNewer(id, release.version);
}

export async function takeNewer(id: string, version: string) {
  await say(loader()!, { ask: "take", id });
  newer.value = { state: "ready", id, version };
}

/** What a notification says, in the user's language. */
export async function tellWords(title: string, body: string) {
  const to = loader();
  if (to) await say(to, { ask: "words", title, body });
}

export function keepLooking() {
  const look = () => void lookForNewer().catch((e: unknown) => console.warn("another release:", e));
  look();
  setInterval(look, AGAIN_MS);
}

export const pushes = () => registration?.pushManager;
