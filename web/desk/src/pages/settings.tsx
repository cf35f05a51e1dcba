// SPDX-License-Identifier: MIT
import { useState } from "preact/hooks";
import { del, post, put } from "../api";
import { isLanguage, LANGUAGES, list, t, word } from "../lang";
import { addPasskey, named, obstacle } from "../passkeys";
import { announce, may, session, setSession, useLoad, workSince } from "../store";
import type { Page, Passkey, PasskeyPage, Session, Token } from "../types";
import {
  Check,
  Confirm,
  Dialog,
  Empty,
  FormDialog,
  FormError,
  Load,
  Section,
  SelectField,
  Table,
  TextField,
  Title,
  useTask,
  When,
} from "../ui";

const SCOPES = ["read", "work", "decide", "admin"];

export function SettingsPage() {
  return (
    <>
      <Title text={t("nav.settings")} />
      <div class="columns even">
        <Care />
        <Password />
      </div>
      <Passkeys />
      {may.administer() && <Tokens />}
    </>
  );
}

function Care() {
  const p = session.get()!.person;
  const [language, setLang] = useState(isLanguage(p.language) ? p.language : "en");
  const [limit, setLimit] = useState(String(p.daily_limit));
  const [every, setEvery] = useState(String(p.break_every_min));
  const task = useTask();
  const save = (e: Event) => {
    e.preventDefault();
    void task.run(async () => {
      setSession(
        await put<Session>("/settings", { language, daily_limit: Number(limit), break_every_min: Number(every) }),
      );
      workSince.set(Date.now());
      announce(t("case.saved"));
    });
  };
  return (
    <Section title={t("settings.care")}>
      <form onSubmit={save}>
        <SelectField
          label={t("settings.language")}
          value={language}
          onValue={(v) => isLanguage(v) && setLang(v)}
          options={Object.entries(LANGUAGES).map(([k, l]) => [k, l.name])}
        />
        <TextField
          label={t("settings.limit")}
          hint={t("settings.limit-hint")}
          type="number"
          min="0"
          max="10000"
          dir="ltr"
          required
          value={limit}
          onValue={setLimit}
        />
        <TextField
          label={t("settings.break")}
          hint={t("settings.break-hint")}
          type="number"
          min="0"
          max="480"
          dir="ltr"
          required
          value={every}
          onValue={setEvery}
        />
        {task.error ? <FormError error={task.error} /> : null}
        <div class="buttons">
          <button type="submit" class="primary" disabled={task.busy}>
            {t("case.save")}
          </button>
        </div>
      </form>
    </Section>
  );
}

function Password() {
  const p = session.get()!.person;
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const [again, setAgain] = useState("");
  const task = useTask();
  const differ = again !== "" && again !== fresh;
  const save = (e: Event) => {
    e.preventDefault();
    if (fresh !== again) return;
    void task.run(async () => {
      const s = await put<Session>("/settings", {
        language: p.language,
        daily_limit: p.daily_limit,
        break_every_min: p.break_every_min,
        password: { old, new: fresh },
      });
      setSession(s);
      setOld("");
      setFresh("");
      setAgain("");
      announce(t("settings.password-changed"));
    });
  };
  return (
    <Section title={t("settings.password")}>
      <form onSubmit={save}>
        <TextField
          label={t("settings.old")}
          type="password"
          autoComplete="current-password"
          required
          value={old}
          onValue={setOld}
        />
        <TextField
          label={t("settings.new")}
          hint={t("welcome.password-hint", { n: 12 })}
          type="password"
          autoComplete="new-password"
          minLength={12}
          required
          value={fresh}
          onValue={setFresh}
        />
        <TextField
          label={t("welcome.password-again")}
          hint={differ ? t("welcome.differ") : undefined}
          aria-invalid={differ}
          type="password"
          autoComplete="new-password"
          required
          value={again}
          onValue={setAgain}
        />
        {task.error ? <FormError error={task.error} /> : null}
        <div class="buttons">
          <button type="submit" class="primary" disabled={task.busy || differ}>
            {t("settings.change")}
          </button>
        </div>
      </form>
    </Section>
  );
}

function Passkeys() {
  const loaded = useLoad<PasskeyPage>("/passkeys");
  const [asking, setAsking] = useState(false);
  const [ending, setEnding] = useState<Passkey | null>(null);
  const why = obstacle();
  const address = named();
  return (
    <Section title={t("passkeys.title")}>
      <p>{t("passkeys.about")}</p>
      <Load of={loaded}>
        {(d) => (
          <>
            {d.items.length === 0 ? (
              <Empty text={t("passkeys.none")} />
            ) : (
              <Table
                label={t("passkeys.title")}
                head={[t("people.name"), t("passkeys.host"), t("lists.made"), t("tokens.used"), t("lists.actions")]}
              >
                {d.items.map((k) => (
                  <tr key={k.id}>
                    <th scope="row">
                      <bdi>{k.name}</bdi>
                    </th>
                    <td>
                      <bdi>{k.host}</bdi>
                    </td>
                    <td>
                      <When ms={k.made_ms} />
                    </td>
                    <td>{k.used_ms ? <When ms={k.used_ms} /> : t("tokens.never")}</td>
                    <td>
                      <button type="button" class="plain" onClick={() => setEnding(k)}>
                        {t("passkeys.remove")}
                      </button>
                    </td>
                  </tr>
                ))}
              </Table>
            )}
            {why ? (
              <p class="quiet">
                {t(why === "browser" ? "passkeys.no-browser" : "passkeys.no-address")}
                {why === "address" && address && (
                  <>
                    {" "}
                    <a href={address} dir="ltr">
                      {address}
                    </a>
                  </>
                )}
              </p>
            ) : d.items.length >= d.max ? (
              <p class="quiet">{t("passkeys.full", { n: d.max })}</p>
            ) : (
              <div class="buttons">
                <button type="button" onClick={() => setAsking(true)}>
                  {t("passkeys.add")}
                </button>
              </div>
            )}
          </>
        )}
      </Load>
      {asking && <NewPasskey onClose={() => setAsking(false)} onMade={loaded.set} />}
      {ending && (
        <Confirm
          title={t("passkeys.remove")}
          text={t("passkeys.remove-text", { name: `\u2068${ending.name}\u2069` })}
          action={t("passkeys.remove")}
          onClose={() => setEnding(null)}
          submit={async () => {
            await del(`/passkeys/${ending.id}`);
            loaded.reload();
          }}
          done={t("passkeys.removed")}
        />
      )}
    </Section>
  );
}

function NewPasskey({ onClose, onMade }: { onClose: () => void; onMade: (all: PasskeyPage) => void }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  return (
    <FormDialog
      title={t("passkeys.add")}
      action={t("passkeys.add")}
      onClose={onClose}
      submit={async () => onMade(await addPasskey(password, name))}
      done={t("passkeys.added")}
    >
      <TextField
        label={t("people.name")}
        hint={t("passkeys.name-hint")}
        maxLength={30}
        value={name}
        onValue={setName}
        required
        autofocus
      />
      <TextField
        label={t("settings.old")}
        type="password"
        autoComplete="current-password"
        value={password}
        onValue={setPassword}
        required
      />
    </FormDialog>
  );
}

function Tokens() {
  const loaded = useLoad<Page<Token>>("/tokens");
  const [asking, setAsking] = useState(false);
  const [ending, setEnding] = useState<Token | null>(null);
  const [made, setMade] = useState("");
  return (
    <Section title={t("tokens.title")}>
      <p>{t("tokens.about")}</p>
      <Load of={loaded}>
        {(d) =>
          d.items.length === 0 ? (
            <Empty text={t("tokens.none")} />
          ) : (
            <Table
              label={t("tokens.title")}
              head={[t("people.name"), t("tokens.scopes"), t("lists.made"), t("tokens.used"), t("lists.actions")]}
            >
              {d.items.map((k) => (
                <tr key={k.id}>
                  <th scope="row">
                    <bdi>{k.name}</bdi>
                  </th>
                  <td>{list(k.scopes.map((s) => word("scope", s)))}</td>
                  <td>
                    <When ms={k.made_ms} />
                  </td>
                  <td>{k.used_ms ? <When ms={k.used_ms} /> : t("tokens.never")}</td>
                  <td>
                    <button type="button" class="plain" onClick={() => setEnding(k)}>
                      {t("tokens.end")}
                    </button>
                  </td>
                </tr>
              ))}
            </Table>
          )
        }
      </Load>
      <div class="buttons">
        <button type="button" onClick={() => setAsking(true)}>
          {t("tokens.new")}
        </button>
      </div>
      {asking && (
        <NewToken
          onClose={() => setAsking(false)}
          onMade={(k) => {
            setMade(k);
            loaded.reload();
          }}
        />
      )}
      {made && !asking && (
        <Dialog title={t("tokens.made")} onClose={() => setMade("")}>
          <p>{t("tokens.once")}</p>
          <p>
            <code dir="ltr" class="hash">
              {made}
            </code>
          </p>
          <div class="buttons">
            <button type="button" class="primary" autofocus onClick={() => setMade("")}>
              {t("action.close")}
            </button>
          </div>
        </Dialog>
      )}
      {ending && (
        <Confirm
          title={t("tokens.end")}
          text={t("tokens.end-text", { name: `\u2068${ending.name}\u2069` })}
          action={t("tokens.end")}
          onClose={() => setEnding(null)}
          submit={async () => {
            await del(`/tokens/${ending.id}`);
            loaded.reload();
          }}
          done={t("tokens.ended")}
        />
      )}
    </Section>
  );
}

function NewToken({ onClose, onMade }: { onClose: () => void; onMade: (token: string) => void }) {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<string[]>(["read"]);
  return (
    <FormDialog
      title={t("tokens.new")}
      action={t("tokens.new")}
      onClose={onClose}
      submit={async () => onMade((await post<{ id: string; token: string }>("/tokens", { name, scopes })).token)}
    >
      <TextField label={t("people.name")} value={name} onValue={setName} required autofocus />
      <fieldset>
        <legend>{t("tokens.scopes")}</legend>
        {SCOPES.map((s) => (
          <Check
            key={s}
            label={word("scope", s)}
            checked={scopes.includes(s)}
            onChecked={(on) => setScopes(on ? [...scopes, s] : scopes.filter((x) => x !== s))}
          />
        ))}
      </fieldset>
    </FormDialog>
  );
}
