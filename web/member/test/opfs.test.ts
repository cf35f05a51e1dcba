// SPDX-License-Identifier: MIT
// Files of a browser that is cut off, full, or takes them away.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Files } from "../src/worker/files";
import { isFull, writeFile } from "../src/worker/files";
import { Lacks } from "../src/lacks";
import { OpfsFiles } from "../src/worker/opfs";
import { Ended } from "../src/worker/wasi";
import { Disk, LEFT, REFUSALS } from "./disk";

const START = 8192; // where what a file holds begins

const bytes = (text: string) => new TextEncoder().encode(text);
function text(files: Files, path: string): string | undefined {
  const file = files.get(path);
  if (!file) return undefined;
  const all = new Uint8Array(file.size());
  assert.equal(file.read(all, 0), all.length);
  return new TextDecoder().decode(all);
}
/** As the engine replaces a small file. */
function replace(files: Files, path: string, by: string) {
  files.remove(`${path}.new`);
  writeFile(files, `${path}.new`, bytes(by));
  const old = files.get(path);
  files.rename(`${path}.new`, path);
  if (old) files.close(old);
}
function drop(files: Files, path: string) {
  const file = files.get(path)!;
  files.remove(path);
  files.close(file);
}

/** One after the other; what is there when each is over. */
const deeds: [(files: Files) => void, Record<string, string>][] = [
  [(f) => replace(f, "home/key", "the first key"), { "home/key": "the first key" }],
  [(f) => replace(f, "home/key", "the second"), { "home/key": "the second" }],
  [(f) => writeFile(f, "home/db", bytes("rows")), { "home/key": "the second", "home/db": "rows" }],
  [(f) => f.rename("home/db", "home/other"), { "home/key": "the second", "home/other": "rows" }],
  [(f) => drop(f, "home/other"), { "home/key": "the second" }],
  [(f) => replace(f, "home/key", "the third"), { "home/key": "the third" }],
  [(f) => drop(f, "home/key"), {}],
];

/** Everything but what is being made, whose name says so. */
function there(files: Files) {
  const found: Record<string, string | undefined> = {};
  for (const path of files.paths()) if (!path.endsWith(".new")) found[path] = text(files, path);
  return found;
}

/** Is it as it was before deed ${i}, or after it?  A file that is written for
 * the first time may be there without all of it. */
function fits(found: Record<string, string | undefined>, i: number) {
  const same = (a: object, b: object) => {
    assert.deepEqual(a, b);
    return true;
  };
  const before = i ? deeds[i - 1][1] : {};
  for (const want of [deeds[Math.min(i, deeds.length - 1)][1], before])
    try {
      return same(found, want);
    } catch {
      // Or the other.
    }
  return i === 2 && found["home/key"] === "the second" && "rows".startsWith(found["home/db"]!.replace(/\0/g, ""));
}

test("every change may be the last", async () => {
  let points = 0;
  for (const left of LEFT)
    for (let cut = 1, died = true; died; cut++) {
      const disk = new Disk();
      let i = 0;
      died = false;
      disk.cut(cut, left);
      try {
        const files = await OpfsFiles.open(disk);
        for (; i < deeds.length; i++) deeds[i][0](files);
      } catch (e) {
        if (!(e instanceof Ended)) throw e;
        died = true;
        points++;
      }
      // Whoever comes next may be cut off as well.
      let next = disk.left(left, cut);
      next.cut(1 + (cut % 5), left);
      await OpfsFiles.open(next).catch((e: unknown) => assert.ok(e instanceof Ended));
      next = next.left(left, cut + 1);
      const files = await OpfsFiles.open(next);
      const found = there(files);
      assert.ok(fits(found, i), `${left}, cut at ${cut}, in deed ${i}: ${JSON.stringify(found)}`);
      // Nothing is left over, and it goes on.
      for (const path of files.paths()) drop(files, path);
      for (const gone of ["rows", "the first key", "the second", "the third"])
        assert.ok(!next.holds(gone), `${left}, cut at ${cut}: ${gone}`);
      for (let k = 0; k < 12; k++) writeFile(files, `home/${k}`, bytes("again"));
      assert.equal(files.paths().length, 12);
      assert.ok(next.count <= 14, `${next.count} files`);
    }
  assert.ok(points > 100, `${points} points`);
});

test("of two with one name the later counts, and a damaged one is left alone", async () => {
  const disk = new Disk();
  const files = await OpfsFiles.open(disk);
  replace(files, "home/key", "a key");
  const damaged = disk.left("written");
  // The last that was made is the first that is taken.
  damaged.spoil("11", 4096, 512);
  assert.equal(text(await OpfsFiles.open(damaged), "home/key"), "a key");
  const lost = disk.left("written");
  lost.spoil("11", 0, START);
  const without = await OpfsFiles.open(lost);
  assert.equal(without.get("home/key"), undefined);
  for (let k = 0; k < 12; k++) writeFile(without, `home/${k}`, bytes("again"));
  assert.ok(lost.holds("a key"), "what damage left is not written over");
});

test("files are found behind a gap", async () => {
  const disk = new Disk();
  await disk.getFileHandle("40", { create: true });
  await disk.getFileHandle("something else", { create: true });
  const files = await OpfsFiles.open(disk);
  for (let k = 0; k < 12; k++) writeFile(files, `home/${k}`, bytes("again"));
  assert.equal((await OpfsFiles.open(disk.left("written"))).paths().length, 12);
});

test("a full device is said to be full, and is usable when it is not", async () => {
  for (const refusal of REFUSALS)
    for (let room = 0; room < 3000; room += 97) {
      const disk = new Disk();
      const files = await OpfsFiles.open(disk);
      replace(files, "home/key", "the old key".repeat(20));
      disk.limit(room, refusal);
      const long = "the new key".repeat(200);
      let full = false;
      try {
        replace(files, "home/key", long);
      } catch (e) {
        assert.ok(isFull(e), String(e));
        full = true;
      }
      assert.equal(full, room < long.length);
      try {
        const n = files.get("home/key")!.write(bytes(long), 0);
        assert.ok(n >= 0 && n <= long.length);
        files.get("home/key")!.truncate(full ? 220 : long.length);
        files.get("home/key")!.write(bytes(full ? "the old key".repeat(20) : long), 0);
      } catch (e) {
        assert.ok(isFull(e), String(e));
      }
      await files.spare();
      assert.equal(files.broken, false);
      assert.equal(text(files, "home/key"), full ? "the old key".repeat(20) : long);
      // There, too, after the browser was started again.
      const again = await OpfsFiles.open(disk.left("flushed"));
      assert.equal(text(again, "home/key"), full ? "the old key".repeat(20) : long);
      disk.limit(Infinity);
      replace(files, "home/key", long);
      assert.equal(text(files, "home/key"), long);
    }
});

test("without any room what is there can be read", async () => {
  const disk = new Disk();
  replace(await OpfsFiles.open(disk), "home/key", "a key");
  const full = disk.left("written");
  full.limit(0);
  const files = await OpfsFiles.open(full);
  assert.equal(text(files, "home/key"), "a key");
  for (let k = 0; ; k++)
    try {
      files.create(`home/${k}`);
    } catch (e) {
      assert.ok(isFull(e));
      break;
    }
  assert.equal(text(files, "home/key"), "a key");
});

test("handles that were taken away are opened again", async () => {
  const disk = new Disk();
  const files = await OpfsFiles.open(disk);
  replace(files, "home/key", "a key");
  assert.ok(files.look());
  disk.takeAway();
  const file = files.get("home/key")!;
  assert.throws(() => file.read(new Uint8Array(4), 0), { name: "InvalidStateError" });
  assert.ok(files.broken && !files.look());
  // From now on nothing is done, whatever the browser says.
  assert.throws(() => files.remove("home/key"), /opened again/);
  assert.throws(() => files.create("home/other"), /opened again/);
  files.shut();
  const again = await OpfsFiles.open(disk);
  assert.equal(text(again, "home/key"), "a key");
  assert.deepEqual(again.paths(), ["home/key"]);
});

test("what was cleared is noticed", async (t) => {
  for (const how of ["hidden", "gone", "empty"] as const) {
    const disk = new Disk();
    const files = await OpfsFiles.open(disk);
    replace(files, "home/key", "a key");
    const file = files.get("home/key")!;
    if (how === "empty") disk.spoil("11");
    else disk.clear(how);
    if (how === "hidden") {
      assert.ok(files.look());
      const now = performance.now();
      t.mock.method(performance, "now", () => now + 6000);
      await files.spare();
      t.mock.reset();
    } else {
      assert.throws(() => file.read(new Uint8Array(5), 0), /cleared|says/);
      assert.ok(!files.look());
    }
    assert.ok(files.broken, how);
    files.shut();
    if (how !== "empty") assert.deepEqual((await OpfsFiles.open(disk)).paths(), []);
  }
});

test("a browser whose files cannot be written at once is said to be one", async () => {
  const lacking = (entry: object) =>
    OpfsFiles.open({ keys: async function* () {}, getFileHandle: () => Promise.resolve(entry) });
  const is = { what: "lacking" };
  await assert.rejects(lacking({}), is);
  const says = (name: string) => ({ createSyncAccessHandle: () => Promise.reject(new DOMException("no", name)) });
  await assert.rejects(lacking(says("NotSupportedError")), is);
  // Another time it may.
  await assert.rejects(lacking(says("UnknownError")), (e) => !(e instanceof Lacks));
});

test("whoever closes a window and opens another waits for the first to end", async () => {
  for (const taken of ["NoModificationAllowedError", "InvalidStateError"] as const) {
    const disk = new Disk();
    disk.taken = taken;
    const files = await OpfsFiles.open(disk);
    setTimeout(() => files.shut(), 120);
    assert.ok((await OpfsFiles.open(disk)).look());
  }
});
