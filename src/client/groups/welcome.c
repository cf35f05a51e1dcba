/* SPDX-License-Identifier: MIT */
/*
 * Joining groups by Welcome.  A Welcome is joined whole, in one transaction
 * that also deletes the key package it used, or it is refused and the user is
 * told.  One that fails only for the changed key of a known person stays at the
 * hub, so that it can be joined once the user has accepted the key.
 */
#include "client/groups/welcome.h"

#include <string.h>

#include "base/text.h"
#include "client/account/key_change.h"
#include "client/account/revocations.h"
#include "client/groups/asked.h"
#include "client/groups/key_package.h"
#include "client/groups/log.h"
#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/home/contact.h"
#include "client/home/credential.h"
#include "client/home/group.h"
#include "client/home/joining.h"
#include "client/home/leaf.h"
#include "client/home/members.h"
#include "client/home/message.h"
#include "client/home/operator.h"
#include "client/home/pending.h"
#include "client/home/room.h"
#include "client/hub/call.h"
#include "crypto/random.h"

/* Find the secrets of the first recipient of ${welcome} that is a key package
 * of this device. */
static enum cs_err
find_secrets(struct cs_buf *secrets, struct cs_mls_hash *ref, bool *last_resort,
    struct cs_client *c, struct cs_view welcome)
{
	enum cs_err err;

	for (size_t i = 0;; i++) {
		if ((err = cs_mls_welcome_recipient(ref, welcome, i)))
			return err;
		err = client_key_package_find(secrets, last_resort, c, ref);
		if (err != CS_ERR_NOT_FOUND)
			return err;
	}
}

static enum cs_err
take_room(struct cs_client *c, struct client_group *g, struct cs_view ext)
{
	struct cs_mimi_external picture;
	struct client_room_info info;
	enum cs_err err;

	if (client_room_info_parse(&info, ext) != CS_OK)
		info = (struct client_room_info){ .direct = false };
	if (client_picture_parse(&picture, info.picture) != CS_OK)
		info.picture = cs_view(NULL, 0);
	g->direct = false;
	client_group_take_name(g, info.name);
	/* A "direct" conversation with a third member is shown as a group. */
	if (info.direct && client_group_people(g) == 2)
		g->direct = client_group_other(g, c, g->name);
	/* What this device knew from an earlier membership is void. */
	if ((err = client_room_forget(c, client_group_id(g))) || g->direct)
		return err;
	err = client_room_put(
	    c, client_group_id(g), CLIENT_ROOM_LINK, g->seq, info.link);
	return err ? err
		   : client_room_put(c, client_group_id(g), CLIENT_ROOM_PICTURE,
			 g->seq, info.picture);
}

/* Another device of the user added this one.  The group's state is what that
 * device told; without its word, the user has just begun the conversation
 * there. */
static enum cs_err
take_own(struct cs_client *c, struct client_group *g)
{
	struct client_group told = { 0 };
	struct client_contact *peer;
	enum cs_err err;

	g->state = CS_CLIENT_ACTIVE;
	err = client_joining_find(&told, c, client_group_id(g));
	if (err == CS_OK) {
		g->state = told.state;
		strcpy(g->added_by, told.added_by);
		return CS_OK;
	}
	if (err != CS_ERR_NOT_FOUND)
		return err;
	peer = g->direct ? client_contact_by_handle(c, g->name) : NULL;
	if (peer == NULL || peer->state != CONTACT_KNOWN)
		return CS_OK;
	/* Whoever the user writes to may answer. */
	return client_contact_set_state(
	    c, peer, CONTACT_ACCEPTED, client_now_ms(c));
}

/* Is somebody in the group whom the user blocked? */
static bool
has_blocked(struct cs_client *c, const struct client_group *g)
{
	const struct client_contact *contact;
	char name[CS_HANDLE_MAX + 1];
	struct cs_mls_member m;

	for (uint32_t i = 0; i < cs_mls_group_leaves(g->mls); i++) {
		if (!cs_mls_group_member(g->mls, i, &m))
			continue;
		client_handle_of(name, m.credential);
		contact = client_contact_by_handle(c, name);
		if (contact != NULL && contact->state == CONTACT_BLOCKED)
			return true;
	}
	return false;
}

/* Fill in ${g} from what was joined. */
static enum cs_err
take_group(struct cs_client *c, struct client_group *g,
    const struct cs_wire_welcome *w, struct cs_view ext)
{
	struct cs_view id = cs_mls_group_id(g->mls);
	const struct client_contact *contact;
	struct cs_identity identity;
	struct cs_mls_member adder;
	bool asked;
	enum cs_err err;

	if (!cs_view_equal(id, w->group_id) || id.len > sizeof g->id)
		return CS_ERR_MISMATCH;
	memcpy(g->id, id.data, id.len);
	g->id_len = id.len;
	g->registered = true;
	g->seq = w->group_seq;
	g->chain_known = true;
	memcpy(g->chain, w->chain, sizeof g->chain);
	if ((err = cs_group_ref(g->ref, id)) ||
	    (err = client_room_check(c, g->mls)) ||
	    (err = client_learn_members(g->check, g->mls)))
		return err;
	if (!cs_mls_group_member(
		g->mls, cs_mls_group_welcomed_by(g->mls), &adder) ||
	    cs_identity_peek(&identity, adder.credential) != CS_OK)
		return CS_ERR_MEMBER;
	/* Who asked the hub to add, and who answers for it, are the same. */
	if (memcmp(identity.account.account, w->account, CS_ID_LEN) != 0)
		return CS_ERR_MISMATCH;
	client_handle_of(g->added_by, adder.credential);
	g->committed_ms = cs_clock_ms();
	if ((err = take_room(c, g, ext)))
		return err;
	if (memcmp(identity.account.account, c->self.account, CS_ID_LEN) == 0)
		return take_own(c, g);
	contact = client_contact_find(c, identity.account.account);
	if ((err = client_asked_use(&asked, c, g->ref)))
		return err;
	/* Whoever asked has consented, to this group and no other. */
	g->state = contact == NULL || contact->state == CONTACT_ACCEPTED ||
		(asked && contact->state == CONTACT_KNOWN)
	    ? CS_CLIENT_ACTIVE
	    : contact->state == CONTACT_BLOCKED ? CS_CLIENT_BLOCKED
						: CS_CLIENT_REQUEST;
	/* Whom the user shut out does not come back through a friend. */
	if (g->state == CS_CLIENT_ACTIVE && has_blocked(c, g))
		g->state = CS_CLIENT_REQUEST;
	return CS_OK;
}

/* Does it replace a conversation of the same id that is not over? */
static enum cs_err
check_new(struct cs_client *c, const struct client_group *g)
{
	struct client_group was;
	enum cs_err err = client_group_load(&was, c, client_group_id(g));

	if (err == CS_OK)
		err = client_group_check_replaced(&was, g);
	client_group_clear(&was);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

/* Join one group.  ${differs} gets whoever was refused because their key is not
 * the known one. */
static enum cs_err
join(struct client_contact *differs, struct cs_client *c,
    const struct cs_wire_welcome *w)
{
	struct cs_mls_identity id;
	struct cs_mls_options opt;
	struct cs_buf secrets = { 0 }, ext = { 0 };
	struct client_group g = { 0 };
	const struct cs_mls_join_options join = { .ext_type = CLIENT_EXT_ROOM,
		.ext = &ext };
	struct cs_mls_hash ref;
	bool last_resort = false;
	enum cs_err err;

	if ((g.check = client_leaf_check_new(c)) == NULL)
		return CS_ERR_NOMEM;
	opt = client_mls_options(g.check);
	if ((err = client_identity(&id, c)) ||
	    (err = find_secrets(&secrets, &ref, &last_resort, c, w->welcome)) ||
	    (err = cs_mls_welcome_join(&g.mls, w->welcome,
		 cs_buf_view(&secrets), &id, &opt, &join)) ||
	    (err = take_group(c, &g, w, cs_buf_view(&ext))) ||
	    (err = check_new(c, &g)) || (err = client_group_store(c, &g)) ||
	    /* A commit from an earlier membership is void. */
	    (err = client_pending_forget(c, &g)) ||
	    (err = client_joining_forget(c, w->group_id)) ||
	    (err = client_revocations_again(c)))
		goto out;
	/* From here on the secrets that opened it are gone. */
	if (!last_resort)
		err = client_key_package_forget(c, &ref);
	/* What another device of the user did is no news. */
	if (err == CS_OK && !g.direct && g.state != CS_CLIENT_BLOCKED &&
	    strcmp(g.added_by, c->self.handle) != 0)
		err = client_event(c, &g, client_now_ms(c),
		    "%s added you to this group.", g.added_by);
out:
	*differs = g.check->differs;
	cs_buf_free(&secrets);
	cs_buf_free(&ext);
	client_group_clear(&g);
	return err;
}

/* Was it joined before, and only the acknowledgement lost? */
static enum cs_err
joined_before(bool *out, struct cs_client *c, const struct cs_wire_welcome *w)
{
	struct client_group g = { 0 };
	enum cs_err err = client_group_load(&g, c, w->group_id);

	*out = err == CS_OK && !client_group_over(&g) && g.seq >= w->group_seq;
	client_group_clear(&g);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

/* Does it fail only because of a key that the user may still accept? */
static bool
may_be_accepted(struct cs_client *c, const struct client_contact *differs)
{
	return differs->handle[0] != '\0' &&
	    client_contact_by_handle(c, differs->handle) != NULL;
}

/* Tell the user that a Welcome does not verify; nothing else has happened.
 * ${*held}: it stays at the hub until the user accepts the key. */
static enum cs_err
refuse(struct cs_client *c, enum cs_err why,
    const struct client_contact *differs, bool *held)
{
	enum cs_err err;

	if ((err = client_contacts_load(c)))
		return err;
	if ((*held = may_be_accepted(c, differs)))
		return client_contact_warn(c, differs);
	if (why == CS_ERR_EXISTS)
		return client_warning(c, NULL,
		    "An invitation was refused: somebody who is not in a "
		    "conversation of yours wants to put another in its place. "
		    "If you were removed from one and are to come back, leave "
		    "it first.");
	if (why == CS_ERR_VERSION)
		return client_warning(c, NULL,
		    "An invitation to a conversation was refused: it was made "
		    "by a newer version of the program. Update the program, "
		    "and let yourself be invited again.");
	return client_event(c, NULL, client_now_ms(c),
	    "An invitation to a conversation was refused: it does not verify.");
}

/* This device was removed from the group and added again, and has yet to read
 * what was sent up to the removal: now, since the Welcome replaces the keys.
 * What cannot be read is told, and keeps nobody out. */
static enum cs_err
read_past(struct cs_client *c, const struct cs_wire_welcome *w)
{
	struct client_group was;
	enum cs_err err = client_group_load(&was, c, w->group_id);

	if (err == CS_OK && !client_group_over(&was) && !was.lost &&
	    was.seq < w->group_seq)
		err = client_log_read_to(c, &was, w->group_seq);
	client_group_clear(&was);
	return err == CS_ERR_NOT_FOUND || client_group_damaged(err) ? CS_OK
								    : err;
}

/* Join whole or refuse; inside a transaction. */
static enum cs_err
join_or_refuse(struct cs_client *c, const struct cs_wire_welcome *w, bool *held)
{
	struct client_contact differs = { 0 };
	enum cs_err err;

	if ((err = cs_db_savepoint(c->db)))
		return err;
	if ((err = join(&differs, c, w)) == CS_OK)
		return cs_db_release(c->db);
	if (cs_err_class(err) != CS_ERR_CLASS_THEIRS)
		return err;
	cs_db_rollback_to(c->db); /* and releases */
	return refuse(c, err, &differs, held);
}

/* Handle one Welcome; ${*taken} counts it unless it is held. */
static enum cs_err
take(struct cs_client *c, const struct cs_wire_welcome *w, unsigned *taken)
{
	const struct cs_wire_welcome_ack ack = { .id = w->id };
	bool before, held = false;
	enum cs_err err;

	if ((err = joined_before(&before, c, w)) ||
	    (!before && (err = read_past(c, w))) || (err = cs_db_begin(c->db)))
		return err;
	if (!before)
		err = join_or_refuse(c, w, &held);
	if ((err = cs_db_end(c->db, err)) || held)
		return err;
	++*taken;
	return client_call_empty(
	    c, CS_WIRE_WELCOME_ACK, &cs_wire_welcome_ack_shape, &ack);
}

enum cs_err
client_welcomes(struct cs_client *c, uint32_t waiting)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_welcomes_answer answer;
	struct cs_wire_welcome w;
	struct cs_buf raw = { 0 };
	struct cs_view rest;
	unsigned taken = 0, before;
	enum cs_err err = waiting != 0 ? client_asked_fetch(c) : CS_OK;

	/* Those that are held stay at the head of the hub's list. */
	while (err == CS_OK && taken < waiting) {
		before = taken;
		if ((err = client_call(c, CS_WIRE_WELCOMES,
			 &cs_wire_empty_shape, &empty,
			 &cs_wire_welcomes_answer_shape, &answer)))
			break;
		/* The calls below overwrite what the answer points into. */
		if ((err = cs_buf_set(&raw, answer.welcomes.raw)))
			break;
		rest = cs_buf_view(&raw);
		while (err == CS_OK &&
		    cs_wire_next(&w, &cs_wire_welcome_shape, &rest))
			err = take(c, &w, &taken);
		if (taken == before)
			break;
	}
	cs_buf_free(&raw);
	return err;
}
