// SPDX-License-Identifier: MIT
// The fields of a decision that its action needs: accounts, files, conversations,
// days, or a key.
import type { Draft, DraftAction } from "../../decide_state";
import { filesOf, groupsOf, onAccounts } from "../../decide_state";
import { t } from "../../lang";
import type { Case } from "../../types";
import { Check, short, TextField } from "../../ui";

export interface DraftProps {
  c: Case;
  draft: Draft;
  dispatch: (a: DraftAction) => void;
}

function Accounts({ c, draft, dispatch }: DraftProps) {
  const ids = c.accounts.map((a) => a.id);
  return (
    <fieldset>
      <legend>{t("decide.accounts")}</legend>
      {ids.length > 1 && (
        <Check
          label={t("decide.all", { n: ids.length })}
          checked={ids.every((id) => draft.accounts.includes(id))}
          onChecked={(on) => dispatch({ type: "choose-all", of: "accounts", ids: on ? ids : [] })}
        />
      )}
      <div class="many">
        {c.accounts.map((a) => (
          <Check
            key={a.id}
            label={<bdi>{a.handle}</bdi>}
            checked={draft.accounts.includes(a.id)}
            onChecked={(on) => dispatch({ type: "choose", of: "accounts", id: a.id, on })}
          />
        ))}
      </div>
    </fieldset>
  );
}

function Files({ c, draft, dispatch }: DraftProps) {
  const files = filesOf(c);
  return (
    <fieldset>
      <legend>{t("decide.files")}</legend>
      {files.length === 0 && <p class="quiet">{t("decide.no-files")}</p>}
      {files.map((m) => (
        <Check
          key={m.id}
          label={<bdi>{m.name || short(m.id)}</bdi>}
          checked={draft.files.includes(m.id)}
          onChecked={(on) => dispatch({ type: "choose", of: "files", id: m.id, on })}
        />
      ))}
    </fieldset>
  );
}

function Groups({ c, draft, dispatch }: DraftProps) {
  return (
    <fieldset>
      <legend>{t("decide.groups")}</legend>
      {groupsOf(c).map((i) => (
        <Check
          key={i.group}
          label={<code dir="ltr">{i.group}</code>}
          checked={draft.items.includes(i.id)}
          onChecked={(on) => dispatch({ type: "choose", of: "items", id: i.id, on })}
        />
      ))}
    </fieldset>
  );
}

export function Targets(p: DraftProps) {
  const { draft, dispatch } = p;
  return (
    <>
      {onAccounts(draft) && <Accounts {...p} />}
      {draft.action === "disable-until" && (
        <TextField
          label={t("decide.days")}
          type="number"
          min="1"
          max="3650"
          step="1"
          dir="ltr"
          required
          value={draft.days}
          onValue={(days) => dispatch({ type: "set", fields: { days } })}
        />
      )}
      {draft.action === "quarantine" && <Files {...p} />}
      {draft.action === "dissolve" && <Groups {...p} />}
      {draft.action === "refer" && (
        <TextField
          label={t("decide.to-key")}
          hint={t("decide.to-key-hint")}
          dir="ltr"
          required
          value={draft.key}
          onValue={(key) => dispatch({ type: "set", fields: { key } })}
        />
      )}
    </>
  );
}
