/* SPDX-License-Identifier: MIT */
#include "desk/core/schema.h"

#include "store/db.h"

/*
 * A sealed column holds a record (record.h) and is the truth; plain columns
 * beside it are copies to sort and find by, and say nothing of who or what.
 *
 * seen: hash of (tag, group_seq) of each message that was reported, so that one
 * counts once (FRANKING, rule 6).  term: keyed hashes of words, so that cases
 * can be searched without a word in the clear.  item.joined: the version of its
 * case since which it has the message; who decides may have read an earlier
 * one. outbox: what the hub is to be told, in order; subject: a keyed hash of
 * what a message is about; after, tries: when it is sent again.  reading: since
 * when somebody reads a message, so that it is logged once.  change: what
 * the console's pages have to hear of.  fetched: what the hub gave for a blob
 * that a report names, so that it is asked once a report.
 *
 * hash: of a photo that was reported (ref: its media) or of a line of a list
 * (ref: the list); sealed, because whoever has a hash can tell whether a photo
 * fits it.  hash_gone: how many hashes were removed, so that an index knows of
 * it.  passkey.hash: of the credential's id, which a browser sends before
 * anybody knows whose it is.
 */
/* What comes, goes and changes is accounted for. */
#define ACCOUNT(table, n, ...)                                                 \
	DESK_NEW(table, n, __VA_ARGS__)                                        \
	";" DESK_GONE(table, n, __VA_ARGS__) ";" DESK_OTHER(                   \
	    table, n, __VA_ARGS__) ";"

static const char version1[] =
    "CREATE TABLE config(name TEXT PRIMARY KEY, sealed BLOB NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE report(id BLOB PRIMARY KEY, received INTEGER NOT NULL,"
    " meta BLOB NOT NULL, bundle BLOB NOT NULL, reply BLOB,"
    " case_id INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX report_received ON report(received);"
    "CREATE TABLE seen(message BLOB PRIMARY KEY, report BLOB NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE audit(seq INTEGER PRIMARY KEY, at INTEGER NOT NULL,"
    " case_id INTEGER NOT NULL, quiet INTEGER NOT NULL,"
    " sealed BLOB NOT NULL, chain BLOB NOT NULL);"
    "CREATE INDEX report_case ON report(case_id);"
    "CREATE INDEX audit_case ON audit(case_id, seq);"
    "CREATE INDEX audit_said ON audit(seq) WHERE quiet=0;"
    "CREATE TABLE fetched(report BLOB NOT NULL, blob BLOB NOT NULL,"
    " reporter BLOB NOT NULL, at INTEGER NOT NULL, size INTEGER NOT NULL,"
    " hash BLOB NOT NULL, PRIMARY KEY(report, blob)) WITHOUT ROWID;"
    "CREATE INDEX fetched_reporter ON fetched(reporter, at);"
    "CREATE TABLE cases(id INTEGER PRIMARY KEY, state INTEGER NOT NULL,"
    " rank INTEGER NOT NULL, since INTEGER NOT NULL, due INTEGER NOT NULL,"
    " assignee INTEGER NOT NULL DEFAULT 0, reason INTEGER NOT NULL,"
    " severity INTEGER NOT NULL, opened INTEGER NOT NULL,"
    " looked INTEGER NOT NULL DEFAULT 0, decided INTEGER NOT NULL DEFAULT 0,"
    " reports INTEGER NOT NULL DEFAULT 0,"
    " version INTEGER NOT NULL, sealed BLOB NOT NULL);"
    "CREATE INDEX case_queue ON cases(state, rank, since, id);"
    "CREATE INDEX case_assignee ON cases(assignee, state, rank, since, id);"
    "CREATE INDEX case_reason ON cases(reason, state, rank, since, id);"
    "CREATE INDEX case_rank ON cases(rank, since, id);"
    "CREATE INDEX case_due ON cases(state, due);"
    "CREATE INDEX case_opened ON cases(opened);"
    "CREATE INDEX case_decided ON cases(decided) WHERE decided<>0;"
    "CREATE TABLE case_account(account BLOB NOT NULL, case_id INTEGER NOT NULL,"
    " PRIMARY KEY(account, case_id)) WITHOUT ROWID;"
    "CREATE TABLE term(term BLOB NOT NULL, case_id INTEGER NOT NULL,"
    " PRIMARY KEY(term, case_id)) WITHOUT ROWID;"
    "CREATE TABLE item(id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL,"
    " report BLOB NOT NULL, place INTEGER NOT NULL, message BLOB NOT NULL,"
    " joined INTEGER NOT NULL DEFAULT 0, redacted BLOB,"
    " UNIQUE(report, place));"
    "CREATE INDEX item_case ON item(case_id);"
    "CREATE INDEX item_message ON item(message, case_id, joined);"
    "CREATE TABLE media(id INTEGER PRIMARY KEY, item INTEGER NOT NULL,"
    " case_id INTEGER NOT NULL, place INTEGER NOT NULL,"
    " state INTEGER NOT NULL DEFAULT 0, file BLOB NOT NULL,"
    " sealed BLOB NOT NULL, UNIQUE(item, place));"
    "CREATE INDEX media_case ON media(case_id);"
    "CREATE INDEX media_file ON media(file);"
    "CREATE INDEX media_state ON media(state);"
    "CREATE TABLE reporter(account BLOB PRIMARY KEY,"
    " reports INTEGER NOT NULL, rejected INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE reported_by(report BLOB PRIMARY KEY,"
    " account BLOB NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX reported_by_account ON reported_by(account, at);"
    "CREATE TABLE entry(id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL,"
    " kind INTEGER NOT NULL, at INTEGER NOT NULL, sealed BLOB NOT NULL);"
    "CREATE INDEX entry_case ON entry(case_id, id);"
    "CREATE TABLE decision(id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL,"
    " state INTEGER NOT NULL, due INTEGER NOT NULL, made INTEGER NOT NULL,"
    " person INTEGER NOT NULL, action INTEGER NOT NULL,"
    " check_state INTEGER NOT NULL DEFAULT 0, sealed BLOB NOT NULL);"
    "CREATE INDEX decision_case ON decision(case_id);"
    "CREATE INDEX decision_state ON decision(state, due);"
    "CREATE INDEX decision_made ON decision(made);"
    "CREATE TABLE target(id BLOB PRIMARY KEY, decision INTEGER NOT NULL,"
    " state INTEGER NOT NULL, account BLOB, sealed BLOB NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE INDEX target_decision ON target(decision, state);"
    "CREATE INDEX target_account ON target(account);"
    "CREATE TABLE outbox(id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " kind INTEGER NOT NULL, subject BLOB, target BLOB,"
    " after INTEGER NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0,"
    " sealed BLOB NOT NULL);"
    "CREATE INDEX outbox_subject ON outbox(subject, id);"
    "CREATE TABLE appeal(id BLOB PRIMARY KEY, case_id INTEGER NOT NULL,"
    " decision INTEGER NOT NULL, kind INTEGER NOT NULL,"
    " state INTEGER NOT NULL, at INTEGER NOT NULL, account BLOB NOT NULL,"
    " sealed BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX appeal_state ON appeal(state, at);"
    "CREATE INDEX appeal_case ON appeal(case_id);"
    "CREATE INDEX appeal_account ON appeal(account);"
    "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL,"
    " role INTEGER NOT NULL, disabled INTEGER NOT NULL, sealed BLOB NOT NULL);"
    "CREATE TABLE welcome(hash BLOB PRIMARY KEY, person INTEGER NOT NULL,"
    " sealed BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE proposal(id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " state INTEGER NOT NULL, sealed BLOB NOT NULL);"
    "CREATE INDEX proposal_state ON proposal(state);"
    "CREATE TABLE token(id INTEGER PRIMARY KEY, hash BLOB UNIQUE NOT NULL,"
    " used INTEGER NOT NULL DEFAULT 0, sealed BLOB NOT NULL);"
    "CREATE TABLE exposure(person INTEGER NOT NULL, day INTEGER NOT NULL,"
    " n INTEGER NOT NULL, PRIMARY KEY(person, day)) WITHOUT ROWID;"
    "CREATE TABLE custody(report BLOB NOT NULL, seq INTEGER NOT NULL,"
    " sealed BLOB NOT NULL, chain BLOB NOT NULL, PRIMARY KEY(report, seq))"
    " WITHOUT ROWID;"
    "CREATE TABLE reading(person INTEGER NOT NULL, token INTEGER NOT NULL,"
    " item INTEGER NOT NULL, at INTEGER NOT NULL, sealed BLOB NOT NULL,"
    " PRIMARY KEY(person, token, item)) WITHOUT ROWID;"
    "CREATE TABLE change(id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " kind INTEGER NOT NULL, ref INTEGER NOT NULL, n INTEGER NOT NULL,"
    " person INTEGER NOT NULL);"
    "CREATE TABLE day(day INTEGER NOT NULL, what INTEGER NOT NULL,"
    " n INTEGER NOT NULL, PRIMARY KEY(day, what)) WITHOUT ROWID;"
    "CREATE TABLE list(id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " sealed BLOB NOT NULL);"
    "CREATE TABLE hash(id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " source INTEGER NOT NULL, ref INTEGER NOT NULL, name BLOB,"
    " sealed BLOB NOT NULL);"
    "CREATE INDEX hash_ref ON hash(source, ref);"
    "CREATE UNIQUE INDEX hash_name ON hash(ref, name)"
    " WHERE name IS NOT NULL;"
    "CREATE TABLE hash_gone(n INTEGER NOT NULL);"
    "INSERT INTO hash_gone VALUES(0);"
    "CREATE TRIGGER hash_goes AFTER DELETE ON hash"
    " BEGIN UPDATE hash_gone SET n=n+1; END;"
    "CREATE TABLE passkey(id INTEGER PRIMARY KEY, hash BLOB UNIQUE NOT NULL,"
    " person INTEGER NOT NULL, sealed BLOB NOT NULL);"
    "CREATE INDEX passkey_person ON passkey(person);" DESK_NEW_CONFIG
    ";" DESK_GONE_CONFIG ";" DESK_OTHER_CONFIG ";" DESK_ROWS1(ACCOUNT);

/* For statistics without a walk over all cases and decisions, and for lists
 * that are filtered in their order by what stands in the index. */
static const char version2[] =
    "CREATE TABLE case_day(day INTEGER NOT NULL, reason INTEGER NOT NULL,"
    " severity INTEGER NOT NULL, state INTEGER NOT NULL,"
    " cases INTEGER NOT NULL, reports INTEGER NOT NULL,"
    " looked INTEGER NOT NULL, decided INTEGER NOT NULL,"
    " PRIMARY KEY(day, reason, severity, state)) WITHOUT ROWID;"
    "DROP INDEX case_opened;"
    "DROP INDEX case_decided;"
    "CREATE INDEX case_looked ON cases(opened/" DESK_SQL_DAY ","
    " looked-opened) WHERE looked<>0;"
    "CREATE INDEX case_decided ON cases(opened/" DESK_SQL_DAY ","
    " decided-opened) WHERE decided<>0;"
    "DROP INDEX case_assignee;"
    "CREATE INDEX case_assignee"
    " ON cases(assignee, rank, since, id, state, reason);"
    "DROP INDEX case_reason;"
    "CREATE INDEX case_reason ON cases(reason, rank, since, id, state);"
    "CREATE INDEX decision_person ON decision(person, made);"
    "CREATE INDEX decision_check ON decision(check_state, "
    "made);" DESK_CASE_DAY_FILL ";" DESK_CASE_DAY_NEW ";" DESK_CASE_DAY_GONE
    ";" DESK_CASE_DAY_OTHER ";";

/* filing: what somebody outside filed, by the number that the hub gave it, with
 * its case (0: none) and the notice that it is about; organisation: a keyed
 * hash of its key; body: what was filed, without files, sealed; files of it are
 * sealed in files of the desk, by the hash of what stands there.
 * organisation: keyed hashes of a key and of the name that it came under first,
 * or that somebody let it have. */
static const char version3[] =
    "CREATE TABLE filing(id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL,"
    " about INTEGER NOT NULL, what INTEGER NOT NULL,"
    " category INTEGER NOT NULL, state INTEGER NOT NULL,"
    " received INTEGER NOT NULL, due INTEGER NOT NULL,"
    " outcome INTEGER NOT NULL, answered INTEGER NOT NULL,"
    " organisation BLOB, sealed BLOB NOT NULL, body BLOB);"
    "CREATE TABLE organisation(id INTEGER PRIMARY KEY,"
    " key BLOB NOT NULL UNIQUE, name BLOB NOT NULL, sealed BLOB NOT NULL);"
    "CREATE INDEX organisation_name ON organisation(name);"
    "CREATE INDEX filing_case ON filing(case_id);"
    "CREATE INDEX filing_about ON filing(about) WHERE about<>0;"
    "CREATE INDEX filing_state ON filing(state, due, id);"
    "CREATE INDEX filing_received ON filing(received);"
    "CREATE INDEX filing_organisation ON filing(organisation, outcome)"
    " WHERE organisation IS NOT NULL;"
    "CREATE TABLE filing_file(id INTEGER PRIMARY KEY,"
    " filing INTEGER NOT NULL, place INTEGER NOT NULL, file BLOB NOT NULL,"
    " sealed BLOB NOT NULL, UNIQUE(filing, place));"
    "CREATE INDEX filing_file_file ON filing_file(file);" DESK_ROWS3(ACCOUNT);

static const char *const steps[] = { version1, version2, version3 };

const struct cs_db_schema cs_desk_schema = { "countersign desk", steps,
	sizeof steps / sizeof steps[0] };
