// SPDX-License-Identifier: MIT
// One case of the queue.
import { useState } from "preact/hooks";
import { Flags, reasonTitle, whyText } from "../../casewords";
import { num, t } from "../../lang";
import { may, session } from "../../store";
import type { CaseRow } from "../../types";
import { AccountLink, CaseLink, Count, Due, Severity, Sign, StateSign, When } from "../../ui";

export function Row({
  row,
  at,
  onFocus,
  claim,
  rowRef,
}: {
  row: CaseRow;
  at: boolean;
  onFocus: () => void;
  claim: () => void;
  rowRef: (e: HTMLElement | null) => void;
}) {
  const me = session.get()?.person.id;
  const [why, setWhy] = useState(false);
  return (
    <li ref={rowRef} class={`case-row${row.overdue ? " overdue" : ""}${at ? " at" : ""}`} onFocusIn={onFocus}>
      <div class="row-main">
        <Severity n={row.severity} />
        <CaseLink id={row.id}>
          <strong>{reasonTitle(row.reason)}</strong>
        </CaseLink>
        <Flags row={row} />
        <Due row={row} />
      </div>
      <div class="row-more">
        <StateSign row={row} />
        <span>
          {row.accounts.slice(0, 3).map((a, i) => (
            <span key={a.id}>
              {i > 0 && ", "}
              <AccountLink a={a} />
            </span>
          ))}
          {row.accounts.length > 3 && ` +${num(row.accounts.length - 3)}`}
        </span>
        <Count label={t("queue.reports")} n={row.reports} />
        <Count label={t("queue.reporters")} n={row.reporters} />
        {row.notices > 0 && <Count label={t("queue.notices")} n={row.notices} />}
        {row.photos > 0 && <Count label={t("queue.photos")} n={row.photos} />}
        {row.unproved_reports > 0 && (
          <Sign tone="warn" icon="question">
            {t("queue.unproved", { n: row.unproved_reports })}
          </Sign>
        )}
        <span class="quiet">
          {t("queue.opened")} <When ms={row.opened_ms} />
        </span>
        <span>
          {row.assignee ? (
            <>
              {t("queue.with")} <bdi>{row.assignee.id === me ? t("queue.you") : row.assignee.name}</bdi>
            </>
          ) : (
            <span class="quiet">{t("queue.nobody")}</span>
          )}
        </span>
        <button type="button" class="plain" aria-expanded={why} onClick={() => setWhy(!why)}>
          {t("queue.why")}
        </button>
        {may.work() && !row.assignee && (row.state === "open" || row.state === "waiting") && (
          <button type="button" class="plain" onClick={claim}>
            {t("case.claim")}
          </button>
        )}
      </div>
      {why && (
        <ol class="why">
          {row.why.map((w, i) => (
            <li key={i}>{whyText(w)}</li>
          ))}
        </ol>
      )}
    </li>
  );
}
