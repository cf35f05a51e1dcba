// SPDX-License-Identifier: MIT
// The one way to the engine: the same for the program on this machine and for a
// Worker in a browser.
import type { Lack } from "../lacks";
import type { Methods } from "./methods";

export type Happened =
  | { event: "state" | "changed" }
  | { event: "check_number"; number: string }
  | { event: "progress"; done: number; total: number }
  | { event: "activity"; what: Activity; done: number; total: number };
export type Activity = "idle" | "locking" | "connecting" | "connecting_again" | "asking" | "waiting" | "fetching";

export type Why = "closed" | "stranger" | Lack;

/** What a method did not do, with a sentence for the user. */
export class EngineError extends Error {
  constructor(
    readonly code: string,
    sentence: string,
  ) {
    super(sentence);
  }
}

export interface Runtime {
  /** Do what ${method} says.  A READ answers at once, also while a CALL waits. */
  do<M extends keyof Methods>(method: M, take: Methods[M]["take"]): Promise<Methods[M]["give"]>;
  /** Put a file where methods find it; its name there. */
  put(file: Blob): Promise<string>;
  /** Take a file that a method left there; once. */
  get(name: string): Promise<Blob>;
  /** What happens without being asked. */
  onEvent: (e: Happened) => void;
  /** The engine does not answer any more, or never will: why. */
  onGone: (why: Why) => void;
}

let current: Runtime;

export function setRuntime(r: Runtime) {
  current = r;
}

export const runtime = () => current;

/** Do what a method says. */
export function ask<M extends keyof Methods>(
  method: M,
  ...take: Methods[M]["take"] extends Record<string, never> ? [] : [Methods[M]["take"]]
): Promise<Methods[M]["give"]> {
  return current.do(method, take[0] ?? {});
}
