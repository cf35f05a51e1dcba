/* SPDX-License-Identifier: MIT */
/* Actions that the desk signed, applied to accounts. */
#include <string.h>

#include "base/alloc.h"
#include "hub/hub_internal.h"

/* Groups that the account has devices in; ids one after the other, as <V>. */
static enum cs_err
groups_of(
    struct cs_buf *out, struct cs_hub *hub, const uint8_t account[static 16])
{
	struct cs_writer w = cs_writer(out);
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, hub->db,
	    "SELECT DISTINCT grp FROM member WHERE account=?"
	    " AND until_seq IS NULL",
	    cs_blob(cs_view(account, 16)));
	while (err == CS_OK && cs_rows_next(&rows)) {
		cs_write_vec(&w, cs_col_blob(&rows, 0));
		err = cs_writer_end(&w);
	}
	return cs_rows_end(&rows, err);
}

static enum cs_err
leave_group(struct cs_hub *hub, struct cs_view id)
{
	struct cs_mls_public_group *public = NULL;
	struct hub_group group;
	enum cs_err err;

	if ((err = hub_group_load(&group, hub, id)) == CS_OK &&
	    (err = hub_public_load(&public, hub, id)) == CS_OK &&
	    (err = hub_group_propose_removals(hub, &group, public)) == CS_OK)
		err = hub_public_store(hub, public);
	cs_mls_public_group_free(public);
	return err;
}

static enum cs_err
disable(struct cs_hub *hub, const struct cs_wire_action *a)
{
	struct cs_buf groups = { 0 };
	struct cs_reader r;
	enum cs_err err;

	err = cs_db_exec(hub->db,
	    "UPDATE account SET disabled=1,reason=?,disabled_at=?,statement=?"
	    " WHERE id=?",
	    cs_int(a->reason), cs_int(hub->now_ms), cs_text(a->statement),
	    cs_blob(CS_VIEW_OF(a->account)));
	if (err == CS_OK)
		err = groups_of(&groups, hub, a->account);
	r = cs_reader(cs_buf_view(&groups));
	while (err == CS_OK && cs_reader_more(&r))
		err = leave_group(hub, cs_read_vec(&r));
	cs_buf_free(&groups);
	return err;
}

static enum cs_err
enable(struct cs_hub *hub, const struct cs_wire_action *a)
{
	return cs_db_exec(hub->db,
	    "UPDATE account SET disabled=0,reason=NULL,disabled_at=NULL,"
	    "statement=NULL WHERE id=?",
	    cs_blob(CS_VIEW_OF(a->account)));
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

static uint16_t
apply(struct hub_request *rq, const struct cs_wire_action *a)
{
	uint64_t known;
	enum cs_err err;

	err = cs_db_get_int(&known, rq->hub->db,
	    "SELECT COUNT(*) FROM account WHERE id=?",
	    cs_blob(CS_VIEW_OF(a->account)));
	if (err)
		return hub_code(err);
	if (known == 0)
		return CS_WIRE_E_NO_MEMBER;
	switch (a->kind) {
	case CS_WIRE_ACTION_DISABLE:
		return hub_code(disable(rq->hub, a));
	case CS_WIRE_ACTION_ENABLE:
		return hub_code(enable(rq->hub, a));
	default:
		return CS_WIRE_E_ACTION;
	}
}

uint16_t
hub_desk_action(struct hub_request *rq)
{
	struct cs_wire_empty answer = { 0 };
	struct cs_wire_desk_action m;
	struct cs_wire_action a;
	uint64_t before;
	enum cs_err err;
	uint16_t code;

	if ((err = cs_wire_parse(&m, &cs_wire_desk_action_shape, rq->body)) ||
	    (err = cs_wire_parse(&a, &cs_wire_action_shape, m.action)))
		return hub_code(err);
	if ((code = check_signature(rq, &m)) != 0)
		return code;
	/* An action is applied once, however often it is sent. */
	err = cs_db_get_int(&before, rq->hub->db,
	    "SELECT COUNT(*) FROM action WHERE id=?",
	    cs_blob(CS_VIEW_OF(a.id)));
	if (err)
		return hub_code(err);
	if (before == 0) {
		if ((code = apply(rq, &a)) != 0)
			return code;
		err = cs_db_exec(rq->hub->db,
		    "INSERT INTO action(id,account,bytes,signature,applied)"
		    " VALUES(?,?,?,?,?)",
		    cs_blob(CS_VIEW_OF(a.id)), cs_blob(CS_VIEW_OF(a.account)),
		    cs_blob(m.action), cs_blob(CS_VIEW_OF(m.signature)),
		    cs_int(rq->hub->now_ms));
		if (err)
			return hub_code(err);
	}
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}
