// SPDX-License-Identifier: MIT
// What a case is called, what stands out in it, and why it stands where it does.
import { currentLanguage, dateTime, span, t, word } from "./lang";
import { now, policyReason } from "./store";
import type { Case, CaseRow, Why } from "./types";
import { Sign } from "./ui";

/** As the policy names it in this language, else as we do. */
export function reasonTitle(code: string): string {
  return policyReason(code)?.titles[currentLanguage()] || word("reason", code);
}

/** Why a case stands where it stands, in words, the weightiest first. */
export function whyText(w: Why): string {
  const a = w.args ?? {};
  switch (w.code) {
    case "severity":
      return t("why.severity", { n: Number(a.severity) });
    case "threat-time":
      return t("why.threat-time", { time: dateTime(Number(a.at_ms)) });
    case "answer-due":
      return t("why.answer-due", { time: dateTime(Number(a.at_ms)) });
    case "overdue":
      return t("why.overdue", { span: span(now() - Number(a.since_ms)) });
    case "age":
      return t("why.age", { span: span(now() - Number(a.since_ms)) });
    default:
      return word("why", w.code);
  }
}

export function Flags({ row }: { row: CaseRow | Case }) {
  const appeals = typeof row.appeals === "number" ? row.appeals : row.appeals.filter((a) => a.state === "open").length;
  return (
    <>
      {row.age === "child" && (
        <Sign tone="bad" icon="child">
          {t("flag.child")}
        </Sign>
      )}
      {row.notices > 0 && (
        <Sign tone="info" icon="in">
          {t("flag.notice")}
        </Sign>
      )}
      {row.answer_ms > 0 && (
        <Sign tone={row.answer_ms < now() ? "bad" : "warn"} icon="clock">
          {t("flag.answer", { time: dateTime(row.answer_ms) })}
        </Sign>
      )}
      {row.news && <Sign tone="warn">{t("flag.news")}</Sign>}
      {row.risk && (
        <Sign tone="bad" icon="warn">
          {t("flag.risk")}
        </Sign>
      )}
      {row.danger && (
        <Sign tone="bad" icon="warn">
          {t("flag.danger")}
        </Sign>
      )}
      {row.threat_ms > 0 && (
        <Sign tone="bad" icon="clock">
          {t("flag.threat", { time: dateTime(row.threat_ms) })}
        </Sign>
      )}
      {row.escalated && (
        <Sign tone="warn" icon="up">
          {t("flag.escalated")}
        </Sign>
      )}
      {appeals > 0 && (
        <Sign tone="warn" icon="question">
          {t("flag.appeal")}
        </Sign>
      )}
      {row.flood && <Sign tone="plain">{t("flag.flood")}</Sign>}
      {row.held && (
        <Sign tone="info" icon="lock">
          {t("flag.held")}
        </Sign>
      )}
      {row.pending > 0 && (
        <Sign tone="info" icon="clock">
          {t("flag.pending", { n: row.pending })}
        </Sign>
      )}
    </>
  );
}
