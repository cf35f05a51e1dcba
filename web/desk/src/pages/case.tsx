// SPDX-License-Identifier: MIT
// The page of one case: what was reported, whether it is genuine, what was done.
import { useEffect, useReducer, useState } from "preact/hooks";
import { ApiError, get, post } from "../api";
import { changes, heard, openCase, reduceCase, unread } from "../case_state";
import { reasonTitle } from "../casewords";
import { forget, useKept } from "../kept";
import { t, word } from "../lang";
import { announce, may, session, useLive, useLoad, usePolicy } from "../store";
import type { Case, Decision, Media } from "../types";
import { Fail, Load, Section, short, Title, useTask, useTick } from "../ui";
import { AppealView, useAnswer } from "./appeals";
import { About } from "./case/about";
import { CaseActions, useCaseKeys } from "./case/actions";
import { ConflictDialog } from "./case/conflict";
import { CaseDialog } from "./case/dialogs";
import type { Ask, AskKind } from "./case/dialogs";
import { Filings } from "./case/filings";
import { CaseHead, ChangedBy, UnseenChanges } from "./case/head";
import { Attachments, Messages, Questions } from "./case/messages";
import { Notes } from "./case/notes";
import { DecidePanel, keptDraft } from "./decide";
import { DecisionView, useDecisions } from "./decide/decision";
import { UndoBar } from "./decide/undo";
import { PhotoViewer } from "./viewer";

export function CasePage({ id }: { id: string }) {
  const loaded = useLoad<Case>(`/cases/${encodeURIComponent(id)}`);
  return (
    <>
      {!loaded.data && <Title text={t("case.number", { id: short(id) })} />}
      <Load of={loaded}>{(c) => <CaseView loaded={c} reload={loaded.reload} />}</Load>
    </>
  );
}

/** The case as it is shown, and what changes it. ${reload} leads to a new ${loaded}. */
function useCase(loaded: Case, reload: () => void) {
  const [s, dispatch] = useReducer(reduceCase, loaded, (c) => openCase(c, keptDraft(c.id)?.version));
  const task = useTask();
  const me = session.get()?.person;
  useEffect(() => dispatch({ type: "loaded", c: loaded }), [loaded]);
  useDecisions(s.c.decisions, (d) => dispatch({ type: "decision", d }));
  useLive((e) => {
    const what = heard(s, e, me);
    if (what === "reload") reload();
    if (what !== "tell" || e.type !== "case") return;
    dispatch({ type: "changed-by", by: e.by });
    announce(t("case.changed-by", { name: e.by }));
  });

  /** Posts a change of the version that is shown, and shows the new one. */
  async function change(what: string, body: Record<string, unknown> = {}): Promise<Case> {
    const got = await post<Case>(`/cases/${s.c.id}/${what}`, { version: s.c.version, ...body });
    if (got.id === s.c.id) dispatch({ type: "changed", c: got });
    return got;
  }
  /** Makes a change that needs no dialog, and announces it. */
  const act = (what: string, done: string) =>
    void task.run(async () => {
      try {
        await change(what);
        announce(done);
      } catch (e) {
        if (!(e instanceof ApiError) || e.code !== "conflict") throw e;
        dispatch({ type: "conflict", error: e });
      }
    });
  async function more() {
    const after = s.c.items[s.c.items.length - 1]?.id;
    dispatch({ type: "more", c: await get<Case>(`/cases/${s.c.id}?items_after=${after}`) });
  }
  /** Loads the newest version. Dialogs and forms stay as they are. */
  function see() {
    dispatch({ type: "look" });
    reload();
  }
  function onDecision(d: Decision) {
    dispatch({ type: "decision", d });
    if (d.state !== "undo") reload();
  }
  function onMade(d: Decision) {
    dispatch({ type: "decision", d });
    announce(d.state === "waiting" ? t("decision.waits") : t("undo.text", { action: word("action-kind", d.action) }));
    reload();
  }
  return { s, dispatch, task, changes: changes(s, me), change, act, more, see, onDecision, onMade };
}

/** The open photo. ${lookNear} opens the one nearest to the focus; null: there is none. */
function usePhoto(c: Case) {
  const [photo, setPhoto] = useState<Media | null>(null);
  const photos = c.items.flatMap((i) => i.media).filter((m) => m.photo);
  function lookNear() {
    const media = document.activeElement?.closest(".media")?.querySelector<HTMLElement>(".look");
    const near = photos.find((m) => m.id === media?.dataset.media);
    setPhoto(near ?? photos.find((m) => !m.decided) ?? photos[0] ?? null);
  }
  return { photo, setPhoto, lookNear: photos.length ? lookNear : null };
}

function CaseView({ loaded, reload }: { loaded: Case; reload: () => void }) {
  useTick(30_000);
  usePolicy();
  const open = useCase(loaded, reload);
  const { s, dispatch, task } = open;
  const { c } = s;
  const [ask, setAsk] = useKept<Ask | null>(`case ${c.id} dialog`, null);
  const { photo, setPhoto, lookNear } = usePhoto(c);
  const acts = {
    c,
    busy: task.busy,
    open: (kind: AskKind) => setAsk({ kind }),
    claim: () => open.act("claim", t("case.claimed")),
    release: () => open.act("release", t("case.released")),
  };
  useCaseKeys(acts, lookNear);
  const redact = (id: string) => {
    const item = c.items.find((i) => i.id === id);
    if (item) setAsk({ kind: "redact", item });
  };
  const closeDialog = () => {
    setAsk(null);
    forget(`case ${c.id} dialog`);
    dispatch({ type: "seen" });
  };
  return (
    <>
      <Title text={`${reasonTitle(c.reason)} – ${t("case.number", { id: short(c.id) })}`}>
        {reasonTitle(c.reason)} <bdi class="quiet">{t("case.number", { id: short(c.id) })}</bdi>
      </Title>
      <CaseHead c={c}>
        <CaseActions {...acts} />
        {task.error ? <Fail error={task.error} /> : null}
        <ChangedBy name={s.changedBy} see={open.see} />
        {!ask && <UnseenChanges events={open.changes} onSeen={() => dispatch({ type: "seen" })} />}
      </CaseHead>
      <div class="columns">
        <div>
          <Filings c={c} onMade={(made) => dispatch({ type: "changed", c: made })} />
          {(c.items.length > 0 || c.filings.length === 0) && (
            <Section title={t("case.messages")}>
              <Messages c={c} readTo={s.readTo} more={open.more} look={setPhoto} redact={redact} />
            </Section>
          )}
          <Attachments list={c.attachments} />
          <Questions list={c.questions} />
          <Notes list={c.notes} />
        </div>
        <div>
          <Decided {...open} reload={reload} />
          <About c={c} />
        </div>
      </div>
      <Undo {...open} />
      {ask && (
        <CaseDialog
          ask={ask}
          c={c}
          changes={open.changes}
          change={open.change}
          onClose={closeDialog}
          onConflict={open.see}
        />
      )}
      {photo && <PhotoViewer media={photo} onClose={() => setPhoto(null)} />}
      {s.conflict && (
        <ConflictDialog error={s.conflict} see={open.see} onClose={() => dispatch({ type: "conflict", error: null })} />
      )}
    </>
  );
}

type Open = ReturnType<typeof useCase>;

/** What was decided, what is asked against it, and the next decision. */
function Decided({ s, dispatch, onDecision, onMade, reload }: Open & { reload: () => void }) {
  const { c } = s;
  const [answer, dialog] = useAnswer(`case ${c.id}`, reload);
  return (
    <>
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
              <AppealView key={a.id} a={a} ask={answer} />
            ))}
          </ol>
        </Section>
      )}
      {may.work() && (c.reports > 0 || c.filings.length === 0) && (
        <DecidePanel
          c={c}
          version={s.readTo}
          unread={unread(s).length}
          onRead={() => dispatch({ type: "read" })}
          onMade={onMade}
          onConflict={(error) => dispatch({ type: "conflict", error })}
        />
      )}
      {dialog}
    </>
  );
}

function Undo({ s, onDecision }: Open) {
  const me = session.get()?.person.id;
  const d = s.c.decisions.find((x) => x.state === "undo" && x.by.id === me);
  return d ? <UndoBar key={d.id} d={d} onChange={onDecision} /> : null;
}
