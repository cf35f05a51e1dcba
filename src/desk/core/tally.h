/* SPDX-License-Identifier: MIT */
/*
 * An account of the rows of schema.h: for each table how many there are, and a
 * hash of the set of them that follows each change.
 *
 * It is the exclusive-or of HMAC-SHA-256 over each row with its table's name,
 * by a key that only this desk has (MSet-XOR-Hash: Clarke, Devadas, van Dijk,
 * Gassend, Suh, ASIACRYPT 2003).  A row stands in its table once, because it
 * has its primary key in it; the hashes are secret and the account is sealed,
 * so that whoever only has the file cannot make another set that fits.
 */
#pragma once

#include "base/bytes.h"
#include "base/units.h"
#include "store/db.h"

struct cs_desk;

#define DESK_TALLY_TABLES 26
#define DESK_TALLY_TABLES_OLD 23 /* of the first desks */
#define DESK_TALLY_ONE (8 + CS_HASH_LEN)
#define DESK_TALLY_LEN (DESK_TALLY_TABLES * DESK_TALLY_ONE)

/* One for each table, in the order of its names. */
struct desk_tally {
	struct {
		uint64_t n; /* rows; of changes, modulo 2^64 */
		uint8_t sum[CS_HASH_LEN];
	} of[DESK_TALLY_TABLES];
};

/* Changes since the last commit, and rows while they are counted. */
struct desk_tallying {
	uint8_t key[CS_KEY_LEN];
	bool changed;
	struct desk_tally changes, there;
};

/* Set up the key. */
CS_CHECKED enum cs_err desk_tally_init(struct cs_desk *d);
/* Note a row, as cs_db_account has it. */
CS_CHECKED enum cs_err desk_tally_row(
    void *arg, const char *table, enum cs_db_row_is what, struct cs_view row);
void desk_tally_forget(struct cs_desk *d);
/* Add the changes to ${t}. */
void desk_tally_apply(struct desk_tally *t, const struct cs_desk *d);
/* Make the triggers anew that note changes, whatever has become of them; in a
 * transaction. */
CS_CHECKED enum cs_err desk_tally_triggers(struct cs_desk *d);
/* Count all rows as they are, into ${out}; in a transaction. */
CS_CHECKED enum cs_err desk_tally_count(
    struct desk_tally *out, struct cs_desk *d);
/* The first table in which the two differ; NULL if there is none. */
const char *desk_tally_differ(
    const struct desk_tally *a, const struct desk_tally *b);
/* As bytes; tables that came later and are empty are left out at their end, so
 * that they change nothing of what was said before there were any. */
size_t desk_tally_write(
    uint8_t out[static DESK_TALLY_LEN], const struct desk_tally *t);
/* CS_ERR_FORMAT: it has another length. */
CS_CHECKED enum cs_err desk_tally_read(
    struct desk_tally *out, struct cs_view bytes);
