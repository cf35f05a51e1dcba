// SPDX-License-Identifier: MIT
// make-types.mjs [--check]: src/runtime/methods.ts, made of src/member/methods.json.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { format } from "prettier";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const METHODS = here("../../src/member/methods.json");
const TYPES = here("src/runtime/methods.ts");
const TAKES = {
  bool: "boolean",
  number: "number",
  count: "number",
  names: "string[]",
  mids: "string[]",
  role: '"owner" | "admin" | "member"',
  unknown: '"refuse" | "request"',
  linkdo: '"show" | "new" | "off"',
};
const HEAD = `// SPDX-License-Identifier: MIT
// What the engine does; ids are strings, times milliseconds since 1970.  Made by
// make-types.mjs: change the description, src/member/methods.json, and not this
// file.
`;

/** "string?" is a member that may be left out. */
const field = (name, type, of = (t) => t) =>
  type.endsWith("?") ? `${name}?: ${of(type.slice(0, -1))};` : `${name}: ${of(type)};`;
const object = (fields, of) =>
  `{ ${Object.entries(fields)
    .map(([n, t]) => field(n, t, of))
    .join(" ")} }`;
const taken = (t) => TAKES[t] ?? "string";

const { types, methods } = JSON.parse(readFileSync(METHODS, "utf8"));
const parts = Object.entries(types).map(([name, fields]) => `export interface ${name} ${object(fields)}\n`);
const entry = (m) => {
  const give = m.give === undefined ? "undefined" : typeof m.give === "string" ? m.give : object(m.give);
  return `/** ${m.kind}: ${m.does} */\n${m.name}: { take: ${m.take ? object(m.take, taken) : "Nothing"}; give: ${give} };`;
};
parts.push("export type Nothing = Record<string, never>;\n");
parts.push(`export interface Methods {\n${methods.map(entry).join("\n")}\n}\n`);
const reads = methods.filter((m) => m.kind === "READ").map((m) => JSON.stringify(m.name));
parts.push(`export const READS: ReadonlySet<string> = new Set([${reads.join(", ")}]);\n`);
const text = await format(HEAD + "\n" + parts.join("\n"), { parser: "typescript", printWidth: 120 });

if (process.argv.includes("--check")) {
  if (readFileSync(TYPES, "utf8") !== text) {
    console.error("src/runtime/methods.ts is not what methods.json says: run node make-types.mjs");
    process.exit(1);
  }
} else {
  writeFileSync(TYPES, text);
}
