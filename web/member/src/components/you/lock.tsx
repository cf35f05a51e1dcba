// SPDX-License-Identifier: MIT
// What opens this device: a passphrase or a passkey; and when it closes itself.
import { useState } from "preact/hooks";
import type { Key } from "../../lang";
import { span, t } from "../../lang";
import { choice, keepChoice } from "../../stores/choices";
import { refreshState, state } from "../../stores/engine";
import { canPasskey, hasPasskey, lockNow, lockWith, lockWithPasskey, MINUTES } from "../../stores/lock";
import { Icon } from "../parts/icon";
import { Choice, Failed, Input, Tell, useDoing } from "../parts/parts";

function ByItself() {
  const [now, set] = useState(Number(choice("autolock")) || 0);
  return (
    <fieldset class="stack">
      <legend>
        <h3>{t("lock.itself")}</h3>
      </legend>
      {MINUTES.map((m) => (
        <Choice
          key={m}
          kind="radio"
          name="autolock"
          label={m ? t("lock.after", { time: span(m * 60) }) : t("lock.never")}
          checked={now === m}
          set={() => {
            keepChoice("autolock", m ? String(m) : "");
            set(m);
          }}
        />
      ))}
    </fieldset>
  );
}

export function Lock() {
  const [one, setOne] = useState("");
  const [two, setTwo] = useState("");
  const [done, setDone] = useState<Key | null>(null);
  const [busy, error, run] = useDoing();
  const then = (what: () => Promise<unknown>, word: Key) =>
    void run(async () => {
      setDone(null);
      await what();
      setOne("");
      setTwo("");
      await refreshState();
      setDone(word);
    });
  const locks = state.value.locks;
  return (
    <section class="card stack-l">
      <h2>{t("lock.title")}</h2>
      <p class="note">{t(!locks ? "lock.open" : hasPasskey() ? "lock.by-passkey" : "lock.by-passphrase")}</p>
      <p class="note quiet">{t("join.passphrase-hint")}</p>
      <Input label={t("keeping.new-passphrase")} hint={t("join.passphrase-least")} value={one} set={setOne} secret />
      <Input
        label={t("keeping.again")}
        value={two}
        set={setTwo}
        secret
        wrong={two && one !== two ? t("keeping.differ") : undefined}
      />
      {done && (
        <Tell tone="good" icon="check">
          <p>{t(done)}</p>
        </Tell>
      )}
      <Failed error={error} />
      <div class="pair">
        <button
          type="button"
          class="btn second"
          disabled={busy || !one || one !== two}
          onClick={() => then(() => lockWith(one), "keeping.done")}
        >
          {t("keeping.set")}
        </button>
        {canPasskey() && (
          <button
            type="button"
            class="btn second"
            disabled={busy}
            onClick={() => then(lockWithPasskey, "passkey.done")}
          >
            <Icon name="key" />
            {t("passkey.do")}
          </button>
        )}
      </div>
      {locks && (
        <>
          <ByItself />
          <div class="pair">
            <button
              type="button"
              class="btn second"
              disabled={busy}
              onClick={() => then(() => lockWith(""), "keeping.done")}
            >
              {t("keeping.unset")}
            </button>
            <button type="button" class="btn plain" disabled={busy} onClick={() => void run(lockNow)}>
              <Icon name="lock" />
              {t("keeping.lock")}
            </button>
          </div>
        </>
      )}
    </section>
  );
}
