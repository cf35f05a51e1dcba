// SPDX-License-Identifier: MIT
// The fields of a decision that say why: reason, facts, ground.
import { reasonTitle } from "../../casewords";
import type { Draft, DraftAction, Ground } from "../../decide_state";
import { ACTIONS, statesReasons } from "../../decide_state";
import { t, word } from "../../lang";
import type { ActionKind, Policy, PolicyReason } from "../../types";
import { AreaField, SelectField, Sign, TextField } from "../../ui";
import type { Option } from "../../ui";

interface Props {
  /** Every reason that was given for the case. */
  given: string[];
  draft: Draft;
  dispatch: (a: DraftAction) => void;
  policy: Policy | null;
  rule: PolicyReason | undefined;
}

/** Why a decision takes two people, in words; null if one is enough. */
function whyTwo({ given, draft, policy }: Omit<Props, "dispatch" | "rule">): string | null {
  const lighter = ["none", "warn"].includes(draft.action);
  const grave = (policy?.reasons ?? []).find(
    (r) => r.two_people && !lighter && (r.code === draft.reason || given.includes(r.code)),
  );
  if (grave) return t("decide.two-reason", { reason: reasonTitle(grave.code) });
  if ((policy?.two_people_actions ?? []).includes(draft.action)) return t("decide.two-action");
  return null;
}

function Rules(p: Omit<Props, "dispatch">) {
  const { rule } = p;
  if (!rule) return null;
  const two = whyTwo(p);
  return (
    <ul class="rules" aria-label={t("decide.policy")}>
      <li>
        {two ? (
          <Sign tone="warn" icon="lock">
            {t("decide.two-people")} {two}
          </Sign>
        ) : (
          <Sign tone="plain">{t("decide.one-person")}</Sign>
        )}
      </li>
      <li>{rule.hold_days > 0 ? t("decide.hold", { n: rule.hold_days }) : t("decide.no-hold")}</li>
      <li>{t("decide.usual", { action: word("action-kind", rule.action) })}</li>
    </ul>
  );
}

export function ActionAndReason(p: Props) {
  const { draft, dispatch, policy, rule } = p;
  const reasons = (policy?.reasons ?? []).map((r): Option => [r.code, reasonTitle(r.code)]);
  return (
    <>
      <SelectField
        label={t("decide.action")}
        required
        value={draft.action}
        onValue={(v) => dispatch({ type: "set", fields: { action: v as ActionKind } })}
        options={[["", t("decide.choose")], ...ACTIONS.map((a): Option => [a, word("action-kind", a)])]}
      />
      <SelectField
        label={t("decide.reason")}
        value={draft.reason}
        onValue={(reason) => dispatch({ type: "set", fields: { reason } })}
        options={rule ? reasons : [...reasons, [draft.reason, reasonTitle(draft.reason)]]}
      />
      <Rules {...p} />
    </>
  );
}

export function FactsAndGround({ draft, dispatch, ground }: Pick<Props, "draft" | "dispatch"> & { ground: Ground }) {
  return (
    <>
      <AreaField
        label={t("decide.facts")}
        hint={t("decide.facts-hint")}
        value={draft.facts}
        onValue={(facts) => dispatch({ type: "set", fields: { facts } })}
        required={statesReasons(draft)}
        rows={4}
      />
      <fieldset>
        <legend>{t("decide.ground")}</legend>
        {(["terms", "illegal"] as const).map((g) => (
          <label key={g} class="radio">
            <input
              type="radio"
              name="ground"
              checked={ground === g}
              onChange={() => dispatch({ type: "set", fields: { ground: g } })}
            />{" "}
            {word("ground", g)}
          </label>
        ))}
      </fieldset>
      <TextField
        label={ground === "illegal" ? t("decide.law") : t("decide.rule")}
        value={draft.legal}
        onValue={(legal) => dispatch({ type: "set", fields: { legal } })}
        required={ground === "illegal" && statesReasons(draft)}
      />
    </>
  );
}
