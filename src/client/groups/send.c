/* SPDX-License-Identifier: MIT */
/*
 * Sending.  A message is stored before it is encrypted, and its ciphertext
 * before it is submitted; the same bytes go out again until the hub has
 * answered.  Only when the hub says that the epoch is over, and so that it does
 * not have them, are they made anew.
 */
#include "client/groups/send.h"

#include <string.h>

#include "base/text.h"
#include "client/groups/commit.h"
#include "client/groups/log.h"
#include "client/groups/make.h"
#include "client/groups/media.h"
#include "client/home/client.h"
#include "client/home/group.h"
#include "client/home/message.h"
#include "client/home/outbox.h"
#include "client/home/problem.h"
#include "client/hub/call.h"
#include "client/hub/stamp.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "franking/sender.h"

/* ---- encrypting --------------------------------------------------------- */

/* FRANKING, "Sender": tag, signature, authenticated data. */
static enum cs_err
frank(struct cs_client *c, struct client_group *g, struct client_sealed *m,
    struct cs_view application_data, struct cs_buf *aad)
{
	struct cs_mimi_content content;
	struct cs_sender_frank f = { 0 };
	struct cs_safe_aad items;
	enum cs_err err;

	if ((err = cs_mimi_parse(&content, application_data)) ||
	    (err = cs_franking_tag(f.tag, content.salt, application_data)))
		return err;
	f.epoch = m->epoch = cs_mls_group_epoch(g->mls);
	f.leaf = m->leaf = cs_mls_group_own_leaf(g->mls);
	f.sender_seq = m->sender_seq = ++g->sender_seq;
	g->sent++;
	f.claimed_ms = m->claimed_ms = cs_clock_ms();
	memcpy(f.group_ref, g->ref, sizeof f.group_ref);
	memcpy(f.account, c->self.account, sizeof f.account);
	memcpy(f.device, c->self.device, sizeof f.device);
	memcpy(m->tag, f.tag, sizeof m->tag);
	if ((err = cs_sender_sign(m->sig, &f, &c->self.device_key)))
		return err;
	memcpy(items.tag, f.tag, sizeof items.tag);
	items.sender_seq = f.sender_seq;
	items.claimed_ms = f.claimed_ms;
	memcpy(items.sig, m->sig, sizeof items.sig);
	return cs_safe_aad_write(aad, &items);
}

static enum cs_err
store_encrypted(struct cs_client *c, struct client_group *g, uint64_t id,
    const struct client_sealed *m)
{
	uint8_t hash[32];
	enum cs_err err;

	if ((err = cs_sha256(hash, m->ciphertext)) ||
	    (err = cs_db_begin(c->db)))
		return err;
	/* The key that was used is gone from the state before the bytes can
	 * leave. */
	if ((err = client_outbox_set(c, id, m)) == CS_OK &&
	    (err = cs_db_exec(c->db, "UPDATE message SET msg_hash=? WHERE id=?",
		 cs_blob(CS_VIEW_OF(hash)), cs_int(id))) == CS_OK &&
	    (err = client_group_store(c, g)) == CS_OK)
		err = cs_db_commit(c->db);
	if (err)
		cs_db_rollback(c->db);
	return err;
}

static enum cs_err
encrypt(struct cs_client *c, struct client_group *g, uint64_t id)
{
	struct client_sealed m = { 0 };
	struct cs_buf aad = { 0 }, plain = { 0 }, ciphertext = { 0 };
	struct client_record r;
	enum cs_err err;

	if ((err = client_message_load(&r, &plain, c, id)) ||
	    (err = frank(c, g, &m, r.body, &aad)) ||
	    (err = cs_mls_protect(
		 &ciphertext, g->mls, cs_buf_view(&aad), r.body)))
		goto out;
	m.ciphertext = cs_buf_view(&ciphertext);
	err = store_encrypted(c, g, id, &m);
out:
	cs_buf_free(&aad);
	cs_buf_free(&plain);
	cs_buf_free(&ciphertext);
	return err;
}

/* ---- the hub has it ----------------------------------------------------- */

static enum cs_err
fail(struct cs_client *c, uint64_t id)
{
	struct cs_buf plain = { 0 };
	struct client_record r;
	enum cs_err err;

	if ((err = cs_db_begin(c->db)))
		return err;
	if ((err = client_message_load(&r, &plain, c, id)) == CS_OK) {
		r.failed = true;
		err = client_message_update(c, id, &r);
	}
	if (err == CS_OK)
		err = cs_db_exec(c->db,
		    "UPDATE message SET waiting=0 WHERE id=?", cs_int(id));
	if (err == CS_OK)
		err = cs_db_exec(
		    c->db, "DELETE FROM outbox WHERE message=?", cs_int(id));
	if (err == CS_OK)
		err = cs_db_commit(c->db);
	if (err)
		cs_db_rollback(c->db);
	cs_buf_free(&plain);
	return err;
}

/* CS_ERR_EPOCH: the group is up to date now, encrypt again. */
static enum cs_err
submit(struct cs_client *c, struct client_group *g, uint64_t id,
    const struct client_sealed *m)
{
	struct cs_wire_submit ask = {
		.group_id = client_group_id(g),
		.message = m->ciphertext,
	};
	struct cs_wire_submit_answer answer;
	struct cs_stamp stamp;
	enum cs_err err;

	err = client_call(c, CS_WIRE_SUBMIT, &cs_wire_submit_shape, &ask,
	    &cs_wire_submit_answer_shape, &answer);
	if (err == CS_ERR_DENIED) {
		if (c->link.hub_code == CS_WIRE_E_STALE_EPOCH) {
			err = client_sync_group(c, g);
			return err ? err : CS_ERR_EPOCH;
		}
		if (c->link.hub_code == CS_WIRE_E_UNAVAILABLE)
			return err; /* it waits */
		err = fail(c, id);
		return err ? err : CS_ERR_DENIED;
	}
	if (err)
		return err;
	if ((err = client_stamp_check(
		 &stamp, c, g, m->epoch, m->tag, m->ciphertext, &answer)))
		return client_problem(c, err,
		    "The hub took the message, but its stamp does not verify "
		    "(%s).",
		    cs_err_name(err));
	if ((err = cs_db_begin(c->db)))
		return err;
	if ((err = client_outbox_deliver(c, id, m, &stamp)) == CS_OK)
		err = cs_db_commit(c->db);
	if (err)
		cs_db_rollback(c->db);
	return err;
}

/* A proposal is waiting: no content before it is committed (RFC 9420,
 * 12.4). */
static enum cs_err
encrypt_now(struct cs_client *c, struct client_group *g, uint64_t id)
{
	const struct cs_mls_commit_options opt = { 0 };
	enum cs_err err;

	for (unsigned i = 0; i < CLIENT_TRIES; i++) {
		if ((err = encrypt(c, g, id)) != CS_ERR_BUSY)
			return err;
		err = client_commit(c, g, &opt);
		if (err && err != CS_ERR_EPOCH)
			return err;
	}
	return CS_ERR_BUSY;
}

static enum cs_err
send_one(struct cs_client *c, struct client_group *g, uint64_t id)
{
	struct client_sealed m = { 0 };
	enum cs_err err = CS_ERR_EPOCH;

	for (unsigned i = 0; err == CS_ERR_EPOCH && i < CLIENT_TRIES; i++) {
		cs_buf_free(&m.plain);
		if ((err = client_outbox_get(&m, c, id)))
			break;
		if (i != 0 || m.ciphertext.len == 0) {
			if ((err = encrypt_now(c, g, id)))
				break;
			cs_buf_free(&m.plain);
			if ((err = client_outbox_get(&m, c, id)))
				break;
		}
		err = submit(c, g, id, &m);
	}
	cs_buf_free(&m.plain);
	/* The sync in between has found it in the log. */
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

enum cs_err
client_flush(struct cs_client *c, struct client_group *g)
{
	struct cs_rows rows;
	uint64_t id, last = 0;
	bool more;
	enum cs_err err;

	do {
		more = false;
		err = cs_db_query(&rows, c->db,
		    "SELECT message FROM outbox WHERE grp=? AND message>?"
		    " ORDER BY message LIMIT 1",
		    cs_blob(client_group_id(g)), cs_int(last));
		if (err == CS_OK && cs_rows_next(&rows)) {
			more = true;
			last = id = cs_col_int(&rows, 0);
		}
		if ((err = cs_rows_end(&rows, err)) || !more)
			return err;
		err = send_one(c, g, id);
	} while (err == CS_OK);
	return err;
}

/* ---- for people --------------------------------------------------------- */

/* "bob", "bob@hub" or a group's name. */
static enum cs_err
find_target(struct client_group *g, struct cs_client *c, const char *to)
{
	char handle[CS_HANDLE_MAX + 1];
	const char *at = strrchr(to, '@');
	size_t len = at != NULL ? (size_t)(at - to) : strlen(to);
	enum cs_err err;

	if (at == NULL) {
		err = client_group_find(g, c, to, false);
		if (err == CS_ERR_EXISTS)
			return client_problem(c, err,
			    "You are in more than one group called %.255s.",
			    to);
		if (err != CS_ERR_NOT_FOUND)
			return err;
		client_group_clear(g);
	} else if (strcmp(at + 1, c->self.hub) != 0) {
		return client_problem(c, CS_ERR_UNSUPPORTED,
		    "%.100s is on another hub than yours, %s.", to,
		    c->self.hub);
	}
	if (len > CS_HANDLE_MAX || !cs_handle_valid(cs_view(to, len)))
		return client_problem(c, CS_ERR_NOT_FOUND,
		    "\"%.100s\" is neither a group that you are in nor a name "
		    "that anybody can have.",
		    to);
	memcpy(handle, to, len);
	handle[len] = '\0';
	if (strcmp(handle, c->self.handle) == 0)
		return client_problem(
		    c, CS_ERR_MISUSE, "%s is your own name.", handle);
	return client_group_direct(g, c, handle);
}

static enum cs_err
find_reply(struct cs_client *c, const struct client_group *g,
    const char *prefix, uint8_t mid[static 32])
{
	struct cs_buf group_id = { 0 };
	uint64_t id;
	enum cs_err err;

	if ((err = cs_client_find(c, prefix, mid)) == CS_OK &&
	    (err = client_message_by_mid(&id, &group_id, c, mid)) == CS_OK &&
	    !cs_view_equal(cs_buf_view(&group_id), client_group_id(g)))
		err = client_problem(c, CS_ERR_MISMATCH,
		    "That message is from another conversation.");
	cs_buf_free(&group_id);
	return err;
}

/* Body of the message, and its id. */
static enum cs_err
compose(struct cs_client *c, const struct client_group *g,
    const struct cs_client_outgoing *out, struct cs_buf *body,
    uint8_t mid[static 32])
{
	struct cs_mimi_content content = { 0 };
	struct cs_buf sender = { 0 }, room = { 0 }, hold = { 0 };
	const char *path =
	    out->photo_path != NULL ? out->photo_path : out->file_path;
	enum cs_err err;

	cs_random(content.salt, sizeof content.salt);
	content.has_text = out->text.len != 0;
	content.text = out->text;
	if ((err = cs_mimi_user_uri(
		 &sender, c->self.hub, cs_view_str(c->self.handle))) ||
	    (err = cs_mimi_room_uri(&room, c->self.hub, g->ref)))
		goto out;
	content.sender_uri = cs_buf_view(&sender);
	content.room_uri = cs_buf_view(&room);
	if (out->reply_to != NULL) {
		content.is_reply = true;
		if ((err = find_reply(
			 c, g, out->reply_to, content.in_reply_to)))
			goto out;
	}
	if (path != NULL) {
		content.n_external = 1;
		if ((err = client_media_upload(c, &content.external[0], &hold,
			 path, out->photo_path != NULL, out->progress)))
			goto out;
	}
	if ((err = cs_mimi_write(body, &content)) == CS_OK)
		err = cs_mimi_id(mid, &content, cs_buf_view(body));
out:
	cs_buf_free(&sender);
	cs_buf_free(&room);
	cs_buf_free(&hold);
	cs_wipe(&content, sizeof content);
	return err;
}

static enum cs_err
enqueue(struct cs_client *c, const struct client_group *g, struct cs_view body,
    const uint8_t mid[static 32])
{
	struct client_record r = {
		.kind = CS_CLIENT_SENT,
		.bare = true,
		.time_ms = cs_clock_ms(),
		.body = body,
	};
	uint64_t id;
	enum cs_err err;

	strcpy(r.from, c->self.handle);
	if ((err = cs_db_begin(c->db)))
		return err;
	if ((err = client_message_insert(c, g, &r, mid, &id)) == CS_OK &&
	    (err = cs_db_exec(c->db, "UPDATE message SET waiting=1 WHERE id=?",
		 cs_int(id))) == CS_OK &&
	    (err = cs_db_exec(c->db,
		 "INSERT INTO outbox(message,grp,sealed) VALUES(?,?,'')",
		 cs_int(id), cs_blob(client_group_id(g)))) == CS_OK)
		err = cs_db_commit(c->db);
	if (err)
		cs_db_rollback(c->db);
	return err;
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
	    out->file_path == NULL)
		return client_problem(
		    c, CS_ERR_MISUSE, "There is nothing to send.");
	return CS_OK;
}

enum cs_err
cs_client_send(struct cs_client *c, const struct cs_client_outgoing *out,
    char mid_hex[static 65])
{
	struct client_group g = { 0 };
	struct cs_buf body = { 0 };
	uint8_t mid[32];
	enum cs_err err;

	mid_hex[0] = '\0';
	if ((err = check_outgoing(c, out)) ||
	    (err = find_target(&g, c, out->to)))
		goto out;
	/* An answer is consent. */
	if (g.state == CS_CLIENT_REQUEST) {
		if ((err = cs_client_accept(c, g.added_by)))
			goto out;
		g.state = CS_CLIENT_ACTIVE;
	}
	if ((err = compose(c, &g, out, &body, mid)) ||
	    (err = enqueue(c, &g, cs_buf_view(&body), mid)))
		goto out;
	cs_hex(mid_hex, CS_VIEW_OF(mid));
	/* From here on it is on its way, whatever happens. */
	err = c->link.online ? client_flush(c, &g) : CS_ERR_CLOSED;
out:
	cs_buf_free(&body);
	client_group_clear(&g);
	return err;
}
