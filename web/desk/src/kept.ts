// SPDX-License-Identifier: MIT
// What somebody has begun to write and not sent.  It outlives the page that it
// was written on, since the screen may lock, or a key may lead to another page,
// in the middle of a sentence.  It is in memory only, and ends with the session.
import { useState } from "preact/hooks";

const kept = new Map<string, unknown>();

export function keep(key: string, value: unknown) {
  kept.set(key, value);
}

export const keptAt = <T>(key: string): T | undefined => kept.get(key) as T | undefined;

/** Forgets what is kept under ${prefix} and what begins with it. */
export function forget(prefix: string) {
  for (const key of [...kept.keys()]) if (key.startsWith(prefix)) kept.delete(key);
}

/** As useState, but kept under ${key} until it is forgotten. */
export function useKept<T>(key: string, initial: T): [T, (value: T) => void] {
  const [value, set] = useState(() => (kept.has(key) ? (kept.get(key) as T) : initial));
  const change = (v: T) => {
    keep(key, v);
    set(v);
  };
  return [value, change];
}
