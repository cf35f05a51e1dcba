// SPDX-License-Identifier: MIT
// The people of the desk; an administrator adds and changes them.
import { useState } from "preact/hooks";
import { post } from "../api";
import { num, t, word } from "../lang";
import { may, session, useLoad } from "../store";
import type { Invited, Page, PersonRow, Role } from "../types";
import { Confirm, Dialog, Empty, FormDialog, Load, SelectField, Sign, Table, TextField, Title, When } from "../ui";
import type { Option } from "../ui";

const ROLES: Role[] = ["reviewer", "senior", "auditor", "administrator"];
const roleOptions = () => ROLES.map((r): Option => [r, word("role", r)]);

type Ask = { kind: "new" } | { kind: "role" | "disable" | "reset"; person: PersonRow } | null;
function PersonLine({ p, ask }: { p: PersonRow; ask: (a: Ask) => void }) {
  const other = p.id !== session.get()?.person.id;
  return (
    <tr>
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
          {other && (
            <span class="row">
              <button type="button" class="plain" onClick={() => ask({ kind: "role", person: p })}>
                {t("people.change-role")}
              </button>
              <button type="button" class="plain" onClick={() => ask({ kind: "reset", person: p })}>
                {t("people.reset")}
              </button>
              <button type="button" class="plain" onClick={() => ask({ kind: "disable", person: p })}>
                {p.state === "disabled" ? t("people.enable") : t("people.disable")}
              </button>
            </span>
          )}
        </td>
      )}
    </tr>
  );
}

export function PeoplePage() {
  const loaded = useLoad<Page<PersonRow>>("/people");
  const [ask, setAsk] = useState<Ask>(null);
  const [made, setMade] = useState<Invited | null>(null);
  const onMade = (m: Invited) => {
    setMade(m);
    loaded.reload();
  };
  const head = [
    t("people.name"),
    t("people.pseudonym"),
    t("people.role"),
    t("people.state"),
    t("people.last"),
    t("passkeys.title"),
  ];
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
            <Table label={t("nav.people")} head={may.administer() ? [...head, t("lists.actions")] : head}>
              {d.items.map((p) => (
                <PersonLine key={p.id} p={p} ask={setAsk} />
              ))}
            </Table>
          )
        }
      </Load>
      {ask && <PersonDialog ask={ask} onClose={() => setAsk(null)} onMade={onMade} onDone={loaded.reload} />}
      {made && !ask && <FirstSignIn made={made} onClose={() => setMade(null)} />}
    </>
  );
}

interface DialogProps {
  ask: NonNullable<Ask>;
  onClose: () => void;
  onMade: (m: Invited) => void;
  onDone: () => void;
}

function PersonDialog({ ask, onClose, onMade, onDone }: DialogProps) {
  switch (ask.kind) {
    case "new":
      return <NewPerson onClose={onClose} onMade={onMade} />;
    case "role":
      return <ChangeRole person={ask.person} onClose={onClose} onDone={onDone} />;
    case "disable":
      return <Disable person={ask.person} onClose={onClose} onDone={onDone} />;
    case "reset":
      return (
        <Confirm
          title={t("people.reset")}
          text={t("people.reset-text", { name: `\u2068${ask.person.name}\u2069` })}
          action={t("people.reset")}
          onClose={onClose}
          submit={async () => onMade(await post<Invited>(`/people/${ask.person.id}/reset`))}
        />
      );
  }
}

/** Disables or enables an account of the desk. */
function Disable({ person, onClose, onDone }: { person: PersonRow; onClose: () => void; onDone: () => void }) {
  const gone = person.state === "disabled";
  const title = gone ? t("people.enable") : t("people.disable");
  return (
    <Confirm
      title={title}
      text={t(gone ? "people.enable-text" : "people.disable-text", { name: `\u2068${person.name}\u2069` })}
      action={title}
      onClose={onClose}
      done={t("case.saved")}
      submit={async () => {
        await post(`/people/${person.id}`, { disabled: !gone });
        onDone();
      }}
    />
  );
}

/** The address of the first sign-in: it is shown once. */
function FirstSignIn({ made, onClose }: { made: Invited; onClose: () => void }) {
  return (
    <Dialog title={t("people.welcome")} onClose={onClose}>
      <p>{t("people.welcome-text", { name: `\u2068${made.person.name}\u2069` })}</p>
      <p>
        <code dir="ltr" class="hash">
          {made.welcome}
        </code>
      </p>
      <div class="buttons">
        <button type="button" class="primary" autofocus onClick={onClose}>
          {t("action.close")}
        </button>
      </div>
    </Dialog>
  );
}

function NewPerson({ onClose, onMade }: { onClose: () => void; onMade: (m: Invited) => void }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState("reviewer");
  return (
    <FormDialog
      title={t("people.add")}
      action={t("people.add")}
      onClose={onClose}
      submit={async () => onMade(await post<Invited>("/people", { name, role }))}
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
