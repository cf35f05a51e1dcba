// SPDX-License-Identifier: MIT
// What waits, in the desk's order: the most harm first.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, get, post, query as toQuery } from "../api";
import { reasonTitle } from "../casewords";
import { useKeys } from "../keys";
import { t, word } from "../lang";
import { go, href, setQuery } from "../router";
import { announce, errorText, may, policy, session, useCell, useLive, useLoad, usePolicy } from "../store";
import type { CaseRow, Cases, Counts, Page, PersonRow } from "../types";
import { conflictText, Count, Empty, Load, SelectField, Sign, TextField, Title, useTick } from "../ui";
import type { Option } from "../ui";
import { Row } from "./queue/row";

interface Filter {
  state: string;
  assignee: string;
  reason: string;
  q: string;
}

const filterOf = (query: URLSearchParams): Filter => ({
  state: query.get("state") ?? "open",
  assignee: query.get("assignee") ?? "",
  reason: query.get("reason") ?? "",
  q: query.get("q") ?? "",
});

/**
 * Loads the cases of a filter, page by page.  The list does not move by itself:
 * a change of a case that is shown is made in place, any other makes the list
 * ${stale} until the reviewer renews it.  An empty list renews itself.
 */
function useCases(filter: Filter) {
  const path = "/cases" + toQuery({ ...filter });
  const loaded = useLoad<Cases>(path);
  const [more, setMore] = useState<{ path: string; items: CaseRow[]; next?: string | null } | null>(null);
  const [stale, setStale] = useState(false);
  const further = more?.path === path ? more : null;
  const head = loaded.data?.items ?? [];
  const items = [...head, ...(further?.items ?? []).filter((c) => !head.some((h) => h.id === c.id))];
  const next = further ? further.next : loaded.data?.next;
  useLive((e) => {
    if (e.type === "case" && items.some((c) => c.id === e.id)) void refresh(e.id);
    else if (e.type === "case" || e.type === "queue") setStale(true);
  });
  async function refresh(id: string) {
    const page = await get<Cases>(path).catch(() => null);
    const row = page?.items.find((c) => c.id === id);
    if (!page || !row) return setStale(true);
    loaded.update((d) => ({ ...d, counts: page.counts, items: d.items.map((c) => (c.id === id ? row : c)) }));
    if (row.assignee && row.assignee.id !== session.get()?.person.id)
      announce(t("queue.taken", { name: row.assignee.name, reason: reasonTitle(row.reason) }));
  }
  function renew() {
    setStale(false);
    setMore(null);
    loaded.reload();
  }
  useEffect(() => {
    if (!stale) return;
    announce(t("queue.changed"));
    if (items.length === 0) renew();
  }, [stale]);
  async function loadMore() {
    if (!next) return;
    try {
      const page = await get<Cases>("/cases" + toQuery({ ...filter, cursor: next }));
      setMore({ path, items: [...(further?.items ?? []), ...page.items], next: page.next });
    } catch (e) {
      announce(errorText(e));
    }
  }
  return { loaded, items, next, stale, renew, loadMore };
}

/** The selected row. It follows its case when an update reorders the list. */
function useSelection(items: CaseRow[], list: string) {
  const [selected, setSelected] = useState({ id: "", i: 0 });
  const rows = useRef<(HTMLElement | null)[]>([]);
  const found = items.findIndex((c) => c.id === selected.id);
  const at = found >= 0 ? found : Math.max(0, Math.min(items.length - 1, selected.i));
  const select = (i: number) => setSelected({ id: items[i]?.id ?? "", i });
  useEffect(() => setSelected({ id: "", i: 0 }), [list]);
  const move = (by: number) => {
    const to = Math.max(0, Math.min(items.length - 1, at + by));
    select(to);
    rows.current[to]?.querySelector<HTMLElement>("a")?.focus();
  };
  return { at, select, move, rows };
}

/** Returns why a claim failed, or "", and how to claim a case. */
function useClaim(renew: () => void): [string, (row: CaseRow) => void] {
  const [error, setError] = useState("");
  async function claim(row: CaseRow) {
    setError("");
    try {
      await post(`/cases/${row.id}/claim`, { version: row.version });
      announce(t("case.claimed"));
      go(href("case", row.id));
    } catch (e) {
      setError(e instanceof ApiError && e.code === "conflict" ? conflictText(e) : errorText(e));
      renew();
    }
  }
  return [error, (row) => void claim(row)];
}

function Numbers({ counts }: { counts: Counts }) {
  return (
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
  );
}

function Filters({ filter }: { filter: Filter }) {
  const people = useLoad<Page<PersonRow>>("/people");
  const reasons = useCell(policy)?.reasons ?? [];
  const [q, setQ] = useState(filter.q);
  const asked = useRef(filter.q);
  // The words are asked for when no more come; an address with others brings those.
  useEffect(() => {
    if (q === filter.q) return;
    const timer = setTimeout(() => {
      asked.current = q;
      setQuery({ q });
    }, 300);
    return () => clearTimeout(timer);
  }, [q]);
  useEffect(() => {
    if (filter.q !== asked.current) setQ((asked.current = filter.q));
  }, [filter.q]);
  const active = (people.data?.items ?? []).filter((p) => p.state === "active");
  return (
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
          ...active.map((p): Option => [p.id, p.name]),
        ]}
      />
      <SelectField
        label={t("queue.reason")}
        value={filter.reason}
        onValue={(v) => setQuery({ reason: v })}
        options={[["", t("queue.any-reason")], ...reasons.map((r): Option => [r.code, reasonTitle(r.code)])]}
      />
    </form>
  );
}

function useQueueKeys(
  row: CaseRow | undefined,
  move: (by: number) => void,
  press: Record<"c" | "w" | "r", () => void>,
) {
  useKeys([
    { key: "j", does: t("keys.next"), run: () => move(document.activeElement?.closest(".case-row") ? 1 : 0) },
    { key: "k", does: t("keys.previous"), run: () => move(-1) },
    { key: "c", does: t("keys.claim"), run: () => row && may.work() && !row.assignee && press.c() },
    { key: "w", does: t("keys.why"), run: press.w },
    { key: "/", does: t("keys.search"), run: () => document.querySelector<HTMLElement>(".filters input")?.focus() },
    { key: "r", does: t("keys.reload"), run: press.r },
  ]);
}

export function QueuePage({ query }: { query: URLSearchParams }) {
  useTick(30_000);
  usePolicy();
  const filter = filterOf(query);
  const { loaded, items, next, stale, renew, loadMore } = useCases(filter);
  const { at, select, move, rows } = useSelection(items, toQuery({ ...filter }));
  const [claimError, claim] = useClaim(renew);
  useQueueKeys(items[at], move, {
    c: () => claim(items[at]),
    w: () => rows.current[at]?.querySelector<HTMLElement>("button[aria-expanded]")?.click(),
    r: renew,
  });
  const narrowed = filter.q || filter.reason || filter.assignee || filter.state !== "open";
  return (
    <>
      <Title text={t("nav.queue")} />
      {loaded.data && <Numbers counts={loaded.data.counts} />}
      <Filters filter={filter} />
      {claimError && (
        <div class="notice warn" role="alert">
          {claimError}
        </div>
      )}
      {stale && (
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
            <Empty text={narrowed ? t("queue.none-found") : t("queue.empty")} />
          ) : (
            <>
              <ol class="cases" aria-label={t("queue.cases")}>
                {items.map((row, i) => (
                  <Row
                    key={row.id}
                    row={row}
                    at={i === at}
                    onFocus={() => select(i)}
                    claim={() => claim(row)}
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
