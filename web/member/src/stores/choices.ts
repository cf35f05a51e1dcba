// SPDX-License-Identifier: MIT
// How the page looks, as one chose: nothing that says who one is or to whom one
// talks, so it may lie in the browser.
export type Choices =
  | "language"
  | "theme"
  | "text"
  /** The hash of the loader that was seen last. */
  | "loader"
  /** Which passkey locks this device; it says nothing without the device. */
  | "passkey"
  /** Minutes, "" for never. */
  | "autolock"
  | "cover"
  | "start";

const PREFIX = "countersign.";

export function choice(name: Choices): string {
  try {
    return localStorage.getItem(PREFIX + name) ?? "";
  } catch {
    return "";
  }
}

export function keepChoice(name: Choices, value: string) {
  try {
    if (value) localStorage.setItem(PREFIX + name, value);
    else localStorage.removeItem(PREFIX + name);
  } catch {
    // It is chosen anew the next time.
  }
  if (name === "theme" || name === "text") show(name, value);
}

function show(name: "theme" | "text", value: string) {
  if (value) document.documentElement.dataset[name] = value;
  else delete document.documentElement.dataset[name];
}

export function showChoices() {
  show("theme", choice("theme"));
  show("text", choice("text"));
}
