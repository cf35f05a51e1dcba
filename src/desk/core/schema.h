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
 * (term, change, day, hash_gone, and case_day, which is compared with the cases
 * instead); what only slows its owner down (exposure); reading, whose rows only
 * keep a line from being written twice and are sealed for that; and the columns
 * that say when something was tried or used last.
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
 * row DESK_AUDIT_END is left out.  Those that came later stand behind. */
#define DESK_ROWS(T) DESK_ROWS1(T) DESK_ROWS3(T)
#define DESK_ROWS1(T)                                                          \
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
#define DESK_ROWS3(T)                                                          \
	T(filing, 13, id, case_id, about, what, category, state, received,     \
	    due, outcome, answered, organisation, sealed, body)                \
	T(filing_file, 5, id, filing, place, file, sealed)                     \
	T(organisation, 4, id, key, name, sealed)

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

/*
 * Table case_day: how many cases were opened on each day since 1970 (UTC), by
 * what they are now; how many reports they have, and how many of them somebody
 * has looked at and decided.  No row counts none.  The triggers keep it in the
 * transaction that changes a case.
 */
#define DESK_SQL_DAY "86400000"
#define DESK_CASE_DAY_COUNTED                                                  \
	"SELECT opened/" DESK_SQL_DAY ",reason,severity,state,"                \
	"COUNT(*),SUM(reports),SUM(looked<>0),SUM(decided<>0)"                 \
	" FROM cases GROUP BY 1,2,3,4"
#define DESK_CASE_DAY_FILL "INSERT INTO case_day " DESK_CASE_DAY_COUNTED

#define DESK_CASE_DAY_ADD                                                      \
	"INSERT INTO case_day VALUES(NEW.opened/" DESK_SQL_DAY ","             \
	"NEW.reason,NEW.severity,NEW.state,"                                   \
	"1,NEW.reports,NEW.looked<>0,NEW.decided<>0)"                          \
	" ON CONFLICT DO UPDATE SET cases=cases+1,"                            \
	"reports=reports+excluded.reports,"                                    \
	"looked=looked+excluded.looked,decided=decided+excluded.decided;"
#define DESK_CASE_DAY_OLD                                                      \
	" WHERE day=OLD.opened/" DESK_SQL_DAY " AND reason=OLD.reason"         \
	" AND severity=OLD.severity AND state=OLD.state"
#define DESK_CASE_DAY_TAKE                                                     \
	"UPDATE case_day SET cases=cases-1,reports=reports-OLD.reports,"       \
	"looked=looked-(OLD.looked<>0),"                                       \
	"decided=decided-(OLD.decided<>0)" DESK_CASE_DAY_OLD ";"               \
	"DELETE FROM case_day" DESK_CASE_DAY_OLD " AND cases=0;"

/* Without the semicolon behind, as those above. */
#define DESK_CASE_DAY_NEW                                                      \
	"CREATE TRIGGER new_case_day AFTER INSERT ON cases"                    \
	" BEGIN " DESK_CASE_DAY_ADD " END"
#define DESK_CASE_DAY_GONE                                                     \
	"CREATE TRIGGER gone_case_day AFTER DELETE ON cases"                   \
	" BEGIN " DESK_CASE_DAY_TAKE " END"
#define DESK_CASE_DAY_OTHER                                                    \
	"CREATE TRIGGER other_case_day AFTER UPDATE ON cases"                  \
	" WHEN (OLD.opened,OLD.reason,OLD.severity,OLD.state,OLD.reports,"     \
	"OLD.looked,OLD.decided) IS NOT (NEW.opened,NEW.reason,NEW.severity,"  \
	"NEW.state,NEW.reports,NEW.looked,NEW.decided)"                        \
	" BEGIN " DESK_CASE_DAY_TAKE DESK_CASE_DAY_ADD " END"
