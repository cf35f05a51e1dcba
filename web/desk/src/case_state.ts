// SPDX-License-Identifier: MIT
// One case as a reviewer has it open: what the desk answered, how much of it
// was read, and who was quicker.
import type { ApiError } from "./api";
import type { Case, CaseEvent, Decision, Item, LiveEvent, Person } from "./types";

export interface CaseState {
  c: Case;
  /** The time of the last event that was seen: later ones are changes. */
  seenTo: number;
  /** The version that was read: a decision is about the messages that it had. */
  readTo: number;
  /** Who changed the case after it was loaded; "" for nobody. */
  changedBy: string;
  /** The refusal of a change because somebody was quicker. */
  conflict: ApiError | null;
}

export type CaseAction =
  /** The case was loaded anew. */
  | { type: "loaded"; c: Case }
  /** This reviewer changed the case, and sees what it has become. */
  | { type: "changed"; c: Case }
  /** Further messages: the items of ${c} follow those that are shown. */
  | { type: "more"; c: Case }
  /** A decision was made, or its state is another. */
  | { type: "decision"; d: Decision }
  | { type: "changed-by"; by: string }
  | { type: "conflict"; error: ApiError | null }
  /** The reviewer asks for the newest version. */
  | { type: "look" }
  /** All changes have been seen. */
  | { type: "seen" }
  /** All messages have been read. */
  | { type: "read" };

/** As the desk signs what it does by itself. */
export const THE_DESK = ["", "desk"];

const lastEvent = (c: Case) => c.events.reduce((last, e) => Math.max(last, e.at_ms), 0);

/** A case that is opened, of which the version ${readTo} was read before, if any. */
export function openCase(c: Case, readTo = c.version): CaseState {
  return withCase({ c, seenTo: lastEvent(c), readTo, changedBy: "", conflict: null }, c);
}

/** Messages that came after the version that was read. */
export const unread = (s: CaseState): Item[] => s.c.items.filter((i) => i.since_version > s.readTo);

/** What others did since the case was seen. */
export function changes(s: CaseState, me: Person | undefined): CaseEvent[] {
  return s.c.events.filter(
    (e) =>
      e.what !== "read" &&
      e.what !== "notice-read" &&
      e.at_ms > s.seenTo &&
      !THE_DESK.includes(e.by) &&
      !isMe(e.by, me),
  );
}

const isMe = (by: string, me: Person | undefined) => by === me?.name || by === me?.pseudonym;

/**
 * What a live event asks of the page of this case: to load it anew when the
 * desk or this reviewer changed it, to say so when another reviewer did, since
 * a page must not change under a hand.
 */
export function heard(s: CaseState, e: LiveEvent, me: Person | undefined): "nothing" | "reload" | "tell" {
  if (e.type !== "case" || e.id !== s.c.id || e.version <= s.c.version) return "nothing";
  return !e.by || e.by === "command line" || isMe(e.by, me) ? "reload" : "tell";
}

/** An answer has the first messages; further ones that are shown stay. */
function withItems(s: CaseState, c: Case): Case {
  if (c.items.length >= c.items_total || c.items_total < s.c.items_total) return c;
  return { ...c, items: append(c.items, s.c.items) };
}

function append(first: Item[], more: Item[]): Item[] {
  const known = new Set(first.map((i) => i.id));
  return [...first, ...more.filter((i) => !known.has(i.id))];
}

/** The whole of a version was read when no message of it is new. */
function withCase(s: CaseState, c: Case): CaseState {
  const next = { ...s, c };
  return unread(next).length === 0 ? { ...next, readTo: c.version } : next;
}

function withDecision(decisions: Decision[], d: Decision): Decision[] {
  return decisions.some((x) => x.id === d.id) ? decisions.map((x) => (x.id === d.id ? d : x)) : [...decisions, d];
}

export function reduceCase(s: CaseState, a: CaseAction): CaseState {
  switch (a.type) {
    case "loaded":
      // An answer that was asked for before a change may come after it.
      return a.c.version < s.c.version ? s : withCase(s, withItems(s, a.c));
    case "changed":
      return withCase({ ...s, seenTo: lastEvent(a.c) }, withItems(s, a.c));
    case "more":
      return withCase(s, { ...a.c, items: append(s.c.items, a.c.items) });
    case "decision":
      return { ...s, c: { ...s.c, decisions: withDecision(s.c.decisions, a.d) } };
    case "changed-by":
      return { ...s, changedBy: a.by };
    case "conflict":
      return { ...s, conflict: a.error };
    case "look":
      return { ...s, conflict: null, changedBy: "" };
    case "seen":
      return { ...s, seenTo: lastEvent(s.c) };
    case "read":
      return { ...s, readTo: s.c.version };
  }
}
