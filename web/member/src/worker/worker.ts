// SPDX-License-Identifier: MIT
// The Worker that has the engine.  One for all windows of an origin: whoever
// holds the lock.  The same script, under another name, is the Worker that takes
// one photo or recording apart.
import { Lacks } from "../lacks";
import { codeAt } from "../runtime/trusted";
import { Hub } from "./hub";
import { Keeper } from "./keeper";
import type { ToDo } from "./media";
import { Media, work } from "./media";
import { OpfsFiles } from "./opfs";
import type { FromWorker, ToWorker } from "./talk";

const LOCK = "countersign-engine";
// Beside this file.
const MODULE = "engine.wasm";
const MEDIA_MODULE = "media.wasm";
const MEDIA_NAME = "media";

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

const media = new Media(
  () => WebAssembly.compileStreaming(fetch(MEDIA_MODULE)),
  () => new Worker(codeAt(location.pathname), { name: MEDIA_NAME }),
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

async function answer(asked: Exclude<ToWorker, { say: "begin" }>) {
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
    answer(data).catch((e: unknown) => scope.postMessage({ say: "failed", id: data.id, why: String(e) }));
  };
