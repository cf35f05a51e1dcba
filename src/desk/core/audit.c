/* SPDX-License-Identifier: MIT */
/*
 * The audit log: chain_n = SHA-256(0x01 | chain_{n-1} | u64 at | line), so that
 * no line can be changed, dropped or put in between unseen.  Where it ends is
 * sealed beside it, so that its last lines cannot be dropped either.
 */
#include "desk/core/audit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "crypto/hash.h"
#include "crypto/suite.h"
#include "desk/core/desk.h"
#include "desk/core/doc.h"
#include "desk/core/json.h"
#include "store/clock.h"
#include "store/db.h"
#include "store/vault.h"

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

/* Append the bytes ${line}. */
static enum cs_err
append(struct cs_desk *d, uint64_t at, uint64_t case_id, struct cs_view line)
{
	uint8_t chain[32] = { 0 }, row[8];
	struct cs_buf sealed = { 0 };
	struct cs_rows rows;
	uint64_t seq = 0;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT seq,chain FROM audit ORDER BY seq DESC LIMIT 1");
	if (err == CS_OK && cs_rows_next(&rows)) {
		seq = cs_col_int(&rows, 0);
		cs_col_copy(&rows, 1, chain, sizeof chain);
	}
	if ((err = cs_rows_end(&rows, err)))
		return err;
	cs_vault_row(row, ++seq);
	if ((err = next_chain(chain, at, line)) == CS_OK &&
	    (err = cs_vault_seal(
		 &sealed, &d->key, TABLE, CS_VIEW_OF(row), line)) == CS_OK)
		err = cs_db_exec(d->db,
		    "INSERT INTO audit(seq,at,case_id,sealed,chain)"
		    " VALUES(?,?,?,?,?)",
		    cs_int(seq), cs_int(at), cs_int(case_id),
		    cs_blob(cs_buf_view(&sealed)), cs_blob(CS_VIEW_OF(chain)));
	if (err == CS_OK)
		err = write_end(d, seq, chain);
	cs_buf_free(&sealed);
	return err;
}

enum cs_err
desk_audit_add(struct cs_desk *d, const struct desk_audit_event *e)
{
	json_t *line = json_object();
	uint64_t at = cs_clock_ms();
	enum cs_err err = CS_OK;
	struct cs_buf text = { 0 };

	json_put_str(
	    line, "actor", e->actor != NULL ? e->actor->name : "desk", &err);
	json_put_num(line, "person", e->actor != NULL ? e->actor->id : 0, &err);
	json_put_num(line, "case", e->case_id, &err);
	json_put_str(line, "what", e->what, &err);
	if (e->before != NULL)
		json_put(line, "before", json_incref(e->before), &err);
	if (e->after != NULL)
		json_put(line, "after", json_incref(e->after), &err);
	if (err == CS_OK)
		err = desk_doc_text(&text, line);
	if (err == CS_OK)
		err = append(d, at, e->case_id, cs_buf_view(&text));
	cs_buf_free(&text);
	json_decref(line);
	return err;
}

enum cs_err
desk_audit_say(struct cs_desk *d, const char *format, ...)
{
	char what[LINE_SIZE];
	const struct desk_audit_event e = { .what = what };
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof what, format, ap);
	va_end(ap);
	return desk_audit_add(d, &e);
}

/* What the first version of the desk wrote was a sentence. */
static enum cs_err
read_line(json_t **out, struct cs_view plain)
{
	*out = json_loadb((const char *)plain.data, plain.len, 0, NULL);
	if (*out == NULL)
		*out = json_pack("{s:s,s:i,s:s%}", "actor", "desk", "case", 0,
		    "what", (const char *)plain.data, plain.len);
	return *out != NULL ? CS_OK : CS_ERR_CORRUPT;
}

enum cs_err
desk_audit_page(json_t *items, struct cs_desk *d, uint64_t before,
    uint64_t case_id, unsigned limit)
{
	struct cs_buf plain = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	err = case_id == 0
	    ? cs_db_query(&rows, d->db,
		  "SELECT seq,at,sealed,chain FROM audit"
		  " WHERE seq<? ORDER BY seq DESC LIMIT ?",
		  cs_int(before), cs_int(limit))
	    : cs_db_query(&rows, d->db,
		  "SELECT seq,at,sealed,chain FROM audit"
		  " WHERE case_id=? AND seq<?"
		  " ORDER BY seq DESC LIMIT ?",
		  cs_int(case_id), cs_int(before), cs_int(limit));
	while (err == CS_OK && cs_rows_next(&rows)) {
		uint8_t row[8];
		json_t *line = NULL;

		cs_vault_row(row, cs_col_int(&rows, 0));
		if ((err = cs_vault_open(&plain, &d->key, TABLE,
			 CS_VIEW_OF(row), cs_col_blob(&rows, 2))) ||
		    (err = read_line(&line, cs_buf_view(&plain))))
			break;
		json_put_num(line, "seq", cs_col_int(&rows, 0), &err);
		json_put_num(line, "at_ms", cs_col_int(&rows, 1), &err);
		json_put_hex(line, "hash", cs_col_blob(&rows, 3), &err);
		json_put_id(line, "case", json_get_num(line, "case"), &err);
		json_push(items, line, &err);
	}
	cs_buf_free(&plain);
	return cs_rows_end(&rows, err);
}

enum cs_err
cs_desk_audit_verify(struct cs_desk *d,
    void (*each)(void *arg, const struct cs_desk_audit_line *line), void *arg)
{
	uint8_t chain[32] = { 0 }, stored[32], row[8];
	struct cs_buf plain = { 0 };
	struct cs_rows rows;
	uint64_t seq = 0;
	enum cs_err err;

	err = cs_db_query(
	    &rows, d->db, "SELECT seq,at,sealed,chain FROM audit ORDER BY seq");
	while (err == CS_OK && cs_rows_next(&rows)) {
		uint64_t at = cs_col_int(&rows, 1);
		json_t *line = NULL;

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
		if (each != NULL &&
		    (err = read_line(&line, cs_buf_view(&plain))) == CS_OK)
			each(arg,
			    &(struct cs_desk_audit_line){
				.seq = seq,
				.at_ms = at,
				.case_id = json_get_num(line, "case"),
				.actor = json_get_str(line, "actor"),
				.what = json_get_str(line, "what"),
				.hash = chain,
			    });
		json_decref(line);
	}
	cs_buf_free(&plain);
	err = cs_rows_end(&rows, err);
	return err ? err : check_end(d, seq, chain);
}
