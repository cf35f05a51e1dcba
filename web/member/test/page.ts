// SPDX-License-Identifier: MIT
// As much of a browser as the page's modules touch when they are loaded.
import { readFileSync } from "node:fs";

type Listener = () => void;
const listeners = new Map<string, Listener[]>();

export const page = { lang: "", dir: "", dataset: {} as Record<string, string> };

Object.assign(globalThis, {
  location: { hash: "#/chat/abc" },
  history: { replaceState: () => undefined },
  sessionStorage: { getItem: () => null, setItem: () => undefined, removeItem: () => undefined },
  document: {
    documentElement: page,
    hidden: false,
    addEventListener: () => undefined,
    querySelector: () => null,
  },
  window: globalThis,
  addEventListener: (name: string, f: Listener) => listeners.set(name, [...(listeners.get(name) ?? []), f]),
  /** What the page asks itself for: files of languages. */
  fetch: (path: string) => Promise.resolve(new Response(readFileSync(path, "utf8"))),
});

export const fire = (name: string) => listeners.get(name)?.forEach((f) => f());
