/* SPDX-License-Identifier: MIT */
#include "desk/core/audit.h"

#include <assert.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/reader.h"
#include "base/text.h"
#include "base/units.h"
#include "crypto/hash.h"
#include "crypto/suite.h"
#include "desk/core/case_day.h"
#include "desk/core/desk.h"
#include "desk/core/json.h"
#include "desk/core/problem.h"
#include "desk/core/record.h"
#include "desk/core/schema.h"
#include "desk/core/tally.h"
#include "store/clock.h"
#include "store/db.h"
#include "store/vault.h"

#define TABLE "audit"
#define LINE_SIZE 512
#define END_LEN (8 + CS_HASH_LEN + DESK_TALLY_LEN)
/* What a line says that nobody has to read: rows have changed. */
#define QUIET "kept"

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

/* Where the log ends: its last line, the hash over all, and the rows as they
 * are since. */
struct end {
	uint64_t seq;
	uint8_t chain[CS_HASH_LEN];
	struct desk_tally rows;
};

/* All zero if there is none yet. */
static enum cs_err
load_end(struct end *out, struct cs_desk *d)
{
	struct cs_buf stored = { 0 };
	struct cs_reader r;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	err = cs_vault_config_get(&stored, d->db, &d->key, DESK_AUDIT_END);
	if (err == CS_OK) {
		r = cs_reader(cs_buf_view(&stored));
		out->seq = cs_read_u64(&r);
		cs_read_copy(&r, out->chain, CS_HASH_LEN);
		if (r.err != CS_OK ||
		    desk_tally_read(&out->rows, cs_view(r.data, r.left)) !=
			CS_OK)
			err = CS_ERR_CHAIN;
	}
	cs_buf_free(&stored);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

static enum cs_err
save_end(struct cs_desk *d, const struct end *end)
{
	uint8_t bytes[END_LEN];
	size_t n;

	cs_vault_row(bytes, end->seq);
	memcpy(bytes + 8, end->chain, CS_HASH_LEN);
	n = desk_tally_write(bytes + 8 + CS_HASH_LEN, &end->rows);
	return cs_vault_config_set(d->db, &d->key, DESK_AUDIT_END,
	    cs_view(bytes, 8 + CS_HASH_LEN + n));
}

/* One hash over the account of all rows. */
static enum cs_err
rows_hash(uint8_t out[static CS_HASH_LEN], const struct desk_tally *rows)
{
	uint8_t bytes[DESK_TALLY_LEN];

	size_t n = desk_tally_write(bytes, rows);

	return cs_sha256(out, cs_view(bytes, n));
}

/* A line that waits for the end of its transaction. */
struct desk_line {
	json_t *text;
	uint64_t at_ms, case_id;
	bool quiet;
};

/* Write it after ${end}, which it becomes. */
static enum cs_err
append(struct cs_desk *d, struct end *end, const struct desk_line *line)
{
	struct cs_buf text = { 0 }, sealed = { 0 };
	uint8_t name[8];
	enum cs_err err;

	cs_vault_row(name, ++end->seq);
	if ((err = json_text(&text, line->text)) == CS_OK &&
	    (err = next_chain(end->chain, line->at_ms, cs_buf_view(&text))) ==
		CS_OK &&
	    (err = cs_vault_seal(&sealed, &d->key, TABLE, CS_VIEW_OF(name),
		 cs_buf_view(&text))) == CS_OK)
		err = cs_db_exec(d->db,
		    "INSERT INTO audit(seq,at,case_id,quiet,sealed,chain)"
		    " VALUES(?,?,?,?,?,?)",
		    cs_int(end->seq), cs_int(line->at_ms),
		    cs_int(line->case_id), cs_int(line->quiet),
		    cs_blob(cs_buf_view(&sealed)),
		    cs_blob(CS_VIEW_OF(end->chain)));
	cs_buf_free(&text);
	cs_buf_free(&sealed);
	return err;
}

static enum cs_err
add_line(struct cs_desk *d, json_t *text, uint64_t case_id, bool quiet)
{
	struct desk_line *line = desk_array_add(&d->lines, sizeof *line);

	if (line == NULL) {
		json_decref(text);
		return CS_ERR_NOMEM;
	}
	*line = (struct desk_line){ .text = text,
		.at_ms = cs_clock_ms(),
		.case_id = case_id,
		.quiet = quiet };
	return CS_OK;
}

static void
forget_lines(struct cs_desk *d)
{
	for (size_t i = 0; i < d->lines.n; i++)
		json_decref(d->lines.at[i].text);
	desk_array_clear(&d->lines, sizeof *d->lines.at);
}

/* A change without a line gets one, which only says what the rows come to. */
static enum cs_err
add_quiet(struct cs_desk *d)
{
	json_t *text = json_object();
	enum cs_err err = CS_OK;

	json_put_str(text, "actor", "desk", &err);
	json_put_num(text, "person", 0, &err);
	json_put_num(text, "case", 0, &err);
	json_put_str(text, "what", QUIET, &err);
	if (err) {
		json_decref(text);
		return err;
	}
	return add_line(d, text, 0, true);
}

/* Write the lines; the last one says what the rows come to. */
static enum cs_err
write_lines(struct cs_desk *d)
{
	uint8_t hash[CS_HASH_LEN];
	struct end end;
	enum cs_err err;

	if ((err = load_end(&end, d)) ||
	    (d->lines.n == 0 && (err = add_quiet(d))))
		return err;
	desk_tally_apply(&end.rows, d);
	if ((err = rows_hash(hash, &end.rows)))
		return err;
	json_put_hex(
	    d->lines.at[d->lines.n - 1].text, "rows", CS_VIEW_OF(hash), &err);
	for (size_t i = 0; i < d->lines.n && err == CS_OK; i++)
		err = append(d, &end, &d->lines.at[i]);
	return err ? err : save_end(d, &end);
}

static enum cs_err
before_commit(void *arg)
{
	struct cs_desk *d = arg;
	enum cs_err err = CS_OK;

	if (d->lines.n != 0 || d->rows.changed)
		err = write_lines(d);
	if (err == CS_OK) {
		forget_lines(d);
		desk_tally_forget(d);
	}
	return err;
}

static void
rolled_back(void *arg)
{
	struct cs_desk *d = arg;

	forget_lines(d);
	desk_tally_forget(d);
}

enum cs_err
desk_audit_begin(struct cs_desk *d)
{
	enum cs_err err = desk_tally_init(d);

	return err ? err
		   : cs_db_keep_account(d->db,
			 &(struct cs_db_account){ .arg = d,
			     .row = desk_tally_row,
			     .before_commit = before_commit,
			     .rolled_back = rolled_back });
}

void
desk_audit_end(struct cs_desk *d)
{
	forget_lines(d);
}

/* ---- writing ------------------------------------------------------------ */

enum cs_err
desk_audit_add(struct cs_desk *d, const struct desk_audit_event *e)
{
	json_t *line = json_object();
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
	if (err) {
		json_decref(line);
		return err;
	}
	return add_line(d, line, e->case_id, false);
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
	uint64_t case_id; /* of the columns */
	bool quiet;
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
	/* The columns are copies, by which lines are found. */
	if (line->case_id != r->case_id ||
	    (strcmp(line->what, QUIET) == 0) != r->quiet)
		return CS_ERR_CHAIN;
	line->before = &r->before;
	line->after = &r->after;
	if ((err = get_facts(&r->before, json_object_get(o, "before"))))
		return err;
	return get_facts(&r->after, json_object_get(o, "after"));
}

/* Columns seq, at, sealed, chain, case_id, quiet; ${plain} is the line as it
 * was sealed.  To be cleared in any case. */
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
	r->case_id = cs_col_int(rows, 4);
	r->quiet = cs_col_int(rows, 5) != 0;
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
		  "SELECT seq,at,sealed,chain,case_id,quiet FROM audit"
		  " WHERE quiet=0 AND seq<? ORDER BY seq DESC LIMIT ?",
		  cs_int(before), cs_int(limit))
	    : cs_db_query(&rows, d->db,
		  "SELECT seq,at,sealed,chain,case_id,quiet FROM audit"
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

struct desk_audit_walk {
	void (*each)(void *arg, const struct cs_desk_audit_line *line);
	void *arg;
};

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

/* Walk the chain to its end, which becomes ${end}; ${rows} is what its last
 * line says of the rows, "" if there is none. */
static enum cs_err
walk(struct end *end, char rows_said[static 2 * CS_HASH_LEN + 1],
    struct cs_desk *d, const struct desk_audit_walk *w)
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT seq,at,sealed,chain,case_id,quiet FROM audit ORDER BY seq");
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct reading r;

		err = verify_row(&r, &end->seq, end->chain, d, &rows);
		if (err == CS_OK && w->each != NULL)
			w->each(w->arg, &r.line);
		snprintf(rows_said, 2 * CS_HASH_LEN + 1, "%s",
		    json_get_str(r.text, "rows"));
		json_decref(r.text);
	}
	return cs_rows_end(&rows, err);
}

/* Find a table whose rows are not those of ${stored}, or do not count what they
 * should; ${*table} is NULL if there is none. */
static enum cs_err
find_changed(
    const char **table, const struct desk_tally *stored, struct cs_desk *d)
{
	struct desk_tally there;
	bool right;
	enum cs_err err;

	if ((err = desk_tally_count(&there, d)))
		return err;
	*table = desk_tally_differ(stored, &there);
	if (*table != NULL)
		return CS_OK;
	err = desk_case_day_check(&right, d);
	*table = right ? NULL : "case_day";
	return err;
}

/* The end that is stored is that of the chain, and fits what the last line says
 * of the rows; and the rows are those. */
static enum cs_err
check(struct cs_desk *d, const struct end *found, const char *rows_said)
{
	char hex[2 * CS_HASH_LEN + 1];
	uint8_t hash[CS_HASH_LEN];
	struct end stored;
	const char *table;
	enum cs_err err;

	if ((err = load_end(&stored, d)) ||
	    (err = rows_hash(hash, &stored.rows)))
		return err;
	cs_hex(hex, CS_VIEW_OF(hash));
	if (stored.seq != found->seq ||
	    memcmp(stored.chain, found->chain, CS_HASH_LEN) != 0 ||
	    strcmp(hex, rows_said) != 0)
		return desk_problem(d, CS_ERR_CHAIN, "log-end",
		    "The log does not end where it should: lines are missing, "
		    "or an older copy was put in their place.");
	if ((err = find_changed(&table, &stored.rows, d)))
		return err;
	return table == NULL
	    ? CS_OK
	    : desk_problem(d, CS_ERR_CHAIN, "rows-changed",
		  "The log is whole, but rows of \"%s\" were changed, removed, "
		  "or put back by somebody else than the desk.",
		  table);
}

static enum cs_err
say_where(struct cs_desk *d, enum cs_err err, const struct end *end)
{
	if (err != CS_ERR_CHAIN && err != CS_ERR_CORRUPT)
		return err;
	return desk_problem(d, CS_ERR_CHAIN, "log-changed",
	    "What comes after entry %llu of the log does not follow from it.",
	    (unsigned long long)(end->seq != 0 ? end->seq - 1 : 0));
}

enum cs_err
desk_audit_head(
    uint64_t *seq, uint8_t hash[static CS_HASH_LEN], struct cs_desk *d)
{
	struct end end;
	enum cs_err err = load_end(&end, d);

	*seq = end.seq;
	memcpy(hash, end.chain, CS_HASH_LEN);
	return err;
}

enum cs_err
desk_audit_hash_at(
    uint8_t hash[static CS_HASH_LEN], struct cs_desk *d, uint64_t seq)
{
	struct cs_rows row;
	enum cs_err err;

	err = cs_db_row(
	    &row, d->db, "SELECT chain FROM audit WHERE seq=?", cs_int(seq));
	if (err == CS_OK)
		cs_col_copy(&row, 0, hash, CS_HASH_LEN);
	return cs_rows_end(&row, err);
}

enum cs_err
desk_audit_take_rows(struct cs_desk *d)
{
	const struct desk_audit_walk w = { 0 };
	char rows_said[2 * CS_HASH_LEN + 1] = "";
	struct end end = { 0 };
	enum cs_err err = walk(&end, rows_said, d, &w);

	if ((err = say_where(d, err, &end)) || (err = desk_tally_triggers(d)) ||
	    (err = desk_case_day_again(d)) ||
	    (err = desk_tally_count(&end.rows, d)))
		return err;
	/* What is changed in this transaction is counted at its end. */
	return save_end(d, &end);
}

enum cs_err
cs_desk_audit_verify(struct cs_desk *d,
    void (*each)(void *arg, const struct cs_desk_audit_line *line), void *arg)
{
	const struct desk_audit_walk w = { .each = each, .arg = arg };
	bool inside = cs_db_in_transaction(d->db);
	char rows_said[2 * CS_HASH_LEN + 1] = "";
	struct end end = { 0 };
	enum cs_err err;

	/* All of one moment, whatever is written meanwhile. */
	if (!inside && (err = cs_db_begin_reading(d->db)))
		return err;
	err = walk(&end, rows_said, d, &w);
	err = say_where(d, err, &end);
	if (err == CS_OK)
		err = check(d, &end, rows_said);
	if (!inside)
		cs_db_rollback(d->db);
	return err;
}
