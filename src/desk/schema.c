/* SPDX-License-Identifier: MIT */
#include "desk/desk_internal.h"

/*
 * Version 1.  Whatever tells of people or messages is in the sealed columns.
 * seen: hash of (tag, group_seq) of each message that was reported, so that one
 * counts once (FRANKING, rule 6).
 */
static const char version1[] =
    "CREATE TABLE config(name TEXT PRIMARY KEY, sealed BLOB NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE report(id BLOB PRIMARY KEY, received INTEGER NOT NULL,"
    " meta BLOB NOT NULL, bundle BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX report_received ON report(received);"
    "CREATE TABLE seen(message BLOB PRIMARY KEY, report BLOB NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE action(id BLOB PRIMARY KEY, report BLOB NOT NULL,"
    " made INTEGER NOT NULL, delivered INTEGER NOT NULL DEFAULT 0,"
    " sealed BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE audit(seq INTEGER PRIMARY KEY, at INTEGER NOT NULL,"
    " sealed BLOB NOT NULL, chain BLOB NOT NULL);";

static const char *const steps[] = { version1 };

const struct cs_db_schema cs_desk_schema = { "countersign desk", steps,
	sizeof steps / sizeof steps[0] };
