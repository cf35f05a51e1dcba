// SPDX-License-Identifier: MIT
// What was filed from outside: notices, more to them, appeals, and how each was
// answered.  Nothing in them is a link, and no photo is fetched unasked.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { ApiError, download, get, post } from "../../api";
import { useKept } from "../../kept";
import { bytes, span, t, word } from "../../lang";
import { may, now } from "../../store";
import type { Case, Notice, NoticeAnswer, NoticeContact, NoticeFile, NoticeOrganisation, NoticeRow } from "../../types";
import {
  AreaField,
  CaseLink,
  Count,
  Fail,
  Foreign,
  FormDialog,
  Section,
  SelectField,
  Sign,
  useTask,
  When,
} from "../../ui";
import type { Option } from "../../ui";
import { PhotoViewer } from "../viewer";

type AskAnswer = (n: Notice) => void;

/** A key as its owner has it from "countersign-notice key". */
const Key = ({ label, text }: { label: string; text: string }) => (
  <span>
    <span class="quiet">{label}</span> <code dir="ltr">{text}</code>
  </span>
);

/** The key that signed it, and the one that had the name before. */
function Keys({ of }: { of: NoticeOrganisation | null }) {
  if (!of) return null;
  return (
    <p>
      <Key label={t("notice.key")} text={of.key} />
      {of.key_before && (
        <>
          <br />
          <Key label={t("notice.key-before")} text={of.key_before} />
        </>
      )}
    </p>
  );
}

function Organisation({ of, claimed }: { of: NoticeOrganisation | null; claimed: string }) {
  if (!of && claimed)
    return (
      <Sign tone="bad" icon="warn">
        <strong>{t("notice.unproved", { name: claimed })}</strong>
      </Sign>
    );
  if (!of) return <span class="quiet">{t("notice.by-nobody")}</span>;
  return (
    <>
      <strong>
        <bdi>{of.name}</bdi>
      </strong>
      {of.known === "other-key" && (
        <Sign tone="bad" icon="warn">
          <strong>{t("notice.key-other")}</strong>
        </Sign>
      )}
      {of.known === "other-name" && (
        <Sign tone="bad" icon="warn">
          <strong>{t("notice.name-other", { name: of.name_before })}</strong>
        </Sign>
      )}
      {of.known === "first" && (
        <Sign tone="warn" icon="question">
          {t("notice.key-first")}
        </Sign>
      )}
      {of.trusted && (
        <Sign tone="info" icon="check">
          {t("notice.trusted")}
        </Sign>
      )}
      {of.scope && (
        <span class="quiet">
          {t("notice.scope")} <bdi>{of.scope}</bdi>
        </span>
      )}
      <span class="quiet">{t("notice.accuracy", { n: of.acted, all: of.acted + of.refused + of.not_ours })}</span>
    </>
  );
}

/** By when it has to be answered, or how it was. */
function Standing({ n }: { n: NoticeRow }) {
  if (n.state === "over" && !n.outcome) return null;
  if (n.state === "over") return <Sign tone="plain">{word("notice-outcome", n.outcome)}</Sign>;
  const left = n.due_ms - now();
  return (
    <>
      {n.outcome && <Sign tone="plain">{word("notice-outcome", n.outcome)}</Sign>}
      {n.overdue || left < 0 ? (
        <Sign tone="bad" icon="clock">
          <strong>{t("queue.overdue-by", { span: span(left) })}</strong>
        </Sign>
      ) : (
        <Sign tone="warn" icon="clock">
          {t("notice.due", { span: span(left) })}
        </Sign>
      )}
    </>
  );
}

export function NoticeHead({ n, showCase }: { n: NoticeRow; showCase?: boolean }) {
  return (
    <div class="row item-head">
      <Sign tone="info" icon="in">
        <strong>{word("notice-what", n.what)}</strong>
      </Sign>
      <bdi class="quiet">{t("notice.number", { id: n.about ? `${n.id} → ${n.about}` : n.id })}</bdi>
      <span>{word("notice-category", n.category)}</span>
      <Organisation of={n.organisation} claimed={n.claimed} />
      <span class="quiet">
        <When ms={n.received_ms} />
      </span>
      <Standing n={n} />
      {showCase && n.case && <CaseLink id={n.case} />}
      {n.destroyed && <Sign tone="plain">{t("notice.destroyed")}</Sign>}
    </div>
  );
}

function File({ f, look }: { f: NoticeFile; look: () => void }) {
  const task = useTask();
  return (
    <li class="row">
      <span>{word("notice-file", f.kind)}</span>
      <bdi>{f.name || t("photo.no-name")}</bdi>
      <span class="quiet">{bytes(f.size)}</span>
      {f.proved ? (
        <Sign tone="good" icon="check">
          {t("notice.proved", { n: f.messages })}
        </Sign>
      ) : (
        <Sign tone="warn" icon="question">
          {t("notice.not-proved")}
        </Sign>
      )}
      {f.problem && (
        <span class="quiet">
          <bdi>{f.problem}</bdi>
        </span>
      )}
      {f.kind === "photo" && (
        <button type="button" onClick={look}>
          {t("photo.look")}
        </button>
      )}
      {may.work() && (
        <button
          type="button"
          class="plain"
          disabled={task.busy}
          onClick={() => void task.run(() => download("GET", `/notice-files/${f.id}`, undefined, `notice-${f.id}`))}
        >
          {t("notice.save")}
        </button>
      )}
      {task.error ? <Fail error={task.error} /> : null}
    </li>
  );
}

const Named = ({ label, value }: { label: string; value: string }) => (
  <span>
    <span class="quiet">{label}</span> <bdi>{value || "–"}</bdi>
  </span>
);

/** Who filed it, once that is asked for: each look is written down. */
function Contact({ n }: { n: Notice }) {
  const [contact, setContact] = useState<NoticeContact | null>(null);
  const task = useTask();
  if (!n.has_contact || n.destroyed) return null;
  if (contact)
    return (
      <p class="row">
        <Named label={t("notice.contact-name")} value={contact.name} />
        <Named label={t("notice.contact-how")} value={contact.contact} />
      </p>
    );
  return (
    <p class="row">
      <button
        type="button"
        class="plain"
        disabled={task.busy}
        onClick={() => void task.run(async () => setContact(await get<NoticeContact>(`/notices/${n.id}/contact`)))}
      >
        {t("notice.contact")}
      </button>
      <span class="hint">{t("notice.contact-hint")}</span>
      {task.error ? <Fail error={task.error} /> : null}
    </p>
  );
}

function AnswerView({ a }: { a: NoticeAnswer }) {
  return (
    <div class="answer">
      <p class="row">
        <Sign tone="plain">{word("notice-outcome", a.outcome)}</Sign>
        <bdi>{a.by || t("notice.itself")}</bdi>
        <span class="quiet">
          <When ms={a.at_ms} />
        </span>
        {a.refused ? (
          <Sign tone="bad" icon="cross">
            {t("notice.hub-refused")}
          </Sign>
        ) : (
          <span class="quiet">{a.told ? t("notice.told") : t("notice.under-way")}</span>
        )}
      </p>
      {a.text && <Foreign text={a.text} />}
    </div>
  );
}

function FilingView({ n, ask }: { n: Notice; ask: AskAnswer }) {
  const [photo, setPhoto] = useState<NoticeFile | null>(null);
  return (
    <li class="item filing" data-notice={n.id}>
      <NoticeHead n={n} />
      {n.child && (
        <Sign tone="bad" icon="child">
          {t("notice.child")}
        </Sign>
      )}
      <Keys of={n.organisation} />
      {n.problem && <Sign tone="warn">{n.problem}</Sign>}
      {n.text && <Foreign text={n.text} />}
      {n.law && (
        <p>
          <span class="quiet">{t("notice.law")}:</span> <bdi>{n.law}</bdi>
        </p>
      )}
      {n.places.length > 0 && (
        <ul class="plain-list">
          {n.places.map((p, i) => (
            <li key={i}>
              <span class="quiet">{word("notice-place", p.kind)}</span> <code dir="ltr">{p.value}</code>
            </li>
          ))}
        </ul>
      )}
      {n.hashes > 0 && <Count label={t("notice.hashes")} n={n.hashes} />}
      {n.files.length > 0 && (
        <ul class="plain-list">
          {n.files.map((f) => (
            <File key={f.id} f={f} look={() => setPhoto(f)} />
          ))}
        </ul>
      )}
      {n.answers.map((a, i) => (
        <AnswerView key={i} a={a} />
      ))}
      <Contact n={n} />
      {n.state === "open" && may.work() && (
        <div class="buttons">
          <button type="button" class="answer-it" onClick={() => ask(n)}>
            {t("notice.answer")} <kbd>a</kbd>
          </button>
        </div>
      )}
      {photo && (
        <PhotoViewer media={{ id: photo.id, decided: false }} of="/notice-files" onClose={() => setPhoto(null)} />
      )}
    </li>
  );
}

interface Asked {
  id: string;
  what: Notice["what"];
  asked: boolean;
  /** That was read when the dialog was opened. */
  version: number;
  outcome: string;
  text: string;
}

const outcomes = (a: Asked): string[] => {
  if (a.what === "appeal") return ["acted", "refused"];
  return a.asked ? ["acted", "refused", "not-ours"] : ["acted", "refused", "needs-more", "not-ours"];
};

/** The dialog of an answer; what was typed is kept until it is sent. */
function useAnswerOf(c: Case, onMade: (c: Case) => void): [AskAnswer, ComponentChildren] {
  const [asked, setAsked] = useKept<Asked | null>(`case ${c.id} notice`, null);
  const ask: AskAnswer = (n) =>
    setAsked({ id: n.id, what: n.what, asked: n.asked, version: c.version, outcome: "", text: "" });
  if (!asked) return [ask, null];
  const options = outcomes(asked);
  async function submit() {
    try {
      const { version, outcome, text } = asked!;
      onMade(await post<Case>(`/notices/${asked!.id}/answer`, { version, outcome, text }));
    } catch (e) {
      // What came meanwhile is shown behind the dialog; once that was said, it counts as read.
      if (e instanceof ApiError && e.code === "conflict") setAsked({ ...asked!, version: c.version });
      throw e;
    }
  }
  return [
    ask,
    <FormDialog
      key={asked.id}
      title={`${t("notice.answer")}: ${t("notice.number", { id: asked.id })}`}
      action={t("notice.answer")}
      done={t("notice.done")}
      onClose={() => setAsked(null)}
      submit={submit}
    >
      <SelectField
        label={t("notice.outcome")}
        hint={options.includes("acted") ? t("notice.acted-hint") : undefined}
        value={asked.outcome}
        onValue={(outcome) => setAsked({ ...asked, outcome })}
        required
        autofocus
        options={[["", t("decide.choose")], ...options.map((o): Option => [o, word("notice-outcome", o)])]}
      />
      <AreaField
        label={t("notice.text")}
        hint={t("notice.text-hint")}
        value={asked.text}
        onValue={(text) => setAsked({ ...asked, text })}
        required
      />
      <p class="hint">{t("notice.public")}</p>
    </FormDialog>,
  ];
}

export function Filings({ c, onMade }: { c: Case; onMade: (c: Case) => void }) {
  const [ask, dialog] = useAnswerOf(c, onMade);
  if (c.filings.length === 0) return null;
  return (
    <Section title={t("notice.title")}>
      <ol class="items">
        {c.filings.map((n) => (
          <FilingView key={n.id} n={n} ask={ask} />
        ))}
      </ol>
      {dialog}
    </Section>
  );
}
