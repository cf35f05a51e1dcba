// SPDX-License-Identifier: MIT
// Photos and recordings are taken apart where nothing else is: in a module
// without imports (src/programs/media), which is started anew for each file in
// a Worker of its own and ended with it.  What breaks it, or takes too long,
// costs that file.
//
// The page starts that Worker.  When one Worker starts another, Firefox may stop
// in the middle of it for good, and the engine with it.

/** What the page calls the Worker that it starts for one file. */
export const MEDIA_NAME = "media";

export const STOPPED = -1; // enum host_answer of content/photo_ask_web.c
export const TOO_LATE = -2;
export const NOT_THERE = -3;
// Half a megabyte over a slow line.  Texts wait meanwhile, so it has an end.
const LOAD_MS = 60000;
const ANSWER_MOST = (16 << 20) + 64; // a cleaned file, and what stands before it

interface Exports {
  memory: WebAssembly.Memory;
  _initialize(): void;
  alloc(n: number): number;
  work(mode: number, file: number, n: number): number;
}

/** What a Worker for one file is told, and what it says when it is done. */
export interface ToDo {
  module: WebAssembly.Module;
  mode: string;
  file: Uint8Array;
}
export interface Done {
  answer?: Uint8Array;
}

/** In that Worker.  No answer: the module was stopped, or ran out of memory. */
export function work({ module, mode, file }: ToDo): Done {
  try {
    // It has no imports, or this fails.
    const x = new WebAssembly.Instance(module).exports as unknown as Exports;
    x._initialize();
    const put = (bytes: Uint8Array) => {
      const at = x.alloc(bytes.length);
      if (at === 0) throw new Error("there is no memory");
      new Uint8Array(x.memory.buffer, at, bytes.length).set(bytes);
      return at;
    };
    const answer = x.work(put(new TextEncoder().encode(mode + "\0")), put(file), file.length);
    if (answer === 0) return {};
    const view = new DataView(x.memory.buffer);
    const n = view.getUint32(answer + 4, true);
    if (n > ANSWER_MOST) return {};
    return { answer: new Uint8Array(x.memory.buffer, view.getUint32(answer, true), n).slice() };
  } catch {
    return {};
  }
}

/** ${what}, or a failure when it takes too long. */
async function within<T>(ms: number, what: Promise<T>): Promise<T> {
  let late: ReturnType<typeof setTimeout> | undefined;
  const end = new Promise<never>((_, fail) => {
    late = setTimeout(() => fail(new Error("it takes too long")), ms);
  });
  try {
    return await Promise.race([what, end]);
  } finally {
    clearTimeout(late);
  }
}

/** As much of a Worker as is used. */
export interface Hand {
  onmessage: ((e: MessageEvent<Done>) => void) | null;
  onerror: ((e: ErrorEvent) => void) | null;
  postMessage(message: ToDo, transfer: Transferable[]): void;
  terminate(): unknown;
}

export class Media {
  private module: Promise<WebAssembly.Module> | undefined;

  constructor(
    private load: () => Promise<WebAssembly.Module>,
    private start: () => Hand,
    private loadMs = LOAD_MS,
  ) {}

  /** The answer, or one of the numbers above. */
  async work(mode: string, file: Uint8Array, timeoutMs: number): Promise<Uint8Array | number> {
    let module: WebAssembly.Module, hand: Hand;
    try {
      module = await within(this.loadMs, (this.module ??= this.load()));
      hand = this.start();
    } catch {
      this.module = undefined; // there may be a connection next time
      return NOT_THERE;
    }
    let late: ReturnType<typeof setTimeout> | undefined;
    try {
      return await new Promise((done) => {
        late = setTimeout(() => done(TOO_LATE), timeoutMs);
        hand.onmessage = ({ data }) => done(data.answer ?? STOPPED);
        hand.onerror = () => done(STOPPED);
        hand.postMessage({ module, mode, file }, [file.buffer]);
      });
    } finally {
      clearTimeout(late);
      hand.terminate();
    }
  }
}
