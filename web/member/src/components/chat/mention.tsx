// SPDX-License-Identifier: MIT
// Whom an "@" in a group may mean.
import { useEffect, useState } from "preact/hooks";
import { t } from "../../lang";
import type { Listed } from "../../runtime/methods";
import { ask } from "../../runtime/runtime";
import { called } from "../../stores/conversations";
import { state } from "../../stores/engine";
import { Who } from "../parts/parts";

const MOST = 6;

/** What is being written behind the "@" before ${at}; null: there is none. */
export function mentionAt(text: string, at: number): { from: number; begun: string } | null {
  const m = /(^|\s)@([\p{L}\p{N}._-]{0,32})$/u.exec(text.slice(0, at));
  return m ? { from: at - m[2].length - 1, begun: m[2].toLowerCase() } : null;
}

/** The members whose name, or the name that the reader gave them, begins so. */
export function useMentions(l: Listed, text: string, at: number) {
  const [members, set] = useState<string[]>([]);
  const found = l.direct ? null : mentionAt(text, at);
  useEffect(() => {
    if (!found || members.length) return;
    void ask("conversation", { id: l.id }).then(
      (c) => set(c.members.map((m) => m.name).filter((n) => n !== state.value.name)),
      () => undefined,
    );
  }, [found !== null]);
  if (!found) return null;
  const fits = (n: string) => n.startsWith(found.begun) || called(n).toLowerCase().startsWith(found.begun);
  const names = members.filter(fits).slice(0, MOST);
  return names.length ? { from: found.from, names } : null;
}

export function Mentions({ names, at, pick }: { names: string[]; at: number; pick: (name: string) => void }) {
  return (
    <ul class="mentions" role="listbox" id="mentions" aria-label={t("compose.mention")}>
      {names.map((n, i) => (
        <li key={n} role="option" aria-selected={i === at} id={`mention-${i}`}>
          <button
            type="button"
            class="row short"
            tabIndex={-1}
            onPointerDown={(e) => e.preventDefault()}
            onClick={() => pick(n)}
          >
            <Who name={n} shown={called(n)} small />
            <span class="row-text">
              <bdi>{called(n)}</bdi> <span class="quiet">@{n}</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
