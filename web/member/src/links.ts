// SPDX-License-Identifier: MIT
// Links of a hub.  The address of a page can carry one behind "/#", which no
// server is told, so that a telephone's camera opens the page with it.
import { workerPath } from "./runtime/worker";

export type Kind = "invite" | "device" | "group" | "recover";
const KINDS: Record<string, Kind> = { i: "invite", d: "device", g: "group", r: "recover" };

/** The link itself, in what was scanned or pasted. */
export function linkIn(text: string): string {
  const at = text.indexOf("/#https://");
  return (at < 0 ? text : text.slice(at + 2)).trim();
}

/** undefined: it is no link of a hub. */
export function kindOf(link: string): Kind | undefined {
  try {
    const u = new URL(link.trim());
    const kind = KINDS[u.pathname.split("/")[1]];
    return u.protocol === "https:" && u.hash.length > 1 ? kind : undefined;
  } catch {
    return undefined;
  }
}

/** The host of a link, for the eye; the engine reads the link itself. */
export function hostOf(link: string): string {
  try {
    const u = new URL(link.trim());
    return u.protocol === "https:" ? u.host : "";
  } catch {
    return "";
  }
}

/** ${link} for a camera: where this page is a hub's, it opens the page. */
export const forCamera = (link: string): string => (workerPath() ? `${location.origin}/#${link}` : link);
