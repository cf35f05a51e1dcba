// SPDX-License-Identifier: MIT
// Files in the browser's own file system (OPFS), in a dedicated Worker.
//
// To create or rename a file there, one has to wait, which the engine cannot
// do in the middle of a commit.  So a number of files is open before it begins;
// what each is called, it says itself, in a head of its own: renaming is to
// write that head.  There is room for two, and the one that does not count is
// written over: so a head that was cut off leaves the name from before.
//
// A browser may take a file away from whoever has it open, or clear all of them,
// and after an error it is not known what a head says.  Then nothing is read or
// written any more until all of it was opened again.
import { Lacks } from "../lacks";
import type { File, KeptFiles } from "./files";
import { Full, isFull } from "./files";

const HEADS = 2;
const BLOCK = 4096; // of a disk: no two heads lie in one
const START = HEADS * BLOCK; // of what a file holds
const USED = 512; // of a head
const MAGIC = 0x63737032;
const SPARE = 12; // open beyond those that are used
const NAME_AT = 20;
const NAME_MOST = USED - NAME_AT;
// How browsers say that somebody has a file open; the second is WebKit's.
const TAKEN = ["NoModificationAllowedError", "InvalidStateError"];
const PATIENCE_MS = 10000; // with a window that was closed just now
const AGAIN_MS = 50;
const LOOK_MS = 5000; // at most that often: are files still there?

// lib.dom has these for pages, and not for workers.
interface Handle {
  read(bytes: Uint8Array, where: { at: number }): number;
  write(bytes: Uint8Array, where: { at: number }): number;
  getSize(): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}
interface Entry {
  createSyncAccessHandle?(): Promise<Handle>;
}
/** What is used of a folder. */
export interface Folder {
  keys(): AsyncIterable<string>;
  getFileHandle(name: string, how: { create: boolean }): Promise<unknown>;
}

/** FNV-1a: against what was cut off, not against anybody. */
function sum(bytes: Uint8Array): number {
  let h = 0x811c9dc5;
  for (const b of bytes) h = Math.imul(h ^ b, 0x01000193);
  return h >>> 0;
}

/** Where files were cleared, Chromium says an error as a number, with or without
 * its sign. */
function counted(n: number, most: number): number {
  if (n >= 0 && n <= most) return n;
  throw new Error(`the browser says ${n}`);
}

interface Head {
  name: string;
  turn: number;
}

function writeHead({ name, turn }: Head): Uint8Array {
  const head = new Uint8Array(USED);
  const view = new DataView(head.buffer);
  const text = new TextEncoder().encode(name);
  if (text.length > NAME_MOST) throw new Error("a name is too long");
  view.setUint32(0, MAGIC);
  view.setFloat64(8, turn);
  view.setUint16(16, text.length);
  head.set(text, NAME_AT);
  view.setUint32(4, sum(head.subarray(8)));
  return head;
}

/** null: none that is whole. */
function readHead(head: Uint8Array): Head | null {
  const view = new DataView(head.buffer);
  if (view.getUint32(0) !== MAGIC || view.getUint32(4) !== sum(head.subarray(8))) return null;
  const n = view.getUint16(16);
  if (n > NAME_MOST) return null;
  return { name: new TextDecoder().decode(head.subarray(NAME_AT, NAME_AT + n)), turn: view.getFloat64(8) };
}

/** What all files of a folder share: whether they may still be used. */
interface Health {
  broken: boolean;
}

class Slot implements File {
  turn = 0; // of two with one name, the later counts
  dropped = false;
  private counts = 0; // which of the heads

  constructor(
    readonly number: number,
    private handle: Handle,
    private health: Health,
  ) {}

  /** That there is no room is an answer; whatever else fails, or fails
   * ${surely}, has left nobody knows what. */
  private try<T>(f: () => T, surely = false): T {
    if (this.health.broken) throw new Error("the files have to be opened again");
    try {
      return f();
    } catch (e) {
      if (surely || !isFull(e)) this.health.broken = true;
      throw e;
    }
  }
  /** What it is called: "" for nothing, null for no head. */
  name(): string | null {
    let found: Head | null = null;
    for (let i = 0; i < HEADS; i++) {
      const bytes = new Uint8Array(USED);
      const whole = this.try(() => this.handle.read(bytes, { at: i * BLOCK })) === USED;
      const head = whole ? readHead(bytes) : null;
      if (!head || (found && found.turn > head.turn)) continue;
      found = head;
      this.counts = i;
    }
    this.turn = found?.turn ?? 0;
    return found ? found.name : null;
  }
  call(name: string, turn: number) {
    const next = (this.counts + 1) % HEADS;
    const head = writeHead({ name, turn });
    this.try(() => {
      if (this.handle.write(head, { at: next * BLOCK }) !== USED) throw new Full();
      this.handle.flush();
    }, true);
    this.counts = next;
    this.turn = turn;
  }
  /** Nothing is in it, and nothing of it is left. */
  empty() {
    if (this.size() === 0) return;
    this.truncate(0);
    this.flush();
  }
  read(bytes: Uint8Array, at: number) {
    const n = this.try(() => this.handle.read(bytes, { at: at + START }));
    if (n === bytes.length) return n;
    this.size();
    return this.try(() => counted(n, bytes.length));
  }
  /** At the quota browsers throw, write less, or say a number that is none. */
  write(bytes: Uint8Array, at: number) {
    const n = this.try(() => this.handle.write(bytes, { at: at + START }));
    if (n === bytes.length) return n;
    this.size();
    return n > 0 && n < bytes.length ? n : 0;
  }
  size() {
    const size = this.bare();
    // What is used has room for its heads, unless it was cleared.
    return this.try(() => {
      if (size < START) throw new Error("a file was cleared");
      return size - START;
    });
  }
  /** With its heads, if there are any. */
  bare() {
    return this.try(() => counted(this.handle.getSize(), Number.MAX_SAFE_INTEGER));
  }
  truncate(size: number) {
    this.try(() => this.handle.truncate(size + START));
  }
  flush() {
    this.try(() => this.handle.flush(), true);
  }
  shut() {
    try {
      this.handle.close();
    } catch {
      // It is gone already.
    }
  }
}

export class OpfsFiles implements KeptFiles {
  private health: Health = { broken: false };
  private all: Slot[] = [];
  private used = new Map<string, Slot>();
  private free: Slot[] = [];
  private unready: Slot[] = []; // new, and without all of their heads
  private turn = 0;
  private made = 0;
  private looked = performance.now();

  private constructor(private folder: Folder) {}

  /** Everything that is there; what the last to use it could not end is ended. */
  static async open(folder?: Folder): Promise<OpfsFiles> {
    const files = new OpfsFiles(folder ?? (await ownFolder()));
    try {
      await files.find();
      await files.spare();
    } catch (e) {
      files.shut();
      throw e;
    }
    return files;
  }

  private async find() {
    const numbers: number[] = [];
    for await (const key of this.folder.keys()) if (/^\d{1,9}$/.test(key)) numbers.push(Number(key));
    const slots: [Slot, string | null][] = [];
    for (const n of numbers) {
      const slot = await this.slot(n);
      slots.push([slot, slot.name()]);
      this.turn = Math.max(this.turn, slot.turn);
    }
    for (const [slot, name] of slots)
      if (name) this.take(slot, name);
      // No kill leaves a file without a head that has something in it.  What
      // damage did is not made worse.
      else if (name === "") this.release(slot);
      else if (slot.bare() <= START) this.unready.push(slot);
  }

  /** A rename that was cut off in the middle left two of one name. */
  private take(slot: Slot, name: string) {
    const other = this.used.get(name);
    if (other && other.turn > slot.turn) {
      this.drop(slot);
      return;
    }
    this.used.set(name, slot);
    if (other) this.drop(other);
  }

  /** The one who had it before may be about to end. */
  private async slot(n: number): Promise<Slot> {
    const entry = (await this.folder.getFileHandle(String(n), { create: true })) as Entry;
    if (!entry.createSyncAccessHandle) throw new Lacks("lacking", "no file can be written at once");
    const end = performance.now() + PATIENCE_MS;
    for (;;)
      try {
        const slot = new Slot(n, await entry.createSyncAccessHandle(), this.health);
        this.all.push(slot);
        this.made = Math.max(this.made, n + 1);
        return slot;
      } catch (e) {
        const { name } = e as Error;
        if (name === "NotSupportedError") throw new Lacks("lacking", e);
        if (!TAKEN.includes(name) || performance.now() > end) throw e;
        await new Promise((done) => setTimeout(done, AGAIN_MS));
      }
  }

  /** To be called while nothing runs: there are files to be created. */
  async spare() {
    await this.lookFor();
    while (this.free.length < SPARE && !this.broken) {
      try {
        if (!this.unready.length) this.unready.push(await this.slot(this.made));
        this.prepare(this.unready[0]);
      } catch (e) {
        // Those that are there can still be read.
        if (isFull(e) && !this.broken) return;
        throw e;
      }
      this.unready.shift();
    }
  }
  /** What was cleared can be written to for as long as it is open. */
  private async lookFor() {
    const [slot] = this.used.values();
    if (!slot || performance.now() - this.looked < LOOK_MS) return;
    this.looked = performance.now();
    try {
      await this.folder.getFileHandle(String(slot.number), { create: false });
    } catch (e) {
      if ((e as Error).name === "NotFoundError") this.health.broken = true;
    }
  }
  /** From now on, to write a head takes no room. */
  private prepare(slot: Slot) {
    slot.truncate(0);
    for (let i = 0; i < HEADS; i++) slot.call("", ++this.turn);
    this.free.push(slot);
  }

  /** Is there anything that they cannot do any more? */
  get broken() {
    return this.health.broken;
  }
  /** Ask the browser for each, which it may have taken away meanwhile. */
  look() {
    try {
      this.used.forEach((slot) => slot.size());
    } catch {
      // It is noted.
    }
    return !this.broken;
  }
  shut() {
    this.health.broken = true;
    this.all.forEach((slot) => slot.shut());
  }

  private release(slot: Slot) {
    slot.empty();
    slot.dropped = false;
    this.free.push(slot);
  }
  private drop(slot: Slot) {
    slot.call("", ++this.turn);
    this.release(slot);
  }

  get(path: string) {
    return this.used.get(path);
  }
  create(path: string) {
    const slot = this.free.pop();
    if (!slot) throw new Full();
    slot.call(path, ++this.turn);
    this.used.set(path, slot);
    return slot;
  }
  rename(from: string, to: string) {
    const slot = this.used.get(from);
    if (!slot || from === to) return;
    const old = this.used.get(to);
    slot.call(to, ++this.turn);
    this.used.delete(from);
    this.used.set(to, slot);
    if (old) this.unname(old);
  }
  private unname(slot: Slot) {
    slot.call("", ++this.turn);
    slot.dropped = true;
  }
  /** It has no name from now on; its place is free when it is closed. */
  remove(path: string) {
    const slot = this.used.get(path);
    if (!slot) return false;
    this.unname(slot);
    this.used.delete(path);
    return true;
  }
  close(file: File) {
    const slot = file as Slot;
    if (slot.dropped) this.release(slot);
  }
  paths() {
    return [...this.used.keys()];
  }
}

async function ownFolder(): Promise<Folder> {
  const top = await navigator.storage.getDirectory();
  return (await top.getDirectoryHandle("countersign", { create: true })) as unknown as Folder;
}
