// SPDX-License-Identifier: MIT
// What a browser has to have for the engine, and how it is said that one has it
// not.  All of it is looked for before anything is fetched, but what only a
// Worker has.

/** lacking: it is too old, or has no files that can be written at once (WebKitGTK
 * until 2.50); private: it has them, and does not give them to this window; code:
 * it runs no WebAssembly (Apple's Lockdown Mode). */
export type Lack = "lacking" | "private" | "code";

export class Lacks extends Error {
  constructor(
    readonly what: Lack,
    why: unknown,
  ) {
    super(String(why));
  }
}

/** As much of a browser as is looked at. */
export interface Has {
  WebAssembly?: object;
  navigator: { locks?: object; storage?: { getDirectory?(): Promise<unknown> } };
}

/** null: nothing that can be seen from here. */
export async function lookForLack(has: Has = globalThis): Promise<Lack | null> {
  if (!has.WebAssembly) return "code";
  const { locks, storage } = has.navigator;
  if (!locks || !storage?.getDirectory || !("compileStreaming" in has.WebAssembly)) return "lacking";
  try {
    await storage.getDirectory();
    return null;
  } catch {
    return "private";
  }
}
