// SPDX-License-Identifier: MIT
// What was filed from outside, the soonest deadline first.
import { query as toQuery } from "../api";
import { t } from "../lang";
import { setQuery } from "../router";
import { useLive, useLoad } from "../store";
import type { NoticeRow, Page } from "../types";
import { Empty, Load, SelectField, Title, useTick } from "../ui";
import { NoticeHead } from "./case/filings";

export function NoticesPage({ query }: { query: URLSearchParams }) {
  useTick(30_000);
  const state = query.get("state") ?? "open";
  const loaded = useLoad<Page<NoticeRow>>("/notices" + toQuery({ state }));
  useLive((e) => {
    if (e.type === "queue" || e.type === "case") loaded.reload();
  });
  return (
    <>
      <Title text={t("nav.notices")} />
      <p>{t("notices.about")}</p>
      <form class="filters" onSubmit={(e) => e.preventDefault()}>
        <SelectField
          label={t("queue.state")}
          value={state}
          onValue={(v) => setQuery({ state: v })}
          options={[
            ["open", t("notices.waiting")],
            ["over", t("notices.answered")],
          ]}
        />
      </form>
      <Load of={loaded}>
        {(d) =>
          d.items.length === 0 ? (
            <Empty text={t("notices.none")} />
          ) : (
            <ol class="plain-list">
              {d.items.map((n) => (
                <li key={n.id} class="filing" data-notice={n.id}>
                  <NoticeHead n={n} showCase />
                </li>
              ))}
            </ol>
          )
        }
      </Load>
    </>
  );
}
