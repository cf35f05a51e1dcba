// SPDX-License-Identifier: MIT
import { t, word } from "../lang";
import { useLoad, usePolicy } from "../store";
import type { Account } from "../types";
import { CaseLink, Count, Due, Empty, Load, Section, Severity, short, Sign, StateSign, Title, When } from "../ui";
import { AppealView, useAnswer } from "./appeals";
import { DecisionView } from "./decide/decision";
import { reasonTitle } from "../casewords";

export function AccountPage({ id }: { id: string }) {
  const loaded = useLoad<Account>(`/accounts/${encodeURIComponent(id)}`);
  const [ask, dialog] = useAnswer(`account ${id}`, loaded.reload);
  usePolicy();
  return (
    <>
      {!loaded.data && <Title text={t("account.title", { name: short(id) })} />}
      <Load of={loaded}>
        {(a) => (
          <>
            <Title text={t("account.title", { name: a.handle })}>
              {t("account.heading")} <bdi>{a.handle}</bdi>
            </Title>
            <p class="row">
              <Sign
                tone={a.state === "disabled" ? "bad" : a.state === "active" ? "good" : "plain"}
                icon={a.state === "disabled" ? "lock" : a.state === "active" ? "check" : "question"}
              >
                {word("account-state", a.state)}
              </Sign>
              <Count label={t("account.reports-made")} n={a.reports_made} />
              <Count label={t("reporter.rejected")} n={a.reports_rejected} />
            </p>
            <Section title={t("account.cases")}>
              {a.cases.length === 0 ? (
                <Empty text={t("account.no-cases")} />
              ) : (
                <ul class="cases">
                  {a.cases.map((c) => (
                    <li key={c.id} class="case-row">
                      <div class="row-main">
                        <Severity n={c.severity} />
                        <CaseLink id={c.id}>{reasonTitle(c.reason)}</CaseLink>
                        <StateSign row={c} />
                        <Due row={c} />
                        <span class="quiet">
                          <When ms={c.opened_ms} />
                        </span>
                      </div>
                    </li>
                  ))}
                </ul>
              )}
            </Section>
            <Section title={t("case.decisions")}>
              {a.decisions.length === 0 ? (
                <Empty text={t("account.no-decisions")} />
              ) : (
                <ol class="plain-list">
                  {a.decisions.map((d) => (
                    <DecisionView key={d.id} d={d} showCase onChange={loaded.reload} />
                  ))}
                </ol>
              )}
            </Section>
            <Section title={t("nav.appeals")}>
              {a.appeals.length === 0 ? (
                <Empty text={t("appeals.none")} />
              ) : (
                <ol class="plain-list">
                  {a.appeals.map((x) => (
                    <AppealView key={x.id} a={x} showCase ask={ask} />
                  ))}
                </ol>
              )}
            </Section>
          </>
        )}
      </Load>
      {dialog}
    </>
  );
}
