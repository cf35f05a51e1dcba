/* SPDX-License-Identifier: MIT */
#include "hub/core/schema.h"

/*
 * Version 1.  Times are milliseconds since 1970, ids are random bytes, 0 stands
 * for a time that has not come.
 *
 * account.until: the end of what disables it; .gone: when its holder left.
 * account.registrar, .cert: what the registrar signed when it was made, and the
 * root's word for the registrar.  device.cert: its credential, the latest.
 * device.removed: when another device of the account removed it.
 * revocation: why, signed by that device or the recovery key; for members.
 * group_note: sealed for the account's devices, as contact.note is.
 * name_gone: names of accounts that left, as a MAC: nobody gets one of them.
 * report.named: 0: the desk is given a pseudonym of the account.
 * device.name, contact.note: sealed for the account's own devices.
 * grp: what changes with each message.  grp.forgot: up to which entry the bytes
 * of messages are gone.  grp_state: what changes with each commit, and is
 * large. grp_state.info: the GroupInfo of the current epoch, signed by whoever
 * began it.  welcome: one row a device, welcome_bytes: one a commit. grp.ref:
 * the group as stamps name it. grp.dissolved, blob.quarantined: until when an
 * action holds them. pin.until: 0: the desk said so; otherwise only the
 * reporter did. log: one row a message or handshake, whatever the size of the
 * group.  The bytes of a message go when every device has them; hash and stamp
 * stay for the report window, so that a repeated submission gets the first
 * answer, and then the row goes.  A handshake goes when every device has it, or
 * after a year. member: a device reads entries after from_seq, up to until_seq
 * once it has been removed; cursor is what it has acknowledged. removal: groups
 * in which the removal of somebody may have to be proposed, when that is tried
 * next, how often it failed and why (enum cs_err). restore: conversations that
 * an account was taken out of while it was disabled; seq 0: in epoch a Remove
 * of the hub still waits. action: kind, target and until as the desk signed
 * them; reversed: when another action took it back; grps: how many
 * conversations it touched. spent: budgets of accounts (core/budget.h): since
 * when, and how much; since 0: a standing one, which the triggers count.
 */

/* A row of ${table} that comes or goes takes or gives back ${n} of the account
 * in ${of}'s ${budget}. */
#define TAKE(name, event, budget, of, n)                                       \
	"CREATE TRIGGER " name " AFTER " event " BEGIN"                        \
	" INSERT INTO spent(scope,budget,since,n) VALUES(" of ",'" budget      \
	"',0," n ") ON CONFLICT(scope,budget) DO UPDATE SET n=n+excluded.n;"   \
	" END;"
#define COUNTED(table, budget, of, n)                                          \
	TAKE("\"" budget "+\"", "INSERT ON " table, budget, "NEW." of, n)      \
	TAKE("\"" budget "-\"", "DELETE ON " table, budget, "OLD." of, "-" n)
/* The same while the desk has not fetched a report. */
#define UNREAD(budget, new, old)                                               \
	TAKE("\"" budget "+\"",                                                \
	    "INSERT ON report WHEN NEW.sealed IS NOT NULL", budget,            \
	    "NEW.account", new)                                                \
	TAKE("\"" budget "-\"",                                                \
	    "DELETE ON report WHEN OLD.sealed IS NOT NULL", budget,            \
	    "OLD.account", old)                                                \
	TAKE("\"" budget "=\"",                                                \
	    "UPDATE OF sealed ON report WHEN OLD.sealed IS NOT NULL"           \
	    " AND NEW.sealed IS NULL",                                         \
	    budget, "OLD.account", old)
#define COUNTERS                                                               \
	COUNTED("member", "groups", "account", "1")                            \
	COUNTED("contact", "contacts", "owner", "1")                           \
	COUNTED("blob", "files", "account", "1")                               \
	TAKE("\"file-bytes+\"", "INSERT ON blob", "file-bytes", "NEW.account", \
	    "NEW.size")                                                        \
	TAKE("\"file-bytes-\"", "DELETE ON blob", "file-bytes", "OLD.account", \
	    "-OLD.size")                                                       \
	UNREAD("reports-unread", "1", "-1")                                    \
	UNREAD("report-bytes-unread", "length(NEW.sealed)",                    \
	    "-length(OLD.sealed)")

static const char version1[] =
    "CREATE TABLE account(id BLOB PRIMARY KEY, handle TEXT UNIQUE NOT NULL,"
    " key BLOB UNIQUE NOT NULL, registrar BLOB NOT NULL, cert BLOB NOT NULL,"
    " created INTEGER NOT NULL,"
    " unknown_senders INTEGER NOT NULL DEFAULT 0,"
    " disabled INTEGER NOT NULL DEFAULT 0, reason INTEGER, disabled_at INTEGER,"
    " statement TEXT, until INTEGER NOT NULL DEFAULT 0,"
    " gone INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
    "CREATE TABLE device(id BLOB PRIMARY KEY, account BLOB NOT NULL"
    " REFERENCES account, key BLOB NOT NULL, cert BLOB NOT NULL,"
    " created INTEGER NOT NULL, name BLOB NOT NULL DEFAULT x'',"
    " seen INTEGER NOT NULL DEFAULT 0, removed INTEGER NOT NULL DEFAULT 0)"
    " WITHOUT ROWID;"
    "CREATE INDEX device_account ON device(account);"
    "CREATE UNIQUE INDEX device_key ON device(key);"
    "CREATE INDEX device_removed ON device(removed) WHERE removed<>0;"
    "CREATE INDEX account_gone ON account(gone) WHERE gone<>0;"
    "CREATE INDEX account_until ON account(until) WHERE until<>0;"
    "CREATE TABLE name_gone(name BLOB PRIMARY KEY) WITHOUT ROWID;"
    "CREATE TABLE revocation(id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " account BLOB NOT NULL, device BLOB NOT NULL, bytes BLOB NOT NULL);"
    "CREATE INDEX revocation_account ON revocation(account, id);"
    "CREATE TABLE group_note(account BLOB NOT NULL, grp BLOB NOT NULL,"
    " note BLOB NOT NULL, PRIMARY KEY(account, grp)) WITHOUT ROWID;"
    "CREATE TABLE link(id BLOB PRIMARY KEY, device BLOB UNIQUE NOT NULL"
    " REFERENCES device, expires INTEGER NOT NULL, ask BLOB, answer BLOB)"
    " WITHOUT ROWID;"
    "CREATE INDEX link_expires ON link(expires);"
    "CREATE TABLE invite(hash BLOB PRIMARY KEY, uses INTEGER NOT NULL,"
    " expires INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX invite_uses ON invite(uses);"
    "CREATE INDEX invite_expires ON invite(expires);"
    "CREATE TABLE key_package(id INTEGER PRIMARY KEY, device BLOB NOT NULL"
    " REFERENCES device, last_resort INTEGER NOT NULL,"
    " not_after INTEGER NOT NULL, bytes BLOB NOT NULL);"
    "CREATE INDEX key_package_device ON key_package(device, last_resort);"
    "CREATE INDEX key_package_ends ON key_package(not_after);"
    "CREATE TABLE contact(owner BLOB NOT NULL, peer BLOB NOT NULL,"
    " state INTEGER NOT NULL, since INTEGER NOT NULL,"
    " offers INTEGER NOT NULL DEFAULT 0, note BLOB NOT NULL DEFAULT x'',"
    " PRIMARY KEY(owner, peer)) WITHOUT ROWID;"
    "CREATE INDEX contact_peer ON contact(peer, since);"
    "CREATE TABLE grp(id BLOB PRIMARY KEY, seq INTEGER NOT NULL,"
    " chain BLOB NOT NULL, epoch INTEGER NOT NULL, last_ms INTEGER NOT NULL,"
    " forgot INTEGER NOT NULL DEFAULT 0, created INTEGER NOT NULL,"
    " ref BLOB NOT NULL DEFAULT x'', dissolved INTEGER NOT NULL DEFAULT 0)"
    " WITHOUT ROWID;"
    "CREATE TABLE grp_state(grp BLOB PRIMARY KEY, state BLOB NOT NULL,"
    " info BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX grp_ref ON grp(ref);"
    "CREATE TABLE member(grp BLOB NOT NULL, device BLOB NOT NULL,"
    " account BLOB NOT NULL, leaf INTEGER NOT NULL, from_seq INTEGER NOT NULL,"
    " until_seq INTEGER, cursor INTEGER NOT NULL,"
    " PRIMARY KEY(grp, device)) WITHOUT ROWID;"
    "CREATE INDEX member_device ON member(device);"
    "CREATE INDEX member_cursor ON member(grp, cursor);"
    "CREATE INDEX member_account ON member(account);"
    "CREATE TABLE restore(grp BLOB NOT NULL, account BLOB NOT NULL,"
    " seq INTEGER NOT NULL, epoch INTEGER NOT NULL,"
    " PRIMARY KEY(grp, account)) WITHOUT ROWID;"
    "CREATE INDEX restore_account ON restore(account);"
    "CREATE TABLE removal(grp BLOB PRIMARY KEY, since INTEGER NOT NULL,"
    " next INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0,"
    " error INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
    "CREATE INDEX removal_next ON removal(next);"
    "CREATE TABLE log(grp BLOB NOT NULL, seq INTEGER NOT NULL,"
    " account BLOB NOT NULL, device BLOB NOT NULL, epoch INTEGER NOT NULL,"
    " content INTEGER NOT NULL, accepted INTEGER NOT NULL,"
    " msg_hash BLOB NOT NULL, stamp BLOB NOT NULL, message BLOB,"
    " PRIMARY KEY(grp, seq));"
    "CREATE UNIQUE INDEX log_handshake ON log(grp, msg_hash)"
    " WHERE " HUB_LOG_HANDSHAKE ";"
    "CREATE INDEX log_accepted ON log(content, accepted);"
    "CREATE TABLE welcome(id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " device BLOB NOT NULL, grp BLOB NOT NULL, account BLOB NOT NULL,"
    " seq INTEGER NOT NULL, chain BLOB NOT NULL, bytes INTEGER NOT NULL,"
    " created INTEGER NOT NULL);"
    "CREATE INDEX welcome_device ON welcome(device);"
    "CREATE INDEX welcome_created ON welcome(created);"
    "CREATE INDEX welcome_of_bytes ON welcome(bytes);"
    "CREATE TABLE welcome_bytes(id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " bytes BLOB NOT NULL);"
    "CREATE TRIGGER welcome_over AFTER DELETE ON welcome WHEN NOT EXISTS("
    "SELECT 1 FROM welcome WHERE bytes=OLD.bytes) BEGIN"
    " DELETE FROM welcome_bytes WHERE id=OLD.bytes; END;"
    "CREATE TABLE stamp_key(id BLOB PRIMARY KEY, cert BLOB NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE blob(id BLOB PRIMARY KEY, account BLOB NOT NULL,"
    " size INTEGER NOT NULL, sha256 BLOB NOT NULL,"
    " complete INTEGER NOT NULL DEFAULT 0,"
    " created INTEGER NOT NULL, quarantined INTEGER NOT NULL DEFAULT 0)"
    " WITHOUT ROWID;"
    "CREATE INDEX blob_account ON blob(account, created);"
    "CREATE INDEX blob_created ON blob(created);"
    "CREATE TABLE pin(report BLOB NOT NULL, blob BLOB NOT NULL,"
    " until INTEGER NOT NULL, PRIMARY KEY(report, blob)) WITHOUT ROWID;"
    "CREATE INDEX pin_blob ON pin(blob);"
    "CREATE INDEX pin_until ON pin(until) WHERE until<>0;"
    "CREATE TABLE report(id BLOB PRIMARY KEY, account BLOB NOT NULL,"
    " named INTEGER NOT NULL,"
    " received INTEGER NOT NULL, state INTEGER NOT NULL DEFAULT 0,"
    " updated INTEGER NOT NULL, answer TEXT NOT NULL DEFAULT '',"
    " question BLOB NOT NULL DEFAULT x'',"
    " second_look INTEGER NOT NULL DEFAULT 0, sealed BLOB) WITHOUT ROWID;"
    "CREATE INDEX report_account ON report(account, received);"
    "CREATE INDEX report_updated ON report(updated);"
    "CREATE INDEX report_sealed ON report(state, received)"
    " WHERE sealed IS NOT NULL;"
    "CREATE TABLE letter(id BLOB PRIMARY KEY, account BLOB NOT NULL,"
    " kind INTEGER NOT NULL, subject BLOB NOT NULL, received INTEGER NOT NULL,"
    " state INTEGER NOT NULL DEFAULT 1, updated INTEGER NOT NULL,"
    " answer TEXT NOT NULL DEFAULT '', reply BLOB NOT NULL DEFAULT x'',"
    " sealed BLOB) WITHOUT ROWID;"
    "CREATE INDEX letter_account ON letter(account, received);"
    "CREATE INDEX letter_subject ON letter(subject, kind);"
    "CREATE INDEX letter_updated ON letter(updated);"
    "CREATE INDEX letter_sealed ON letter(received, id)"
    " WHERE sealed IS NOT NULL;"
    "CREATE TABLE action(id BLOB PRIMARY KEY, account BLOB NOT NULL,"
    " bytes BLOB NOT NULL, signature BLOB NOT NULL,"
    " applied INTEGER NOT NULL, kind INTEGER NOT NULL, target BLOB NOT NULL,"
    " until INTEGER NOT NULL, reversed INTEGER NOT NULL DEFAULT 0,"
    " grps INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
    "CREATE INDEX action_account ON action(account, applied);"
    "CREATE INDEX action_target ON action(target);"
    "CREATE INDEX action_applied ON action(applied);"
    "CREATE TABLE desk_head(epoch INTEGER NOT NULL, seq INTEGER NOT NULL,"
    " head BLOB NOT NULL, at INTEGER NOT NULL, signature BLOB NOT NULL,"
    " PRIMARY KEY(epoch, seq)) WITHOUT ROWID;"
    "CREATE TABLE spent(scope BLOB NOT NULL, budget TEXT NOT NULL,"
    " since INTEGER NOT NULL, n INTEGER NOT NULL,"
    " PRIMARY KEY(scope, budget)) WITHOUT ROWID;"
    "CREATE INDEX spent_since ON spent(since) WHERE since<>0;"
    "CREATE INDEX spent_none ON spent(n) WHERE n<=0;" COUNTERS;

/*
 * name_looks: what names that were ever given look like, as a MAC: nobody gets
 * another that looks the same.
 * named_contact: what an account decided about a name, whether or not anybody
 * has it; note: sealed, as contact.note is.
 */
#define NAMED_COUNTERS                                                         \
	TAKE("\"named-contacts+\"", "INSERT ON named_contact", "contacts",     \
	    "NEW.owner", "1")                                                  \
	TAKE("\"named-contacts-\"", "DELETE ON named_contact", "contacts",     \
	    "OLD.owner", "-1")

static const char version2[] =
    "CREATE TABLE name_looks(name BLOB PRIMARY KEY) WITHOUT ROWID;"
    "CREATE TABLE named_contact(owner BLOB NOT NULL, handle TEXT NOT NULL,"
    " state INTEGER NOT NULL, since INTEGER NOT NULL,"
    " note BLOB NOT NULL DEFAULT x'', PRIMARY KEY(owner, handle))"
    " WITHOUT ROWID;"
    "CREATE TABLE past_member(grp BLOB NOT NULL, device BLOB NOT NULL,"
    " from_seq INTEGER NOT NULL, until_seq INTEGER NOT NULL,"
    " cursor INTEGER NOT NULL, PRIMARY KEY(grp, device, from_seq))"
    " WITHOUT ROWID;"
    "CREATE INDEX past_member_cursor ON past_member(grp, cursor);"
    "CREATE INDEX past_member_device ON past_member(device);" NAMED_COUNTERS;

/* grp.writers: the accounts that may write where only some may, one after the
 * other; NULL: all members. */
static const char version3[] = "ALTER TABLE grp ADD COLUMN writers BLOB;";

/* group_link: by what name people ask to be let into a group; NULL: by none any
 * more; seq: of the message that said so.  group_ask: who asked; sealed for
 * members, note for the own devices; offers: how often key packages were handed
 * out for it; state: enum cs_wire_ask_state. */
static const char version4[] =
    "CREATE TABLE group_link(grp BLOB PRIMARY KEY, id BLOB UNIQUE,"
    " seq INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE group_ask(grp BLOB NOT NULL, account BLOB NOT NULL,"
    " state INTEGER NOT NULL, asked INTEGER NOT NULL,"
    " offers INTEGER NOT NULL DEFAULT 0, sealed BLOB NOT NULL,"
    " note BLOB NOT NULL, PRIMARY KEY(grp, account)) WITHOUT ROWID;"
    "CREATE INDEX group_ask_account ON group_ask(account);"
    "CREATE INDEX group_ask_asked ON group_ask(asked);" COUNTED(
	"group_ask", "asks", "account", "1");

/*
 * blob.own: for devices of its account alone.
 * recovery_key: those that came after the account's first one, which is in no
 * row before it was replaced.  devices: their chain; notes: sealed for whoever
 * has the key; replaced: by another one.
 */
static const char version5[] =
    "ALTER TABLE blob ADD COLUMN own INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE recovery_key(key BLOB PRIMARY KEY, account BLOB NOT NULL,"
    " id BLOB NOT NULL, devices BLOB NOT NULL, notes BLOB NOT NULL,"
    " replaced INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
    "CREATE INDEX recovery_key_account ON recovery_key(account);";

/* push: where the browser of a device gets its pushes (core/push.h). */
static const char push_step[] =
    "CREATE TABLE push(device BLOB PRIMARY KEY, account BLOB NOT NULL,"
    " endpoint BLOB NOT NULL, key BLOB NOT NULL, auth BLOB NOT NULL,"
    " since INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX push_account ON push(account, since);"
    "CREATE INDEX push_since ON push(since);";

/*
 * The hub's log (core/tlog.h).  tlog: entries by number, until its process has
 * them; the last one stays.  tlog_queue: those that get one when the turn ends.
 * tlog_turn: by the number of its entry.  tlog_node: nodes of a turn's tree of
 * batches, level by level of its tiles (C2SP tlog-tiles).  tlog_known: how many
 * entries the log had when that was last heard of.
 */
static const char tlog_step[] =
    "CREATE TABLE tlog(n INTEGER PRIMARY KEY, entry BLOB NOT NULL);"
    "CREATE TABLE tlog_queue(id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " entry BLOB NOT NULL);"
    "CREATE TABLE tlog_turn(n INTEGER PRIMARY KEY, salt BLOB NOT NULL,"
    " batches INTEGER NOT NULL, ended INTEGER NOT NULL);"
    "CREATE INDEX tlog_turn_ended ON tlog_turn(ended);"
    "CREATE TABLE tlog_node(turn INTEGER NOT NULL, level INTEGER NOT NULL,"
    " at INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY(turn,level,at))"
    " WITHOUT ROWID;"
    "CREATE TABLE tlog_known(one INTEGER PRIMARY KEY CHECK(one=1),"
    " size INTEGER NOT NULL);";

/*
 * Names (accounts/names.h, decision 0049).  account.label: of its name, with
 * the proof; NULL: not yet.  name_leaf: of the map, for good.  name_node: its
 * nodes above more leaves than are made anew each time; at: the first depth
 * bits of the labels, the rest zero.
 * tlog_last: the number of the last entry of each kind.  tlog_once: entries
 * that are not made twice.  action.salt: of its entry.
 */
static const char names_step[] =
    "ALTER TABLE account ADD COLUMN label BLOB;"
    "ALTER TABLE account ADD COLUMN label_proof BLOB;"
    "CREATE INDEX account_label ON account(created) WHERE label IS NULL;"
    "CREATE TABLE name_leaf(label BLOB PRIMARY KEY, value BLOB NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE name_node(depth INTEGER NOT NULL, at BLOB NOT NULL,"
    " hash BLOB NOT NULL, PRIMARY KEY(depth,at)) WITHOUT ROWID;"
    "CREATE TABLE tlog_last(kind INTEGER PRIMARY KEY, n INTEGER NOT NULL);"
    "CREATE TABLE tlog_once(entry BLOB PRIMARY KEY) WITHOUT ROWID;"
    "CREATE TABLE name_total(one INTEGER PRIMARY KEY CHECK(one=1),"
    " n INTEGER NOT NULL);"
    "CREATE INDEX tlog_queue_entry ON tlog_queue(entry);"
    "ALTER TABLE action ADD COLUMN salt BLOB;";

/* action.queued: where its entry waits for a number; action.entry: that. */
static const char action_step[] =
    "ALTER TABLE action ADD COLUMN queued INTEGER;"
    "ALTER TABLE action ADD COLUMN entry INTEGER;"
    "CREATE INDEX action_queued ON action(queued) WHERE entry IS NULL;";

/*
 * What is filed from outside (filings/filing.h, decision 0050).  A filing
 * stays: no request removes one.  deadline: of now; due: the same while an
 * answer is owed and the day has not come; late: it came; overdue:
 * when, until there is an answer.  moved: "needs more"
 * has moved it, to until, when that was asked.  signature: of the key
 * organisation, for the desk, which verifies it again.  filing_piece: what was
 * sealed, until the desk has it; of no filing yet, number is NULL.
 * filing_month: what the public is told (filings/month.h). tlog_number: where
 * whole entries of the log are.
 */
static const char filings_step[] =
    "CREATE TABLE organisation(key BLOB PRIMARY KEY, name TEXT NOT NULL,"
    " scope TEXT NOT NULL, trusted INTEGER NOT NULL, since INTEGER NOT NULL,"
    " ended INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
    "CREATE TABLE filing(number INTEGER PRIMARY KEY AUTOINCREMENT,"
    " id BLOB NOT NULL UNIQUE, what INTEGER NOT NULL,"
    " category INTEGER NOT NULL, flags INTEGER NOT NULL,"
    " about INTEGER NOT NULL, received INTEGER NOT NULL,"
    " deadline INTEGER NOT NULL, due INTEGER, commitment BLOB NOT NULL,"
    " secret BLOB NOT NULL, organisation BLOB, signature BLOB,"
    " receipt BLOB NOT NULL,"
    " registrar_cert BLOB NOT NULL, pieces INTEGER NOT NULL,"
    " bytes INTEGER NOT NULL, taken INTEGER NOT NULL DEFAULT 0,"
    " outcome INTEGER NOT NULL DEFAULT 0, answered INTEGER NOT NULL DEFAULT 0,"
    " asked INTEGER NOT NULL DEFAULT 0, until INTEGER NOT NULL DEFAULT 0,"
    " answer BLOB NOT NULL DEFAULT x'', moved INTEGER NOT NULL DEFAULT 0,"
    " late INTEGER NOT NULL DEFAULT 0, overdue INTEGER);"
    "CREATE INDEX filing_about ON filing(about);"
    "CREATE INDEX filing_organisation ON filing(organisation)"
    " WHERE organisation IS NOT NULL;"
    "CREATE INDEX filing_due ON filing(due) WHERE due IS NOT NULL;"
    "CREATE INDEX filing_overdue ON filing(overdue,number)"
    " WHERE overdue IS NOT NULL;"
    "CREATE INDEX filing_waiting ON filing(number) WHERE taken=0;"
    "CREATE TABLE filing_piece(id BLOB NOT NULL, n INTEGER NOT NULL,"
    " at INTEGER NOT NULL, number INTEGER, bytes BLOB NOT NULL,"
    " PRIMARY KEY(id,n));"
    "CREATE INDEX filing_piece_number ON filing_piece(number)"
    " WHERE number IS NOT NULL;"
    "CREATE INDEX filing_piece_at ON filing_piece(at) WHERE number IS NULL;"
    "CREATE TABLE filing_month(month INTEGER NOT NULL, what INTEGER NOT NULL,"
    " category INTEGER NOT NULL, outcome INTEGER NOT NULL,"
    " n INTEGER NOT NULL, PRIMARY KEY(month,what,category,outcome))"
    " WITHOUT ROWID;"
    "CREATE TABLE tlog_number(entry BLOB PRIMARY KEY, n INTEGER NOT NULL)"
    " WITHOUT ROWID;";

/*
 * Channels (channels/channel.h, decision 0051).  head: evidence of the message
 * without its files; channel_piece: the same with them, in pieces; at: of one
 * without a post, when it came.  channel.listed: when the last post came, of
 * those that are to be in the directory.  filing.channel, post: what was
 * reported.
 */
static const char channels_step[] =
    "CREATE TABLE channel(id BLOB PRIMARY KEY, grp BLOB NOT NULL UNIQUE,"
    " title TEXT NOT NULL, flags INTEGER NOT NULL, created INTEGER NOT NULL,"
    " posts INTEGER NOT NULL DEFAULT 0, last INTEGER NOT NULL DEFAULT 0,"
    " listed INTEGER) WITHOUT ROWID;"
    "CREATE INDEX channel_listed ON channel(listed)"
    " WHERE listed IS NOT NULL;"
    "CREATE TABLE channel_post(channel BLOB NOT NULL, seq INTEGER NOT NULL,"
    " account BLOB NOT NULL, at INTEGER NOT NULL, pieces INTEGER NOT NULL,"
    " head BLOB NOT NULL, PRIMARY KEY(channel,seq)) WITHOUT ROWID;"
    "CREATE INDEX channel_post_account ON channel_post(account);"
    "CREATE TABLE channel_file(blob BLOB NOT NULL, channel BLOB NOT NULL,"
    " seq INTEGER NOT NULL, quarantined INTEGER NOT NULL DEFAULT 0,"
    " PRIMARY KEY(channel,seq,blob)) WITHOUT ROWID;"
    "CREATE INDEX channel_file_blob ON channel_file(blob);"
    "CREATE TABLE channel_piece(channel BLOB NOT NULL, seq INTEGER NOT NULL,"
    " n INTEGER NOT NULL, at INTEGER, bytes BLOB NOT NULL,"
    " PRIMARY KEY(channel,seq,n));"
    "CREATE INDEX channel_piece_at ON channel_piece(at) WHERE at IS NOT NULL;"
    "ALTER TABLE filing ADD COLUMN channel BLOB;"
    "ALTER TABLE filing ADD COLUMN post INTEGER;"
    "CREATE INDEX filing_channel ON filing(channel,post)"
    " WHERE channel IS NOT NULL;";

static const char *const steps[] = { version1, version2, version3, version4,
	version5, push_step, tlog_step, names_step, action_step, filings_step,
	channels_step };

const struct cs_db_schema cs_hub_schema = { "countersign hub", steps,
	sizeof steps / sizeof steps[0] };
