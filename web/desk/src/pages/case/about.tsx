// SPDX-License-Identifier: MIT
// The accounts and reporters of a case, its place in the queue, and its timeline.
import { reasonTitle, whyText } from "../../casewords";
import { list, t, word } from "../../lang";
import type { Case } from "../../types";
import { AccountLink, CaseLink, Section } from "../../ui";
import { Reporters } from "../item";
import { Events } from "./events";

function Accounts({ c }: { c: Case }) {
  return (
    <Section title={t("case.accounts")}>
      <ul class="plain-list">
        {c.accounts.map((a) => (
          <li key={a.id}>
            <AccountLink a={a} />
          </li>
        ))}
      </ul>
      {c.earlier.length > 0 && (
        <>
          <h3>{t("case.earlier")}</h3>
          <ul class="plain-list">
            {c.earlier.map((e) => (
              <li key={e.case} class="row">
                <CaseLink id={e.case} /> <span>{reasonTitle(e.reason)}</span>
                <span class="quiet">
                  {word("case-state", e.state)}
                  {e.actions.length > 0 && `: ${list(e.actions.map((a) => word("action-kind", a)))}`}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}

export function About({ c }: { c: Case }) {
  return (
    <>
      {c.accounts.length > 0 && <Accounts c={c} />}
      {c.reporters.length > 0 && (
        <Section title={t("case.reporters")}>
          <Reporters list={c.reporters} />
        </Section>
      )}
      <Section title={t("queue.why")}>
        <ol class="why">
          {c.why.map((w, i) => (
            <li key={i}>{whyText(w)}</li>
          ))}
        </ol>
      </Section>
      <Section title={t("case.timeline")}>
        <Events events={c.events} />
      </Section>
    </>
  );
}
