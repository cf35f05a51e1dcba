// SPDX-License-Identifier: MIT
// What a release is made of: a manifest that names each file by its hash, known
// by its own (docs/PROTOCOL.md, "Pages").  What does not have this form is none.

export interface Release {
  /** SHA-256 of the manifest, in hex. */
  id: string;
  version: string;
  /** By path: what a file is called by its hash, and how long it is. */
  files: Map<string, { hash: string; size: number }>;
}

const FIRST = "countersign-page 1";
const VERSION = /^version ([A-Za-z0-9._+-]{1,32})$/;
const FILE = /^([0-9a-f]{64}) (0|[1-9][0-9]{0,7}) ((?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+)$/;
const FILES_MOST = 512;
const PATH_MOST = 200;
/** A manifest, and signatures below it. */
export const NOTE_MOST = 132 << 10;

export const isId = (text: string) => /^[0-9a-f]{64}$/.test(text);

export async function sha256(bytes: BufferSource): Promise<string> {
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(sum, (b) => b.toString(16).padStart(2, "0")).join("");
}

/** The manifest in ${note}: what is signed, if it is. */
export function signedPart(note: string): string {
  const end = note.lastIndexOf("\n\n");
  return end < 0 ? note : note.slice(0, end + 1);
}

/** Throws, if ${note} has no manifest. */
export async function readRelease(note: string): Promise<Release> {
  const text = signedPart(note);
  const lines = text.split("\n");
  const version = VERSION.exec(lines[1] ?? "");
  if (lines[0] !== FIRST || !version || lines.pop() !== "") throw new Error("this is no release");
  const files: Release["files"] = new Map();
  let last = "";
  for (const line of lines.slice(2)) {
    const [, hash, size, path] = FILE.exec(line) ?? [];
    // In order, so that nothing is named twice.
    if (path === undefined || path.length > PATH_MOST || path <= last || files.size === FILES_MOST)
      throw new Error("this is no release");
    files.set(path, { hash, size: Number(size) });
    last = path;
  }
  if (!files.has("/index.html")) throw new Error("this is no release");
  return { id: await sha256(new TextEncoder().encode(text)), version: version[1], files };
}
