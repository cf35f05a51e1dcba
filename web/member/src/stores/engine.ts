// SPDX-License-Identifier: MIT
// What the engine is and does: who one is, the line, and what goes on.
import { computed, signal } from "@preact/signals";
import type { State } from "../runtime/methods";
import type { Activity, Happened, Why } from "../runtime/runtime";
import { ask, EngineError, runtime } from "../runtime/runtime";
import { has, language, t } from "../lang";

export const state = signal<State>({ phase: "none", online: false });
export const gone = signal<Why | "elsewhere" | null>(null);
/** The program itself is on its way here, for the first time. */
export const coming = signal(false);
/** A link that the page was opened with, until it is used. */
export const brought = signal("");
export const activity = signal<{ what: Activity; done: number; total: number }>({ what: "idle", done: 0, total: 0 });
export const progress = signal<{ done: number; total: number } | null>(null);
export const checkNumber = signal("");
/** Read out once, politely. */
export const announcement = signal("");
/** Counts up whenever something may have changed. */
export const changes = signal(0);
export const problem = signal("");

export const online = computed(() => state.value.online);

export function announce(text: string) {
  announcement.value = "";
  setTimeout(() => (announcement.value = text), 30);
}

const COMMAND = /(^|[\s"“(])(countersign [a-z]+|--[a-z]+)/;

/** What the engine says, without what is for a command line: there, a sentence
 * ends by naming the command that helps. */
export function withoutCommands(text: string): string {
  const kept: string[] = [];
  for (const s of text.split(/(?<=[.!?])\s+/)) {
    if (!COMMAND.test(s)) kept.push(s);
    else {
      // "Nothing was sent; --new sends it."
      const clauses = s.split(/[;:]\s+/);
      const good = clauses.slice(
        0,
        clauses.findIndex((c) => COMMAND.test(c)),
      );
      const words = good.join("; ");
      // A word or two before a colon is no sentence.
      if (words.split(" ").length > 2) kept.push(words + ".");
    }
  }
  return kept.join(" ");
}

/** What to tell the user of a failure: in their language what it is, and what
 * the engine says of it, which is English. */
export function sentence(e: unknown): string {
  if (!(e instanceof EngineError)) return e instanceof Error && e.message ? e.message : t("error.other");
  const said = withoutCommands(e.message);
  const key = `error.${e.code}`;
  if (language.value === "en") return said || t("error.other");
  return has(key) ? t(key) : t("error.other");
}
export function detail(e: unknown): string {
  return language.value !== "en" && e instanceof EngineError ? withoutCommands(e.message) : "";
}

export async function refreshState() {
  state.value = await ask("state");
}

const AGAIN_MS = 5000;
let trying = false;

/** Reach the hub, now and whenever the line is back. */
export async function stayConnected() {
  if (trying || state.value.phase !== "open" || state.value.online) return;
  trying = true;
  try {
    await ask("connect");
    problem.value = "";
    await ask("send_files").catch(() => undefined);
    void carryHistory();
  } catch (e) {
    problem.value = e instanceof EngineError && e.code !== "closed" ? e.message : "";
    setTimeout(() => void stayConnected(), AGAIN_MS);
  } finally {
    trying = false;
  }
  await refreshState().catch(() => undefined);
}

const HISTORY_MS = 3000;
let carrying = false;

/** What was said before goes to a new device, or comes, for as long as both are
 * here; what breaks off goes on the next time. */
export async function carryHistory() {
  if (carrying) return;
  carrying = true;
  try {
    for (;;) {
      const { state: got } = await ask("history");
      if (got !== "waits") break;
      await new Promise((done) => setTimeout(done, HISTORY_MS));
    }
  } catch {
    // It goes on with the next connection.
  } finally {
    carrying = false;
    changed();
  }
}

let due = false;
function changed() {
  if (due) return;
  due = true;
  setTimeout(() => {
    due = false;
    changes.value++;
  }, 60);
}

export function listen() {
  runtime().onGone = (why) => (gone.value = why);
  runtime().onEvent = (e: Happened) => {
    switch (e.event) {
      case "changed":
        changed();
        break;
      case "state":
        void refreshState().then(stayConnected);
        changed();
        break;
      case "check_number":
        checkNumber.value = e.number;
        break;
      case "progress":
        progress.value = e.done < e.total ? { done: e.done, total: e.total } : null;
        break;
      case "activity":
        activity.value = { what: e.what, done: e.done, total: e.total };
        if (e.what === "fetching") changed();
        break;
    }
  };
  addEventListener("online", () => void stayConnected());
}

/** Do it, and look at everything anew. */
export async function act<T>(what: Promise<T>): Promise<T> {
  try {
    return await what;
  } finally {
    changed();
  }
}
