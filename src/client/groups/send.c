/* SPDX-License-Identifier: MIT */
/*
 * Sending.  A message and its ciphertext are stored before it is submitted; the
 * same bytes are sent again until the hub has answered.  They are made anew
 * only when the hub says that the epoch is over, which means that it does not
 * have them.
 */
#include "client/groups/send.h"

#include <string.h>

#include "base/name.h"
#include "base/text.h"
#include "base/writer.h"
#include "client/groups/commit.h"
#include "client/groups/log.h"
#include "client/groups/make.h"
#include "client/groups/media.h"
#include "client/home/change.h"
#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/home/contact.h"
#include "client/home/credential.h"
#include "client/home/find.h"
#include "client/home/group.h"
#include "client/home/message.h"
#include "client/home/outbox.h"
#include "client/home/problem.h"
#include "client/home/roles.h"
#include "client/home/tlog.h"
#include "client/hub/call.h"
#include "client/hub/stamp.h"
#include "content/mimi_names.h"
#include "crypto/random.h"
#include "franking/sender.h"

/* Entries that the hub is asked to look through for a message that it may have;
 * it looks through 20,000 at most. */
#define AGAIN_MOST 10000

/* Bytes for the URIs of all whom a message can mention, and one more. */
#define MENTIONS_ROOM ((CS_MIMI_MENTIONS_MAX + 1) * CS_MIMI_URI_MAX)

/* ---- encrypting --------------------------------------------------------- */

/* FRANKING, "Sender": make tag, signature and authenticated data. */
static enum cs_err
frank(struct cs_client *c, struct client_group *g, struct client_sending *s,
    struct cs_buf *aad)
{
	struct cs_view application_data = s->record.body;
	struct cs_mimi_content content;
	struct cs_sender_frank f = { 0 };
	struct cs_safe_aad items = { 0 };
	enum cs_err err;

	if ((err = cs_mimi_parse(&content, application_data)) ||
	    (err = cs_franking_tag(f.tag, content.salt, application_data)))
		return err;
	f.epoch = s->epoch = cs_mls_group_epoch(g->mls);
	f.leaf = s->leaf = cs_mls_group_own_leaf(g->mls);
	f.sender_seq = s->sender_seq = ++g->sender_seq;
	g->sent++;
	f.claimed_ms = s->claimed_ms = cs_clock_ms();
	memcpy(f.group_ref, g->ref, sizeof f.group_ref);
	memcpy(f.account, c->self.account, sizeof f.account);
	memcpy(f.device, c->self.device, sizeof f.device);
	memcpy(s->tag, f.tag, sizeof s->tag);
	if ((err = cs_sender_sign(s->sig, &f, &c->self.device_key)))
		return err;
	memcpy(items.tag, f.tag, sizeof items.tag);
	items.sender_seq = f.sender_seq;
	items.claimed_ms = f.claimed_ms;
	memcpy(items.sig, s->sig, sizeof items.sig);
	err = client_tlog_tell(&items.told, c, g);
	items.has_told = err == CS_OK;
	return err && err != CS_ERR_NOT_FOUND ? err
					      : cs_safe_aad_write(aad, &items);
}

/* Encrypt, and store it; inside a transaction.  The key that was used is
 * deleted from the state before the bytes can leave. */
static enum cs_err
encrypt_in_transaction(
    struct cs_client *c, struct client_group *g, struct client_sending *s)
{
	struct cs_buf aad = { 0 };
	enum cs_err err;

	cs_buf_reset(&s->ciphertext);
	s->after = g->seq;
	if ((err = frank(c, g, s, &aad)) == CS_OK &&
	    (err = cs_mls_protect(&s->ciphertext, g->mls, cs_buf_view(&aad),
		 s->record.body)) == CS_OK &&
	    (err = client_outbox_seal(c, s)) == CS_OK)
		err = client_group_store(c, g);
	cs_buf_free(&aad);
	return err;
}

static enum cs_err
encrypt(struct cs_client *c, struct client_group *g, struct client_sending *s)
{
	enum cs_err err = cs_db_begin(c->db);

	return err ? err : cs_db_end(c->db, encrypt_in_transaction(c, g, s));
}

/* RFC 9420, section 12.4: content may not be sent while a proposal waits, so
 * that is committed first. */
static enum cs_err
encrypt_now(
    struct cs_client *c, struct client_group *g, struct client_sending *s)
{
	const struct cs_mls_commit_options opt = { 0 };
	enum cs_err err;

	for (unsigned i = 0; i < CLIENT_TRIES; i++) {
		if ((err = encrypt(c, g, s)) != CS_ERR_BUSY)
			return err;
		err = client_commit(c, g, &opt);
		if (err && err != CS_ERR_EPOCH)
			return err;
	}
	return CS_ERR_BUSY;
}

/* ---- submitting --------------------------------------------------------- */

/* Act on the hub's refusal.  CS_ERR_EPOCH: the group is up to date now, and the
 * message has to be encrypted again. */
static enum cs_err
refused(
    struct cs_client *c, struct client_group *g, const struct client_sending *s)
{
	enum cs_err err;

	if (c->link.hub_code == CS_WIRE_E_STALE_EPOCH) {
		err = client_log_read(c, g);
		return err ? err : CS_ERR_EPOCH;
	}
	/* It is as good later: it stays in the outbox. */
	if (c->link.hub_code == CS_WIRE_E_UNAVAILABLE ||
	    c->link.hub_code == CS_WIRE_E_LIMIT)
		return CS_ERR_DENIED;
	if ((err = cs_db_begin(c->db)) ||
	    (err = cs_db_end(c->db, client_outbox_fail(c, s))))
		return err;
	return CS_ERR_DENIED;
}

/* The message may stand in the log behind this entry: it was encrypted when
 * that was the last.  What this device has read since it would have found
 * there, so the hub need not look through very much. */
static void
write_after(uint8_t out[static 8], const struct client_group *g,
    const struct client_sending *s)
{
	uint64_t after = s->after;

	if (g->seq > AGAIN_MOST && after < g->seq - AGAIN_MOST)
		after = g->seq - AGAIN_MOST;
	cs_put_u64(out, after);
}

/* CS_ERR_EPOCH: the group is up to date now, and the message has to be
 * encrypted again.  ${again}: the hub may have it. */
static enum cs_err
submit(struct cs_client *c, struct client_group *g,
    const struct client_sending *s, bool again)
{
	struct cs_view ciphertext = cs_buf_view(&s->ciphertext);
	struct cs_wire_submit ask = {
		.group_id = client_group_id(g),
		.message = ciphertext,
	};
	struct cs_wire_submit_answer answer;
	struct client_stamped stamped = {
		.group = g,
		.message = ciphertext,
		.tag = s->tag,
		.epoch = s->epoch,
	};
	struct cs_stamp stamp;
	uint8_t after[8];
	enum cs_err err;

	if (again) {
		write_after(after, g, s);
		ask.again = CS_VIEW_OF(after);
	}
	err = client_call(c, CS_WIRE_SUBMIT, &cs_wire_submit_shape, &ask,
	    &cs_wire_submit_answer_shape, &answer);
	if (err)
		return err == CS_ERR_DENIED ? refused(c, g, s) : err;
	if ((err = client_stamp_check(&stamp, c, &stamped, &answer)))
		return client_problem(c, err,
		    "The hub took the message, but its stamp does not verify "
		    "(%s).",
		    cs_err_name(err));
	if ((err = cs_db_begin(c->db)))
		return err;
	if ((err = client_outbox_deliver(c, s, &stamp)) == CS_OK)
		err = client_tlog_due_add(c, &stamp);
	/* If it is lost, the same bytes go out again and get the same stamp. */
	return cs_db_end_as(c->db, err, CS_DB_SOON);
}

static enum cs_err
send_one(struct cs_client *c, struct client_group *g, uint64_t id)
{
	struct client_sending s;
	enum cs_err err = client_outbox_load(&s, c, id);
	bool again = s.ciphertext.len != 0;

	if (err == CS_OK && !again)
		err = encrypt_now(c, g, &s);
	if (err == CS_OK)
		err = submit(c, g, &s, again);
	for (unsigned i = 1; err == CS_ERR_EPOCH && i < CLIENT_TRIES; i++) {
		/* Reading the log may have found it there. */
		client_sending_clear(&s);
		if ((err = client_outbox_load(&s, c, id)) == CS_OK &&
		    (err = encrypt_now(c, g, &s)) == CS_OK)
			err = submit(c, g, &s, false);
	}
	client_sending_clear(&s);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

enum cs_err
client_flush(struct cs_client *c, struct client_group *g)
{
	uint64_t id = 0;
	enum cs_err err;

	/* It waits until this device has found its way back. */
	if (g->lost)
		return CS_OK;
	while ((err = client_outbox_next(&id, c, g, id)) == CS_OK)
		if ((err = send_one(c, g, id)))
			return err;
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

/* ---- for people --------------------------------------------------------- */

/* Write to ${handle}, with whom nothing was begun, if the user says so. */
static enum cs_err
begin_with(struct client_group *g, struct cs_client *c, const char *handle,
    const struct cs_client_outgoing *out)
{
	char near[CLIENT_NAME_SIZE];
	enum cs_err err;

	if (strcmp(handle, c->self.handle) == 0)
		return client_problem(
		    c, CS_ERR_MISUSE, "%s is your own name.", handle);
	if ((err = client_looks_near(near, c, handle, handle)))
		return err;
	if (out->begin != NULL && out->begin(out->arg, handle, near))
		return client_group_direct(c, g, handle);
	if (near[0] == '\0')
		return client_problem(c, CS_ERR_MEMBER,
		    "You have not written to %s before. Nothing was sent; "
		    "--new sends it.",
		    handle);
	return client_problem(c, CS_ERR_MEMBER,
	    "You have not written to %s before, and know \"%.255s\". Nothing "
	    "was sent; --new sends it to %s.",
	    handle, near, handle);
}

/* Find the person whom ${to} means if nobody that is accepted is called that.
 * ${why} is what client_find() said. */
static enum cs_err
find_new(struct client_group *g, struct cs_client *c,
    const struct cs_client_outgoing *out, enum cs_err why)
{
	char handle[CS_HANDLE_MAX + 1], problem[sizeof c->problem];
	const struct client_contact *contact;
	struct client_meant meant;
	enum cs_err err;

	memcpy(problem, c->problem, sizeof problem);
	err = client_find_person(handle, c, out->to);
	if (err == CS_ERR_FORMAT)
		return client_problem(c, why, "%s", problem);
	if (err)
		return err;
	/* A request that waits, or somebody who is blocked, is not new. */
	contact = client_contact_by_handle(c, handle);
	err = client_find_direct(&meant, c, handle);
	if (err == CS_OK ||
	    (contact != NULL && contact->state == CONTACT_BLOCKED))
		return client_problem(c, why, "%s", problem);
	return err == CS_ERR_NOT_FOUND ? begin_with(g, c, handle, out) : err;
}

/* The conversation of the message that is answered, if ${to} names it. */
static enum cs_err
find_answered(struct client_group *g, struct cs_client *c,
    const struct cs_client_outgoing *out)
{
	uint8_t mid[CS_CLIENT_MID_LEN];
	struct cs_buf group_id = { 0 };
	bool named = false, by = false;
	uint64_t id;
	enum cs_err err;

	if ((err = cs_client_message_find(c, out->reply_to, mid)) ||
	    (err = client_message_by_mid(&id, &group_id, c, mid)) ||
	    (err = client_group_load(g, c, cs_buf_view(&group_id))) ||
	    (err = cs_name_same(
		 &named, cs_view_str(out->to), cs_view_str(g->name))) ||
	    (err = cs_name_same(
		 &by, cs_view_str(out->to), cs_view_str(g->added_by))))
		goto out;
	if (g->state != CS_CLIENT_REQUEST || (!named && !by))
		err = CS_ERR_NOT_FOUND;
out:
	cs_buf_free(&group_id);
	return err;
}

/* Find what ${out->to} names (home/find.h).  What is sent lets nobody in, but
 * an answer to a request does. */
static enum cs_err
find_target(struct client_group *g, struct cs_client *c,
    const struct cs_client_outgoing *out)
{
	struct client_meant meant;
	enum cs_err err = client_find(&meant, c, out->to, CLIENT_FIND_ANY);

	if (err == CS_ERR_MEMBER && out->reply_to != NULL &&
	    find_answered(g, c, out) == CS_OK)
		return CS_OK;
	client_group_clear(g);
	if (err == CS_ERR_NOT_FOUND || err == CS_ERR_MEMBER)
		return find_new(g, c, out, err);
	if (err)
		return err;
	err = client_meant_load(g, c, &meant);
	if (!meant.person)
		return err;
	if (err && err != CS_ERR_NOT_FOUND)
		return err;
	return client_group_direct(c, g, meant.handle);
}

static enum cs_err
find_reply(struct cs_client *c, const struct client_group *g,
    const char *prefix, uint8_t mid[static CS_CLIENT_MID_LEN])
{
	struct cs_buf group_id = { 0 };
	uint64_t id;
	enum cs_err err;

	if ((err = cs_client_message_find(c, prefix, mid)) == CS_OK &&
	    (err = client_message_by_mid(&id, &group_id, c, mid)) == CS_OK &&
	    !cs_view_equal(cs_buf_view(&group_id), client_group_id(g)))
		err = client_problem(c, CS_ERR_MISMATCH,
		    "That message is from another conversation.");
	cs_buf_free(&group_id);
	return err;
}

/* Put ${name} at its place among the mentions; ${hold} has room for all. */
static enum cs_err
add_mention(struct cs_mimi_content *content, struct cs_buf *hold,
    const struct cs_client *c, const char *name)
{
	size_t from = hold->len, at = 0, n = content->n_mentions;
	struct cs_view uri;
	enum cs_err err;

	if (n == CS_MIMI_MENTIONS_MAX)
		return CS_OK;
	if ((err = cs_mimi_user_uri(hold, c->self.hub, cs_view_str(name))))
		return err;
	uri = cs_view(hold->data + from, hold->len - from);
	while (at < n && cs_view_compare(content->mentions[at], uri) < 0)
		at++;
	/* Each of somebody's devices has a leaf. */
	if (at < n && cs_view_equal(content->mentions[at], uri)) {
		hold->len = from;
		return CS_OK;
	}
	memmove(&content->mentions[at + 1], &content->mentions[at],
	    (n - at) * sizeof uri);
	content->mentions[at] = uri;
	content->n_mentions++;
	return CS_OK;
}

/* Whom the text mentions: members, in the order of their URIs. */
static enum cs_err
find_mentions(struct cs_mimi_content *content, struct cs_buf *hold,
    const struct cs_client *c, const struct client_group *g)
{
	char name[CS_HANDLE_MAX + 1];
	struct cs_mls_member m;
	enum cs_err err = CS_OK;

	if (g->lost ||
	    memchr(content->text.data, '@', content->text.len) == NULL)
		return CS_OK;
	for (uint32_t i = 0; err == CS_OK && i < cs_mls_group_leaves(g->mls);
	     i++) {
		if (!cs_mls_group_member(g->mls, i, &m))
			continue;
		client_handle_of(name, m.credential);
		if (cs_mimi_mentions(content->text, cs_view_str(name)))
			err = add_mention(content, hold, c, name);
	}
	return err;
}

/* The room, the sender and a new salt. */
static enum cs_err
fill_in(struct cs_mimi_content *content, struct cs_buf *hold,
    const struct cs_client *c, const struct client_group *g)
{
	size_t user;
	enum cs_err err;

	cs_random(content->salt, sizeof content->salt);
	if ((err = cs_mimi_user_uri(
		 hold, c->self.hub, cs_view_str(c->self.handle))))
		return err;
	user = hold->len;
	if ((err = cs_mimi_room_uri(hold, c->self.hub, g->ref)))
		return err;
	content->sender_uri = cs_view(hold->data, user);
	content->room_uri = cs_view(hold->data + user, hold->len - user);
	return CS_OK;
}

/* A message vanishes when its sender says so, or the conversation. */
static enum cs_err
set_expiry(struct cs_mimi_content *content, struct cs_client *c,
    const struct client_group *g, uint32_t seconds)
{
	enum cs_err err = CS_OK;

	if (seconds == 0 &&
	    (err = client_timer(&seconds, c, client_group_id(g))) == CS_OK &&
	    seconds != 0) {
		content->has_timer = true;
		content->timer_s = seconds;
	}
	content->expiry = seconds != 0 ? CS_MIMI_AFTER : CS_MIMI_NEVER;
	content->expires_s = seconds;
	return err;
}

/* What ${out} is as a body; strings live in ${hold}, and ${file} gets the id of
 * its spool if it has one. */
static enum cs_err
compose(struct cs_mimi_content *content, struct cs_buf *hold,
    uint8_t file[static CS_ID_LEN], struct cs_client *c,
    const struct client_group *g, const struct cs_client_outgoing *out)
{
	enum cs_err err;

	content->has_text = out->text.len != 0;
	content->text = out->text;
	if (out->reply_to != NULL) {
		content->is_reply = true;
		if ((err = find_reply(
			 c, g, out->reply_to, content->in_reply_to)))
			return err;
	}
	if ((err = set_expiry(content, c, g, out->expires_s)))
		return err;
	if (out->photo_path == NULL && out->file_path == NULL &&
	    out->voice_path == NULL)
		return CS_OK;
	content->n_external = 1;
	return client_media_prepare(c, &content->external[0], hold, file, out);
}

/* Encrypt the message in the row ${id} at once, in the transaction that stores
 * it: that saves one.  Where this is not its turn it stays as it was written,
 * and client_flush() does the rest. */
static enum cs_err
encrypt_at_once(struct cs_client *c, struct client_group *g, uint64_t id)
{
	struct client_sending s;
	uint64_t first;
	enum cs_err err;

	if (!c->link.online || g->lost || cs_mls_group_proposals(g->mls) != 0)
		return CS_OK;
	if ((err = client_outbox_next(&first, c, g, 0)) || first != id)
		return err;
	if ((err = client_outbox_load(&s, c, id)) == CS_OK)
		err = encrypt_in_transaction(c, g, &s);
	client_sending_clear(&s);
	return err;
}

/* ${file} is the id of the spool of what it has to upload first, or NULL. */
static enum cs_err
enqueue(struct cs_client *c, struct client_group *g, struct cs_view body,
    const uint8_t mid[static CS_CLIENT_MID_LEN], const uint8_t *file)
{
	struct client_record r = {
		.kind = CS_CLIENT_SENT,
		.bare = true,
		.time_ms = client_now_ms(c),
		.body = body,
	};
	uint64_t id;
	enum cs_err err;

	strcpy(r.from, c->self.handle);
	if ((err = cs_db_begin(c->db)))
		return err;
	if ((err = client_outbox_add(&id, c, g, &r, mid, file)) == CS_OK &&
	    file == NULL)
		err = encrypt_at_once(c, g, id);
	return cs_db_end(c->db, err);
}

static enum cs_err
check_outgoing(struct cs_client *c, const struct cs_client_outgoing *out)
{
	if (out->text.len > CS_MIMI_TEXT_MAX)
		return client_problem(c, CS_ERR_LIMIT,
		    "A text has at most %zu bytes; send longer ones with "
		    "--file.",
		    CS_MIMI_TEXT_MAX);
	if (!cs_utf8_valid(out->text))
		return client_problem(
		    c, CS_ERR_FORMAT, "The text is not UTF-8.");
	if (out->text.len == 0 && out->photo_path == NULL &&
	    out->file_path == NULL && out->voice_path == NULL)
		return client_problem(
		    c, CS_ERR_MISUSE, "There is nothing to send.");
	return CS_OK;
}

/* Store a message whose body is ${content}, and get its id. */
static enum cs_err
store(struct cs_client *c, struct client_group *g,
    struct cs_mimi_content *content, const uint8_t *file,
    char mid_hex[static 65])
{
	struct cs_buf hold = { 0 }, names = { 0 }, body = { 0 };
	uint8_t mid[CS_CLIENT_MID_LEN];
	enum cs_err err;

	/* What points into a buffer needs it to stay where it is. */
	if ((err = cs_buf_reserve(&names, MENTIONS_ROOM)) ||
	    (err = fill_in(content, &hold, c, g)) ||
	    (content->kind == CS_MIMI_SAID && content->has_text &&
		(err = find_mentions(content, &names, c, g))) ||
	    (err = cs_mimi_write(&body, content)) ||
	    (err = cs_mimi_id(mid, content, cs_buf_view(&body))) ||
	    (err = enqueue(c, g, cs_buf_view(&body), mid, file)))
		goto out;
	cs_hex(mid_hex, CS_VIEW_OF(mid));
out:
	cs_buf_free(&hold);
	cs_buf_free(&names);
	cs_buf_free(&body);
	return err;
}

/* Send what is stored, if there is a line. */
static enum cs_err
let_go(struct cs_client *c, struct client_group *g)
{
	/* What was read is on disk now, too. */
	enum cs_err err = client_acks_flush(c);

	if (err)
		return err;
	if (g->lost)
		return client_problem(c, CS_ERR_MISMATCH,
		    "This device lost track of %.255s. The message is kept, "
		    "and sent once it has entered the conversation anew. See: "
		    "countersign group repair.",
		    g->name);
	/* The message is on its way now, whatever happens. */
	return c->link.online ? client_flush(c, g) : CS_ERR_CLOSED;
}

enum cs_err
client_send_content(struct cs_client *c, struct client_group *g,
    struct cs_mimi_content *content, char mid_hex[static 65])
{
	enum cs_err err;

	if ((err = client_may(c, g, CS_ROOM_WRITE)) ||
	    (err = store(c, g, content, NULL, mid_hex)))
		return err;
	return let_go(c, g);
}

/* An answer is consent; anything else would be it by accident. */
static enum cs_err
consent(struct cs_client *c, struct client_group *g,
    const struct cs_client_outgoing *out)
{
	enum cs_err err;

	if (g->state != CS_CLIENT_REQUEST)
		return CS_OK;
	if (out->reply_to == NULL)
		return client_problem(c, CS_ERR_MEMBER,
		    "You have not accepted %s, who began that conversation. "
		    "Nothing was sent. \"countersign accept %s\" lets them in; "
		    "an answer to one of their messages (--reply) does, too.",
		    g->added_by, g->added_by);
	if ((err = cs_client_accept(c, g->added_by)) == CS_OK)
		g->state = CS_CLIENT_ACTIVE;
	return err;
}

enum cs_err
cs_client_send(struct cs_client *c, const struct cs_client_outgoing *out,
    char mid_hex[static 65])
{
	struct client_group g = { 0 };
	struct cs_mimi_content content = { 0 };
	struct cs_buf hold = { 0 };
	uint8_t file[CS_ID_LEN];
	enum cs_err err;

	mid_hex[0] = '\0';
	if ((err = client_tlog_may_send(c)) == CS_OK &&
	    (err = check_outgoing(c, out)) == CS_OK &&
	    (err = find_target(&g, c, out)) == CS_OK &&
	    (err = consent(c, &g, out)) == CS_OK &&
	    (err = client_may(c, &g, CS_ROOM_WRITE)) == CS_OK &&
	    (err = compose(&content, &hold, file, c, &g, out)) == CS_OK &&
	    (err = store(c, &g, &content, content.n_external ? file : NULL,
		 mid_hex)) == CS_OK)
		err = let_go(c, &g);
	cs_buf_free(&hold);
	client_group_clear(&g);
	cs_wipe(&content, sizeof content);
	return err;
}

enum cs_err
cs_client_group_rename(struct cs_client *c, const char *name, const char *to)
{
	struct cs_mimi_content content = {
		.kind = CS_MIMI_NAME,
		.has_text = true,
		.text = cs_view_str(to),
	};
	struct client_group g = { 0 };
	char mid_hex[65];
	enum cs_err err;

	if ((err = client_need_hub(c)) ||
	    (err = client_group_find(&g, c, name, CLIENT_FIND_GROUP)) ||
	    (err = client_may(c, &g, CS_ROOM_RENAME)) ||
	    (err = client_may(c, &g, CS_ROOM_WRITE)) ||
	    (err = client_group_check_name(c, to)) ||
	    (err = store(c, &g, &content, NULL, mid_hex)))
		goto out;
	/* The same once more where it stands in the log. */
	client_group_take_name(&g, content.text);
	g.noted = false;
	if ((err = client_group_store_meta(c, &g)) == CS_OK)
		err = client_flush(c, &g);
out:
	client_group_clear(&g);
	return err;
}
