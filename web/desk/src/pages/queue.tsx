// SPDX-License-Identifier: MIT
// What waits, in the desk's order: the most harm first.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, get, post, query as toQuery } from "../api";
import { useKeys } from "../keys";
import { currentLanguage, dateTime, num, span, t, word } from "../lang";
import { go, href, setQuery } from "../router";
import {
  announce,
  errorText,
  may,
  now,
  policy,
  policyReason,
  session,
  useCell,
  useLive,
  useLoad,
  usePolicy,
} from "../store";
import type { CaseRow, Counts, Page, PersonRow, Why } from "../types";
import {
  AccountLink,
  CaseLink,
  conflictText,
  Count,
  Due,
  Empty,
  Load,
  SelectField,
  Severity,
  Sign,
  StateSign,
  TextField,
  Title,
  useTick,
  When,
} from "../ui";

type Cases = Page<CaseRow> & { counts: Counts };

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
    case "overdue":
      return t("why.overdue", { span: span(now() - Number(a.since_ms)) });
    case "age":
      return t("why.age", { span: span(now() - Number(a.since_ms)) });
    default:
      return word("why", w.code);
  }
}

export function Flags({
  row,
}: {
  row:
    | CaseRow
    | {
        age: string;
        danger: boolean;
        escalated: boolean;
        held: boolean;
        flood: boolean;
        pending: number;
        threat_ms: number;
        appeals: unknown;
      };
}) {
  const appeals =
    typeof row.appeals === "number"
      ? row.appeals
      : (row.appeals as { state: string }[]).filter((a) => a.state === "open").length;
  return (
    <>
      {row.age === "child" && (
        <Sign tone="bad" icon="child">
          {t("flag.child")}
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

function Row({
  row,
  at,
  onFocus,
  claim,
  rowRef,
}: {
  row: CaseRow;
  at: boolean;
  onFocus: () => void;
  claim: () => void;
  rowRef: (e: HTMLElement | null) => void;
}) {
  const me = session.get()?.person.id;
  const [why, setWhy] = useState(false);
  return (
    <li ref={rowRef} class={`case-row${row.overdue ? " overdue" : ""}${at ? " at" : ""}`} onFocusIn={onFocus}>
      <div class="row-main">
        <Severity n={row.severity} />
        <CaseLink id={row.id}>
          <strong>{reasonTitle(row.reason)}</strong>
        </CaseLink>
        <Flags row={row} />
        <Due row={row} />
      </div>
      <div class="row-more">
        <StateSign row={row} />
        <span>
          {row.accounts.slice(0, 3).map((a, i) => (
            <span key={a.id}>
              {i > 0 && ", "}
              <AccountLink a={a} />
            </span>
          ))}
          {row.accounts.length > 3 && ` +${num(row.accounts.length - 3)}`}
        </span>
        <Count label={t("queue.reports")} n={row.reports} />
        <Count label={t("queue.reporters")} n={row.reporters} />
        {row.photos > 0 && <Count label={t("queue.photos")} n={row.photos} />}
        {row.unproved_reports > 0 && (
          <Sign tone="warn" icon="question">
            {t("queue.unproved", { n: row.unproved_reports })}
          </Sign>
        )}
        <span class="quiet">
          {t("queue.opened")} <When ms={row.opened_ms} />
        </span>
        <span>
          {row.assignee ? (
            <>
              {t("queue.with")} <bdi>{row.assignee.id === me ? t("queue.you") : row.assignee.name}</bdi>
            </>
          ) : (
            <span class="quiet">{t("queue.nobody")}</span>
          )}
        </span>
        <button type="button" class="plain" aria-expanded={why} onClick={() => setWhy(!why)}>
          {t("queue.why")}
        </button>
        {may.work() && !row.assignee && (row.state === "open" || row.state === "waiting") && (
          <button type="button" class="plain" onClick={claim}>
            {t("case.claim")}
          </button>
        )}
      </div>
      {why && (
        <ol class="why">
          {row.why.map((w, i) => (
            <li key={i}>{whyText(w)}</li>
          ))}
        </ol>
      )}
    </li>
  );
}

export function QueuePage({ query }: { query: URLSearchParams }) {
  useTick(30_000);
  usePolicy();
  const filter = {
    state: query.get("state") ?? "open",
    assignee: query.get("assignee") ?? "",
    reason: query.get("reason") ?? "",
    q: query.get("q") ?? "",
  };
  const loaded = useLoad<Cases>("/cases" + toQuery(filter));
  const people = useLoad<Page<PersonRow>>("/people");
  const [more, setMore] = useState<{ items: CaseRow[]; next?: string | null } | null>(null);
  const [q, setQ] = useState(filter.q);
  const [at, setAt] = useState(0);
  const [fresh, setFresh] = useState(false);
  const rows = useRef<(HTMLElement | null)[]>([]);
  const reasons = useCell(policy)?.reasons ?? [];
  const items = [...(loaded.data?.items ?? []), ...(more?.items ?? [])];
  const next = more ? more.next : loaded.data?.next;
  const path = toQuery(filter);
  useEffect(() => {
    setMore(null);
    setAt(0);
  }, [path]);
  useEffect(() => {
    if (q === filter.q) return;
    const timer = setTimeout(() => setQuery({ q }), 300);
    return () => clearTimeout(timer);
  }, [q]);
  // The list does not jump under a hand: changes of a case in view are taken
  // in place, others wait behind a button, except when nothing is read yet.
  useLive((e) => {
    if (e.type === "case") {
      if (items.some((c) => c.id === e.id)) void refreshOne(e.id);
      else setFresh(true);
    } else if (e.type === "queue") setFresh(true);
  });
  async function refreshOne(id: string) {
    try {
      const page = await get<Cases>("/cases" + toQuery(filter));
      const row = page.items.find((c) => c.id === id);
      if (!row || !loaded.data) return setFresh(true);
      loaded.set({ ...loaded.data, counts: page.counts, items: loaded.data.items.map((c) => (c.id === id ? row : c)) });
      if (row.assignee && row.assignee.id !== session.get()?.person.id)
        announce(t("queue.taken", { name: row.assignee.name, reason: reasonTitle(row.reason) }));
    } catch {
      setFresh(true);
    }
  }
  function renew() {
    setFresh(false);
    setMore(null);
    loaded.reload();
  }
  useEffect(() => {
    if (fresh && items.length === 0) renew();
  }, [fresh]);
  useEffect(() => {
    if (fresh) announce(t("queue.changed"));
  }, [fresh]);
  async function loadMore() {
    if (!next) return;
    try {
      const page = await get<Cases>("/cases" + toQuery({ ...filter, cursor: next }));
      setMore({ items: [...(more?.items ?? []), ...page.items], next: page.next });
    } catch (e) {
      announce(errorText(e));
    }
  }
  const [claimError, setClaimError] = useState("");
  async function claim(row: CaseRow) {
    setClaimError("");
    try {
      await post(`/cases/${row.id}/claim`, { version: row.version });
      announce(t("case.claimed"));
      go(href("case", row.id));
    } catch (e) {
      setClaimError(e instanceof ApiError && e.code === "conflict" ? conflictText(e) : errorText(e));
      renew();
    }
  }
  const move = (by: number) => {
    const to = Math.max(0, Math.min(items.length - 1, at + by));
    setAt(to);
    rows.current[to]?.querySelector<HTMLElement>("a")?.focus();
  };
  useKeys([
    { key: "j", does: t("keys.next"), run: () => move(document.activeElement?.closest(".case-row") ? 1 : 0) },
    { key: "k", does: t("keys.previous"), run: () => move(-1) },
    {
      key: "c",
      does: t("keys.claim"),
      run: () => {
        const row = items[at];
        if (row && may.work() && !row.assignee) void claim(row);
      },
    },
    {
      key: "w",
      does: t("keys.why"),
      run: () => rows.current[at]?.querySelector<HTMLElement>("button[aria-expanded]")?.click(),
    },
    { key: "/", does: t("keys.search"), run: () => document.querySelector<HTMLElement>(".filters input")?.focus() },
    { key: "r", does: t("keys.reload"), run: renew },
  ]);
  const counts = loaded.data?.counts;
  return (
    <>
      <Title text={t("nav.queue")} />
      {counts && (
        <p class="counts">
          <Count label={t("queue.count-open")} n={counts.open} />
          <Count label={t("queue.count-waiting")} n={counts.waiting} />
          {counts.overdue > 0 ? (
            <Sign tone="bad" icon="clock">
              <Count label={t("queue.count-overdue")} n={counts.overdue} />
            </Sign>
          ) : (
            <Count label={t("queue.count-overdue")} n={0} />
          )}
          <Count label={t("queue.count-mine")} n={counts.mine} />
          <a href={href("appeals")}>
            <Count label={t("queue.count-appeals")} n={counts.appeals} />
          </a>
        </p>
      )}
      <form class="filters" role="search" aria-label={t("queue.filters")} onSubmit={(e) => e.preventDefault()}>
        <TextField label={t("queue.search")} type="search" value={q} onValue={setQ} />
        <SelectField
          label={t("queue.state")}
          value={filter.state}
          onValue={(v) => setQuery({ state: v })}
          options={["open", "waiting", "decided", "closed", "all"].map((s) => [s, word("case-state", s)])}
        />
        <SelectField
          label={t("queue.assignee")}
          value={filter.assignee}
          onValue={(v) => setQuery({ assignee: v })}
          options={[
            ["", t("queue.anybody")],
            ["me", t("queue.me")],
            ["none", t("queue.nobody")],
            ...(people.data?.items ?? [])
              .filter((p) => p.state === "active")
              .map((p): [string, string] => [p.id, p.name]),
          ]}
        />
        <SelectField
          label={t("queue.reason")}
          value={filter.reason}
          onValue={(v) => setQuery({ reason: v })}
          options={[
            ["", t("queue.any-reason")],
            ...reasons.map((r): [string, string] => [r.code, reasonTitle(r.code)]),
          ]}
        />
      </form>
      {claimError && (
        <div class="notice warn" role="alert">
          {claimError}
        </div>
      )}
      {fresh && (
        <div class="notice info" role="status">
          <span>{t("queue.changed")}</span>
          <button type="button" onClick={renew}>
            {t("queue.renew")}
          </button>
        </div>
      )}
      <Load of={loaded}>
        {() =>
          items.length === 0 ? (
            <Empty
              text={
                filter.q || filter.reason || filter.assignee || filter.state !== "open"
                  ? t("queue.none-found")
                  : t("queue.empty")
              }
            />
          ) : (
            <>
              <ol class="cases" aria-label={t("queue.cases")}>
                {items.map((row, i) => (
                  <Row
                    key={row.id}
                    row={row}
                    at={i === at}
                    onFocus={() => setAt(i)}
                    claim={() => void claim(row)}
                    rowRef={(e) => void (rows.current[i] = e)}
                  />
                ))}
              </ol>
              {next && (
                <button type="button" onClick={() => void loadMore()}>
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
