// SPDX-License-Identifier: MIT
// A decision, what has become of it, and what others can do about it.
import { useState } from "preact/hooks";
import { get, post } from "../../api";
import { reasonTitle } from "../../casewords";
import { list, num, t, word } from "../../lang";
import { announce, may, session, useLive } from "../../store";
import type { Decision } from "../../types";
import {
  AccountLink,
  AreaField,
  CaseLink,
  Foreign,
  FormDialog,
  FormError,
  nameOf,
  short,
  Sign,
  useTask,
  When,
} from "../../ui";
import type { Icons, Tone } from "../../ui";

const TONES: Record<Decision["state"], Tone> = {
  undo: "info",
  waiting: "warn",
  refused: "plain",
  queued: "info",
  sending: "info",
  applied: "good",
  failed: "bad",
  undone: "plain",
  reversed: "plain",
};

const ICONS: Partial<Record<Decision["state"], Icons>> = { applied: "check", failed: "cross", waiting: "clock" };

function Progress({ d }: { d: Decision }) {
  const { total, applied, failed } = d.targets ?? { total: 0, applied: 0, failed: 0 };
  if (total < 2 || (d.state !== "sending" && d.state !== "queued" && failed === 0)) return null;
  return (
    <p class="row">
      <progress max={total} value={applied + failed} aria-label={t("decision.progress")} />
      <span>{t("decision.targets", { applied, total })}</span>
      {failed > 0 && (
        <Sign tone="bad" icon="cross">
          {t("decision.targets-failed", { n: failed })}
        </Sign>
      )}
    </p>
  );
}

function Head({ d, showCase }: { d: Decision; showCase?: boolean }) {
  return (
    <div class="row">
      <Sign tone={TONES[d.state]} icon={ICONS[d.state]}>
        {word("decision-state", d.state)}
      </Sign>
      <strong>{word("action-kind", d.action)}</strong>
      <span>{reasonTitle(d.reason)}</span>
      {showCase && <CaseLink id={d.case} />}
      <span class="quiet">
        <bdi>{nameOf(d.by)}</bdi> <When ms={d.made_ms} />
      </span>
      {d.second && (
        <span class="quiet">
          {t("decision.second")} <bdi>{d.second.name}</bdi>
        </span>
      )}
    </div>
  );
}

/** The accounts, the term, and the statement of reasons. */
function Reasons({ d }: { d: Decision }) {
  const accounts = d.accounts ?? [];
  const territory = list([d.territory ?? []].flat());
  return (
    <>
      <p class="row">
        {accounts.slice(0, 8).map((a) => (
          <AccountLink key={a.id} a={a} />
        ))}
        {accounts.length > 8 && <span>+{num(accounts.length - 8)}</span>}
        {!!d.until_ms && (
          <span>
            {t("decision.until")} <When ms={d.until_ms} />
          </span>
        )}
      </p>
      {d.facts && <Foreign text={d.facts} />}
      {d.note && (
        <p class="quiet">
          <bdi>{d.note}</bdi>
        </p>
      )}
      <p class="quiet">
        {word("ground", d.ground)}
        {d.legal && (
          <>
            : <bdi>{d.legal}</bdi>
          </>
        )}{" "}
        {territory && <bdi>({territory})</bdi>}
      </p>
    </>
  );
}

function whyTwo(two: NonNullable<Decision["two"]>): string {
  if (two.why === "reason") return t("decide.two-reason", { reason: reasonTitle(two.reason) });
  return two.why === "reversal" ? t("decide.two-reversal") : t("decide.two-action");
}

/** Decisions and cases that belong to this one. */
function Related({ d }: { d: Decision }) {
  return (
    <>
      {d.two && d.state === "waiting" && (
        <p>
          {t("decide.two-people")} {whyTwo(d.two)}
        </p>
      )}
      {d.reversed_by && (
        <p class="quiet">
          {d.state === "reversed" ? t("decision.reversed-by") : t("decision.reversal-waits")}{" "}
          <bdi>{short(d.reversed_by)}</bdi>
        </p>
      )}
      {d.reverses && (
        <p class="quiet">
          {t("decision.reverses")} <bdi>{short(d.reverses)}</bdi>
        </p>
      )}
      {d.aside && (
        <p>
          {t("decision.aside")} <CaseLink id={d.aside} />
        </p>
      )}
      {d.quality.state !== "none" && (
        <p class="quiet">
          {word("quality", d.quality.state)} {d.quality.checked_by && <bdi>{d.quality.checked_by}</bdi>}
        </p>
      )}
    </>
  );
}

type Ask = "refuse" | "reverse" | "confirm" | "disagree";

const canReverse = (d: Decision) =>
  d.state === "applied" && d.action !== "none" && d.action !== "refer" && !d.reversed_by && !d.reverses;

function Buttons({ d, busy, ask, agree }: { d: Decision; busy: boolean; ask: (a: Ask) => void; agree: () => void }) {
  const own = d.by.id === session.get()?.person.id;
  const other = !own && may.work();
  return (
    <div class="buttons">
      {d.state === "waiting" && other && (
        <>
          <button type="button" class="primary" disabled={busy} onClick={() => ask("confirm")}>
            {t("decision.confirm")}
          </button>
          <button type="button" onClick={() => ask("refuse")}>
            {t("decision.refuse")}
          </button>
        </>
      )}
      {d.state === "waiting" && own && <p class="quiet">{t("decision.waits")}</p>}
      {canReverse(d) && may.work() && (
        <button type="button" onClick={() => ask("reverse")}>
          {t("decision.reverse")}
        </button>
      )}
      {d.quality.state === "due" && other && (
        <>
          <button type="button" disabled={busy} onClick={agree}>
            {t("decision.agree")}
          </button>
          <button type="button" onClick={() => ask("disagree")}>
            {t("decision.disagree")}
          </button>
        </>
      )}
    </div>
  );
}

interface AskProps {
  d: Decision;
  ask: Ask;
  /** Kept by the caller, so that it survives closing the dialog. */
  text: string;
  onText: (text: string) => void;
  act: (what: string, body?: unknown) => Promise<void>;
  onClose: () => void;
}

function AskDialog({ d, ask, text, onText, act, onClose }: AskProps) {
  const title = t(`decision.${ask}`);
  if (ask === "confirm")
    return (
      <FormDialog title={t("decision.confirm-title")} action={title} onClose={onClose} submit={() => act("confirm")}>
        <p>{t("decision.confirm-text", { action: word("action-kind", d.action), name: `\u2068${d.by.name}\u2069` })}</p>
      </FormDialog>
    );
  return (
    <FormDialog
      title={title}
      action={title}
      danger={ask === "reverse"}
      onClose={onClose}
      submit={() => (ask === "disagree" ? act("quality", { agree: false, text }) : act(ask, { text }))}
    >
      {ask === "reverse" && <p>{t("decision.reverse-text")}</p>}
      <AreaField label={t("decision.why")} value={text} onValue={onText} required autofocus />
    </FormDialog>
  );
}

interface Props {
  d: Decision;
  onChange: (d: Decision) => void;
  showCase?: boolean;
}

export function DecisionView({ d, onChange, showCase }: Props) {
  const [ask, setAsk] = useState<Ask | null>(null);
  const [text, setText] = useState("");
  const task = useTask();
  const act = async (what: string, body: unknown = {}) => {
    const got = await post<Decision>(`/decisions/${d.id}/${what}`, body);
    announce(t("decision.now", { state: word("decision-state", got.state) }));
    onChange(got);
  };
  const agree = () => void task.run(() => act("quality", { agree: true, text: "" }));
  return (
    <li class="decision" data-decision={d.id}>
      <Head d={d} showCase={showCase} />
      <Reasons d={d} />
      <Progress d={d} />
      <Related d={d} />
      {task.error ? <FormError error={task.error} /> : null}
      <Buttons d={d} busy={task.busy} ask={setAsk} agree={agree} />
      {ask && <AskDialog d={d} ask={ask} text={text} onText={setText} act={act} onClose={() => setAsk(null)} />}
    </li>
  );
}

/** Calls ${onDecision} with each decision of ${list} that changes. */
export function useDecisions(list: Decision[], onDecision: (d: Decision) => void) {
  useLive((e) => {
    if (e.type !== "decision" || !list.some((d) => d.id === e.id)) return;
    get<Decision>(`/decisions/${e.id}`).then(onDecision, () => {});
  });
}
