/* SPDX-License-Identifier: MIT */
/* The tables of a home. */
#include "client/home/schema.h"

/*
 * Every column called sealed, meta, public, secret, pending, leaving or attempt
 * is sealed under the home's key and bound to its table and row.  What stays
 * readable are random ids, numbers in logs, times, hashes and public
 * certificates.
 *
 * grp: public and secret are the two halves of a group's MLS state; pending is
 * a commit of ours on its way; leaving are the proposals that take this account
 * out, sent again until somebody commits them.
 * outbox: what the hub has not taken yet; sealed is empty until the message is
 * encrypted; file is the id of a file that has to be with the hub before.
 * joining: conversations of the account that this device is to enter; attempt
 * is a commit that does so, with the state that it leads to; told says that the
 * user was told that the hub's word for it does not verify; next: when it is
 * tried again.
 * away: accounts that the operator took out of a group, and that may come back
 * into it by themselves.
 * revocation: devices of contacts that ended; public, as they are signed.
 * letter: to the report desk; what was written, sealed for the desk, and the
 * key that opens its answer.
 * told: hashes of decisions, and of answers to appeals, that the user was told
 * of.
 */
static const char version1[] =
    "CREATE TABLE config(name TEXT PRIMARY KEY, sealed BLOB NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE key_package(ref BLOB PRIMARY KEY, last_resort INTEGER,"
    " created INTEGER NOT NULL, sealed BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE revocation(hash BLOB PRIMARY KEY, account BLOB NOT NULL,"
    " bytes BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX revocation_account ON revocation(account);"
    "CREATE TABLE contact(account BLOB PRIMARY KEY, sealed BLOB NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE grp(id BLOB PRIMARY KEY, meta BLOB NOT NULL,"
    " public BLOB NOT NULL, secret BLOB NOT NULL DEFAULT x'', pending BLOB,"
    " leaving BLOB) WITHOUT ROWID;"
    "CREATE TABLE message(id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " mid BLOB NOT NULL, grp BLOB NOT NULL, kind INTEGER NOT NULL,"
    " msg_hash BLOB, seen INTEGER NOT NULL DEFAULT 0, sealed BLOB NOT NULL);"
    "CREATE INDEX message_mid ON message(mid);"
    "CREATE INDEX message_hash ON message(msg_hash);"
    "CREATE INDEX message_seen ON message(seen, id);"
    "CREATE TABLE outbox(message INTEGER PRIMARY KEY REFERENCES message(id),"
    " sealed BLOB NOT NULL);"
    "CREATE TABLE entry(grp BLOB NOT NULL, seq INTEGER NOT NULL,"
    " leafhash BLOB NOT NULL, PRIMARY KEY(grp, seq)) WITHOUT ROWID;"
    "CREATE TABLE joining(id BLOB PRIMARY KEY, sealed BLOB NOT NULL,"
    " attempt BLOB, told INTEGER NOT NULL DEFAULT 0,"
    " next INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
    "CREATE TABLE away(grp BLOB NOT NULL, account BLOB NOT NULL,"
    " PRIMARY KEY(grp, account)) WITHOUT ROWID;"
    "CREATE TABLE stamp_key(id BLOB PRIMARY KEY, cert BLOB NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE report(id BLOB PRIMARY KEY, created INTEGER NOT NULL,"
    " sent INTEGER NOT NULL DEFAULT 0, sealed BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE letter(id BLOB PRIMARY KEY, kind INTEGER NOT NULL,"
    " subject BLOB NOT NULL, created INTEGER NOT NULL,"
    " sent INTEGER NOT NULL DEFAULT 0, sealed BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX letter_subject ON letter(subject, kind);"
    "CREATE TABLE told(hash BLOB PRIMARY KEY) WITHOUT ROWID;";

/*
 * todo: of each row of grp, what waits in it, when its keys are to be renewed,
 * and a keyed hash of its name: see todo.c.
 */
static const char version2[] =
    "CREATE TABLE todo(id BLOB PRIMARY KEY, name BLOB, todo INTEGER NOT NULL,"
    " due INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX todo_name ON todo(name);"
    "CREATE INDEX todo_todo ON todo(todo) WHERE todo<>0;"
    "CREATE INDEX todo_due ON todo(due);"
    "CREATE INDEX grp_pending ON grp(id) WHERE pending IS NOT NULL;"
    "INSERT INTO todo(id,name,todo,due) SELECT id,NULL,1,0 FROM grp;";

/*
 * alias: names that the user gave to people and groups.  Names are found by
 * another hash now, that of how they are compared.
 */
static const char version3[] =
    "CREATE TABLE alias(of BLOB PRIMARY KEY, sealed BLOB NOT NULL)"
    " WITHOUT ROWID;"
    "UPDATE todo SET name=NULL;";

/* A conversation is read page by page.  todo.seq: how far this device has read
 * in a conversation that is not over.  outbox.file: NULL where no file is
 * waited for, or it is there. */
static const char version4[] = "ALTER TABLE outbox ADD COLUMN file BLOB;"
			       "CREATE INDEX outbox_file ON outbox(file)"
			       " WHERE file IS NOT NULL;"
			       "CREATE INDEX message_grp ON message(grp,id);"
			       "ALTER TABLE todo ADD COLUMN seq INTEGER"
			       " NOT NULL DEFAULT 0;"
			       "UPDATE todo SET name=NULL;";

/*
 * message: part says what the row is (home/change.h), about which row it
 * changes, gone why it is not shown, forget when its capsule may go, expires
 * when it vanishes (home/expiry.h), seq its place in the log.
 * timer: how long messages of a conversation last, and which entry of the log
 * said so.
 * receipt: whose devices have a message of the user's, and whether they read
 * it.  receipt_due: what is to be said of messages of others.
 */
static const char version5[] =
    "ALTER TABLE message ADD COLUMN part INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE message ADD COLUMN about INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE message ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE message ADD COLUMN forget INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE message ADD COLUMN expires INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE message ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX message_about ON message(about) WHERE about<>0;"
    "CREATE INDEX message_forget ON message(forget) WHERE gone<>0;"
    "CREATE INDEX message_expires ON message(expires) WHERE expires<>0;"
    "CREATE TABLE timer(grp BLOB PRIMARY KEY, seq INTEGER NOT NULL,"
    " seconds INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE receipt(message INTEGER NOT NULL, account BLOB NOT NULL,"
    " status INTEGER NOT NULL, PRIMARY KEY(message, account)) WITHOUT ROWID;"
    "CREATE TABLE receipt_due(message INTEGER PRIMARY KEY,"
    " status INTEGER NOT NULL);";

/* room: what members share beside the name of a group (home/room.h): which
 * entry of the log said so, and whether there is one. */
static const char version6[] =
    "CREATE TABLE room(grp BLOB NOT NULL, what INTEGER NOT NULL,"
    " seq INTEGER NOT NULL, there INTEGER NOT NULL, sealed BLOB NOT NULL,"
    " PRIMARY KEY(grp, what)) WITHOUT ROWID;";

/* shelf: how the user keeps a conversation (home/shelf.h). */
static const char version7[] =
    "CREATE TABLE shelf(grp BLOB PRIMARY KEY, sealed BLOB NOT NULL)"
    " WITHOUT ROWID;";

/*
 * What this device has seen of its hub's log (home/tlog.h).
 * tlog_due: what stamps promised of entries that are still to be compared:
 * number of the entry, of the batch, the promise (franking/stamp.h), and when
 * the hub stamped it.  It names no message and is on the hub's disk, too.
 * tlog_heard: checkpoints of which members told, with the log's signature.
 * tlog_told: when this device told the members of a group of one.
 */
static const char version8[] =
    "CREATE TABLE tlog_due(entry INTEGER NOT NULL, number INTEGER NOT NULL,"
    " promise BLOB NOT NULL, stamped INTEGER NOT NULL,"
    " asked INTEGER NOT NULL DEFAULT 0,"
    " PRIMARY KEY(entry, number, promise)) WITHOUT ROWID;"
    "CREATE TABLE tlog_heard(size INTEGER NOT NULL, root BLOB NOT NULL,"
    " sig BLOB NOT NULL, PRIMARY KEY(size, root)) WITHOUT ROWID;"
    "CREATE TABLE tlog_told(grp BLOB PRIMARY KEY, at INTEGER NOT NULL)"
    " WITHOUT ROWID;";

/* name_check: accounts whose names the hub is to show (home/names.h): the hash
 * of the certificate, when it was met, asked for and shown; 0: never. */
static const char version9[] =
    "CREATE TABLE name_check(account BLOB PRIMARY KEY, value BLOB NOT NULL,"
    " met INTEGER NOT NULL, asked INTEGER NOT NULL DEFAULT 0,"
    " shown INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
    "CREATE INDEX name_check_asked ON name_check(asked) WHERE shown=0;";

static const char *const steps[] = { version1, version2, version3, version4,
	version5, version6, version7, version8, version9 };

const struct cs_db_schema cs_client_schema = { "countersign client", steps,
	sizeof steps / sizeof steps[0] };
