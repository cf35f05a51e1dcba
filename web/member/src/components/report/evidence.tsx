// SPDX-License-Identifier: MIT
// Messages as a file that proves itself, for somebody else than the desk.
import { useState } from "preact/hooks";
import { t } from "../../lang";
import type { Listed } from "../../runtime/methods";
import { ask, runtime } from "../../runtime/runtime";
import { href } from "../../router";
import { find } from "../../stores/conversations";
import { act } from "../../stores/engine";
import { Icon } from "../parts/icon";
import { Bar, Choice, Failed, Input, Steps, Tell, useDoing } from "../parts/parts";
import { Which } from "./which";

const KEY = /^[0-9a-f]{64}$/;

function save(bytes: Blob) {
  const a = document.createElement("a");
  a.href = URL.createObjectURL(bytes);
  a.download = "evidence.csev";
  a.click();
}

/** Sealed for whom it is for, unless one says otherwise. */
function Whom({ ids }: { ids: Set<string> }) {
  const [key, setKey] = useState("");
  const [bare, setBare] = useState(false);
  const [named, setNamed] = useState(false);
  const [saved, setSaved] = useState(false);
  const [busy, error, run] = useDoing();
  const written = key.replace(/\s/g, "").toLowerCase();
  const make = async () => {
    const take = { ids: [...ids], named, ...(bare ? {} : { to_key: written }) };
    const { file } = await act(ask("evidence", take));
    save(await runtime().get(file));
    setSaved(true);
  };
  return (
    <>
      <main class="page" id="main">
        <Steps n={2} of={2} />
        <h2 class="ask">{t("evidence.whom")}</h2>
        <p class="hint">{t("evidence.whom-hint")}</p>
        <Input
          label={t("evidence.key")}
          value={key}
          set={setKey}
          digits
          wrong={!bare && written && !KEY.test(written) ? t("evidence.key-wrong") : undefined}
        />
        <Choice
          kind="checkbox"
          name="b"
          label={t("evidence.bare")}
          hint={t("evidence.bare-hint")}
          checked={bare}
          set={setBare}
        />
        <Choice
          kind="checkbox"
          name="n"
          label={t("evidence.named")}
          hint={t("evidence.named-hint")}
          checked={named}
          set={setNamed}
        />
        {saved && (
          <Tell tone="good" icon="check" title={t("evidence.saved")}>
            <p>{t("evidence.saved-hint")}</p>
          </Tell>
        )}
        <Failed error={error} />
      </main>
      <footer class="foot">
        <button
          type="button"
          class="btn wide"
          disabled={busy || (!bare && !KEY.test(written))}
          onClick={() => void run(make)}
        >
          <Icon name={bare ? "save" : "lock"} />
          {t(bare ? "evidence.save" : "evidence.seal")}
        </button>
      </footer>
    </>
  );
}

function Steps2({ l, message }: { l: Listed; message?: string }) {
  const [ids, set] = useState(new Set(message ? [message] : []));
  const [on, setOn] = useState(false);
  return (
    <>
      <Bar title={t("evidence.title")} back={on ? undefined : href(l.state === "request" ? "requests" : "chat", l.id)}>
        {on && (
          <button type="button" class="tool first" aria-label={t("do.back")} onClick={() => setOn(false)}>
            <Icon name="back" />
          </button>
        )}
      </Bar>
      {on ? (
        <Whom ids={ids} />
      ) : (
        <Which
          l={l}
          ids={ids}
          set={set}
          of={2}
          ask={t("evidence.which")}
          hint={t("evidence.which-hint")}
          next={() => setOn(true)}
        />
      )}
    </>
  );
}

export function Evidence({ id, message }: { id: string; message?: string }) {
  const l = find(id);
  return l ? <Steps2 l={l} message={message} /> : null;
}
