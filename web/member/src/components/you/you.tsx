// SPDX-License-Identifier: MIT
// Oneself: name, devices, words, how it looks, and the way out.
import { useEffect, useState } from "preact/hooks";
import type { Key } from "../../lang";
import { moment, t } from "../../lang";
import type { Device } from "../../runtime/methods";
import { ask, runtime } from "../../runtime/runtime";
import { href } from "../../router";
import { choice, keepChoice } from "../../stores/choices";
import { act, carryHistory, refreshState, state } from "../../stores/engine";
import { Tongues } from "../joining/joining";
import { Line } from "../line";
import { Qr } from "../parts/qr";
import type { Sign } from "../parts/icon";
import { Icon } from "../parts/icon";
import { Bar, Choice, CopyButton, Failed, Input, Tell, useDoing, Who } from "../parts/parts";
import { Tabs } from "../tabs";
import { COVERS, cover, setCover } from "../../stores/cover";
import { forCamera } from "../../links";
import { letSleep } from "../../stores/device";
import { Install, Kept, Wake } from "./device";
import { Lock } from "./lock";

const PLACES: { to: string; icon: Sign; word: Key }[] = [
  { to: "reports", icon: "flag", word: "reports.title" },
  { to: "notices", icon: "shield", word: "notice.title" },
  { to: "devices", icon: "device", word: "devices.title" },
  { to: "keeping", icon: "lock", word: "keeping.title" },
  { to: "looks", icon: "hide", word: "looks.title" },
  { to: "program", icon: "info", word: "program.title" },
];

export function You() {
  const s = state.value;
  const address = `${s.name ?? ""}@${s.hub ?? ""}`;
  return (
    <>
      <Bar title={t("tab.you")} big />
      <Line />
      <main class="list-main" id="main">
        <div class="page">
          <div class="pair-who">
            <Who name={s.name ?? ""} />
            <div>
              <h2>
                <bdi>{s.name}</bdi>
              </h2>
              <p class="small quiet">
                <bdi>{address}</bdi>
              </p>
            </div>
          </div>
          <CopyButton text={address} label={t("you.copy")} />
          <Install />
        </div>
        <ul class="places" aria-label={t("tab.you")}>
          {PLACES.map((p) => (
            <li key={p.to}>
              <a class="row short" href={href(p.to)}>
                <Icon name={p.icon} />
                <div class="row-text">{t(p.word)}</div>
                <Icon name="go" />
              </a>
            </li>
          ))}
        </ul>
      </main>
      <Tabs at="you" />
    </>
  );
}

// ---- devices ------------------------------------------------------------------

function OneDevice({ d, again }: { d: Device; again: () => void }) {
  const [sure, setSure] = useState(false);
  const [busy, error, run] = useDoing();
  return (
    <article class="card stack">
      <h2>
        <bdi>{d.name || t("devices.first")}</bdi>
      </h2>
      <p class="small quiet">
        {t("devices.since", { when: moment(d.created_ms) })}
        {d.this ? ` · ${t("devices.this")}` : ""}
      </p>
      <Failed error={error} />
      {!d.this && (
        <button
          type="button"
          class="btn stop"
          disabled={busy}
          onClick={() =>
            sure ? void run(() => act(ask("device_remove", { id: d.id }))).then((ok) => ok && again()) : setSure(true)
          }
        >
          {sure ? t("devices.remove-sure") : t("devices.remove")}
        </button>
      )}
    </article>
  );
}

function Linking({ done }: { done: () => void }) {
  const [code, setCode] = useState("");
  const [asks, setAsks] = useState<{ name: string; number: string; history: boolean } | null>(null);
  const [give, setGive] = useState(false);
  const [busy, error, run] = useDoing();
  useEffect(() => {
    let over = false;
    void run(async () => {
      setCode((await ask("link_begin")).code);
      while (!over) {
        const got = await ask("link_wait");
        if (got.number !== undefined) {
          if (!over) setAsks({ name: got.name ?? "", number: got.number, history: got.wants_history ?? false });
          return;
        }
      }
    });
    return () => {
      over = true;
      void ask("link_end").catch(() => undefined);
    };
  }, []);
  return (
    <section class="card stack-l">
      <h2>{t("link.title")}</h2>
      {!asks && code && (
        <>
          <p>{t("link.hint")}</p>
          <Qr text={forCamera(code)} label={t("scan.code")} />
          <p class="digits note">{code}</p>
          <CopyButton text={code} />
        </>
      )}
      {asks && (
        <div class="centre">
          <p>{t("link.asks", { name: asks.name })}</p>
          <p class="great digits">
            {asks.number.slice(0, 3)} {asks.number.slice(3)}
          </p>
          <p class="note quiet">{t("link.same")}</p>
        </div>
      )}
      {asks?.history && (
        <Choice
          kind="checkbox"
          name="h"
          label={t("link.history")}
          hint={t("link.history-hint")}
          checked={give}
          set={setGive}
        />
      )}
      <Failed error={error} />
      <div class="pair">
        <button type="button" class="btn second" onClick={done}>
          {asks ? t("link.no") : t("do.cancel")}
        </button>
        {asks && (
          <button
            type="button"
            class="btn second"
            disabled={busy}
            onClick={() =>
              void run(() => act(ask("link_agree", { history: give }))).then((ok) => {
                if (!ok) return;
                void carryHistory();
                done();
              })
            }
          >
            {t("link.yes")}
          </button>
        )}
      </div>
    </section>
  );
}

export function Devices() {
  const [all, set] = useState<Device[] | null>(null);
  const [linking, setLinking] = useState(false);
  const [, error, run] = useDoing();
  const load = () => void run(async () => set(await ask("devices")));
  useEffect(load, []);
  return (
    <>
      <Bar title={t("devices.title")} back={href("you")} />
      <Line />
      <main class="page" id="main">
        <Failed error={error} />
        {linking ? (
          <Linking
            done={() => {
              setLinking(false);
              load();
            }}
          />
        ) : (
          <button type="button" class="btn wide" onClick={() => setLinking(true)}>
            <Icon name="plus" />
            {t("devices.add")}
          </button>
        )}
        {all?.map((d) => (
          <OneDevice key={d.id} d={d} again={load} />
        ))}
      </main>
    </>
  );
}

// ---- what is kept -------------------------------------------------------------

function CheckWords() {
  const [words, set] = useState("");
  const [right, setRight] = useState<boolean | null>(null);
  const [busy, error, run] = useDoing();
  return (
    <section class="card stack-l">
      <h2>{t("keeping.words")}</h2>
      <p class="note quiet">{t("keeping.words-hint")}</p>
      <Input
        label={t("recover.words")}
        value={words}
        set={(v) => {
          set(v);
          setRight(null);
        }}
      />
      {right !== null && (
        <Tell tone={right ? "good" : "warn"} icon={right ? "check" : "info"}>
          <p>{t(right ? "keeping.words-right" : "keeping.words-wrong")}</p>
        </Tell>
      )}
      <Failed error={error} />
      <button
        type="button"
        class="btn second"
        disabled={busy || !words.trim()}
        onClick={() =>
          void run(async () => {
            setRight((await ask("words_check", { words: words.trim() })).right);
            set("");
          })
        }
      >
        {t("keeping.check")}
      </button>
    </section>
  );
}

/** New words, when the old ones may have been seen. */
function RenewWords() {
  const [words, set] = useState("");
  const [busy, error, run] = useDoing();
  return (
    <section class="card stack-l">
      <h2>{t("keeping.renew")}</h2>
      <p class="note quiet">{t("keeping.renew-hint")}</p>
      <Input label={t("keeping.old-words")} value={words} set={set} />
      <Failed error={error} />
      <button
        type="button"
        class="btn second"
        disabled={busy || !words.trim()}
        onClick={() => void run(() => ask("words_renew", { words: words.trim() }).then(refreshState))}
      >
        {t("keeping.renew-do")}
      </button>
    </section>
  );
}

function Backup() {
  const [passphrase, set] = useState("");
  const [taken, setTaken] = useState<number | null>(null);
  const [busy, error, run] = useDoing();
  const save = async () => {
    const { file } = await act(ask("backup", { passphrase }));
    const a = document.createElement("a");
    a.href = URL.createObjectURL(await runtime().get(file));
    a.download = "countersign.backup";
    a.click();
    set("");
  };
  const restore = async (chosen: File) => {
    const file = await runtime().put(chosen);
    setTaken((await act(ask("restore", { file, passphrase }))).messages);
    set("");
  };
  return (
    <section class="card stack-l">
      <h2>{t("backup.title")}</h2>
      <p class="note quiet">{t("backup.hint")}</p>
      <Input label={t("backup.passphrase")} hint={t("join.passphrase-least")} value={passphrase} set={set} secret />
      {taken !== null && (
        <Tell tone="good" icon="check">
          <p>{t("backup.restored", { n: taken })}</p>
        </Tell>
      )}
      <Failed error={error} />
      <div class="pair">
        <button type="button" class="btn second" disabled={busy || !passphrase} onClick={() => void run(save)}>
          <Icon name="save" />
          {t("backup.make")}
        </button>
        <label class={`btn second${busy || !passphrase ? " off" : ""}`}>
          {t("backup.restore")}
          <input
            class="unseen"
            type="file"
            disabled={busy || !passphrase}
            onChange={(e) => {
              const f = e.currentTarget.files?.[0];
              e.currentTarget.value = "";
              if (f) void run(() => restore(f));
            }}
          />
        </label>
      </div>
    </section>
  );
}

function Privacy() {
  const [, error, run] = useDoing();
  const [receipts, setReceipts] = useState<boolean | null>(null);
  const [refuse, setRefuse] = useState<boolean | null>(null);
  useEffect(
    () =>
      void run(async () => {
        const now = await ask("settings_now");
        setReceipts(now.receipts);
        setRefuse(now.unknown_senders === "refuse");
      }),
    [],
  );
  return (
    <section class="card stack-l">
      <h2>{t("privacy.title")}</h2>
      <div class="stack">
        <h3>{t("privacy.receipts")}</h3>
        <p class="hint">{t("privacy.receipts-hint")}</p>
        {[true, false].map((on) => (
          <Choice
            key={String(on)}
            kind="radio"
            name="receipts"
            label={t(on ? "privacy.on" : "privacy.off")}
            checked={receipts === on}
            set={() => {
              setReceipts(on);
              void run(() => ask("settings", { receipts: on }));
            }}
          />
        ))}
      </div>
      <div class="stack">
        <h3>{t("privacy.strangers")}</h3>
        {[false, true].map((no) => (
          <Choice
            key={String(no)}
            kind="radio"
            name="strangers"
            label={t(no ? "privacy.refuse" : "privacy.request")}
            checked={refuse === no}
            set={() => {
              setRefuse(no);
              void run(() => ask("settings", { unknown_senders: no ? "refuse" : "request" }));
            }}
          />
        ))}
      </div>
      <Failed error={error} />
    </section>
  );
}

async function wipe() {
  // The browser is told first: without the engine nobody can.
  await letSleep().catch(() => undefined);
  await ask("wipe");
  keepChoice("passkey", "");
  await refreshState();
}

function Wipe() {
  const [sure, setSure] = useState(false);
  const [busy, error, run] = useDoing();
  return (
    <section class="card stack-l">
      <h2>{t("wipe.title")}</h2>
      <p class="note quiet">{t("wipe.hint")}</p>
      <Failed error={error} />
      <button type="button" class="btn stop" disabled={busy} onClick={() => (sure ? void run(wipe) : setSure(true))}>
        {sure ? t("wipe.sure") : t("wipe.do")}
      </button>
    </section>
  );
}

/** The account itself ends. */
function LeaveHub() {
  const [sure, setSure] = useState(false);
  const [busy, error, run] = useDoing();
  return (
    <section class="card stack-l">
      <h2>{t("leave.title")}</h2>
      <p class="note quiet">{t("leave.hint", { name: state.value.name ?? "", hub: state.value.hub ?? "" })}</p>
      <Failed error={error} />
      <button
        type="button"
        class="btn stop"
        disabled={busy}
        onClick={() => (sure ? void run(() => act(ask("account_leave")).then(refreshState)) : setSure(true))}
      >
        {sure ? t("leave.sure") : t("leave.do")}
      </button>
    </section>
  );
}

export function Keeping() {
  return (
    <>
      <Bar title={t("keeping.title")} back={href("you")} />
      <main class="page" id="main">
        <CheckWords />
        <RenewWords />
        <Lock />
        <Kept />
        <Backup />
        <Privacy />
        <Wake />
        <Wipe />
        <LeaveHub />
      </main>
    </>
  );
}

// ---- how it looks -------------------------------------------------------------

function Choose({ of, values }: { of: "theme" | "text"; values: { value: string; word: Key }[] }) {
  const [now, set] = useState(choice(of));
  return (
    <fieldset class="stack">
      <legend>
        <h2>{t(of === "theme" ? "looks.theme" : "looks.text")}</h2>
      </legend>
      {values.map((v) => (
        <Choice
          key={v.value}
          kind="radio"
          name={of}
          label={t(v.word)}
          checked={now === v.value}
          set={() => {
            keepChoice(of, v.value);
            set(v.value);
          }}
        />
      ))}
    </fieldset>
  );
}

/** What stands there after a quiet exit, and how one comes back. */
function Quiet() {
  const [start, setStart] = useState(choice("start") === "cover");
  return (
    <section class="stack">
      <fieldset class="stack">
        <legend>
          <h2>{t("cover.title")}</h2>
        </legend>
        <p class="hint">{t("cover.hint")}</p>
        {COVERS.map((c) => (
          <Choice
            key={c}
            kind="radio"
            name="cover"
            label={t(c ? `cover.${c}` : "cover.none")}
            checked={cover.value === c}
            set={() => {
              setCover(c);
              if (!c) setStart(false);
            }}
          />
        ))}
      </fieldset>
      {cover.value && (
        <>
          <Tell tone="info" icon="info">
            <p>{t("cover.back")}</p>
          </Tell>
          <Choice
            kind="checkbox"
            name="start"
            label={t("cover.start")}
            hint={t("cover.start-hint")}
            checked={start}
            set={(on) => {
              keepChoice("start", on ? "cover" : "");
              setStart(on);
            }}
          />
        </>
      )}
    </section>
  );
}

export function Looks() {
  return (
    <>
      <Bar title={t("looks.title")} back={href("you")} />
      <main class="page" id="main">
        <h2>{t("join.language")}</h2>
        <Tongues />
        <Choose
          of="theme"
          values={[
            { value: "", word: "looks.system" },
            { value: "light", word: "looks.light" },
            { value: "dark", word: "looks.dark" },
          ]}
        />
        <Choose
          of="text"
          values={[
            { value: "", word: "looks.usual" },
            { value: "large", word: "looks.large" },
            { value: "larger", word: "looks.larger" },
            { value: "largest", word: "looks.largest" },
          ]}
        />
        <Quiet />
      </main>
    </>
  );
}
