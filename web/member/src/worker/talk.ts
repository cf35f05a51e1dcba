// SPDX-License-Identifier: MIT
// What a page and its Worker say to one another.
import type { Lack } from "../lacks";
import type { Done, ToDo } from "./media";

export type ToWorker =
  | { say: "begin" }
  | { say: "do"; id: number; method: string; take: string }
  | { say: "put"; id: number; bytes: ArrayBuffer }
  | { say: "get"; id: number; name: string }
  /** What a hand made of its file; nothing, if it failed. */
  | { say: "made"; hand: number; done?: Done };

export type FromWorker =
  /** After "begin": elsewhere, another window has the engine; "ready" comes
   * once that is closed. */
  | { say: "ready" | "elsewhere" }
  /** There is no engine (any more); lack: nor can there be one in this browser. */
  | { say: "gone"; why: string; lack?: Lack }
  | { say: "event"; json: string }
  | { say: "done"; id: number; answer: string }
  | { say: "file"; id: number; bytes: ArrayBuffer }
  | { say: "failed"; id: number; why: string }
  /** Start a Worker for one file; end it. */
  | { say: "hand"; hand: number; todo: ToDo }
  | { say: "let-go"; hand: number };
