// SPDX-License-Identifier: MIT
// The Worker that has the engine.  One for all windows of an origin: whoever
// holds the lock.  The same script, under another name, is the Worker that takes
// one photo or recording apart.
import { Lacks } from "../lacks";
import { Hub } from "./hub";
import { Keeper } from "./keeper";
import type { Done, Hand, ToDo } from "./media";
import { Media, MEDIA_NAME, work } from "./media";
import { OpfsFiles } from "./opfs";
import type { FromWorker, ToWorker } from "./talk";

const LOCK = "countersign-engine";
// Beside this file.
const MODULE = "engine.wasm";
const MEDIA_MODULE = "media.wasm";

// lib.dom is of pages.
const scope = self as unknown as {
  name: string;
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  onmessage: (e: MessageEvent<ToWorker>) => void;
};
const hand = self as unknown as {
  postMessage(message: unknown): void;
  onmessage: (e: MessageEvent<ToDo>) => void;
};

/** A Worker that the page starts. */
class PageHand implements Hand {
  onmessage: Hand["onmessage"] = null;
  onerror: Hand["onerror"] = null;
  private static all = new Map<number, PageHand>();
  private static last = 0;
  private number = ++PageHand.last;

  postMessage(todo: ToDo, transfer: Transferable[]) {
    PageHand.all.set(this.number, this);
    scope.postMessage({ say: "hand", hand: this.number, todo }, transfer);
  }
  terminate() {
    PageHand.all.delete(this.number);
    scope.postMessage({ say: "let-go", hand: this.number });
  }
  /** One that was let go of is not listened to. */
  static made(number: number, done: Done | undefined) {
    const hand = PageHand.all.get(number);
    if (done) hand?.onmessage?.({ data: done } as MessageEvent<Done>);
    else hand?.onerror?.(new ErrorEvent("error"));
  }
}

const media = new Media(
  () => WebAssembly.compileStreaming(fetch(MEDIA_MODULE)),
  () => new PageHand(),
);

let keeper: Keeper | undefined;
const gone = (why: unknown) =>
  scope.postMessage({ say: "gone", why: String(why), lack: why instanceof Lacks ? why.what : undefined });

async function start() {
  const module = WebAssembly.compileStreaming(fetch(MODULE));
  keeper = await Keeper.begin({
    module: await module,
    files: () => OpfsFiles.open(),
    hub: () => new Hub(location.origin),
    media,
    event: (json) => scope.postMessage({ say: "event", json }),
    log: (line) => console.warn(line),
    gone,
  });
  scope.postMessage({ say: "ready" });
}

/** The lock is held for as long as this Worker lives. */
async function hold() {
  try {
    await start();
    await new Promise(() => undefined);
  } catch (e) {
    gone(e);
  }
}

/** Another window may have it: this one is ready once that is closed. */
async function begin() {
  const free = await navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
    if (lock) await hold();
    return lock !== null;
  });
  if (free) return;
  scope.postMessage({ say: "elsewhere" });
  await navigator.locks.request(LOCK, hold);
}

async function answer(asked: Exclude<ToWorker, { say: "begin" | "made" }>) {
  if (!keeper) throw new Error("the engine has not begun");
  switch (asked.say) {
    case "do":
      scope.postMessage({ say: "done", id: asked.id, answer: await keeper.do(asked.method, asked.take) });
      break;
    case "put":
      scope.postMessage({ say: "done", id: asked.id, answer: keeper.put(new Uint8Array(asked.bytes)) });
      break;
    case "get": {
      const bytes = keeper.get(asked.name);
      if (!bytes) throw new Error("there is no such file");
      const buffer = bytes.buffer as ArrayBuffer;
      scope.postMessage({ say: "file", id: asked.id, bytes: buffer }, [buffer]);
    }
  }
}

if (scope.name === MEDIA_NAME) hand.onmessage = ({ data }) => hand.postMessage(work(data));
else
  scope.onmessage = ({ data }) => {
    if (data.say === "begin") {
      begin().catch(gone);
      return;
    }
    if (data.say === "made") {
      PageHand.made(data.hand, data.done);
      return;
    }
    answer(data).catch((e: unknown) => scope.postMessage({ say: "failed", id: data.id, why: String(e) }));
  };
