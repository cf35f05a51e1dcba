// SPDX-License-Identifier: MIT
// Files in the browser's own file system (OPFS), in a dedicated Worker.
//
// To create or rename a file there, one has to wait, which the engine cannot
// do in the middle of a commit.  So a number of files is open before it begins;
// what each is called, it says itself, in a head of its own: renaming is to
// write that head, and a head is whole, by its sum, or does not count.
import type { File, Files } from "./files";

const HEAD = 4096; // what follows stays on sectors
const USED = 512;
const MAGIC = 0x63737031;
const SPARE = 12; // open beyond those that are used
const NAME_AT = 20;
const NAME_MOST = USED - NAME_AT;

// lib.dom has these for pages, and not for workers.
interface Handle {
  read(bytes: Uint8Array, where: { at: number }): number;
  write(bytes: Uint8Array, where: { at: number }): number;
  getSize(): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

/** FNV-1a: against what was cut off, not against anybody. */
function sum(bytes: Uint8Array): number {
  let h = 0x811c9dc5;
  for (const b of bytes) h = Math.imul(h ^ b, 0x01000193);
  return h >>> 0;
}

class Slot implements File {
  turn = 0; // of two with one name, the later counts
  dropped = false;

  constructor(readonly handle: Handle) {}

  /** What it is called: "" for nothing, null for no head. */
  name(): string | null {
    const head = new Uint8Array(USED);
    const view = new DataView(head.buffer);
    if (this.handle.read(head, { at: 0 }) !== USED || view.getUint32(0) !== MAGIC) return null;
    if (view.getUint32(4) !== sum(head.subarray(8))) return null;
    this.turn = view.getFloat64(8);
    return new TextDecoder().decode(head.subarray(NAME_AT, NAME_AT + view.getUint16(16)));
  }
  call(name: string, turn: number) {
    const head = new Uint8Array(USED);
    const view = new DataView(head.buffer);
    const text = new TextEncoder().encode(name);
    if (text.length > NAME_MOST) throw new Error("a name is too long");
    this.turn = turn;
    view.setUint32(0, MAGIC);
    view.setFloat64(8, turn);
    view.setUint16(16, text.length);
    head.set(text, NAME_AT);
    view.setUint32(4, sum(head.subarray(8)));
    if (this.handle.write(head, { at: 0 }) !== USED) throw new Error("there is no room");
    this.handle.flush();
  }
  read(bytes: Uint8Array, at: number) {
    return this.handle.read(bytes, { at: at + HEAD });
  }
  /** At the quota browsers throw, write less, or say a number below zero. */
  write(bytes: Uint8Array, at: number) {
    const n = this.handle.write(bytes, { at: at + HEAD });
    return n <= bytes.length ? Math.max(n, 0) : 0;
  }
  size() {
    return Math.max(0, this.handle.getSize() - HEAD);
  }
  truncate(size: number) {
    this.handle.truncate(size + HEAD);
  }
  flush() {
    this.handle.flush();
  }
}

export class OpfsFiles implements Files {
  private used = new Map<string, Slot>();
  private free: Slot[] = [];
  private turn = 0;
  private made = 0;

  private constructor(private folder: FileSystemDirectoryHandle) {}

  static async open(name = "countersign"): Promise<OpfsFiles> {
    const top = await navigator.storage.getDirectory();
    const all = new OpfsFiles(await top.getDirectoryHandle(name, { create: true }));
    const there = new Set<string>();
    for await (const key of (all.folder as unknown as { keys(): AsyncIterable<string> }).keys()) there.add(key);
    while (there.delete(String(all.made))) await all.add();
    await all.spare();
    return all;
  }

  private async add() {
    const file = await this.folder.getFileHandle(String(this.made++), { create: true });
    const sync = file as unknown as { createSyncAccessHandle(): Promise<Handle> };
    const slot = new Slot(await sync.createSyncAccessHandle());
    const name = slot.name();
    this.turn = Math.max(this.turn, slot.turn);
    if (name === null || name === "") {
      this.free.push(slot);
      return;
    }
    // A rename that was cut off in the middle left two of one name.
    const other = this.used.get(name);
    if (other && other.turn > slot.turn) {
      this.drop(slot);
      return;
    }
    if (other) this.drop(other);
    this.used.set(name, slot);
  }

  /** To be called while nothing runs: there are files to be created. */
  async spare() {
    while (this.free.length < SPARE) await this.add();
  }

  private drop(slot: Slot) {
    slot.call("", ++this.turn);
    slot.truncate(0);
    this.free.push(slot);
  }

  get(path: string) {
    return this.used.get(path);
  }
  create(path: string) {
    const slot = this.free.pop();
    if (!slot) throw new Error("no file is free");
    slot.truncate(0);
    slot.call(path, ++this.turn);
    slot.dropped = false;
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
    if (old) this.drop(old);
  }
  /** It has no name from now on; its place is free when it is closed. */
  remove(path: string) {
    const slot = this.used.get(path);
    if (!slot) return false;
    this.used.delete(path);
    slot.call("", ++this.turn);
    slot.dropped = true;
    return true;
  }
  close(file: File) {
    const slot = file as Slot;
    if (!slot.dropped) return;
    slot.dropped = false;
    slot.truncate(0);
    this.free.push(slot);
  }
  paths() {
    return [...this.used.keys()];
  }
}
