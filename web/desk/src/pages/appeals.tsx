// SPDX-License-Identifier: MIT
// Appeals and second looks, and their answers.  The desk lets nobody answer one
// against a decision of their own.
import type { ComponentChildren } from "preact";
import { post, query as toQuery } from "../api";
import { useKept } from "../kept";
import { t, word } from "../lang";
import { setQuery } from "../router";
import { may, useLive, usePages, usePolicy } from "../store";
import type { Appeal } from "../types";
import {
  AccountLink,
  AreaField,
  CaseLink,
  Empty,
  Foreign,
  FormDialog,
  Load,
  nameOf,
  SelectField,
  Sign,
  Title,
  When,
} from "../ui";

type Outcome = "uphold" | "reverse";
export type AskAnswer = (a: Appeal, outcome: Outcome) => void;

export function AppealView({ a, ask, showCase }: { a: Appeal; ask: AskAnswer; showCase?: boolean }) {
  return (
    <li class="appeal" data-appeal={a.id}>
      <p class="row">
        <Sign tone={a.state === "open" ? "warn" : "plain"} icon={a.state === "open" ? "clock" : "check"}>
          {word("appeal-state", a.state)}
        </Sign>
        <strong>{word("appeal-kind", a.kind)}</strong>
        {a.account && <AccountLink a={a.account} />}
        {showCase && <CaseLink id={a.case} />}
        <span class="quiet">
          <When ms={a.at_ms} />
        </span>
      </p>
      <Foreign text={a.text} />
      {a.state !== "open" && (
        <div class="answer">
          <span class="quiet">
            <bdi>{nameOf(a.by)}</bdi>
          </span>
          <Foreign text={a.answer} />
        </div>
      )}
      {a.state === "open" && a.mine && <p class="quiet">{t("appeals.not-yours")}</p>}
      {a.state === "open" && !a.mine && may.work() && (
        <div class="buttons">
          <button type="button" onClick={() => ask(a, "uphold")}>
            {t("appeals.uphold")}
          </button>
          <button type="button" onClick={() => ask(a, "reverse")}>
            {t("appeals.reverse")}
          </button>
        </div>
      )}
    </li>
  );
}

/**
 * Answers appeals of a list: returns how to open the dialog, and the dialog.
 * The caller puts it beside the list, since an update may remove the appeal
 * from the list.  ${place} tells the lists of appeals apart.
 */
export function useAnswer(place: string, onChange: () => void): [AskAnswer, ComponentChildren] {
  const [asked, setAsked] = useKept<{ a: Appeal; outcome: Outcome } | null>(`appeal ${place}`, null);
  const [texts, setTexts] = useKept<Record<string, string>>("appeal texts", {});
  const ask: AskAnswer = (a, outcome) => setAsked({ a, outcome });
  if (!asked) return [ask, null];
  const { a, outcome } = asked;
  const title = t(`appeals.${outcome}`);
  const text = texts[a.id] ?? "";
  return [
    ask,
    <FormDialog
      key={a.id}
      title={title}
      action={title}
      danger={outcome === "reverse"}
      done={t("appeals.done")}
      onClose={() => setAsked(null)}
      submit={async () => {
        await post<Appeal>(`/appeals/${a.id}/decide`, { outcome, text });
        onChange();
      }}
    >
      <p>{t(`appeals.${outcome}-text`)}</p>
      <AreaField
        label={t("appeals.answer")}
        hint={t("appeals.answer-hint")}
        value={text}
        onValue={(v) => setTexts({ ...texts, [a.id]: v })}
        required
        autofocus
      />
    </FormDialog>,
  ];
}

export function AppealsPage({ query }: { query: URLSearchParams }) {
  const state = query.get("state") ?? "open";
  const loaded = usePages<Appeal>("/appeals" + toQuery({ state }));
  const [ask, dialog] = useAnswer("list", loaded.reload);
  usePolicy();
  useLive((e) => {
    if (e.type === "queue" || e.type === "case") loaded.reload();
  });
  return (
    <>
      <Title text={t("nav.appeals")} />
      <p>{t("appeals.about")}</p>
      <form class="filters" onSubmit={(e) => e.preventDefault()}>
        <SelectField
          label={t("queue.state")}
          value={state}
          onValue={(v) => setQuery({ state: v })}
          options={[
            ["open", t("appeal-state.open")],
            ["decided", t("appeals.decided")],
          ]}
        />
      </form>
      <Load of={loaded}>
        {(d) =>
          d.items.length === 0 ? (
            <Empty text={t("appeals.none")} />
          ) : (
            <>
              <ol class="plain-list">
                {d.items.map((a) => (
                  <AppealView key={a.id} a={a} showCase ask={ask} />
                ))}
              </ol>
              {d.next && (
                <button type="button" onClick={() => void loaded.more().catch(loaded.reload)}>
                  {t("state.more")}
                </button>
              )}
            </>
          )
        }
      </Load>
      {dialog}
    </>
  );
}
