// SPDX-License-Identifier: MIT
// What a page and the loader say to one another.

export type ToLoader =
  /** Which release is shown, and since when. */
  | { ask: "now" }
  /** Show this one from now on: it was looked at. */
  | { ask: "take"; id: string }
  /** What a notification says; it is the same for all. */
  | { ask: "words"; title: string; body: string };

export interface FromLoader {
  error?: string;
  id?: string;
  version?: string;
  /** In milliseconds since 1970. */
  taken?: number;
}
