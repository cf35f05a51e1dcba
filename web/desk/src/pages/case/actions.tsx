// SPDX-License-Identifier: MIT
// The buttons and keys of a case's page.
import { useKeys } from "../../keys";
import { t } from "../../lang";
import { go } from "../../router";
import { may, session } from "../../store";
import type { Case } from "../../types";
import type { AskKind } from "./dialogs";

interface Acts {
  c: Case;
  busy: boolean;
  /** Opens the dialog for it. */
  open: (kind: AskKind) => void;
  claim: () => void;
  release: () => void;
}

export const isMine = (c: Case) => c.assignee?.id === session.get()?.person.id;

export function CaseActions(p: Acts) {
  if (may.work()) return <WorkActions {...p} />;
  if (!may.hold()) return null;
  return (
    <div class="buttons">
      <Opens {...p} kind="hold" label={holdLabel(p.c)} />
    </div>
  );
}

const holdLabel = (c: Case) => (c.held ? t("case.hold-off") : t("case.hold"));

function Opens({ open, kind, label, shortcut }: Acts & { kind: AskKind; label: string; shortcut?: string }) {
  return (
    <button type="button" onClick={() => open(kind)}>
      {label}
      {shortcut && (
        <>
          {" "}
          <kbd>{shortcut}</kbd>
        </>
      )}
    </button>
  );
}

function WorkActions(p: Acts) {
  const { c } = p;
  const mine = isMine(c);
  const lead = mine || may.lead();
  const active = c.state === "open" || c.state === "waiting";
  return (
    <div class="buttons" role="group" aria-label={t("case.actions")}>
      {!c.assignee && active && (
        <button type="button" class="primary" disabled={p.busy} onClick={p.claim}>
          {t("case.claim")} <kbd>c</kbd>
        </button>
      )}
      {mine && (
        <button type="button" disabled={p.busy} onClick={p.release}>
          {t("case.release")}
        </button>
      )}
      {lead && active && <Opens {...p} kind="handover" label={t("case.handover")} />}
      <Opens {...p} kind="note" label={t("case.note")} shortcut="n" />
      <Opens {...p} kind="escalate" label={t("case.escalate")} shortcut="e" />
      <Opens {...p} kind="opinion" label={t("case.opinion")} />
      <Opens {...p} kind="triage" label={t("case.triage")} />
      {c.reporters.length > 0 && <Opens {...p} kind="question" label={t("case.question")} />}
      <Opens {...p} kind="attach" label={t("case.attach")} />
      {lead && <Opens {...p} kind="merge" label={t("case.merge")} />}
      {lead && c.items.length > 1 && <Opens {...p} kind="split" label={t("case.split")} />}
      {may.hold() && <Opens {...p} kind="hold" label={holdLabel(c)} />}
      <Opens {...p} kind="export" label={t("case.export")} />
    </div>
  );
}

/** ${look} opens the photo that is nearest to the focus; null: there is none. */
export function useCaseKeys({ c, open, claim }: Omit<Acts, "busy" | "release">, look: (() => void) | null) {
  const work = [
    { key: "c", does: t("keys.claim"), run: () => !c.assignee && claim() },
    { key: "d", does: t("keys.decide"), run: () => document.querySelector<HTMLElement>(".decide select")?.focus() },
    { key: "a", does: t("notice.answer"), run: () => document.querySelector<HTMLElement>(".answer-it")?.click() },
    { key: "n", does: t("keys.note"), run: () => open("note") },
    { key: "e", does: t("keys.escalate"), run: () => open("escalate") },
  ];
  useKeys([
    { key: "b", does: t("keys.back"), run: () => go("#/queue") },
    ...(may.work() ? work : []),
    ...(look ? [{ key: "v", does: t("keys.photo"), run: look }] : []),
    { key: "j", does: t("keys.next"), run: () => step(1) },
    { key: "k", does: t("keys.previous"), run: () => step(-1) },
  ]);
}

/** Moves the focus by ${by} messages. */
function step(by: number) {
  const all = [...document.querySelectorAll<HTMLElement>(".item")];
  const at = all.findIndex((e) => e.contains(document.activeElement));
  const to = all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + by))];
  to?.querySelector<HTMLElement>("a, summary, button")?.focus();
}
