// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { test } from "node:test";
import "./page";
import { Local } from "../src/runtime/local";

interface Said {
  ticket?: number;
  answer?: unknown;
}

/** A program that answers as the test says, and two requests in one order or
 * the other. */
function serve(first: "ticket" | "answer") {
  const events: object[] = [];
  let letGo: () => void = () => undefined;
  const told = new Promise<void>((done) => (letGo = done));
  let after = 0;
  globalThis.fetch = (async (path: string) => {
    const json = (o: Said | object) => new Response(JSON.stringify(o), { status: 200 });
    if (path === "/api/do") {
      events.push({ event: "answer", ticket: 7, answer: { give: { state: "done" } } });
      if (first === "answer") await told; // the events are read meanwhile
      return json({ ticket: 7 });
    }
    const n = Number(path.split("=")[1]);
    const fresh = events.slice(n);
    after = events.length;
    if (fresh.length) setTimeout(letGo, 20);
    return json({ missed: false, last: after, events: fresh });
  }) as typeof fetch;
}

for (const first of ["ticket", "answer"] as const)
  test(
    `an answer that comes ${first === "answer" ? "before" : "after"} its ticket is given`,
    { timeout: 10_000 },
    async () => {
      serve(first);
      const local = new Local();
      const looks = setInterval(() => void (local as unknown as { poll(): Promise<void> }).poll(), 5);
      try {
        assert.deepEqual(await local.do("history", {}), { state: "done" });
      } finally {
        clearInterval(looks);
        (local as unknown as { gone: boolean }).gone = true;
      }
    },
  );
