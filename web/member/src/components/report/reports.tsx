// SPDX-License-Identifier: MIT
// What became of one's reports, and what the desk decided about oneself.
import { useEffect, useState } from "preact/hooks";
import type { Key } from "../../lang";
import { language, moment, t } from "../../lang";
import type { Notice, Report } from "../../runtime/methods";
import { ask } from "../../runtime/runtime";
import { href } from "../../router";
import { act, changes } from "../../stores/engine";
import { Line } from "../line";
import { Bar, Failed, Field, Foreign, Tell, useDoing } from "../parts/parts";

/** A text of one's own for the desk. */
export function Writing({
  label,
  send,
  optional,
}: {
  label: string;
  send: (text: string) => Promise<unknown>;
  optional?: boolean;
}) {
  const [text, set] = useState("");
  const [busy, error, run] = useDoing();
  return (
    <div class="stack">
      <Field label={label}>
        {(id) => (
          <textarea
            class="input"
            id={id}
            dir="auto"
            maxLength={8000}
            value={text}
            onInput={(e) => set(e.currentTarget.value)}
          />
        )}
      </Field>
      <Failed error={error} />
      <button
        type="button"
        class="btn second"
        disabled={busy || (!optional && !text.trim())}
        onClick={() => void run(() => act(send(text.trim()))).then((ok) => ok && set(""))}
      >
        {t("do.send")}
      </button>
    </div>
  );
}

function One({ r, again }: { r: Report; again: () => void }) {
  const lang = language.value;
  return (
    <article class="card stack-l">
      <div>
        <h2>{t(`reason.${r.reason}` as Key)}</h2>
        <p class="small quiet">
          {moment(r.created_ms)} · {t("reports.messages", { n: r.messages })}
        </p>
      </div>
      <p>
        <strong>{t(`report-state.${r.state}` as Key)}</strong>
      </p>
      {r.answer && <Foreign text={r.answer} />}
      {r.question && (
        <>
          <Tell tone="info" icon="info" title={t("reports.asks")}>
            <Foreign text={r.question} />
          </Tell>
          <Writing
            label={t("reports.answer")}
            send={async (text) => {
              await ask("report_reply", { id: r.id, text, language: lang });
              again();
            }}
          />
        </>
      )}
      {r.question === null && <p class="note quiet">{t("reports.elsewhere")}</p>}
      {r.second_look !== "none" && <p class="note">{t(`second-look.${r.second_look}` as Key)}</p>}
      {r.reply && <Foreign text={r.reply} />}
      {r.can_ask_again && (
        <details>
          <summary>{t("reports.second-look")}</summary>
          <Writing
            label={t("reports.second-look-why")}
            optional
            send={async (text) => {
              await ask("second_look", { id: r.id, language: lang, ...(text ? { text } : {}) });
              again();
            }}
          />
        </details>
      )}
    </article>
  );
}

export function Reports() {
  const [all, set] = useState<Report[] | null>(null);
  const [, error, run] = useDoing();
  const load = () => void run(async () => set((await ask("reports")).sort((a, b) => b.created_ms - a.created_ms)));
  useEffect(load, [changes.value]);
  return (
    <>
      <Bar title={t("reports.title")} back={href("you")} />
      <Line />
      <main class="page" id="main">
        <Failed error={error} />
        {all?.length === 0 && <p class="quiet">{t("reports.none")}</p>}
        {all?.map((r) => (
          <One key={r.id} r={r} again={load} />
        ))}
      </main>
    </>
  );
}

const KINDS: Record<number, Key> = {
  1: "notice.disabled",
  2: "notice.reversed",
  3: "notice.warning",
  4: "notice.file",
  5: "notice.conversation",
};

function Decision({ n, again }: { n: Notice; again: () => void }) {
  const rows: [Key, string][] = [
    ["notice.what", n.what],
    ["notice.facts", n.facts],
    ["notice.ground", n.ground],
    ["notice.why", n.explanation],
    ["notice.redress", n.redress],
    ["notice.case", n.case_number],
  ];
  return (
    <article class="card stack-l">
      <div>
        <h2>{t(KINDS[n.kind] ?? "notice.other")}</h2>
        <p class="small quiet">{moment(n.decided_ms)}</p>
      </div>
      <p>
        {n.in_force
          ? n.until_ms
            ? t("notice.until", { day: moment(n.until_ms) })
            : t("notice.in-force")
          : t("notice.over")}
      </p>
      <dl class="facts">
        {rows
          .filter(([, text]) => text)
          .map(([key, text]) => (
            <div key={key}>
              <dt>{t(key)}</dt>
              <dd dir="auto">{text}</dd>
            </div>
          ))}
      </dl>
      {n.appeal !== "none" && <p class="note">{t(`appeal.${n.appeal}` as Key)}</p>}
      {n.answer && <Foreign text={n.answer} />}
      {n.reply && <Foreign text={n.reply} />}
      {n.can_appeal && (
        <Writing
          label={t("notice.appeal")}
          send={async (text) => {
            await ask("appeal", { id: n.id, text, language: language.value });
            again();
          }}
        />
      )}
    </article>
  );
}

export function Notices() {
  const [all, set] = useState<Notice[] | null>(null);
  const [, error, run] = useDoing();
  const load = () => void run(async () => set(await ask("notices")));
  useEffect(load, [changes.value]);
  return (
    <>
      <Bar title={t("notice.title")} back={href("you")} />
      <Line />
      <main class="page" id="main">
        <Failed error={error} />
        {all?.length === 0 && <p class="quiet">{t("notice.none")}</p>}
        {all?.map((n) => (
          <Decision key={n.id} n={n} again={load} />
        ))}
      </main>
    </>
  );
}
