// SPDX-License-Identifier: MIT
// Keyboard shortcuts.  A binding describes itself, so that the help that "?"
// shows is always right.
import { useEffect, useRef } from "preact/hooks";

export interface Binding {
  key: string;
  /** What "?" shows. */
  does: string;
  run: () => void;
  /** Also while a dialog is open, as the photo viewer's are. */
  inDialog?: boolean;
}

const layers: { current: Binding[] }[] = [];

/** The letter that is printed on a Latin keyboard, whatever the layout. */
export function keyOf(e: Pick<KeyboardEvent, "key" | "code">): string {
  if (e.key === "؟") return "?";
  const letter = /^Key([A-Z])$/.exec(e.code);
  if (letter && !/^[a-zA-Z]$/.test(e.key)) return letter[1].toLowerCase();
  return e.key.length === 1 ? e.key.toLowerCase() : e.key;
}

export function typing(target: EventTarget | null): boolean {
  const e = target as HTMLElement | null;
  return !!e?.matches?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
}

function onKey(e: KeyboardEvent) {
  if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented || typing(e.target)) return;
  const key = keyOf(e);
  const dialog = document.querySelector("dialog[open]") !== null;
  for (let i = layers.length - 1; i >= 0; i--) {
    const hit = layers[i].current.find((b) => b.key === key && (!dialog || b.inDialog));
    if (hit) {
      e.preventDefault();
      hit.run();
      return;
    }
  }
}

export function useKeys(bindings: Binding[]) {
  const layer = useRef(bindings);
  layer.current = bindings;
  useEffect(() => {
    if (layers.length === 0) addEventListener("keydown", onKey);
    layers.push(layer);
    return () => {
      layers.splice(layers.indexOf(layer), 1);
      if (layers.length === 0) removeEventListener("keydown", onKey);
    };
  }, []);
}

export function allKeys(): Binding[] {
  const seen = new Set<string>();
  return layers
    .flatMap((l) => l.current)
    .reverse()
    .filter((b) => !seen.has(b.key) && !!seen.add(b.key))
    .reverse();
}
