// SPDX-License-Identifier: MIT
// The form in which a case is decided.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useReducer } from "preact/hooks";
import { ApiError, post } from "../api";
import { beginDraft, begun, decisionBody, missing, reduceDraft } from "../decide_state";
import type { Draft } from "../decide_state";
import { forget, keep, keptAt } from "../kept";
import { t } from "../lang";
import { may, usePolicy } from "../store";
import type { Case, Decision } from "../types";
import { CaseLink, FormError, Icon, Section, useTask } from "../ui";
import { isMine } from "./case/actions";
import { ActionAndReason, FactsAndGround } from "./decide/reasons";
import { Targets } from "./decide/targets";
import type { DraftProps } from "./decide/targets";

interface DecideProps {
  c: Case;
  /** The version that was read; ${unread} messages came later. */
  version: number;
  unread: number;
  onRead: () => void;
  onMade: (d: Decision) => void;
  onConflict: (e: ApiError) => void;
}

/** A draft that was left, and the version of the case that had been read. */
interface KeptDraft {
  draft: Draft;
  version: number;
}

const draftKey = (id: string) => `case ${id} draft`;
export const keptDraft = (id: string) => keptAt<KeptDraft>(draftKey(id));

/** Why this reviewer cannot decide the case; null: they can. */
function obstacle(c: Case): ComponentChildren {
  if (c.merged_into)
    return (
      <>
        {t("case.merged-into")} <CaseLink id={c.merged_into} />
      </>
    );
  if (c.assignee && !isMine(c) && !may.lead()) return t("decide.not-yours", { name: `\u2068${c.assignee.name}\u2069` });
  return null;
}

/**
 * Shows the form if this reviewer can decide the case.  A draft that was begun
 * stays when somebody else takes the case or merges it, but cannot be sent.
 */
export function DecidePanel(props: DecideProps) {
  const { c, version } = props;
  const [draft, dispatch] = useReducer(reduceDraft, c, (c) => keptDraft(c.id)?.draft ?? beginDraft(c));
  useLayoutEffect(() => {
    if (begun(draft)) keep(draftKey(c.id), { draft, version });
    else forget(draftKey(c.id));
  }, [draft, version]);
  const stop = obstacle(c);
  if (c.merged_into && !begun(draft)) return null;
  return (
    <Section title={t("decide.title")}>
      {stop && !begun(draft) ? (
        <p class="quiet">{stop}</p>
      ) : (
        <DecideForm {...props} draft={draft} dispatch={dispatch} stop={stop} />
      )}
    </Section>
  );
}

type FormProps = DecideProps & DraftProps & { stop: ComponentChildren };

function DecideForm(p: FormProps) {
  const { c, draft, dispatch } = p;
  const policy = usePolicy();
  const rule = policy?.reasons.find((r) => r.code === draft.reason);
  // The policy's ground, until the reviewer chooses one.
  const ground = draft.ground ?? rule?.ground ?? "terms";
  const task = useTask();
  async function send() {
    try {
      const d = await post<Decision>(`/cases/${c.id}/decisions`, decisionBody(draft, c, p.version, ground));
      dispatch({ type: "made" });
      p.onMade(d);
    } catch (e) {
      if (!(e instanceof ApiError) || e.code !== "conflict") throw e;
      p.onConflict(e);
    }
  }
  function submit(e: Event) {
    e.preventDefault();
    const lacks = missing(draft, c);
    dispatch({ type: "checked", missing: lacks });
    if (!lacks && !p.stop) void task.run(send);
  }
  return (
    <form class="decide" onSubmit={submit}>
      <ActionAndReason given={c.reasons} draft={draft} dispatch={dispatch} policy={policy} rule={rule} />
      <Targets c={c} draft={draft} dispatch={dispatch} />
      <FactsAndGround draft={draft} dispatch={dispatch} ground={ground} />
      <Notices {...p} />
      {task.error ? <FormError error={task.error} /> : null}
      <div class="buttons">
        <button type="submit" class="primary" disabled={task.busy || !!p.stop}>
          {task.busy ? t("state.working") : t("decide.submit")}
        </button>
      </div>
    </form>
  );
}

function Notices({ draft, stop, unread, onRead }: FormProps) {
  return (
    <>
      {draft.missing && (
        <div class="notice warn" role="alert">
          <Icon name="warn" /> <span>{t(draft.missing)}</span>
        </div>
      )}
      {stop && (
        <div class="notice warn" role="status">
          <Icon name="warn" /> <span>{stop}</span>
        </div>
      )}
      {unread > 0 && (
        <div class="notice warn" role="status">
          <Icon name="warn" /> <span>{t("decide.unread", { n: unread })}</span>
          <button type="button" onClick={onRead}>
            {t("decide.read-them")}
          </button>
        </div>
      )}
    </>
  );
}
