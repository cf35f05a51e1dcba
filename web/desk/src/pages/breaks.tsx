// SPDX-License-Identifier: MIT
// Reminds of a break after the minutes of work that the reviewer has set.
import { useState } from "preact/hooks";
import { num, t } from "../lang";
import { session, useCell, workSince } from "../store";
import { useTick } from "../ui";

const AGAIN_MS = 10 * 60_000;

export function BreakReminder() {
  useTick(15_000);
  const s = useCell(session);
  const since = useCell(workSince);
  const [later, setLater] = useState(0);
  const every = s?.person.break_every_min ?? 0;
  const worked = Date.now() - since;
  if (!every || worked < every * 60_000 || Date.now() < later) return null;
  return (
    <div class="notice info strip" role="status">
      <span>{t("break.text", { n: num(Math.floor(worked / 60_000)) })}</span>
      <button type="button" onClick={() => workSince.set(Date.now())}>
        {t("break.taken")}
      </button>
      <button type="button" class="plain" onClick={() => setLater(Date.now() + AGAIN_MS)}>
        {t("break.later")}
      </button>
    </div>
  );
}
