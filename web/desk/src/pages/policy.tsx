// SPDX-License-Identifier: MIT
// The policy, and its editor for an administrator.
import { useEffect } from "preact/hooks";
import { put } from "../api";
import { forget, useKept } from "../kept";
import { num, percent, list, t, word } from "../lang";
import { announce, may, policy as known, useLoad } from "../store";
import type { Policy } from "../types";
import { AreaField, FormError, Load, Section, Sign, Table, Title, useTask } from "../ui";
import { reasonTitle } from "../casewords";

export function PolicyPage() {
  const loaded = useLoad<Policy>("/policy");
  useEffect(() => {
    if (loaded.data) known.set(loaded.data);
  }, [loaded.data]);
  return (
    <>
      <Title text={t("nav.policy")} />
      <Load of={loaded}>{(p) => <Shown p={p} set={loaded.set} reload={loaded.reload} />}</Load>
    </>
  );
}

interface Props {
  p: Policy;
  set: (p: Policy) => void;
  reload: () => void;
}

function Shown(props: Props) {
  const { p } = props;
  return (
    <>
      <p>{t("policy.about", { version: p.version, share: percent(p.quality_share, 100), hours: p.window_h })}</p>
      {p.two_people_actions.length > 0 && (
        <p>
          {t("policy.two-people-actions")} {list(p.two_people_actions.map((a) => word("action-kind", a)))}
        </p>
      )}
      {p.token_actions.length > 0 && (
        <p>
          {t("policy.token-actions")} {list(p.token_actions.map((a) => word("action-kind", a)))}
        </p>
      )}
      <Reasons p={p} />
      {may.administer() ? (
        <Editor {...props} />
      ) : (
        <details class="panel">
          <summary>{t("policy.toml")}</summary>
          <pre dir="ltr" tabIndex={0}>
            {p.toml}
          </pre>
        </details>
      )}
    </>
  );
}

function Reasons({ p }: { p: Policy }) {
  return (
    <Table
      label={t("nav.policy")}
      head={[
        t("policy.number"),
        t("policy.reason"),
        t("policy.severity"),
        t("policy.action"),
        t("policy.two-people"),
        t("policy.hold"),
        t("policy.keep"),
        t("policy.first-look"),
        t("policy.decide"),
      ]}
    >
      {p.reasons.map((r) => (
        <tr key={r.code}>
          <td>{num(r.number)}</td>
          <th scope="row">
            {reasonTitle(r.code)}{" "}
            <code dir="ltr" class="quiet">
              {r.code}
            </code>
          </th>
          <td>{num(r.severity)}</td>
          <td>{word("action-kind", r.action)}</td>
          <td>
            {r.two_people ? (
              <Sign tone="warn" icon="lock">
                {t("policy.yes")}
              </Sign>
            ) : (
              t("policy.no")
            )}
          </td>
          <td>{r.hold_days ? t("time.days", { n: r.hold_days }) : "–"}</td>
          <td>{t("time.days", { n: r.keep_days })}</td>
          <td>{t("time.hours", { n: r.first_look_h })}</td>
          <td>{t("time.hours", { n: r.decide_h })}</td>
        </tr>
      ))}
    </Table>
  );
}

/** A text that is being edited, and the version that it was made from; null: the one that is shown. */
interface Edit {
  toml: string;
  from: number | null;
}

/** Edits the text of the policy. What was typed stays when the policy changes. */
function Editor({ p, set, reload }: Props) {
  const [edit, setEdit] = useKept<Edit>("policy", { toml: p.toml, from: null });
  const { toml } = edit;
  const task = useTask();
  /** Nothing is left to be kept. */
  const settle = (text: string) => {
    setEdit({ toml: text, from: null });
    forget("policy");
  };
  const save = (e: Event) => {
    e.preventDefault();
    void task.run(async () => {
      const got = await put<Policy>("/policy", { toml, version: edit.from ?? p.version });
      set(got);
      settle(got.proposal ? got.toml : toml);
      announce(got.proposal ? t("people.proposed-text") : t("case.saved"));
    });
  };
  const onConflict = () => {
    task.setError(null);
    setEdit({ toml, from: null });
    reload();
  };
  return (
    <Section title={t("policy.edit")}>
      <form onSubmit={save}>
        <AreaField
          label={t("policy.toml")}
          hint={t("policy.toml-hint")}
          value={toml}
          onValue={(v) => setEdit({ toml: v, from: edit.from ?? p.version })}
          rows={20}
          code
        />
        {task.error ? <FormError error={task.error} onConflict={onConflict} /> : null}
        <div class="buttons">
          <button type="submit" class="primary" disabled={task.busy || toml === p.toml}>
            {t("case.save")}
          </button>
          <button type="button" disabled={toml === p.toml} onClick={() => settle(p.toml)}>
            {t("policy.discard")}
          </button>
        </div>
      </form>
    </Section>
  );
}
