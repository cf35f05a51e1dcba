/* SPDX-License-Identifier: MIT */
#include "desk/reports/custody.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/units.h"
#include "content/custody.h"
#include "content/evidence.h"
#include "content/evidence_seal.h"
#include "crypto/hash.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/link.h"
#include "desk/core/problem.h"
#include "desk/reports/report.h"
#include "store/clock.h"
#include "store/db.h"
#include "store/file.h"
#include "store/vault.h"

#define TABLE "custody"
#define ROW_NAME_LEN (CS_ID_LEN + 8)

/* ---- the record --------------------------------------------------------- */

static enum cs_err
bundle_hash(uint8_t out[static CS_HASH_LEN], struct cs_desk *d,
    const uint8_t id[static CS_ID_LEN])
{
	struct cs_desk_report_opened r;
	enum cs_err err = cs_desk_report_load(&r, d, id);

	if (err == CS_OK)
		err = cs_sha256(out, cs_buf_view(&r.bundle));
	cs_desk_report_clear(&r);
	return err;
}

/* Where the record stands: how many entries, and the hash over them. */
static enum cs_err
last(uint64_t *n, uint8_t hash[static CS_HASH_LEN], struct cs_desk *d,
    const uint8_t id[static CS_ID_LEN])
{
	uint8_t bundle[CS_HASH_LEN];
	struct cs_rows row;
	enum cs_err err;

	*n = 0;
	err = cs_db_row(&row, d->db,
	    "SELECT seq,chain FROM custody WHERE report=?"
	    " ORDER BY seq DESC LIMIT 1",
	    cs_blob(cs_view(id, CS_ID_LEN)));
	if (err == CS_OK) {
		*n = cs_col_int(&row, 0);
		cs_col_copy(&row, 1, hash, CS_HASH_LEN);
	}
	err = cs_rows_end(&row, err);
	if (err != CS_ERR_NOT_FOUND)
		return err;
	return (err = bundle_hash(bundle, d, id))
	    ? err
	    : cs_custody_begin(hash, id, bundle);
}

static void
row_name(uint8_t out[static ROW_NAME_LEN], const uint8_t id[static CS_ID_LEN],
    uint64_t n)
{
	memcpy(out, id, CS_ID_LEN);
	cs_vault_row(out + CS_ID_LEN, n);
}

enum cs_err
desk_custody_add(struct cs_desk *d, const uint8_t id[static CS_ID_LEN],
    const struct cs_desk_actor *actor, const char *what)
{
	struct cs_custody_entry e = {
		.at_ms = cs_clock_ms(),
		.actor = cs_view_str(actor != NULL ? actor->pseudonym : "desk"),
		.what = cs_view_str(what),
	};
	struct cs_buf plain = { 0 }, sealed = { 0 };
	uint8_t hash[CS_HASH_LEN], row[ROW_NAME_LEN];
	uint64_t n;
	enum cs_err err;

	if ((err = last(&n, hash, d, id)))
		return err;
	row_name(row, id, ++n);
	if ((err = cs_custody_entry_write(&plain, hash, &e)) == CS_OK &&
	    (err = cs_vault_seal(&sealed, &d->key, TABLE, CS_VIEW_OF(row),
		 cs_buf_view(&plain))) == CS_OK)
		err = cs_db_exec(d->db,
		    "INSERT INTO custody(report,seq,sealed,chain)"
		    " VALUES(?,?,?,?)",
		    cs_blob(cs_view(id, CS_ID_LEN)), cs_int(n),
		    cs_blob(cs_buf_view(&sealed)), cs_blob(CS_VIEW_OF(hash)));
	cs_buf_free(&plain);
	cs_buf_free(&sealed);
	return err;
}

enum cs_err
desk_custody_note(struct cs_desk *d, const uint8_t id[static CS_ID_LEN],
    const struct cs_desk_actor *actor, const struct desk_custody_event *e)
{
	struct desk_facts after = { 0 };
	uint64_t case_id = 0;
	enum cs_err err;

	/* A report that did not verify is in no case. */
	err = desk_report_case(&case_id, d, id);
	if (err && err != CS_ERR_NOT_FOUND)
		return err;
	desk_fact_hex(&after, "report", cs_view(id, CS_ID_LEN));
	if (e->fact != NULL)
		desk_fact_text(&after, e->fact, e->value);
	if ((err = desk_custody_add(d, id, actor, e->what)))
		return err;
	return desk_audit_add(d,
	    &(struct desk_audit_event){ .actor = actor,
		.case_id = case_id,
		.what = e->event,
		.after = &after });
}

/* That the record itself was given out stands in it. */
static enum cs_err
note_custody(struct cs_desk *d, const struct cs_desk_actor *actor,
    const uint8_t id[static CS_ID_LEN])
{
	enum cs_err err;

	if ((err = cs_db_begin(d->db)))
		return err;
	return cs_db_end(d->db,
	    desk_custody_note(d, id, actor,
		&(struct desk_custody_event){ .what = "this record exported",
		    .event = "custody-exported" }));
}

static enum cs_err
check_certificate(struct cs_desk *d)
{
	struct cs_buf cert = { 0 };
	enum cs_err err = cs_vault_config_get(&cert, d->db, &d->key, DESK_CERT);

	cs_buf_free(&cert);
	return err == CS_ERR_NOT_FOUND
	    ? desk_problem(d, err, "no-certificate",
		  "The desk has not been connected to its hub yet, which "
		  "gives it the certificate of its key.")
	    : err;
}

static enum cs_err
write_record(
    struct cs_buf *out, struct cs_desk *d, const uint8_t id[static CS_ID_LEN])
{
	struct cs_buf entries = { 0 }, one = { 0 }, cert = { 0 };
	uint8_t bundle[CS_HASH_LEN], hash[CS_HASH_LEN];
	struct cs_rows rows;
	uint64_t n;
	enum cs_err err;

	if ((err = last(&n, hash, d, id)) || (err = bundle_hash(bundle, d, id)))
		return err;
	if ((err = cs_vault_config_get(&cert, d->db, &d->key, DESK_CERT)) ==
	    CS_OK)
		err = cs_db_query(&rows, d->db,
		    "SELECT seq,sealed FROM custody WHERE report=?"
		    " ORDER BY seq",
		    cs_blob(cs_view(id, CS_ID_LEN)));
	if (err)
		goto out;
	while (err == CS_OK && cs_rows_next(&rows)) {
		uint8_t row[ROW_NAME_LEN];

		row_name(row, id, cs_col_int(&rows, 0));
		if ((err = cs_vault_open(&one, &d->key, TABLE, CS_VIEW_OF(row),
			 cs_col_blob(&rows, 1))) == CS_OK)
			err = cs_buf_add(&entries, cs_buf_view(&one));
	}
	if ((err = cs_rows_end(&rows, err)) == CS_OK)
		err = cs_custody_write(out,
		    &(struct cs_custody_input){ .report = id,
			.bundle_sha256 = bundle,
			.desk_cert = cs_buf_view(&cert),
			.entries = cs_buf_view(&entries),
			.n = n,
			.head = hash },
		    &d->sign_key);
out:
	cs_buf_free(&entries);
	cs_buf_free(&one);
	cs_buf_free(&cert);
	return err;
}

enum cs_err
cs_desk_custody_write(struct cs_buf *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, const uint8_t id[static CS_ID_LEN])
{
	enum cs_err err;

	/* It is not given out without the certificate; nothing is written
	 * down then. */
	if ((err = check_certificate(d)) || (err = note_custody(d, actor, id)))
		return err;
	return write_record(out, d, id);
}

enum cs_err
desk_key_parse(uint8_t out[static CS_KEY_LEN], struct cs_desk *d, const char *s)
{
	size_t n = strlen(s);
	enum cs_err err = n == 2 * CS_KEY_LEN
	    ? cs_unhex(out, CS_KEY_LEN, s)
	    : cs_unbase64url(out, CS_KEY_LEN, s, n);

	return err == CS_OK
	    ? CS_OK
	    : desk_problem(d, CS_ERR_FORMAT, "bad-key",
		  "A key is 64 characters of hex, as \"countersign-verify "
		  "--new-key\" prints it.");
}

/* ---- evidence that leaves ----------------------------------------------- */

static enum cs_err
note_export(struct cs_desk *d, const struct cs_desk_actor *actor,
    const uint8_t id[static CS_ID_LEN], const char *to_key)
{
	char what[120];
	enum cs_err err;

	if (*to_key != '\0')
		snprintf(what, sizeof what, "exported, sealed to %s", to_key);
	else
		snprintf(what, sizeof what, "exported, not sealed");
	if ((err = cs_db_begin(d->db)))
		return err;
	return cs_db_end(d->db,
	    desk_custody_note(d, id, actor,
		&(struct desk_custody_event){ .what = what,
		    .event = "exported",
		    .fact = "to_key",
		    .value = to_key }));
}

enum cs_err
cs_desk_report_export(struct cs_buf *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, const uint8_t id[static CS_ID_LEN],
    const char *to_key)
{
	bool sealed = *to_key != '\0';
	uint8_t key[CS_KEY_LEN];
	struct cs_desk_report_opened r;
	enum cs_err err;

	if ((sealed && (err = desk_key_parse(key, d, to_key))) ||
	    (err = cs_desk_report_load(&r, d, id)))
		return err;
	err = sealed
	    ? cs_evidence_seal(out, cs_buf_view(&r.bundle), CS_VIEW_OF(key))
	    : cs_buf_add(out, cs_buf_view(&r.bundle));
	if (err == CS_OK)
		err = note_export(d, actor, id, to_key);
	cs_desk_report_clear(&r);
	return err;
}
