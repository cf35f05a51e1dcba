/* SPDX-License-Identifier: MIT */
/*
 * What the hub holds about an account, for its holder, as JSON.  Ids are in
 * hex; of others there is no more than the ids that the holder knows.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "hub/core/hub.h"

/* Room that is left for what ends the text when a list is cut short. */
#define TAIL 65536

struct json {
	struct cs_buf text;
	bool cut; /* a list is not whole */
	enum cs_err err;
};

static void __attribute__((format(printf, 2, 3)))
put(struct json *j, const char *format, ...)
{
	char piece[512];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(piece, sizeof piece, format, ap);
	va_end(ap);
	if (j->err == CS_OK)
		j->err = n < 0 || (size_t)n >= sizeof piece
		    ? CS_ERR_LIMIT
		    : cs_buf_add(&j->text, cs_view(piece, (size_t)n));
}

/* RFC 8259, section 7. */
static void
put_text(struct json *j, struct cs_view v)
{
	put(j, "\"");
	for (size_t i = 0; i < v.len; i++) {
		uint8_t c = v.data[i];

		if (c == '"' || c == '\\')
			put(j, "\\%c", c);
		else if (c < 0x20)
			put(j, "\\u%04x", c);
		else if (j->err == CS_OK)
			j->err = cs_buf_add(&j->text, cs_view(&c, 1));
	}
	put(j, "\"");
}

static void
put_hex(struct json *j, const char *name, struct cs_view v)
{
	char hex[2 * 64 + 1];

	if (v.len > 64)
		v.len = 64;
	cs_hex(hex, v);
	put(j, "\"%s\":\"%s\"", name, hex);
}

static void
put_int(struct json *j, const char *name, uint64_t i)
{
	put(j, ",\"%s\":%llu", name, (unsigned long long)i);
}

/* ---- lists -------------------------------------------------------------- */

static void
put_device(struct json *j, struct cs_rows *rows)
{
	put_hex(j, "id", cs_col_blob(rows, 0));
	put_int(j, "created_ms", cs_col_int(rows, 1));
	put_int(j, "seen_ms", cs_col_int(rows, 2));
	put_int(j, "removed_ms", cs_col_int(rows, 3));
}

static void
put_group(struct json *j, struct cs_rows *rows)
{
	put_hex(j, "id", cs_col_blob(rows, 0));
	put_int(j, "joined_ms", cs_col_int(rows, 1));
}

static void
put_contact(struct json *j, struct cs_rows *rows)
{
	static const char *const states[] = { "none", "accepted", "blocked",
		"asked", "offered" };
	uint64_t state = cs_col_int(rows, 1);

	put_hex(j, "account", cs_col_blob(rows, 0));
	put(j, ",\"state\":\"%s\"", state < 5 ? states[state] : "?");
	put_int(j, "since_ms", cs_col_int(rows, 2));
}

static void
put_report(struct json *j, struct cs_rows *rows)
{
	put_hex(j, "id", cs_col_blob(rows, 0));
	put_int(j, "received_ms", cs_col_int(rows, 1));
	put_int(j, "updated_ms", cs_col_int(rows, 2));
	put_int(j, "state", cs_col_int(rows, 3));
	put(j, ",\"answer\":");
	put_text(j, cs_col_blob(rows, 4));
}

static void
put_letter(struct json *j, struct cs_rows *rows)
{
	put_hex(j, "id", cs_col_blob(rows, 0));
	put(j, ",");
	put_hex(j, "subject", cs_col_blob(rows, 1));
	put_int(j, "kind", cs_col_int(rows, 2));
	put_int(j, "received_ms", cs_col_int(rows, 3));
	put_int(j, "state", cs_col_int(rows, 4));
	put(j, ",\"answer\":");
	put_text(j, cs_col_blob(rows, 5));
}

static void
put_action(struct json *j, struct cs_rows *rows)
{
	put_hex(j, "id", cs_col_blob(rows, 0));
	put_int(j, "kind", cs_col_int(rows, 1));
	put_int(j, "applied_ms", cs_col_int(rows, 2));
	put_int(j, "until_ms", cs_col_int(rows, 3));
	put_int(j, "reversed_ms", cs_col_int(rows, 4));
}

static void
put_file(struct json *j, struct cs_rows *rows)
{
	put_hex(j, "id", cs_col_blob(rows, 0));
	put_int(j, "size", cs_col_int(rows, 1));
	put_int(j, "created_ms", cs_col_int(rows, 2));
}

/* ${err} and ${rows} are those of a query that was made. */
static void
put_rows(struct json *j, const char *name, enum cs_err err,
    struct cs_rows *rows, void (*item)(struct json *j, struct cs_rows *rows))
{
	bool first = true;

	put(j, ",\"%s\":[", name);
	while (
	    err == CS_OK && j->err == CS_OK && !j->cut && cs_rows_next(rows)) {
		if (j->text.len > CS_WIRE_EXPORT_MAX - TAIL) {
			j->cut = true;
			break;
		}
		put(j, first ? "{" : ",{");
		item(j, rows);
		put(j, "}");
		first = false;
	}
	err = cs_rows_end(rows, err);
	if (j->err == CS_OK)
		j->err = err;
	put(j, "]");
}

static void
put_account(struct json *j, struct cs_hub *hub, struct cs_view account)
{
	struct cs_rows rows;
	enum cs_err err;

	put(j, "{");
	put_hex(j, "account", account);
	err = cs_db_query(&rows, hub->db,
	    "SELECT handle,key,created,unknown_senders,disabled,until"
	    " FROM account WHERE id=?",
	    cs_blob(account));
	if (err == CS_OK && cs_rows_next(&rows)) {
		put(j, ",\"handle\":");
		put_text(j, cs_col_blob(&rows, 0));
		put(j, ",");
		put_hex(j, "key", cs_col_blob(&rows, 1));
		put_int(j, "created_ms", cs_col_int(&rows, 2));
		put(j, ",\"unknown_senders\":\"%s\"",
		    cs_col_int(&rows, 3) != 0 ? "refuse" : "request");
		put(j, ",\"disabled\":%s",
		    cs_col_int(&rows, 4) != 0 ? "true" : "false");
		put_int(j, "disabled_until_ms", cs_col_int(&rows, 5));
	}
	err = cs_rows_end(&rows, err);
	if (j->err == CS_OK)
		j->err = err;
}

static void
put_all(struct json *j, struct cs_hub *hub, struct cs_view account)
{
	struct cs_arg id = cs_blob(account);
	struct cs_rows rows;
	enum cs_err err;

	put_account(j, hub, account);
	err = cs_db_query(&rows, hub->db,
	    "SELECT id,created,seen,removed FROM device WHERE account=?"
	    " ORDER BY created,id",
	    id);
	put_rows(j, "devices", err, &rows, put_device);
	err = cs_db_query(&rows, hub->db,
	    "SELECT id,kind,applied,until,reversed FROM action WHERE account=?"
	    " ORDER BY applied DESC",
	    id);
	put_rows(j, "actions", err, &rows, put_action);
	err = cs_db_query(&rows, hub->db,
	    "SELECT id,received,updated,state,answer FROM report"
	    " WHERE account=? ORDER BY received DESC",
	    id);
	put_rows(j, "reports", err, &rows, put_report);
	err = cs_db_query(&rows, hub->db,
	    "SELECT id,subject,kind,received,state,answer FROM letter"
	    " WHERE account=? ORDER BY received DESC",
	    id);
	put_rows(j, "letters", err, &rows, put_letter);
	/* When the entry was accepted that let the account in. */
	err = cs_db_query(&rows, hub->db,
	    "SELECT own.grp,COALESCE((SELECT accepted FROM log WHERE"
	    " log.grp=own.grp AND log.seq=own.first),grp.created) FROM"
	    " (SELECT grp,MIN(from_seq) AS first FROM member WHERE account=?"
	    " AND until_seq IS NULL GROUP BY grp) AS own"
	    " JOIN grp ON grp.id=own.grp",
	    id);
	put_rows(j, "groups", err, &rows, put_group);
	err = cs_db_query(&rows, hub->db,
	    "SELECT peer,state,since FROM contact WHERE owner=?"
	    " ORDER BY since DESC",
	    id);
	put_rows(j, "contacts", err, &rows, put_contact);
	err = cs_db_query(&rows, hub->db,
	    "SELECT id,size,created FROM blob WHERE account=?"
	    " ORDER BY created DESC",
	    id);
	put_rows(j, "files", err, &rows, put_file);
	put(j, ",\"whole\":%s}\n", j->cut ? "false" : "true");
}

uint16_t
hub_account_export(struct hub_request *rq)
{
	struct cs_wire_account_export answer;
	struct json j = { .text = { .max = CS_WIRE_EXPORT_MAX } };
	struct cs_wire_empty m;
	enum cs_err err;
	uint16_t code;

	if ((err = cs_wire_parse(&m, &cs_wire_empty_shape, rq->body)))
		return hub_code(err);
	put_all(&j, rq->hub, CS_VIEW_OF(rq->conn->account));
	answer.json = cs_buf_view(&j.text);
	code = j.err ? hub_code(j.err)
		     : hub_answer(rq, &cs_wire_account_export_shape, &answer);
	cs_buf_free(&j.text);
	return code;
}
