/* SPDX-License-Identifier: MIT */
#include "hub/accounts/export.h"

#include "base/json_writer.h"
#include "hub/core/batch.h"
#include "hub/core/budget.h"

/* Room for the end of the text when a list is cut short. */
#define TAIL (64 * CS_KIB)

struct export
{
	struct cs_json_writer json;
	struct cs_hub *hub;
	struct cs_arg account;
	bool cut; /* a list is not whole */
};

/* ---- one item of a list, from its row ----------------------------------- */

static void
device(struct cs_json_writer *j, struct cs_rows *row)
{
	cs_json_hex(j, "id", cs_col_blob(row, 0));
	cs_json_number(j, "created_ms", cs_col_int(row, 1));
	cs_json_number(j, "seen_ms", cs_col_int(row, 2));
	cs_json_number(j, "removed_ms", cs_col_int(row, 3));
}

static void
group(struct cs_json_writer *j, struct cs_rows *row)
{
	cs_json_hex(j, "id", cs_col_blob(row, 0));
	cs_json_number(j, "joined_ms", cs_col_int(row, 1));
}

static void
contact(struct cs_json_writer *j, struct cs_rows *row)
{
	static const char *const states[] = { "none", "accepted", "blocked",
		"asked", "offered" };
	uint64_t state = cs_col_int(row, 1);

	cs_json_hex(j, "account", cs_col_blob(row, 0));
	cs_json_string(j, "state", state < 5 ? states[state] : "?");
	cs_json_number(j, "since_ms", cs_col_int(row, 2));
}

static void
named_contact(struct cs_json_writer *j, struct cs_rows *row)
{
	cs_json_text(j, "name", cs_col_blob(row, 0));
	cs_json_string(j, "state",
	    cs_col_int(row, 1) == CS_WIRE_CONTACT_BLOCKED ? "blocked" : "none");
	cs_json_number(j, "since_ms", cs_col_int(row, 2));
}

static void
report(struct cs_json_writer *j, struct cs_rows *row)
{
	cs_json_hex(j, "id", cs_col_blob(row, 0));
	cs_json_number(j, "received_ms", cs_col_int(row, 1));
	cs_json_number(j, "updated_ms", cs_col_int(row, 2));
	cs_json_number(j, "state", cs_col_int(row, 3));
	cs_json_text(j, "answer", cs_col_blob(row, 4));
}

static void
letter(struct cs_json_writer *j, struct cs_rows *row)
{
	cs_json_hex(j, "id", cs_col_blob(row, 0));
	cs_json_hex(j, "subject", cs_col_blob(row, 1));
	cs_json_number(j, "kind", cs_col_int(row, 2));
	cs_json_number(j, "received_ms", cs_col_int(row, 3));
	cs_json_number(j, "state", cs_col_int(row, 4));
	cs_json_text(j, "answer", cs_col_blob(row, 5));
}

static void
action(struct cs_json_writer *j, struct cs_rows *row)
{
	cs_json_hex(j, "id", cs_col_blob(row, 0));
	cs_json_number(j, "kind", cs_col_int(row, 1));
	cs_json_number(j, "applied_ms", cs_col_int(row, 2));
	cs_json_number(j, "until_ms", cs_col_int(row, 3));
	cs_json_number(j, "reversed_ms", cs_col_int(row, 4));
}

static void
ask(struct cs_json_writer *j, struct cs_rows *row)
{
	static const char *const states[] = { "?", "waits", "taken", "over",
		"over" };
	uint64_t state = cs_col_int(row, 1);

	cs_json_hex(j, "group", cs_col_blob(row, 0));
	cs_json_string(j, "state", states[state < 5 ? state : 0]);
	cs_json_number(j, "asked_ms", cs_col_int(row, 2));
}

static void
file(struct cs_json_writer *j, struct cs_rows *row)
{
	cs_json_hex(j, "id", cs_col_blob(row, 0));
	cs_json_number(j, "size", cs_col_int(row, 1));
	cs_json_number(j, "created_ms", cs_col_int(row, 2));
}

static void
pushes(struct cs_json_writer *j, struct cs_rows *row)
{
	cs_json_hex(j, "device", cs_col_blob(row, 0));
	cs_json_number(j, "since_ms", cs_col_int(row, 1));
	cs_json_text(j, "endpoint", cs_col_blob(row, 2));
}

/* ---- the lists ---------------------------------------------------------- */

/* Each with one "?", for the account. */
static const struct {
	const char *name;
	const char *sql;
	void (*item)(struct cs_json_writer *j, struct cs_rows *row);
} lists[] = {
	{ "devices",
	    "SELECT id,created,seen,removed FROM device WHERE account=?"
	    " ORDER BY created,id",
	    device },
	{ "actions",
	    "SELECT id,kind,applied,until,reversed FROM action WHERE account=?"
	    " ORDER BY applied DESC",
	    action },
	{ "reports",
	    "SELECT id,received,updated,state,answer FROM report"
	    " WHERE account=? ORDER BY received DESC",
	    report },
	{ "letters",
	    "SELECT id,subject,kind,received,state,answer FROM letter"
	    " WHERE account=? ORDER BY received DESC",
	    letter },
	/* joined_ms: when the entry was accepted that let the account in. */
	{ "groups",
	    "SELECT own.grp,COALESCE((SELECT accepted FROM log WHERE"
	    " log.grp=own.grp AND log.seq=own.first),grp.created) FROM"
	    " (SELECT grp,MIN(from_seq) AS first FROM member WHERE account=?"
	    " AND until_seq IS NULL GROUP BY grp) AS own"
	    " JOIN grp ON grp.id=own.grp",
	    group },
	{ "contacts",
	    "SELECT peer,state,since FROM contact WHERE owner=?"
	    " ORDER BY since DESC",
	    contact },
	{ "named_contacts",
	    "SELECT handle,state,since FROM named_contact WHERE owner=?"
	    " ORDER BY since DESC",
	    named_contact },
	{ "asks",
	    "SELECT grp,state,asked FROM group_ask WHERE account=?"
	    " ORDER BY asked DESC",
	    ask },
	{ "pushes",
	    "SELECT device,since,endpoint FROM push WHERE account=?"
	    " ORDER BY since DESC",
	    pushes },
	{ "files",
	    "SELECT id,size,created FROM blob WHERE account=?"
	    " ORDER BY created DESC",
	    file },
};

static enum cs_err
write_account(struct export *e)
{
	struct cs_json_writer *j = &e->json;
	struct cs_rows row;
	enum cs_err err;

	err = cs_db_row(&row, e->hub->db,
	    "SELECT handle,key,created,unknown_senders,disabled,until"
	    " FROM account WHERE id=?",
	    e->account);
	if (err == CS_OK) {
		cs_json_text(j, "handle", cs_col_blob(&row, 0));
		cs_json_hex(j, "key", cs_col_blob(&row, 1));
		cs_json_number(j, "created_ms", cs_col_int(&row, 2));
		cs_json_string(j, "unknown_senders",
		    cs_col_int(&row, 3) != 0 ? "refuse" : "request");
		cs_json_bool(j, "disabled", cs_col_int(&row, 4) != 0);
		cs_json_number(j, "disabled_until_ms", cs_col_int(&row, 5));
	}
	return cs_rows_end(&row, err);
}

static enum cs_err
write_list(struct export *e, size_t i)
{
	struct cs_json_writer *j = &e->json;
	struct cs_rows rows;
	enum cs_err err;

	cs_json_array(j, lists[i].name);
	err = cs_db_query(&rows, e->hub->db, lists[i].sql, e->account);
	while (
	    err == CS_OK && j->err == CS_OK && !e->cut && cs_rows_next(&rows)) {
		if (j->buf->len > CS_WIRE_EXPORT_MAX - TAIL) {
			e->cut = true;
			break;
		}
		cs_json_object(j, NULL);
		lists[i].item(j, &rows);
		cs_json_close(j);
	}
	cs_json_close(j);
	return cs_rows_end(&rows, err);
}

static enum cs_err
write_all(struct export *e)
{
	struct cs_json_writer *j = &e->json;
	enum cs_err err;

	cs_json_object(j, NULL);
	cs_json_hex(j, "account", e->account.v);
	err = write_account(e);
	for (size_t i = 0; err == CS_OK && i < sizeof lists / sizeof lists[0];
	     i++)
		err = write_list(e, i);
	cs_json_bool(j, "whole", !e->cut);
	cs_json_close(j);
	if (err == CS_OK && (err = cs_json_end(j)) == CS_OK)
		err = cs_buf_add(j->buf, cs_view_str("\n"));
	return err;
}

enum cs_err
hub_account_export(struct hub_request *rq)
{
	struct cs_buf text = { .max = CS_WIRE_EXPORT_MAX };
	struct export e = {
		.json = cs_json_writer(&text),
		.hub = rq->hub,
		.account = cs_blob(CS_VIEW_OF(rq->conn->account)),
	};
	struct cs_wire_account_export answer;
	struct cs_wire_empty m;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_empty_shape, rq->body)) ||
	    (err = hub_spend(rq, HUB_B_EXPORTS_DAY, 1)))
		return err;
	err = write_all(&e);
	answer.json = cs_buf_view(&text);
	if (err == CS_OK)
		err = hub_answer(rq, &cs_wire_account_export_shape, &answer);
	cs_buf_free(&text);
	return err;
}
