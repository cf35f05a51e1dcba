// SPDX-License-Identifier: MIT
// make-types.mjs [--check]: src/types.ts, made of what the desk describes.
//
// src/desk/console/schemas.json is what the desk serves in /openapi.json as
// the schemas of its answers.  What stands there in a way that this program
// does not know ends it: a type that says less would be worse than none.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { format } from "prettier";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const SCHEMAS = here("../../src/desk/console/schemas.json");
const TYPES = here("src/types.ts");
const KNOWN = ["$ref", "additionalProperties", "anyOf", "const", "description", "enum", "items"].concat([
  "properties",
  "required",
  "type",
]);
const NAMES = { string: "string", integer: "number", boolean: "boolean", null: "null" };
const HEAD = `// SPDX-License-Identifier: MIT
// What the desk answers at /api/v1; every id is a string, every time is
// milliseconds since 1970.  Made by make-types.mjs: change the description,
// src/desk/console/schemas.json, and not this file.

/** One page of a long list. */
export interface Page<T> {
  items: T[];
  next?: string | null;
}
`;

function object(s) {
  if (!s.properties) return `Record<string, ${s.additionalProperties ? type(s.additionalProperties) : "unknown"}>`;
  const required = new Set(s.required ?? []);
  const fields = Object.entries(s.properties).map(
    ([name, of]) => `${comment(of)}${name}${required.has(name) ? "" : "?"}: ${type(of)};`,
  );
  return `{\n${fields.join("\n")}\n}`;
}

function type(s) {
  const strange = Object.keys(s).find((k) => !KNOWN.includes(k));
  if (strange) throw new Error(`schemas.json: "${strange}" is not known here`);
  if (s.$ref) return s.$ref.slice("#/components/schemas/".length);
  if (s.anyOf) return s.anyOf.map(type).join(" | ");
  if (s.enum) return s.enum.map((v) => JSON.stringify(v)).join(" | ");
  if ("const" in s) return JSON.stringify(s.const);
  if (s.type === "object") return object(s);
  if (s.type === "array") return `Array<${type(s.items)}>`.replace(/^Array<(\w+)>$/, "$1[]");
  const names = [s.type ?? "any"].flat().map((n) => NAMES[n] ?? "unknown");
  return names.join(" | ");
}

const comment = (s) => (s.description ? `/** ${s.description} */\n` : "");

const schemas = JSON.parse(readFileSync(SCHEMAS, "utf8"));
const parts = Object.entries(schemas).map(([name, s]) =>
  s.type === "object" && s.properties
    ? `${comment(s)}export interface ${name} ${object(s)}\n`
    : `${comment(s)}export type ${name} = ${type(s)};\n`,
);
const text = await format(HEAD + "\n" + parts.join("\n"), { parser: "typescript", printWidth: 120 });

if (process.argv.includes("--check")) {
  if (readFileSync(TYPES, "utf8") !== text) {
    console.error("src/types.ts is not what the desk describes: run node make-types.mjs");
    process.exit(1);
  }
} else {
  writeFileSync(TYPES, text);
}
