/* SPDX-License-Identifier: MIT */
#include "hub/groups/removal.h"

#include <stdio.h>

#include "crypto/hash.h"
#include "hub/core/batch.h"
#include "hub/core/clock.h"
#include "hub/core/connection.h"
#include "hub/core/hub.h"
#include "hub/core/tlog.h"
#include "hub/groups/group.h"
#include "hub/groups/log.h"

/* ---- what is owed ------------------------------------------------------- */

enum cs_err
hub_removals_owe(struct cs_hub *hub, const uint8_t account[static CS_ID_LEN])
{
	hub->removals_ms = 0;
	return cs_db_exec(hub->db,
	    "INSERT INTO removal(grp,since,next) SELECT DISTINCT grp,?,?"
	    " FROM member WHERE account=? AND until_seq IS NULL"
	    " ON CONFLICT(grp) DO UPDATE SET next=excluded.next",
	    cs_int(hub->now_ms), cs_int(hub->now_ms),
	    cs_blob(cs_view(account, CS_ID_LEN)));
}

enum cs_err
hub_removals_owe_group(struct cs_hub *hub, struct cs_view group)
{
	hub->removals_ms = 0;
	return cs_db_exec(hub->db,
	    "INSERT INTO removal(grp,since,next) SELECT ?,?,? WHERE"
	    " EXISTS(SELECT 1 FROM member"
	    " JOIN account ON account.id=member.account"
	    " JOIN device ON device.id=member.device"
	    " WHERE grp=? AND until_seq IS NULL"
	    " AND (disabled<>0 OR removed<>0))"
	    " ON CONFLICT(grp) DO UPDATE SET next=excluded.next",
	    cs_blob(group), cs_int(hub->now_ms), cs_int(hub->now_ms),
	    cs_blob(group));
}

/* ---- one group ---------------------------------------------------------- */

static bool
proposed(const struct cs_mls_public_group *public, uint32_t leaf)
{
	const struct cs_mls_public *g = cs_mls_public_group_view(public);
	struct cs_mls_proposal_view p;

	for (size_t i = 0; cs_mls_view_proposal(g, i, &p); i++)
		if (p.sender.type == CS_MLS_SENDER_EXTERNAL && p.target == leaf)
			return true;
	return false;
}

static enum cs_err
propose(struct cs_hub *hub, struct hub_group *group,
    struct cs_mls_public_group *public, uint32_t leaf)
{
	struct cs_mls_public_outcome outcome = { 0 };
	const struct cs_mls_external_proposal remove = { .remove = &leaf };
	struct hub_entry entry = { .content = CS_MLS_CONTENT_PROPOSAL };
	struct hub_appended appended = { 0 };
	struct cs_buf message = { 0 };
	enum cs_err err;

	entry.epoch = cs_mls_public_group_epoch(public);
	if ((err = cs_mls_external_propose(&message, public, 0,
		 hub->external_signer, &remove)) == CS_OK &&
	    (err = cs_mls_public_process(
		 &outcome, public, cs_buf_view(&message))) == CS_OK) {
		entry.message = cs_buf_view(&message);
		err = cs_sha256(entry.msg_hash, entry.message);
	}
	if (err == CS_OK)
		err = hub_log_append(&appended, hub, group, &entry);
	cs_mls_public_outcome_clear(&outcome);
	cs_buf_free(&message);
	cs_buf_free(&appended.stamp);
	return err;
}

/* A portion of the leaves that have to go and are not proposed yet; ${*more}:
 * there are others. */
static enum cs_err
find_leaves(uint32_t leaves[static HUB_REMOVALS_GROUP], size_t *n, bool *more,
    struct cs_hub *hub, const struct cs_mls_public_group *public)
{
	struct cs_rows rows;
	enum cs_err err;

	*n = 0;
	*more = false;
	err = cs_db_query(&rows, hub->db,
	    "SELECT leaf FROM member JOIN account ON account.id=member.account"
	    " JOIN device ON device.id=member.device"
	    " WHERE grp=? AND until_seq IS NULL AND (disabled<>0 OR "
	    "removed<>0)",
	    cs_blob(cs_mls_public_group_id(public)));
	while (err == CS_OK && !*more && cs_rows_next(&rows)) {
		uint32_t leaf = (uint32_t)cs_col_int(&rows, 0);

		if (proposed(public, leaf))
			continue;
		*more = *n == HUB_REMOVALS_GROUP;
		if (!*more)
			leaves[(*n)++] = leaf;
	}
	return cs_rows_end(&rows, err);
}

static enum cs_err
propose_in(bool *more, struct cs_hub *hub, struct cs_view id)
{
	uint32_t leaves[HUB_REMOVALS_GROUP];
	struct cs_mls_public_group *public = NULL;
	struct hub_group group;
	size_t n = 0;
	enum cs_err err;

	if ((err = hub_group_load(&group, hub, id)) ||
	    (err = hub_public_load(&public, hub, id)) ||
	    (err = find_leaves(leaves, &n, more, hub, public)))
		goto out;
	for (size_t i = 0; err == CS_OK && i < n; i++)
		err = propose(hub, &group, public, leaves[i]);
	if (err == CS_OK && n != 0)
		err = hub_public_store(hub, public);
out:
	cs_mls_public_group_free(public);
	return err;
}

/* ---- the work ----------------------------------------------------------- */

/* From a second to an hour. */
static uint64_t
delay(uint64_t tries)
{
	uint64_t ms = CS_SECOND_MS << (tries < 12 ? tries : 12);

	return ms < CS_HOUR_MS ? ms : CS_HOUR_MS;
}

/* The next group whose time has come; CS_ERR_NOT_FOUND: none. */
static enum cs_err
next(struct cs_buf *id, uint64_t *tries, struct cs_hub *hub)
{
	struct cs_rows row;
	enum cs_err err;

	err = cs_db_row(&row, hub->db,
	    "SELECT grp,tries FROM removal WHERE next<=? ORDER BY next LIMIT 1",
	    cs_int(hub->now_ms));
	if (err == CS_OK) {
		*tries = cs_col_int(&row, 1);
		err = cs_buf_set(id, cs_col_blob(&row, 0));
	}
	return cs_rows_end(&row, err);
}

static enum cs_err
note_failure(
    struct cs_hub *hub, struct cs_view id, uint64_t tries, enum cs_err why)
{
	if (tries == 0)
		fprintf(stderr,
		    "countersignd: a member that has to go cannot be "
		    "proposed for removal from a group (%s); "
		    "\"countersignctl status\" counts those groups\n",
		    cs_err_text(why));
	return cs_db_exec(hub->db,
	    "UPDATE removal SET tries=?,next=?,error=? WHERE grp=?",
	    cs_int(tries + 1), cs_int(hub->now_ms + delay(tries)),
	    cs_int((uint64_t)why), cs_blob(id));
}

/* One group, in the open transaction. */
static enum cs_err
work_on(struct cs_hub *hub, struct cs_view id, uint64_t tries)
{
	size_t n_out = hub->n_out, batch_len = hub->batch.len;
	bool more = false;
	enum cs_err err, why;

	if ((err = cs_db_savepoint(hub->db)))
		return err;
	if ((why = propose_in(&more, hub, id)) == CS_OK)
		return (err = cs_db_release(hub->db)) || more
		    ? err
		    : cs_db_exec(hub->db, "DELETE FROM removal WHERE grp=?",
			  cs_blob(id));
	cs_db_rollback_to(hub->db);
	hub_tlog_undone(hub);
	/* Nobody is told of what did not happen. */
	hub->n_out = n_out;
	hub->batch.len = batch_len;
	return note_failure(hub, id, tries, why);
}

/* When there will be something to do. */
static uint64_t
next_time(struct cs_hub *hub)
{
	uint64_t at;
	enum cs_err err = cs_db_get_int(
	    &at, hub->db, "SELECT next FROM removal ORDER BY next LIMIT 1");

	if (err == CS_OK)
		return at;
	return err == CS_ERR_NOT_FOUND ? UINT64_MAX
				       : hub->now_ms + CS_SECOND_MS;
}

bool
hub_removals_due(const struct cs_hub *hub)
{
	return hub->removals_ms <= hub->now_ms;
}

void
hub_removals_work(struct cs_hub *hub)
{
	uint64_t began = hub->now_ms, tries = 0;
	struct cs_buf id = { 0 };
	enum cs_err err = CS_OK;

	if (!hub_removals_due(hub))
		return;
	for (unsigned i = 0; err == CS_OK && i < HUB_REMOVALS_ROUND &&
	     hub->now_ms - began < HUB_REMOVALS_ROUND_MS;
	     i++) {
		if ((err = next(&id, &tries, hub)) != CS_OK)
			break;
		if ((err = hub_batch_begin(hub)) == CS_OK &&
		    (err = work_on(hub, cs_buf_view(&id), tries)) != CS_OK)
			cs_db_rollback(hub->db);
		/* Committed; or nothing of it happened, and pushes are hints.
		 */
		(void)hub_batch_end(hub);
		hub_clock(hub);
	}
	cs_buf_free(&id);
	hub->removals_ms = err == CS_OK || err == CS_ERR_NOT_FOUND
	    ? next_time(hub)
	    : hub->now_ms + CS_SECOND_MS;
}

/* ---- for the desk ------------------------------------------------------- */

enum cs_err
hub_desk_removals(struct hub_request *rq)
{
	struct cs_wire_removals_answer answer = { 0 };
	struct cs_wire_empty m;
	struct cs_buf list = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_empty_shape, rq->body)))
		return err;
	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT member.account,COUNT(DISTINCT removal.grp),"
	    "COUNT(DISTINCT CASE WHEN tries>0 THEN removal.grp END),MIN(since)"
	    " FROM removal CROSS JOIN member ON member.grp=removal.grp"
	    " JOIN account ON account.id=member.account"
	    " JOIN device ON device.id=member.device"
	    " WHERE until_seq IS NULL AND (disabled<>0 OR removed<>0)"
	    " GROUP BY member.account ORDER BY 4 LIMIT ?",
	    cs_int(HUB_ANSWER_ROWS));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_wire_removals item = {
			.groups = (uint32_t)cs_col_int(&rows, 1),
			.failed = (uint32_t)cs_col_int(&rows, 2),
			.since_ms = cs_col_int(&rows, 3),
		};

		cs_col_copy(&rows, 0, item.account, sizeof item.account);
		err = cs_wire_list_add(
		    &list, &answer.removals.n, &cs_wire_removals_shape, &item);
	}
	err = cs_rows_end(&rows, err);
	answer.removals.raw = cs_buf_view(&list);
	if (err == CS_OK)
		err = hub_answer(rq, &cs_wire_removals_answer_shape, &answer);
	cs_buf_free(&list);
	return err;
}
