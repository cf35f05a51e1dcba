/* SPDX-License-Identifier: MIT */
/* Reading on in the logs of our groups, from where we were. */
#include "client/home/client.h"

static enum cs_err
acknowledge(struct cs_client *c, const struct client_group *g)
{
	const struct cs_wire_ack ack = {
		.group_id = client_group_id(g),
		.group_seq = g->seq,
	};

	return client_call_empty(c, CS_WIRE_ACK, &cs_wire_ack_shape, &ack);
}

/* One page, in one transaction: entries, what came of them, the MLS state and
 * the cursor move together. */
static enum cs_err
take_page(struct cs_client *c, struct client_group *g, struct cs_view entries)
{
	struct cs_wire_entry entry;
	enum cs_err err;

	if ((err = cs_db_begin(c->db)))
		return err;
	while (err == CS_OK &&
	    cs_wire_next(&entry, &cs_wire_entry_shape, &entries))
		err = client_receive(c, g, &entry);
	if (err == CS_OK && (err = client_group_store(c, g)) == CS_OK)
		err = cs_db_commit(c->db);
	if (err)
		cs_db_rollback(c->db);
	return err;
}

/* After a failure in the middle of a page the state in memory is not the one
 * on disk. */
static enum cs_err
reload(struct cs_client *c, struct client_group *g)
{
	struct client_group fresh;
	enum cs_err err = client_group_load(&fresh, c, client_group_id(g));

	if (err) {
		client_group_clear(&fresh);
		return err;
	}
	client_group_clear(g);
	*g = fresh;
	return CS_OK;
}

static enum cs_err
fetch(struct cs_client *c, struct client_group *g, struct cs_buf *raw,
    uint32_t *n)
{
	const struct cs_wire_fetch ask = {
		.group_id = client_group_id(g),
		.after = g->seq,
		.max = CS_WIRE_FETCH_MAX,
	};
	struct cs_wire_fetch_answer answer;
	enum cs_err err;

	if ((err = client_call(c, CS_WIRE_FETCH, &cs_wire_fetch_shape, &ask,
		 &cs_wire_fetch_answer_shape, &answer)))
		return err;
	*n = answer.entries.n;
	/* Certificates may have to be asked for on the way. */
	return cs_buf_set(raw, answer.entries.raw);
}

enum cs_err
client_sync_group(struct cs_client *c, struct client_group *g)
{
	struct cs_buf raw = { 0 };
	uint64_t before;
	uint32_t n = 0;
	enum cs_err err;

	do {
		before = g->seq;
		if ((err = fetch(c, g, &raw, &n)) || n == 0)
			break;
		if ((err = take_page(c, g, cs_buf_view(&raw)))) {
			enum cs_err again = reload(c, g);

			if (again)
				err = again;
			break;
		}
		err = acknowledge(c, g);
	} while (err == CS_OK && g->seq > before);
	cs_buf_free(&raw);
	return err;
}

/* A removal that the operator proposed is for the next member who is there
 * (DESIGN, "Conversations"). */
static enum cs_err
commit_proposals(struct cs_client *c, struct client_group *g)
{
	const struct cs_mls_commit_options opt = { 0 };
	enum cs_err err = CS_OK;

	for (unsigned i = 0; i < CLIENT_TRIES; i++) {
		if (client_group_over(g) || cs_mls_group_proposals(g->mls) == 0)
			return CS_OK;
		for (size_t k = 0; k < cs_mls_group_proposals(g->mls); k++) {
			bool external;

			/* Nobody commits the own removal. */
			if (cs_mls_group_proposed_removal(g->mls, k,
				&external) == cs_mls_group_own_leaf(g->mls))
				return CS_OK;
		}
		if ((err = client_commit(c, g, &opt)) != CS_ERR_EPOCH)
			break;
	}
	return err == CS_ERR_DENIED || err == CS_ERR_EPOCH ? CS_OK : err;
}

static enum cs_err
sync_known(struct cs_client *c, struct cs_view id)
{
	struct client_group g;
	enum cs_err err = client_group_load(&g, c, id);

	/* A group that we could not join, or not yet. */
	if (err == CS_ERR_NOT_FOUND)
		err = CS_OK;
	else if (err == CS_OK && (err = client_sync_group(c, &g)) == CS_OK)
		err = commit_proposals(c, &g);
	client_group_clear(&g);
	return err;
}

enum cs_err
cs_client_sync(struct cs_client *c)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_sync_answer answer;
	struct cs_wire_group_state state;
	struct cs_buf raw = { 0 };
	struct cs_view rest;
	enum cs_err err;

	if ((err = client_welcomes(c)) ||
	    (err = client_call(c, CS_WIRE_SYNC, &cs_wire_empty_shape, &empty,
		 &cs_wire_sync_answer_shape, &answer)) ||
	    (err = cs_buf_set(&raw, answer.groups.raw)))
		goto out;
	rest = cs_buf_view(&raw);
	while (err == CS_OK &&
	    cs_wire_next(&state, &cs_wire_group_state_shape, &rest))
		err = sync_known(c, state.group_id);
	/* What we were taken out of, and may be in again. */
	if (err == CS_OK && (err = client_join_groups(c)) == CS_OK &&
	    c->notices_due)
		err = client_notices_tell(c);
	if (err == CS_OK)
		err = client_upkeep(c);
out:
	cs_buf_free(&raw);
	return err;
}
