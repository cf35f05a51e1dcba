// SPDX-License-Identifier: MIT
// Numbers as small charts, each with the table that it was drawn from.
import { num, percent, span, t, word } from "../lang";
import { setQuery, useRoute } from "../router";
import { useLoad, usePolicy } from "../store";
import type { Statistics, Times } from "../types";
import { Count, Empty, Load, nameOf, Section, SelectField, Table, Title } from "../ui";
import { reasonTitle } from "../casewords";

/** The number stands beside it, so the bar is decoration. */
function Bar({ n, max }: { n: number; max: number }) {
  return (
    <td class="bar-cell">
      <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect width={(n / max) * 100} height="10" />
      </svg>
    </td>
  );
}

/** One bar a row. */
function Bars({
  label,
  head,
  rows,
}: {
  label: string;
  head: [string, string];
  rows: [name: string, n: number, shown?: string][];
}) {
  const max = Math.max(1, ...rows.map((r) => r[1]));
  if (rows.length === 0) return <Empty text={t("statistics.none")} />;
  return (
    <Table label={label} head={[head[0], head[1], <span class="unseen">{t("statistics.bar")}</span>]}>
      {rows.map(([name, n, shown]) => (
        <tr key={name}>
          <th scope="row">{name}</th>
          <td class="number">{shown ?? num(n)}</td>
          <Bar n={n} max={max} />
        </tr>
      ))}
    </Table>
  );
}

/** A day's name; the desk counts days since 1970. */
export function dayText(day: string | number): string {
  return typeof day === "number" ? new Date(day * 86_400_000).toISOString().slice(0, 10) : day.slice(0, 10);
}

interface Line {
  name: string;
  dash?: boolean;
  values: number[];
}

/** Lines over days; what a line is, is told by its dashes and by the table. */
function Lines({
  label,
  days,
  lines,
  show,
}: {
  label: string;
  days: string[];
  lines: Line[];
  show: (n: number) => string;
}) {
  const max = Math.max(1, ...lines.flatMap((l) => l.values));
  // A day without numbers is left out, and takes its room all the same.
  const from = Date.parse(days[0] ?? "");
  const to = Date.parse(days[days.length - 1] ?? "");
  const x = (i: number) => (to > from ? 4 + ((Date.parse(days[i]) - from) / (to - from)) * 292 : 150);
  const y = (v: number) => 76 - (v / max) * 70;
  if (days.length === 0) return <Empty text={t("statistics.none")} />;
  return (
    <figure>
      <svg
        class="lines"
        viewBox="0 0 300 80"
        role="img"
        aria-label={`${label}. ${t("statistics.highest")} ${show(max)}`}
        preserveAspectRatio="none"
      >
        <path class="axis" d="M4 76H296" />
        {days.length === 1 &&
          lines.map((l) => (
            <path key={l.name} class={l.dash ? "dot dash" : "dot"} d={`M150 ${y(l.values[0]).toFixed(1)}h0`} />
          ))}
        {lines.map((l) => (
          <path
            key={l.name}
            class={l.dash ? "line dash" : "line"}
            d={l.values.map((v, i) => `${i ? "L" : "M"}${x(i).toFixed(1)} ${y(v).toFixed(1)}`).join("")}
          />
        ))}
      </svg>
      <figcaption class="row">
        {lines.map((l) => (
          <span key={l.name} class="key">
            <svg viewBox="0 0 20 4" aria-hidden="true">
              <path class={l.dash ? "line dash" : "line"} d="M0 2H20" />
            </svg>{" "}
            {l.name}
          </span>
        ))}
        <span class="quiet">
          {t("statistics.highest")} {show(max)}
        </span>
      </figcaption>
      <details>
        <summary>{t("statistics.table")}</summary>
        <Table label={label} head={[t("statistics.day"), ...lines.map((l) => l.name)]}>
          {days.map((d, i) => (
            <tr key={d}>
              <th scope="row">
                <bdi>{d}</bdi>
              </th>
              {lines.map((l) => (
                <td key={l.name} class="number">
                  {show(l.values[i])}
                </td>
              ))}
            </tr>
          ))}
        </Table>
      </details>
    </figure>
  );
}

function TimeLines({ label, times }: { label: string; times: Times[] }) {
  return (
    <Lines
      label={label}
      days={times.map((x) => dayText(x.day))}
      show={span}
      lines={[
        { name: t("statistics.median"), values: times.map((x) => x.median_ms) },
        { name: t("statistics.p90"), dash: true, values: times.map((x) => x.p90_ms) },
      ]}
    />
  );
}

function Reversals({ s }: { s: Statistics }) {
  return (
    <Section title={t("statistics.reversals")}>
      <Bars
        label={t("statistics.reversals")}
        head={[t("statistics.reversals"), t("nav.appeals")]}
        rows={[
          [t("appeal-state.upheld"), s.reversals.upheld],
          [t("appeal-state.reversed"), s.reversals.reversed],
        ]}
      />
      <p class="row">
        <Count label={t("nav.appeals")} n={s.reversals.appeals} />
        <span>
          {t("statistics.share-reversed")}{" "}
          <strong>{percent(s.reversals.reversed, s.reversals.reversed + s.reversals.upheld)}</strong>
        </span>
      </p>
      <h3>{t("statistics.quality")}</h3>
      <Bars
        label={t("statistics.quality")}
        head={[t("statistics.quality"), t("statistics.checked")]}
        rows={[
          [t("statistics.agreed"), s.quality.agreed],
          [t("quality.disagreed"), s.quality.checked - s.quality.agreed],
        ]}
      />
      <p class="row">
        <Count label={t("statistics.checked")} n={s.quality.checked} />
        <strong>{percent(s.quality.agreed, s.quality.checked)}</strong>
      </p>
    </Section>
  );
}

function LoadOfPeople({ load }: { load: Statistics["load"] }) {
  const most = Math.max(1, ...load.map((x) => x.decided));
  return (
    <Section title={t("statistics.load")}>
      {load.length === 0 ? (
        <Empty text={t("statistics.none")} />
      ) : (
        <Table
          label={t("statistics.load")}
          head={[
            t("people.name"),
            t("statistics.claimed"),
            t("statistics.decided"),
            <span class="unseen">{t("statistics.bar")}</span>,
            t("statistics.exposure"),
          ]}
        >
          {load.map((l, i) => (
            <tr key={i}>
              <th scope="row">
                <bdi>{nameOf(l.person)}</bdi>
              </th>
              <td class="number">{num(l.claimed)}</td>
              <td class="number">{num(l.decided)}</td>
              <Bar n={l.decided} max={most} />
              <td class="number">{num(l.exposure)}</td>
            </tr>
          ))}
        </Table>
      )}
    </Section>
  );
}

function NoticeFigures({ notices }: { notices: Statistics["notices"] }) {
  if (notices.length === 0) return null;
  return (
    <Section title={t("statistics.notices")}>
      <Table
        label={t("statistics.notices")}
        head={[
          t("queue.reason"),
          t("statistics.filed"),
          t("statistics.acted"),
          t("statistics.refused"),
          t("statistics.not-ours"),
          t("queue.count-waiting"),
          t("statistics.on-time"),
          t("statistics.late"),
          t("statistics.median-hours"),
        ]}
      >
        {notices.map((n) => (
          <tr key={n.category}>
            <th scope="row">{word("notice-category", n.category)}</th>
            {[n.filed, n.acted, n.refused, n.not_ours, n.waiting, n.on_time, n.late, n.median_hours].map((x, i) => (
              <td key={i} class="number">
                {num(x)}
              </td>
            ))}
          </tr>
        ))}
      </Table>
    </Section>
  );
}

export function StatisticsPage() {
  const days = useRoute().query.get("days") ?? "30";
  const loaded = useLoad<Statistics>(`/statistics?days=${encodeURIComponent(days)}`);
  usePolicy();
  return (
    <>
      <Title text={t("nav.statistics")} />
      <form class="filters" onSubmit={(e) => e.preventDefault()}>
        <SelectField
          label={t("statistics.period")}
          value={days}
          onValue={(v) => setQuery({ days: v })}
          options={["7", "30", "90", "365"].map((d) => [d, t("time.days", { n: Number(d) })])}
        />
      </form>
      <Load of={loaded}>
        {(s) => (
          <div class="columns even">
            <Section title={t("statistics.per-day")}>
              <Lines
                label={t("statistics.per-day")}
                days={s.reports_per_day.map((x) => dayText(x.day))}
                show={(n) => num(n)}
                lines={[
                  { name: t("queue.reports"), values: s.reports_per_day.map((x) => x.reports) },
                  { name: t("reporter.rejected"), dash: true, values: s.reports_per_day.map((x) => x.rejected) },
                ]}
              />
            </Section>
            <Section title={t("statistics.by-reason")}>
              <Bars
                label={t("statistics.by-reason")}
                head={[t("queue.reason"), t("queue.reports")]}
                rows={s.by_reason.map((r) => [reasonTitle(r.reason), r.reports])}
              />
            </Section>
            <Section title={t("statistics.by-severity")}>
              <Bars
                label={t("statistics.by-severity")}
                head={[t("policy.severity"), t("queue.cases")]}
                rows={s.by_severity.map((r) => [t("case.severity-n", { n: r.severity }), r.cases])}
              />
            </Section>
            <Section title={t("statistics.first-look")}>
              <TimeLines label={t("statistics.first-look")} times={s.first_look} />
            </Section>
            <Section title={t("statistics.decision")}>
              <TimeLines label={t("statistics.decision")} times={s.decision} />
            </Section>
            <NoticeFigures notices={s.notices} />
            <Reversals s={s} />
            <LoadOfPeople load={s.load} />
          </div>
        )}
      </Load>
    </>
  );
}
