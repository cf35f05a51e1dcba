// SPDX-License-Identifier: MIT
// A decision that is being written: what was chosen and typed, what it still
// lacks, and what is sent.
import type { ActionKind, Case, Decision, Item, Media } from "./types";

export const ACTIONS: ActionKind[] = ["none", "warn", "disable-until", "disable", "quarantine", "dissolve", "refer"];
const ON_ACCOUNTS: ActionKind[] = ["warn", "disable", "disable-until"];
const DAY_S = 86_400;

export type Ground = Decision["ground"];
type Targets = "accounts" | "files" | "items";

export interface Draft {
  action: ActionKind | "";
  reason: string;
  /** Ids of what the action is about; of a group, one of its messages. */
  accounts: string[];
  files: string[];
  items: string[];
  days: string;
  facts: string;
  /** Null: the ground that the policy has for the reason. */
  ground: Ground | null;
  legal: string;
  key: string;
  /** What was missing when it was to be sent. */
  missing: Missing | null;
}

export type Missing = "decide.need-account" | "decide.need-file" | "decide.need-group";

export type DraftAction =
  | { type: "set"; fields: Partial<Omit<Draft, Targets | "missing">> }
  | { type: "choose"; of: Targets; id: string; on: boolean }
  | { type: "choose-all"; of: Targets; ids: string[] }
  | { type: "checked"; missing: Missing | null }
  | { type: "made" };

export function beginDraft(c: Case): Draft {
  return {
    action: "",
    reason: c.reason,
    accounts: c.accounts.length === 1 ? [c.accounts[0].id] : [],
    files: [],
    items: [],
    days: "7",
    facts: "",
    ground: null,
    legal: "",
    key: "",
    missing: null,
  };
}

export function reduceDraft(d: Draft, a: DraftAction): Draft {
  switch (a.type) {
    case "set":
      return { ...d, ...a.fields };
    case "choose":
      return { ...d, [a.of]: a.on ? [...d[a.of], a.id] : d[a.of].filter((id) => id !== a.id) };
    case "choose-all":
      return { ...d, [a.of]: a.ids };
    case "checked":
      return { ...d, missing: a.missing };
    case "made":
      return { ...d, action: "", facts: "" };
  }
}

/** Has somebody begun to write it? */
export const begun = (d: Draft) => d.action !== "" || d.facts !== "" || d.legal !== "" || d.key !== "";

export const onAccounts = (d: Draft) => ON_ACCOUNTS.includes(d.action as ActionKind);
/** A statement of reasons goes to somebody. */
export const statesReasons = (d: Draft) => d.action !== "none" && d.action !== "refer";

export const filesOf = (c: Case): Media[] => c.items.flatMap((i) => i.media).filter((m) => m.photo || m.type);
/** The first message of each conversation: it stays the first when others come. */
export const groupsOf = (c: Case): Item[] =>
  c.items.filter((i, at) => c.items.findIndex((x) => x.group === i.group) === at);

/** What was chosen, and is still in the case. */
function targets(d: Draft, c: Case) {
  const among = (chosen: string[], there: { id: string }[]) => chosen.filter((id) => there.some((x) => x.id === id));
  return {
    accounts: onAccounts(d) ? among(d.accounts, c.accounts) : [],
    media: d.action === "quarantine" ? among(d.files, filesOf(c)) : [],
    items: d.action === "dissolve" ? among(d.items, c.items) : [],
  };
}

export function missing(d: Draft, c: Case): Missing | null {
  const t = targets(d, c);
  if (onAccounts(d) && t.accounts.length === 0) return "decide.need-account";
  if (d.action === "quarantine" && t.media.length === 0) return "decide.need-file";
  if (d.action === "dissolve" && t.items.length === 0) return "decide.need-group";
  return null;
}

/** What is posted: a decision about ${version} of the case. */
export function decisionBody(d: Draft, c: Case, version: number, ground: Ground) {
  return {
    version,
    action: d.action,
    reason: d.reason,
    ...targets(d, c),
    duration_s: d.action === "disable-until" ? Math.round(Number(d.days) * DAY_S) : 0,
    facts: d.facts,
    ground,
    legal: d.legal,
    to_key: d.action === "refer" ? d.key.trim() : "",
  };
}
