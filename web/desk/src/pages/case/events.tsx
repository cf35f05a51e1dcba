// SPDX-License-Identifier: MIT
// The events of a case, all of them or those since the reviewer looked.
import { THE_DESK } from "../../case_state";
import { reasonTitle } from "../../casewords";
import { dateTime, t, word } from "../../lang";
import type { CaseEvent } from "../../types";
import { When } from "../../ui";

const SHOWN = ["to", "into", "text", "problem", "name"];

/** The arguments of an event in words. */
function eventArgs(args: Record<string, unknown> | undefined): string {
  return Object.entries(args ?? {})
    .filter(([, v]) => v && typeof v !== "object")
    .map(([k, v]) => {
      const s = String(v);
      if (k === "threat_ms") return dateTime(Number(v));
      // In events of the hub, "action" is a number without a word.
      if (k === "action") return word("action-kind", s) === s ? "" : word("action-kind", s);
      if (k === "reason") return reasonTitle(s);
      if (k === "age") return s === "unknown" ? "" : word("age", s);
      if (k === "outcome") return word(word("notice-outcome", s) === s ? "appeal-state" : "notice-outcome", s);
      if (k === "notice") return t("notice.number", { id: s });
      return SHOWN.includes(k) ? s : "";
    })
    .filter(Boolean)
    .join(", ");
}

export function Events({ events }: { events: CaseEvent[] }) {
  return (
    <ol class="timeline">
      {events.map((e, i) => (
        <li key={i}>
          <When ms={e.at_ms} /> <bdi>{THE_DESK.includes(e.by) ? t("case.the-desk") : e.by}</bdi>:{" "}
          {word("event", e.what)} {e.token && t("tokens.of", { id: e.token })}{" "}
          <bdi class="quiet">{eventArgs(e.args)}</bdi>
        </li>
      ))}
    </ol>
  );
}

/** What others did since this case was read; nothing if they did nothing. */
export function Changes({ events }: { events: CaseEvent[] }) {
  if (events.length === 0) return null;
  return (
    <div class="notice info" role="status">
      <div>
        <p>{t("conflict.since")}</p>
        <Events events={events} />
      </div>
    </div>
  );
}
