/* SPDX-License-Identifier: MIT */
/*
 * What the desk decided.  An action is stored as it was signed, once, and what
 * it holds is computed from all that are stored: so taking one back restores
 * what it took, and not what another one took, too.
 */
#include <string.h>

#include "franking/stamp.h"
#include "hub/core/hub.h"

static const uint8_t none[32];

static bool
is_none(const uint8_t *id, size_t n)
{
	return memcmp(id, none, n) == 0;
}

static uint16_t
check_signature(struct hub_request *rq, const struct cs_wire_desk_action *m)
{
	struct cs_buf tbs = { 0 };
	enum cs_err err = cs_wire_action_tbs(&tbs, m->action);

	if (err == CS_OK)
		err = cs_sign_verify(CS_VIEW_OF(rq->hub->desk_sign_public),
		    cs_buf_view(&tbs), CS_VIEW_OF(m->signature));
	cs_buf_free(&tbs);
	if (err == CS_ERR_SIGNATURE || err == CS_ERR_KEY)
		return CS_WIRE_E_ACTION;
	return hub_code(err);
}

/* ---- what it is about --------------------------------------------------- */

/* Fields that a kind does not have are zero; who loses something is owed a
 * statement. */
static bool
is_well_formed(const struct cs_wire_action *a)
{
	struct cs_wire_statement statement;
	bool timed = a->kind == CS_WIRE_ACTION_DISABLE ||
	    a->kind == CS_WIRE_ACTION_QUARANTINE ||
	    a->kind == CS_WIRE_ACTION_DISSOLVE;
	bool aimed = a->kind == CS_WIRE_ACTION_QUARANTINE ||
	    a->kind == CS_WIRE_ACTION_DISSOLVE;
	bool owed =
	    a->kind == CS_WIRE_ACTION_DISABLE || a->kind == CS_WIRE_ACTION_WARN;

	if (a->kind < CS_WIRE_ACTION_DISABLE ||
	    a->kind > CS_WIRE_ACTION_DISSOLVE || is_none(a->id, 16) ||
	    (owed && is_none(a->account, 16)) ||
	    aimed == is_none(a->target, 32) ||
	    (a->kind == CS_WIRE_ACTION_QUARANTINE &&
		!is_none(a->target + 16, 16)) ||
	    (a->kind == CS_WIRE_ACTION_REVERSE) == is_none(a->reverses, 16) ||
	    (!timed && a->until_ms != 0) || a->until_ms > INT64_MAX)
		return false;
	if (a->statement.len == 0)
		return !owed;
	return cs_wire_statement_parse(&statement, a->statement) == CS_OK;
}

/* Groups of before they had one get their name in stamps. */
static enum cs_err
name_groups(struct cs_hub *hub)
{
	struct cs_buf ids = { 0 };
	struct cs_writer w = cs_writer(&ids);
	struct cs_rows rows;
	struct cs_reader r;
	enum cs_err err;

	err =
	    cs_db_query(&rows, hub->db, "SELECT id FROM grp WHERE ref IS NULL");
	while (err == CS_OK && cs_rows_next(&rows))
		cs_write_vec(&w, cs_col_blob(&rows, 0));
	if ((err = cs_rows_end(&rows, err)) == CS_OK)
		err = cs_writer_end(&w);
	r = cs_reader(cs_buf_view(&ids));
	while (err == CS_OK && cs_reader_more(&r)) {
		struct cs_view id = cs_read_vec(&r);
		uint8_t ref[32];

		if ((err = cs_group_ref(ref, id)) == CS_OK)
			err = cs_db_exec(hub->db,
			    "UPDATE grp SET ref=? WHERE id=?",
			    cs_blob(CS_VIEW_OF(ref)), cs_blob(id));
	}
	cs_buf_free(&ids);
	return err;
}

/* Is there what it is about?  0 or a code. */
static uint16_t
check_target(struct cs_hub *hub, const struct cs_wire_action *a)
{
	uint64_t n = 1;
	enum cs_err err = CS_OK;

	if (!is_none(a->account, 16))
		err = cs_db_get_int(&n, hub->db,
		    "SELECT COUNT(*) FROM account WHERE id=?",
		    cs_blob(CS_VIEW_OF(a->account)));
	if (err)
		return hub_code(err);
	if (n == 0)
		return CS_WIRE_E_NO_MEMBER;
	switch (a->kind) {
	case CS_WIRE_ACTION_QUARANTINE:
		err = cs_db_get_int(&n, hub->db,
		    "SELECT COUNT(*) FROM blob WHERE id=?",
		    cs_blob(cs_view(a->target, 16)));
		return err ? hub_code(err) : n == 0 ? CS_WIRE_E_NO_BLOB : 0;
	case CS_WIRE_ACTION_DISSOLVE:
		if ((err = name_groups(hub)) == CS_OK)
			err = cs_db_get_int(&n, hub->db,
			    "SELECT COUNT(*) FROM grp WHERE ref=?",
			    cs_blob(CS_VIEW_OF(a->target)));
		return err ? hub_code(err) : n == 0 ? CS_WIRE_E_NO_GROUP : 0;
	default:
		return 0;
	}
}

/* The action that ${a} reverses: there, in force, and of the same account. */
static uint16_t
find_reversed(struct cs_wire_action *out, struct cs_hub *hub,
    const struct cs_wire_action *a)
{
	struct cs_rows rows;
	uint16_t code = CS_WIRE_E_ACTION;
	bool same;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	err = cs_db_query(&rows, hub->db,
	    "SELECT account,kind,target FROM action WHERE id=? AND reversed=0"
	    " AND kind<>2",
	    cs_blob(CS_VIEW_OF(a->reverses)));
	if (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_view target = cs_col_blob(&rows, 2);

		cs_col_copy(&rows, 0, out->account, 16);
		out->kind = (uint8_t)cs_col_int(&rows, 1);
		if (target.len == sizeof out->target)
			memcpy(out->target, target.data, target.len);
		same = memcmp(a->account, out->account, 16) == 0;
		if (same || is_none(a->account, 16))
			code = 0;
	}
	if ((err = cs_rows_end(&rows, err)))
		return hub_code(err);
	return code;
}

/* ---- what it does ------------------------------------------------------- */

/* Until when the actions of a kind hold a target: 0 if none does. */
#define HELD_UNTIL(kind)                                                       \
	"(SELECT COALESCE(MAX(CASE until WHEN 0 THEN 9223372036854775807"      \
	" ELSE until END),0) FROM action WHERE target=? AND kind=" kind        \
	" AND reversed=0)"

static enum cs_err
settle_blob(struct cs_hub *hub, const uint8_t target[static 32])
{
	static const char sql[] =
	    "UPDATE blob SET quarantined=" HELD_UNTIL("4") " WHERE id=?";

	return cs_db_exec(hub->db, sql, cs_blob(cs_view(target, 32)),
	    cs_blob(cs_view(target, 16)));
}

static enum cs_err
settle_group(struct cs_hub *hub, const uint8_t target[static 32])
{
	static const char sql[] =
	    "UPDATE grp SET dissolved=" HELD_UNTIL("5") " WHERE ref=?";

	return cs_db_exec(hub->db, sql, cs_blob(cs_view(target, 32)),
	    cs_blob(cs_view(target, 32)));
}

static enum cs_err
settle(struct cs_hub *hub, const struct cs_wire_action *a)
{
	switch (a->kind) {
	case CS_WIRE_ACTION_DISABLE:
		return hub_account_settle(hub, a->account);
	case CS_WIRE_ACTION_QUARANTINE:
		return settle_blob(hub, a->target);
	case CS_WIRE_ACTION_DISSOLVE:
		return settle_group(hub, a->target);
	default:
		return CS_OK;
	}
}

/* Conversations that the account is in, or may come back into. */
static enum cs_err
count_groups(uint64_t *out, struct cs_hub *hub, const struct cs_wire_action *a)
{
	switch (a->kind) {
	case CS_WIRE_ACTION_DISABLE:
		return cs_db_get_int(out, hub->db,
		    "SELECT COUNT(*) FROM (SELECT grp FROM member WHERE"
		    " account=? AND until_seq IS NULL UNION SELECT grp FROM"
		    " restore WHERE account=?)",
		    cs_blob(CS_VIEW_OF(a->account)),
		    cs_blob(CS_VIEW_OF(a->account)));
	case CS_WIRE_ACTION_DISSOLVE:
		*out = 1;
		return CS_OK;
	default:
		*out = 0;
		return CS_OK;
	}
}

static enum cs_err
insert(struct cs_hub *hub, const struct cs_wire_action *a,
    const uint8_t account[static 16], const struct cs_wire_desk_action *m)
{
	return cs_db_exec(hub->db,
	    "INSERT INTO action(id,account,bytes,signature,applied,kind,target,"
	    "until) VALUES(?,?,?,?,?,?,?,?)",
	    cs_blob(CS_VIEW_OF(a->id)), cs_blob(cs_view(account, 16)),
	    cs_blob(m->action), cs_blob(CS_VIEW_OF(m->signature)),
	    cs_int(hub->now_ms), cs_int(a->kind),
	    cs_blob(CS_VIEW_OF(a->target)), cs_int(a->until_ms));
}

static uint16_t
apply(struct hub_request *rq, const struct cs_wire_action *a,
    const struct cs_wire_desk_action *m)
{
	const struct cs_wire_push push = { .kind = CS_WIRE_PUSH_NOTICE };
	struct cs_hub *hub = rq->hub;
	struct cs_wire_action of = *a; /* whose effect it is about */
	uint64_t groups;
	enum cs_err err;
	uint16_t code;

	if (!is_well_formed(a))
		return CS_WIRE_E_ACTION;
	if ((code = check_target(hub, a)) != 0)
		return code;
	if (a->kind == CS_WIRE_ACTION_REVERSE) {
		if ((code = find_reversed(&of, hub, a)) != 0)
			return code;
		err = cs_db_exec(hub->db,
		    "UPDATE action SET reversed=? WHERE id=?",
		    cs_int(hub->now_ms), cs_blob(CS_VIEW_OF(a->reverses)));
		if (err)
			return hub_code(err);
	}
	if ((err = insert(hub, a, of.account, m)) || (err = settle(hub, &of)) ||
	    (err = count_groups(&groups, hub, &of)) ||
	    (err = cs_db_exec(hub->db, "UPDATE action SET grps=? WHERE id=?",
		 cs_int(groups), cs_blob(CS_VIEW_OF(a->id)))))
		return hub_code(err);
	if (!is_none(of.account, 16))
		hub_push_account(hub, of.account, &push);
	return 0;
}

/* The first answer, if it was applied before; the same id with other bytes is
 * another decision under a name that is taken. */
static uint16_t
answer_before(
    struct hub_request *rq, const struct cs_wire_desk_action *m, bool *found)
{
	struct cs_wire_action_result answer = { 0 };
	struct cs_wire_action a;
	struct cs_rows rows;
	uint16_t code = 0;
	enum cs_err err;

	*found = false;
	if ((err = cs_wire_parse(&a, &cs_wire_action_shape, m->action)))
		return hub_code(err);
	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT bytes,applied,grps FROM action WHERE id=?",
	    cs_blob(CS_VIEW_OF(a.id)));
	if (err == CS_OK && cs_rows_next(&rows)) {
		*found = true;
		answer.applied_ms = cs_col_int(&rows, 1);
		answer.groups = (uint32_t)cs_col_int(&rows, 2);
		code = cs_view_equal(cs_col_blob(&rows, 0), m->action)
		    ? hub_answer(rq, &cs_wire_action_result_shape, &answer)
		    : CS_WIRE_E_ACTION;
	}
	if ((err = cs_rows_end(&rows, err)))
		return hub_code(err);
	return code;
}

uint16_t
hub_desk_action(struct hub_request *rq)
{
	struct cs_wire_desk_action m;
	struct cs_wire_action a;
	bool found;
	enum cs_err err;
	uint16_t code;

	if ((err = cs_wire_parse(&m, &cs_wire_desk_action_shape, rq->body)) ||
	    (err = cs_wire_parse(&a, &cs_wire_action_shape, m.action)))
		return hub_code(err);
	if ((code = check_signature(rq, &m)) != 0 ||
	    (code = answer_before(rq, &m, &found)) != 0 || found ||
	    (code = apply(rq, &a, &m)) != 0)
		return code;
	return answer_before(rq, &m, &found);
}
