/* SPDX-License-Identifier: MIT */
#include "client/client.h"

#include "client/account/group_note.h"
#include "client/account/leave.h"
#include "client/account/renewal.h"
#include "client/account/request.h"
#include "client/account/revocations.h"
#include "client/groups/commit.h"
#include "client/groups/ended.h"
#include "client/groups/enter.h"
#include "client/groups/invite.h"
#include "client/groups/key_package.h"
#include "client/groups/leave.h"
#include "client/groups/log.h"
#include "client/groups/places.h"
#include "client/groups/receipts.h"
#include "client/groups/repair.h"
#include "client/groups/send.h"
#include "client/groups/upkeep.h"
#include "client/groups/upload.h"
#include "client/groups/welcome.h"
#include "client/home/activity.h"
#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/home/expiry.h"
#include "client/home/group.h"
#include "client/home/home.h"
#include "client/home/message.h"
#include "client/home/problem.h"
#include "client/home/todo.h"
#include "client/hub/again.h"
#include "client/hub/call.h"
#include "client/hub/names.h"
#include "client/hub/reach.h"
#include "client/hub/tlog.h"
#include "client/joining/admit.h"
#include "client/joining/history_give.h"
#include "client/joining/history_take.h"
#include "client/reports/letter.h"
#include "client/reports/news.h"
#include "client/reports/notice.h"
#include "client/reports/report.h"
#include "crypto/random.h"

/* ---- logging in --------------------------------------------------------- */

/* Explain why the hub refuses this device everything. */
static void
shut_out(struct cs_client *c, uint16_t code)
{
	if (code == CS_WIRE_E_DISABLED)
		client_notice_disabled(c);
	else
		client_account_shut_out(c);
}

static enum cs_err
log_in(struct cs_client *c)
{
	enum cs_err err;

	/* A hub takes one login on each connection. */
	if (c->link.online && c->link.proven) {
		c->link.logged_in = true;
		return CS_OK;
	}
	c->link.shut_out = shut_out;
	c->link.last_word = client_acks_flush;
	c->link.notices_due = true;
	c->link.asks_due = true;
	if ((err = client_reach(c)) == CS_OK && (err = client_login(c)))
		client_offline(c);
	c->link.logged_in = err == CS_OK;
	return err;
}

/* ---- what is new -------------------------------------------------------- */

/* May this device commit the proposals that wait?  They are of those who leave
 * and of the operator, or they would not have been taken (room/handshake.h).
 * Nobody commits their own removal (RFC 9420, section 12.2). */
static bool
may_commit(const struct client_group *g)
{
	bool external;

	if (client_group_over(g) || g->lost)
		return false;
	for (size_t i = 0; i < cs_mls_group_proposals(g->mls); i++)
		if (cs_mls_group_proposed_removal(g->mls, i, &external) ==
		    cs_mls_group_own_leaf(g->mls))
			return false;
	return cs_mls_group_proposals(g->mls) != 0;
}

/* A removal that the operator proposed is committed by the first member to come
 * (DESIGN, "Conversations"). */
static enum cs_err
commit_proposals(struct cs_client *c, struct client_group *g)
{
	const struct cs_mls_commit_options opt = { 0 };
	enum cs_err err = CS_ERR_EPOCH;

	for (unsigned i = 0;
	     err == CS_ERR_EPOCH && i < CLIENT_TRIES && may_commit(g); i++)
		err = client_commit(c, g, &opt);
	return err == CS_ERR_DENIED || err == CS_ERR_EPOCH ? CS_OK : err;
}

/* What is stored of a group is damaged: say so, once.  The others go on. */
static enum cs_err
note_damage(struct cs_client *c, struct cs_view id)
{
	struct client_group g;
	enum cs_err err = client_group_load_meta(&g, c, id);

	if (err == CS_OK && !g.lost && !client_group_over(&g)) {
		g.lost = true;
		if ((err = client_group_store_meta(c, &g)) == CS_OK)
			err = client_warning(c, &g,
			    "What this device stored of this conversation is "
			    "damaged: it can neither read nor write there. "
			    "See: countersign group repair.");
	}
	client_group_clear(&g);
	return client_group_damaged(err) ? CS_OK : err;
}

static enum cs_err
read_group(struct cs_client *c, const struct cs_wire_group_state *state)
{
	struct client_group g;
	enum cs_err err = client_group_load(&g, c, state->group_id);

	/* A group that could not be joined, or not yet. */
	if (err == CS_ERR_NOT_FOUND)
		err = CS_OK;
	else if (client_group_damaged(err))
		err = note_damage(c, state->group_id);
	else if (err == CS_OK &&
	    (err = client_log_read_to(c, &g, state->head)) == CS_OK &&
	    (err = commit_proposals(c, &g)) == CS_OK)
		err = client_remove_ended(c, &g);
	client_group_clear(&g);
	return err;
}

/* How much there is to read, of all. */
static void
count_entries(struct cs_client *c, struct cs_view states)
{
	struct cs_wire_group_state state;
	uint64_t n = 0;

	while (cs_wire_next(&state, &cs_wire_group_state_shape, &states))
		n += state.head - state.cursor;
	c->fetching.done = 0;
	c->fetching.total = n;
}

/* Take invitations, then read the logs of all groups that have new entries. */
static enum cs_err
read_on(struct cs_client *c)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_sync_answer answer;
	struct cs_wire_group_state state;
	struct cs_buf raw = { 0 };
	struct cs_view rest;
	enum cs_err err;

	if ((err = client_call(c, CS_WIRE_SYNC, &cs_wire_empty_shape, &empty,
		 &cs_wire_sync_answer_shape, &answer)) ||
	    (err = cs_buf_set(&raw, answer.groups.raw)))
		goto out;
	err = client_welcomes(c, answer.welcomes);
	rest = cs_buf_view(&raw);
	count_entries(c, rest);
	while (err == CS_OK &&
	    cs_wire_next(&state, &cs_wire_group_state_shape, &rest))
		err = read_group(c, &state);
out:
	cs_buf_free(&raw);
	return err;
}

/* Ask what the desk decided, and tell what is new of it. */
static enum cs_err
tell_notices(struct cs_client *c)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_notices_answer answer;
	enum cs_err err;

	if (!c->link.notices_due)
		return CS_OK;
	if ((err = client_call(c, CS_WIRE_NOTICES, &cs_wire_empty_shape, &empty,
		 &cs_wire_notices_answer_shape, &answer)) ||
	    (err = client_notices_take(c, answer.notices.raw)))
		return err;
	c->link.notices_due = false;
	return CS_OK;
}

/* ---- what was cut off --------------------------------------------------- */

static enum cs_err
take_up(struct cs_client *c, struct client_group *g,
    struct client_other_devices *others)
{
	enum cs_err err;

	if (g->state == CS_CLIENT_LEFT)
		return CS_OK;
	if (g->state == CS_CLIENT_LEAVING)
		return client_leave_resume(c, g);
	err = client_commit_resume(c, g);
	if (err == CS_OK || err == CS_ERR_EPOCH)
		err = client_devices_bring(c, g, others);
	if (err == CS_OK || err == CS_ERR_EPOCH)
		err = client_remove_ended(c, g);
	if (err == CS_OK)
		err = client_flush(c, g);
	if (err == CS_OK)
		err = client_group_note_share(c, g);
	return err;
}

/* Note that ${g} was looked at, unless some of it has to be tried again. */
static enum cs_err
note_looked(struct cs_client *c, const struct client_group *g)
{
	bool missing, ended;
	enum cs_err err;

	if ((err = client_devices_missing(&missing, c, g)) ||
	    (err = client_has_ended(&ended, c, g)) || missing || ended)
		return err;
	return client_todo_looked(c, client_group_id(g));
}

static enum cs_err
resume(
    struct cs_client *c, struct cs_view id, struct client_other_devices *others)
{
	struct client_group g;
	enum cs_err err = client_group_load(&g, c, id);

	/* What is damaged does not stop the others. */
	if (err == CS_ERR_NOT_FOUND || client_group_damaged(err))
		err = CS_OK;
	else if (err == CS_OK && (err = take_up(c, &g, others)) == CS_OK)
		err = note_looked(c, &g);
	client_group_clear(&g);
	/* Nor does a conversation that the hub refuses. */
	return err == CS_ERR_DENIED || err == CS_ERR_EPOCH ? CS_OK : err;
}

/* With another number of devices, one may be missing anywhere. */
static enum cs_err
count_devices(struct cs_client *c)
{
	uint64_t was = 0;
	enum cs_err err =
	    cs_vault_config_get_num(&was, c->db, &c->key, "devices");

	if (err == CS_ERR_NOT_FOUND)
		err = CS_OK;
	if (err || was == c->link.login.devices || (err = cs_db_begin(c->db)))
		return err;
	if ((err = client_todo_look_all(c)) == CS_OK)
		err = cs_vault_config_set_num(
		    c->db, &c->key, "devices", c->link.login.devices);
	return cs_db_end_as(c->db, err, CS_DB_SAFE);
}

static enum cs_err
resume_groups(struct cs_client *c)
{
	struct client_other_devices others = { 0 };
	struct cs_buf ids = { 0 };
	struct cs_reader r;
	enum cs_err err = count_devices(c);

	if (err == CS_OK)
		err = client_todo_list(&ids, c);
	r = cs_reader(cs_buf_view(&ids));
	while (err == CS_OK && cs_reader_more(&r))
		err = resume(c, cs_read_vec(&r), &others);
	cs_buf_free(&ids);
	cs_buf_free(&others.ids);
	return err;
}

/* ---- the order of things ------------------------------------------------ */

enum when { AT_CONNECT, AT_SYNC };

/* A connect takes all steps, a sync only those marked AT_SYNC. */
static const struct {
	enum when when;
	enum cs_err (*take)(struct cs_client *c);
} steps[] = {
	{ AT_CONNECT, log_in },
	{ AT_CONNECT, client_places_doubt },
	{ AT_CONNECT, client_places_check },
	{ AT_CONNECT, client_renew },
	{ AT_CONNECT, client_key_packages_fill },
	/* Before messages come, so that those of blocked people are dropped. */
	{ AT_CONNECT, client_notes_fetch },
	{ AT_SYNC, client_revocations_fetch },
	{ AT_SYNC, read_on },
	/* After the logs, which may say that this device was taken out of a
	 * group, or hold what it cannot follow. */
	{ AT_SYNC, client_groups_repair },
	{ AT_SYNC, client_groups_enter },
	{ AT_SYNC, client_asks_tell },
	{ AT_SYNC, client_expire },
	{ AT_SYNC, client_receipts_flush },
	{ AT_SYNC, tell_notices },
	{ AT_SYNC, client_upkeep },
	/* With the stamps that came, and before anybody sees what is sent. */
	{ AT_SYNC, client_tlog_check },
	{ AT_SYNC, client_names_check },
	{ AT_CONNECT, resume_groups },
	{ AT_CONNECT, client_reports_flush },
	{ AT_CONNECT, client_letters_flush },
};

void
cs_client_on_messages(struct cs_client *c,
    enum cs_err (*fn)(void *arg, struct cs_client *c), void *arg)
{
	c->fetching.told = fn;
	c->fetching.arg = arg;
}

static enum cs_err
take_steps(struct cs_client *c, enum when when)
{
	enum cs_err err = CS_OK;

	for (size_t i = 0; err == CS_OK && i < sizeof steps / sizeof *steps;
	     i++)
		if (when == AT_CONNECT || steps[i].when == AT_SYNC)
			err = steps[i].take(c);
	client_activity(CS_CLIENT_IDLE, 0, 0);
	return err ? err : client_clock_store(c);
}

enum cs_err
cs_client_connect(struct cs_client *c)
{
	struct cs_retry retry = { 0 };
	bool was_there = false;
	enum cs_err err;

	/* What was stored stays: each time it goes on behind that. */
	do {
		c->link.logged_in = false;
		err = take_steps(c, AT_CONNECT);
		was_there |= c->link.logged_in;
	} while (was_there && client_again_soon(&retry, c->progress, err));
	return err;
}

enum cs_err
cs_client_send_files(
    struct cs_client *c, void (*progress)(uint64_t done, uint64_t total))
{
	return client_uploads_flush(c, progress);
}

enum cs_err
cs_client_sync(struct cs_client *c)
{
	return take_steps(c, AT_SYNC);
}

enum cs_err
cs_client_history(enum cs_client_history *out, struct cs_client *c,
    const struct cs_client_history_progress *progress)
{
	enum client_giving giving;
	enum client_taking taking = CLIENT_TAKING_NOTHING;
	enum cs_err err;

	*out = CS_CLIENT_HISTORY_NONE;
	if ((err = client_need_hub(c)) ||
	    (err = client_history_giving(&giving, c)))
		return err;
	/* The other device reads from where it came in; this one has to have
	 * read up to there. */
	if (giving == CLIENT_GIVING_READY &&
	    ((err = cs_client_sync(c)) ||
		(err = client_history_give(c, progress))))
		return err;
	if ((err = client_history_take(&taking, c, progress)))
		return err;
	if (giving == CLIENT_GIVING_WAITS || taking == CLIENT_TAKING_WAITS)
		*out = CS_CLIENT_HISTORY_WAITS;
	else if (giving == CLIENT_GIVING_READY || taking == CLIENT_TAKING_DONE)
		*out = CS_CLIENT_HISTORY_DONE;
	return CS_OK;
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

enum cs_err
cs_client_account_leave(struct cs_client *c)
{
	enum cs_err err;

	if ((err = client_need_hub(c)))
		return err;
	/* The members shall know whose wish it was: what only the hub proposes
	 * looks like a decision of the operator.  While the account is
	 * disabled, the hub takes nothing else. */
	if (c->link.hub_code != CS_WIRE_E_DISABLED &&
	    (err = client_leave_all(c)))
		return err;
	return client_account_leave(c);
}
