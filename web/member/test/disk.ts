// SPDX-License-Identifier: MIT
// A folder of a browser's file system, as far as the engine uses it, of which
// everything can go wrong: it is cut off at any change, it is full, handles are
// taken away.
import type { Folder } from "../src/worker/opfs";
import { Ended } from "../src/worker/wasi";

const SECTOR = 512;
const HEAD_PART = 22;

/** What a cut leaves: "written": everything, as when a tab is killed; "torn":
 * of the last write its beginning; "flushed": nothing but what was flushed;
 * "mixed": of each sector what was flushed or what was written since. */
export type Left = "written" | "torn" | "flushed" | "mixed";
export const LEFT: Left[] = ["written", "torn", "flushed", "mixed"];

/** How a browser says that it is full. */
export type Refusal = "throws" | "short" | "negative";
export const REFUSALS: Refusal[] = ["throws", "short", "negative"];

interface Stored {
  now: Uint8Array;
  flushed: Uint8Array;
  taken: boolean;
  gone?: boolean;
}

/** Numbers that repeat. */
export function numbers(seed: number) {
  let x = seed >>> 0 || 1;
  return (below: number) => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    return Math.floor((x / 2 ** 32) * below);
  };
}

export class Disk implements Folder {
  steps = 0;
  private files = new Map<string, Stored>();
  private dead = false;
  private dieAt = 0;
  private torn = false;
  private rest = Infinity;
  private refusal: Refusal = "throws";
  /** How it says that somebody has a file: by the standard, or as WebKit does. */
  taken: "NoModificationAllowedError" | "InvalidStateError" = "NoModificationAllowedError";
  private life = 0; // handles of an earlier one are of no use

  /** From now on: end at the change number ${n}; 0: never. */
  cut(n: number, left: Left = "written") {
    this.dieAt = n ? this.steps + n : 0;
    this.torn = left === "torn";
  }
  /** From now on: so many bytes more. */
  limit(rest: number, refusal: Refusal = "throws") {
    this.rest = rest;
    this.refusal = refusal;
  }
  /** Nobody's handles work any more. */
  takeAway() {
    this.life++;
    for (const file of this.files.values()) file.taken = false;
  }

  /** All of it is gone.  Handles reach files without a name, or nothing, which
   * they say as Chromium does. */
  clear(how: "hidden" | "gone") {
    for (const file of this.files.values()) file.gone = how === "gone";
    this.files.clear();
  }

  /** The disk as whoever comes next finds it. */
  left(how: Left, seed = 1): Disk {
    const next = new Disk();
    const random = numbers(seed);
    for (const [name, file] of this.files) {
      const bytes = how === "flushed" ? file.flushed : how === "mixed" ? mix(file, random) : file.now;
      next.files.set(name, { now: bytes.slice(), flushed: bytes.slice(), taken: false });
    }
    return next;
  }
  /** Nothing is changed any more. */
  end() {
    this.dead = true;
  }
  get ended() {
    return this.dead;
  }
  get count() {
    return this.files.size;
  }
  /** Is ${text} anywhere on it? */
  holds(text: string) {
    const bytes = Buffer.from(text);
    return [...this.files.values()].some((f) => Buffer.from(f.now).includes(bytes));
  }
  /** Damage a file: ${n} bytes of it, or all that it has. */
  spoil(name: string, at = 0, n = 0) {
    const file = this.files.get(name)!;
    if (n) file.now.fill(0x5a, at, at + n);
    else file.now = new Uint8Array();
  }

  /** A change: before it, or in the middle of it, all may end. */
  step(half?: () => void) {
    if (this.dead) throw new Ended("it is cut off");
    if (++this.steps !== this.dieAt) return;
    if (this.torn) half?.();
    this.dead = true;
    throw new Ended("it is cut off");
  }

  // ---- as a browser has it

  async *keys() {
    await Promise.resolve();
    yield* [...this.files.keys()];
  }
  async getFileHandle(name: string, { create }: { create: boolean }) {
    await Promise.resolve();
    if (!this.files.has(name)) {
      if (!create) throw new DOMException("there is none", "NotFoundError");
      this.step();
      if (this.rest <= 0) throw new DOMException("no more", "QuotaExceededError");
      this.files.set(name, { now: new Uint8Array(), flushed: new Uint8Array(), taken: false });
    }
    return { createSyncAccessHandle: () => this.handle(this.files.get(name)!) };
  }
  private async handle(file: Stored) {
    await Promise.resolve();
    if (file.taken) throw new DOMException("somebody has it", this.taken);
    file.taken = true;
    const life = this.life;
    const check = () => {
      if (this.dead) throw new Ended("it is cut off");
      if (life !== this.life) throw new DOMException("the handle is closed", "InvalidStateError");
    };
    return {
      getSize: () => (check(), file.gone ? 2 ** 64 : file.now.length),
      read: (bytes: Uint8Array, { at }: { at: number }) => {
        check();
        if (file.gone) return 2 ** 32 - 4;
        const part = file.now.subarray(at, at + bytes.length);
        bytes.set(part);
        return part.length;
      },
      write: (bytes: Uint8Array, { at }: { at: number }) => {
        check();
        if (file.gone) return 2 ** 32 - 4;
        this.step(() => put(file, bytes.subarray(0, torn(bytes.length)), at));
        const room = this.room(file, at + bytes.length);
        if (room >= at + bytes.length) return put(file, bytes, at);
        if (this.refusal === "throws") throw new DOMException("no more", "QuotaExceededError");
        return this.refusal === "negative" ? -1 : put(file, bytes.subarray(0, Math.max(0, room - at)), at);
      },
      truncate: (size: number) => {
        check();
        this.step();
        if (this.room(file, size) < size) throw new DOMException("no more", "QuotaExceededError");
        file.now = resized(file.now, size);
      },
      flush: () => {
        check();
        this.step();
        file.flushed = file.now.slice();
      },
      close: () => {
        if (life === this.life) file.taken = false;
      },
    };
  }
  /** How long ${file} may be, which wants ${size}. */
  private room(file: Stored, size: number) {
    const more = Math.max(0, Math.min(size - file.now.length, this.rest));
    this.rest -= more;
    return file.now.length + more;
  }
}

/** How much of a write there is; what names a file is short. */
const torn = (n: number) => (n > SECTOR ? n >> 1 : Math.min(n >> 1, HEAD_PART));

function resized(bytes: Uint8Array, size: number) {
  const out = new Uint8Array(size);
  out.set(bytes.subarray(0, size));
  return out;
}

function put(file: Stored, bytes: Uint8Array, at: number) {
  if (bytes.length && at + bytes.length > file.now.length) file.now = resized(file.now, at + bytes.length);
  file.now.set(bytes, at);
  return bytes.length;
}

function mix(file: Stored, random: (below: number) => number) {
  const out = new Uint8Array((random(2) ? file.now : file.flushed).length);
  for (let at = 0; at < out.length; at += SECTOR) {
    const from = random(2) ? file.now : file.flushed;
    out.set(from.subarray(at, Math.min(at + SECTOR, out.length)), at);
  }
  return out;
}
