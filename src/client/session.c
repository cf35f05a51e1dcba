/* SPDX-License-Identifier: MIT */
#include "client/client.h"

#include "client/account/leave.h"
#include "client/account/request.h"
#include "client/groups/commit.h"
#include "client/groups/enter.h"
#include "client/groups/invite.h"
#include "client/groups/key_package.h"
#include "client/groups/leave.h"
#include "client/groups/log.h"
#include "client/groups/send.h"
#include "client/groups/upkeep.h"
#include "client/groups/welcome.h"
#include "client/home/client.h"
#include "client/home/group.h"
#include "client/home/home.h"
#include "client/hub/call.h"
#include "client/hub/reach.h"
#include "client/reports/letter.h"
#include "client/reports/news.h"
#include "client/reports/notice.h"
#include "client/reports/report.h"
#include "crypto/random.h"

/* Finish what was cut off: commits, then messages. */
static enum cs_err
resume(struct cs_client *c, struct client_group *g, void *arg)
{
	enum cs_err err;

	(void)arg;
	if (g->state == CS_CLIENT_LEFT)
		return CS_OK;
	if (g->state == CS_CLIENT_LEAVING)
		return client_leave_resume(c, g);
	err = client_commit_resume(c, g);
	if (err == CS_OK || err == CS_ERR_EPOCH)
		err = client_devices_bring(c, g);
	if (err == CS_OK || err == CS_ERR_EPOCH)
		err = client_flush(c, g);
	/* One conversation that the hub refuses does not stop the others. */
	return err == CS_ERR_DENIED || err == CS_ERR_EPOCH ? CS_OK : err;
}

/* Why the hub lets this device do nothing any more, as a sentence. */
static void
shut_out(struct cs_client *c, uint16_t code)
{
	if (code == CS_WIRE_E_DISABLED)
		client_notice_disabled(c);
	else
		client_account_shut_out(c);
}

/* Reach the hub, and log in. */
static enum cs_err
log_in(struct cs_client *c)
{
	enum cs_err err;

	c->link.shut_out = shut_out;
	if ((err = client_reach(c)) == CS_OK &&
	    (err = client_login(c)) != CS_OK)
		client_offline(c);
	return err;
}

enum cs_err
cs_client_connect(struct cs_client *c)
{
	enum cs_err err;

	if ((err = log_in(c)))
		return err;
	c->link.notices_due = true;
	if ((err = client_key_packages_fill(c)) ||
	    (err = client_notes_fetch(c)) || (err = client_groups_enter(c)) ||
	    (err = cs_client_sync(c)) ||
	    (err = client_group_each(c, resume, NULL)) ||
	    (err = client_reports_flush(c)))
		return err;
	return client_letters_flush(c);
}

enum cs_err
cs_client_connect_held(struct cs_client *c)
{
	enum cs_err err;

	c->link.shut_out = shut_out;
	if ((err = client_reach(c)))
		return err;
	err = client_login(c);
	if (err == CS_ERR_DENIED && c->link.hub_code == CS_WIRE_E_DISABLED)
		err = CS_OK;
	if (err) {
		client_offline(c);
		return err;
	}
	return client_letters_flush(c);
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

/* Ask what the desk decided, and tell what is new of it. */
static enum cs_err
tell_notices(struct cs_client *c)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_notices_answer answer;
	enum cs_err err;

	if ((err = client_call(c, CS_WIRE_NOTICES, &cs_wire_empty_shape, &empty,
		 &cs_wire_notices_answer_shape, &answer)) ||
	    (err = client_notices_take(c, answer.notices.raw)))
		return err;
	c->link.notices_due = false;
	return CS_OK;
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
	if (err == CS_OK && (err = client_groups_enter(c)) == CS_OK &&
	    c->link.notices_due)
		err = tell_notices(c);
	if (err == CS_OK)
		err = client_upkeep(c);
out:
	cs_buf_free(&raw);
	return err;
}
