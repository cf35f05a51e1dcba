// SPDX-License-Identifier: MIT
// The Worker that has the engine.  One for all windows of an origin: whoever
// holds the lock.  The same script, under another name, is the Worker that takes
// one photo or recording apart.
import { Engine } from "./engine";
import { Hub } from "./hub";
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

// No text but this one becomes the code of a Worker.
interface TrustedTypes {
  createPolicy(name: string, how: { createScriptURL: () => string }): { createScriptURL(url: string): string };
}
const trusted = (self as { trustedTypes?: TrustedTypes }).trustedTypes;
const policy = trusted?.createPolicy("countersign-media", { createScriptURL: () => location.href });

const media = new Media(
  () => WebAssembly.compileStreaming(fetch(MEDIA_MODULE)),
  () => new Worker(policy?.createScriptURL("") ?? location.href, { name: MEDIA_NAME }),
);

let engine: Engine | undefined;

async function start() {
  const module = WebAssembly.compileStreaming(fetch(MODULE));
  const files = await OpfsFiles.open();
  engine = await Engine.start({
    module: await module,
    files,
    hub: new Hub(location.origin),
    media,
    event: (json) => scope.postMessage({ say: "event", json }),
    log: (line) => console.warn(line),
    between: () => files.spare(),
  });
  scope.postMessage({ say: "ready" });
}

/** The lock is held for as long as this Worker lives. */
function begin() {
  void navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
    if (!lock) {
      scope.postMessage({ say: "elsewhere" });
      return;
    }
    try {
      await start();
      await new Promise(() => undefined);
    } catch (e) {
      scope.postMessage({ say: "gone", why: String(e) });
    }
  });
}

async function answer(asked: Exclude<ToWorker, { say: "begin" }>) {
  if (!engine) throw new Error("the engine has not begun");
  switch (asked.say) {
    case "do":
      scope.postMessage({ say: "done", id: asked.id, answer: await engine.do(asked.method, asked.take) });
      break;
    case "put":
      scope.postMessage({ say: "done", id: asked.id, answer: engine.put(new Uint8Array(asked.bytes)) });
      break;
    case "get": {
      const bytes = engine.get(asked.name);
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
      begin();
      return;
    }
    answer(data).catch((e: unknown) => scope.postMessage({ say: "failed", id: data.id, why: String(e) }));
  };
