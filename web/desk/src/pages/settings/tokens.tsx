// SPDX-License-Identifier: MIT
// Tokens, by which other programs use the desk: the list, a new one, its end.
import { useState } from "preact/hooks";
import { del, post } from "../../api";
import { list, t, word } from "../../lang";
import { session, useLoad } from "../../store";
import type { Page, Role, Token, TokenMade } from "../../types";
import { Check, Confirm, Dialog, Empty, FormDialog, Load, Section, Table, TextField, When } from "../../ui";

/** What each role may give, as the desk has it. */
const SCOPES: Record<Role, string[]> = {
  reviewer: ["read", "work", "decide"],
  senior: ["read", "work", "decide"],
  auditor: ["read"],
  administrator: ["read", "work", "admin"],
};
const myScopes = () => SCOPES[session.get()?.person.role ?? "auditor"];

function TokenTable({ rows, end }: { rows: Token[]; end: (k: Token) => void }) {
  return (
    <Table
      label={t("tokens.title")}
      head={[
        t("people.name"),
        t("tokens.by"),
        t("tokens.scopes"),
        t("lists.made"),
        t("tokens.used"),
        t("lists.actions"),
      ]}
    >
      {rows.map((k) => (
        <tr key={k.id}>
          <th scope="row">
            <bdi>{k.name}</bdi>
          </th>
          <td>
            <bdi>{k.by.name}</bdi>
          </td>
          <td>{list(k.scopes.map((s) => word("scope", s)))}</td>
          <td>
            <When ms={k.made_ms} />
          </td>
          <td>{k.used_ms ? <When ms={k.used_ms} /> : t("tokens.never")}</td>
          <td>
            <button type="button" class="plain" onClick={() => end(k)}>
              {t("tokens.end")}
            </button>
          </td>
        </tr>
      ))}
    </Table>
  );
}

export function Tokens() {
  const loaded = useLoad<Page<Token>>("/tokens");
  const [asking, setAsking] = useState(false);
  const [ending, setEnding] = useState<Token | null>(null);
  const [made, setMade] = useState("");
  return (
    <Section title={t("tokens.title")}>
      <p>{t("tokens.about")}</p>
      <Load of={loaded}>
        {(d) =>
          d.items.length === 0 ? <Empty text={t("tokens.none")} /> : <TokenTable rows={d.items} end={setEnding} />
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
      submit={async () => onMade((await post<TokenMade>("/tokens", { name, scopes })).token)}
    >
      <TextField label={t("people.name")} value={name} onValue={setName} required autofocus />
      <fieldset>
        <legend>{t("tokens.scopes")}</legend>
        {myScopes().map((s) => (
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
