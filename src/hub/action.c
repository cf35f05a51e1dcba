/* SPDX-License-Identifier: MIT */
/* Actions that the desk signed, applied to accounts. */
#include <string.h>

#include "base/alloc.h"
#include "hub/hub_internal.h"

static enum cs_err
disable(struct cs_hub *hub, const struct cs_wire_action *a)
{
	enum cs_err err;

	err = cs_db_exec(hub->db,
	    "UPDATE account SET disabled=1,reason=?,disabled_at=?,statement=?"
	    " WHERE id=?",
	    cs_int(a->reason), cs_int(hub->now_ms), cs_text(a->statement),
	    cs_blob(CS_VIEW_OF(a->account)));
	return err ? err : hub_groups_propose_removals(hub, a->account);
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
	case CS_WIRE_ACTION_REVERSE:
		return hub_code(enable(rq->hub, a));
	default:
		return CS_WIRE_E_ACTION;
	}
}

uint16_t
hub_desk_action(struct hub_request *rq)
{
	struct cs_wire_action_result answer = { 0 };
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
	answer.applied_ms = rq->hub->now_ms;
	return hub_answer(rq, &cs_wire_action_result_shape, &answer);
}
