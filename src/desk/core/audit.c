/* SPDX-License-Identifier: MIT */
#include "desk/core/audit.h"

#include <assert.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "crypto/hash.h"
#include "crypto/suite.h"
#include "desk/core/desk.h"
#include "desk/core/json.h"
#include "store/clock.h"
#include "store/db.h"
#include "store/vault.h"

#define TABLE "audit"
#define LINE_SIZE 512
#define END "audit-end"
#define END_LEN (8 + CS_HASH_LEN)

/* ---- facts -------------------------------------------------------------- */

static struct desk_fact *
add_fact(struct desk_facts *f, const char *name, enum desk_fact_type type)
{
	struct desk_fact *fact = &f->at[f->n];

	assert(f->n < DESK_FACTS_MAX);
	f->n++;
	*fact = (struct desk_fact){ .name = name, .type = type };
	return fact;
}

void
desk_fact_number(struct desk_facts *f, const char *name, uint64_t n)
{
	add_fact(f, name, DESK_FACT_NUMBER)->number = n;
}

void
desk_fact_flag(struct desk_facts *f, const char *name, bool on)
{
	add_fact(f, name, DESK_FACT_FLAG)->number = on;
}

void
desk_fact_text(struct desk_facts *f, const char *name, const char *text)
{
	add_fact(f, name, DESK_FACT_TEXT)->text = text;
}

void
desk_fact_id(struct desk_facts *f, const char *name, uint64_t id)
{
	add_fact(f, name, DESK_FACT_ID)->number = id;
}

void
desk_fact_hex(struct desk_facts *f, const char *name, struct cs_view v)
{
	add_fact(f, name, DESK_FACT_HEX)->bytes = v;
}

static void
put_fact(json_t *o, const struct desk_fact *fact, enum cs_err *err)
{
	switch (fact->type) {
	case DESK_FACT_NUMBER:
		json_put_num(o, fact->name, fact->number, err);
		break;
	case DESK_FACT_FLAG:
		json_put_bool(o, fact->name, fact->number != 0, err);
		break;
	case DESK_FACT_TEXT:
		json_put_str(o, fact->name, fact->text, err);
		break;
	case DESK_FACT_ID:
		json_put_id(o, fact->name, fact->number, err);
		break;
	case DESK_FACT_HEX:
		json_put_hex(o, fact->name, fact->bytes, err);
		break;
	}
}

static void
put_facts(json_t *line, const char *name, const struct desk_facts *f,
    enum cs_err *err)
{
	json_t *o;

	if (f == NULL)
		return;
	o = json_object();
	for (size_t i = 0; i < f->n; i++)
		put_fact(o, &f->at[i], err);
	json_put(line, name, o, err);
}

/* Read the facts of ${o}, which may be NULL; ${f} borrows its texts. */
static enum cs_err
get_facts(struct desk_facts *f, json_t *o)
{
	const char *name;
	json_t *v;

	f->n = 0;
	json_object_foreach (o, name, v) {
		if (f->n == DESK_FACTS_MAX)
			return CS_ERR_CORRUPT;
		if (json_is_integer(v))
			desk_fact_number(
			    f, name, (uint64_t)json_integer_value(v));
		else if (json_is_boolean(v))
			desk_fact_flag(f, name, json_is_true(v));
		else if (json_is_string(v))
			desk_fact_text(f, name, json_string_value(v));
		else
			return CS_ERR_CORRUPT;
	}
	return CS_OK;
}

/* ---- the chain ---------------------------------------------------------- */

static enum cs_err
next_chain(
    uint8_t chain[static CS_HASH_LEN], uint64_t at_ms, struct cs_view line)
{
	static const uint8_t node = 0x01;
	uint8_t at[8];
	struct cs_view parts[4] = { cs_view(&node, 1),
		cs_view(chain, CS_HASH_LEN), CS_VIEW_OF(at), line };

	cs_vault_row(at, at_ms);
	return cs_hash_parts(chain, CS_SHA256, parts, 4);
}

static void
end_of(uint8_t out[static END_LEN], uint64_t seq,
    const uint8_t chain[static CS_HASH_LEN])
{
	cs_vault_row(out, seq);
	memcpy(out + 8, chain, CS_HASH_LEN);
}

/* CS_ERR_CHAIN unless the log ends where it should. */
static enum cs_err
check_end(
    struct cs_desk *d, uint64_t seq, const uint8_t chain[static CS_HASH_LEN])
{
	struct cs_buf stored = { 0 };
	uint8_t end[END_LEN];
	enum cs_err err;

	end_of(end, seq, chain);
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
	uint8_t chain[CS_HASH_LEN] = { 0 }, name[8], end[END_LEN];
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
	cs_vault_row(name, ++seq);
	if ((err = next_chain(chain, at, line)) == CS_OK &&
	    (err = cs_vault_seal(
		 &sealed, &d->key, TABLE, CS_VIEW_OF(name), line)) == CS_OK)
		err = cs_db_exec(d->db,
		    "INSERT INTO audit(seq,at,case_id,sealed,chain)"
		    " VALUES(?,?,?,?,?)",
		    cs_int(seq), cs_int(at), cs_int(case_id),
		    cs_blob(cs_buf_view(&sealed)), cs_blob(CS_VIEW_OF(chain)));
	end_of(end, seq, chain);
	if (err == CS_OK)
		err = cs_vault_config_set(d->db, &d->key, END, CS_VIEW_OF(end));
	cs_buf_free(&sealed);
	return err;
}

/* ---- writing ------------------------------------------------------------ */

enum cs_err
desk_audit_add(struct cs_desk *d, const struct desk_audit_event *e)
{
	json_t *line = json_object();
	struct cs_buf text = { 0 };
	enum cs_err err = CS_OK;

	json_put_str(
	    line, "actor", e->actor != NULL ? e->actor->name : "desk", &err);
	json_put_num(line, "person", e->actor != NULL ? e->actor->id : 0, &err);
	if (e->actor != NULL && e->actor->token != 0)
		json_put_num(line, "token", e->actor->token, &err);
	if (e->actor != NULL && e->actor->second[0] != '\0')
		json_put_str(line, "second", e->actor->second, &err);
	json_put_num(line, "case", e->case_id, &err);
	json_put_str(line, "what", e->what, &err);
	put_facts(line, "before", e->before, &err);
	put_facts(line, "after", e->after, &err);
	if (err == CS_OK)
		err = json_text(&text, line);
	if (err == CS_OK)
		err = append(d, cs_clock_ms(), e->case_id, cs_buf_view(&text));
	cs_buf_free(&text);
	json_decref(line);
	return err;
}

enum cs_err
desk_audit_note(struct cs_desk *d, const struct desk_audit_event *e)
{
	enum cs_err err = cs_db_begin(d->db);

	return err ? err : cs_db_end(d->db, desk_audit_add(d, e));
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

/* ---- reading ------------------------------------------------------------ */

/* A line, and what owns its strings. */
struct reading {
	struct cs_desk_audit_line line;
	struct desk_facts before, after;
	uint8_t hash[CS_HASH_LEN];
	json_t *text;
};

static enum cs_err
parse(struct reading *r, struct cs_view plain)
{
	json_t *o = json_loadb((const char *)plain.data, plain.len, 0, NULL);
	struct cs_desk_audit_line *line = &r->line;
	enum cs_err err;

	r->text = o;
	line->actor = json_string_value(json_object_get(o, "actor"));
	line->what = json_string_value(json_object_get(o, "what"));
	if (line->actor == NULL || line->what == NULL ||
	    !json_is_integer(json_object_get(o, "person")) ||
	    !json_is_integer(json_object_get(o, "case")))
		return CS_ERR_CORRUPT;
	line->person = json_get_num(o, "person");
	line->case_id = json_get_num(o, "case");
	line->token = json_get_num(o, "token");
	line->second = json_get_str(o, "second");
	line->before = &r->before;
	line->after = &r->after;
	if ((err = get_facts(&r->before, json_object_get(o, "before"))))
		return err;
	return get_facts(&r->after, json_object_get(o, "after"));
}

/* Columns seq, at, sealed, chain; ${plain} is the line as it was sealed.  To be
 * cleared in any case. */
static enum cs_err
read_row(struct reading *r, struct cs_buf *plain, struct cs_desk *d,
    struct cs_rows *rows)
{
	uint8_t name[8];

	memset(r, 0, sizeof *r);
	r->line.seq = cs_col_int(rows, 0);
	r->line.at_ms = cs_col_int(rows, 1);
	r->line.hash = r->hash;
	cs_col_copy(rows, 3, r->hash, sizeof r->hash);
	cs_vault_row(name, r->line.seq);
	return cs_vault_open(
	    plain, &d->key, TABLE, CS_VIEW_OF(name), cs_col_blob(rows, 2));
}

enum cs_err
desk_audit_page(struct cs_desk *d, uint64_t before, uint64_t case_id,
    unsigned limit,
    enum cs_err (*each)(void *arg, const struct cs_desk_audit_line *line),
    void *arg)
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
		  " WHERE case_id=? AND seq<? ORDER BY seq DESC LIMIT ?",
		  cs_int(case_id), cs_int(before), cs_int(limit));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct reading r;

		if ((err = read_row(&r, &plain, d, &rows)) == CS_OK &&
		    (err = parse(&r, cs_buf_view(&plain))) == CS_OK)
			err = each(arg, &r.line);
		json_decref(r.text);
	}
	cs_buf_free(&plain);
	return cs_rows_end(&rows, err);
}

/* Check the line after ${*seq} and ${chain}, and set them to this one's. */
static enum cs_err
verify_row(struct reading *r, uint64_t *seq, uint8_t chain[static CS_HASH_LEN],
    struct cs_desk *d, struct cs_rows *rows)
{
	struct cs_buf plain = { 0 };
	enum cs_err err = read_row(r, &plain, d, rows);

	if (r->line.seq != ++*seq)
		err = CS_ERR_CHAIN;
	if (err == CS_OK &&
	    (err = next_chain(chain, r->line.at_ms, cs_buf_view(&plain))) ==
		CS_OK)
		err = memcmp(chain, r->hash, CS_HASH_LEN) != 0
		    ? CS_ERR_CHAIN
		    : parse(r, cs_buf_view(&plain));
	cs_buf_free(&plain);
	return err;
}

enum cs_err
cs_desk_audit_verify(struct cs_desk *d,
    void (*each)(void *arg, const struct cs_desk_audit_line *line), void *arg)
{
	uint8_t chain[CS_HASH_LEN] = { 0 };
	struct cs_rows rows;
	uint64_t seq = 0;
	enum cs_err err;

	err = cs_db_query(
	    &rows, d->db, "SELECT seq,at,sealed,chain FROM audit ORDER BY seq");
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct reading r;

		err = verify_row(&r, &seq, chain, d, &rows);
		if (err == CS_OK && each != NULL)
			each(arg, &r.line);
		json_decref(r.text);
	}
	err = cs_rows_end(&rows, err);
	return err ? err : check_end(d, seq, chain);
}
