// SPDX-License-Identifier: MIT
// The engine in the program on this machine (countersign page), over HTTP.
import type { Methods } from "./methods";
import type { Happened, Runtime, Why } from "./runtime";
import { EngineError } from "./runtime";

const QUICK_MS = 40; // while an answer is awaited
const CALM_MS = 500; // while somebody looks
const HIDDEN_MS = 2000;
const EARLY_MOST = 50;
const MARK = { "X-CSRF-Token": "page" };

interface Answer {
  give?: unknown;
  error?: { code: string; sentence: string };
}
type Told = Happened | { event: "answer"; ticket: number; answer: Answer };
interface Waiting {
  done: (a: Answer) => void;
  fail: (e: Error) => void;
}

function open(a: Answer): unknown {
  if (a.error) throw new EngineError(a.error.code, a.error.sentence);
  return a.give;
}

export class Local implements Runtime {
  onEvent: (e: Happened) => void = () => undefined;
  onGone: (why: Why) => void = () => undefined;
  private waiting = new Map<number, Waiting>();
  /** Answers that came before their tickets; or those of another window. */
  private early = new Map<number, Answer>();
  private last = 0;
  private gone = false;
  private timer: number | undefined;

  /** Begin with the link's token, or with the cookie of an earlier one. */
  async begin(token: string): Promise<boolean> {
    if (token) {
      const r = await this.fetch("/api/begin", { method: "POST", body: JSON.stringify({ token }) });
      if (r.status !== 200) return false;
    }
    try {
      await this.do("state", {});
    } catch {
      return false;
    }
    document.addEventListener("visibilitychange", () => this.soon());
    void this.poll();
    return true;
  }

  private async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    let r: Response;
    try {
      r = await fetch(path, { ...init, headers: MARK, cache: "no-store", credentials: "same-origin" });
    } catch {
      this.leave("closed");
      throw new EngineError("closed", "");
    }
    if (r.status === 401) this.leave("stranger");
    return r;
  }

  private leave(why: "closed" | "stranger") {
    if (this.gone) return;
    this.gone = true;
    this.waiting.forEach((w) => w.fail(new EngineError("closed", "")));
    this.waiting.clear();
    this.onGone(why);
  }

  async do<M extends keyof Methods>(method: M, take: Methods[M]["take"]): Promise<Methods[M]["give"]> {
    const r = await this.fetch("/api/do", { method: "POST", body: JSON.stringify({ method, take }) });
    if (r.status !== 200) throw new EngineError(`http-${r.status}`, await r.text());
    const said = (await r.json()) as Answer & { ticket?: number };
    if (said.ticket === undefined) return open(said) as Methods[M]["give"];
    const ticket = said.ticket;
    const come = this.early.get(ticket);
    this.early.delete(ticket);
    const answer = await new Promise<Answer>((done, fail) => {
      if (come) {
        done(come);
        return;
      }
      this.waiting.set(ticket, { done, fail });
      this.soon();
    });
    return open(answer) as Methods[M]["give"];
  }

  /** Look sooner than was planned. */
  private soon() {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.poll(), 0);
  }

  private async poll() {
    clearTimeout(this.timer);
    if (this.gone) return;
    try {
      const r = await this.fetch(`/api/events?after=${this.last}`);
      if (r.status === 200) this.take((await r.json()) as { missed: boolean; last: number; events: Told[] });
    } catch {
      if (this.gone) return;
    }
    clearTimeout(this.timer);
    const wait = this.waiting.size ? QUICK_MS : document.hidden ? HIDDEN_MS : CALM_MS;
    this.timer = window.setTimeout(() => void this.poll(), wait);
  }

  private take(said: { missed: boolean; last: number; events: Told[] }) {
    this.last = said.last;
    for (const e of said.events) {
      if (e.event !== "answer") {
        this.onEvent(e);
        continue;
      }
      const waits = this.waiting.get(e.ticket);
      this.waiting.delete(e.ticket);
      if (waits) waits.done(e.answer);
      else this.keepEarly(e.ticket, e.answer);
    }
    if (said.missed) this.onEvent({ event: "changed" });
  }

  private keepEarly(ticket: number, answer: Answer) {
    this.early.set(ticket, answer);
    if (this.early.size > EARLY_MOST) this.early.delete(this.early.keys().next().value!);
  }

  async put(file: Blob): Promise<string> {
    const r = await this.fetch("/api/put", { method: "POST", body: file });
    if (r.status !== 200) throw new EngineError("put", await r.text());
    return ((await r.json()) as { file: string }).file;
  }

  async get(name: string): Promise<Blob> {
    const r = await this.fetch(`/api/get?file=${encodeURIComponent(name)}`);
    if (r.status !== 200) throw new EngineError("get", await r.text());
    return r.blob();
  }
}
