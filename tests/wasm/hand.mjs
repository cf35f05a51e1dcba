// SPDX-License-Identifier: MIT
// hand.mjs: a Worker of Node.js that takes one photo or recording apart, as
// web/member/src/worker/worker.ts is one of a browser.
import { pathToFileURL } from "node:url";
import { parentPort, workerData, Worker } from "node:worker_threads";

/** For Media: what starts one, with the bundle that has work(). */
export function starter(host) {
  return () => {
    const worker = new Worker(new URL(import.meta.url), { workerData: host });
    const hand = {
      onmessage: null,
      onerror: null,
      postMessage: (message, transfer) => worker.postMessage(message, transfer),
      terminate: () => worker.terminate(),
    };
    worker.on("message", (data) => hand.onmessage?.({ data }));
    worker.on("error", (e) => hand.onerror?.(e));
    return hand;
  };
}

if (parentPort) {
  const { work } = await import(pathToFileURL(workerData).href);
  parentPort.on("message", (toDo) => parentPort.postMessage(work(toDo)));
}
