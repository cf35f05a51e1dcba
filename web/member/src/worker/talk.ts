// SPDX-License-Identifier: MIT
// What a page and its Worker say to one another.

export type ToWorker =
  | { say: "begin" }
  | { say: "do"; id: number; method: string; take: string }
  | { say: "put"; id: number; bytes: ArrayBuffer }
  | { say: "get"; id: number; name: string };

export type FromWorker =
  /** After "begin": elsewhere, another window has the engine; "ready" comes
   * once that is closed. */
  | { say: "ready" | "elsewhere" | "gone"; why?: string }
  | { say: "event"; json: string }
  | { say: "done"; id: number; answer: string }
  | { say: "file"; id: number; bytes: ArrayBuffer }
  | { say: "failed"; id: number; why: string };
