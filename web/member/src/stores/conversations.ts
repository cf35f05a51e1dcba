// SPDX-License-Identifier: MIT
// The list of all conversations, as it is stored now.
import { computed, effect, signal } from "@preact/signals";
import type { Listed, Person } from "../runtime/methods";
import { keepSame } from "../components/parts/same";
import { ask } from "../runtime/runtime";
import { changes, state } from "./engine";

export const all = signal<Listed[] | null>(null);
export const people = signal<Person[]>([]);

const newest = (a: Listed, b: Listed) => Number(b.pinned ?? false) - Number(a.pinned ?? false) || b.time_ms - a.time_ms;
const is =
  (...states: Listed["state"][]) =>
  (l: Listed) =>
    states.includes(l.state);

export const requests = computed(() => (all.value ?? []).filter(is("request")).sort(newest));
export const chats = computed(() =>
  (all.value ?? [])
    .filter(is("active", "left", "leaving"))
    .filter((l) => !l.archived)
    .sort(newest),
);
export const archived = computed(() =>
  (all.value ?? [])
    .filter(is("active", "left", "leaving"))
    .filter((l) => l.archived)
    .sort(newest),
);
export const find = (id: string) => (all.value ?? []).find((l) => l.id === id);
export const nameOf = (l: Pick<Listed, "name" | "alias">) => l.alias ?? l.name;
/** What a person is called here. */
export function called(handle: string): string {
  return people.value.find((p) => p.name === handle)?.alias ?? handle;
}

let asked = 0;
let latest = Promise.resolve();
async function look(mine: number): Promise<void> {
  const [listed, known] = await Promise.all([ask("conversations"), ask("people")]);
  // Whoever waits is to find what was there when they asked.
  if (mine !== asked) return latest;
  all.value = keepSame(all.value, listed, (l) => l.id);
  people.value = JSON.stringify(known) === JSON.stringify(people.value) ? people.value : known;
}
export function refresh(): Promise<void> {
  return (latest = look(++asked));
}

export function followConversations() {
  effect(() => {
    void changes.value;
    if (state.value.phase === "open") void refresh().catch(() => undefined);
    else all.value = null;
  });
}
