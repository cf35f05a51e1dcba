// SPDX-License-Identifier: MIT
// The messages of one conversation: pages of it, from the engine.
import { signal } from "@preact/signals";
import type { Message } from "../runtime/methods";
import { keepSame } from "../components/parts/same";
import { ask } from "../runtime/runtime";
import { announce } from "./engine";
import { t } from "../lang";
import { called } from "./conversations";

const PAGE = 60;

export class Timeline {
  readonly messages = signal<Message[] | null>(null);
  /** There are older ones. */
  readonly more = signal(true);
  /** What is shown ends with the newest. */
  readonly atEnd = signal(true);
  /** Those behind this row were new when the conversation was opened. */
  readonly newAfter = signal<number | null>(null);
  private busy = false;

  constructor(readonly id: string) {}

  async open(around?: string) {
    const page = around
      ? await ask("messages", { id: this.id, around, most: PAGE })
      : await ask("messages", { id: this.id, most: PAGE });
    if (this.newAfter.value === null) {
      const first = page.find((m) => m.kind === "received" && !m.seen);
      this.newAfter.value = first ? first.row - 1 : Infinity;
    }
    this.messages.value = page;
    this.more.value = page.length >= PAGE / 2;
    this.atEnd.value = !around;
    if (around) await this.later();
  }

  private first = () => this.messages.value?.find((m) => m.id)?.id;
  private last = () => {
    const all = this.messages.value ?? [];
    for (let i = all.length - 1; i >= 0; i--) if (all[i].id) return all[i].id;
    return undefined;
  };

  async older() {
    const before = this.first();
    if (this.busy || !this.more.value || !before) return;
    this.busy = true;
    try {
      const page = await ask("messages", { id: this.id, before, most: PAGE });
      this.messages.value = join(page, this.messages.value ?? []);
      this.more.value = page.length === PAGE;
    } finally {
      this.busy = false;
    }
  }

  async later() {
    const after = this.last();
    if (this.busy || !after) return;
    this.busy = true;
    try {
      const page = await ask("messages", { id: this.id, after, most: PAGE });
      this.messages.value = join(this.messages.value ?? [], page);
      this.atEnd.value = page.length < PAGE;
    } finally {
      this.busy = false;
    }
  }

  /** Something changed: what is shown is read anew, and what came is added. */
  async again() {
    const shown = this.messages.value;
    if (!shown || !this.atEnd.value) return;
    const most = Math.min(200, Math.max(PAGE, shown.length + 20));
    const page = await ask("messages", { id: this.id, most });
    const before = shown[shown.length - 1]?.row ?? 0;
    const now = keepSame(shown, page, (m) => m.row);
    this.messages.value = shown.length > most ? join(shown.slice(0, -most), now) : now;
    const came = page.filter((m) => m.row > before && m.kind === "received");
    if (came.length === 1)
      announce(t("chat.said", { name: called(came[0].from ?? ""), text: came[0].text ?? t("media.file") }));
    else if (came.length > 1) announce(t("chat.new", { n: came.length }));
  }

  /** All of it was looked at. */
  async seen() {
    const last = this.last();
    if (!last || document.hidden || !this.messages.value?.some((m) => !m.seen)) return;
    await ask("seen", { id: this.id, last }).catch(() => undefined);
  }
}

/** Each row once, in order. */
function join(a: Message[], b: Message[]): Message[] {
  const rows = new Map<number, Message>();
  for (const m of [...a, ...b]) rows.set(m.row, m);
  return [...rows.values()].sort((x, y) => x.row - y.row);
}
