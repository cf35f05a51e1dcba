// SPDX-License-Identifier: MIT
// The people of the desk; an administrator adds and changes them.
import { useState } from "preact/hooks";
import { post } from "../api";
import { num, t, word } from "../lang";
import { may, session, useLoad } from "../store";
import type { Granted, People, PersonRow, Proposal, Role } from "../types";
import {
  Confirm,
  Dialog,
  Empty,
  FormDialog,
  FormError,
  Load,
  Section,
  SelectField,
  Sign,
  Table,
  TextField,
  Title,
  useTask,
  When,
} from "../ui";
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
  const loaded = useLoad<People>("/people");
  const [ask, setAsk] = useState<Ask>(null);
  const [made, setMade] = useState<Granted | null>(null);
  const onMade = (m: Granted) => {
    if (m.welcome || m.word || m.proposal) setMade(m);
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
        {(d) => (
          <>
            {may.administer() && <p>{d.two_administrators ? t("people.two-admins") : t("people.one-admin")}</p>}
            {d.items.length === 0 ? (
              <Empty text={t("people.none")} />
            ) : (
              <Table label={t("nav.people")} head={may.administer() ? [...head, t("lists.actions")] : head}>
                {d.items.map((p) => (
                  <PersonLine key={p.id} p={p} ask={setAsk} />
                ))}
              </Table>
            )}
            {d.proposals.length > 0 && (
              <Proposals list={d.proposals} onConfirmed={onMade} onCancelled={loaded.reload} />
            )}
          </>
        )}
      </Load>
      {ask && <PersonDialog ask={ask} onClose={() => setAsk(null)} onMade={onMade} onDone={loaded.reload} />}
      {made && !ask && <Made made={made} onClose={() => setMade(null)} />}
    </>
  );
}

interface ChangeProps {
  person: PersonRow;
  onClose: () => void;
  onMade: (m: Granted) => void;
  onDone: () => void;
}

interface DialogProps {
  ask: NonNullable<Ask>;
  onClose: () => void;
  onMade: (m: Granted) => void;
  onDone: () => void;
}

function PersonDialog({ ask, onClose, onMade, onDone }: DialogProps) {
  switch (ask.kind) {
    case "new":
      return <NewPerson onClose={onClose} onMade={onMade} />;
    case "role":
      return <ChangeRole person={ask.person} onClose={onClose} onMade={onMade} onDone={onDone} />;
    case "disable":
      return <Disable person={ask.person} onClose={onClose} onMade={onMade} onDone={onDone} />;
    case "reset":
      return (
        <Confirm
          title={t("people.reset")}
          text={t("people.reset-text", { name: `\u2068${ask.person.name}\u2069` })}
          action={t("people.reset")}
          onClose={onClose}
          submit={async () => onMade(await post<Granted>(`/people/${ask.person.id}/reset`))}
        />
      );
  }
}

/** Disables or enables an account of the desk. */
function Disable({ person, onClose, onMade, onDone }: ChangeProps) {
  const gone = person.state === "disabled";
  const title = gone ? t("people.enable") : t("people.disable");
  return (
    <Confirm
      title={title}
      text={t(gone ? "people.enable-text" : "people.disable-text", { name: `\u2068${person.name}\u2069` })}
      action={title}
      onClose={onClose}
      submit={async () => {
        onMade(await post<Granted>(`/people/${person.id}`, { disabled: !gone }));
        onDone();
      }}
    />
  );
}

/** What has become of it: an address or a word, which are shown once, or that another administrator has to confirm. */
function Made({ made, onClose }: { made: Granted; onClose: () => void }) {
  const name = `\u2068${made.name}\u2069`;
  return (
    <Dialog title={made.proposal ? t("people.proposed") : t("people.welcome")} onClose={onClose}>
      {made.proposal && <p>{t("people.proposed-text")}</p>}
      {made.word && (
        <>
          <p>{t("people.word-text", { name })}</p>
          <p>
            <code dir="ltr" class="hash">
              {made.word}
            </code>
          </p>
        </>
      )}
      {made.welcome && (
        <>
          <p>{t("people.welcome-text", { name })}</p>
          <p>
            <code dir="ltr" class="hash">
              {made.welcome}
            </code>
          </p>
        </>
      )}
      <div class="buttons">
        <button type="button" class="primary" autofocus onClick={onClose}>
          {t("action.close")}
        </button>
      </div>
    </Dialog>
  );
}

/** What is proposed, in words. */
export function proposalText(p: Proposal): string {
  const name = `\u2068${p.about?.name ?? ""}\u2069`;
  if (p.kind === "policy") return t("proposal.policy");
  if (p.kind === "reset") return t("proposal.reset", { name });
  if (p.kind === "add") return t("proposal.add", { name, role: word("role", p.role ?? "") });
  if (p.standing === "out") return t("proposal.out", { name });
  return p.role ? t("proposal.role", { name, role: word("role", p.role) }) : t("proposal.in", { name });
}

interface ProposalsProps {
  list: Proposal[];
  onConfirmed: (g: Granted) => void;
  onCancelled: () => void;
}

/** What waits for a second administrator, and what was decided lately. */
function Proposals({ list, onConfirmed, onCancelled }: ProposalsProps) {
  const [confirming, setConfirming] = useState<Proposal | null>(null);
  const task = useTask();
  const cancel = (p: Proposal) =>
    void task.run(async () => {
      await post(`/proposals/${p.id}/cancel`);
      onCancelled();
    });
  return (
    <Section title={t("proposal.title")}>
      {task.error ? <FormError error={task.error} /> : null}
      <ul>
        {list.map((p) => (
          <li key={p.id} data-proposal={p.id}>
            <Sign tone={p.state === "waiting" ? "warn" : "plain"} icon={p.state === "waiting" ? "clock" : undefined}>
              {word("proposal-state", p.state)}
            </Sign>{" "}
            {proposalText(p)}
            {p.by && <span class="quiet"> {t("proposal.by", { name: p.by.name })}</span>} <When ms={p.made_ms} />{" "}
            {p.second && <bdi class="quiet">{p.second.name}</bdi>}
            {p.state === "waiting" && may.administer() && (
              <span class="row">
                {p.by?.id !== session.get()?.person.id && (
                  <button type="button" class="plain" onClick={() => setConfirming(p)}>
                    {t("proposal.confirm")}
                  </button>
                )}
                <button type="button" class="plain" disabled={task.busy} onClick={() => cancel(p)}>
                  {t("proposal.cancel")}
                </button>
              </span>
            )}
          </li>
        ))}
      </ul>
      {confirming && (
        <FormDialog
          title={t("proposal.confirm")}
          action={t("proposal.confirm")}
          onClose={() => setConfirming(null)}
          submit={async () => onConfirmed(await post<Granted>(`/proposals/${confirming.id}/confirm`))}
        >
          <p>{proposalText(confirming)}</p>
          {confirming.toml && (
            <pre dir="ltr" class="code">
              {confirming.toml}
            </pre>
          )}
        </FormDialog>
      )}
    </Section>
  );
}

function NewPerson({ onClose, onMade }: { onClose: () => void; onMade: (m: Granted) => void }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState("reviewer");
  return (
    <FormDialog
      title={t("people.add")}
      action={t("people.add")}
      onClose={onClose}
      submit={async () => onMade(await post<Granted>("/people", { name, role }))}
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

function ChangeRole({ person, onClose, onMade, onDone }: ChangeProps) {
  const [role, setRole] = useState<string>(person.role);
  return (
    <FormDialog
      title={t("people.change-role")}
      action={t("case.save")}
      onClose={onClose}
      submit={async () => {
        onMade(await post<Granted>(`/people/${person.id}`, { role }));
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
