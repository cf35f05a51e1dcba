// SPDX-License-Identifier: MIT
// The dialogs of a case's page.  After a conflict each stays open, with what was
// typed, and shows what changed.  What was typed is kept until it is closed.
import { ApiError, download } from "../../api";
import { reasonTitle } from "../../casewords";
import { useKept } from "../../kept";
import { t, word } from "../../lang";
import { go, href } from "../../router";
import { session, useLoad, usePolicy } from "../../store";
import type { Age, Case, CaseEvent, Item, Page, PersonRow } from "../../types";
import { AreaField, Check, Fail, Field, FormDialog, SelectField, short, TextField } from "../../ui";
import type { Option } from "../../ui";
import { reporterOf } from "../item";
import { Changes } from "./events";

export type AskKind =
  | "note"
  | "escalate"
  | "opinion"
  | "handover"
  | "merge"
  | "split"
  | "triage"
  | "attach"
  | "hold"
  | "question"
  | "export";

export type Ask = { kind: AskKind } | { kind: "redact"; item: Item };

interface Props {
  ask: Ask;
  c: Case;
  changes: CaseEvent[];
  /** Posts a change of the version that is shown, and shows the new one. */
  change: (what: string, body: Record<string, unknown>) => Promise<Case>;
  onClose: () => void;
  onConflict: (e: ApiError) => void;
}

const two = (n: number) => String(n).padStart(2, "0");
/** The value of <input type="datetime-local"> for a time, in this machine's zone. */
function localInput(ms: number): string {
  if (!ms) return "";
  const d = new Date(ms);
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}T${two(d.getHours())}:${two(d.getMinutes())}`;
}

function reports(c: Case): Option[] {
  const seen = new Map(c.items.map((i) => [i.report, i]));
  return [...seen].map(([id, i]) => [id, `${short(id)} – ${reporterOf(i)}`]);
}

export function CaseDialog(props: Props) {
  const { ask, c, change } = props;
  const common = { onClose: props.onClose, onConflict: props.onConflict };
  const changes = <Changes events={props.changes} />;
  const [text, setText] = useKept(`case ${c.id} dialog text`, ask.kind === "redact" ? ask.item.text : "");
  switch (ask.kind) {
    case "note":
    case "escalate":
    case "opinion":
      return (
        <FormDialog
          {...common}
          title={word("case", ask.kind)}
          action={word("case", ask.kind)}
          submit={() => change(ask.kind, { text })}
          done={t("case.saved")}
        >
          {changes}
          <p>{word("case-about", ask.kind)}</p>
          <AreaField label={t("case.text")} value={text} onValue={setText} required autofocus />
        </FormDialog>
      );
    case "redact":
      return (
        <FormDialog
          {...common}
          title={t("case.redact")}
          action={t("case.redact")}
          submit={() => change("redact", { item: ask.item.id, text })}
          done={t("case.saved")}
        >
          {changes}
          <p>{t("case-about.redact")}</p>
          <AreaField label={t("case.working-copy")} value={text} onValue={setText} rows={8} autofocus />
        </FormDialog>
      );
    case "handover":
      return <Handover {...props} />;
    case "merge":
      return <Merge {...props} />;
    case "split":
      return <Split {...props} />;
    case "triage":
      return <Triage {...props} />;
    case "attach":
      return <Attach {...props} />;
    case "hold":
      return (
        <FormDialog
          {...common}
          title={c.held ? t("case.hold-off") : t("case.hold")}
          action={c.held ? t("case.hold-off") : t("case.hold")}
          submit={() => change("hold", { on: !c.held, text })}
          done={t("case.saved")}
        >
          {changes}
          <p>{t("case-about.hold")}</p>
          <AreaField label={t("decision.why")} value={text} onValue={setText} required autofocus />
        </FormDialog>
      );
    case "question":
      return <AskQuestion {...props} />;
    case "export":
      return <Export {...props} />;
  }
}

function Handover({ c, changes, change, onClose, onConflict }: Props) {
  const people = useLoad<Page<PersonRow>>("/people");
  const me = session.get()?.person.id;
  const [person, setPerson] = useKept(`case ${c.id} dialog person`, "");
  const options = (people.data?.items ?? []).filter(
    (p) =>
      p.id !== me && p.id !== c.assignee?.id && p.state === "active" && (p.role === "reviewer" || p.role === "senior"),
  );
  return (
    <FormDialog
      title={t("case.handover")}
      action={t("case.handover")}
      onClose={onClose}
      onConflict={onConflict}
      submit={() => change("handover", { person })}
      done={t("case.saved")}
    >
      <Changes events={changes} />
      {people.error ? <Fail error={people.error} retry={people.reload} /> : null}
      <SelectField
        label={t("case.to-person")}
        value={person}
        onValue={setPerson}
        required
        autofocus
        options={[
          ["", people.data || !people.loading ? t("decide.choose") : t("state.loading")],
          ...options.map((p): Option => [p.id, `${p.name} (${word("role", p.role)})`]),
        ]}
      />
    </FormDialog>
  );
}

function Merge({ c, changes, change, onClose, onConflict }: Props) {
  const [into, setInto] = useKept(`case ${c.id} dialog into`, "");
  const near = new Set([
    ...c.earlier.map((e) => e.case),
    ...c.items
      .flatMap((i) => i.media)
      .flatMap((m) => m.matches)
      .flatMap((m) => (m.case ? [m.case] : [])),
  ]);
  near.delete(c.id);
  return (
    <FormDialog
      title={t("case.merge")}
      action={t("case.merge")}
      danger
      onClose={onClose}
      onConflict={onConflict}
      submit={async () => {
        const got = await change("merge", { into: into.trim() });
        go(href("case", got.merged_into ?? (into.trim() || got.id)));
      }}
    >
      <Changes events={changes} />
      <p>{t("case-about.merge")}</p>
      <Field label={t("case.into")} hint={near.size ? t("case.into-hint") : undefined}>
        {(id, h) => (
          <>
            <input
              id={id}
              aria-describedby={h}
              list={`${id}-near`}
              dir="ltr"
              value={into}
              required
              autofocus
              onInput={(e) => setInto(e.currentTarget.value)}
            />
            <datalist id={`${id}-near`}>
              {[...near].map((n) => (
                <option key={n} value={n} />
              ))}
            </datalist>
          </>
        )}
      </Field>
    </FormDialog>
  );
}

function Split({ c, changes, change, onClose, onConflict }: Props) {
  const [items, setItems] = useKept<string[]>(`case ${c.id} dialog items`, []);
  return (
    <FormDialog
      title={t("case.split")}
      action={t("case.split")}
      onClose={onClose}
      onConflict={onConflict}
      submit={async () => {
        if (items.length === 0 || items.length === c.items.length)
          throw new ApiError(0, "misuse", t("case.split-some"));
        const got = await change("split", { items });
        if (got.id !== c.id) go(href("case", got.id));
      }}
    >
      <Changes events={changes} />
      <p>{t("case-about.split")}</p>
      <fieldset>
        <legend>{t("case.items")}</legend>
        {c.items.map((i) => (
          <Check
            key={i.id}
            label={
              <>
                <bdi>{i.account.handle}</bdi> {t("item.entry", { n: i.seq })}
              </>
            }
            checked={items.includes(i.id)}
            onChecked={(on) => setItems(on ? [...items, i.id] : items.filter((x) => x !== i.id))}
          />
        ))}
      </fieldset>
    </FormDialog>
  );
}

function Triage({ c, changes, change, onClose, onConflict }: Props) {
  const [age, setAge] = useKept<Age>(`case ${c.id} dialog age`, c.age);
  const [threat, setThreat] = useKept(`case ${c.id} dialog threat`, localInput(c.threat_ms));
  const [reason, setReason] = useKept(`case ${c.id} dialog reason`, c.reason);
  const reasons = usePolicy()?.reasons ?? [];
  return (
    <FormDialog
      title={t("case.triage")}
      action={t("case.save")}
      onClose={onClose}
      onConflict={onConflict}
      done={t("case.saved")}
      submit={() => change("triage", { age, threat_ms: threat ? new Date(threat).getTime() : 0, reason })}
    >
      <Changes events={changes} />
      <p>{t("case-about.triage")}</p>
      <SelectField
        label={t("case.age")}
        value={age}
        onValue={(v) => setAge(v as Age)}
        autofocus
        options={(["unknown", "child", "adult"] as const).map((a): Option => [a, word("age", a)])}
      />
      <TextField
        label={t("case.threat")}
        hint={t("case.threat-hint")}
        type="datetime-local"
        dir="ltr"
        value={threat}
        onValue={setThreat}
      />
      <SelectField
        label={t("decide.reason")}
        value={reason}
        onValue={setReason}
        options={
          reasons.length ? reasons.map((r): Option => [r.code, reasonTitle(r.code)]) : [[reason, reasonTitle(reason)]]
        }
      />
    </FormDialog>
  );
}

function Attach({ c, changes, change, onClose, onConflict }: Props) {
  const [source, setSource] = useKept(`case ${c.id} dialog source`, "");
  const [text, setText] = useKept(`case ${c.id} dialog text`, "");
  return (
    <FormDialog
      title={t("case.attach")}
      action={t("case.attach")}
      onClose={onClose}
      onConflict={onConflict}
      submit={() => change("attach", { source, text })}
      done={t("case.saved")}
    >
      <Changes events={changes} />
      <p>{t("case-about.attach")}</p>
      <TextField label={t("attachment.source")} value={source} onValue={setSource} required autofocus />
      <AreaField label={t("case.text")} value={text} onValue={setText} required />
    </FormDialog>
  );
}

function AskQuestion({ c, changes, change, onClose, onConflict }: Props) {
  // Of a notice, whoever filed it is asked by the answer.
  const options = reports({ ...c, items: c.items.filter((i) => !i.notice) });
  const [report, setReport] = useKept(`case ${c.id} dialog report`, options[0]?.[0] ?? "");
  const [text, setText] = useKept(`case ${c.id} dialog text`, "");
  return (
    <FormDialog
      title={t("case.question")}
      action={t("case.question")}
      onClose={onClose}
      onConflict={onConflict}
      submit={() => change("question", { report, text })}
      done={t("case.saved")}
    >
      <Changes events={changes} />
      <p>{t("case-about.question")}</p>
      <SelectField label={t("case.report")} value={report} onValue={setReport} options={options} />
      <AreaField label={t("case.text")} value={text} onValue={setText} required autofocus />
    </FormDialog>
  );
}

function Export({ c, onClose }: Props) {
  const options = reports(c);
  const [kind, setKind] = useKept(`case ${c.id} dialog kind`, "csev");
  const [report, setReport] = useKept(`case ${c.id} dialog report`, options[0]?.[0] ?? "");
  const [key, setKey] = useKept(`case ${c.id} dialog key`, "");
  return (
    <FormDialog
      title={t("case.export")}
      action={t("case.export")}
      onClose={onClose}
      done={t("case.exported")}
      submit={() =>
        download(
          "POST",
          `/cases/${c.id}/export`,
          { kind, report, ...(key.trim() ? { to_key: key.trim() } : {}) },
          `case-${short(c.id)}.${kind}`,
        )
      }
    >
      <p>{t("case-about.export")}</p>
      <SelectField
        label={t("export.kind")}
        value={kind}
        onValue={setKind}
        autofocus
        options={(["csev", "html", "custody"] as const).map((k): Option => [k, word("export", k)])}
      />
      {kind !== "html" && <SelectField label={t("case.report")} value={report} onValue={setReport} options={options} />}
      {kind === "csev" && (
        <TextField label={t("export.to-key")} hint={t("export.to-key-hint")} dir="ltr" value={key} onValue={setKey} />
      )}
    </FormDialog>
  );
}
