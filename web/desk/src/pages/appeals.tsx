// SPDX-License-Identifier: MIT
// Somebody asks for a second look; never the one who decided gives it.
import { useState } from "preact/hooks";
import { get, post, query as toQuery } from "../api";
import { t, word } from "../lang";
import { setQuery } from "../router";
import { may, useLive, useLoad, usePolicy } from "../store";
import type { Appeal, Page } from "../types";
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

export function AppealView({
  a,
  onChange,
  showCase,
}: {
  a: Appeal;
  onChange: (a: Appeal) => void;
  showCase?: boolean;
}) {
  const [outcome, setOutcome] = useState<"uphold" | "reverse" | null>(null);
  const [text, setText] = useState("");
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
          <button type="button" onClick={() => setOutcome("uphold")}>
            {t("appeals.uphold")}
          </button>
          <button type="button" onClick={() => setOutcome("reverse")}>
            {t("appeals.reverse")}
          </button>
        </div>
      )}
      {outcome && (
        <FormDialog
          title={outcome === "uphold" ? t("appeals.uphold") : t("appeals.reverse")}
          action={outcome === "uphold" ? t("appeals.uphold") : t("appeals.reverse")}
          danger={outcome === "reverse"}
          done={t("appeals.done")}
          onClose={() => setOutcome(null)}
          submit={async () => onChange(await post<Appeal>(`/appeals/${a.id}/decide`, { outcome, text }))}
        >
          <p>{outcome === "uphold" ? t("appeals.uphold-text") : t("appeals.reverse-text")}</p>
          <AreaField
            label={t("appeals.answer")}
            hint={t("appeals.answer-hint")}
            value={text}
            onValue={setText}
            required
            autofocus
          />
        </FormDialog>
      )}
    </li>
  );
}

export function AppealsPage({ query }: { query: URLSearchParams }) {
  const state = query.get("state") ?? "open";
  const path = "/appeals" + toQuery({ state });
  const loaded = useLoad<Page<Appeal>>(path);
  usePolicy();
  useLive((e) => {
    if (e.type === "queue" || e.type === "case") loaded.reload();
  });
  const more = async () => {
    const d = loaded.data;
    if (!d?.next) return;
    const p = await get<Page<Appeal>>("/appeals" + toQuery({ state, cursor: d.next }));
    loaded.set({ items: [...d.items, ...p.items], next: p.next });
  };
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
                  <AppealView key={a.id} a={a} showCase onChange={loaded.reload} />
                ))}
              </ol>
              {d.next && (
                <button type="button" onClick={() => void more().catch(loaded.reload)}>
                  {t("state.more")}
                </button>
              )}
            </>
          )
        }
      </Load>
    </>
  );
}
