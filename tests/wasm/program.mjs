// SPDX-License-Identifier: MIT
// program.mjs PROGRAM.wasm ARGUMENT...: a test that was built for WebAssembly,
// with the files of this machine and without a hub.
import fs from "node:fs";
import { WASI } from "node:wasi";

const wasi = new WASI({
  version: "preview1",
  args: process.argv.slice(2),
  env: { ...process.env, TMPDIR: process.env.TMPDIR || "/tmp" },
  preopens: { "/": "/" },
  returnOnExit: true,
});
// Called straight from WebAssembly, Node.js 20 crashes when it ends.
const plain = Object.fromEntries(
  Object.entries(wasi.wasiImport).map(([name, call]) => [name, (...args) => call(...args)]),
);
const gone = () => -1;
const none = { close() {}, take() {}, body() {}, sleep() {} };
const module = await WebAssembly.compile(fs.readFileSync(process.argv[2]));
const instance = await WebAssembly.instantiate(module, {
  wasi_snapshot_preview1: plain,
  hub: { ...none, open: gone, send: gone, recv: gone, transfer: gone, origin: gone },
  host: { event() {} },
});
process.exitCode = wasi.start(instance);
