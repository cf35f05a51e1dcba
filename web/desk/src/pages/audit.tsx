// SPDX-License-Identifier: MIT
// The audit log, its verification, and what is printed of it.
import { useState } from "preact/hooks";
import { get, query as toQuery } from "../api";
import { num, list, t, word } from "../lang";
import { setQuery } from "../router";
import { usePages } from "../store";
import type { AuditRow, Verdict } from "../types";
import { CaseLink, Empty, Fail, FormError, Icon, Load, Table, TextField, Title, useTask, When } from "../ui";

function brief(v: unknown): string {
  if (v === null || v === undefined || v === "") return "–";
  if (typeof v !== "object") return JSON.stringify(v).replace(/^"|"$/g, "");
  return list(
    Object.entries(v).map(([k, x]: [string, unknown]) => `${k}: ${typeof x === "string" ? x : JSON.stringify(x)}`),
  );
}

/** Whether the chain holds, and its head, on the screen and on paper. */
function VerdictNotice({ verdict: v }: { verdict: Verdict }) {
  return (
    <div class={`notice ${v.ok ? "good" : "bad"} printed-head`} role="status">
      <Icon name={v.ok ? "check" : "cross"} />{" "}
      <div>
        <p>
          {v.ok ? t("audit.ok", { n: v.entries }) : t("audit.broken")} {v.problem && <bdi>{v.problem}</bdi>}
        </p>
        <p>
          {t("audit.head")}{" "}
          <code dir="ltr" class="hash">
            {v.head}
          </code>
        </p>
        <p class="quiet">
          <When ms={Date.now()} />
        </p>
      </div>
    </div>
  );
}

/** Verifies the log when asked, and prints the page. */
function Verify() {
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const task = useTask();
  const verify = () => void task.run(async () => setVerdict(await get<Verdict>("/audit/verify")));
  return (
    <>
      <div class="buttons no-print">
        <button type="button" class="primary" disabled={task.busy} onClick={verify}>
          {task.busy ? t("state.working") : t("audit.verify")}
        </button>
        <button type="button" onClick={() => print()}>
          {t("audit.print")}
        </button>
      </div>
      {task.error ? <FormError error={task.error} /> : null}
      {verdict && <VerdictNotice verdict={verdict} />}
    </>
  );
}

function Entry({ r }: { r: AuditRow }) {
  return (
    <tr>
      <td>{num(r.seq, { useGrouping: false })}</td>
      <td>
        <When ms={r.at_ms} />
      </td>
      <td>
        <bdi>{r.actor === "desk" ? t("case.the-desk") : r.actor}</bdi>{" "}
        {r.token && <span class="quiet">{t("tokens.of", { id: r.token })}</span>}
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
  );
}

function Entries({ rows }: { rows: AuditRow[] }) {
  return (
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
      {rows.map((r) => (
        <Entry key={r.seq} r={r} />
      ))}
    </Table>
  );
}

export function AuditPage({ query }: { query: URLSearchParams }) {
  const only = query.get("case") ?? "";
  const [wanted, setWanted] = useState(only);
  const loaded = usePages<AuditRow>("/audit" + toQuery({ case: only }));
  const task = useTask();
  const filter = (e: Event) => {
    e.preventDefault();
    setQuery({ case: wanted.trim() });
  };
  return (
    <>
      <Title text={t("nav.audit")} />
      <p>{t("audit.about")}</p>
      <Verify />
      <form class="filters no-print" onSubmit={filter}>
        <TextField label={t("audit.case")} value={wanted} onValue={setWanted} dir="ltr" />
        <button type="submit">{t("audit.filter")}</button>
      </form>
      <Load of={loaded}>
        {(d) =>
          d.items.length === 0 ? (
            <Empty text={t("audit.none")} />
          ) : (
            <>
              <Entries rows={d.items} />
              {task.error ? <Fail error={task.error} /> : null}
              {d.next && (
                <button type="button" class="no-print" disabled={task.busy} onClick={() => void task.run(loaded.more)}>
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
