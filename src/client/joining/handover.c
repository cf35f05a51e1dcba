/* SPDX-License-Identifier: MIT */
/*
 * What a device hands over to one that it links: the key of the account's
 * notes, the contacts, and the list of conversations; and, if both want it, the
 * key of the archive in which the messages follow.
 */
#include "client/joining/handover.h"

#include <string.h>

#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/home/contact.h"
#include "client/home/credential.h"
#include "client/home/group.h"
#include "client/home/home.h"
#include "client/home/joining.h"
#include "client/home/room.h"
#include "client/joining/history_take.h"
#include "crypto/random.h"

#define HANDOVER_VERSION 2

static void
write_contacts(struct cs_writer *w, const struct cs_client *c)
{
	size_t mark = cs_write_open(w);

	for (size_t i = 0; i < c->contacts.n; i++) {
		const struct client_contact *contact = &c->contacts.v[i];

		cs_write_bytes(w, CS_VIEW_OF(contact->account));
		cs_write_vec(w, cs_view_str(contact->handle));
		cs_write_bytes(w, CS_VIEW_OF(contact->account_key));
		cs_write_u8(w, (uint8_t)contact->state);
		cs_write_u64(w, contact->state_ms);
	}
	cs_write_close(w, mark);
}

/* What the group has, and which entry of its log said so. */
static enum cs_err
write_room(struct cs_writer *w, struct cs_client *c,
    const struct client_group *g, enum client_room_what what)
{
	struct cs_buf value = { 0 };
	uint64_t seq;
	enum cs_err err =
	    client_room_find(&value, &seq, c, client_group_id(g), what);

	cs_write_u64(w, seq);
	cs_write_vec(w, cs_buf_view(&value));
	cs_buf_free(&value);
	return err;
}

static enum cs_err
write_group(struct cs_client *c, struct client_group *g, void *arg)
{
	struct cs_writer *w = arg;
	enum cs_err err;

	if (client_group_over(g) || !g->registered)
		return CS_OK;
	cs_write_vec(w, client_group_id(g));
	cs_write_u8(w, g->direct);
	cs_write_u8(w, (uint8_t)g->state);
	cs_write_vec(w, cs_view_str(g->name));
	cs_write_vec(w, cs_view_str(g->added_by));
	if ((err = write_room(w, c, g, CLIENT_ROOM_LINK)) ||
	    (err = write_room(w, c, g, CLIENT_ROOM_PICTURE)))
		return err;
	return cs_writer_end(w);
}

enum cs_err
client_handover_write(struct cs_buf *out, struct cs_client *c,
    struct cs_view credential, const struct client_archive_key *history)
{
	struct cs_writer w = cs_writer(out);
	size_t mark;
	enum cs_err err;

	cs_write_u8(&w, HANDOVER_VERSION);
	cs_write_vec(&w, cs_view_str(c->self.handle));
	cs_write_vec(&w, credential);
	cs_write_bytes(&w, CS_VIEW_OF(c->self.account_notes.b));
	write_contacts(&w, c);
	mark = cs_write_open(&w);
	if ((err = client_group_each(c, write_group, &w)))
		return err;
	cs_write_close(&w, mark);
	cs_write_u8(&w, history != NULL);
	if (history != NULL)
		cs_write_bytes(&w, CS_VIEW_OF(history->b));
	return cs_writer_end(&w);
}

/* ---- the way back ------------------------------------------------------- */

/* Check that the credential is for the keys that this device made. */
static enum cs_err
take_identity(
    struct cs_client *c, const char *handle, struct cs_view credential)
{
	struct cs_identity identity;
	enum cs_err err;

	if ((err = client_credential_open(
		 &identity, c, credential, client_now_s(c))))
		return err;
	if (memcmp(identity.device.device, c->self.device, CS_ID_LEN) != 0 ||
	    memcmp(identity.device.public, c->self.device_key.public,
		CS_KEY_LEN) != 0 ||
	    !cs_view_equal(identity.account.handle, cs_view_str(handle)))
		return CS_ERR_MISMATCH;
	memcpy(c->self.handle, handle, strlen(handle) + 1);
	memcpy(c->self.account, identity.account.account, CS_ID_LEN);
	memcpy(c->self.account_key, identity.account.account_key, CS_KEY_LEN);
	if ((err = cs_buf_set(&c->self.credential, credential)))
		return err;
	return client_identity_save(c);
}

static enum cs_err
take_contacts(struct cs_client *c, struct cs_reader *r)
{
	enum cs_err err = CS_OK;

	while (err == CS_OK && cs_reader_more(r)) {
		struct client_contact contact = { 0 };

		cs_read_copy(r, contact.account, sizeof contact.account);
		cs_read_string(r, contact.handle, sizeof contact.handle);
		cs_read_copy(
		    r, contact.account_key, sizeof contact.account_key);
		contact.state = cs_read_u8(r);
		contact.state_ms = cs_read_u64(r);
		if (contact.state > CONTACT_BLOCKED ||
		    !cs_handle_valid(cs_view_str(contact.handle)))
			cs_reader_fail(r, CS_ERR_FORMAT);
		if ((err = r->err) == CS_OK)
			err = client_contact_add(c, &contact);
	}
	return err;
}

/* What a group had: ${v} bytes, which the entry ${seq} gave it. */
struct had {
	uint64_t seq;
	struct cs_view v;
};

static struct had
read_room(struct cs_reader *r, size_t max)
{
	struct had had = { .seq = cs_read_u64(r) };

	had.v = cs_read_vec_max(r, max);
	return had;
}

static enum cs_err
take_room(struct cs_client *c, const struct client_group *g,
    const struct had *link, const struct had *picture)
{
	struct cs_mimi_external parsed;
	enum cs_err err;

	if ((link->v.len != 0 && link->v.len != CS_MIMI_LINK_LEN) ||
	    (picture->v.len != 0 &&
		client_picture_parse(&parsed, picture->v) != CS_OK))
		return CS_ERR_FORMAT;
	err = client_room_put(
	    c, client_group_id(g), CLIENT_ROOM_LINK, link->seq, link->v);
	return err ? err
		   : client_room_put(c, client_group_id(g), CLIENT_ROOM_PICTURE,
			 picture->seq, picture->v);
}

static enum cs_err
take_groups(struct cs_client *c, struct cs_reader *r)
{
	enum cs_err err = CS_OK;

	while (err == CS_OK && cs_reader_more(r)) {
		struct client_group g = { 0 };
		struct cs_view id = cs_read_vec_max(r, sizeof g.id);
		struct had link, picture;

		if (id.len != 0)
			memcpy(g.id, id.data, id.len);
		g.id_len = id.len;
		g.direct = cs_read_u8(r) != 0;
		g.state = cs_read_u8(r);
		client_group_take_name(
		    &g, cs_read_vec_max(r, sizeof g.name - 1));
		cs_read_string(r, g.added_by, sizeof g.added_by);
		link = read_room(r, CS_MIMI_LINK_LEN);
		picture = read_room(r, CLIENT_PICTURE_MAX);
		if (g.id_len == 0 || g.state > CS_CLIENT_BLOCKED)
			cs_reader_fail(r, CS_ERR_FORMAT);
		if ((err = r->err) == CS_OK &&
		    (err = client_joining_add(c, &g)) == CS_OK)
			err = take_room(c, &g, &link, &picture);
	}
	return err;
}

enum cs_err
client_handover_take(
    struct cs_client *c, struct cs_view plain, bool wants_history)
{
	struct cs_reader r = cs_reader(plain), contacts, groups;
	char handle[CS_HANDLE_MAX + 1];
	struct client_archive_key history = { { 0 } };
	struct cs_view credential;
	bool given;
	enum cs_err err;

	if (cs_read_u8(&r) != HANDOVER_VERSION)
		cs_reader_fail(&r, CS_ERR_VERSION);
	cs_read_string(&r, handle, sizeof handle);
	credential = cs_read_vec(&r);
	cs_read_copy(
	    &r, c->self.account_notes.b, sizeof c->self.account_notes.b);
	contacts = cs_read_sub(&r);
	groups = cs_read_sub(&r);
	given = cs_read_optional(&r);
	if (given)
		cs_read_copy(&r, history.b, sizeof history.b);
	if ((err = cs_reader_end(&r)) == CS_OK &&
	    (err = take_identity(c, handle, credential)) == CS_OK &&
	    (err = take_contacts(c, &contacts)) == CS_OK &&
	    (err = take_groups(c, &groups)) == CS_OK && given && wants_history)
		err = client_history_await(c, &history);
	cs_wipe(&history, sizeof history);
	return err;
}
