// SPDX-License-Identifier: MIT
// The passkeys of a person: the list, adding one, removing one.
import { useState } from "preact/hooks";
import { del } from "../../api";
import { t } from "../../lang";
import { addPasskey, named, obstacle } from "../../passkeys";
import { useLoad } from "../../store";
import type { Passkey, PasskeyPage } from "../../types";
import { Confirm, Empty, FormDialog, Load, Section, Table, TextField, When } from "../../ui";

function PasskeyTable({ rows, end }: { rows: Passkey[]; end: (k: Passkey) => void }) {
  return (
    <Table
      label={t("passkeys.title")}
      head={[t("people.name"), t("passkeys.host"), t("lists.made"), t("tokens.used"), t("lists.actions")]}
    >
      {rows.map((k) => (
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
            <button type="button" class="plain" onClick={() => end(k)}>
              {t("passkeys.remove")}
            </button>
          </td>
        </tr>
      ))}
    </Table>
  );
}

export function Passkeys() {
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
              <PasskeyTable rows={d.items} end={setEnding} />
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
