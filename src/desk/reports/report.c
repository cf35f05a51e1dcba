/* SPDX-License-Identifier: MIT */
#include "desk/reports/report.h"

#include <string.h>

#include "base/reader.h"
#include "base/text.h"
#include "base/units.h"
#include "base/writer.h"
#include "content/evidence.h"
#include "content/proof.h"
#include "crypto/hash.h"
#include "crypto/suite.h"
#include "desk/core/desk.h"
#include "desk/core/problem.h"
#include "desk/core/row.h"
#include "store/db.h"
#include "store/vault.h"

#define META "report.meta"
#define BUNDLE "report.bundle"
#define REPLY "report.reply"
#define META_VERSION 2
#define META_VERSION_OLD 1 /* of no notice */
#define HEX_LEN (2 * CS_ID_LEN)
#define PREFIX_MIN 4 /* hex digits of a report's number */

const char *
cs_desk_report_state_name(enum cs_desk_report_state state)
{
	static const char *const names[] = { "open", "rejected", "acted",
		"closed" };

	return names[state];
}

/* ---- what is known of a report without opening its bundle --------------- */

static enum cs_err
write_meta(struct cs_buf *out, const struct cs_desk_report *r)
{
	struct cs_writer w = cs_writer(out);

	cs_write_u8(&w, META_VERSION);
	cs_write_u8(&w, (uint8_t)r->state);
	cs_write_u16(&w, r->reason);
	cs_write_u32(&w, r->n_messages);
	cs_write_u32(&w, r->n_files);
	cs_write_u8(&w, r->repeats);
	cs_write_u8(&w, r->named);
	cs_write_u64(&w, r->filing);
	cs_write_bytes(&w, CS_VIEW_OF(r->reporter_id));
	cs_write_vec(&w, cs_view_str(r->reporter));
	cs_write_vec(&w, cs_view_str(r->reported));
	cs_write_vec(&w, cs_view_str(r->problem));
	return cs_writer_end(&w);
}

static enum cs_err
read_meta(struct cs_desk_report *out, struct cs_view plain)
{
	struct cs_reader r = cs_reader(plain);
	uint8_t version = cs_read_u8(&r);

	if (version != META_VERSION && version != META_VERSION_OLD)
		cs_reader_fail(&r, CS_ERR_CORRUPT);
	out->state = (enum cs_desk_report_state)cs_read_u8(&r);
	if (out->state > CS_DESK_REPORT_CLOSED)
		cs_reader_fail(&r, CS_ERR_CORRUPT);
	out->reason = cs_read_u16(&r);
	out->n_messages = cs_read_u32(&r);
	out->n_files = cs_read_u32(&r);
	out->repeats = cs_read_u8(&r) != 0;
	out->named = cs_read_u8(&r) != 0;
	if (version != META_VERSION_OLD)
		out->filing = cs_read_u64(&r);
	cs_read_copy(&r, out->reporter_id, sizeof out->reporter_id);
	cs_read_string(&r, out->reporter, sizeof out->reporter);
	cs_read_string(&r, out->reported, sizeof out->reported);
	cs_read_string(&r, out->problem, sizeof out->problem);
	return cs_reader_end(&r) == CS_OK ? CS_OK : CS_ERR_CORRUPT;
}

/* Columns id, received, meta. */
static enum cs_err
read_row(struct cs_desk_report *out, struct cs_desk *d, struct cs_rows *rows)
{
	struct cs_buf plain = { 0 };
	enum cs_err err;

	memset(out, 0, sizeof *out);
	cs_col_copy(rows, 0, out->id, sizeof out->id);
	out->received_ms = cs_col_int(rows, 1);
	if ((err = cs_vault_open(&plain, &d->key, META, CS_VIEW_OF(out->id),
		 cs_col_blob(rows, 2))) == CS_OK)
		err = read_meta(out, cs_buf_view(&plain));
	cs_buf_free(&plain);
	return err;
}

/* ---- rows --------------------------------------------------------------- */

enum cs_err
desk_report_message_hash(
    uint8_t out[static CS_HASH_LEN], const struct cs_stamp *s)
{
	const struct cs_view parts[] = { CS_VIEW_OF(s->tag),
		CS_VIEW_OF(s->group_ref),
		cs_view(&s->group_seq, sizeof s->group_seq) };

	return cs_hash_parts(out, CS_SHA256, parts, 3);
}

enum cs_err
desk_report_id_of_filing(
    uint8_t out[static CS_ID_LEN], uint64_t filing, uint64_t place)
{
	static const char label[] = "countersign/desk/report-of-filing/v1";
	uint8_t number[8], at[8], hash[CS_HASH_LEN];
	const struct cs_view parts[] = { cs_view(label, sizeof label),
		CS_VIEW_OF(number), CS_VIEW_OF(at) };
	enum cs_err err;

	cs_vault_row(number, filing);
	cs_vault_row(at, place);
	if ((err = cs_hash_parts(hash, CS_SHA256, parts, 3)) == CS_OK)
		memcpy(out, hash, CS_ID_LEN);
	return err;
}

enum cs_err
desk_report_read(struct cs_desk_report *out, struct cs_desk *d,
    const uint8_t id[static CS_ID_LEN])
{
	struct cs_rows row;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	err = cs_db_row(&row, d->db,
	    "SELECT id,received,meta FROM report WHERE id=?",
	    cs_blob(cs_view(id, CS_ID_LEN)));
	if (err == CS_OK)
		err = read_row(out, d, &row);
	return cs_rows_end(&row, err);
}

static enum cs_err
save_meta(struct cs_desk *d, const struct cs_desk_report *r)
{
	struct cs_buf meta = { 0 }, sealed = { 0 };
	enum cs_err err;

	if ((err = write_meta(&meta, r)) == CS_OK &&
	    (err = cs_vault_seal(&sealed, &d->key, META, CS_VIEW_OF(r->id),
		 cs_buf_view(&meta))) == CS_OK)
		err = cs_db_exec(d->db, "UPDATE report SET meta=? WHERE id=?",
		    cs_blob(cs_buf_view(&sealed)), cs_blob(CS_VIEW_OF(r->id)));
	cs_buf_free(&meta);
	cs_buf_free(&sealed);
	return err;
}

enum cs_err
desk_report_set_state(struct cs_desk *d, const uint8_t id[static CS_ID_LEN],
    enum cs_desk_report_state state)
{
	struct cs_desk_report r;
	enum cs_err err;

	if ((err = desk_report_read(&r, d, id)))
		return err;
	/* The state is sealed, too: somebody who can write to the file
	 * cannot turn a rejected report into an open one. */
	r.state = state;
	return save_meta(d, &r);
}

enum cs_err
desk_report_reply_key(uint8_t out[static CS_KEY_LEN], struct cs_desk *d,
    const uint8_t id[static CS_ID_LEN])
{
	struct cs_buf plain = { 0 };
	struct cs_rows row;
	enum cs_err err;

	/* NULL if it was destroyed with the bundle. */
	err = cs_db_row(&row, d->db,
	    "SELECT reply FROM report WHERE id=? AND reply IS NOT NULL",
	    cs_blob(cs_view(id, CS_ID_LEN)));
	if (err == CS_OK)
		err = cs_vault_open(&plain, &d->key, REPLY,
		    cs_view(id, CS_ID_LEN), cs_col_blob(&row, 0));
	err = cs_rows_end(&row, err);
	if (err == CS_OK && plain.len != CS_KEY_LEN)
		err = CS_ERR_CORRUPT;
	if (err == CS_OK)
		memcpy(out, plain.data, CS_KEY_LEN);
	cs_buf_free(&plain);
	return err;
}

/* ---- reading ------------------------------------------------------------ */

enum cs_err
cs_desk_reports(struct cs_desk *d,
    enum cs_err (*each)(void *arg, const struct cs_desk_report *r), void *arg)
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT id,received,meta FROM report ORDER BY received,id");
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_desk_report r;

		if ((err = read_row(&r, d, &rows)) == CS_OK)
			err = each(arg, &r);
	}
	return cs_rows_end(&rows, err);
}

/* Set the least and the greatest id that begin with ${prefix}. */
static bool
prefix_range(uint8_t low[static CS_ID_LEN], uint8_t high[static CS_ID_LEN],
    const char *prefix)
{
	char low_hex[HEX_LEN + 1], high_hex[HEX_LEN + 1];
	size_t len = strlen(prefix);

	if (len < PREFIX_MIN || len > HEX_LEN)
		return false;
	memset(low_hex, '0', HEX_LEN);
	memset(high_hex, 'f', HEX_LEN);
	low_hex[HEX_LEN] = high_hex[HEX_LEN] = '\0';
	memcpy(low_hex, prefix, len);
	memcpy(high_hex, prefix, len);
	return cs_unhex(low, CS_ID_LEN, low_hex) == CS_OK &&
	    cs_unhex(high, CS_ID_LEN, high_hex) == CS_OK;
}

enum cs_err
cs_desk_report_find(
    struct cs_desk *d, const char *prefix, uint8_t id[static CS_ID_LEN])
{
	uint8_t low[CS_ID_LEN], high[CS_ID_LEN];
	struct cs_rows rows;
	unsigned n = 0;
	enum cs_err err;

	if (!prefix_range(low, high, prefix))
		return desk_problem(d, CS_ERR_FORMAT, "bad-report-id",
		    "A report's number has 4 to 32 of the characters 0-9 a-f, "
		    "as \"reports\" shows them.");
	err = cs_db_query(&rows, d->db,
	    "SELECT id FROM report WHERE id>=? AND id<=? LIMIT 2",
	    cs_blob(CS_VIEW_OF(low)), cs_blob(CS_VIEW_OF(high)));
	while (err == CS_OK && cs_rows_next(&rows)) {
		cs_col_copy(&rows, 0, id, CS_ID_LEN);
		n++;
	}
	if ((err = cs_rows_end(&rows, err)))
		return err;
	if (n == 0)
		return desk_problem(d, CS_ERR_NOT_FOUND, "no-report",
		    "There is no report whose number begins with %s.", prefix);
	if (n > 1)
		return desk_problem(d, CS_ERR_EXISTS, "reports-alike",
		    "More than one report's number begins with %s.", prefix);
	return CS_OK;
}

/* Append the bundle; nothing if the report was destroyed. */
static enum cs_err
read_bundle(
    struct cs_buf *out, struct cs_desk *d, const uint8_t id[static CS_ID_LEN])
{
	struct cs_rows row;
	enum cs_err err;

	err = cs_db_row(&row, d->db, "SELECT bundle FROM report WHERE id=?",
	    cs_blob(cs_view(id, CS_ID_LEN)));
	if (err == CS_OK)
		err = cs_vault_open(out, &d->key, BUNDLE,
		    cs_view(id, CS_ID_LEN), cs_col_blob(&row, 0));
	return cs_rows_end(&row, err);
}

enum cs_err
cs_desk_report_load(struct cs_desk_report_opened *out, struct cs_desk *d,
    const uint8_t id[static CS_ID_LEN])
{
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = desk_report_read(&out->report, d, id)) == CS_OK &&
	    (err = read_bundle(&out->bundle, d, id)) == CS_OK) {
		err = cs_evidence_check(
		    &out->evidence, cs_buf_view(&out->bundle), d->hub.root);
		/* A report that is no bundle at all can still be looked at. */
		if (err && cs_err_class(err) == CS_ERR_CLASS_THEIRS)
			err = CS_OK;
	}
	if (err)
		cs_desk_report_clear(out);
	return err;
}

void
cs_desk_report_clear(struct cs_desk_report_opened *r)
{
	cs_evidence_free(r->evidence);
	cs_buf_free(&r->bundle);
	memset(r, 0, sizeof *r);
}

bool
desk_report_item_proved(
    const struct cs_evidence *e, const struct cs_evidence_item *item)
{
	bool proved = e->reporter_err == CS_OK && e->root_err == CS_OK &&
	    e->keys_err == CS_OK && item->chain == CS_OK;

	for (int l = 0; l < CS_LINKS; l++)
		proved &= item->proof.links[l] == CS_OK;
	for (size_t k = 0; k < item->n_media; k++)
		proved &= item->media[k].err == CS_OK;
	return proved;
}

enum cs_err
desk_report_case(uint64_t *case_id, struct cs_desk *d,
    const uint8_t report[static CS_ID_LEN])
{
	enum cs_err err = cs_db_get_int(case_id, d->db,
	    "SELECT COALESCE(case_id,0) FROM report WHERE id=?",
	    cs_blob(cs_view(report, CS_ID_LEN)));

	return err == CS_OK && *case_id == 0
	    ? desk_problem(d, CS_ERR_NOT_FOUND, "report-rejected",
		  "The report is in no case: it was rejected.")
	    : err;
}

enum cs_err
desk_report_insert(struct cs_desk *d, const struct cs_desk_report *r,
    struct cs_view bundle, const uint8_t reply[static CS_KEY_LEN])
{
	struct cs_buf plain = { 0 }, meta = { 0 }, sealed = { 0 }, key = { 0 };
	const struct cs_view id = CS_VIEW_OF(r->id);
	enum cs_err err;

	if ((err = write_meta(&plain, r)) == CS_OK &&
	    (err = cs_vault_seal(
		 &meta, &d->key, META, id, cs_buf_view(&plain))) == CS_OK &&
	    (err = cs_vault_seal(&sealed, &d->key, BUNDLE, id, bundle)) ==
		CS_OK &&
	    (err = cs_vault_seal(&key, &d->key, REPLY, id,
		 cs_view(reply, CS_KEY_LEN))) == CS_OK)
		err = cs_db_exec(d->db,
		    "INSERT INTO report(id,received,meta,bundle,reply,case_id)"
		    " VALUES(?,?,?,?,?,0)",
		    cs_blob(id), cs_int(r->received_ms),
		    cs_blob(cs_buf_view(&meta)), cs_blob(cs_buf_view(&sealed)),
		    cs_blob(cs_buf_view(&key)));
	cs_buf_free(&plain);
	cs_buf_free(&meta);
	cs_buf_free(&sealed);
	cs_buf_free(&key);
	return err;
}

enum cs_err
desk_report_empty(struct cs_desk *d, const uint8_t id[static CS_ID_LEN])
{
	struct cs_desk_report r;
	struct cs_buf sealed = { 0 };
	enum cs_err err;

	if ((err = desk_report_read(&r, d, id)))
		return err;
	r.reporter[0] = r.reported[0] = r.problem[0] = '\0';
	memset(r.reporter_id, 0, sizeof r.reporter_id);
	if ((err = save_meta(d, &r)) == CS_OK &&
	    (err = cs_vault_seal(&sealed, &d->key, BUNDLE,
		 cs_view(id, CS_ID_LEN), cs_view("", 0))) == CS_OK)
		err = cs_db_exec(d->db,
		    "UPDATE report SET bundle=?,reply=NULL WHERE id=?",
		    cs_blob(cs_buf_view(&sealed)),
		    cs_blob(cs_view(id, CS_ID_LEN)));
	cs_buf_free(&sealed);
	return err;
}

enum cs_err
desk_reports_of_case(struct cs_buf *ids, struct cs_desk *d, uint64_t case_id)
{
	struct cs_rows rows;
	enum cs_err err = cs_db_query(&rows, d->db,
	    "SELECT id FROM report WHERE case_id=? ORDER BY received,id",
	    cs_int(case_id));

	return desk_rows_ids(ids, &rows, err);
}
