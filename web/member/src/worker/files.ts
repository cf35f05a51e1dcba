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

/** There is no room for it. */
export class Full extends Error {
  constructor() {
    super("there is no room");
  }
}

/** Is that what ${e} says? */
export function isFull(e: unknown): boolean {
  return e instanceof Full || (e instanceof Error && e.name === "QuotaExceededError");
}

/** Nothing here waits. */
export interface Files {
  get(path: string): File | undefined;
  create(path: string): File;
  /** In the place of what has that name, as if that was removed. */
  rename(from: string, to: string): void;
  /** ${file} may still be open: it is let go when close() is called. */
  remove(path: string): boolean;
  /** Nobody has ${file} open any more. */
  close(file: File): void;
  paths(): string[];
}

/** Files that a browser keeps, and may take away from whoever has them open. */
export interface KeptFiles extends Files {
  /** Nobody knows what is in them any more, until they are opened again. */
  readonly broken: boolean;
  /** Are they all still there?  Otherwise they are broken. */
  look(): boolean;
  /** Between two calls: make ready what the next one may take. */
  spare(): Promise<void>;
  /** Let go of all, broken or not. */
  shut(): void;
}

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
export class MemoryFiles implements KeptFiles {
  readonly broken = false;
  private files = new Map<string, MemoryFile>();

  look() {
    return true;
  }
  spare() {
    return Promise.resolve();
  }
  shut() {
    // Nobody else waits for it.
  }

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

/**
 * Two places: what lies in a folder that starts with ${here} is in ${inside},
 * all else in ${outside}.  Nothing is renamed from one to the other.
 */
export class TwoPlaces implements Files {
  constructor(
    private here: string,
    private inside: MemoryFiles,
    private outside: Files,
  ) {}

  private of(path: string): Files {
    return path.startsWith(this.here) ? this.inside : this.outside;
  }
  get(path: string) {
    return this.of(path).get(path);
  }
  create(path: string) {
    return this.of(path).create(path);
  }
  rename(from: string, to: string) {
    if (this.of(from) !== this.of(to)) throw new Error("that is another place");
    this.of(from).rename(from, to);
  }
  remove(path: string) {
    return this.of(path).remove(path);
  }
  close(file: File) {
    if (!(file instanceof MemoryFile)) this.outside.close(file);
  }
  paths() {
    return [...this.inside.paths(), ...this.outside.paths()];
  }
}

/** Put ${bytes} there, whole. */
export function writeFile(files: Files, path: string, bytes: Uint8Array) {
  const file = files.create(path);
  if (file.write(bytes, 0) !== bytes.length) {
    files.remove(path);
    files.close(file);
    throw new Full();
  }
  file.flush();
  files.close(file);
}

/** Take a file away; undefined: there is none. */
export function takeFile(files: Files, path: string): Uint8Array | undefined {
  const file = files.get(path);
  if (!file) return undefined;
  const bytes = new Uint8Array(file.size());
  file.read(bytes, 0);
  files.remove(path);
  files.close(file);
  return bytes;
}
