// SPDX-License-Identifier: MIT
// Bundles each test of this folder, as the pages are bundled, and runs them
// with Node's own runner.  Exit status: that of the tests.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
// Inside, so that what is not bundled is found.
const out = mkdtempSync(join(here, "../node_modules/.page-test-"));
/** "./ar.json?url" is where the file is. */
const urls = {
  name: "urls",
  setup(b) {
    b.onResolve({ filter: /\?url$/ }, (a) => ({
      path: resolve(a.resolveDir, a.path.replace(/\?url$/, "")),
      namespace: "url",
    }));
    b.onLoad({ filter: /.*/, namespace: "url" }, (a) => ({ contents: a.path, loader: "text" }));
  },
};

try {
  const tests = readdirSync(here).filter((f) => f.endsWith(".test.ts") || f.endsWith(".test.tsx"));
  await build({
    entryPoints: tests.map((f) => join(here, f)),
    outdir: out,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node18",
    jsx: "automatic",
    jsxImportSource: "preact",
    plugins: [urls],
    external: ["esbuild"],
    logLevel: "warning",
  });
  const files = readdirSync(out).map((f) => join(out, f));
  process.exitCode =
    spawnSync(process.execPath, ["--test", ...files], {
      stdio: "inherit",
      env: { ...process.env, PAGE_TESTS: here },
    }).status ?? 1;
} finally {
  rmSync(out, { recursive: true });
}
