// SPDX-License-Identifier: MIT
import { useState } from "preact/hooks";
import { post } from "../api";
import { num, t, word } from "../lang";
import { may, session, useLoad } from "../store";
import type { Page, PersonRow, Role } from "../types";
import { Confirm, Dialog, Empty, FormDialog, Load, SelectField, Sign, Table, TextField, Title, When } from "../ui";
import type { Option } from "../ui";

const ROLES: Role[] = ["reviewer", "senior", "auditor", "administrator"];
const roleOptions = () => ROLES.map((r): Option => [r, word("role", r)]);

type Ask = { kind: "new" } | { kind: "role" | "disable" | "reset"; person: PersonRow } | null;
interface Made {
  person: PersonRow;
  welcome: string;
}

export function PeoplePage() {
  const loaded = useLoad<Page<PersonRow>>("/people");
  const [ask, setAsk] = useState<Ask>(null);
  const [made, setMade] = useState<Made | null>(null);
  const close = () => setAsk(null);
  const me = session.get()?.person.id;
  return (
    <>
      <Title text={t("nav.people")} />
      {may.administer() && (
        <div class="buttons">
          <button type="button" class="primary" onClick={() => setAsk({ kind: "new" })}>
            {t("people.add")}
          </button>
        </div>
      )}
      <Load of={loaded}>
        {(d) =>
          d.items.length === 0 ? (
            <Empty text={t("people.none")} />
          ) : (
            <Table
              label={t("nav.people")}
              head={[
                t("people.name"),
                t("people.pseudonym"),
                t("people.role"),
                t("people.state"),
                t("people.last"),
                t("passkeys.title"),
                ...(may.administer() ? [t("lists.actions")] : []),
              ]}
            >
              {d.items.map((p) => (
                <tr key={p.id}>
                  <th scope="row">
                    <bdi>{p.name}</bdi>
                  </th>
                  <td>
                    <bdi>{p.pseudonym}</bdi>
                  </td>
                  <td>{word("role", p.role)}</td>
                  <td>
                    <Sign
                      tone={p.state === "disabled" ? "bad" : p.state === "active" ? "good" : "plain"}
                      icon={p.state === "active" ? "check" : p.state === "disabled" ? "lock" : "clock"}
                    >
                      {word("person-state", p.state)}
                    </Sign>
                  </td>
                  <td>{p.last_ms ? <When ms={p.last_ms} /> : "–"}</td>
                  <td>{num(p.passkeys)}</td>
                  {may.administer() && (
                    <td>
                      {p.id !== me && (
                        <span class="row">
                          <button type="button" class="plain" onClick={() => setAsk({ kind: "role", person: p })}>
                            {t("people.change-role")}
                          </button>
                          <button type="button" class="plain" onClick={() => setAsk({ kind: "reset", person: p })}>
                            {t("people.reset")}
                          </button>
                          <button type="button" class="plain" onClick={() => setAsk({ kind: "disable", person: p })}>
                            {p.state === "disabled" ? t("people.enable") : t("people.disable")}
                          </button>
                        </span>
                      )}
                    </td>
                  )}
                </tr>
              ))}
            </Table>
          )
        }
      </Load>
      {ask?.kind === "new" && (
        <NewPerson
          onClose={close}
          onMade={(m) => {
            setMade(m);
            loaded.reload();
          }}
        />
      )}
      {ask?.kind === "role" && <ChangeRole person={ask.person} onClose={close} onDone={loaded.reload} />}
      {ask?.kind === "disable" && (
        <Confirm
          title={ask.person.state === "disabled" ? t("people.enable") : t("people.disable")}
          text={t(ask.person.state === "disabled" ? "people.enable-text" : "people.disable-text", {
            name: `\u2068${ask.person.name}\u2069`,
          })}
          action={ask.person.state === "disabled" ? t("people.enable") : t("people.disable")}
          onClose={close}
          done={t("case.saved")}
          submit={async () => {
            await post(`/people/${ask.person.id}`, { disabled: ask.person.state !== "disabled" });
            loaded.reload();
          }}
        />
      )}
      {ask?.kind === "reset" && (
        <Confirm
          title={t("people.reset")}
          text={t("people.reset-text", { name: `\u2068${ask.person.name}\u2069` })}
          action={t("people.reset")}
          onClose={close}
          submit={async () => {
            setMade(await post<Made>(`/people/${ask.person.id}/reset`));
            loaded.reload();
          }}
        />
      )}
      {made && !ask && (
        <Dialog title={t("people.welcome")} onClose={() => setMade(null)}>
          <p>{t("people.welcome-text", { name: `\u2068${made.person.name}\u2069` })}</p>
          <p>
            <code dir="ltr" class="hash">
              {made.welcome}
            </code>
          </p>
          <div class="buttons">
            <button type="button" class="primary" autofocus onClick={() => setMade(null)}>
              {t("action.close")}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}

function NewPerson({ onClose, onMade }: { onClose: () => void; onMade: (m: Made) => void }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState("reviewer");
  return (
    <FormDialog
      title={t("people.add")}
      action={t("people.add")}
      onClose={onClose}
      submit={async () => onMade(await post<Made>("/people", { name, role }))}
    >
      <TextField label={t("people.name")} value={name} onValue={setName} required autofocus />
      <SelectField label={t("people.role")} value={role} onValue={setRole} options={roleOptions()} />
      <ul class="hint">
        {ROLES.map((r) => (
          <li key={r}>
            <strong>{word("role", r)}</strong>: {word("role-about", r)}
          </li>
        ))}
      </ul>
    </FormDialog>
  );
}

function ChangeRole({ person, onClose, onDone }: { person: PersonRow; onClose: () => void; onDone: () => void }) {
  const [role, setRole] = useState<string>(person.role);
  return (
    <FormDialog
      title={t("people.change-role")}
      action={t("case.save")}
      onClose={onClose}
      done={t("case.saved")}
      submit={async () => {
        await post(`/people/${person.id}`, { role, disabled: person.state === "disabled" });
        onDone();
      }}
    >
      <p>
        <bdi>{person.name}</bdi>
      </p>
      <SelectField label={t("people.role")} value={role} onValue={setRole} options={roleOptions()} autofocus />
    </FormDialog>
  );
}
