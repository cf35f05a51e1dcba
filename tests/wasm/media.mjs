// SPDX-License-Identifier: MIT
// media.mjs HOST.mjs MEDIA.wasm TIMEOUT_MS MODE FILE...: what media.wasm answers
// for each file, beside it as FILE.answer; a line says how long it took, or the
// number of why there is no answer.  Without MODE: what the module imports.
import fs from "node:fs";
import { pathToFileURL } from "node:url";
import { starter } from "./hand.mjs";

const [host, file, timeoutMs, mode, ...names] = process.argv.slice(2);
const { Media } = await import(pathToFileURL(host).href);
const module = await WebAssembly.compile(fs.readFileSync(file));
if (mode === undefined) console.log(JSON.stringify(WebAssembly.Module.imports(module)));
const media = new Media(async () => module, starter(host));
for (const name of names) {
  const bytes = new Uint8Array(fs.readFileSync(name));
  const begin = performance.now();
  const said = await media.work(mode, bytes, Number(timeoutMs));
  console.log(typeof said === "number" ? said : `${Math.round(performance.now() - begin)} ms`);
  if (typeof said !== "number") fs.writeFileSync(name + ".answer", said);
}
process.exit(0);
