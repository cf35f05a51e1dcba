// SPDX-License-Identifier: MIT
// The engine: a WebAssembly module, its files and its line to the hub.
//
// It is straight code that waits for answers.  Where it does, Asyncify puts its
// stack away and comes back here; when the answer is there, the stack is put
// back and the code goes on.  Meanwhile it can be asked for what is stored.
import type { Files } from "./files";
import type { Hub } from "./hub";
import { CLOSED } from "./hub";
import type { Media } from "./media";
import { Wasi } from "./wasi";

const STACK = 256 << 10; // of code that waits, put away
const TURN_MS = 30000; // a lost push delays a message by half a minute
const READ = 1; // enum cs_member_kind
const CALL = 2;
const UNWINDING = 1; // states of Asyncify
const REWINDING = 2;

interface Exports {
  memory: WebAssembly.Memory;
  _initialize(): void;
  alloc(n: number): number;
  release(at: number, n: number): void;
  start(): number;
  kind(method: number): number;
  do(method: number, take: number, n: number): number;
  turn(timeoutMs: number): number;
  waits(): number;
  hurry(): void;
  asyncify_get_state(): number;
  asyncify_start_unwind(at: number): void;
  asyncify_stop_unwind(): void;
  asyncify_start_rewind(at: number): void;
  asyncify_stop_rewind(): void;
}
interface Waiting {
  method: string;
  take: string;
  done: (answer: string) => void;
  fail: (why: Error) => void;
}

export interface Config {
  module: WebAssembly.Module;
  files: Files;
  hub: Hub;
  media: Media;
  event: (json: string) => void;
  log: (line: string) => void;
  /** Between two calls: there may be files to be made ready.  If it fails, the
   * engine has ended. */
  between?: () => Promise<void>;
  /** Can its files still be used?  If not, the engine ends. */
  alive?: () => boolean;
  /** The engine has ended, and why. */
  ended?: (why: Error) => void;
}

/** It was not begun, and may be asked of another engine. */
export class NotBegun extends Error {}

export class Engine {
  private x!: Exports;
  private text = new TextDecoder();
  private stack = 0;
  private pending: Promise<number> | null = null;
  private value = 0;
  private reading = false;
  private body: Uint8Array = new Uint8Array();
  private cleaned: Uint8Array = new Uint8Array();
  private queue: Waiting[] = [];
  private stir: (() => void) | null = null;
  private broken: Error | null = null;

  private constructor(private config: Config) {}

  static async start(config: Config): Promise<Engine> {
    const engine = new Engine(config);
    const wasi = new Wasi(config.files, new Set(["home", "exchange"]), config.log);
    const instance = await WebAssembly.instantiate(config.module, {
      wasi_snapshot_preview1: wasi.imports,
      hub: engine.hubImports(),
      media: engine.mediaImports(),
      host: { event: (at: number, n: number) => config.event(engine.string(at, n)) },
    });
    engine.x = instance.exports as unknown as Exports;
    wasi.bind(engine.x.memory);
    engine.x._initialize();
    engine.stack = engine.x.alloc(STACK + 8);
    if (engine.stack === 0 || engine.x.start() !== 0) throw new Error("the engine does not start");
    void engine.serve();
    return engine;
  }

  // ---- memory

  private bytes(at: number, n: number) {
    return new Uint8Array(this.x.memory.buffer, at, n);
  }
  private view() {
    return new DataView(this.x.memory.buffer);
  }
  private string(at: number, n: number) {
    return this.text.decode(this.bytes(at, n));
  }
  /** Do ${f}, which does not wait, with a copy of ${text}, which ends with a zero. */
  private withText<T>(text: string, f: (at: number, n: number) => T): T {
    const bytes = new TextEncoder().encode(text + "\0");
    const at = this.x.alloc(bytes.length);
    if (at === 0) throw new Error("there is no memory");
    this.bytes(at, bytes.length).set(bytes);
    bytes.fill(0);
    try {
      return f(at, bytes.length - 1);
    } finally {
      this.x.release(at, bytes.length);
    }
  }

  // ---- waiting

  /** An import that waits: it is called a second time when its answer is there. */
  private waiting(start: (...args: number[]) => Promise<number>) {
    return (...args: number[]): number => {
      if (this.x.asyncify_get_state() === REWINDING) {
        this.x.asyncify_stop_rewind();
        return this.value;
      }
      if (this.reading) throw new Error("what only reads must not wait");
      this.pending = start(...args).catch(() => CLOSED);
      this.view().setUint32(this.stack, this.stack + 8, true);
      this.view().setUint32(this.stack + 4, this.stack + 8 + STACK, true);
      this.x.asyncify_start_unwind(this.stack);
      return 0;
    };
  }

  private alive() {
    return this.config.alive?.() ?? true;
  }

  private async run(f: () => number): Promise<number> {
    let result = f();
    while (this.x.asyncify_get_state() === UNWINDING) {
      this.x.asyncify_stop_unwind();
      // Nobody is told what no file keeps.
      if (!this.alive()) throw new Error("the files are not there any more");
      this.value = await (this.pending ?? Promise.resolve(CLOSED));
      if (this.broken) throw this.broken;
      this.x.asyncify_start_rewind(this.stack);
      result = f();
    }
    // It held what others wrote, and what was secret.
    this.bytes(this.stack + 8, STACK).fill(0);
    return result;
  }

  private hubImports() {
    const hub = this.config.hub;
    return {
      open: this.waiting((_host, _n, _port, timeoutMs) => hub.open(timeoutMs)),
      recv: this.waiting((timeoutMs) => hub.recv(timeoutMs)),
      sleep: this.waiting(async (ms) => {
        await new Promise((done) => setTimeout(done, ms));
        return 0;
      }),
      transfer: this.waiting((at) => this.transfer(at)),
      close: () => hub.close(),
      send: (at: number, n: number) => hub.send(this.bytes(at, n)),
      take: (at: number, n: number) => this.bytes(at, n).set(hub.take().subarray(0, n)),
      body: (at: number, n: number) => {
        this.bytes(at, n).set(this.body.subarray(0, n));
        this.body = this.body.subarray(n);
      },
      origin: (at: number, room: number) => {
        const origin = new TextEncoder().encode(hub.origin);
        if (origin.length > room) return -1;
        this.bytes(at, origin.length).set(origin);
        return origin.length;
      },
    };
  }

  /** content/photo_ask_web.c */
  private mediaImports() {
    return {
      work: this.waiting(async (mode, n, at, length, timeoutMs) => {
        const said = await this.config.media.work(this.string(mode, n), this.bytes(at, length).slice(), timeoutMs);
        if (typeof said === "number") return said;
        this.cleaned = said;
        return said.length;
      }),
      take: (at: number, n: number) => {
        this.bytes(at, n).set(this.cleaned.subarray(0, n));
        this.cleaned = new Uint8Array();
      },
    };
  }

  /** struct host_transfer of net/client_web.c */
  private async transfer(at: number): Promise<number> {
    const v = this.view();
    const u32 = (offset: number) => v.getUint32(at + offset, true);
    const put = u32(44) !== 0;
    const said = await this.config.hub.transfer({
      put,
      path: this.string(u32(0), u32(8)),
      token: this.string(u32(4), u32(12)),
      offset: Number(v.getBigUint64(at + 16, true)),
      total: Number(v.getBigUint64(at + 24, true)),
      body: put ? this.bytes(u32(32), u32(36)).slice() : new Uint8Array(),
      timeoutMs: u32(48),
    });
    this.body = said.body;
    const sent = put && said.status > 0 ? this.view().getUint32(at + 36, true) : 0;
    this.view().setUint32(at + 40, put ? sent : said.body.length, true);
    return said.status;
  }

  // ---- methods

  private answer(at: number): string {
    if (at === 0) throw new Error("there is no memory");
    return this.string(this.view().getUint32(at, true), this.view().getUint32(at + 4, true));
  }

  /** At once, also while something else waits. */
  private read(method: string, take: string): string {
    this.reading = true;
    try {
      return this.withText(method, (m) => this.withText(take, (t, n) => this.answer(this.x.do(m, t, n))));
    } finally {
      this.reading = false;
    }
  }

  private async call(method: string, take: string): Promise<string> {
    const encoder = new TextEncoder();
    const held = [encoder.encode(method + "\0"), encoder.encode(take)].map((bytes) => {
      const at = this.x.alloc(bytes.length + 1);
      if (at === 0) throw new Error("there is no memory");
      this.bytes(at, bytes.length).set(bytes);
      return { at, n: bytes.length };
    });
    try {
      return this.answer(await this.run(() => this.x.do(held[0].at, held[1].at, held[1].n)));
    } finally {
      held.forEach(({ at, n }) => this.x.release(at, n + 1));
    }
  }

  /** What ${method} gives or says of its failure, as JSON; ${take} is JSON. */
  do(method: string, take: string): Promise<string> {
    if (this.broken) return Promise.reject(new NotBegun(this.broken.message));
    const kind = this.withText(method, (m) => this.x.kind(m));
    if (kind !== CALL && kind !== READ) return Promise.reject(new Error(`there is no method ${method}`));
    if (kind === READ)
      try {
        const answer = this.read(method, take);
        if (this.alive()) return Promise.resolve(answer);
        return Promise.reject(new NotBegun(this.fail("the files are not there any more").message));
      } catch (e) {
        return Promise.reject(this.fail(e));
      }
    return new Promise((done, fail) => {
      this.queue.push({ method, take, done, fail });
      this.stir?.();
      // No more than news are waited for, now or soon.
      this.x.hurry();
      if (this.x.waits()) this.config.hub.interrupt();
    });
  }

  /** A trap: memory may be anything, and is not to be written to any file. */
  private fail(e: unknown): Error {
    if (this.broken) return this.broken;
    const why = (this.broken = e instanceof Error ? e : new Error(String(e)));
    this.config.hub.close();
    this.config.ended?.(why);
    this.queue.splice(0).forEach((w) => w.fail(new NotBegun(why.message)));
    this.stir?.();
    return why;
  }

  private async serve() {
    try {
      for (;;) {
        await this.config.between?.();
        if (this.broken) return;
        const next = this.queue.shift();
        if (next) {
          try {
            next.done(await this.call(next.method, next.take));
          } catch (e) {
            next.fail(this.fail(e));
            return;
          }
        } else if (!(await this.run(() => this.x.turn(TURN_MS))) && this.queue.length === 0) {
          await new Promise<void>((done) => (this.stir = done));
          this.stir = null;
        }
      }
    } catch (e) {
      this.config.log(`the engine: ${String(this.fail(e))}`);
    }
  }
}
