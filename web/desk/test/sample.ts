// SPDX-License-Identifier: MIT
// A case with nothing special, for tests to change.
import type { Case, CaseEvent, Decision, Item, Media, Person } from "../src/types";

export const ANNA: Person = {
  id: "1",
  name: "anna",
  pseudonym: "R-1",
  role: "reviewer",
  language: "en",
  daily_limit: 0,
  break_every_min: 0,
  exposure_today: 0,
};

export function item(id: string, more: Partial<Item> = {}): Item {
  return {
    id,
    report: "r1",
    reporter: 1,
    notice: null,
    account: { id: "a1", handle: "alice" },
    group: "g1",
    seq: 1,
    accepted_ms: 1,
    claimed_ms: 1,
    clocks_differ: false,
    kind: "message",
    later: "",
    text: "text",
    redacted: false,
    reason: "spam",
    note: "",
    proved: true,
    links: [],
    undisclosed: 0,
    repeated: false,
    media: [],
    since_version: 1,
    ...more,
  };
}

export function photo(id: string): Media {
  return { id, type: "image/jpeg", size: 1, name: "", photo: true, state: "present", decided: false, matches: [] };
}

export const event = (at_ms: number, by: string): CaseEvent => ({ at_ms, by, what: "noted" });

export function decision(id: string, more: Partial<Decision> = {}): Decision {
  return {
    id,
    case: "7",
    action: "warn",
    reason: "spam",
    state: "undo",
    made_ms: 1,
    by: { id: "1", name: "anna" },
    undo_until_ms: 0,
    second: null,
    two: null,
    facts: "",
    ground: "terms",
    legal: "",
    territory: null,
    until_ms: null,
    accounts: null,
    targets: null,
    reverses: null,
    reversed_by: null,
    aside: null,
    quality: { state: "none", checked_by: null },
    ...more,
  };
}

export function aCase(more: Partial<Case> = {}): Case {
  const items = more.items ?? [item("i1")];
  return {
    id: "7",
    version: 1,
    state: "open",
    reason: "spam",
    reasons: ["spam"],
    severity: 3,
    danger: false,
    age: "unknown",
    threat_ms: 0,
    opened_ms: 1,
    updated_ms: 1,
    due_ms: 0,
    overdue: false,
    reports: 1,
    reporters: [],
    items,
    items_total: items.length,
    photos: 0,
    unproved_reports: 0,
    accounts: [{ id: "a1", handle: "alice" }],
    assignee: null,
    escalated: false,
    held: false,
    flood: false,
    pending: 0,
    notices: 0,
    answer_ms: 0,
    news: false,
    risk: false,
    filings: [],
    why: [],
    notes: [],
    decisions: [],
    appeals: [],
    events: [event(10, "desk")],
    attachments: [],
    earlier: [],
    merged_into: null,
    questions: [],
    hold: null,
    ...more,
  };
}
