// SPDX-License-Identifier: MIT
// What the engine does; ids are strings, times milliseconds since 1970.  Made by
// make-types.mjs: change the description, src/member/methods.json, and not this
// file.

export interface State {
  phase: "none" | "locked" | "open";
  online: boolean;
  name?: string;
  hub?: string;
  account?: string;
  device?: string;
  operator_key?: string;
  clock?: string;
  log?: "fork" | "entry" | "unsigned";
  log_accepted?: boolean;
  words_here?: boolean;
  locks?: boolean;
}

export interface Media {
  name: string;
  type: string;
  size: number;
  photo?: boolean;
  duration_ms?: number;
}

export interface Reaction {
  text: string;
  from: string;
}

export interface Receipt {
  from: string;
  state: "read" | "delivered";
}

export interface Message {
  kind:
    | "received"
    | "sent"
    | "notice"
    | "refused"
    | "edit"
    | "deletion"
    | "reaction"
    | "timer"
    | "name"
    | "picture"
    | "link"
    | "unknown";
  id?: string;
  conversation: string;
  conversation_id?: string;
  alias?: string;
  looks_like?: string;
  direct: boolean;
  from?: string;
  from_alias?: string;
  time_ms: number;
  number: number;
  row: number;
  seen?: boolean;
  request?: boolean;
  late?: boolean;
  waiting?: boolean;
  failed?: boolean;
  warning?: boolean;
  reason?: string;
  text?: string;
  reply_to?: string;
  edited?: boolean;
  deleted?: boolean;
  expires_ms?: number;
  seconds?: number;
  type?: string;
  taken_away?: boolean;
  conversation_picture?: boolean;
  about?: string;
  refused?: "not-here" | "not-theirs";
  mentions_you?: boolean;
  mentions?: string[];
  reactions?: Reaction[];
  receipts?: Receipt[];
  media?: Media[];
}

export interface Listed {
  id: string;
  name: string;
  alias?: string;
  looks_like?: string;
  added_by?: string;
  direct: boolean;
  picture?: boolean;
  state: "active" | "request" | "left" | "blocked" | "leaving";
  lost?: boolean;
  unread: number;
  time_ms: number;
  pinned?: boolean;
  muted?: boolean;
  archived?: boolean;
  draft?: string;
  draft_reply_to?: string;
  last?: Message;
}

export interface Member {
  name: string;
  role: "owner" | "admin" | "member";
}

export interface Conversation {
  id: string;
  name: string;
  alias?: string;
  looks_like?: string;
  added_by?: string;
  direct: boolean;
  state: "active" | "request" | "left" | "blocked" | "leaving";
  lost?: boolean;
  role: "owner" | "admin" | "member";
  members: Member[];
  kept: Kept;
}

export interface Kept {
  add: boolean;
  rename: boolean;
  timer: boolean;
  write: boolean;
}

export interface Person {
  name: string;
  alias?: string;
  id?: string;
  met: boolean;
  accepted: boolean;
  blocked: boolean;
  changed: boolean;
}

export interface Asker {
  name: string;
  alias?: string;
  near?: string;
  accepted: boolean;
  asked_ms: number;
  text: string;
}

export interface OwnAsk {
  group: string;
  state: "waits" | "taken" | "over";
  asked_ms: number;
  until_ms: number;
}

export interface Report {
  id: string;
  created_ms: number;
  updated_ms: number;
  reason: string;
  messages: number;
  named: boolean;
  state: "waiting" | "sent" | "received" | "rejected" | "acted" | "closed";
  answer: string;
  question: string | null;
  second_look: "none" | "asked" | "answered";
  reply: string | null;
  can_ask_again: boolean;
}

export interface Notice {
  id: string;
  kind: number;
  reason: string;
  decided_ms: number;
  until_ms: number;
  reversed_ms: number;
  in_force: boolean;
  what: string;
  facts: string;
  ground: string;
  explanation: string;
  redress: string;
  case_number: string;
  appeal: "none" | "sent" | "received" | "upheld" | "reversed" | "unreadable";
  answer: string;
  reply: string;
  can_appeal: boolean;
}

export interface Device {
  id: string;
  name: string;
  created_ms: number;
  seen_ms: number;
  ends_ms: number;
  this: boolean;
}

export type Nothing = Record<string, never>;

export interface Methods {
  /** READ: who one is, and what there is to do first */
  state: { take: Nothing; give: State };
  /** CALL: open the folder, with its passphrase if it has one */
  open: { take: { passphrase?: string }; give: undefined };
  /** CALL: close the folder until the passphrase is given */
  lock: { take: Nothing; give: undefined };
  /** CALL: reach the hub and bring everything up to date */
  connect: { take: Nothing; give: undefined };
  /** CALL: go on sending to a hub whose log is not what it was */
  log_accept: { take: Nothing; give: undefined };
  /** CALL: join a hub with an invite link */
  join: { take: { link: string; name: string; passphrase?: string }; give: undefined };
  /** CALL: bring an account back with the recovery words */
  recover: {
    take: { link: string; words: string; device_name: string; remove_others?: boolean; passphrase?: string };
    give: undefined;
  };
  /** CALL: make this a device of an account; the event 'check_number' tells what to compare */
  join_device: { take: { code: string; name: string; history?: boolean; passphrase?: string }; give: undefined };
  /** READ: the recovery words, if they are still here, and the link beside them */
  words: { take: Nothing; give: { words: string; link: string } };
  /** CALL: see whether these are the recovery words */
  words_check: { take: { words: string }; give: { right: boolean } };
  /** CALL: other recovery words take the place of these; 'words' gives the new ones */
  words_renew: { take: { words?: string }; give: undefined };
  /** CALL: take the recovery words off this device */
  words_forget: { take: Nothing; give: undefined };
  /** CALL: put the folder under a passphrase, or none if it is left out */
  passphrase: { take: { passphrase?: string }; give: undefined };
  /** CALL: destroy all that is on this device */
  wipe: { take: Nothing; give: undefined };
  /** READ: every conversation, with its last message and what is new */
  conversations: { take: Nothing; give: Listed[] };
  /** READ: the same of those that changed after an earlier look; whole: of all, and who is known */
  listing: {
    take: { since?: number };
    give: { now: number; whole: boolean; conversations: Listed[]; gone: string[]; people?: Person[] };
  };
  /** READ: one conversation, and who is in it */
  conversation: { take: { id: string }; give: Conversation };
  /** READ: a page of a conversation: the last messages, or those before, after or around one */
  messages: { take: { id: string; before?: string; after?: string; around?: string; most?: number }; give: Message[] };
  /** READ: the newest messages in which all of the words are */
  search: { take: { words: string[]; most?: number }; give: Message[] };
  /** READ: who is known */
  people: { take: Nothing; give: Person[] };
  /** CALL: send a text, a photo, a file or a voice message, which lie in the exchange folder; begin: also to somebody new */
  send: {
    take: {
      to: string;
      text?: string;
      photo?: string;
      file?: string;
      voice?: string;
      reply_to?: string;
      expires_s?: number;
      begin?: boolean;
    };
    give: { id: string; waits: boolean };
  };
  /** CALL: upload what waits; the event 'progress' tells how far */
  send_files: { take: Nothing; give: undefined };
  /** CALL: change a message of one's own */
  edit: { take: { id: string; text: string }; give: undefined };
  /** CALL: take a message back for everybody, or off this device */
  delete: { take: { id: string; here?: boolean }; give: undefined };
  /** CALL: react to a message, or take that back */
  react: { take: { id: string; text: string; remove?: boolean }; give: undefined };
  /** CALL: how long messages of a conversation last; 0: for good */
  timer: { take: { id: string; seconds: number }; give: undefined };
  /** CALL: all up to this message was seen */
  seen: { take: { id: string; last: string }; give: undefined };
  /** CALL: keep what was written and not sent */
  draft: { take: { id: string; text: string; reply_to?: string }; give: undefined };
  /** CALL: pin, mute or archive a conversation */
  shelve: { take: { id: string; pinned: boolean; muted: boolean; archived: boolean }; give: undefined };
  /** CALL: fetch and check the photo or file of a message into the exchange folder */
  fetch: { take: { id: string }; give: { file: string } };
  /** CALL: let somebody write */
  accept: { take: { name: string }; give: undefined };
  /** CALL: keep somebody out */
  block: { take: { name: string }; give: undefined };
  /** CALL: give somebody, or a conversation, a name of one's own; empty takes it away */
  alias: { take: { id: string; alias: string }; give: undefined };
  /** CALL: the digits to compare with somebody, and those of a key that the hub shows now */
  safety_number: { take: { name: string }; give: { digits: string; changed?: string } };
  /** CALL: the new key is theirs: it was compared */
  accept_new_key: { take: { name: string }; give: undefined };
  /** CALL: make a group */
  group_new: { take: { name: string; people: string[]; begin?: boolean }; give: undefined };
  /** CALL: add people to a group */
  group_add: { take: { id: string; people: string[]; begin?: boolean }; give: undefined };
  /** CALL: remove somebody from a group */
  group_remove: { take: { id: string; name: string }; give: undefined };
  /** CALL: give a group another name */
  group_rename: { take: { id: string; name: string }; give: undefined };
  /** CALL: give somebody a role */
  group_role: { take: { id: string; name: string; role: "owner" | "admin" | "member" }; give: undefined };
  /** CALL: what is kept from members */
  group_policy: {
    take: { id: string; add: boolean; rename: boolean; timer: boolean; write: boolean };
    give: undefined;
  };
  /** CALL: give a group a picture, which lies in the exchange folder, or none if it is left out */
  group_picture: { take: { id: string; photo?: string }; give: undefined };
  /** CALL: the picture of a group, into the exchange folder */
  group_picture_get: { take: { id: string }; give: { file: string } };
  /** CALL: the link by which people ask to be let in: show it, make another, or end it */
  group_link: { take: { id: string; what: "show" | "new" | "off" }; give: { link: string } };
  /** CALL: who asks to be let in */
  group_asks: { take: { id: string }; give: Asker[] };
  /** CALL: let somebody in who asks */
  group_approve: { take: { id: string; name: string; begin?: boolean }; give: undefined };
  /** CALL: do not let them in */
  group_refuse: { take: { id: string; name: string }; give: undefined };
  /** CALL: ask to be let into a group */
  group_ask: { take: { link: string; text?: string }; give: { group: string } };
  /** CALL: the groups into which one asked to be let */
  own_asks: { take: Nothing; give: OwnAsk[] };
  /** CALL: leave a group or a conversation */
  group_leave: { take: { id: string }; give: undefined };
  /** CALL: enter a conversation anew */
  group_repair: { take: { id: string; force?: boolean }; give: undefined };
  /** CALL: make a report, and tell all that would leave the device */
  report_prepare: {
    take: { ids: string[]; reason: string; note?: string; named?: boolean };
    give: { lines: string[] };
  };
  /** CALL: send the report that was prepared last */
  report_send: { take: Nothing; give: { id: string } };
  /** CALL: what became of one's reports */
  reports: { take: Nothing; give: Report[] };
  /** CALL: answer what the desk asks */
  report_reply: { take: { id: string; text: string; language?: string }; give: undefined };
  /** CALL: ask the desk to look again, once */
  second_look: { take: { id: string; text?: string; language?: string }; give: undefined };
  /** CALL: what the desk decided about oneself */
  notices: { take: Nothing; give: Notice[] };
  /** CALL: object to a decision */
  appeal: { take: { id: string; text: string; language?: string }; give: undefined };
  /** CALL: write messages as evidence into the exchange folder, sealed to a key unless it is left out */
  evidence: { take: { ids: string[]; to_key?: string; named?: boolean }; give: { file: string } };
  /** CALL: the devices of the account */
  devices: { take: Nothing; give: Device[] };
  /** CALL: remove a device */
  device_remove: { take: { id: string }; give: undefined };
  /** CALL: make a code that lets a new device ask */
  link_begin: { take: Nothing; give: { code: string } };
  /** CALL: wait some seconds for it; then its name and the number to compare */
  link_wait: { take: Nothing; give: { name?: string; number?: string; wants_history?: boolean } };
  /** CALL: let it in; history: with what was said before, if it asks for that */
  link_agree: { take: { history?: boolean }; give: undefined };
  /** CALL: go on giving or taking what was said before, as far as it gets */
  history: { take: Nothing; give: { state: "none" | "waits" | "done" } };
  /** CALL: the code is over */
  link_end: { take: Nothing; give: undefined };
  /** READ: what was set on this device last */
  settings_now: { take: Nothing; give: { unknown_senders: "refuse" | "request"; receipts: boolean } };
  /** CALL: who may write, and whether receipts are sent */
  settings: { take: { unknown_senders?: "refuse" | "request"; receipts?: boolean }; give: undefined };
  /** CALL: write a sealed backup into the exchange folder */
  backup: { take: { passphrase: string }; give: { file: string } };
  /** CALL: bring back what a backup in the exchange folder has */
  restore: { take: { file: string; passphrase?: string; words?: string }; give: { messages: number } };
  /** CALL: leave the hub for good */
  account_leave: { take: Nothing; give: undefined };
  /** READ: did this key (C2SP signed-note) sign this release of the page */
  release_check: { take: { note: string; key: string }; give: { signed: boolean } };
  /** CALL: the key by which the hub's pushes are known to the browser's service; empty: the hub sends none */
  push_key: { take: Nothing; give: { key: string } };
  /** CALL: wake this device by a push (RFC 8030) when something is there; the keys are base64url, as browsers have them */
  push_set: { take: { endpoint: string; p256dh: string; auth: string }; give: undefined };
  /** CALL: send this device no pushes */
  push_clear: { take: Nothing; give: undefined };
}

export const READS: ReadonlySet<string> = new Set([
  "state",
  "words",
  "conversations",
  "listing",
  "conversation",
  "messages",
  "search",
  "people",
  "settings_now",
  "release_check",
]);
