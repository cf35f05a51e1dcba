// SPDX-License-Identifier: MIT
// Reporting, in three steps: which messages, why, and exactly what leaves.
import { useEffect, useState } from "preact/hooks";
import type { Key } from "../../lang";
import { t } from "../../lang";
import type { Listed } from "../../runtime/methods";
import { ask } from "../../runtime/runtime";
import { go, href } from "../../router";
import { called, find } from "../../stores/conversations";
import { act } from "../../stores/engine";
import { Icon } from "../parts/icon";
import { Bar, Choice, Failed, Field, Steps, Tell, useDoing } from "../parts/parts";
import { Which } from "./which";

/** The gravest first. */
const REASONS = [
  "threat-to-life",
  "trafficking",
  "child-abuse",
  "recruitment-of-children",
  "exposure",
  "intimate-images",
  "terrorism",
  "harassment",
  "fraud",
  "spam",
  "other",
] as const;
type Reason = (typeof REASONS)[number];

interface Draft {
  ids: Set<string>;
  reason: Reason | "";
  note: string;
  named: boolean | null;
}

function Why({ d, set, next }: { d: Draft; set: (d: Draft) => void; next: () => void }) {
  return (
    <>
      <main class="page" id="main">
        <Steps n={2} of={3} />
        <fieldset class="stack">
          <legend>
            <h2 class="ask">{t("report.why")}</h2>
          </legend>
          <p class="hint">{t("report.why-hint")}</p>
          {REASONS.map((r) => (
            <Choice
              key={r}
              kind="radio"
              name="r"
              label={t(`reason.${r}` as Key)}
              checked={d.reason === r}
              set={() => set({ ...d, reason: r })}
            />
          ))}
        </fieldset>
        <Field label={t("report.note")} hint={t("report.note-hint")}>
          {(id, hint) => (
            <textarea
              class="input"
              id={id}
              dir="auto"
              maxLength={4000}
              aria-describedby={hint}
              value={d.note}
              onInput={(e) => set({ ...d, note: e.currentTarget.value })}
            />
          )}
        </Field>
        <Tell tone="warn" icon="warn" title={t("report.danger")}>
          <p>{t("report.danger-hint")}</p>
        </Tell>
      </main>
      <footer class="foot">
        <button type="button" class="btn wide" disabled={!d.reason} onClick={next}>
          {t("do.go-on")}
        </button>
      </footer>
    </>
  );
}

/** What leaves is what the engine has sealed: its own list, line by line. */
function Leaves({ l, d, set, done }: { l: Listed; d: Draft; set: (d: Draft) => void; done: (id: string) => void }) {
  const [made, setMade] = useState<{ named: Draft["named"]; lines: string[] } | null>(null);
  // Of a choice that was changed since, nothing is shown or sent.
  const lines = made?.named === d.named ? made.lines : null;
  const [busy, error, run] = useDoing();
  useEffect(() => {
    void run(async () => {
      const take = { ids: [...d.ids], reason: d.reason, named: d.named ?? false, ...(d.note ? { note: d.note } : {}) };
      setMade({ named: d.named, lines: (await ask("report_prepare", take)).lines });
    });
  }, [d.named]);
  const send = async () => done((await act(ask("report_send"))).id);
  return (
    <>
      <main class="page" id="main">
        <Steps n={3} of={3} />
        <h2 class="ask">{t("report.leaves")}</h2>
        <section class="card stack-l" aria-labelledby="goes">
          <h3 id="goes">{t("report.goes")}</h3>
          {lines ? (
            <ul class="goes">
              {lines.map((line, i) => (
                <li key={i}>
                  <Icon name="paper" />
                  <div>
                    <p class="foreign" dir="auto">
                      {line}
                    </p>
                  </div>
                </li>
              ))}
              <li>
                <Icon name="flag" />
                <div>
                  <b>{t("report.reason-is")}</b>
                  <p class="quiet">{t(`reason.${d.reason}` as Key)}</p>
                </div>
              </li>
            </ul>
          ) : (
            <p class="quiet" role="status">
              {t("report.preparing")}
            </p>
          )}
        </section>
        <section class="card stack-l" aria-labelledby="stays">
          <h3 id="stays">{t("report.stays")}</h3>
          <ul class="goes stays">
            <li>
              <Icon name="lock" />
              <div>{t("report.stays-messages")}</div>
            </li>
            <li>
              <Icon name="people" />
              <div>{t("report.stays-contacts")}</div>
            </li>
            <li>
              <Icon name="place" />
              <div>{t("report.stays-place")}</div>
            </li>
          </ul>
        </section>
        <fieldset class="stack">
          <legend>
            <h3>{t("report.name")}</h3>
          </legend>
          <Choice
            kind="radio"
            name="n"
            label={t("report.unnamed")}
            hint={t("report.unnamed-hint")}
            checked={d.named === false}
            set={() => set({ ...d, named: false })}
          />
          <Choice
            kind="radio"
            name="n"
            label={t("report.named")}
            hint={t("report.named-hint")}
            checked={d.named === true}
            set={() => set({ ...d, named: true })}
          />
        </fieldset>
        {l.direct && (
          <Tell tone="info" icon="info">
            <p>{t("report.may-guess")}</p>
          </Tell>
        )}
        <Failed error={error} />
      </main>
      <footer class="foot">
        <button
          type="button"
          class="btn wide"
          disabled={busy || !lines || d.named === null}
          onClick={() => void run(send)}
        >
          <Icon name="lock" />
          {t("report.send")}
        </button>
        <a class="btn plain wide" href={href("chats")}>
          {t("report.not-now")}
        </a>
      </footer>
    </>
  );
}

function Sent({ l }: { l: Listed }) {
  const [busy, error, run] = useDoing();
  const who = l.direct ? l.name : "";
  const block = async () => {
    await act(ask("block", { name: who }));
    go("chats");
  };
  return (
    <>
      <main class="page" id="main">
        <Tell tone="good" icon="shield-check" title={t("report.sent")}>
          <p>{t("report.sent-hint")}</p>
        </Tell>
        <Failed error={error} />
      </main>
      <footer class="foot">
        {who && (
          <button type="button" class="btn second wide" disabled={busy} onClick={() => void run(block)}>
            <Icon name="block" />
            {t("people.block", { name: called(who) })}
          </button>
        )}
        <a class="btn wide" href={href("reports")}>
          {t("report.see")}
        </a>
      </footer>
    </>
  );
}

export function Report({ id, message }: { id: string; message?: string }) {
  const l = find(id);
  const [step, setStep] = useState(1);
  const [d, set] = useState<Draft>({ ids: new Set(message ? [message] : []), reason: "", note: "", named: null });
  if (!l) return null;
  const back = step === 1 || step === 4 ? href(l.state === "request" ? "requests" : "chat", l.id) : undefined;
  return (
    <>
      <Bar title={t("report.title")} sub={step < 4 ? t("do.step", { n: step, of: 3 }) : undefined} back={back}>
        {back === undefined && (
          <button type="button" class="tool first" aria-label={t("do.back")} onClick={() => setStep(step - 1)}>
            <Icon name="back" />
          </button>
        )}
      </Bar>
      {step === 1 && (
        <Which
          l={l}
          ids={d.ids}
          set={(ids) => set({ ...d, ids })}
          of={3}
          ask={t("report.which")}
          hint={t("report.which-hint")}
          next={() => setStep(2)}
        />
      )}
      {step === 2 && <Why d={d} set={set} next={() => setStep(3)} />}
      {step === 3 && <Leaves l={l} d={d} set={set} done={() => setStep(4)} />}
      {step === 4 && <Sent l={l} />}
    </>
  );
}
