/* SPDX-License-Identifier: MIT */
/*
 * Leaving.  Nobody commits their own removal (RFC 9420, section 12.2), so a
 * member who leaves proposes it for each device of the account, and the next
 * member to come commits.  A proposal ends with its epoch, so it is made anew
 * until a commit takes it.
 */
#include "client/groups/leave.h"

#include "client/groups/commit.h"
#include "client/groups/enter.h"
#include "client/groups/log.h"
#include "client/home/client.h"
#include "client/home/find.h"
#include "client/home/group.h"
#include "client/home/joining.h"
#include "client/home/leavers.h"
#include "client/home/members.h"
#include "client/home/message.h"
#include "client/home/outbox.h"
#include "client/home/problem.h"
#include "client/home/room.h"
#include "client/hub/call.h"

/* ---- proposing ---------------------------------------------------------- */

/* Where every member supports it, the own leaf is proposed by a SelfRemove,
 * which can also be committed by those who join by external commit. */
static enum cs_err
propose_one(struct cs_buf *out, struct client_group *g, uint32_t leaf)
{
	enum cs_err err = CS_ERR_UNSUPPORTED;

	if (leaf == cs_mls_group_own_leaf(g->mls))
		err = cs_mls_propose_self_remove(out, g->mls);
	return err == CS_ERR_UNSUPPORTED
	    ? cs_mls_propose_remove(out, g->mls, leaf)
	    : err;
}

/* Propose each leaf of the account, this device's last: after that it can do no
 * more. */
static enum cs_err
make(struct cs_buf *messages, struct cs_client *c, struct client_group *g)
{
	uint32_t leaves[CS_WIRE_DEVICES_MAX];
	size_t n = client_group_leaves_of(g, c->self.handle, leaves);
	struct cs_writer w = cs_writer(messages);
	struct cs_buf one = { 0 };
	enum cs_err err = CS_OK;

	for (size_t i = 0; err == CS_OK && i < n; i++) {
		cs_buf_reset(&one);
		err = propose_one(&one, g, leaves[i]);
		cs_write_vec(&w, cs_buf_view(&one));
	}
	cs_buf_free(&one);
	return err ? err : cs_writer_end(&w);
}

static enum cs_err
propose(struct cs_buf *messages, struct cs_client *c, struct client_group *g)
{
	enum cs_err err;

	if ((err = client_leaving_load(messages, c, g)) || messages->len != 0)
		return err;
	if ((err = make(messages, c, g)) || (err = cs_db_begin(c->db)))
		return err;
	if ((err = client_group_store(c, g)) == CS_OK)
		err = client_leaving_store(c, g, cs_buf_view(messages));
	return cs_db_end(c->db, err);
}

/* ---- telling the others ------------------------------------------------- */

static enum cs_err
submit(struct cs_client *c, const struct client_group *g, struct cs_view all)
{
	struct cs_reader r = cs_reader(all);
	struct cs_wire_submit ask = { .group_id = client_group_id(g) };
	struct cs_wire_submit_answer answer;
	enum cs_err err = CS_OK;

	while (err == CS_OK && cs_reader_more(&r)) {
		ask.message = cs_read_vec(&r);
		err = client_call(c, CS_WIRE_SUBMIT, &cs_wire_submit_shape,
		    &ask, &cs_wire_submit_answer_shape, &answer);
	}
	return err;
}

/* May the hub take the same later? */
static bool
is_passing(uint16_t code)
{
	return code == CS_WIRE_E_UNAVAILABLE || code == CS_WIRE_E_LIMIT ||
	    code == CS_WIRE_E_DISABLED;
}

/* The hub does not take what this device proposed, and will not: it is dropped,
 * or nothing else could be sent to the group.  To the user the group is left;
 * who has left reads no more, whatever the others see. */
static enum cs_err
give_up(struct cs_client *c, struct client_group *g)
{
	enum cs_err err = cs_db_begin(c->db);

	if (err)
		return err;
	g->state = CS_CLIENT_LEFT;
	if ((err = client_outbox_drop(c, g)) == CS_OK)
		err = client_warning(c, g,
		    "The hub does not tell the others that you left this "
		    "conversation. You read no more of it.");
	if (err == CS_OK &&
	    (err = client_leaving_store(c, g, cs_view(NULL, 0))) == CS_OK &&
	    (err = client_joining_forget(c, client_group_id(g))) == CS_OK)
		err = client_group_store(c, g);
	return cs_db_end(c->db, err);
}

enum cs_err
client_leave_resume(struct cs_client *c, struct client_group *g)
{
	struct cs_buf messages = { 0 };
	enum cs_err err = client_commit_resume(c, g);

	if (err == CS_ERR_EPOCH)
		err = CS_OK;
	for (unsigned i = 0;
	     err == CS_OK && i < CLIENT_TRIES && g->state == CS_CLIENT_LEAVING;
	     i++) {
		if ((err = propose(&messages, c, g)) ||
		    (err = submit(c, g, cs_buf_view(&messages))) == CS_OK)
			break;
		if (err == CS_ERR_DENIED &&
		    (c->link.hub_code == CS_WIRE_E_STALE_EPOCH ||
			c->link.hub_code == CS_WIRE_E_NO_GROUP))
			err = client_log_read(c, g);
	}
	cs_buf_free(&messages);
	if (err == CS_ERR_DENIED && g->state == CS_CLIENT_LEAVING &&
	    !is_passing(c->link.hub_code))
		err = give_up(c, g);
	/* What the hub cannot take now is tried again at the next connect. */
	return err == CS_ERR_DENIED ? CS_OK : err;
}

/* ---- for people --------------------------------------------------------- */

/* Nobody is left who could let anybody in. */
static enum cs_err
end_link(struct cs_client *c, const struct client_group *g)
{
	const struct cs_wire_group_link m = {
		.group_id = client_group_id(g),
		.group_seq = g->seq,
	};
	struct cs_buf link = { 0 };
	enum cs_err err = client_room_find(
	    &link, NULL, c, client_group_id(g), CLIENT_ROOM_LINK);
	bool there = link.len != 0;

	cs_buf_free(&link);
	if (err || !there)
		return err;
	if ((err = client_room_forget(c, client_group_id(g))))
		return err;
	err = client_call_empty(
	    c, CS_WIRE_GROUP_LINK_SET, &cs_wire_group_link_shape, &m);
	return err == CS_ERR_DENIED ? CS_OK : err;
}

/* Nobody else would commit it: remove the account's other devices, and be gone.
 */
static enum cs_err
leave_empty(struct cs_client *c, struct client_group *g)
{
	uint32_t leaves[CS_WIRE_DEVICES_MAX];
	struct cs_mls_commit_options opt = { .remove = leaves };
	enum cs_err err = CS_ERR_EPOCH;

	for (unsigned i = 0; err == CS_ERR_EPOCH && i < CLIENT_TRIES; i++) {
		size_t n = client_group_leaves_of(g, c->self.handle, leaves);

		opt.n_remove = 0;
		for (size_t k = 0; k < n; k++)
			if (leaves[k] != cs_mls_group_own_leaf(g->mls))
				leaves[opt.n_remove++] = leaves[k];
		err = opt.n_remove != 0 ? client_commit(c, g, &opt) : CS_OK;
	}
	if (err || (err = end_link(c, g)))
		return err;
	g->state = CS_CLIENT_LEFT;
	return client_group_store(c, g);
}

/* Only from where the group is can its members be told that one leaves. */
static enum cs_err
catch_up(struct cs_client *c, struct client_group *g)
{
	struct client_group fresh;
	enum cs_err err;

	if ((err = client_joining_add(c, g)) ||
	    (err = client_group_enter(
		 c, client_group_id(g), CLIENT_KNOWN_COMPANY)))
		return err;
	if ((err = client_group_load(&fresh, c, client_group_id(g)))) {
		client_group_clear(&fresh);
		return err;
	}
	client_group_clear(g);
	*g = fresh;
	return CS_OK;
}

static enum cs_err
leave(struct cs_client *c, struct client_group *g)
{
	enum cs_err err = client_outbox_drop(c, g);

	if (err)
		return err;
	if (client_group_people(g) < 2)
		return leave_empty(c, g);
	g->state = CS_CLIENT_LEAVING;
	if ((err = client_group_store(c, g)))
		return err;
	return client_leave_resume(c, g);
}

static enum cs_err
leave_one(struct cs_client *c, struct client_group *g, void *arg)
{
	enum cs_err err;

	(void)arg;
	if (client_group_over(g) || g->lost || !g->registered)
		return CS_OK;
	err = leave(c, g);
	return err == CS_ERR_CLOSED || cs_err_class(err) == CS_ERR_CLASS_OURS
	    ? err
	    : CS_OK;
}

enum cs_err
client_leave_all(struct cs_client *c)
{
	return client_group_each(c, leave_one, NULL);
}

enum cs_err
cs_client_group_leave(struct cs_client *c, const char *name)
{
	struct client_group g = { 0 };
	enum cs_err err;

	if ((err = client_need_hub(c)) ||
	    (err = client_group_find(&g, c, name, CLIENT_FIND_ANY)))
		goto out;
	if (g.lost) {
		err = catch_up(c, &g);
		if (err && cs_err_class(err) == CS_ERR_CLASS_THEIRS)
			err = give_up(c, &g);
		if (err || g.state == CS_CLIENT_LEFT)
			goto out;
	}
	err = leave(c, &g);
out:
	client_group_clear(&g);
	return err;
}
