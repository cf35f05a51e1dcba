// SPDX-License-Identifier: MIT
// A quiet exit: one touch, and the page is something harmless.
import { signal } from "@preact/signals";
import { t } from "../lang";
import { choice, keepChoice } from "./choices";
import { state } from "./engine";
import { lockNow } from "./lock";

/** What it looks like; "": there is no quiet exit. */
export type Cover = "" | "sums" | "notes";
export const COVERS: Cover[] = ["", "sums", "notes"];

const KEY = "covered";
const TWICE_MS = 700;

export const cover = signal<Cover>("");
export const covered = signal(false);

/** The title and the sign of the window, and what it is called among programs. */
function dress() {
  const c = cover.value;
  const manifest = document.querySelector<HTMLLinkElement>("link[rel=manifest]");
  const icon = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  const touch = document.querySelector<HTMLLinkElement>("link[rel=apple-touch-icon]");
  const name = document.querySelector<HTMLMetaElement>("meta[name=apple-mobile-web-app-title]");
  const suffix = c ? `-${c}` : "";
  if (manifest) manifest.href = c ? `/${c}.webmanifest` : "/manifest.webmanifest";
  if (icon && manifest) icon.href = `/icon${suffix}.svg`;
  if (touch) touch.href = `/icon${suffix}-180.png`;
  if (name) name.content = c ? t(`cover.${c}`) : "Countersign";
}

export function setCover(c: Cover) {
  keepChoice("cover", c);
  if (!c) keepChoice("start", "");
  cover.value = c;
  dress();
}

export function leave() {
  if (!cover.value) return;
  covered.value = true;
  sessionStorage.setItem(KEY, "1");
  // The way back does not lead to a chat.
  history.replaceState(null, "", "#/");
  if (state.value.phase === "open" && state.value.locks) void lockNow().catch(() => undefined);
}
export function comeBack() {
  covered.value = false;
  sessionStorage.removeItem(KEY);
}

/** To be called before anything is shown. */
export function prepareCover() {
  const chosen = choice("cover");
  cover.value = chosen === "sums" || chosen === "notes" ? chosen : "";
  covered.value = cover.value !== "" && (choice("start") === "cover" || sessionStorage.getItem(KEY) !== null);
  dress();
  let last = 0;
  addEventListener("keydown", (e) => {
    if (e.key !== "Escape" || !cover.value) return;
    if (Date.now() - last < TWICE_MS) {
      if (covered.value) comeBack();
      else leave();
      last = 0;
    } else last = Date.now();
  });
}
