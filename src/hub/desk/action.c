/* SPDX-License-Identifier: MIT */
/* What the desk decided. An action is stored once, as it was signed; what is in
 * force is computed from all stored actions. So reversing one restores what it
 * took away, unless another action takes it away, too. */
#include "hub/desk/action.h"

#include <string.h>

#include "crypto/random.h"
#include "hub/accounts/standing.h"
#include "hub/core/batch.h"
#include "hub/core/hub.h"
#include "hub/core/refusal.h"
#include "hub/core/tlog.h"

static const uint8_t none[CS_HASH_LEN];

static bool
is_none(const uint8_t *id, size_t n)
{
	return memcmp(id, none, n) == 0;
}

static enum cs_err
check_signature(struct hub_request *rq, const struct cs_wire_desk_action *m)
{
	struct cs_buf tbs = { 0 };
	enum cs_err err = cs_wire_action_tbs(&tbs, m->action);

	if (err == CS_OK)
		err = cs_sign_verify(CS_VIEW_OF(rq->hub->desk_sign_public),
		    cs_buf_view(&tbs), CS_VIEW_OF(m->signature));
	cs_buf_free(&tbs);
	if (err == CS_ERR_SIGNATURE || err == CS_ERR_KEY)
		return hub_refuse(rq, CS_WIRE_E_ACTION);
	return err;
}

/* ---- what it is about --------------------------------------------------- */

/* Fields that a kind does not use are zero. An account that loses something is
 * owed a statement. */
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
	    a->kind > CS_WIRE_ACTION_DISSOLVE || is_none(a->id, CS_ID_LEN) ||
	    (owed && is_none(a->account, CS_ID_LEN)) ||
	    aimed == is_none(a->target, 32) ||
	    (a->kind == CS_WIRE_ACTION_QUARANTINE &&
		!is_none(a->target + 16, 16)) ||
	    (a->kind == CS_WIRE_ACTION_REVERSE) ==
		is_none(a->reverses, CS_ID_LEN) ||
	    (!timed && a->until_ms != 0) || a->until_ms > INT64_MAX)
		return false;
	if (a->statement.len == 0)
		return !owed;
	return cs_wire_statement_parse(&statement, a->statement) == CS_OK;
}

/* Does what the action is about exist? */
static enum cs_err
check_target(struct hub_request *rq, const struct cs_wire_action *a)
{
	struct cs_hub *hub = rq->hub;
	uint64_t n = 1;
	enum cs_err err = CS_OK;

	if (!is_none(a->account, CS_ID_LEN))
		err = cs_db_get_int(&n, hub->db,
		    "SELECT COUNT(*) FROM account WHERE id=?",
		    cs_blob(CS_VIEW_OF(a->account)));
	if (err)
		return err;
	if (n == 0)
		return hub_refuse(rq, CS_WIRE_E_NO_MEMBER);
	switch (a->kind) {
	case CS_WIRE_ACTION_QUARANTINE:
		/* The file of a post outlives its blob. */
		err = cs_db_get_int(&n, hub->db,
		    "SELECT (SELECT COUNT(*) FROM blob WHERE id=?)+"
		    "(SELECT COUNT(*) FROM channel_file WHERE blob=?)",
		    cs_blob(cs_view(a->target, CS_ID_LEN)),
		    cs_blob(cs_view(a->target, CS_ID_LEN)));
		return err != CS_OK || n != 0
		    ? err
		    : hub_refuse(rq, CS_WIRE_E_NO_BLOB);
	case CS_WIRE_ACTION_DISSOLVE:
		err = cs_db_get_int(&n, hub->db,
		    "SELECT COUNT(*) FROM grp WHERE ref=?",
		    cs_blob(CS_VIEW_OF(a->target)));
		return err != CS_OK || n != 0
		    ? err
		    : hub_refuse(rq, CS_WIRE_E_NO_GROUP);
	default:
		return CS_OK;
	}
}

/* Find the action that ${a} reverses: it exists, is in force, and is about the
 * same account. */
static enum cs_err
find_reversed(struct cs_wire_action *out, struct hub_request *rq,
    const struct cs_wire_action *a)
{
	struct cs_rows rows;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	err = cs_db_row(&rows, rq->hub->db,
	    "SELECT account,kind,target FROM action WHERE id=? AND reversed=0"
	    " AND kind<>?",
	    cs_blob(CS_VIEW_OF(a->reverses)), cs_int(CS_WIRE_ACTION_REVERSE));
	if (err == CS_OK) {
		cs_col_copy(&rows, 0, out->account, CS_ID_LEN);
		out->kind = (uint8_t)cs_col_int(&rows, 1);
		cs_col_copy(&rows, 2, out->target, sizeof out->target);
	}
	err = cs_rows_end(&rows, err);
	if (err == CS_ERR_NOT_FOUND ||
	    (err == CS_OK && !is_none(a->account, CS_ID_LEN) &&
		memcmp(a->account, out->account, CS_ID_LEN) != 0))
		return hub_refuse(rq, CS_WIRE_E_ACTION);
	return err;
}

/* ---- what it does ------------------------------------------------------- */

/* Until when actions of a kind hold a target; 0 if none does. */
#define HELD_UNTIL                                                             \
	"(SELECT COALESCE(MAX(CASE until WHEN 0 THEN 9223372036854775807"      \
	" ELSE until END),0) FROM action WHERE target=? AND kind=?"            \
	" AND reversed=0)"

static enum cs_err
settle_blob(struct cs_hub *hub, const uint8_t target[static CS_HASH_LEN])
{
	static const char *const all[] = {
		"UPDATE blob SET quarantined=" HELD_UNTIL " WHERE id=?",
		"UPDATE channel_file SET quarantined=" HELD_UNTIL
		" WHERE blob=?",
	};
	enum cs_err err = CS_OK;

	for (size_t i = 0; err == CS_OK && i < sizeof all / sizeof *all; i++)
		err = cs_db_exec(hub->db, all[i], cs_blob(cs_view(target, 32)),
		    cs_int(CS_WIRE_ACTION_QUARANTINE),
		    cs_blob(cs_view(target, CS_ID_LEN)));
	return err;
}

static enum cs_err
settle_group(struct cs_hub *hub, const uint8_t target[static CS_HASH_LEN])
{
	static const char sql[] =
	    "UPDATE grp SET dissolved=" HELD_UNTIL " WHERE ref=?";

	return cs_db_exec(hub->db, sql, cs_blob(cs_view(target, 32)),
	    cs_int(CS_WIRE_ACTION_DISSOLVE), cs_blob(cs_view(target, 32)));
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

/* Count the conversations that the account is in or may come back into. */
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
    const uint8_t account[static CS_ID_LEN],
    const struct cs_wire_desk_action *m)
{
	uint8_t salt[CS_TLOG_SALT_LEN];
	enum cs_err err;

	cs_random(salt, sizeof salt);
	err = cs_db_exec(hub->db,
	    "INSERT INTO action(id,account,bytes,signature,applied,kind,target,"
	    "until,salt) VALUES(?,?,?,?,?,?,?,?,?)",
	    cs_blob(CS_VIEW_OF(a->id)), cs_blob(cs_view(account, CS_ID_LEN)),
	    cs_blob(m->action), cs_blob(CS_VIEW_OF(m->signature)),
	    cs_int(hub->now_ms), cs_int(a->kind),
	    cs_blob(CS_VIEW_OF(a->target)), cs_int(a->until_ms),
	    cs_blob(CS_VIEW_OF(salt)));
	/* It cannot be denied later, nor made up. */
	if (err || (err = hub_tlog_add(hub, CS_TLOG_ACTION, salt, m->action)))
		return err;
	return cs_db_exec(hub->db,
	    "UPDATE action SET queued=last_insert_rowid() WHERE id=?",
	    cs_blob(CS_VIEW_OF(a->id)));
}

static enum cs_err
apply(struct hub_request *rq, const struct cs_wire_action *a,
    const struct cs_wire_desk_action *m)
{
	const struct cs_wire_push push = { .kind = CS_WIRE_PUSH_NOTICE };
	struct cs_hub *hub = rq->hub;
	struct cs_wire_action of = *a; /* whose effect it is about */
	uint64_t groups;
	enum cs_err err;

	if (!is_well_formed(a))
		return hub_refuse(rq, CS_WIRE_E_ACTION);
	if ((err = check_target(rq, a)))
		return err;
	if (a->kind == CS_WIRE_ACTION_REVERSE) {
		if ((err = find_reversed(&of, rq, a)))
			return err;
		err = cs_db_exec(hub->db,
		    "UPDATE action SET reversed=? WHERE id=?",
		    cs_int(hub->now_ms), cs_blob(CS_VIEW_OF(a->reverses)));
		if (err)
			return err;
	}
	if ((err = insert(hub, a, of.account, m)) || (err = settle(hub, &of)) ||
	    (err = count_groups(&groups, hub, &of)) ||
	    (err = cs_db_exec(hub->db, "UPDATE action SET grps=? WHERE id=?",
		 cs_int(groups), cs_blob(CS_VIEW_OF(a->id)))))
		return err;
	if (!is_none(of.account, 16))
		hub_push_account(hub, of.account, &push);
	return CS_OK;
}

/* Give the first answer again if the action was applied before. The same id
 * with other bytes is another decision under a name that is taken. */
static enum cs_err
answer_before(
    struct hub_request *rq, const struct cs_wire_desk_action *m, bool *found)
{
	struct cs_wire_action_result answer = { 0 };
	struct cs_wire_action a;
	struct cs_rows rows;
	enum cs_err err = CS_OK;

	*found = false;
	if ((err = cs_wire_parse(&a, &cs_wire_action_shape, m->action)))
		return err;
	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT bytes,applied,grps FROM action WHERE id=?",
	    cs_blob(CS_VIEW_OF(a.id)));
	if (err == CS_OK && cs_rows_next(&rows)) {
		*found = true;
		answer.applied_ms = cs_col_int(&rows, 1);
		answer.groups = (uint32_t)cs_col_int(&rows, 2);
		err = cs_view_equal(cs_col_blob(&rows, 0), m->action)
		    ? hub_answer(rq, &cs_wire_action_result_shape, &answer)
		    : hub_refuse(rq, CS_WIRE_E_ACTION);
	}
	return cs_rows_end(&rows, err);
}

enum cs_err
hub_desk_action(struct hub_request *rq)
{
	struct cs_wire_desk_action m;
	struct cs_wire_action a;
	bool found;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_desk_action_shape, rq->body)) ||
	    (err = cs_wire_parse(&a, &cs_wire_action_shape, m.action)))
		return err;
	if ((err = check_signature(rq, &m)) ||
	    (err = answer_before(rq, &m, &found)) || found ||
	    (err = apply(rq, &a, &m)))
		return err;
	return answer_before(rq, &m, &found);
}
