/* SPDX-License-Identifier: MIT */
/*
 * Entering conversations of the account that this device is not in yet, or that
 * the operator took it out of.  It enters each by an external commit (RFC 9420,
 * section 12.4.3.2), which is stored with the state that it leads to before the
 * hub hears of it, so that what breaks off is continued with the same bytes.
 */
#include "client/groups/enter.h"

#include <string.h>

#include "client/account/revocations.h"
#include "client/groups/admission.h"
#include "client/groups/welcome.h"
#include "client/home/client.h"
#include "client/home/group.h"
#include "client/home/joining.h"
#include "client/home/leaf.h"
#include "client/home/message.h"
#include "client/home/pending.h"
#include "client/home/tlog.h"
#include "client/hub/call.h"
#include "client/hub/stamp.h"
#include "mls/group.h"

/* ---- making one --------------------------------------------------------- */

/* As whom, and by which rules. */
struct making {
	struct cs_mls_identity identity;
	struct cs_mls_options opt;
};

/* Fetch GroupInfo and tree.  CS_ERR_NOT_FOUND: the hub cannot help, or no
 * device of this account is in the group. */
static enum cs_err
fetch(struct cs_client *c, struct cs_view id, struct cs_buf *info,
    struct cs_buf *tree)
{
	const struct cs_wire_group_info_get ask = { .group_id = id };
	struct cs_wire_group_info answer;
	enum cs_err err;

	err = client_call(c, CS_WIRE_GROUP_INFO, &cs_wire_group_info_get_shape,
	    &ask, &cs_wire_group_info_shape, &answer);
	/* No device of this account is in it any more. */
	if (err == CS_ERR_DENIED && c->link.hub_code == CS_WIRE_E_NO_GROUP &&
	    (err = client_joining_forget(c, id)) == CS_OK)
		return CS_ERR_NOT_FOUND;
	/* Nobody has committed to it since the hub began to keep these. */
	if (err == CS_ERR_DENIED ||
	    (err == CS_OK && answer.group_info.len == 0))
		return CS_ERR_NOT_FOUND;
	if (err || (err = cs_buf_set(info, answer.group_info)))
		return err;
	return cs_buf_set(tree, answer.tree);
}

/* In the place of this device's old leaf, if there is one. */
static enum cs_err
commit_entry(struct cs_mls_group **mls, struct cs_buf *commit,
    struct cs_view info, struct cs_mls_external_options *ext,
    const struct making *m)
{
	enum cs_err err;

	ext->resync = true;
	err = cs_mls_external_commit(
	    mls, commit, info, &m->identity, &m->opt, ext);
	if (err != CS_ERR_MEMBER)
		return err;
	ext->resync = false;
	return cs_mls_external_commit(
	    mls, commit, info, &m->identity, &m->opt, ext);
}

static enum cs_err
make(struct cs_client *c, struct cs_view id, enum client_company company)
{
	struct client_leaf_check check = { .c = c };
	struct making m = { .opt = client_mls_options(&check) };
	struct cs_mls_external_options ext = { 0 };
	struct cs_mls_group *mls = NULL;
	struct cs_buf info = { 0 }, tree = { 0 }, commit = { 0 };
	enum cs_err err;

	if ((err = client_identity(&m.identity, c)) ||
	    (err = fetch(c, id, &info, &tree)))
		goto out;
	ext.ratchet_tree = cs_buf_view(&tree);
	if ((err = commit_entry(&mls, &commit, cs_buf_view(&info), &ext, &m)) ==
		CS_OK &&
	    (err = client_admission_check(c, mls, id, company)) == CS_OK)
		err = client_attempt_store(c, id, cs_buf_view(&commit), mls);
out:
	cs_mls_group_free(mls);
	cs_buf_free(&info);
	cs_buf_free(&tree);
	cs_buf_free(&commit);
	return err;
}

/* ---- entering ----------------------------------------------------------- */

/* Continue an earlier membership: its count of messages, and a line in the
 * inbox. */
static enum cs_err
go_on(struct cs_client *c, struct client_group *g)
{
	struct client_group was = { 0 };
	enum cs_err err = client_group_load_meta(&was, c, client_group_id(g));

	if (err == CS_OK) {
		g->sender_seq = was.sender_seq;
		err = was.state == CS_CLIENT_LEFT
		    ? client_event(c, g, g->last_ms, "You are back.")
		    : client_event(c, g, g->last_ms,
			  "This device entered the conversation anew. What "
			  "was sent meanwhile cannot be read on it.");
	}
	client_group_clear(&was);
	return err == CS_ERR_NOT_FOUND || client_group_damaged(err) ? CS_OK
								    : err;
}

/* The hub took the commit: from here on this device reads the log. */
static enum cs_err
enter(struct cs_client *c, struct cs_view id, struct client_attempt *a,
    const struct cs_wire_submit_answer *answer)
{
	struct cs_mls_options opt;
	struct client_group g = { 0 };
	struct cs_stamp stamp;
	uint8_t leafhash[CS_HASH_LEN];
	enum cs_err err;

	if ((err = client_joining_find(&g, c, id)))
		goto out;
	if ((g.check = client_leaf_check_new(c)) == NULL) {
		err = CS_ERR_NOMEM;
		goto out;
	}
	opt = client_mls_options(g.check);
	memcpy(g.id, id.data, id.len); /* at most CS_WIRE_GROUP_ID_MAX */
	g.id_len = id.len;
	if ((err = cs_group_ref(g.ref, id)) ||
	    (err = client_stamp_check(&stamp, c,
		 &(struct client_stamped){
		     .group = &g, .message = a->commit, .epoch = a->epoch },
		 answer)) ||
	    (err = cs_stamp_leafhash(leafhash, &stamp)) ||
	    (err = cs_mls_group_load(
		 &g.mls, &a->public, cs_buf_view(&a->secret), &opt)))
		goto out;
	g.registered = g.chain_known = g.elsewhere = true;
	g.seq = stamp.group_seq;
	memcpy(g.chain, stamp.chain_prev, sizeof g.chain);
	if ((err = cs_chain_next(g.chain, leafhash)))
		goto out;
	g.last_ms = stamp.accepted_ms;
	g.committed_ms = cs_clock_ms();
	if ((err = cs_db_begin(c->db)))
		goto out;
	if ((err = client_learn_members(g.check, g.mls)) == CS_OK &&
	    (err = client_revocations_again(c)) == CS_OK &&
	    (err = go_on(c, &g)) == CS_OK &&
	    (err = client_tlog_due_add(c, &stamp)) == CS_OK &&
	    (err = client_group_store(c, &g)) == CS_OK &&
	    (err = client_pending_forget(c, &g)) == CS_OK)
		err = client_joining_forget(c, id);
	err = cs_db_end(c->db, err);
	if (err == CS_OK) {
		struct cs_writer w = cs_writer(&c->entered);

		cs_write_vec(&w, id);
		err = cs_writer_end(&w);
	}
out:
	client_group_clear(&g);
	return err;
}

/* CS_ERR_EPOCH: somebody was quicker. */
static enum cs_err
submit(struct cs_client *c, struct cs_view id)
{
	struct cs_wire_submit m = { .group_id = id };
	struct cs_wire_submit_answer answer;
	struct client_attempt a;
	enum cs_err err = client_attempt_load(&a, c, id);

	if (err)
		goto out;
	m.message = a.commit;
	m.group_info = a.group_info;
	err = client_call(c, CS_WIRE_SUBMIT, &cs_wire_submit_shape, &m,
	    &cs_wire_submit_answer_shape, &answer);
	if (err == CS_OK) {
		err = enter(c, id, &a, &answer);
	} else if (err == CS_ERR_DENIED) {
		bool stale = c->link.hub_code == CS_WIRE_E_STALE_EPOCH;

		err = client_attempt_forget(c, id);
		if (err == CS_OK)
			err = stale ? CS_ERR_EPOCH : CS_ERR_DENIED;
	}
out:
	client_attempt_clear(&a);
	return err;
}

/* Was this device in the group, and did not leave it? */
static bool
was_member(struct cs_client *c, struct cs_view id)
{
	struct client_group was = { 0 };
	bool known = client_group_load_meta(&was, c, id) == CS_OK &&
	    was.state != CS_CLIENT_LEFT;

	client_group_clear(&was);
	return known;
}

/* Tell the user once that what the hub gave for the group does not verify. */
static enum cs_err
tell(struct cs_client *c, struct cs_view id, enum cs_err why)
{
	struct client_group g = { 0 };
	enum cs_err err;

	/* A refusal or a lost race is no lie. */
	if (why == CS_ERR_DENIED || why == CS_ERR_NOT_FOUND ||
	    why == CS_ERR_EPOCH)
		return CS_OK;
	/* Nor is it one if this device is in the group by now: another device
	 * was quicker, and the Welcome removes the row. */
	if ((err = client_welcomes(c, UINT32_MAX)) ||
	    (err = cs_db_exec(c->db,
		 "UPDATE joining SET told=? WHERE id=? AND told=0",
		 cs_int(true), cs_blob(id))) ||
	    cs_db_changes(c->db) == 0 || (err = client_joining_find(&g, c, id)))
		return err;
	if (why == CS_ERR_MEMBER && was_member(c, id))
		return client_warning(c, NULL,
		    "This device cannot tell whether it is still the same "
		    "people in \"%.255s\", so it does not enter again by "
		    "itself. "
		    "See: countersign group repair.",
		    g.name);
	return client_warning(c, NULL,
	    "What the hub gave for the conversation \"%.255s\" does not "
	    "verify (%s). This device enters it once another device "
	    "of yours has been online, or a member adds you.",
	    g.name, cs_err_name(why));
}

enum cs_err
client_group_enter(
    struct cs_client *c, struct cs_view id, enum client_company company)
{
	enum cs_err err = CS_ERR_EPOCH;

	for (unsigned i = 0; err == CS_ERR_EPOCH && i < CLIENT_TRIES; i++) {
		err = submit(c, id);
		if (err == CS_ERR_NOT_FOUND &&
		    (err = make(c, id, company)) == CS_OK)
			err = submit(c, id);
	}
	return err;
}

/* Has the user shut the conversation out since it was noted? */
static bool
is_unwanted(struct cs_client *c, struct cs_view id)
{
	struct client_group was = { 0 };
	bool unwanted = client_group_load_meta(&was, c, id) == CS_OK &&
	    (was.state == CS_CLIENT_BLOCKED || was.state == CS_CLIENT_LEAVING);

	client_group_clear(&was);
	return unwanted;
}

static enum cs_err
join_one(struct cs_client *c, struct cs_view id)
{
	enum cs_err err, postponed = CS_OK;

	if (is_unwanted(c, id))
		return client_joining_forget(c, id);
	err = client_group_enter(c, id, CLIENT_KNOWN_COMPANY);
	if (err == CS_OK || cs_err_class(err) != CS_ERR_CLASS_THEIRS)
		return err;
	/* What was refused will be refused again: now and then is enough. */
	if (err != CS_ERR_EPOCH && was_member(c, id))
		postponed = client_joining_postpone(
		    c, id, cs_clock_ms() + CLIENT_REPAIR_MS);
	/* A group that is refused or does not verify does not stop the others;
	 * another device of the account will add this one. */
	return postponed ? postponed : tell(c, id, err);
}

enum cs_err
client_groups_enter(struct cs_client *c)
{
	struct cs_buf ids = { 0 };
	struct cs_reader r;
	enum cs_err err = client_joining_list(&ids, c);

	r = cs_reader(cs_buf_view(&ids));
	while (err == CS_OK && cs_reader_more(&r))
		err = join_one(c, cs_read_vec(&r));
	cs_buf_free(&ids);
	return err;
}
