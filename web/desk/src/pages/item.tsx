// SPDX-License-Identifier: MIT
// One reported message and its proof; attachments, questions, reporters.
import { num, t, word } from "../lang";
import type { Attachment, Item, Media, Question, Reporter } from "../types";
import { AccountLink, Count, Foreign, Sign, When } from "../ui";
import { reasonTitle } from "../casewords";
import { MediaCard } from "./viewer";

function Proof({ item }: { item: Item }) {
  const bad = item.links.filter((l) => !l.ok).length;
  return (
    <details class={item.proved ? "proof good" : "proof bad"} open={!item.proved}>
      <summary>
        {item.proved ? (
          <Sign tone="good" icon="check">
            <strong>{t("proof.proved")}</strong>
          </Sign>
        ) : (
          <Sign tone="bad" icon="cross">
            <strong>{t("proof.not-proved")}</strong>
          </Sign>
        )}{" "}
        <span class="quiet">
          {item.links.length === 0
            ? t("proof.none")
            : bad
              ? t("proof.links-bad", { bad, n: item.links.length })
              : t("proof.links-ok", { n: item.links.length })}
        </span>
      </summary>
      <ul>
        {item.links.map((l) => (
          <li key={l.name}>
            <Sign tone={l.ok ? "good" : "bad"} icon={l.ok ? "check" : "cross"}>
              {l.ok ? t("proof.holds") : t("proof.fails")}
            </Sign>{" "}
            <span>{word("link", l.name) === l.name ? l.text : word("link", l.name)}</span>
            {!l.ok && l.problem && (
              <span class="quiet">
                {" "}
                (<bdi>{l.problem}</bdi>)
              </span>
            )}
          </li>
        ))}
      </ul>
      <p class="hint">{t("proof.limits")}</p>
    </details>
  );
}

/** "Reporter 2", or the notice that it came with. */
export const reporterOf = (i: Item) =>
  i.notice ? t("item.of-notice", { id: i.notice }) : t("item.reporter", { n: i.reporter });

export function Gap({ n }: { n: number }) {
  return <li class="gap">{t("item.gap", { n })}</li>;
}

export function ItemView({
  item,
  fresh,
  look,
  redact,
}: {
  item: Item;
  fresh?: boolean;
  look: (m: Media) => void;
  redact?: () => void;
}) {
  return (
    <li class={item.proved ? "item" : "item unproved"} id={`item-${item.id}`}>
      <div class="row item-head">
        {fresh && <Sign tone="warn">{t("item.new")}</Sign>}
        <AccountLink a={item.account} />
        <When ms={item.accepted_ms} />
        <span class="quiet">
          {t("item.entry", { n: item.seq })} <code dir="ltr">{item.group}</code>
        </span>
        <span class="quiet">{reporterOf(item)}</span>
        <span>{reasonTitle(item.reason)}</span>
        {item.repeated && <Sign tone="plain">{t("item.repeated")}</Sign>}
      </div>
      {item.clocks_differ && (
        <Sign tone="warn" icon="clock">
          {t("item.clocks")} <When ms={item.claimed_ms} />
        </Sign>
      )}
      {item.kind !== "message" && <Sign tone="info">{t(`item.kind.${item.kind}`)}</Sign>}
      {item.later && <Sign tone="warn">{t(`item.later.${item.later}`)}</Sign>}
      {item.text && (
        <div class="message">
          {item.redacted && <Sign tone="info">{t("item.redacted")}</Sign>}
          <Foreign text={item.text} />
        </div>
      )}
      {item.media.map((m) => (
        <MediaCard key={m.id} media={m} look={() => look(m)} />
      ))}
      {item.note && (
        <div class="from-reporter">
          <span class="quiet">{t("item.note")}</span>
          <Foreign text={item.note} />
        </div>
      )}
      <Proof item={item} />
      {redact && item.text && (
        <button type="button" class="plain" onClick={redact}>
          {t("case.redact")}
        </button>
      )}
    </li>
  );
}

export function AttachmentView({ a }: { a: Attachment }) {
  return (
    <li class="item unproved attachment">
      <div class="row">
        <Sign tone="warn" icon="question">
          <strong>{t("attachment.unproved")}</strong>
        </Sign>
        <span>
          {t("attachment.from")} <bdi>{a.source}</bdi>
        </span>
        <span class="quiet">
          <bdi>{a.by}</bdi> <When ms={a.at_ms} />
        </span>
      </div>
      <Foreign text={a.text} />
      <p class="hint">{t("attachment.hint")}</p>
    </li>
  );
}

export function QuestionView({ q }: { q: Question }) {
  return (
    <li>
      <span class="quiet">
        <bdi>{q.by}</bdi> <When ms={q.at_ms} />
      </span>
      <Foreign text={q.text} />
      {q.answered_ms ? (
        <div class="answer">
          <span class="quiet">
            {t("question.answered")} <When ms={q.answered_ms} />
          </span>
          <Foreign text={q.answer} />
        </div>
      ) : (
        <Sign tone="plain" icon="clock">
          {t("question.open")}
        </Sign>
      )}
    </li>
  );
}

export function Reporters({ list }: { list: Reporter[] }) {
  return (
    <ul class="plain-list">
      {list.map((r) => (
        <li key={r.n} class="row">
          <span>{t("item.reporter", { n: r.n })}</span>
          <Count label={t("reporter.here")} n={r.here} />
          <Count label={t("reporter.reports")} n={r.reports} />
          {r.rejected > 0 ? (
            <Sign tone="warn" icon="warn">
              {t("reporter.rejected")} {num(r.rejected)}
            </Sign>
          ) : (
            <Count label={t("reporter.rejected")} n={0} />
          )}
        </li>
      ))}
    </ul>
  );
}
