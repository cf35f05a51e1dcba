/* SPDX-License-Identifier: MIT */
#include "hub/groups/ask.h"

#include <string.h>

#include "hub/core/batch.h"
#include "hub/core/budget.h"
#include "hub/core/hub.h"
#include "hub/core/refusal.h"
#include "hub/groups/member.h"
#include "room/policy.h"

/* As CS_WIRE_ASK_OVER to whoever asked; but it was not refused: they may ask
 * again. */
#define HUB_ASK_ENDED 4

/* ---- what members may do ------------------------------------------------ */

/* Refuse ${rq} unless its account, of a member, may add people to the group. */
static enum cs_err
check_may_add(struct hub_request *rq, struct cs_view group)
{
	struct cs_mls_public_group *g = NULL;
	struct cs_room_policy policy;
	enum cs_err err;

	if ((err = hub_public_load(&g, rq->hub, group)) == CS_OK &&
	    (err = cs_room_policy_of(&policy, cs_mls_public_group_view(g))) ==
		CS_OK &&
	    !cs_room_may(&policy, rq->conn->account, CS_ROOM_ADD))
		err = hub_refuse(rq, CS_WIRE_E_DENIED);
	cs_mls_public_group_free(g);
	return err;
}

/* ---- the link ----------------------------------------------------------- */

/* What waits was for a link that is no more. */
static enum cs_err
end_asks(struct cs_hub *hub, struct cs_view group)
{
	return cs_db_exec(hub->db,
	    "UPDATE group_ask SET state=?,sealed=x'' WHERE grp=? AND state=?",
	    cs_int(HUB_ASK_ENDED), cs_blob(group), cs_int(CS_WIRE_ASK_WAITS));
}

/* ${id} may be empty: no link. */
static enum cs_err
set_link(
    struct cs_hub *hub, const struct cs_wire_group_link *m, struct cs_view id)
{
	enum cs_err err;

	/* Of two who make one at once, the later in the log counts; and none
	 * counts where nobody is left. */
	err = cs_db_exec(hub->db,
	    "INSERT INTO group_link(grp,id,seq) VALUES(?,NULLIF(?,x''),?)"
	    " ON CONFLICT(grp) DO UPDATE SET id=excluded.id,seq=excluded.seq"
	    " WHERE excluded.seq>group_link.seq"
	    " OR (excluded.id IS NULL AND excluded.seq=group_link.seq)",
	    cs_blob(m->group_id), cs_blob(id), cs_int(m->group_seq));
	if (err || cs_db_changes(hub->db) == 0)
		return err;
	return end_asks(hub, m->group_id);
}

enum cs_err
hub_group_link_set(struct hub_request *rq)
{
	struct cs_wire_empty answer = { 0 };
	struct cs_wire_group_link m;
	struct hub_group group;
	struct cs_view id;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_group_link_shape, rq->body)) ||
	    (err = hub_is_member(rq, m.group_id)) ||
	    (err = check_may_add(rq, m.group_id)) ||
	    (err = hub_group_load(&group, rq->hub, m.group_id)))
		return err;
	/* Nobody claims a later place than there is. */
	if (m.group_seq > group.seq)
		return hub_refuse(rq, CS_WIRE_E_MALFORMED);
	if ((err = hub_spend(rq, HUB_B_GROUP_LINKS_DAY, 1)))
		return err;
	id = cs_view_is_zero(CS_VIEW_OF(m.rendezvous))
	    ? cs_view(NULL, 0)
	    : CS_VIEW_OF(m.rendezvous);
	err = set_link(rq->hub, &m, id);
	/* A random name is never another group's. */
	if (err == CS_ERR_EXISTS)
		return hub_refuse(rq, CS_WIRE_E_EXISTS);
	return err ? err : hub_answer(rq, &cs_wire_empty_shape, &answer);
}

/* ---- asking ------------------------------------------------------------- */

/* The group of a link, if there is anybody in it who could answer. */
static enum cs_err
find_group(struct cs_buf *out, struct hub_request *rq,
    const uint8_t rendezvous[static CS_HASH_LEN])
{
	struct cs_rows row;
	enum cs_err err;

	err = cs_db_row(&row, rq->hub->db,
	    "SELECT grp FROM group_link JOIN grp ON grp.id=grp"
	    " WHERE group_link.id=? AND dissolved<=? AND EXISTS(SELECT 1 FROM"
	    " member JOIN account ON account.id=member.account WHERE"
	    " member.grp=group_link.grp AND until_seq IS NULL AND gone=0)",
	    cs_blob(cs_view(rendezvous, CS_HASH_LEN)), cs_int(rq->hub->now_ms));
	if (err == CS_OK)
		err = cs_buf_set(out, cs_col_blob(&row, 0));
	err = cs_rows_end(&row, err);
	return err == CS_ERR_NOT_FOUND ? hub_refuse(rq, CS_WIRE_E_GROUP_LINK)
				       : err;
}

/* 0: the account has not asked. */
static enum cs_err
state_of(uint64_t *out, struct cs_hub *hub, struct cs_view group,
    const uint8_t account[static CS_ID_LEN])
{
	enum cs_err err = cs_db_get_int(out, hub->db,
	    "SELECT state FROM group_ask WHERE grp=? AND account=?",
	    cs_blob(group), cs_blob(cs_view(account, CS_ID_LEN)));

	if (err == CS_ERR_NOT_FOUND)
		*out = 0;
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

static enum cs_err
take_back(struct hub_request *rq, struct cs_view group)
{
	return cs_db_exec(rq->hub->db,
	    "DELETE FROM group_ask WHERE grp=? AND account=? AND state=?",
	    cs_blob(group), cs_blob(CS_VIEW_OF(rq->conn->account)),
	    cs_int(CS_WIRE_ASK_WAITS));
}

/* May the account ask, having asked before or not? */
static enum cs_err
check_ask(struct hub_request *rq, struct cs_view group, uint64_t state)
{
	uint64_t waiting;
	bool there;
	enum cs_err err;

	if ((err = hub_account_in(&there, rq->hub, group, rq->conn->account)))
		return err;
	if (there)
		return hub_refuse(rq, CS_WIRE_E_EXISTS);
	/* Whoever was refused leaves the members alone for a while. */
	if (state == CS_WIRE_ASK_OVER)
		return hub_refuse(rq, CS_WIRE_E_WAITING);
	if ((err = hub_spend(rq, HUB_B_ASKS_DAY, 1)) ||
	    (state == 0 && (err = hub_spend(rq, HUB_B_ASKS, 1))))
		return err;
	if (state == CS_WIRE_ASK_WAITS)
		return CS_OK;
	err = cs_db_get_int(&waiting, rq->hub->db,
	    "SELECT COUNT(*) FROM group_ask WHERE grp=? AND state=?",
	    cs_blob(group), cs_int(CS_WIRE_ASK_WAITS));
	if (err)
		return err;
	return waiting < hub_budget_amount(rq->hub, HUB_B_ASKS_GROUP)
	    ? CS_OK
	    : hub_over(rq, HUB_B_ASKS_GROUP, 0);
}

/* Those who may not add people find nothing when they look. */
static enum cs_err
wake_members(struct cs_hub *hub, struct cs_view group)
{
	const struct cs_wire_push push = {
		.kind = CS_WIRE_PUSH_ASK,
		.group_id = group,
	};
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, hub->db,
	    "SELECT device FROM member WHERE grp=? AND until_seq IS NULL",
	    cs_blob(group));
	while (err == CS_OK && cs_rows_next(&rows)) {
		uint8_t device[CS_ID_LEN];

		cs_col_copy(&rows, 0, device, sizeof device);
		hub_push_device(hub, device, &push);
	}
	return cs_rows_end(&rows, err);
}

static enum cs_err
keep(struct hub_request *rq, struct cs_view group,
    const struct cs_wire_group_ask *m)
{
	uint64_t state;
	enum cs_err err;

	if ((err = state_of(&state, rq->hub, group, rq->conn->account)) ||
	    (err = check_ask(rq, group, state)) ||
	    (err = cs_db_exec(rq->hub->db,
		 "INSERT INTO group_ask(grp,account,state,asked,sealed,note)"
		 " VALUES(?,?,?,?,?,?) ON CONFLICT(grp,account) DO UPDATE SET"
		 " state=excluded.state,asked=excluded.asked,offers=0,"
		 "sealed=excluded.sealed,note=excluded.note",
		 cs_blob(group), cs_blob(CS_VIEW_OF(rq->conn->account)),
		 cs_int(CS_WIRE_ASK_WAITS), cs_int(rq->hub->now_ms),
		 cs_blob(m->sealed), cs_blob(m->note))))
		return err;
	return wake_members(rq->hub, group);
}

enum cs_err
hub_group_ask(struct hub_request *rq)
{
	struct cs_wire_empty answer = { 0 };
	struct cs_wire_group_ask m;
	struct cs_buf group = { 0 };
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_group_ask_shape, rq->body)) ==
		CS_OK &&
	    (err = find_group(&group, rq, m.rendezvous)) == CS_OK)
		err = m.sealed.len == 0 ? take_back(rq, cs_buf_view(&group))
					: keep(rq, cs_buf_view(&group), &m);
	cs_buf_free(&group);
	return err ? err : hub_answer(rq, &cs_wire_empty_shape, &answer);
}

/* ---- answering ---------------------------------------------------------- */

/* Those of accounts that cannot come now wait unseen. */
static enum cs_err
list(struct cs_buf *out, uint32_t *n, struct cs_hub *hub, struct cs_view group)
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, hub->db,
	    "SELECT account,asked,sealed FROM group_ask JOIN account ON"
	    " account.id=group_ask.account WHERE grp=? AND state=? AND asked>?"
	    " AND disabled=0 AND gone=0 ORDER BY asked LIMIT ?",
	    cs_blob(group), cs_int(CS_WIRE_ASK_WAITS),
	    cs_int(hub->now_ms - HUB_ASK_MS), cs_int(CS_WIRE_GROUP_ASKS_MAX));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_wire_asking item = {
			.asked_ms = cs_col_int(&rows, 1),
			.sealed = cs_col_blob(&rows, 2),
		};

		cs_col_copy(&rows, 0, item.account, sizeof item.account);
		err = cs_wire_list_add(out, n, &cs_wire_asking_shape, &item);
	}
	return cs_rows_end(&rows, err);
}

/* Zero where there is none. */
static enum cs_err
find_link(
    uint8_t out[static CS_HASH_LEN], struct cs_hub *hub, struct cs_view group)
{
	struct cs_rows row;
	enum cs_err err;

	err = cs_db_row(&row, hub->db,
	    "SELECT id FROM group_link WHERE grp=? AND id IS NOT NULL",
	    cs_blob(group));
	if (err == CS_OK)
		cs_col_copy(&row, 0, out, CS_HASH_LEN);
	err = cs_rows_end(&row, err);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

enum cs_err
hub_group_asks(struct hub_request *rq)
{
	struct cs_wire_group_asks_answer answer = { 0 };
	struct cs_wire_group_asks_get m;
	struct cs_buf asks = { 0 };
	enum cs_err err;

	if ((err = cs_wire_parse(
		 &m, &cs_wire_group_asks_get_shape, rq->body)) ||
	    (err = hub_is_member(rq, m.group_id)))
		return err;
	if ((err = find_link(answer.rendezvous, rq->hub, m.group_id)) == CS_OK)
		err = list(&asks, &answer.asks.n, rq->hub, m.group_id);
	/* Mostly there is nothing to keep from anybody. */
	if (err == CS_OK && answer.asks.n != 0)
		err = check_may_add(rq, m.group_id);
	answer.asks.raw = cs_buf_view(&asks);
	if (err == CS_OK)
		err = hub_answer(rq, &cs_wire_group_asks_answer_shape, &answer);
	cs_buf_free(&asks);
	return err;
}

enum cs_err
hub_group_ask_drop(struct hub_request *rq)
{
	struct cs_wire_empty answer = { 0 };
	struct cs_wire_group_ask_drop m;
	enum cs_err err;

	if ((err = cs_wire_parse(
		 &m, &cs_wire_group_ask_drop_shape, rq->body)) ||
	    (err = hub_is_member(rq, m.group_id)) ||
	    (err = check_may_add(rq, m.group_id)) ||
	    /* Somebody else may have been quicker. */
	    (err = cs_db_exec(rq->hub->db,
		 "UPDATE group_ask SET state=?,sealed=x'' WHERE grp=?"
		 " AND account=? AND state=?",
		 cs_int(CS_WIRE_ASK_OVER), cs_blob(m.group_id),
		 cs_blob(CS_VIEW_OF(m.account)), cs_int(CS_WIRE_ASK_WAITS))))
		return err;
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}

enum cs_err
hub_own_asks(struct hub_request *rq)
{
	struct cs_wire_own_asks_answer answer = { 0 };
	struct cs_wire_empty m;
	struct cs_buf asks = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_empty_shape, rq->body)))
		return err;
	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT state,asked,note FROM group_ask WHERE account=?"
	    " AND asked>? ORDER BY asked LIMIT ?",
	    cs_blob(CS_VIEW_OF(rq->conn->account)),
	    cs_int(rq->hub->now_ms - HUB_ASK_MS), cs_int(CS_WIRE_OWN_ASKS_MAX));
	while (err == CS_OK && cs_rows_next(&rows)) {
		uint64_t state = cs_col_int(&rows, 0);
		const struct cs_wire_own_ask item = {
			.state = state == HUB_ASK_ENDED ? CS_WIRE_ASK_OVER
							: (uint8_t)state,
			.asked_ms = cs_col_int(&rows, 1),
			.until_ms = cs_col_int(&rows, 1) + HUB_ASK_MS,
			.note = cs_col_blob(&rows, 2),
		};

		err = cs_wire_list_add(
		    &asks, &answer.asks.n, &cs_wire_own_ask_shape, &item);
	}
	err = cs_rows_end(&rows, err);
	answer.asks.raw = cs_buf_view(&asks);
	if (err == CS_OK)
		err = hub_answer(rq, &cs_wire_own_asks_answer_shape, &answer);
	cs_buf_free(&asks);
	return err;
}

/* ---- for other files ---------------------------------------------------- */

enum cs_err
hub_ask_waits(bool *out, struct cs_hub *hub, struct cs_view group,
    const uint8_t account[static CS_ID_LEN])
{
	uint64_t n;
	enum cs_err err = cs_db_get_int(&n, hub->db,
	    "SELECT COUNT(*) FROM group_ask WHERE grp=? AND account=?"
	    " AND state=? AND asked>?",
	    cs_blob(group), cs_blob(cs_view(account, CS_ID_LEN)),
	    cs_int(CS_WIRE_ASK_WAITS), cs_int(hub->now_ms - HUB_ASK_MS));

	*out = err == CS_OK && n != 0;
	return err;
}

enum cs_err
hub_ask_taken(struct cs_hub *hub, struct cs_view group,
    const uint8_t account[static CS_ID_LEN])
{
	return cs_db_exec(hub->db,
	    "UPDATE group_ask SET state=?,sealed=x'' WHERE grp=?"
	    " AND account=? AND state=?",
	    cs_int(CS_WIRE_ASK_TAKEN), cs_blob(group),
	    cs_blob(cs_view(account, CS_ID_LEN)), cs_int(CS_WIRE_ASK_WAITS));
}

#define MEETING                                                                \
	" WHERE account=? AND state=? AND asked>? AND offers<? AND EXISTS("    \
	"SELECT 1 FROM member WHERE member.grp=group_ask.grp"                  \
	" AND member.account=? AND until_seq IS NULL)"
#define MEETING_ARGS(hub, of, member)                                          \
	cs_blob(cs_view(of, CS_ID_LEN)), cs_int(CS_WIRE_ASK_WAITS),            \
	    cs_int((hub)->now_ms - HUB_ASK_MS),                                \
	    cs_int(hub_budget_amount(hub, HUB_B_OFFERS)),                      \
	    cs_blob(cs_view(member, CS_ID_LEN))

enum cs_err
hub_ask_meets(uint64_t *out, struct cs_hub *hub,
    const uint8_t account[static CS_ID_LEN],
    const uint8_t member[static CS_ID_LEN])
{
	return cs_db_get_int(out, hub->db,
	    "SELECT COUNT(*) FROM group_ask" MEETING,
	    MEETING_ARGS(hub, account, member));
}

enum cs_err
hub_ask_offered(struct cs_hub *hub, const uint8_t account[static CS_ID_LEN],
    const uint8_t member[static CS_ID_LEN])
{
	return cs_db_exec(hub->db,
	    "UPDATE group_ask SET offers=offers+1" MEETING,
	    MEETING_ARGS(hub, account, member));
}

enum cs_err
hub_asks_forget(struct cs_hub *hub, struct cs_view account)
{
	return cs_db_exec(
	    hub->db, "DELETE FROM group_ask WHERE account=?", cs_blob(account));
}

enum cs_err
hub_asks_sweep(int64_t *n, struct cs_hub *hub)
{
	enum cs_err err = cs_db_exec(hub->db,
	    "DELETE FROM group_ask WHERE (grp,account) IN"
	    " (SELECT grp,account FROM group_ask WHERE asked<=? LIMIT ?)",
	    cs_int(hub->now_ms - HUB_ASK_MS), cs_int(HUB_SWEEP_ROWS));

	*n = cs_db_changes(hub->db);
	return err;
}
