// SPDX-License-Identifier: MIT
// The pages outside a session: signing in, the first sign-in, a locked screen.
import { useEffect, useState } from "preact/hooks";
import { ApiError, post } from "../api";
import { t, word } from "../lang";
import { obstacle, signInByPasskey, unlockByPasskey } from "../passkeys";
import { go } from "../router";
import { ended, loadSession, session, setSession, signOut, useCell } from "../store";
import type { Session, Welcome } from "../types";
import { Fail, Field, Icon, Loading, TextField, Title, useTask } from "../ui";
import { LanguagePicker } from "./language";

/** Seconds to wait after a refusal, counted down. */
function useWait(): [number, (s: number) => void] {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => setLeft(left - 1), 1000);
    return () => clearTimeout(timer);
  }, [left]);
  return [left, setLeft];
}

function Code({ value, onValue, label }: { value: string; onValue: (v: string) => void; label: string }) {
  return (
    <TextField
      label={label}
      hint={t("door.code-hint")}
      value={value}
      onValue={(v) => onValue(v.replace(/\D/g, "").slice(0, 6))}
      inputMode="numeric"
      autoComplete="one-time-code"
      pattern="[0-9]{6}"
      dir="ltr"
      required
    />
  );
}

function DoorError({ error, wait, passkey = false }: { error: unknown; wait: number; passkey?: boolean }) {
  if (!(error instanceof ApiError)) return error ? <Fail error={error} /> : null;
  let text: string | null = null;
  if (error.code === "signed-out" || error.code === "denied") text = t(passkey ? "door.passkey-wrong" : "door.wrong");
  if (error.code === "expired") text = t("door.passkey-late");
  if (error.code === "limit") text = wait > 0 ? t("door.wait", { n: wait }) : null;
  if (error.code === "limit" && !text) return null;
  if (!text) return <Fail error={error} />;
  return (
    <div class="notice bad" role="alert">
      <Icon name="cross" /> <span>{text}</span>
    </div>
  );
}

/** Signs in by a passkey, if this browser can. */
function ByPasskey({ label, run }: { label: string; run: () => Promise<Session> }) {
  const [wait, setWait] = useWait();
  const task = useTask();
  if (obstacle()) return null;
  const click = () =>
    void task.run(async () => {
      try {
        setSession(await run());
      } catch (x) {
        if (x instanceof ApiError && x.code === "limit") setWait(Math.ceil(x.retry_after_s) || 30);
        throw x;
      }
    });
  return (
    <div class="other-way">
      <DoorError error={task.error} wait={wait} passkey />
      <div class="buttons">
        <button type="button" disabled={task.busy || wait > 0} onClick={click}>
          {task.busy ? t("state.working") : label}
        </button>
      </div>
    </div>
  );
}

export function SignInPage() {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [wait, setWait] = useWait();
  const task = useTask();
  const was = useCell(ended);
  const submit = (e: Event) => {
    e.preventDefault();
    void task.run(async () => {
      try {
        setSession(await post<Session>("/session", { name, password, code }));
      } catch (x) {
        setCode("");
        if (x instanceof ApiError && x.code === "limit") setWait(Math.ceil(x.retry_after_s) || 30);
        throw x;
      }
    });
  };
  return (
    <main class="door" id="main">
      <Title text={t("door.sign-in")} />
      {was && (
        <div class="notice info" role="status">
          {t("door.ended")}
        </div>
      )}
      <form onSubmit={submit}>
        <TextField label={t("door.name")} value={name} onValue={setName} autoComplete="username" required autofocus />
        <TextField
          label={t("door.password")}
          value={password}
          onValue={setPassword}
          type="password"
          autoComplete="current-password"
          required
        />
        <Code label={t("door.code")} value={code} onValue={setCode} />
        <DoorError error={task.error} wait={wait} />
        <div class="buttons">
          <button type="submit" class="primary" disabled={task.busy || wait > 0}>
            {task.busy ? t("state.working") : t("door.sign-in")}
          </button>
        </div>
      </form>
      <ByPasskey label={t("door.passkey")} run={signInByPasskey} />
      <LanguagePicker />
    </main>
  );
}

export function LockedPage() {
  const [password, setPassword] = useState("");
  const [wait, setWait] = useWait();
  const task = useTask();
  const s = useCell(session);
  const submit = (e: Event) => {
    e.preventDefault();
    void task.run(async () => {
      try {
        const got = await post<Session>("/session/unlock", { password });
        if (got.person) setSession(got);
        else await loadSession();
      } catch (x) {
        setPassword("");
        if (x instanceof ApiError && x.code === "limit") setWait(Math.ceil(x.retry_after_s) || 30);
        throw x;
      }
    });
  };
  return (
    <main class="door" id="main">
      <Title text={t("door.locked")} />
      <p>{s ? t("door.locked-by", { name: `\u2068${s.person.name}\u2069` }) : t("door.locked-text")}</p>
      <form onSubmit={submit}>
        <TextField
          label={t("door.password")}
          value={password}
          onValue={setPassword}
          type="password"
          autoComplete="current-password"
          required
          autofocus
        />
        <DoorError error={task.error} wait={wait} />
        <div class="buttons">
          <button type="submit" class="primary" disabled={task.busy || wait > 0}>
            {t("door.unlock")}
          </button>
          <button type="button" onClick={() => void signOut()}>
            {t("shell.sign-out")}
          </button>
        </div>
      </form>
      <ByPasskey label={t("door.passkey-unlock")} run={unlockByPasskey} />
    </main>
  );
}

/** Makes one path of rows of "0" and "1", with the margin that QR readers need. */
export function qrPath(rows: string[]): { size: number; d: string } {
  const quiet = 4;
  let d = "";
  rows.forEach((row, y) => {
    for (const run of row.matchAll(/1+/g))
      d += `M${run.index + quiet} ${y + quiet}h${run[0].length}v1h-${run[0].length}z`;
  });
  return { size: rows.length + 2 * quiet, d };
}

function Qr({ rows }: { rows: string[] }) {
  const { size, d } = qrPath(rows);
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={t("welcome.qr")}
      shape-rendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={d} fill="#000" />
    </svg>
  );
}

const MIN_PASSWORD = 12;

export function WelcomePage({ code }: { code: string }) {
  const [welcome, setWelcome] = useState<Welcome | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [totp, setTotp] = useState("");
  const [secret, setSecret] = useState("");
  const task = useTask();
  const load = () => {
    setError(null);
    post<Welcome>("/welcome", { code, word: secret }).then(setWelcome, setError);
  };
  useEffect(load, [code]);
  const differ = again !== "" && again !== password;
  const submit = (e: Event) => {
    e.preventDefault();
    if (password !== again) return;
    void task.run(async () => {
      setSession(await post<Session>("/welcome/finish", { code, word: secret, password, totp }));
      go("#/queue");
    });
  };
  return (
    <main class="door wide" id="main">
      <Title text={t("welcome.title")} />
      {error instanceof ApiError && error.problem === "welcome-word" ? (
        <form
          onSubmit={(e) => {
            e.preventDefault();
            load();
          }}
        >
          <p>{t("welcome.word-text")}</p>
          <TextField label={t("welcome.word")} value={secret} onValue={setSecret} required autofocus />
          <div class="buttons">
            <button type="submit" class="primary">
              {t("welcome.word-go")}
            </button>
          </div>
        </form>
      ) : error ? (
        <>
          <p>{t("welcome.failed")}</p>
          <Fail error={error} retry={load} />
        </>
      ) : !welcome ? (
        <Loading />
      ) : (
        <>
          <p>{t("welcome.text", { name: `\u2068${welcome.name}\u2069`, role: word("role", welcome.role) })}</p>
          <ol class="steps">
            <li>
              <h2>{t("welcome.step-app")}</h2>
              <p>{t("welcome.app-text")}</p>
              <Qr rows={welcome.qr} />
              <p>
                {t("welcome.secret")} <code dir="ltr">{welcome.secret.replace(/(.{4})(?=.)/g, "$1 ")}</code>
              </p>
            </li>
            <li>
              <h2>{t("welcome.step-password")}</h2>
              <form onSubmit={submit}>
                <TextField
                  label={t("welcome.password")}
                  hint={t("welcome.password-hint", { n: MIN_PASSWORD })}
                  value={password}
                  onValue={setPassword}
                  type="password"
                  autoComplete="new-password"
                  minLength={MIN_PASSWORD}
                  required
                />
                <Field label={t("welcome.password-again")} hint={differ ? t("welcome.differ") : undefined}>
                  {(id, h) => (
                    <input
                      id={id}
                      type="password"
                      autoComplete="new-password"
                      value={again}
                      aria-describedby={h}
                      aria-invalid={differ}
                      required
                      onInput={(e) => setAgain(e.currentTarget.value)}
                    />
                  )}
                </Field>
                <Code label={t("welcome.code")} value={totp} onValue={setTotp} />
                <DoorError error={task.error} wait={0} />
                <div class="buttons">
                  <button type="submit" class="primary" disabled={task.busy || differ}>
                    {t("welcome.finish")}
                  </button>
                </div>
              </form>
            </li>
          </ol>
        </>
      )}
      <LanguagePicker />
    </main>
  );
}
