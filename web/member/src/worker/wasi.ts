// SPDX-License-Identifier: MIT
// As much of WASI (preview 1) as the engine uses, over Files.
import type { File, Files } from "./files";
import { isFull } from "./files";

const OK = 0;
const BADF = 8;
const EXIST = 20;
const INVAL = 28;
const IO = 29;
const ISDIR = 31;
const NOENT = 44;
const NOSPC = 51;
const NOSYS = 52;
const NOTDIR = 54;

const ROOT = 3; // the folder that is open from the beginning
const FOLDER = 3; // types of files
const PLAIN = 4;
const CREATE = 1; // how a file is opened
const MUST_BE_FOLDER = 2;
const MUST_BE_NEW = 4;
const CUT = 8;
const APPEND = 1;
const STAT_SIZE = 64;
const RANDOM_MOST = 65536; // of getRandomValues()
const ALL = 0xffffffffffffffffn;

/** A file, or a folder by its path. */
interface Open {
  file?: File;
  folder: string;
  at: number;
  append: boolean;
}

/** The engine ended itself: a broken invariant. */
export class Ended extends Error {}

export type Imports = Record<string, (...args: never[]) => number | void>;

export class Wasi {
  readonly imports: Imports;
  private memory!: WebAssembly.Memory;
  private open = new Map<number, Open>([[ROOT, { folder: "", at: 0, append: false }]]);
  private holders = new Map<File, number>();
  private next = ROOT + 1;
  private said = "";
  private text = new TextDecoder();

  /** ${folders} are there, whatever is in them. */
  constructor(
    private files: Files,
    private folders: Set<string>,
    private log: (line: string) => void,
  ) {
    this.imports = this.guarded();
  }

  bind(memory: WebAssembly.Memory) {
    this.memory = memory;
  }

  private view() {
    return new DataView(this.memory.buffer);
  }
  private bytes(at: number, n: number) {
    return new Uint8Array(this.memory.buffer, at, n);
  }

  /** A path below a folder, without its first slash. */
  private path(fd: number, at: number, n: number): string {
    const parts = this.open.get(fd)?.folder.split("/") ?? [];
    for (const part of this.text.decode(this.bytes(at, n)).split("/"))
      if (part === "..") parts.pop();
      else if (part !== "" && part !== ".") parts.push(part);
    return parts.filter((p) => p !== "").join("/");
  }
  private isFolder(path: string) {
    return path === "" || this.folders.has(path);
  }

  private hold(file: File) {
    this.holders.set(file, (this.holders.get(file) ?? 0) + 1);
  }
  private letGo(file: File) {
    const n = (this.holders.get(file) ?? 1) - 1;
    if (n > 0) {
      this.holders.set(file, n);
      return;
    }
    this.holders.delete(file);
    this.files.close(file);
  }

  private stat(out: number, file?: File): number {
    this.bytes(out, STAT_SIZE).fill(0);
    this.view().setUint8(out + 16, file ? PLAIN : FOLDER);
    this.view().setBigUint64(out + 24, 1n, true);
    if (file) this.view().setBigUint64(out + 32, BigInt(file.size()), true);
    return OK;
  }

  /** One vector after the other, until one is not moved whole. */
  private each(vectors: number, n: number, out: number, move: (part: Uint8Array, done: number) => number): number {
    let done = 0;
    for (let i = 0; i < n; i++) {
      const at = this.view().getUint32(vectors + 8 * i, true);
      const length = this.view().getUint32(vectors + 8 * i + 4, true);
      const moved = move(this.bytes(at, length), done);
      done += moved;
      if (moved < length) break;
    }
    this.view().setUint32(out, done, true);
    return OK;
  }
  private write(file: File, vectors: number, n: number, at: number, out: number): [number, number] {
    let short = false;
    const err = this.each(vectors, n, out, (part, done) => {
      const moved = file.write(part, at + done);
      short ||= moved < part.length;
      return moved;
    });
    return [short ? NOSPC : err, this.view().getUint32(out, true)];
  }

  private print(part: Uint8Array): number {
    this.said += this.text.decode(part);
    const lines = this.said.split("\n");
    this.said = lines.pop() ?? "";
    lines.forEach(this.log);
    return part.length;
  }

  private pathOpen(fd: number, at: number, n: number, how: number, flags: number, out: number): number {
    const path = this.path(fd, at, n);
    if (this.isFolder(path)) {
      if (how & MUST_BE_NEW) return EXIST;
      this.open.set(this.next, { folder: path, at: 0, append: false });
      this.view().setUint32(out, this.next++, true);
      return OK;
    }
    let file = this.files.get(path);
    if (how & MUST_BE_FOLDER) return file ? NOTDIR : NOENT;
    if (!file && !(how & CREATE)) return NOENT;
    if (file && how & MUST_BE_NEW) return EXIST;
    if (!file && !this.isFolder(path.slice(0, Math.max(0, path.lastIndexOf("/"))))) return NOENT;
    file ??= this.files.create(path);
    if (how & CUT) file.truncate(0);
    this.hold(file);
    this.open.set(this.next, { file, folder: "", at: 0, append: (flags & APPEND) !== 0 });
    this.view().setUint32(out, this.next++, true);
    return OK;
  }

  /** Entries as WASI has them, from the one on that ${cookie} says. */
  private readdir(folder: string, at: number, room: number, cookie: number, out: number): number {
    const below = folder === "" ? "" : folder + "/";
    const names = [...this.files.paths(), ...this.folders]
      .filter((p) => p.startsWith(below) && p.length > below.length && !p.slice(below.length).includes("/"))
      .map((p) => p.slice(below.length))
      .sort();
    const encoder = new TextEncoder();
    let used = 0;
    for (let i = cookie; i < names.length && used < room; i++) {
      const name = encoder.encode(names[i]);
      const entry = new Uint8Array(24 + name.length);
      const view = new DataView(entry.buffer);
      view.setBigUint64(0, BigInt(i + 1), true);
      view.setBigUint64(8, BigInt(i + 1), true);
      view.setUint32(16, name.length, true);
      view.setUint8(20, this.isFolder(below + names[i]) ? FOLDER : PLAIN);
      entry.set(name, 24);
      const part = entry.subarray(0, room - used);
      this.bytes(at + used, part.length).set(part);
      used += part.length;
    }
    this.view().setUint32(out, used, true);
    return OK;
  }

  private calls(): Record<string, (...args: number[]) => number> {
    const plain = (fd: number, f: (o: Open & { file: File }) => number) => {
      const o = this.open.get(fd);
      if (!o) return BADF;
      return o.file ? f(o as Open & { file: File }) : ISDIR;
    };
    const sync = (fd: number) => {
      this.open.get(fd)?.file?.flush(); // a folder has nothing to sync
      return this.open.has(fd) ? OK : BADF;
    };
    return {
      environ_sizes_get: (n, size) => {
        this.view().setUint32(n, 0, true);
        this.view().setUint32(size, 0, true);
        return OK;
      },
      environ_get: () => OK,
      random_get: (at, n) => {
        for (let done = 0; done < n; done += RANDOM_MOST)
          crypto.getRandomValues(this.bytes(at + done, Math.min(RANDOM_MOST, n - done)));
        return OK;
      },
      proc_exit: (status) => {
        throw new Ended(`the engine ended itself with ${status}`);
      },
      poll_oneoff: () => NOSYS,
      fd_prestat_get: (fd, out) => {
        if (fd !== ROOT) return BADF;
        this.view().setUint32(out, 0, true);
        this.view().setUint32(out + 4, 1, true);
        return OK;
      },
      fd_prestat_dir_name: (_fd, at, n) => {
        this.bytes(at, n).fill("/".charCodeAt(0), 0, 1);
        return OK;
      },
      fd_fdstat_get: (fd, out) => {
        const o = this.open.get(fd);
        if (!o && fd >= ROOT) return BADF;
        this.bytes(out, 24).fill(0);
        this.view().setUint8(out, !o ? 2 : o.file ? PLAIN : FOLDER);
        this.view().setBigUint64(out + 8, ALL, true);
        this.view().setBigUint64(out + 16, ALL, true);
        return OK;
      },
      fd_filestat_get: (fd, out) => {
        const o = this.open.get(fd);
        return o ? this.stat(out, o.file) : BADF;
      },
      fd_close: (fd) => {
        const o = this.open.get(fd);
        if (!o) return BADF;
        this.open.delete(fd);
        if (o.file) this.letGo(o.file);
        return OK;
      },
      fd_sync: sync,
      fd_datasync: sync,
      fd_read: (fd, vectors, n, out) =>
        plain(fd, (o) =>
          this.each(vectors, n, out, (part) => {
            const moved = o.file.read(part, o.at);
            o.at += moved;
            return moved;
          }),
        ),
      fd_write: (fd, vectors, n, out) => {
        if (fd === 1 || fd === 2) return this.each(vectors, n, out, (part) => this.print(part));
        return plain(fd, (o) => {
          if (o.append) o.at = o.file.size();
          const [err, moved] = this.write(o.file, vectors, n, o.at, out);
          o.at += moved;
          return err;
        });
      },
      path_create_directory: (fd, at, n) => {
        const path = this.path(fd, at, n);
        if (this.isFolder(path) || this.files.get(path)) return EXIST;
        this.folders.add(path);
        return OK;
      },
      path_filestat_get: (fd, _flags, at, n, out) => {
        const path = this.path(fd, at, n);
        if (this.isFolder(path)) return this.stat(out);
        const file = this.files.get(path);
        return file ? this.stat(out, file) : NOENT;
      },
      path_rename: (a, from, n, b, to, m) => {
        const source = this.path(a, from, n);
        const target = this.path(b, to, m);
        const old = this.files.get(target);
        if (!this.files.get(source)) return NOENT;
        if (this.isFolder(target)) return INVAL;
        if (source === target) return OK;
        this.files.rename(source, target);
        if (old && !this.holders.has(old)) this.files.close(old);
        return OK;
      },
      path_unlink_file: (fd, at, n) => {
        const path = this.path(fd, at, n);
        const file = this.files.get(path);
        if (this.isFolder(path)) return ISDIR;
        if (!file) return NOENT;
        this.files.remove(path);
        if (!this.holders.has(file)) this.files.close(file);
        return OK;
      },
      path_open: (fd, _lookup, at, n, how, ...more) => this.pathOpen(fd, at, n, how, more[2], more[3]),
      // These have an argument of 64 bits.
      clock_time_get: (id, _precision, out) => {
        const ms = id === 0 ? Date.now() : performance.now();
        this.view().setBigUint64(out, BigInt(Math.round(ms * 1e6)), true);
        return OK;
      },
      fd_filestat_set_size: (fd, size) =>
        plain(fd, (o) => {
          o.file.truncate(Number(size));
          return OK;
        }),
      fd_seek: (fd, by, from, out) =>
        plain(fd, (o) => {
          const at = Number(by) + (from === 0 ? 0 : from === 1 ? o.at : o.file.size());
          if (at < 0) return INVAL;
          o.at = at;
          this.view().setBigUint64(out, BigInt(at), true);
          return OK;
        }),
      fd_pread: (fd, vectors, n, at, out) =>
        plain(fd, (o) => this.each(vectors, n, out, (part, done) => o.file.read(part, Number(at) + done))),
      fd_pwrite: (fd, vectors, n, at, out) => plain(fd, (o) => this.write(o.file, vectors, n, Number(at), out)[0]),
      fd_readdir: (fd, at, room, cookie, out) => {
        const o = this.open.get(fd);
        if (!o) return BADF;
        return o.file ? NOTDIR : this.readdir(o.folder, at, room, Number(cookie), out);
      },
    };
  }

  /** What a browser throws is an error of the disk. */
  private guarded(): Imports {
    const guarded: Imports = {};
    for (const [name, call] of Object.entries(this.calls()))
      guarded[name] = (...args: never[]) => {
        try {
          return call(...(args as number[]));
        } catch (e) {
          if (e instanceof Ended) throw e;
          this.log(`${name}: ${String(e)}`);
          return isFull(e) ? NOSPC : IO;
        }
      };
    return guarded;
  }
}
