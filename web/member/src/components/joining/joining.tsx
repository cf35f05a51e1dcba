// SPDX-License-Identifier: MIT
// Coming in: an invite and a name, words to keep, or a device that one has.
import { useEffect, useState } from "preact/hooks";
import type { Language } from "../../lang";
import { language, setLanguage, t, TONGUES } from "../../lang";
import { hostOf, kindOf, linkIn } from "../../links";
import { ask } from "../../runtime/runtime";
import { workerPath } from "../../runtime/worker";
import { brought, checkNumber, refreshState, state, stayConnected } from "../../stores/engine";
import { keepChoice } from "../../stores/choices";
import { askingWake, askToPersist, lookWaking, wake, waking } from "../../stores/device";
import { hasPasskey, passkeySecret } from "../../stores/lock";
import { Icon } from "../parts/icon";
import { Install } from "../you/device";
import { Scan } from "../parts/scan";
import { Bar, Choice, CopyButton, Failed, Input, Steps, Tell, useDoing } from "../parts/parts";

const NAME = /^[a-z0-9._-]{1,32}$/;

export function Tongues() {
  return (
    <nav class="tongues" aria-label={t("join.language")}>
      {(Object.keys(TONGUES) as Language[]).map((l) => (
        <button
          key={l}
          type="button"
          class="tongue"
          lang={l}
          aria-current={l === language.value ? "true" : undefined}
          onClick={() => {
            keepChoice("language", l);
            void setLanguage(l);
          }}
        >
          {TONGUES[l].name}
        </button>
      ))}
    </nav>
  );
}

type Way = "start" | "name" | "recover" | "device";

function Start({ link, setLink, to }: { link: string; setLink: (s: string) => void; to: (w: Way) => void }) {
  const set = (text: string) => setLink(linkIn(text));
  return (
    <div class="app">
      <main class="page" id="main">
        <p class="brand">
          <Icon name="mark" />
          Countersign
        </p>
        <Tongues />
        <div class="stack">
          <h1 class="great">{t("join.title")}</h1>
          <p class="quiet">{t("join.hint")}</p>
        </div>
        <Scan found={set} />
        <Input
          label={t("join.link")}
          value={link}
          set={set}
          digits
          placeholder="https://…/i/…"
          wrong={link && !hostOf(link) ? t("join.link-wrong") : undefined}
        />
        <Install early />
        <p class="note quiet">{t("join.nothing")}</p>
      </main>
      <footer class="foot">
        <button type="button" class="btn wide" disabled={!hostOf(link)} onClick={() => to("name")}>
          {t("do.go-on")}
        </button>
        <button type="button" class="btn plain wide" onClick={() => to("device")}>
          {t("join.have-device")}
        </button>
        <button type="button" class="btn plain wide" onClick={() => to("recover")}>
          {t("join.have-words")}
        </button>
      </footer>
    </div>
  );
}

/** A passphrase, if somebody wants one. */
function Passphrase({ value, set }: { value: string; set: (s: string) => void }) {
  const [on, setOn] = useState(false);
  return (
    <>
      <Choice
        kind="checkbox"
        name="pp"
        label={t("join.passphrase-want")}
        hint={t("join.passphrase-hint")}
        checked={on}
        set={(o) => {
          setOn(o);
          if (!o) set("");
        }}
      />
      {on && <Input label={t("join.passphrase")} hint={t("join.passphrase-least")} value={value} set={set} secret />}
    </>
  );
}

function Back({ to }: { to: () => void }) {
  return (
    <button type="button" class="tool first" aria-label={t("do.back")} onClick={to}>
      <Icon name="back" />
    </button>
  );
}

async function arrive() {
  await refreshState();
  void askToPersist();
  void stayConnected();
}

function Name({ link, back }: { link: string; back: () => void }) {
  const [name, setName] = useState("");
  const [passphrase, setPassphrase] = useState("");
  const [busy, error, run] = useDoing();
  const host = hostOf(link);
  const join = async () => {
    await ask("join", { link: link.trim(), name, ...(passphrase ? { passphrase } : {}) });
    await arrive();
  };
  return (
    <div class="app">
      <Bar title={t("join.step")} sub={t("do.step", { n: 1, of: 3 })}>
        <Back to={back} />
      </Bar>
      <main class="page" id="main">
        <Steps n={1} of={3} />
        <Tell tone="info" icon="shield-check" title={t("join.place")}>
          <p>{t("join.place-hint", { hub: host })}</p>
        </Tell>
        <Input
          label={t("join.name")}
          hint={t("join.name-hint")}
          value={name}
          set={(v) => setName(v.toLowerCase())}
          end={`@${host}`}
          wrong={name && !NAME.test(name) ? t("join.name-wrong") : undefined}
        />
        <Passphrase value={passphrase} set={setPassphrase} />
        <Failed error={error} />
      </main>
      <footer class="foot">
        <button type="button" class="btn wide" disabled={busy || !NAME.test(name)} onClick={() => void run(join)}>
          {busy ? t("join.joining") : t("do.go-on")}
        </button>
      </footer>
    </div>
  );
}

function Recover({ link: brought, back }: { link: string; back: () => void }) {
  const [link, setLink] = useState(brought);
  const [words, setWords] = useState("");
  const [others, setOthers] = useState(true);
  const [passphrase, setPassphrase] = useState("");
  const [busy, error, run] = useDoing();
  const recover = async () => {
    await ask("recover", {
      link: link.trim(),
      words: words.trim(),
      device_name: t("join.device-name"),
      remove_others: others,
      ...(passphrase ? { passphrase } : {}),
    });
    await arrive();
  };
  return (
    <div class="app">
      <Bar title={t("recover.title")}>
        <Back to={back} />
      </Bar>
      <main class="page" id="main">
        <p>{t("recover.hint")}</p>
        <Input label={t("recover.link")} value={link} set={setLink} digits placeholder="https://…/r#…" />
        <Input label={t("recover.words")} hint={t("recover.words-hint")} value={words} set={setWords} />
        <Choice
          kind="checkbox"
          name="o"
          label={t("recover.others")}
          hint={t("recover.others-hint")}
          checked={others}
          set={setOthers}
        />
        <Passphrase value={passphrase} set={setPassphrase} />
        <Failed error={error} />
      </main>
      <footer class="foot">
        <button
          type="button"
          class="btn wide"
          disabled={busy || !hostOf(link) || !words.trim()}
          onClick={() => void run(recover)}
        >
          {busy ? t("recover.busy") : t("recover.do")}
        </button>
      </footer>
    </div>
  );
}

function Device({ link, back }: { link: string; back: () => void }) {
  const [code, setCode] = useState(link);
  const [passphrase, setPassphrase] = useState("");
  const [history, setHistory] = useState(true);
  const [busy, error, run] = useDoing();
  useEffect(() => void (checkNumber.value = ""), []);
  const join = async () => {
    await ask("join_device", {
      code: code.trim(),
      name: t("join.device-name"),
      history,
      ...(passphrase ? { passphrase } : {}),
    });
    await arrive();
  };
  const n = checkNumber.value;
  return (
    <div class="app">
      <Bar title={t("device.title")}>
        <Back to={back} />
      </Bar>
      <main class="page" id="main">
        <p>{t("device.hint")}</p>
        <Scan found={(text) => setCode(linkIn(text))} />
        <Input
          label={t("device.code")}
          value={code}
          set={(text) => setCode(linkIn(text))}
          digits
          placeholder="https://…/d#…"
        />
        <Choice
          kind="checkbox"
          name="h"
          label={t("device.history")}
          hint={t("device.history-hint")}
          checked={history}
          set={setHistory}
        />
        <Passphrase value={passphrase} set={setPassphrase} />
        {busy && n && (
          <section class="card centre" role="status">
            <h2>{t("device.compare")}</h2>
            <p class="great digits">
              {n.slice(0, 3)} {n.slice(3)}
            </p>
            <p class="note quiet">{t("device.compare-hint")}</p>
          </section>
        )}
        <Failed error={error} />
      </main>
      <footer class="foot">
        <button type="button" class="btn wide" disabled={busy || !hostOf(code)} onClick={() => void run(join)}>
          {busy ? t("device.waiting") : t("do.go-on")}
        </button>
      </footer>
    </div>
  );
}

// Who came with a link goes where it leads.
const WAYS: Record<string, Way> = { invite: "name", device: "device", recover: "recover" };

export function Joining() {
  const [way, to] = useState<Way>(() => WAYS[kindOf(brought.value) ?? "group"] ?? "start");
  const [link, setLink] = useState(brought.value);
  const start = () => to("start");
  useEffect(() => void (brought.value = ""), []);
  switch (way) {
    case "name":
      return <Name link={link} back={start} />;
    case "recover":
      return <Recover link={kindOf(link) === "recover" ? link : ""} back={start} />;
    case "device":
      return <Device link={kindOf(link) === "device" ? link : ""} back={start} />;
    case "start":
      return <Start link={link} setLink={setLink} to={to} />;
  }
}

// ---- words to keep ------------------------------------------------------------

/** Three of the twelve, in order. */
function three(): number[] {
  const picked = new Set<number>();
  while (picked.size < 3) picked.add(crypto.getRandomValues(new Uint32Array(1))[0] % 12);
  return [...picked].sort((a, b) => a - b);
}

function Confirm({ words, back, done }: { words: string[]; back: () => void; done: () => void }) {
  const [which] = useState(three);
  const [typed, setTyped] = useState<Record<number, string>>({});
  const [tried, setTried] = useState(false);
  const [busy, error, run] = useDoing();
  const right = (i: number) => (typed[i] ?? "").trim().toLowerCase() === words[i];
  const check = () => {
    setTried(true);
    if (which.every(right)) void run(() => ask("words_forget")).then((ok) => ok && done());
  };
  return (
    <div class="app">
      <Bar title={t("words.confirm")} sub={t("do.step", { n: 3, of: 3 })}>
        <Back to={back} />
      </Bar>
      <main class="page" id="main">
        <Steps n={3} of={3} />
        <p>{t("words.confirm-hint")}</p>
        {which.map((i) => (
          <Input
            key={i}
            label={t("words.word", { n: i + 1 })}
            value={typed[i] ?? ""}
            set={(v) => {
              setTried(false);
              // Several may be filled before any is drawn.
              setTyped((all) => ({ ...all, [i]: v }));
            }}
            wrong={tried && !right(i) ? t("words.wrong", { n: i + 1 }) : undefined}
          />
        ))}
        <Failed error={error} />
      </main>
      <footer class="foot">
        <button type="button" class="btn wide" disabled={busy} onClick={check}>
          {t("do.done")}
        </button>
        <button type="button" class="btn plain wide" onClick={back}>
          {t("words.again")}
        </button>
      </footer>
    </div>
  );
}

/** Who can be woken is asked, once. */
async function arrived() {
  await lookWaking();
  askingWake.value = waking.value === "off";
  await refreshState();
}

export function AskWake() {
  const [busy, error, run] = useDoing();
  const on = () => void (askingWake.value = false);
  return (
    <div class="app">
      <Bar title={t("wake.title")} />
      <main class="page" id="main">
        <h2 class="ask">{t("wake.ask")}</h2>
        <p>{t("wake.hint")}</p>
        <Failed error={error} />
        <Install />
      </main>
      <footer class="foot">
        <button type="button" class="btn wide" disabled={busy} onClick={() => void run(wake).then((ok) => ok && on())}>
          {t("wake.on")}
        </button>
        <button type="button" class="btn plain wide" onClick={on}>
          {t("wake.not-now")}
        </button>
      </footer>
    </div>
  );
}

export function Words() {
  const [given, set] = useState<{ words: string; link: string } | null>(null);
  const [hidden, hide] = useState(false);
  const [confirm, setConfirm] = useState(false);
  const [, error, run] = useDoing();
  useEffect(() => void run(async () => set(await ask("words"))), []);
  const words = given?.words.split(" ") ?? [];
  if (confirm) return <Confirm words={words} back={() => setConfirm(false)} done={() => void arrived()} />;
  return (
    <div class="app">
      <Bar title={t("words.title")} sub={t("do.step", { n: 2, of: 3 })} />
      <main class="page" id="main">
        <Steps n={2} of={3} />
        <p>{t("words.hint")}</p>
        {!hidden && (
          <ol class="words" aria-label={t("words.title")}>
            {words.map((w) => (
              <li key={w} lang="en">
                {w}
              </li>
            ))}
          </ol>
        )}
        <Tell tone="warn" icon="pen" title={t("words.paper")}>
          <p>{t("words.paper-hint")}</p>
        </Tell>
        {given && (
          <section class="stack">
            <h2>{t("words.link")}</h2>
            <p class="hint">{t("words.link-hint")}</p>
            <p class="digits note">{given.link}</p>
            <CopyButton text={given.link} />
          </section>
        )}
        <Failed error={error} />
      </main>
      <footer class="foot">
        <button type="button" class="btn wide" disabled={!given} onClick={() => setConfirm(true)}>
          {t("words.written")}
        </button>
        <button type="button" class="btn plain wide" onClick={() => hide(!hidden)}>
          <Icon name="hide" />
          {hidden ? t("words.show") : t("words.hide")}
        </button>
      </footer>
    </div>
  );
}

// ---- locked -------------------------------------------------------------------

export function Locked() {
  const [passphrase, set] = useState("");
  const [needed, setNeeded] = useState(false);
  const [busy, error, run] = useDoing();
  const open = async (p: string) => {
    await ask("open", p ? { passphrase: p } : {});
    await arrive();
  };
  // A folder without a passphrase opens by itself.
  useEffect(() => {
    void open("").catch(() => setNeeded(true));
  }, []);
  if (!needed)
    return (
      <main class="page" id="main">
        <p class="quiet" role="status">
          {t("locked.opening")}
        </p>
      </main>
    );
  return (
    <div class="app">
      <main class="page" id="main">
        <p class="brand">
          <Icon name="lock" />
          Countersign
        </p>
        <h1>{t("locked.title")}</h1>
        <form
          class="stack-l"
          onSubmit={(e) => {
            e.preventDefault();
            void run(() => open(passphrase)).then((ok) => !ok && set(""));
          }}
        >
          {hasPasskey() && (
            <button
              type="button"
              class="btn wide"
              disabled={busy}
              onClick={() => void run(async () => open(await passkeySecret()))}
            >
              <Icon name="key" />
              {t("passkey.open")}
            </button>
          )}
          <Input label={t("join.passphrase")} value={passphrase} set={set} secret />
          <Failed error={error} />
          <button type="submit" class="btn wide" disabled={busy || !passphrase}>
            {busy ? t("locked.opening") : t("locked.open")}
          </button>
        </form>
      </main>
    </div>
  );
}

/** The program comes once, and stays here. */
export function Coming() {
  return (
    <div class="app">
      <main class="page" id="main">
        <p class="brand">
          <Icon name="mark" />
          Countersign
        </p>
        <p role="status">{t("coming.program")}</p>
        <p class="note quiet">{t("coming.hint")}</p>
      </main>
    </div>
  );
}

const WHY = {
  closed: ["gone.closed", "gone.closed-hint"],
  ended: ["gone.ended", "gone.ended-hint"],
  stranger: ["gone.stranger", "gone.stranger-hint"],
  elsewhere: ["gone.elsewhere", "gone.elsewhere-hint"],
  lacking: ["gone.lacking", "gone.lacking-hint"],
  private: ["gone.private", "gone.private-hint"],
  code: ["gone.code", "gone.code-hint"],
} as const;

export function Gone({ why }: { why: keyof typeof WHY }) {
  const [title, hint] = WHY[why === "closed" && workerPath() ? "ended" : why];
  return (
    <div class="app">
      <main class="page" id="main">
        <p class="brand">
          <Icon name="mark" />
          Countersign
        </p>
        <Tell tone="warn" icon="info" title={t(title)}>
          <p>{t(hint)}</p>
        </Tell>
        {state.value.phase === "open" && <p class="note quiet">{t("gone.kept")}</p>}
        {/* It was taken out of the address. */}
        {brought.value && why !== "elsewhere" && (
          <section class="stack">
            <p>{t("gone.link")}</p>
            <p class="digits note">{brought.value}</p>
            <CopyButton text={brought.value} />
          </section>
        )}
      </main>
    </div>
  );
}
