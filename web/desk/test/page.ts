// SPDX-License-Identifier: MIT
// As much of a browser as the store, the words and the router touch.
import { readFileSync } from "node:fs";

class HashChange extends Event {
  constructor(type: string) {
    super(type);
  }
}

const target = new EventTarget();
const address = { hash: "" };

export const page = { lang: "", dir: "" };
export const answers = new Map<string, { status: number; body: unknown }>();
export const asked: { method: string; path: string; body: unknown; headers: Record<string, string> }[] = [];

const globals = globalThis as unknown as Record<string, unknown>;
globals.document = { documentElement: page };
globals.location = address;
globals.HashChangeEvent = HashChange;
globals.addEventListener = target.addEventListener.bind(target);
globals.removeEventListener = target.removeEventListener.bind(target);
globals.dispatchEvent = target.dispatchEvent.bind(target);
globals.history = { replaceState: (_s: unknown, _t: string, to: string) => void (address.hash = to) };
globals.window = globalThis;

/** Files of words are read; the desk is ${answers}. */
globals.fetch = (url: string, init: RequestInit = {}): Promise<Response> => {
  if (url.endsWith(".json")) return Promise.resolve(new Response(readFileSync(url)));
  const path = url.replace("/api/v1", "");
  const method = init.method ?? "GET";
  asked.push({
    method,
    path,
    body: typeof init.body === "string" ? JSON.parse(init.body) : undefined,
    headers: init.headers as Record<string, string>,
  });
  const a = answers.get(`${method} ${path}`);
  if (!a) return Promise.reject(new TypeError("nobody answers"));
  return Promise.resolve(new Response(JSON.stringify(a.body), { status: a.status }));
};
