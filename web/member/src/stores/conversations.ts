// SPDX-License-Identifier: MIT
// The list of all conversations, as it is stored now.
import { computed, effect, signal } from "@preact/signals";
import type { Listed, Methods, Person } from "../runtime/methods";
import { keepSame } from "../components/parts/same";
import { ask } from "../runtime/runtime";
import { changes, state } from "./engine";

export const all = signal<Listed[] | null>(null);
export const people = signal<Person[]>([]);

const newest = (a: Listed, b: Listed) =>
  Number(b.pinned ?? false) - Number(a.pinned ?? false) || b.time_ms - a.time_ms || (a.id < b.id ? -1 : 1);
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

/** Up to where ${all} shows what happened; undefined: it is to be read whole. */
let since: number | undefined;
let asked = 0;
let shown = 0;
let latest = Promise.resolve();

async function look(mine: number): Promise<void> {
  const said = await ask("listing", since === undefined ? {} : { since });
  // What changed after an earlier look holds for any list from then on.
  if (mine > shown && (said.whole || all.value)) {
    shown = mine;
    since = said.now;
    show(said);
  }
  // Whoever waits is to find what was there when they asked.
  if (mine !== asked) return latest;
}

function show(said: Methods["listing"]["give"]) {
  const come = keepSame(all.value, said.conversations, (l) => l.id);
  const over = new Set([...come.map((l) => l.id), ...said.gone]);
  const stay = said.whole ? [] : (all.value ?? []).filter((l) => !over.has(l.id));
  if (said.whole || over.size) all.value = [...stay, ...come];
  if (said.people && JSON.stringify(said.people) !== JSON.stringify(people.value)) people.value = said.people;
}

export function refresh(): Promise<void> {
  return (latest = look(++asked));
}

export function followConversations() {
  effect(() => {
    void changes.value;
    if (state.value.phase === "open") void refresh().catch(() => undefined);
    else {
      all.value = null;
      since = undefined;
    }
  });
}
