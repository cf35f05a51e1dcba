// SPDX-License-Identifier: MIT
// What this browser is asked for: to keep what is here, to wake the page, and to
// stand among the device's programs.
import { signal } from "@preact/signals";
import { base64url, bytesOf } from "../base64";
import { ask } from "../runtime/runtime";
import { workerPath } from "../runtime/worker";
import { t } from "../lang";
import { pushes, tellWords } from "./program";

// ---- keeping

/** Does the browser keep what is here, also when it needs room?  null: it does
 * not say. */
export const persisted = signal<boolean | null>(null);

export async function askToPersist() {
  if (!workerPath() || !("storage" in navigator) || !("persist" in navigator.storage)) return;
  persisted.value = await navigator.storage.persist().catch(() => false);
}
export async function lookPersisted() {
  if (!workerPath() || !("storage" in navigator) || !("persisted" in navigator.storage)) return;
  persisted.value = await navigator.storage.persisted().catch(() => false);
}

// ---- being woken

export type Waking = "on" | "off" | "denied" | "none";
export const waking = signal<Waking>("none");
/** Somebody has just joined, and is asked. */
export const askingWake = signal(false);

export async function lookWaking() {
  const manager = pushes();
  if (!workerPath() || !manager || !("Notification" in window)) {
    waking.value = "none";
    return;
  }
  if (Notification.permission === "denied") waking.value = "denied";
  else waking.value = (await manager.getSubscription()) ? "on" : "off";
}

async function subscribe(manager: PushManager): Promise<PushSubscriptionJSON> {
  const { key } = await ask("push_key");
  if (!key) throw new Error(t("wake.hub-none"));
  const wanted = bytesOf(key);
  const old = await manager.getSubscription();
  // Of another hub's key, a service refuses.
  const had = old?.options.applicationServerKey;
  if (old && had && base64url(had) !== base64url(wanted.buffer)) await old.unsubscribe();
  const made = await manager.subscribe({ userVisibleOnly: true, applicationServerKey: wanted });
  return made.toJSON();
}

/** Tell the hub where this browser is woken.  The first time the user is asked. */
export async function wake(): Promise<void> {
  const manager = pushes();
  if (!manager) return;
  if ((await Notification.requestPermission()) === "granted") {
    const { endpoint, keys } = await subscribe(manager);
    await ask("push_set", { endpoint: endpoint ?? "", p256dh: keys?.p256dh ?? "", auth: keys?.auth ?? "" });
    await tellWords("Countersign", t("wake.something"));
  }
  await lookWaking();
}

export async function letSleep(): Promise<void> {
  await ask("push_clear");
  await (await pushes()?.getSubscription())?.unsubscribe();
  await lookWaking();
}

/** What is on is said anew, as it ends after some weeks (PROTOCOL.md, "Pushes"),
 * and in the language that is chosen now. */
export async function keepAwake(): Promise<void> {
  await lookWaking();
  if (waking.value === "on") await wake().catch(() => undefined);
}

// ---- among the programs

// lib.dom does not have it.
interface InstallEvent extends Event {
  prompt(): Promise<unknown>;
}
export const installable = signal<InstallEvent | null>(null);
addEventListener("beforeinstallprompt", (e) => {
  e.preventDefault();
  installable.value = e as InstallEvent;
});
addEventListener("appinstalled", () => (installable.value = null));

export const installed = () =>
  matchMedia("(display-mode: standalone)").matches || (navigator as { standalone?: boolean }).standalone === true;

export type Platform = "ios" | "android" | "other";
export function platform(): Platform {
  const agent = navigator.userAgent;
  // An iPad says that it is a Mac, and has fingers.
  if (/iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && navigator.maxTouchPoints > 1)) return "ios";
  return /Android/.test(agent) ? "android" : "other";
}
