/* SPDX-License-Identifier: MIT */
/*
 * liar HOME GROUP MODE [FILE]: a member whose client lies.  It sends one
 * message that is wrong in one way; everything else is as it should be.
 *
 *	honest		nothing: the control; or all that is wrong is who says
 *it rename		the same, with a name for the group link	the
 *same, with a link to the group tag		a tag
 *that does not open signature	signed by another device's key
 *	sender		names somebody else as its sender
 *	room		names another group
 *	cbor		the same content in an encoding that is not
 *deterministic seq		signature over another sender_seq html
 *text of a type that nobody shows key FILE	a photo whose key is not the one
 *it is committed to type FILE	says image/png of whatever FILE is digest FILE
 *another hash of the photo
 *	edit ID		replaces the message ID, whose-ever it is
 *	deletion ID	takes it back
 */

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "client/groups/media.h"
#include "client/groups/upload.h"
#include "client/home/client.h"
#include "client/home/find.h"
#include "client/home/group.h"
#include "client/hub/call.h"
#include "content/mimi_names.h"
#include "crypto/init.h"
#include "crypto/random.h"
#include "franking/sender.h"

struct lie {
	struct cs_client *c;
	struct client_group g;
	const char *mode;
	const char *file;
};

static bool
is(const struct lie *l, const char *mode)
{
	return strcmp(l->mode, mode) == 0;
}

static enum cs_err
add_file(struct lie *l, struct cs_mimi_content *content, struct cs_buf *hold)
{
	const struct cs_client_outgoing what = { .file_path = l->file };
	struct cs_mimi_external *e = &content->external[0];
	uint8_t blob[CS_ID_LEN];
	enum cs_err err;

	if (l->file == NULL || is(l, "edit") || is(l, "deletion"))
		return CS_OK;
	content->n_external = 1;
	if ((err = client_media_prepare(l->c, e, hold, blob, &what)) ||
	    (err = client_upload(l->c, e, NULL)))
		return err;
	if (is(l, "key"))
		e->key[0] ^= 1;
	if (is(l, "digest"))
		e->plain_sha256[0] ^= 1;
	if (is(l, "type"))
		e->content_type = cs_view_str("image/png");
	return CS_OK;
}

/* The first byte of the body, a short array head, as a long one: the same
 * value for a lax reader. */
static enum cs_err
spell_longer(struct cs_buf *body)
{
	struct cs_buf longer = { 0 };
	uint8_t head[2] = { 0x98, body->data[0] & 0x1f };
	enum cs_err err;

	if ((err = cs_buf_add(&longer, CS_VIEW_OF(head))) == CS_OK &&
	    (err = cs_buf_add(
		 &longer, cs_view(body->data + 1, body->len - 1))) == CS_OK) {
		cs_buf_free(body);
		cs_buf_move(body, &longer);
	}
	cs_buf_free(&longer);
	return err;
}

/* What only the author of a message does. */
static enum cs_err
change(const struct lie *l, struct cs_mimi_content *content)
{
	if (!is(l, "edit") && !is(l, "deletion"))
		return CS_OK;
	content->has_replaces = true;
	if (is(l, "deletion")) {
		content->kind = CS_MIMI_DELETION;
		content->has_text = false;
	}
	return cs_unhex(content->replaces, sizeof content->replaces, l->file);
}

/* The type of the text, as long as it is. */
static enum cs_err
call_it_html(struct cs_buf *body)
{
	uint8_t *at = memmem(body->data, body->len, "text/plain", 10);

	if (at == NULL)
		return CS_ERR_NOT_FOUND;
	memcpy(at, "text/html;", 10);
	return CS_OK;
}

static enum cs_err
compose(struct lie *l, struct cs_buf *body, uint8_t salt[static 16])
{
	struct cs_mimi_content content = { 0 };
	struct cs_buf sender = { 0 }, room = { 0 }, hold = { 0 };
	uint8_t other[32];
	char text[64];
	enum cs_err err;

	cs_random(other, sizeof other);
	cs_random(content.salt, sizeof content.salt);
	memcpy(salt, content.salt, sizeof content.salt);
	snprintf(text, sizeof text, "this is the lie called %s", l->mode);
	content.has_text = true;
	content.text = cs_view_str(text);
	if (is(l, "rename"))
		content.kind = CS_MIMI_NAME;
	if (is(l, "link")) {
		content.kind = CS_MIMI_LINK;
		content.has_text = false;
		content.link = CS_VIEW_OF(other);
	}
	if ((err = cs_mimi_user_uri(&sender, l->c->self.hub,
		 cs_view_str(
		     is(l, "sender") ? "mallory" : l->c->self.handle))) ||
	    (err = cs_mimi_room_uri(
		 &room, l->c->self.hub, is(l, "room") ? other : l->g.ref)))
		goto out;
	content.sender_uri = cs_buf_view(&sender);
	content.room_uri = cs_buf_view(&room);
	if ((err = add_file(l, &content, &hold)) ||
	    (err = change(l, &content)) ||
	    (err = cs_mimi_write(body, &content)))
		goto out;
	if (is(l, "cbor"))
		err = spell_longer(body);
	if (is(l, "html"))
		err = call_it_html(body);
out:
	cs_buf_free(&sender);
	cs_buf_free(&room);
	cs_buf_free(&hold);
	return err;
}

static enum cs_err
frank(struct lie *l, struct cs_view body, const uint8_t salt[static 16],
    struct cs_buf *aad)
{
	struct cs_sender_frank f = { 0 };
	struct cs_sign_key key = l->c->self.device_key;
	struct cs_safe_aad items = { 0 };
	enum cs_err err;

	if ((err = cs_franking_tag(f.tag, salt, body)))
		return err;
	if (is(l, "tag"))
		f.tag[0] ^= 1;
	if (is(l, "signature") && (err = cs_sign_key_new(&key)))
		return err;
	f.epoch = cs_mls_group_epoch(l->g.mls);
	f.leaf = cs_mls_group_own_leaf(l->g.mls);
	f.sender_seq = ++l->g.sender_seq;
	f.claimed_ms = cs_clock_ms();
	memcpy(f.group_ref, l->g.ref, 32);
	memcpy(f.account, l->c->self.account, 16);
	memcpy(f.device, l->c->self.device, 16);
	if ((err = cs_sender_sign(items.sig, &f, &key)))
		return err;
	memcpy(items.tag, f.tag, 32);
	items.sender_seq = f.sender_seq + is(l, "seq");
	items.claimed_ms = f.claimed_ms;
	return cs_safe_aad_write(aad, &items);
}

static enum cs_err
tell(struct lie *l)
{
	struct cs_buf body = { 0 }, aad = { 0 }, message = { 0 };
	struct cs_wire_submit ask = { .group_id = client_group_id(&l->g) };
	struct cs_wire_submit_answer answer;
	uint8_t salt[16];
	enum cs_err err;

	if ((err = compose(l, &body, salt)) ||
	    (err = frank(l, cs_buf_view(&body), salt, &aad)) ||
	    (err = cs_mls_protect(
		 &message, l->g.mls, cs_buf_view(&aad), cs_buf_view(&body))) ||
	    (err = client_group_store(l->c, &l->g)))
		goto out;
	ask.message = cs_buf_view(&message);
	err = client_call(l->c, CS_WIRE_SUBMIT, &cs_wire_submit_shape, &ask,
	    &cs_wire_submit_answer_shape, &answer);
out:
	cs_buf_free(&body);
	cs_buf_free(&aad);
	cs_buf_free(&message);
	return err;
}

int
main(int argc, char **argv)
{
	struct lie l = { 0 };
	enum cs_err err;

	if (argc < 4)
		return 64;
	l.mode = argv[3];
	l.file = argc > 4 ? argv[4] : NULL;
	if ((err = cs_crypto_init()) == CS_OK &&
	    (err = cs_client_open(&l.c, argv[1], cs_view("", 0))) == CS_OK &&
	    (err = cs_client_connect(l.c)) == CS_OK &&
	    (err = client_group_find(&l.g, l.c, argv[2], CLIENT_FIND_GROUP)) ==
		CS_OK)
		err = tell(&l);
	if (err)
		fprintf(stderr, "liar: %s: %s\n", cs_err_text(err),
		    l.c != NULL ? cs_client_problem(l.c) : "");
	client_group_clear(&l.g);
	cs_client_close(l.c);
	return err != CS_OK;
}
