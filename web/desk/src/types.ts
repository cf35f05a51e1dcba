// SPDX-License-Identifier: MIT
// What the desk answers at /api/v1; every id is a string, every time is
// milliseconds since 1970.  Made by make-types.mjs: change the description,
// src/desk/console/schemas.json, and not this file.

/** One page of a long list. */
export interface Page<T> {
  items: T[];
  next?: string | null;
}

export type Role = "reviewer" | "senior" | "auditor" | "administrator";

export type Language = "en" | "ar" | "kmr" | "ckb";

export interface Person {
  id: string;
  name: string;
  pseudonym: string;
  role: Role;
  language: string;
  daily_limit: number;
  break_every_min: number;
  exposure_today: number;
}

export interface Session {
  person: Person;
  csrf: string;
  locked: boolean;
  idle_s: number;
  expires_ms: number;
  hub: string;
  undo_s: number;
  server_ms: number;
  /** What other administrators want to be done about this person, or have done lately. */
  about_me: Proposal[];
  hub_online: boolean;
  /** What the operator of the hub has to see to. */
  hub_troubles: HubTrouble[];
}

export interface HubTrouble {
  kind: string;
  /** Seconds until it has run out, or bytes of the disk; 0: none. */
  left: number;
}

export interface Welcome {
  name: string;
  role: Role;
  secret: string;
  uri: string;
  qr: string[];
}

export interface AccountRef {
  id: string;
  handle: string;
}

export interface PersonRef {
  id: string;
  name: string;
}

export interface Why {
  code: string;
  args?: Record<string, number | string>;
}

export type CaseState = "open" | "waiting" | "decided" | "closed";

export type Age = "child" | "adult" | "unknown";

export interface CaseRow {
  id: string;
  version: number;
  state: CaseState;
  reason: string;
  severity: number;
  danger: boolean;
  age: Age;
  threat_ms: number;
  opened_ms: number;
  updated_ms: number;
  due_ms: number;
  overdue: boolean;
  reports: number;
  reporters: number;
  items: number;
  photos: number;
  unproved_reports: number;
  accounts: AccountRef[];
  assignee: PersonRef | null;
  escalated: boolean;
  held: boolean;
  flood: boolean;
  /** That are in it. */
  notices: number;
  /** By when the next of them has to be answered; 0: all are. */
  answer_ms: number;
  /** Something was filed since a person changed it. */
  news: boolean;
  /** A photo is of a person at risk. */
  risk: boolean;
  pending: number;
  appeals: number;
  why: Why[];
}

export interface Counts {
  open: number;
  waiting: number;
  overdue: number;
  mine: number;
  appeals: number;
}

export interface ProofLink {
  name: string;
  text: string;
  ok: boolean;
  problem?: string;
}

export interface Match {
  kind: "case" | "list" | "notice";
  case?: string;
  notice?: string;
  list?: string;
  list_name?: string;
  label?: string;
  distance: number;
  media?: string;
}

export interface Media {
  id: string;
  type: string;
  size: number;
  name: string;
  photo: boolean;
  state: "present" | "missing" | "refused" | "crashed" | "unread" | "wrong" | "at-hub" | "wanted";
  decided: boolean;
  quality?: number;
  copies?: number;
  matches: Match[];
}

export interface Item {
  id: string;
  report: string;
  /** 0: it came with a notice. */
  reporter: number;
  /** That it came with. */
  notice: string | null;
  account: AccountRef;
  group: string;
  seq: number;
  accepted_ms: number;
  claimed_ms: number;
  clocks_differ: boolean;
  kind: "message" | "edit" | "deletion" | "reaction" | "receipt" | "timer" | "name" | "picture" | "link" | "unknown";
  /** What its author did to it by another message of the same report. */
  later: "" | "edited" | "deleted";
  text: string;
  redacted: boolean;
  reason: string;
  note: string;
  proved: boolean;
  links: ProofLink[];
  undisclosed: number;
  repeated: boolean;
  media: Media[];
  /** Who read an earlier version of the case has not seen it. */
  since_version: number;
}

export interface Note {
  id: string;
  at_ms: number;
  by: string;
  text: string;
  kind: "note" | "escalation" | "opinion" | "attachment";
}

export interface Attachment {
  id: string;
  at_ms: number;
  by: string;
  source: string;
  text: string;
  proved: false;
  kind?: string;
}

export interface Question {
  id: string;
  report: string;
  at_ms: number;
  by: string;
  text: string;
  answer: string;
  answered_ms: number;
  kind?: string;
}

export interface CaseEvent {
  at_ms: number;
  by: string;
  /** By which a program did it for them. */
  token?: string;
  what: string;
  args?: Record<string, unknown>;
}

export type DecisionState =
  "undo" | "waiting" | "refused" | "queued" | "sending" | "applied" | "failed" | "undone" | "reversed";

export type ActionKind = "none" | "warn" | "disable" | "disable-until" | "quarantine" | "dissolve" | "refer";

export interface Decision {
  id: string;
  case: string;
  action: ActionKind;
  reason: string;
  state: DecisionState;
  made_ms: number;
  by: PersonRef;
  undo_until_ms: number;
  second: PersonRef | null;
  /** Why it takes two people; null: it does not. */
  two: {
    why: "action" | "reason" | "reversal";
    reason: string;
  } | null;
  facts: string;
  ground: "illegal" | "terms";
  legal: string;
  territory: string | string[] | null;
  until_ms: number | null;
  accounts: AccountRef[] | null;
  targets: {
    total: number;
    applied: number;
    failed: number;
  } | null;
  reverses: string | null;
  reversed_by: string | null;
  /** The case of what came while it was being made, and was not seen. */
  aside: string | null;
  quality: {
    state: "none" | "due" | "agreed" | "disagreed";
    checked_by: string | null;
  };
  /** Why the second person refused. */
  note?: string | null;
  duration_s?: number;
}

export interface Reporter {
  n: number;
  reports: number;
  rejected: number;
  /** Of those, in this case. */
  here: number;
}

export interface NoticeOrganisation {
  /** It has signed the notice. */
  key: string;
  name: string;
  /** Is the key the one that this desk knows under that name? first: it came for the first time. */
  known: "first" | "known" | "other-key" | "other-name";
  /** Of other-key: the one that had the name before. */
  key_before: string;
  /** Of other-name: the one that the key had before. */
  name_before: string;
  scope: string;
  /** A trusted flagger (DSA, article 22). */
  trusted: boolean;
  /** Of its notices, by what this desk answered. */
  acted: number;
  refused: number;
  not_ours: number;
}

export type NoticeOutcome = "" | "acted" | "refused" | "not-ours" | "needs-more" | "unreadable" | "listed";

export interface NoticeRow {
  id: string;
  case: string | null;
  /** The notice. */
  about: string | null;
  what: "notice" | "more" | "appeal" | "photos";
  category: string;
  state: "open" | "over";
  received_ms: number;
  /** 0: it has no deadline. */
  due_ms: number;
  overdue: boolean;
  outcome: NoticeOutcome;
  /** Why it is unreadable. */
  problem: string;
  /** Whom the hub names, and no signature does. */
  claimed: string;
  destroyed: boolean;
  organisation: NoticeOrganisation | null;
}

export interface NoticePlace {
  kind: "link" | "handle" | "group" | "blob";
  value: string;
}

export interface NoticeFile {
  id: string;
  kind: "other" | "photo" | "evidence" | "sealed";
  name: string;
  size: number;
  proved: boolean;
  /** Of evidence. */
  messages: number;
  problem: string;
}

export interface NoticeAnswer {
  outcome: NoticeOutcome;
  at_ms: number;
  /** Empty: the desk by itself. */
  by: string;
  text: string;
  decision: string | null;
  /** The hub has it. */
  told: boolean;
  refused: string;
}

export interface Notice {
  id: string;
  case: string | null;
  /** The notice. */
  about: string | null;
  what: "notice" | "more" | "appeal" | "photos";
  category: string;
  state: "open" | "over";
  received_ms: number;
  /** 0: it has no deadline. */
  due_ms: number;
  overdue: boolean;
  outcome: NoticeOutcome;
  /** Why it is unreadable. */
  problem: string;
  /** Whom the hub names, and no signature does. */
  claimed: string;
  destroyed: boolean;
  organisation: NoticeOrganisation | null;
  language: string;
  text: string;
  law: string;
  hashes: number;
  has_contact: boolean;
  /** A child is concerned. */
  child: boolean;
  /** More was asked for. */
  asked: boolean;
  places: NoticePlace[];
  files: NoticeFile[];
  answers: NoticeAnswer[];
}

export interface NoticeContact {
  name: string;
  contact: string;
}

export interface Case {
  id: string;
  version: number;
  state: CaseState;
  reason: string;
  /** Every reason that a report or a person has given. */
  reasons: string[];
  severity: number;
  danger: boolean;
  age: Age;
  threat_ms: number;
  opened_ms: number;
  updated_ms: number;
  due_ms: number;
  overdue: boolean;
  reports: number;
  photos: number;
  unproved_reports: number;
  accounts: AccountRef[];
  assignee: PersonRef | null;
  escalated: boolean;
  held: boolean;
  flood: boolean;
  /** That are in it. */
  notices: number;
  /** By when the next of them has to be answered; 0: all are. */
  answer_ms: number;
  /** Something was filed since a person changed it. */
  news: boolean;
  /** A photo is of a person at risk. */
  risk: boolean;
  pending: number;
  why: Why[];
  items: Item[];
  filings: Notice[];
  items_total: number;
  reporters: Reporter[];
  notes: Note[];
  decisions: Decision[];
  appeals: Appeal[];
  events: CaseEvent[];
  attachments: Attachment[];
  earlier: Array<{
    case: string;
    reason: string;
    state: string;
    actions: string[];
  }>;
  merged_into: string | null;
  questions: Question[];
  hold: {
    by: string;
    at_ms: number;
    text: string;
  } | null;
}

export interface Appeal {
  id: string;
  case: string;
  decision: string;
  kind: "appeal" | "second-look";
  /** Null for a second look: it is asked for by who reported, not by an account that is named. */
  account: AccountRef | null;
  at_ms: number;
  text: string;
  state: "open" | "upheld" | "reversed";
  by: string | PersonRef | null;
  answer: string;
  mine: boolean;
  language?: string;
}

export interface Copy {
  media?: string;
  case?: string;
  distance: number;
  list?: string;
  list_name?: string;
  label?: string;
  kind?: "case" | "list";
}

export interface Account {
  id: string;
  handle: string;
  cases: CaseRow[];
  decisions: Decision[];
  appeals: Appeal[];
  reports_made: number;
  reports_rejected: number;
  state: "active" | "disabled" | "unknown";
}

export interface PolicyReason {
  code: string;
  number: number;
  titles: {
    en?: string;
    ar?: string;
    kmr?: string;
    ckb?: string;
  };
  severity: number;
  action: string;
  two_people: boolean;
  ground: "illegal" | "terms";
  hold_days: number;
  keep_days: number;
  first_look_h: number;
  decide_h: number;
  danger?: boolean;
}

export interface Policy {
  toml: string;
  version: number;
  reasons: PolicyReason[];
  /** Of a hundred. */
  quality_share: number;
  two_people_actions: string[];
  /** What programs decide, where one person is enough. */
  token_actions: string[];
  /** That another one be put in its place waits for another administrator. */
  proposal?: string;
  window_h: number;
}

export interface AuditRow {
  seq: number;
  at_ms: number;
  actor: string;
  /** The other administrator, who confirmed it. */
  second?: string;
  /** By which a program did it for them. */
  token?: string;
  case: string | null;
  what: string;
  before?: unknown;
  after?: unknown;
  hash: string;
  /** As the chain holds it; 0: the desk itself. */
  person?: number;
}

export interface HashList {
  id: string;
  name: string;
  owner: string;
  purpose: string;
  hashes: number;
  made_ms: number;
}

export interface Times {
  day: string | number;
  median_ms: number;
  p90_ms: number;
  n: number;
}

export interface NoticeFigures {
  category: string;
  filed: number;
  acted: number;
  refused: number;
  not_ours: number;
  unreadable: number;
  waiting: number;
  /** Answered in time. */
  on_time: number;
  /** Answered late, or waiting too long. */
  late: number;
  /** To the answer. */
  median_hours: number;
}

export interface Statistics {
  by_reason: Array<{
    reason: string;
    reports: number;
    cases: number;
  }>;
  by_severity: Array<{
    severity: number;
    cases: number;
  }>;
  first_look: Times[];
  decision: Times[];
  reversals: {
    appeals: number;
    reversed: number;
    upheld: number;
  };
  load: Array<{
    person: string | PersonRef;
    decided: number;
    claimed: number;
    exposure: number;
  }>;
  quality: {
    checked: number;
    agreed: number;
  };
  notices: NoticeFigures[];
  reports_per_day: Array<{
    day: string | number;
    reports: number;
    rejected: number;
  }>;
}

export interface PersonRow {
  id: string;
  name: string;
  pseudonym: string;
  role: Role;
  state: "invited" | "active" | "disabled";
  last_ms: number;
  passkeys: number;
}

export interface Token {
  id: string;
  name: string;
  by: PersonRef;
  scopes: string[];
  made_ms: number;
  used_ms: number;
}

export interface Passkey {
  id: string;
  name: string;
  host: string;
  credential: string;
  made_ms: number;
  used_ms: number;
}

export interface PasskeyPage {
  items: Passkey[];
  next?: string | null;
  max: number;
}

/** What a passkey is asked to sign. */
export interface PasskeyAsked {
  challenge: string;
  rp_id: string;
  timeout_ms: number;
}

export interface PasskeyWanted {
  items: Passkey[];
  next?: string | null;
  max: number;
  challenge: string;
  rp_id: string;
  timeout_ms: number;
  handle: string;
  name: string;
}

export type LiveEvent =
  | {
      type: "case";
      id: string;
      version: number;
      by: string;
    }
  | {
      type: "queue";
    }
  | {
      type: "hub";
      online: boolean;
    }
  | {
      type: "decision";
      id: string;
      state: DecisionState;
    };

export interface Cases {
  items: CaseRow[];
  next: string | null;
  counts: Counts;
}

export interface Copies {
  copies: Copy[];
}

export interface Imported {
  added: number;
  skipped: number;
  n_bad: number;
  /** The first of them. */
  bad: Array<{
    line: number;
    why: string;
  }>;
}

export interface Granted {
  /** What waits for another administrator; null: it is done. */
  proposal: string | null;
  name: string;
  person?: PersonRow;
  /** The address of a first sign-in; empty: none. */
  welcome: string;
  /** What that takes besides; empty: nothing, or the other one has it. */
  word: string;
}

export interface Proposal {
  id: string;
  kind: "add" | "reset" | "change" | "policy";
  state: "waiting" | "done" | "cancelled" | "expired";
  about: PersonRef | null;
  role: Role | null;
  standing: "same" | "in" | "out";
  /** The policy that is proposed, while it waits. */
  toml: string;
  by: PersonRef | null;
  second: PersonRef | null;
  made_ms: number;
  expires_ms: number;
  ended_ms: number;
}

export interface People {
  items: PersonRow[];
  proposals: Proposal[];
  /** Two have signed in: it takes both to change who is here, and the policy. */
  two_administrators: boolean;
}

export interface TokenMade {
  id: string;
  token: string;
}

export interface ListMade {
  id: string;
}

export interface Verdict {
  ok: boolean;
  entries: number;
  head: string;
  problem: string;
}

export interface Statements {
  statements: Array<Record<string, unknown>>;
}

export interface Refused {
  error: {
    /** What kind of refusal it is. */
    code: string;
    /** A sentence in English. */
    message: string;
    /** Which sentence it is: "problem." and this is its key among the console's words. */
    problem?: string;
    /** What stands at {1}, {2}, ... of that sentence. */
    args?: string[];
    /** Who has changed it meanwhile. */
    by?: string;
    at_ms?: number;
    retry_after_s?: number;
  };
}
