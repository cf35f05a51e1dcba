/* SPDX-License-Identifier: MIT */
/* The tables of the desk's database. */
#pragma once

#include "store/db.h"

extern const struct cs_db_schema cs_desk_schema;

/*
 * The rows that the desk accounts for, and how: each table with the columns
 * that nobody may change unseen.
 *
 * Left out are audit, which is a chain of its own; what can be made again
 * (term, change, day, hash_gone); what only slows its owner down (exposure);
 * reading, whose rows only keep a line from being written twice and are sealed
 * for that; and the columns that say when something was tried or used last.
 */

/* "X.a,X.b" of the columns a, b of X. */
#define DESK_COLS1(x, a) x "." #a
#define DESK_COLS2(x, a, ...) x "." #a "," DESK_COLS1(x, __VA_ARGS__)
#define DESK_COLS3(x, a, ...) x "." #a "," DESK_COLS2(x, __VA_ARGS__)
#define DESK_COLS4(x, a, ...) x "." #a "," DESK_COLS3(x, __VA_ARGS__)
#define DESK_COLS5(x, a, ...) x "." #a "," DESK_COLS4(x, __VA_ARGS__)
#define DESK_COLS6(x, a, ...) x "." #a "," DESK_COLS5(x, __VA_ARGS__)
#define DESK_COLS7(x, a, ...) x "." #a "," DESK_COLS6(x, __VA_ARGS__)
#define DESK_COLS8(x, a, ...) x "." #a "," DESK_COLS7(x, __VA_ARGS__)
#define DESK_COLS9(x, a, ...) x "." #a "," DESK_COLS8(x, __VA_ARGS__)
#define DESK_COLS10(x, a, ...) x "." #a "," DESK_COLS9(x, __VA_ARGS__)
#define DESK_COLS11(x, a, ...) x "." #a "," DESK_COLS10(x, __VA_ARGS__)
#define DESK_COLS12(x, a, ...) x "." #a "," DESK_COLS11(x, __VA_ARGS__)
#define DESK_COLS13(x, a, ...) x "." #a "," DESK_COLS12(x, __VA_ARGS__)
#define DESK_COLS14(x, a, ...) x "." #a "," DESK_COLS13(x, __VA_ARGS__)

/* Where the state of all of them stands, which is not accounted for itself. */
#define DESK_AUDIT_END "audit-end"

/* Call T(TABLE, HOW MANY COLUMNS, COLUMN...) for each table but config, whose
 * row DESK_AUDIT_END is left out. */
#define DESK_ROWS(T)                                                           \
	T(report, 6, id, received, meta, bundle, reply, case_id)               \
	T(seen, 2, message, report)                                            \
	T(fetched, 6, report, blob, reporter, at, size, hash)                  \
	T(cases, 14, id, state, rank, since, due, assignee, reason, severity,  \
	    opened, looked, decided, reports, version, sealed)                 \
	T(case_account, 2, account, case_id)                                   \
	T(item, 7, id, case_id, report, place, message, joined, redacted)      \
	T(media, 7, id, item, case_id, place, state, file, sealed)             \
	T(reporter, 3, account, reports, rejected)                             \
	T(reported_by, 3, report, account, at)                                 \
	T(entry, 5, id, case_id, kind, at, sealed)                             \
	T(decision, 9, id, case_id, state, due, made, person, action,          \
	    check_state, sealed)                                               \
	T(target, 5, id, decision, state, account, sealed)                     \
	T(outbox, 5, id, kind, subject, target, sealed)                        \
	T(appeal, 8, id, case_id, decision, kind, state, at, account, sealed)  \
	T(person, 5, id, name, role, disabled, sealed)                         \
	T(welcome, 3, hash, person, sealed)                                    \
	T(proposal, 3, id, state, sealed)                                      \
	T(token, 3, id, hash, sealed)                                          \
	T(custody, 4, report, seq, sealed, chain)                              \
	T(list, 2, id, sealed)                                                 \
	T(hash, 5, id, source, ref, name, sealed)                              \
	T(passkey, 4, id, hash, person, sealed)

/* The triggers that hand rows to tally(), without the semicolon behind. */
#define DESK_NEW(table, n, ...)                                                \
	"CREATE TRIGGER new_" #table " AFTER INSERT ON " #table                \
	" BEGIN SELECT tally('" #table                                         \
	"',1," DESK_COLS##n("NEW", __VA_ARGS__) "); END"
#define DESK_GONE(table, n, ...)                                               \
	"CREATE TRIGGER gone_" #table " AFTER DELETE ON " #table               \
	" BEGIN SELECT tally('" #table                                         \
	"',0," DESK_COLS##n("OLD", __VA_ARGS__) "); END"
#define DESK_OTHER(table, n, ...)                                              \
	"CREATE TRIGGER other_" #table " AFTER UPDATE ON " #table              \
	" BEGIN SELECT tally('" #table "',0," DESK_COLS##n("OLD",              \
	    __VA_ARGS__) "),tally('" #table                                    \
			 "',1," DESK_COLS##n("NEW", __VA_ARGS__) "); END"
#define DESK_NEW_CONFIG                                                        \
	"CREATE TRIGGER new_config AFTER INSERT ON config"                     \
	" WHEN NEW.name<>'" DESK_AUDIT_END "'"                                 \
	" BEGIN SELECT tally('config',1,NEW.name,NEW.sealed); END"
#define DESK_GONE_CONFIG                                                       \
	"CREATE TRIGGER gone_config AFTER DELETE ON config"                    \
	" WHEN OLD.name<>'" DESK_AUDIT_END "'"                                 \
	" BEGIN SELECT tally('config',0,OLD.name,OLD.sealed); END"
#define DESK_OTHER_CONFIG                                                      \
	"CREATE TRIGGER other_config AFTER UPDATE ON config"                   \
	" WHEN NEW.name<>'" DESK_AUDIT_END "'"                                 \
	" BEGIN SELECT tally('config',0,OLD.name,OLD.sealed),"                 \
	"tally('config',1,NEW.name,NEW.sealed); END"
