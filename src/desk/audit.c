/* SPDX-License-Identifier: MIT */
/*
 * The audit log: chain_n = SHA-256(0x01 | chain_{n-1} | u64 at | line), so that
 * no line can be changed, dropped or put in between unseen.  Where it ends is
 * sealed beside it, so that its last lines cannot be dropped either.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "desk/desk_internal.h"

#define TABLE "audit"
#define LINE_SIZE 512

static enum cs_err
next_chain(uint8_t chain[static 32], uint64_t at_ms, struct cs_view line)
{
	static const uint8_t node = 0x01;
	uint8_t at[8];
	struct cs_view parts[4] = { cs_view(&node, 1), cs_view(chain, 32),
		CS_VIEW_OF(at), line };

	cs_vault_row(at, at_ms);
	return cs_hash_parts(chain, CS_SHA256, parts, 4);
}

#define END "audit-end"

static enum cs_err
write_end(struct cs_desk *d, uint64_t seq, const uint8_t chain[static 32])
{
	uint8_t end[40];

	cs_vault_row(end, seq);
	memcpy(end + 8, chain, 32);
	return cs_vault_config_set(d->db, &d->key, END, CS_VIEW_OF(end));
}

/* CS_ERR_CHAIN unless the log ends where it should. */
static enum cs_err
check_end(struct cs_desk *d, uint64_t seq, const uint8_t chain[static 32])
{
	struct cs_buf stored = { 0 };
	uint8_t end[40];
	enum cs_err err;

	cs_vault_row(end, seq);
	memcpy(end + 8, chain, 32);
	err = cs_vault_config_get(&stored, d->db, &d->key, END);
	if (err == CS_OK &&
	    !cs_view_equal(cs_buf_view(&stored), CS_VIEW_OF(end)))
		err = CS_ERR_CHAIN;
	cs_buf_free(&stored);
	return err == CS_ERR_NOT_FOUND ? CS_ERR_CHAIN : err;
}

enum cs_err
desk_audit_add(struct cs_desk *d, const char *format, ...)
{
	char line[LINE_SIZE];
	uint8_t chain[32] = { 0 }, row[8];
	uint64_t seq = 0, at = cs_clock_ms();
	struct cs_buf sealed = { 0 };
	struct cs_rows rows;
	enum cs_err err;
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof line, format, ap);
	va_end(ap);
	err = cs_db_query(&rows, d->db,
	    "SELECT seq,chain FROM audit ORDER BY seq DESC LIMIT 1");
	if (err == CS_OK && cs_rows_next(&rows)) {
		seq = cs_col_int(&rows, 0);
		cs_col_copy(&rows, 1, chain, sizeof chain);
	}
	if ((err = cs_rows_end(&rows, err)))
		return err;
	cs_vault_row(row, ++seq);
	if ((err = next_chain(chain, at, cs_view_str(line))) == CS_OK &&
	    (err = cs_vault_seal(&sealed, &d->key, TABLE, CS_VIEW_OF(row),
		 cs_view_str(line))) == CS_OK)
		err = cs_db_exec(d->db,
		    "INSERT INTO audit(seq,at,sealed,chain) VALUES(?,?,?,?)",
		    cs_int(seq), cs_int(at), cs_blob(cs_buf_view(&sealed)),
		    cs_blob(CS_VIEW_OF(chain)));
	if (err == CS_OK)
		err = write_end(d, seq, chain);
	cs_buf_free(&sealed);
	return err;
}

enum cs_err
cs_desk_audit(struct cs_desk *d,
    void (*each)(void *arg, uint64_t at_ms, const char *line), void *arg)
{
	uint8_t chain[32] = { 0 }, stored[32], row[8];
	struct cs_buf plain = { 0 };
	struct cs_rows rows;
	uint64_t seq = 0;
	enum cs_err err;

	err = cs_db_query(
	    &rows, d->db, "SELECT seq,at,sealed,chain FROM audit ORDER BY seq");
	while (err == CS_OK && cs_rows_next(&rows)) {
		char line[LINE_SIZE];
		uint64_t at = cs_col_int(&rows, 1);

		cs_vault_row(row, ++seq);
		cs_col_copy(&rows, 3, stored, sizeof stored);
		if (cs_col_int(&rows, 0) != seq)
			err = CS_ERR_CHAIN;
		else if ((err = cs_vault_open(&plain, &d->key, TABLE,
			      CS_VIEW_OF(row), cs_col_blob(&rows, 2))) ==
			CS_OK &&
		    (err = next_chain(chain, at, cs_buf_view(&plain))) ==
			CS_OK &&
		    memcmp(chain, stored, sizeof chain) != 0)
			err = CS_ERR_CHAIN;
		if (err)
			break;
		snprintf(line, sizeof line, "%.*s", (int)plain.len,
		    (const char *)plain.data);
		each(arg, at, line);
	}
	cs_buf_free(&plain);
	err = cs_rows_end(&rows, err);
	return err ? err : check_end(d, seq, chain);
}
