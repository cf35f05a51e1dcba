// SPDX-License-Identifier: MIT
// One case: what was reported, whether it is genuine, what was done.
import { Fragment } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, get, post } from "../api";
import { useKeys } from "../keys";
import { dateTime, list, t, word } from "../lang";
import { go } from "../router";
import { announce, may, session, useLive, useLoad, usePolicy } from "../store";
import type { Case, CaseEvent, Decision, Media } from "../types";
import {
  AccountLink,
  CaseLink,
  conflictText,
  Count,
  Dialog,
  Due,
  Empty,
  Fail,
  Foreign,
  Icon,
  Load,
  Section,
  Severity,
  short,
  Sign,
  StateSign,
  Title,
  useTask,
  useTick,
  When,
} from "../ui";
import { AppealView } from "./appeals";
import { CaseDialog } from "./casedialogs";
import type { Ask } from "./casedialogs";
import { DecideForm, DecisionView, UndoBar, useDecisions } from "./decide";
import { AttachmentView, Gap, ItemView, QuestionView, Reporters } from "./item";
import { Flags, reasonTitle, whyText } from "./queue";
import { PhotoViewer } from "./viewer";

const SHOWN = ["to", "into", "text", "problem", "name"];
/** As the desk signs what it does by itself. */
const THE_DESK = ["", "desk"];

/** Values of an event, of which some are codes. */
function eventArgs(args: Record<string, unknown> | undefined): string {
  return Object.entries(args ?? {})
    .filter(([, v]) => v && typeof v !== "object")
    .map(([k, v]) => {
      const s = String(v);
      if (k === "threat_ms") return dateTime(Number(v));
      // Of what the hub did, "action" is a number that says nothing here.
      if (k === "action") return word("action-kind", s) === s ? "" : word("action-kind", s);
      if (k === "reason") return reasonTitle(s);
      if (k === "age") return s === "unknown" ? "" : word("age", s);
      if (k === "outcome") return word("appeal-state", s);
      return SHOWN.includes(k) ? s : "";
    })
    .filter(Boolean)
    .join(", ");
}

export function Events({ events }: { events: CaseEvent[] }) {
  return (
    <ol class="timeline">
      {events.map((e, i) => (
        <li key={i}>
          <When ms={e.at_ms} /> <bdi>{THE_DESK.includes(e.by) ? t("case.the-desk") : e.by}</bdi>:{" "}
          {word("event", e.what)} <bdi class="quiet">{eventArgs(e.args)}</bdi>
        </li>
      ))}
    </ol>
  );
}

/** What others did since this case was read; nothing when they did nothing. */
export function Changes({ events }: { events: CaseEvent[] }) {
  if (events.length === 0) return null;
  return (
    <div class="notice info" role="status">
      <div>
        <p>{t("conflict.since")}</p>
        <Events events={events} />
      </div>
    </div>
  );
}

function Messages({
  c,
  readTo,
  look,
  redact,
  more,
}: {
  c: Case;
  readTo: number;
  look: (m: Media) => void;
  redact: (id: string) => void;
  more: () => Promise<unknown>;
}) {
  const task = useTask();
  if (c.items.length === 0) return <Empty text={t("case.no-items")} />;
  return (
    <>
      <ol class="items">
        {c.items.map((i) => (
          <Fragment key={i.id}>
            {i.undisclosed > 0 && <Gap n={i.undisclosed} />}
            <ItemView
              item={i}
              fresh={i.since_version > readTo}
              look={look}
              redact={may.work() ? () => redact(i.id) : undefined}
            />
          </Fragment>
        ))}
      </ol>
      {task.error ? <Fail error={task.error} /> : null}
      {c.items.length < c.items_total && (
        <p class="row">
          <button type="button" disabled={task.busy} onClick={() => void task.run(more)}>
            {t("state.more")}
          </button>
          <span class="quiet">{t("case.items-of", { n: c.items.length, total: c.items_total })}</span>
        </p>
      )}
    </>
  );
}

export function CasePage({ id }: { id: string }) {
  const loaded = useLoad<Case>(`/cases/${encodeURIComponent(id)}`);
  return (
    <>
      {!loaded.data && <Title text={t("case.number", { id: short(id) })} />}
      <Load of={loaded}>{(c) => <CaseView c={c} set={loaded.set} reload={loaded.reload} />}</Load>
    </>
  );
}

function CaseView({ c, set, reload }: { c: Case; set: (c: Case) => void; reload: () => void }) {
  useTick(30_000);
  usePolicy();
  const [ask, setAsk] = useState<Ask | null>(null);
  const [photo, setPhoto] = useState<Media | null>(null);
  const [conflict, setConflict] = useState<ApiError | null>(null);
  const [changedBy, setChangedBy] = useState("");
  // The last event that this reviewer has seen; later ones are "changes".
  const [seenTo, setSeenTo] = useState(() => last(c));
  // The version that this reviewer has read: a decision is about what it had.
  const [readTo, setReadTo] = useState(c.version);
  const unread = c.items.filter((i) => i.since_version > readTo);
  useEffect(() => {
    if (unread.length === 0) setReadTo(c.version);
  }, [c.version, unread.length]);
  const task = useTask();
  const current = useRef(c);
  current.current = c;
  const me = session.get()?.person;
  const mine = c.assignee?.id === me?.id;
  const changes = c.events.filter(
    (e) => e.at_ms > seenTo && !THE_DESK.includes(e.by) && e.by !== me?.name && e.by !== me?.pseudonym,
  );
  const active = c.state === "open" || c.state === "waiting";

  async function change(what: string, body: Record<string, unknown> = {}): Promise<Case> {
    const got = await post<Case>(`/cases/${c.id}/${what}`, { version: current.current.version, ...body });
    if (got.id === c.id) {
      set(got);
      setSeenTo(last(got));
    }
    return got;
  }
  async function more() {
    const after = current.current.items[current.current.items.length - 1]?.id;
    const got = await get<Case>(`/cases/${c.id}?items_after=${after}`);
    set({ ...got, items: [...current.current.items, ...got.items] });
  }
  /** Reads the case anew; dialogs and forms stay as they are. */
  function see() {
    setConflict(null);
    setChangedBy("");
    reload();
  }
  const act = (what: string, done: string) =>
    void task.run(async () => {
      try {
        await change(what);
        announce(done);
      } catch (e) {
        if (e instanceof ApiError && e.code === "conflict") setConflict(e);
        else throw e;
      }
    });
  const setDecisions = (decisions: Decision[]) => set({ ...current.current, decisions });
  const onDecision = (d: Decision) => {
    const known = current.current.decisions.some((x) => x.id === d.id);
    setDecisions(
      known ? current.current.decisions.map((x) => (x.id === d.id ? d : x)) : [...current.current.decisions, d],
    );
    if (d.state !== "undo") reload();
  };
  const made = (d: Decision) => {
    onDecision(d);
    announce(d.state === "waiting" ? t("decision.waits") : t("undo.text", { action: word("action-kind", d.action) }));
    reload();
  };
  useDecisions(c.decisions, setDecisions);
  useLive((e) => {
    if (e.type === "queue" || e.type === "hub" || e.type === "decision") return;
    if (e.id !== c.id || e.version <= current.current.version) return;
    // What nobody at a console did is shown with the changes since.
    if (!e.by || e.by === "command line" || e.by === me?.name || e.by === me?.pseudonym) reload();
    else {
      setChangedBy(e.by);
      announce(t("case.changed-by", { name: e.by }));
    }
  });
  const photos = c.items.flatMap((i) => i.media).filter((m) => m.photo);
  const lookNear = () => {
    const near = (document.activeElement?.closest(".media")?.querySelector(".look") as HTMLElement | null)?.dataset
      .media;
    setPhoto(photos.find((m) => m.id === near) ?? photos.find((m) => !m.decided) ?? photos[0] ?? null);
  };
  const open = (kind: Exclude<Ask["kind"], "redact">) => () => setAsk({ kind });
  useKeys([
    { key: "b", does: t("keys.back"), run: () => go("#/queue") },
    ...(may.work()
      ? [
          { key: "c", does: t("keys.claim"), run: () => void (!c.assignee && act("claim", t("case.claimed"))) },
          {
            key: "d",
            does: t("keys.decide"),
            run: () => document.querySelector<HTMLElement>(".decide select")?.focus(),
          },
          { key: "n", does: t("keys.note"), run: open("note") },
          { key: "e", does: t("keys.escalate"), run: open("escalate") },
        ]
      : []),
    ...(photos.length ? [{ key: "v", does: t("keys.photo"), run: lookNear }] : []),
    { key: "j", does: t("keys.next"), run: () => step(1) },
    { key: "k", does: t("keys.previous"), run: () => step(-1) },
  ]);
  const undo = c.decisions.find((d) => d.state === "undo" && d.by.id === me?.id);

  return (
    <>
      <Title text={`${reasonTitle(c.reason)} – ${t("case.number", { id: short(c.id) })}`}>
        {reasonTitle(c.reason)} <bdi class="quiet">{t("case.number", { id: short(c.id) })}</bdi>
      </Title>
      <div class="case-head">
        <p class="row">
          <Severity n={c.severity} />
          <StateSign row={c} />
          <Flags row={c} />
          <Due row={c} />
          <span>
            {c.assignee ? (
              <>
                {t("queue.with")}{" "}
                <strong>
                  <bdi>{mine ? t("queue.you") : c.assignee.name}</bdi>
                </strong>
              </>
            ) : (
              <span class="quiet">{t("queue.nobody")}</span>
            )}
          </span>
          <Count label={t("queue.reports")} n={c.reports} />
          <span class="quiet">
            {t("queue.opened")} <When ms={c.opened_ms} />
          </span>
        </p>
        {c.merged_into && (
          <div class="notice info">
            {t("case.merged-into")} <CaseLink id={c.merged_into} />
          </div>
        )}
        {c.hold && (
          <div class="notice info">
            <Icon name="lock" />{" "}
            <span>
              {t("case.held-by")} <bdi>{c.hold.by}</bdi> <When ms={c.hold.at_ms} />: <bdi>{c.hold.text}</bdi>
            </span>
          </div>
        )}
        {!may.work() && may.hold() && (
          <div class="buttons">
            <button type="button" onClick={open("hold")}>
              {c.held ? t("case.hold-off") : t("case.hold")}
            </button>
          </div>
        )}
        {may.work() && (
          <div class="buttons" role="group" aria-label={t("case.actions")}>
            {!c.assignee && active && (
              <button
                type="button"
                class="primary"
                disabled={task.busy}
                onClick={() => act("claim", t("case.claimed"))}
              >
                {t("case.claim")} <kbd>c</kbd>
              </button>
            )}
            {mine && (
              <button type="button" disabled={task.busy} onClick={() => act("release", t("case.released"))}>
                {t("case.release")}
              </button>
            )}
            {(mine || may.lead()) && active && (
              <button type="button" onClick={open("handover")}>
                {t("case.handover")}
              </button>
            )}
            <button type="button" onClick={open("note")}>
              {t("case.note")} <kbd>n</kbd>
            </button>
            <button type="button" onClick={open("escalate")}>
              {t("case.escalate")} <kbd>e</kbd>
            </button>
            <button type="button" onClick={open("opinion")}>
              {t("case.opinion")}
            </button>
            <button type="button" onClick={open("triage")}>
              {t("case.triage")}
            </button>
            <button type="button" onClick={open("question")}>
              {t("case.question")}
            </button>
            <button type="button" onClick={open("attach")}>
              {t("case.attach")}
            </button>
            {(mine || may.lead()) && (
              <button type="button" onClick={open("merge")}>
                {t("case.merge")}
              </button>
            )}
            {(mine || may.lead()) && c.items.length > 1 && (
              <button type="button" onClick={open("split")}>
                {t("case.split")}
              </button>
            )}
            {may.hold() && (
              <button type="button" onClick={open("hold")}>
                {c.held ? t("case.hold-off") : t("case.hold")}
              </button>
            )}
            <button type="button" onClick={open("export")}>
              {t("case.export")}
            </button>
          </div>
        )}
        {task.error ? <Fail error={task.error} /> : null}
        {changedBy && (
          <div class="notice warn" role="status">
            <Icon name="warn" /> <span>{t("case.changed-by", { name: `\u2068${changedBy}\u2069` })}</span>
            <button type="button" onClick={see}>
              {t("conflict.see")}
            </button>
          </div>
        )}
        {!ask && changes.length > 0 && (
          <div class="row">
            <Changes events={changes} />
            <button type="button" class="plain" onClick={() => setSeenTo(last(c))}>
              {t("conflict.seen")}
            </button>
          </div>
        )}
      </div>
      <div class="columns">
        <div>
          <Section title={t("case.messages")}>
            <Messages
              c={c}
              readTo={readTo}
              more={more}
              look={setPhoto}
              redact={(item) => setAsk({ kind: "redact", item: c.items.find((i) => i.id === item)! })}
            />
          </Section>
          {c.attachments.length > 0 && (
            <Section title={t("attachment.title")}>
              <ol class="items">
                {c.attachments.map((a) => (
                  <AttachmentView key={a.id} a={a} />
                ))}
              </ol>
            </Section>
          )}
          {c.questions.length > 0 && (
            <Section title={t("question.title")}>
              <ol class="plain-list">
                {c.questions.map((q) => (
                  <QuestionView key={q.id} q={q} />
                ))}
              </ol>
            </Section>
          )}
          <Section title={t("case.notes")}>
            {c.notes.length === 0 ? (
              <Empty text={t("case.no-notes")} />
            ) : (
              <ol class="plain-list">
                {c.notes.map((n) => (
                  <li key={n.id}>
                    <p class="row">
                      {n.kind !== "note" && (
                        <Sign tone="warn" icon={n.kind === "escalation" ? "up" : "question"}>
                          {word("note-kind", n.kind)}
                        </Sign>
                      )}
                      <bdi>{n.by}</bdi>{" "}
                      <span class="quiet">
                        <When ms={n.at_ms} />
                      </span>
                    </p>
                    <Foreign text={n.text} />
                  </li>
                ))}
              </ol>
            )}
          </Section>
        </div>
        <div>
          {c.decisions.length > 0 && (
            <Section title={t("case.decisions")}>
              <ol class="plain-list">
                {c.decisions.map((d) => (
                  <DecisionView key={d.id} d={d} onChange={onDecision} />
                ))}
              </ol>
            </Section>
          )}
          {c.appeals.length > 0 && (
            <Section title={t("nav.appeals")}>
              <ol class="plain-list">
                {c.appeals.map((a) => (
                  <AppealView key={a.id} a={a} onChange={reload} />
                ))}
              </ol>
            </Section>
          )}
          {may.work() && !c.merged_into && (
            <Section title={t("decide.title")}>
              {c.assignee && !mine && !may.lead() ? (
                <p class="quiet">{t("decide.not-yours", { name: `\u2068${c.assignee.name}\u2069` })}</p>
              ) : (
                <DecideForm
                  c={c}
                  version={unread.length ? readTo : c.version}
                  unread={unread.length}
                  onRead={() => setReadTo(c.version)}
                  onMade={made}
                  onConflict={setConflict}
                />
              )}
            </Section>
          )}
          <Section title={t("case.accounts")}>
            <ul class="plain-list">
              {c.accounts.map((a) => (
                <li key={a.id}>
                  <AccountLink a={a} />
                </li>
              ))}
            </ul>
            {c.earlier.length > 0 && (
              <>
                <h3>{t("case.earlier")}</h3>
                <ul class="plain-list">
                  {c.earlier.map((e) => (
                    <li key={e.case} class="row">
                      <CaseLink id={e.case} /> <span>{reasonTitle(e.reason)}</span>
                      <span class="quiet">
                        {word("case-state", e.state)}
                        {e.actions.length > 0 && `: ${list(e.actions.map((a) => word("action-kind", a)))}`}
                      </span>
                    </li>
                  ))}
                </ul>
              </>
            )}
          </Section>
          <Section title={t("case.reporters")}>
            <Reporters list={c.reporters} />
          </Section>
          <Section title={t("queue.why")}>
            <ol class="why">
              {c.why.map((w, i) => (
                <li key={i}>{whyText(w)}</li>
              ))}
            </ol>
          </Section>
          <Section title={t("case.timeline")}>
            <Events events={c.events} />
          </Section>
        </div>
      </div>
      {undo && <UndoBar key={undo.id} d={undo} onChange={onDecision} />}
      {ask && (
        <CaseDialog
          ask={ask}
          c={c}
          changes={changes}
          change={change}
          onClose={() => {
            setAsk(null);
            setSeenTo(last(current.current));
          }}
          onConflict={see}
        />
      )}
      {photo && <PhotoViewer media={photo} onClose={() => setPhoto(null)} />}
      {conflict && (
        <Dialog title={t("conflict.title")} onClose={() => setConflict(null)}>
          <p>{conflictText(conflict)}</p>
          <p class="quiet">{t("conflict.kept")}</p>
          <div class="buttons">
            <button type="button" class="primary" autofocus onClick={see}>
              {t("conflict.see")}
            </button>
            <button type="button" onClick={() => setConflict(null)}>
              {t("action.cancel")}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}

const last = (c: Case) => c.events.reduce((m, e) => Math.max(m, e.at_ms), 0);

/** To the next or the previous message. */
function step(by: number) {
  const all = [...document.querySelectorAll<HTMLElement>(".item")];
  const at = all.findIndex((e) => e.contains(document.activeElement));
  const to = all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + by))];
  to?.querySelector<HTMLElement>("a, summary, button")?.focus();
}
