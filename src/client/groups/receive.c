/* SPDX-License-Identifier: MIT */
/*
 * Taking one entry of a log (FRANKING, "Recipient").
 *
 * First the stamp: rebuild() completes it from what this device sees,
 * check_signature() verifies it, and follow() puts it into the chain and moves
 * the cursor.  An entry whose stamp does not verify moves the cursor by one.
 * Then the content.  A message is shown only if its stamp is good, MLS opens it
 * and the desk's own check of its proof passes.  A handshake is checked by MLS
 * alone, so a bad stamp on it is reported but does not shut this device out.
 * An entry that this device sent is matched with its outbox or its pending
 * commit instead.
 * Whatever is wrong with an entry becomes a row that says so; only a failure of
 * this device (no memory, a full disk) is returned, and undoes the page.
 */
#include "client/groups/receive.h"

#include <string.h>

#include "client/account/key_change.h"
#include "client/groups/merge.h"
#include "client/groups/places.h"
#include "client/home/change.h"
#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/home/contact.h"
#include "client/home/group.h"
#include "client/home/leavers.h"
#include "client/home/message.h"
#include "client/home/outbox.h"
#include "client/home/receipt.h"
#include "client/home/roles.h"
#include "client/home/tlog.h"
#include "client/hub/stamp.h"
#include "crypto/hash.h"
#include "mls/group.h"

struct arrival {
	const struct cs_wire_entry *entry;
	struct cs_mls_message_info info;
	struct cs_stamp stamp;
	struct cs_buf stamp_cert;
	enum cs_err stamp_err; /* what is wrong with the stamp or its place in
				  the chain */
	bool replayed;         /* it bears a number that was used before */
	bool own;              /* the hub says that this device sent it */
};

static bool
is_ours(enum cs_err err)
{
	return err && cs_err_class(err) != CS_ERR_CLASS_THEIRS;
}

/* Store that an entry was refused: who sent it, when, and why.  Its content is
 * never shown. */
static enum cs_err
refuse(struct cs_client *c, const struct client_group *g,
    const struct arrival *a, enum cs_err why)
{
	static const uint8_t no_mid[CS_CLIENT_MID_LEN];
	const struct client_contact *contact =
	    client_contact_find(c, a->entry->account);
	struct client_record r = {
		.kind = CS_CLIENT_REFUSED,
		.time_ms = client_now_ms(c),
		.seq = a->entry->group_seq,
	};

	if (contact != NULL)
		strcpy(r.from, contact->handle);
	strncpy(r.reason, cs_err_name(why), sizeof r.reason - 1);
	if (why == CS_ERR_CREDENTIAL) {
		enum cs_err err = client_contact_warn(c, &g->check->differs);

		if (err)
			return err;
	}
	return client_message_insert(c, g, &r, no_mid, NULL);
}

/* ---- the stamp ---------------------------------------------------------- */

/* Complete the stamp on the wire by what this device sees itself. */
static enum cs_err
rebuild(struct cs_client *c, const struct client_group *g, struct arrival *a)
{
	const struct cs_wire_entry *e = a->entry;
	struct cs_stamp *s = &a->stamp;
	bool handshake = a->info.content != CS_MLS_CONTENT_APPLICATION;
	enum cs_err err;

	if ((err = cs_stamp_parse(s, e->stamp)))
		return CS_ERR_STAMP;
	memcpy(s->group_ref, g->ref, sizeof s->group_ref);
	memcpy(s->account, e->account, sizeof s->account);
	memcpy(s->device, e->device, sizeof s->device);
	s->epoch = a->info.epoch;
	if (s->group_seq != e->group_seq || s->epoch != e->epoch ||
	    !!(s->flags & CS_STAMP_HANDSHAKE) != handshake)
		return CS_ERR_STAMP;
	if ((err = cs_operator_id(s->operator_id, c->self.root)) ||
	    (err = cs_sha256(s->msg_hash, e->message)))
		return err;
	return handshake ? CS_OK
			 : cs_safe_aad_tag(s->tag, a->info.authenticated_data);
}

static enum cs_err
check_signature(struct cs_client *c, struct arrival *a)
{
	struct cs_stamp_key_cert key;
	enum cs_err err = client_stamp_cert(&a->stamp_cert, c, a->stamp.key_id);

	if (err == CS_ERR_NOT_FOUND)
		return CS_ERR_STAMP;
	if (err ||
	    (err = cs_stamp_key_cert_parse(
		 &key, cs_buf_view(&a->stamp_cert), CS_VIEW_OF(c->self.root))))
		return err;
	return cs_stamp_verify(&a->stamp, &key, c->self.root);
}

/* Take over the time of a stamp, which may say that the one before was wrong.
 */
static enum cs_err
follow_time(
    struct cs_client *c, struct client_group *g, const struct cs_stamp *s)
{
	char days[32];
	bool back = s->accepted_ms < g->last_ms;

	if (back)
		client_duration(days, g->last_ms - s->accepted_ms);
	g->last_ms = s->accepted_ms;
	client_time_seen(c, s->accepted_ms, back);
	if (!back)
		return CS_OK;
	return client_event(c, g, g->last_ms,
	    "The hub's clock was %s ahead, and has been put right: the times "
	    "of messages above may be wrong.",
	    days);
}

/* The stamp verifies: does it follow the one before it? */
static enum cs_err
follow(struct cs_client *c, struct client_group *g, struct arrival *a)
{
	const struct cs_stamp *s = &a->stamp;
	uint8_t leafhash[CS_HASH_LEN];
	enum cs_err err;

	if (s->group_seq <= g->seq) {
		a->replayed = true;
		return CS_ERR_REPLAY;
	}
	if (s->group_seq > g->seq + 1) {
		if ((err = client_event(c, g, client_now_ms(c),
			 "%llu entries of this conversation are missing: the "
			 "hub skipped their numbers.",
			 (unsigned long long)(s->group_seq - g->seq - 1))))
			return err;
		g->chain_known = false;
	}
	if ((err = cs_stamp_leafhash(leafhash, s)) ||
	    (err = cs_db_exec(c->db,
		 "INSERT INTO entry(grp,seq,leafhash) VALUES(?,?,?)"
		 " ON CONFLICT(grp,seq) DO UPDATE SET"
		 " leafhash=excluded.leafhash",
		 cs_blob(client_group_id(g)), cs_int(s->group_seq),
		 cs_blob(CS_VIEW_OF(leafhash)))) ||
	    (err = client_tlog_due_add(c, s)))
		return err;
	if (g->chain_known && memcmp(g->chain, s->chain_prev, CS_HASH_LEN) != 0)
		a->stamp_err = CS_ERR_CHAIN;
	/* FRANKING, rule 7: the time never goes backwards in a group. */
	else if (s->accepted_ms < g->last_ms &&
	    !(s->flags & CS_STAMP_CLOCK_SET))
		a->stamp_err = CS_ERR_STAMP;
	else if ((err = follow_time(c, g, s)))
		return err;
	g->seq = s->group_seq;
	g->chain_known = true;
	memcpy(g->chain, s->chain_prev, CS_HASH_LEN);
	return cs_chain_next(g->chain, leafhash);
}

/* Set ${a->stamp_err}; fails only for reasons of this device. */
static enum cs_err
check_stamp(struct cs_client *c, struct client_group *g, struct arrival *a)
{
	enum cs_err err;

	if ((err = rebuild(c, g, a)) == CS_OK &&
	    (err = check_signature(c, a)) == CS_OK)
		err = follow(c, g, a);
	if (is_ours(err))
		return err;
	if (err == CS_OK || a->replayed) {
		a->stamp_err = err ? err : a->stamp_err;
		return CS_OK;
	}
	a->stamp_err = err;
	/* Nothing vouches for the entry's number: move on by one, so that later
	 * entries can be read. */
	if (a->entry->group_seq > g->seq)
		g->seq++;
	g->chain_known = false;
	return CS_OK;
}

/* ---- falling behind -------------------------------------------------------
 */

/* Whose the hub says that an entry is: that is not proved. */
static const char *
said_to_be(struct cs_client *c, const uint8_t account[static CS_ID_LEN])
{
	const struct client_contact *contact = client_contact_find(c, account);

	if (memcmp(account, c->self.account, CS_ID_LEN) == 0)
		return c->self.handle;
	if (cs_view_is_zero(cs_view(account, CS_ID_LEN)))
		return "the hub itself";
	return contact != NULL ? contact->handle : "somebody unknown";
}

/* The log goes on with a change that this device could not take: whatever comes
 * after it is closed to it, until it enters the group anew. */
static enum cs_err
lose(struct cs_client *c, struct client_group *g, const struct arrival *a,
    enum cs_err why)
{
	enum cs_err err;

	if (g->lost)
		return CS_OK;
	/* Nobody comes back to see that they are gone. */
	if (g->state == CS_CLIENT_LEAVING) {
		g->state = CS_CLIENT_LEFT;
		return client_outbox_drop(c, g);
	}
	g->lost = true;
	if ((err = refuse(c, g, a, why)))
		return err;
	if (why == CS_ERR_VERSION)
		return client_warning(c, g,
		    "A change of this conversation was made by a newer version "
		    "of the program, and this one does not understand it. "
		    "Nothing was taken over from it. Update the program: this "
		    "device then enters the conversation anew.");
	return client_warning(c, g,
	    "A change of this conversation could not be followed (%s); the hub "
	    "says that it came from %s. Nothing was taken over from it; this "
	    "device has to enter the conversation anew.",
	    cs_err_name(why), said_to_be(c, a->entry->account));
}

/* A commit that the others have, and this device does not. */
static bool
is_gap(const struct client_group *g, const struct arrival *a, enum cs_err err)
{
	return err == CS_ERR_EPOCH &&
	    a->info.epoch > cs_mls_group_epoch(g->mls);
}

/* ---- messages ----------------------------------------------------------- */

static enum cs_err
store_message(struct cs_client *c, struct client_group *g,
    const struct cs_capsule *capsule, const struct cs_proof *proof)
{
	bool ours = memcmp(proof->sender.account.account, c->self.account,
			CS_ID_LEN) == 0;
	struct client_record r = {
		/* What another device of the user wrote, the user wrote. */
		.kind = ours ? CS_CLIENT_SENT : CS_CLIENT_RECEIVED,
		.late = proof->clocks_differ,
		.time_ms = capsule->stamp.accepted_ms,
		.seq = capsule->stamp.group_seq,
	};
	struct client_said said = {
		.content = &proof->content,
		.account = proof->sender.account.account,
		.seq = r.seq,
		.time_ms = r.time_ms,
	};
	const struct client_contact *contact =
	    client_contact_find(c, proof->sender.account.account);
	struct cs_buf body = { 0 };
	enum cs_err err;

	/* What the group gets is the group's, whoever gave it. */
	if (contact != NULL && contact->state == CONTACT_BLOCKED &&
	    !cs_mimi_is_for_room(&proof->content))
		return CS_OK;
	/* An answer is consent, from whichever device it came. */
	if (ours && g->state == CS_CLIENT_REQUEST)
		g->state = CS_CLIENT_ACTIVE;
	memcpy(r.from, proof->sender.account.handle.data,
	    proof->sender.account.handle.len);
	if ((err = cs_capsule_write(&body, capsule)) == CS_OK) {
		r.body = cs_buf_view(&body);
		if ((err = client_message_insert(
			 c, g, &r, proof->mid, &said.id)) == CS_OK)
			err = client_change_take(c, &said);
		if (err == CS_OK && !ours)
			err = client_receipt_delivered(c, said.id);
	}
	cs_buf_free(&body);
	return err;
}

/* What a message does, beside that it is written. */
static enum cs_room_act
act_of(const struct cs_mimi_content *content)
{
	switch (content->kind) {
	case CS_MIMI_TIMER:
		return CS_ROOM_SET_TIMER;
	case CS_MIMI_NAME:
	case CS_MIMI_PICTURE:
		return CS_ROOM_RENAME;
	case CS_MIMI_LINK:
		return CS_ROOM_ADD;
	default:
		return CS_ROOM_WRITE;
	}
}

/* May its sender write here, and do what it does?  The hub asks about the first
 * before it takes it. */
static enum cs_err
check_writer(const struct client_group *g, const struct cs_proof *proof)
{
	const uint8_t *account = proof->sender.account.account;
	struct cs_room_policy policy;
	enum cs_err err = client_policy_of(&policy, g);

	if (err)
		return err;
	/* Two people have nothing of that kind. */
	if (g->direct && cs_mimi_is_for_room(&proof->content))
		return CS_ERR_MISMATCH;
	return cs_room_may(&policy, account, CS_ROOM_WRITE) &&
		cs_room_may(&policy, account, act_of(&proof->content))
	    ? CS_OK
	    : CS_ERR_DENIED;
}

/* Take over the name that a message gives to the group. */
static void
take_name(struct client_group *g, const struct cs_mimi_content *content)
{
	if (content->kind != CS_MIMI_NAME || g->direct)
		return;
	client_group_take_name(g, content->text);
	g->noted = false;
}

/* Check what MLS opened, as the desk would check it. */
static enum cs_err
prove(struct cs_client *c, struct client_group *g, const struct arrival *a,
    const struct cs_mls_received *received)
{
	struct cs_capsule capsule = {
		.application_data = cs_buf_view(&received->data),
		.leaf = received->sender_leaf,
		.stamp = a->stamp,
	};
	struct cs_safe_aad aad;
	struct cs_proof proof;
	enum cs_err err;

	if ((err = cs_safe_aad_parse(
		 &aad, cs_buf_view(&received->authenticated_data))))
		return err;
	capsule.sender_seq = aad.sender_seq;
	capsule.claimed_ms = aad.claimed_ms;
	memcpy(capsule.sig, aad.sig, sizeof capsule.sig);
	capsule.credential = cs_buf_view(&received->credential);
	if ((err = cs_proof_check(&proof, &capsule, cs_buf_view(&a->stamp_cert),
		 c->self.root)) ||
	    (err = check_writer(g, &proof)))
		return err;
	if (aad.has_told && (err = client_tlog_heard(c, &aad.told)))
		return err;
	take_name(g, &proof.content);
	return store_message(c, g, &capsule, &proof);
}

/* Of two who rename a group at once, the later in the log counts. */
static enum cs_err
own_name(struct cs_client *c, struct client_group *g, const struct arrival *a)
{
	struct client_record r = { 0 };
	struct cs_mimi_content content;
	struct cs_buf plain = { 0 };
	uint64_t id;
	enum cs_err err;

	if ((err = cs_db_get_int(&id, c->db,
		 "SELECT id FROM message WHERE msg_hash=? AND grp=?",
		 cs_blob(CS_VIEW_OF(a->stamp.msg_hash)),
		 cs_blob(client_group_id(g)))) ||
	    (err = client_message_load(&r, &plain, c, id)))
		goto out;
	err = client_message_content(&content, &r);
	if (err == CS_OK)
		take_name(g, &content);
	if (err && !is_ours(err))
		err = CS_OK;
out:
	cs_buf_free(&plain);
	return err;
}

/* This device's own message stands in the log: the hub has it. */
static enum cs_err
own_message(
    struct cs_client *c, struct client_group *g, const struct arrival *a)
{
	enum cs_err err = client_outbox_seen(c, g, &a->stamp);

	if (err == CS_ERR_NOT_FOUND)
		return client_place_is_copy(c, g, a->entry->group_seq);
	return err ? err : own_name(c, g, a);
}

static enum cs_err
application(struct cs_client *c, struct client_group *g, struct arrival *a)
{
	struct cs_mls_received received = { 0 };
	enum cs_err err;

	if (a->stamp_err)
		return refuse(c, g, a, a->stamp_err);
	if (a->own)
		return own_message(c, g, a);
	/* A member who has left reads nothing while the others catch up. */
	if (g->state == CS_CLIENT_LEAVING)
		return CS_OK;
	err = cs_mls_process(&received, g->mls, a->entry->message);
	if (err == CS_OK)
		err = received.event == CS_MLS_EVENT_APPLICATION
		    ? prove(c, g, a, &received)
		    : CS_ERR_MISMATCH;
	cs_mls_received_clear(&received);
	if (is_gap(g, a, err))
		err = lose(c, g, a, err);
	else if (err && !is_ours(err))
		err = refuse(c, g, a, err);
	return err;
}

/* ---- handshakes --------------------------------------------------------- */

/* It was stored when it was made.  If this device did not make it, it is taken
 * as what it is. */
static enum cs_err
own_proposal(
    struct cs_client *c, struct client_group *g, const struct arrival *a)
{
	struct cs_mls_received received = { 0 };
	enum cs_err err;

	err = cs_mls_process(&received, g->mls, a->entry->message);
	cs_mls_received_clear(&received);
	if (err == CS_ERR_REPLAY)
		return CS_OK;
	return err && !is_ours(err) ? refuse(c, g, a, err) : err;
}

static enum cs_err
own_handshake(
    struct cs_client *c, struct client_group *g, const struct arrival *a)
{
	enum cs_err err;

	if (a->info.epoch < cs_mls_group_epoch(g->mls))
		return CS_OK; /* it was merged when the hub took it */
	if (a->info.content == CS_MLS_CONTENT_PROPOSAL)
		return own_proposal(c, g, a);
	err = client_commit_seen(c, g, a->stamp.msg_hash);
	return err == CS_ERR_NOT_FOUND
	    ? client_place_is_copy(c, g, a->entry->group_seq)
	    : err;
}

static enum cs_err
other_handshake(
    struct cs_client *c, struct client_group *g, const struct arrival *a)
{
	struct cs_mls_received received = { 0 };
	enum cs_err err;

	err = cs_mls_process(&received, g->mls, a->entry->message);
	if (err == CS_OK && received.event == CS_MLS_EVENT_COMMIT) {
		struct cs_mls_staged *staged = received.staged;

		received.staged = NULL; /* the merge takes it */
		err = client_commit_merge(c, g, staged);
	} else if (err == CS_OK && received.event == CS_MLS_EVENT_PROPOSAL) {
		client_leave_seen(c, g);
	}
	cs_mls_received_clear(&received);
	if (!err || is_ours(err))
		return err;
	/* One for an epoch that is over changes nothing any more. */
	return a->info.content == CS_MLS_CONTENT_COMMIT &&
		a->info.epoch >= cs_mls_group_epoch(g->mls)
	    ? lose(c, g, a, err)
	    : refuse(c, g, a, err);
}

/*
 * A commit is signed by a member and confirmed by the key schedule, so a
 * missing stamp is reported and does not shut this device out of the group.
 */
static enum cs_err
handshake(struct cs_client *c, struct client_group *g, const struct arrival *a)
{
	enum cs_err err;

	if (a->replayed)
		return refuse(c, g, a, a->stamp_err);
	if (a->stamp_err &&
	    (err = client_event(c, g, client_now_ms(c),
		 "The operator's stamp on a change of this group does not "
		 "verify (%s). The change itself is checked separately.",
		 cs_err_name(a->stamp_err))))
		return err;
	return a->own ? own_handshake(c, g, a) : other_handshake(c, g, a);
}

static bool
sent_here(const struct cs_client *c, const struct cs_wire_entry *entry)
{
	return memcmp(entry->device, c->self.device, CS_ID_LEN) == 0 &&
	    memcmp(entry->account, c->self.account, CS_ID_LEN) == 0;
}

bool
client_receive_is_own(
    const struct cs_client *c, const struct cs_wire_entry *entry)
{
	struct cs_mls_message_info info;

	return sent_here(c, entry) &&
	    cs_mls_message_peek(&info, entry->message) == CS_OK &&
	    info.content == CS_MLS_CONTENT_APPLICATION;
}

enum cs_err
client_receive(struct cs_client *c, struct client_group *g,
    const struct cs_wire_entry *entry)
{
	struct arrival a = { .entry = entry };
	enum cs_err err;

	memset(&g->check->differs, 0, sizeof g->check->differs);
	g->check->at_ms = 0;
	if (g->state == CS_CLIENT_LEFT) {
		if (entry->group_seq > g->seq)
			g->seq = entry->group_seq;
		return CS_OK;
	}
	a.own = sent_here(c, entry);
	err = cs_mls_message_peek(&a.info, entry->message);
	if (err == CS_OK &&
	    (a.info.wire > CS_MLS_WIRE_PRIVATE ||
		!cs_view_equal(a.info.group_id, client_group_id(g))))
		err = CS_ERR_MISMATCH;
	if (err) {
		if (is_ours(err))
			return err;
		if (entry->group_seq > g->seq)
			g->seq++;
		g->chain_known = false;
		return refuse(c, g, &a, err);
	}
	if ((err = check_stamp(c, g, &a)) == CS_OK) {
		if (a.stamp_err == CS_OK)
			g->check->at_ms = a.stamp.accepted_ms;
		err = a.info.content == CS_MLS_CONTENT_APPLICATION
		    ? application(c, g, &a)
		    : handshake(c, g, &a);
		g->check->at_ms = 0;
	}
	cs_buf_free(&a.stamp_cert);
	return err;
}
