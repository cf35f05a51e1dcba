// SPDX-License-Identifier: MIT
// release.mjs OUT DIST ENGINE: a release of the page, as the folder OUT, which
// "countersignctl page manifest" and "page install" take.
//
// DIST is what Vite made with relative paths, ENGINE the folder with the engine.
// All code but the first page and the loader lies in a folder that is called by
// the hash of what is in it: a page that is open and one that is loaded later
// never share a file that differs.
import { brotliCompressSync, constants } from "node:zlib";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const [out, dist, engine] = process.argv.slice(2);
if (!engine) {
  console.error("usage: release.mjs OUT DIST ENGINE");
  process.exit(2);
}
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const MODULES = ["engine.wasm", "media.wasm"];
const SMALL = /\.(png|br)$/; // compressed already

function files(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((e) => (e.isDirectory() ? files(join(folder, e.name)) : [join(folder, e.name)]))
    .sort();
}

function bundle(from, to, minify) {
  buildSync({
    entryPoints: [here(from)],
    outfile: to,
    bundle: true,
    minify,
    format: "iife",
    target: "es2022",
    charset: "utf8",
    logLevel: "warning",
    // What is served names its licence, and not where it was built.
    banner: { js: "// SPDX-License-Identifier: MIT" },
  });
}

rmSync(out, { recursive: true, force: true });
const code = join(out, "code");
mkdirSync(code, { recursive: true });
cpSync(join(dist, "assets"), join(code, "assets"), { recursive: true });
bundle("src/worker/worker.ts", join(code, "worker.js"), true);
// The loader is to be read.
bundle("src/loader/sw.ts", join(out, "sw.js"), false);
for (const name of MODULES) if (existsSync(join(engine, name))) cpSync(join(engine, name), join(code, name));

const sum = createHash("sha256");
for (const file of files(code)) {
  const bytes = readFileSync(file);
  sum.update(`${relative(code, file)} ${bytes.length}\n`).update(bytes);
}
const place = `p/${sum.digest("hex").slice(0, 16)}`;
cpSync(code, join(out, place), { recursive: true });
rmSync(code, { recursive: true });

cpSync(here("served"), out, { recursive: true });
const index = readFileSync(join(dist, "index.html"), "utf8")
  .replace("<html ", `<html data-engine="/${place}/worker.js" `)
  .replace(
    '<link rel="icon" href="data:," />',
    readFileSync(here("release-head.html"), "utf8").trim().replaceAll("\n", "\n    "),
  )
  .replaceAll('"./assets/', `"/${place}/assets/`);
if (index.includes('"./') || !index.includes("data-engine")) throw new Error("index.html is not as expected");
writeFileSync(join(out, "index.html"), index);

for (const file of files(out)) {
  if (SMALL.test(file)) continue;
  const bytes = readFileSync(file);
  const small = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  if (small.length < bytes.length) writeFileSync(`${file}.br`, small);
}
