// SPDX-License-Identifier: MIT
// program.mjs PROGRAM.wasm ARGUMENT...: a test that was built for WebAssembly,
// with the files of this machine and without a hub; photos are cleaned by the
// module that MEDIA names.
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
const decoders = process.env.MEDIA && new WebAssembly.Module(fs.readFileSync(process.env.MEDIA));
let answer;
// What Media of web/member/src/worker does, at once: nothing here can wait.
const media = {
  work(...[modeAt, modeLength, fileAt, fileLength]) {
    const bytes = (at, n) => new Uint8Array(instance.exports.memory.buffer, at, n);
    const { memory, alloc, work, _initialize } = new WebAssembly.Instance(decoders).exports;
    _initialize();
    const [mode, file] = [alloc(modeLength + 1), alloc(fileLength)];
    new Uint8Array(memory.buffer, mode, modeLength).set(bytes(modeAt, modeLength));
    new Uint8Array(memory.buffer, file, fileLength).set(bytes(fileAt, fileLength));
    const done = work(mode, file, fileLength);
    const [at, n] = new Uint32Array(memory.buffer, done, 2);
    answer = new Uint8Array(memory.buffer, at, n).slice();
    return n;
  },
  take: (at) => new Uint8Array(instance.exports.memory.buffer).set(answer, at),
};
const none = { close() {}, take() {}, body() {}, sleep() {} };
const module = await WebAssembly.compile(fs.readFileSync(process.argv[2]));
const instance = await WebAssembly.instantiate(module, {
  wasi_snapshot_preview1: plain,
  hub: { ...none, open: gone, send: gone, recv: gone, transfer: gone, origin: gone },
  media,
  host: { event() {} },
});
process.exitCode = wasi.start(instance);
