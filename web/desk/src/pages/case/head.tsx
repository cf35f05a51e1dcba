// SPDX-License-Identifier: MIT
// The head of a case's page: its state, who has it, and what changed since.
import type { ComponentChildren } from "preact";
import { Flags } from "../../casewords";
import { t } from "../../lang";
import type { Case, CaseEvent } from "../../types";
import { CaseLink, Count, Due, Icon, Severity, StateSign, When } from "../../ui";
import { isMine } from "./actions";
import { Changes } from "./events";

function Standing({ c }: { c: Case }) {
  return (
    <p class="row">
      <Severity n={c.severity} />
      <StateSign row={c} />
      <Flags row={c} />
      <Due row={c} />
      <span>
        {c.assignee ? (
          <>
            {t("queue.with")}{" "}
            <strong>
              <bdi>{isMine(c) ? t("queue.you") : c.assignee.name}</bdi>
            </strong>
          </>
        ) : (
          <span class="quiet">{t("queue.nobody")}</span>
        )}
      </span>
      <Count label={t("queue.reports")} n={c.reports} />
      {c.notices > 0 && <Count label={t("queue.notices")} n={c.notices} />}
      <span class="quiet">
        {t("queue.opened")} <When ms={c.opened_ms} />
      </span>
    </p>
  );
}

/** The state of the case; ${children} are what can be done with it. */
export function CaseHead({ c, children }: { c: Case; children: ComponentChildren }) {
  return (
    <div class="case-head">
      <Standing c={c} />
      {c.merged_into && (
        <div class="notice info">
          {t("case.merged-into")} <CaseLink id={c.merged_into} />
        </div>
      )}
      {c.hold && (
        <div class="notice info">
          <Icon name="lock" />{" "}
          <span>
            {t("case.held-by")} <bdi>{c.hold.by}</bdi> <When ms={c.hold.at_ms} />: <bdi>{c.hold.text}</bdi>
          </span>
        </div>
      )}
      {children}
    </div>
  );
}

/** Says who changed the case, and loads it again when the reviewer asks. */
export function ChangedBy({ name, see }: { name: string; see: () => void }) {
  if (!name) return null;
  return (
    <div class="notice warn" role="status">
      <Icon name="warn" /> <span>{t("case.changed-by", { name: `\u2068${name}\u2069` })}</span>
      <button type="button" onClick={see}>
        {t("conflict.see")}
      </button>
    </div>
  );
}

export function UnseenChanges({ events, onSeen }: { events: CaseEvent[]; onSeen: () => void }) {
  if (events.length === 0) return null;
  return (
    <div class="row">
      <Changes events={events} />
      <button type="button" class="plain" onClick={onSeen}>
        {t("conflict.seen")}
      </button>
    </div>
  );
}
