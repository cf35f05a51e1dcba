// SPDX-License-Identifier: MIT
// Deciding, and what became of decisions.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, get, post } from "../api";
import { useKeys } from "../keys";
import { num, list, t, word } from "../lang";
import { announce, may, now, session, useLive, usePolicy } from "../store";
import type { ActionKind, Case, Decision } from "../types";
import {
  AccountLink,
  AreaField,
  CaseLink,
  Check,
  Foreign,
  FormDialog,
  FormError,
  Icon,
  nameOf,
  SelectField,
  short,
  Sign,
  TextField,
  useTask,
  useTick,
  When,
} from "../ui";
import type { Tone } from "../ui";
import { reasonTitle } from "./queue";

const ACTIONS: ActionKind[] = ["none", "warn", "disable-until", "disable", "quarantine", "dissolve", "refer"];
const ON_ACCOUNTS: ActionKind[] = ["warn", "disable", "disable-until"];
const DAY_S = 86_400;

function toggle(list: string[], id: string, on: boolean): string[] {
  return on ? [...list, id] : list.filter((x) => x !== id);
}

interface DecideProps {
  c: Case;
  /** That was read; ${unread} messages came later. */
  version: number;
  unread: number;
  onRead: () => void;
  onMade: (d: Decision) => void;
  onConflict: (e: ApiError) => void;
}

export function DecideForm({ c, version, unread, onRead, onMade, onConflict }: DecideProps) {
  const policy = usePolicy();
  const task = useTask();
  const media = c.items.flatMap((i) => i.media).filter((m) => m.photo || m.type);
  const [reason, setReason] = useState(c.reason);
  const rule = policy?.reasons.find((r) => r.code === reason);
  const [action, setAction] = useState<ActionKind | "">("");
  const [accounts, setAccounts] = useState<string[]>(c.accounts.length === 1 ? [c.accounts[0].id] : []);
  const [files, setFiles] = useState<string[]>([]);
  const [items, setItems] = useState<string[]>([]);
  const [days, setDays] = useState("7");
  const [facts, setFacts] = useState("");
  // The policy's, until somebody says otherwise.
  const [chosen, setGround] = useState<"terms" | "illegal" | null>(null);
  const ground = chosen ?? rule?.ground ?? "terms";
  const [legal, setLegal] = useState("");
  const [key, setKey] = useState("");
  const [missing, setMissing] = useState("");
  const onAccounts = ON_ACCOUNTS.includes(action as ActionKind);
  const groups = [...new Map(c.items.map((i) => [i.group, i])).values()];
  async function send(body: unknown): Promise<Decision | null> {
    try {
      return await post<Decision>(`/cases/${c.id}/decisions`, body);
    } catch (e) {
      if (!(e instanceof ApiError) || e.code !== "conflict") throw e;
      onConflict(e);
      return null;
    }
  }
  const submit = (e: Event) => {
    e.preventDefault();
    const none =
      (onAccounts && accounts.length === 0 && t("decide.need-account")) ||
      (action === "quarantine" && files.length === 0 && t("decide.need-file")) ||
      (action === "dissolve" && items.length === 0 && t("decide.need-group"));
    setMissing(none || "");
    if (none) return;
    void task.run(async () => {
      const d = await send({
        version,
        action,
        reason,
        accounts: onAccounts ? accounts : [],
        media: action === "quarantine" ? files : [],
        items: action === "dissolve" ? items : [],
        duration_s: action === "disable-until" ? Math.round(Number(days) * DAY_S) : 0,
        facts,
        ground,
        legal,
        to_key: action === "refer" ? key.trim() : "",
      });
      if (!d) return;
      setAction("");
      setFacts("");
      onMade(d);
    });
  };
  return (
    <form class="decide" onSubmit={submit}>
      <SelectField
        label={t("decide.action")}
        required
        value={action}
        onValue={(v) => setAction(v as ActionKind)}
        options={[["", t("decide.choose")], ...ACTIONS.map((a): [string, string] => [a, word("action-kind", a)])]}
      />
      <SelectField
        label={t("decide.reason")}
        value={reason}
        onValue={setReason}
        options={(policy?.reasons ?? [])
          .map((r): [string, string] => [r.code, reasonTitle(r.code)])
          .concat(policy?.reasons.some((r) => r.code === reason) ? [] : [[reason, reasonTitle(reason)]])}
      />
      {rule && (
        <ul class="rules" aria-label={t("decide.policy")}>
          <li>
            {rule.two_people || (policy?.two_people_actions ?? []).includes(action) ? (
              <Sign tone="warn" icon="lock">
                {t("decide.two-people")}
              </Sign>
            ) : (
              <Sign tone="plain">{t("decide.one-person")}</Sign>
            )}
          </li>
          <li>{rule.hold_days > 0 ? t("decide.hold", { n: rule.hold_days }) : t("decide.no-hold")}</li>
          <li>{t("decide.usual", { action: word("action-kind", rule.action) })}</li>
        </ul>
      )}
      {onAccounts && (
        <fieldset>
          <legend>{t("decide.accounts")}</legend>
          {c.accounts.length > 1 && (
            <Check
              label={t("decide.all", { n: c.accounts.length })}
              checked={accounts.length === c.accounts.length}
              onChecked={(on) => setAccounts(on ? c.accounts.map((a) => a.id) : [])}
            />
          )}
          <div class="many">
            {c.accounts.map((a) => (
              <Check
                key={a.id}
                label={<bdi>{a.handle}</bdi>}
                checked={accounts.includes(a.id)}
                onChecked={(on) => setAccounts(toggle(accounts, a.id, on))}
              />
            ))}
          </div>
        </fieldset>
      )}
      {action === "disable-until" && (
        <TextField
          label={t("decide.days")}
          type="number"
          min="1"
          max="3650"
          step="1"
          dir="ltr"
          required
          value={days}
          onValue={setDays}
        />
      )}
      {action === "quarantine" && (
        <fieldset>
          <legend>{t("decide.files")}</legend>
          {media.length === 0 && <p class="quiet">{t("decide.no-files")}</p>}
          {media.map((m) => (
            <Check
              key={m.id}
              label={<bdi>{m.name || short(m.id)}</bdi>}
              checked={files.includes(m.id)}
              onChecked={(on) => setFiles(toggle(files, m.id, on))}
            />
          ))}
        </fieldset>
      )}
      {action === "dissolve" && (
        <fieldset>
          <legend>{t("decide.groups")}</legend>
          {groups.map((i) => (
            <Check
              key={i.group}
              label={<code dir="ltr">{i.group}</code>}
              checked={items.includes(i.id)}
              onChecked={(on) => setItems(toggle(items, i.id, on))}
            />
          ))}
        </fieldset>
      )}
      {action === "refer" && (
        <TextField
          label={t("decide.to-key")}
          hint={t("decide.to-key-hint")}
          dir="ltr"
          required
          value={key}
          onValue={setKey}
        />
      )}
      <AreaField
        label={t("decide.facts")}
        hint={t("decide.facts-hint")}
        value={facts}
        onValue={setFacts}
        required={action !== "none" && action !== "refer"}
        rows={4}
      />
      <fieldset>
        <legend>{t("decide.ground")}</legend>
        {(["terms", "illegal"] as const).map((g) => (
          <label key={g} class="radio">
            <input type="radio" name="ground" checked={ground === g} onChange={() => setGround(g)} />{" "}
            {word("ground", g)}
          </label>
        ))}
      </fieldset>
      <TextField
        label={ground === "illegal" ? t("decide.law") : t("decide.rule")}
        value={legal}
        onValue={setLegal}
        required={ground === "illegal" && action !== "none" && action !== "refer"}
      />
      {missing && (
        <div class="notice warn" role="alert">
          <Icon name="warn" /> <span>{missing}</span>
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
      {task.error ? <FormError error={task.error} /> : null}
      <div class="buttons">
        <button type="submit" class="primary" disabled={task.busy}>
          {task.busy ? t("state.working") : t("decide.submit")}
        </button>
      </div>
    </form>
  );
}

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

type Ask = "refuse" | "reverse" | "confirm" | "disagree" | null;

export function DecisionView({
  d,
  onChange,
  showCase,
}: {
  d: Decision;
  onChange: (d: Decision) => void;
  showCase?: boolean;
}) {
  const [ask, setAsk] = useState<Ask>(null);
  const [text, setText] = useState("");
  const task = useTask();
  const me = session.get()?.person.id;
  const other = d.by.id !== me && may.work();
  const accounts = d.accounts ?? [];
  const territory = list([d.territory ?? []].flat());
  const act = async (what: string, body: unknown = {}) => {
    const got = await post<Decision>(`/decisions/${d.id}/${what}`, body);
    announce(t("decision.now", { state: word("decision-state", got.state) }));
    onChange(got);
  };
  return (
    <li class="decision" data-decision={d.id}>
      <div class="row">
        <Sign
          tone={TONES[d.state]}
          icon={
            d.state === "applied"
              ? "check"
              : d.state === "failed"
                ? "cross"
                : d.state === "waiting"
                  ? "clock"
                  : undefined
          }
        >
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
      <Progress d={d} />
      {d.reversed_by && (
        <p class="quiet">
          {t("decision.reversed-by")} <bdi>{short(d.reversed_by)}</bdi>
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
      {task.error ? <FormError error={task.error} /> : null}
      <div class="buttons">
        {d.state === "waiting" && other && (
          <>
            <button type="button" class="primary" disabled={task.busy} onClick={() => setAsk("confirm")}>
              {t("decision.confirm")}
            </button>
            <button type="button" onClick={() => setAsk("refuse")}>
              {t("decision.refuse")}
            </button>
          </>
        )}
        {d.state === "waiting" && !other && d.by.id === me && <p class="quiet">{t("decision.waits")}</p>}
        {d.state === "applied" &&
          d.action !== "none" &&
          d.action !== "refer" &&
          may.work() &&
          !d.reversed_by &&
          !d.reverses && (
            <button type="button" onClick={() => setAsk("reverse")}>
              {t("decision.reverse")}
            </button>
          )}
        {d.quality.state === "due" && other && (
          <>
            <button
              type="button"
              disabled={task.busy}
              onClick={() => void task.run(() => act("quality", { agree: true, text: "" }))}
            >
              {t("decision.agree")}
            </button>
            <button type="button" onClick={() => setAsk("disagree")}>
              {t("decision.disagree")}
            </button>
          </>
        )}
      </div>
      {ask === "confirm" && (
        <FormDialog
          title={t("decision.confirm-title")}
          action={t("decision.confirm")}
          onClose={() => setAsk(null)}
          submit={() => act("confirm")}
        >
          <p>
            {t("decision.confirm-text", { action: word("action-kind", d.action), name: `\u2068${d.by.name}\u2069` })}
          </p>
        </FormDialog>
      )}
      {ask && ask !== "confirm" && (
        <FormDialog
          title={
            ask === "refuse" ? t("decision.refuse") : ask === "reverse" ? t("decision.reverse") : t("decision.disagree")
          }
          action={
            ask === "refuse" ? t("decision.refuse") : ask === "reverse" ? t("decision.reverse") : t("decision.disagree")
          }
          danger={ask === "reverse"}
          onClose={() => setAsk(null)}
          submit={() => (ask === "disagree" ? act("quality", { agree: false, text }) : act(ask, { text }))}
        >
          {ask === "reverse" && <p>{t("decision.reverse-text")}</p>}
          <AreaField label={t("decision.why")} value={text} onValue={setText} required autofocus />
        </FormDialog>
      )}
    </li>
  );
}

/** Ten seconds to think again: nothing has left the desk yet. */
export function UndoBar({ d, onChange }: { d: Decision; onChange: (d: Decision) => void }) {
  useTick(250);
  const task = useTask();
  const left = Math.max(0, Math.ceil((d.undo_until_ms - now()) / 1000));
  const undo = () =>
    void task.run(async () => {
      const got = await post<Decision>(`/decisions/${d.id}/undo`);
      announce(t("undo.done"));
      onChange(got);
    });
  useKeys([{ key: "u", does: t("keys.undo"), run: undo }]);
  const asked = useRef(0);
  useEffect(() => {
    if (left > 0 || Date.now() - asked.current < 2000) return;
    asked.current = Date.now();
    get<Decision>(`/decisions/${d.id}`).then(onChange, () => {});
  });
  return (
    <div class="undo" role="region" aria-label={t("undo.title")}>
      <span>{t("undo.text", { action: word("action-kind", d.action) })}</span>
      <strong aria-hidden="true" class="left">
        {num(left)}
      </strong>
      <button type="button" class="primary" disabled={task.busy || left === 0} onClick={undo}>
        {t("undo.undo")} <kbd>u</kbd>
      </button>
      {task.error ? <FormError error={task.error} /> : null}
    </div>
  );
}

/** Keeps a list of decisions up to date as the desk delivers them. */
export function useDecisions(list: Decision[], set: (list: Decision[]) => void) {
  useLive((e) => {
    if (e.type !== "decision" || !list.some((d) => d.id === e.id)) return;
    get<Decision>(`/decisions/${e.id}`).then(
      (d) => set(list.map((x) => (x.id === d.id ? d : x))),
      () => {},
    );
  });
}
