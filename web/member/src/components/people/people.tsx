// SPDX-License-Identifier: MIT
// The people whom one knows, one of them, and their safety number.
import { useEffect, useState } from "preact/hooks";
import { t } from "../../lang";
import type { Person } from "../../runtime/methods";
import { ask } from "../../runtime/runtime";
import { go, href } from "../../router";
import { all, people } from "../../stores/conversations";
import { act, changes, state } from "../../stores/engine";
import { Line } from "../line";
import { Icon } from "../parts/icon";
import { Qr } from "../parts/qr";
import { Scan } from "../parts/scan";
import { Bar, Failed, Input, Tell, useDoing, Who } from "../parts/parts";
import { Tabs } from "../tabs";

export const shown = (p: Person) => p.alias ?? p.name;
const collate = new Intl.Collator();
const byName = (a: Person, b: Person) => collate.compare(shown(a), shown(b));

function Row({ p }: { p: Person }) {
  return (
    <li>
      <a class="row" href={href("person", p.name)}>
        <Who name={p.name} shown={shown(p)} />
        <div class="row-text">
          <div class="row-top">
            <span class="row-name">
              <bdi>{shown(p)}</bdi>
            </span>
          </div>
          <div class="row-sub">
            <span class="row-last">
              {p.changed ? t("people.changed") : p.blocked ? t("people.blocked") : p.alias ? <bdi>{p.name}</bdi> : ""}
            </span>
            {p.changed && <Icon name="key" small />}
            {p.blocked && <Icon name="block" small />}
          </div>
        </div>
      </a>
    </li>
  );
}

export function People() {
  const known = people.value.filter((p) => p.accepted || p.blocked).sort(byName);
  return (
    <>
      <Bar title={t("tab.people")} big>
        <a class="tool" href={href("new")} aria-label={t("new.title")}>
          <Icon name="plus" />
        </a>
      </Bar>
      <Line />
      <main class="list-main" id="main">
        {known.length === 0 && (
          <div class="page">
            <p class="quiet">{t("people.none")}</p>
          </div>
        )}
        <ul aria-label={t("tab.people")}>
          {known.map((p) => (
            <Row key={p.name} p={p} />
          ))}
        </ul>
      </main>
      <Tabs at="people" />
    </>
  );
}

const groups = (digits: string) => digits.match(/.{5}/g) ?? [];

function Digits({ digits, id }: { digits: string; id: string }) {
  return (
    <div
      class="number"
      role="img"
      aria-label={t("safety.read", {
        digits: groups(digits)
          .map((g) => [...g].join(" "))
          .join(", "),
      })}
      id={id}
    >
      {groups(digits).map((g, i) => (
        <span key={i}>{g}</span>
      ))}
    </div>
  );
}

const MARK = "countersign:safety:";

/** By camera: one shows the code, the other looks at it. */
function Compare({ digits }: { digits: string }) {
  const [show, setShow] = useState(false);
  const [same, setSame] = useState<boolean | null>(null);
  return (
    <div class="stack">
      {same !== null && (
        <Tell
          tone={same ? "good" : "bad"}
          icon={same ? "check" : "warn"}
          title={t(same ? "safety.same" : "safety.differ")}
        >
          <p>{t(same ? "safety.same-hint" : "safety.differ-hint")}</p>
        </Tell>
      )}
      {show && <Qr text={MARK + digits} label={t("safety.code")} />}
      <div class="pair">
        <button type="button" class="btn second" aria-expanded={show} onClick={() => setShow(!show)}>
          <Icon name="qr" />
          {t("safety.show")}
        </button>
        <Scan
          label={t("safety.scan")}
          found={(text) => {
            // Any other code is not about this.
            setSame(text.startsWith(MARK) ? text.slice(MARK.length) === digits : false);
          }}
        />
      </div>
    </div>
  );
}

function Safety({ p }: { p: Person }) {
  const [n, set] = useState<{ digits: string; changed?: string } | null>(null);
  const [busy, error, run] = useDoing();
  const [differ, setDiffer] = useState(false);
  useEffect(() => void run(async () => set(await ask("safety_number", { name: p.name }))), [p.name, changes.value]);
  return (
    <>
      {p.changed && (
        <Tell tone="warn" icon="key" title={t("safety.changed")}>
          <p>{t("safety.changed-hint", { name: shown(p) })}</p>
        </Tell>
      )}
      <section class="card stack-l" aria-labelledby="sn">
        <div class="centre">
          <h2 id="sn">{t("safety.title")}</h2>
          <p class="note quiet">{t("safety.hint")}</p>
        </div>
        {n && <Digits digits={n.changed ?? n.digits} id="digits" />}
        {n && <Compare digits={n.changed ?? n.digits} />}
        {differ && (
          <Tell tone="warn" icon="warn" title={t("safety.differ")}>
            <p>{t("safety.differ-hint")}</p>
          </Tell>
        )}
        <Failed error={error} />
        {n?.changed && (
          <div class="pair">
            <button type="button" class="btn second" disabled={busy} onClick={() => setDiffer(true)}>
              {t("safety.they-differ")}
            </button>
            <button
              type="button"
              class="btn second"
              disabled={busy}
              onClick={() => void run(() => act(ask("accept_new_key", { name: p.name })))}
            >
              {t("safety.they-match")}
            </button>
          </div>
        )}
      </section>
    </>
  );
}

function Alias({ p }: { p: Person }) {
  const [alias, set] = useState(p.alias ?? "");
  const [busy, error, run] = useDoing();
  return (
    <section class="stack">
      <Input label={t("people.alias")} hint={t("people.alias-hint")} value={alias} set={set} />
      <Failed error={error} />
      <button
        type="button"
        class="btn second"
        disabled={busy || alias === (p.alias ?? "")}
        onClick={() => void run(() => act(ask("alias", { id: p.name, alias: alias.trim() })))}
      >
        {t("do.keep")}
      </button>
    </section>
  );
}

export function PersonPage({ name }: { name: string }) {
  const p = people.value.find((x) => x.name === name);
  const [busy, error, run] = useDoing();
  if (!p)
    return (
      <>
        <Bar title={name} back={href("people")} />
        <main class="page" id="main">
          <p class="quiet">{t("people.unknown")}</p>
        </main>
      </>
    );
  const chat = all.value?.find((l) => l.direct && l.name === p.name && l.state === "active");
  return (
    <>
      <Bar title={shown(p)} sub={<bdi>{`${p.name}@${state.value.hub ?? ""}`}</bdi>} back={href("people")} />
      <Line />
      <main class="page" id="main">
        {p.met && <Safety p={p} />}
        <Alias key={p.name} p={p} />
        <Failed error={error} />
        <section class="stack" aria-label={t("people.distance")}>
          {p.blocked ? (
            <button
              type="button"
              class="btn second wide"
              disabled={busy}
              onClick={() => void run(() => act(ask("accept", { name: p.name })))}
            >
              {t("people.let-in", { name: shown(p) })}
            </button>
          ) : (
            <button
              type="button"
              class="btn second wide"
              disabled={busy}
              onClick={() => void run(() => act(ask("block", { name: p.name })))}
            >
              <Icon name="block" />
              {t("people.block", { name: shown(p) })}
            </button>
          )}
          {chat && (
            <a class="btn plain" href={href("report", chat.id)}>
              <Icon name="flag" />
              {t("report.do")}
            </a>
          )}
        </section>
      </main>
      {chat && (
        <footer class="foot">
          <button type="button" class="btn wide" onClick={() => go("chat", chat.id)}>
            {t("people.write", { name: shown(p) })}
          </button>
        </footer>
      )}
    </>
  );
}
