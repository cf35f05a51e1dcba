// SPDX-License-Identifier: MIT
import { useEffect, useRef } from "preact/hooks";
import { get, post } from "../../api";
import { useKeys } from "../../keys";
import { num, t, word } from "../../lang";
import { announce, now } from "../../store";
import type { Decision } from "../../types";
import { FormError, useTask, useTick } from "../../ui";

/** Offers to take a decision back for as long as it has not left the desk. */
export function UndoBar({ d, onChange }: { d: Decision; onChange: (d: Decision) => void }) {
  useTick(250);
  const task = useTask();
  const left = Math.max(0, Math.ceil((d.undo_until_ms - now()) / 1000));
  const undo = () =>
    void task.run(async () => {
      const got = await post<Decision>(`/decisions/${d.id}/undo`);
      announce(t("undo.done"));
      onChange(got);
    });
  useKeys([{ key: "u", does: t("keys.undo"), run: undo }]);
  const asked = useRef(0);
  useEffect(() => {
    if (left > 0 || Date.now() - asked.current < 2000) return;
    asked.current = Date.now();
    get<Decision>(`/decisions/${d.id}`).then(onChange, () => {});
  });
  return (
    <div class="undo" role="region" aria-label={t("undo.title")}>
      <span>{t("undo.text", { action: word("action-kind", d.action) })}</span>
      <strong aria-hidden="true" class="left">
        {num(left)}
      </strong>
      <button type="button" class="primary" disabled={task.busy || left === 0} onClick={undo}>
        {t("undo.undo")} <kbd>u</kbd>
      </button>
      {task.error ? <FormError error={task.error} /> : null}
    </div>
  );
}
