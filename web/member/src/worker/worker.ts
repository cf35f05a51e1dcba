// SPDX-License-Identifier: MIT
// The Worker that has the engine.  One for all windows of an origin: whoever
// holds the lock.
import { Engine } from "./engine";
import { Hub } from "./hub";
import { OpfsFiles } from "./opfs";
import type { FromWorker, ToWorker } from "./talk";

const LOCK = "countersign-engine";
const MODULE = "engine.wasm"; // beside this file

// lib.dom is of pages.
const scope = self as unknown as {
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  onmessage: (e: MessageEvent<ToWorker>) => void;
};

let engine: Engine | undefined;

async function start() {
  const module = WebAssembly.compileStreaming(fetch(MODULE));
  const files = await OpfsFiles.open();
  engine = await Engine.start({
    module: await module,
    files,
    hub: new Hub(location.origin),
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

scope.onmessage = ({ data }) => {
  if (data.say === "begin") {
    begin();
    return;
  }
  answer(data).catch((e: unknown) => scope.postMessage({ say: "failed", id: data.id, why: String(e) }));
};
