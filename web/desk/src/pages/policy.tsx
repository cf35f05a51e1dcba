// SPDX-License-Identifier: MIT
import { useEffect, useState } from "preact/hooks";
import { put } from "../api";
import { num, percent, list, t, word } from "../lang";
import { announce, may, policy as known, useLoad } from "../store";
import type { Policy } from "../types";
import { AreaField, FormError, Load, Section, Sign, Table, Title, useTask } from "../ui";
import { reasonTitle } from "./queue";

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

function Shown({ p, set, reload }: { p: Policy; set: (p: Policy) => void; reload: () => void }) {
  const [toml, setToml] = useState(p.toml);
  const task = useTask();
  const save = (e: Event) => {
    e.preventDefault();
    void task.run(async () => {
      set(await put<Policy>("/policy", { toml, version: p.version }));
      announce(t("case.saved"));
    });
  };
  return (
    <>
      <p>{t("policy.about", { version: p.version, share: percent(p.quality_share, 100), hours: p.window_h })}</p>
      {p.two_people_actions.length > 0 && (
        <p>
          {t("policy.two-people-actions")} {list(p.two_people_actions.map((a) => word("action-kind", a)))}
        </p>
      )}
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
      {may.administer() ? (
        <Section title={t("policy.edit")}>
          <form onSubmit={save}>
            <AreaField
              label={t("policy.toml")}
              hint={t("policy.toml-hint")}
              value={toml}
              onValue={setToml}
              rows={20}
              code
            />
            {task.error ? (
              <FormError
                error={task.error}
                onConflict={() => {
                  task.setError(null);
                  reload();
                }}
              />
            ) : null}
            <div class="buttons">
              <button type="submit" class="primary" disabled={task.busy || toml === p.toml}>
                {t("case.save")}
              </button>
              <button type="button" disabled={toml === p.toml} onClick={() => setToml(p.toml)}>
                {t("policy.discard")}
              </button>
            </div>
          </form>
        </Section>
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
