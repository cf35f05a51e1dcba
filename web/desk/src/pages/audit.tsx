// SPDX-License-Identifier: MIT
import { useState } from "preact/hooks";
import { get, query as toQuery } from "../api";
import { num, list, t, word } from "../lang";
import { setQuery } from "../router";
import { useLoad } from "../store";
import type { AuditRow, Page } from "../types";
import { CaseLink, Empty, Fail, FormError, Icon, Load, Table, TextField, Title, useTask, When } from "../ui";

interface Verdict {
  ok: boolean;
  entries: number;
  head: string;
  problem?: string;
}

function brief(v: unknown): string {
  if (v === null || v === undefined || v === "") return "–";
  if (typeof v !== "object") return JSON.stringify(v).replace(/^"|"$/g, "");
  return list(
    Object.entries(v).map(([k, x]: [string, unknown]) => `${k}: ${typeof x === "string" ? x : JSON.stringify(x)}`),
  );
}

export function AuditPage({ query }: { query: URLSearchParams }) {
  const only = query.get("case") ?? "";
  const [wanted, setWanted] = useState(only);
  const loaded = useLoad<Page<AuditRow>>("/audit" + toQuery({ case: only }));
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const task = useTask();
  const moreTask = useTask();
  const more = () =>
    moreTask.run(async () => {
      const d = loaded.data;
      if (!d?.next) return;
      const p = await get<Page<AuditRow>>("/audit" + toQuery({ case: only, cursor: d.next }));
      loaded.set({ items: [...d.items, ...p.items], next: p.next });
    });
  return (
    <>
      <Title text={t("nav.audit")} />
      <p>{t("audit.about")}</p>
      <div class="buttons no-print">
        <button
          type="button"
          class="primary"
          disabled={task.busy}
          onClick={() => void task.run(async () => setVerdict(await get<Verdict>("/audit/verify")))}
        >
          {task.busy ? t("state.working") : t("audit.verify")}
        </button>
        <button type="button" onClick={() => print()}>
          {t("audit.print")}
        </button>
      </div>
      {task.error ? <FormError error={task.error} /> : null}
      {verdict && (
        <div class={`notice ${verdict.ok ? "good" : "bad"} printed-head`} role="status">
          <Icon name={verdict.ok ? "check" : "cross"} />{" "}
          <div>
            <p>
              {verdict.ok ? t("audit.ok", { n: verdict.entries }) : t("audit.broken")}{" "}
              {verdict.problem && <bdi>{verdict.problem}</bdi>}
            </p>
            <p>
              {t("audit.head")}{" "}
              <code dir="ltr" class="hash">
                {verdict.head}
              </code>
            </p>
            <p class="quiet">
              <When ms={Date.now()} />
            </p>
          </div>
        </div>
      )}
      <form
        class="filters no-print"
        onSubmit={(e) => {
          e.preventDefault();
          setQuery({ case: wanted.trim() });
        }}
      >
        <TextField label={t("audit.case")} value={wanted} onValue={setWanted} dir="ltr" />
        <button type="submit">{t("audit.filter")}</button>
      </form>
      <Load of={loaded}>
        {(d) =>
          d.items.length === 0 ? (
            <Empty text={t("audit.none")} />
          ) : (
            <>
              <Table
                label={t("nav.audit")}
                head={[
                  t("audit.seq"),
                  t("audit.time"),
                  t("audit.actor"),
                  t("audit.what"),
                  t("audit.case"),
                  t("audit.before"),
                  t("audit.after"),
                  t("audit.hash"),
                ]}
              >
                {d.items.map((r) => (
                  <tr key={r.seq}>
                    <td>{num(r.seq, { useGrouping: false })}</td>
                    <td>
                      <When ms={r.at_ms} />
                    </td>
                    <td>
                      <bdi>{r.actor === "desk" ? t("case.the-desk") : r.actor}</bdi>
                    </td>
                    <td>{word("event", r.what)}</td>
                    <td>{r.case && r.case !== "0" ? <CaseLink id={r.case} /> : "–"}</td>
                    <td class="value">
                      <bdi>{brief(r.before)}</bdi>
                    </td>
                    <td class="value">
                      <bdi>{brief(r.after)}</bdi>
                    </td>
                    <td>
                      <code dir="ltr" title={r.hash}>
                        {r.hash.slice(0, 12)}
                      </code>
                    </td>
                  </tr>
                ))}
              </Table>
              {moreTask.error ? <Fail error={moreTask.error} /> : null}
              {d.next && (
                <button type="button" class="no-print" onClick={() => void more()}>
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
