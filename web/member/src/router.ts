// SPDX-License-Identifier: MIT
// The address of a screen is the part after "#", which no server is told.
import { signal } from "@preact/signals";

function parse(hash: string): string[] {
  return hash
    .replace(/^#/, "")
    .split("/")
    .filter(Boolean)
    .map((p) => {
      try {
        return decodeURIComponent(p);
      } catch {
        return p;
      }
    });
}

export const route = signal<string[]>(parse(location.hash));
addEventListener("hashchange", () => (route.value = parse(location.hash)));

/** href("chat", id) is "#/chat/ID". */
export const href = (...parts: string[]) => "#/" + parts.map(encodeURIComponent).join("/");

export function go(...parts: string[]) {
  location.hash = href(...parts);
}

/** Go on without a way back to this screen. */
export function replace(...parts: string[]) {
  history.replaceState(null, "", href(...parts));
  route.value = parts;
}
