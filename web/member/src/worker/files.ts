// SPDX-License-Identifier: MIT
// Files as the engine sees them: all at once, by path without the first slash.

export interface File {
  /** How many bytes were read into, or written from, ${bytes}. */
  read(bytes: Uint8Array, at: number): number;
  write(bytes: Uint8Array, at: number): number;
  size(): number;
  truncate(size: number): void;
  flush(): void;
}

/** Nothing here waits. */
export interface Files {
  get(path: string): File | undefined;
  create(path: string): File;
  /** In the place of what has that name. */
  rename(from: string, to: string): void;
  /** ${file} may still be open: it is let go when close() is called. */
  remove(path: string): boolean;
  /** Nobody has ${file} open any more. */
  close(file: File): void;
  paths(): string[];
}

const EXPORT_MOST = 64 << 20;

class MemoryFile implements File {
  private bytes = new Uint8Array(4096);
  private length = 0;

  private room(size: number) {
    if (size <= this.bytes.length) return;
    const more = new Uint8Array(Math.max(size, 2 * this.bytes.length));
    more.set(this.bytes.subarray(0, this.length));
    this.bytes = more;
  }
  read(bytes: Uint8Array, at: number) {
    const part = this.bytes.subarray(Math.min(at, this.length), Math.min(at + bytes.length, this.length));
    bytes.set(part);
    return part.length;
  }
  write(bytes: Uint8Array, at: number) {
    this.room(at + bytes.length);
    this.bytes.set(bytes, at);
    this.length = Math.max(this.length, at + bytes.length);
    return bytes.length;
  }
  size() {
    return this.length;
  }
  truncate(size: number) {
    this.room(size);
    this.bytes.fill(0, Math.min(size, this.length), this.length);
    this.length = size;
  }
  flush() {
    // There is nothing below.
  }
}

/** For tests, and for whoever may not keep anything. */
export class MemoryFiles implements Files {
  private files = new Map<string, MemoryFile>();

  get(path: string) {
    return this.files.get(path);
  }
  create(path: string) {
    const file = new MemoryFile();
    this.files.set(path, file);
    return file;
  }
  rename(from: string, to: string) {
    const file = this.files.get(from);
    if (!file) return;
    this.files.delete(from);
    this.files.set(to, file);
  }
  remove(path: string) {
    return this.files.delete(path);
  }
  close() {
    // Nobody counts.
  }
  paths() {
    return [...this.files.keys()];
  }
}

/** Put ${bytes} there, whole. */
export function writeFile(files: Files, path: string, bytes: Uint8Array) {
  const file = files.create(path);
  if (file.write(bytes, 0) !== bytes.length) {
    files.remove(path);
    files.close(file);
    throw new Error("there is no room");
  }
  file.flush();
  files.close(file);
}

/** Take a file away; undefined: there is none. */
export function takeFile(files: Files, path: string): Uint8Array | undefined {
  const file = files.get(path);
  if (!file) return undefined;
  const bytes = new Uint8Array(Math.min(file.size(), EXPORT_MOST));
  file.read(bytes, 0);
  files.remove(path);
  files.close(file);
  return bytes;
}
