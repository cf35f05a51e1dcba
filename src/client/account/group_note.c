/* SPDX-License-Identifier: MIT */
#include "client/account/group_note.h"

#include <stdio.h>
#include <string.h>

#include "client/account/seal.h"
#include "client/home/client.h"
#include "client/home/group.h"
#include "client/home/joining.h"
#include "client/hub/call.h"
#include "franking/stamp.h"

#define PLACE "countersign/group-note/v1"
#define NOTE_VERSION 1
/* All are of one length, so that it tells nothing of a name. */
#define NOTE_LEN 384

static enum cs_err
write_note(
    struct cs_buf *out, const struct cs_client *c, const struct client_group *g)
{
	static const uint8_t zeroes[NOTE_LEN];
	struct cs_buf plain = { 0 };
	struct cs_writer w = cs_writer(&plain);
	enum cs_err err;

	cs_write_u8(&w, NOTE_VERSION);
	cs_write_vec(&w, client_group_id(g));
	cs_write_u8(&w, g->direct);
	cs_write_vec(&w, cs_view_str(g->name));
	cs_write_vec(&w, cs_view_str(g->added_by));
	if (plain.len < NOTE_LEN)
		cs_write_bytes(&w, cs_view(zeroes, NOTE_LEN - plain.len));
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = client_account_seal(out, c, PLACE, cs_buf_view(&plain));
	cs_buf_free(&plain);
	return err;
}

static enum cs_err
read_note(
    struct client_group *out, const struct cs_client *c, struct cs_view sealed)
{
	struct cs_view id = client_group_id(out);
	struct cs_buf plain = { 0 };
	struct cs_reader r;
	enum cs_err err;

	if ((err = client_account_open(&plain, c, PLACE, sealed)))
		goto out;
	r = cs_reader(cs_buf_view(&plain));
	if (cs_read_u8(&r) != NOTE_VERSION)
		cs_reader_fail(&r, CS_ERR_VERSION);
	if (!cs_view_equal(cs_read_vec(&r), id))
		cs_reader_fail(&r, CS_ERR_MISMATCH);
	out->direct = cs_read_u8(&r) != 0;
	client_group_take_name(out, cs_read_vec_max(&r, sizeof out->name - 1));
	cs_read_string(&r, out->added_by, sizeof out->added_by);
	err = r.err;
out:
	cs_buf_free(&plain);
	return err;
}

enum cs_err
client_group_note_share(struct cs_client *c, struct client_group *g)
{
	struct cs_wire_group_note m = { .group_id = client_group_id(g) };
	struct cs_buf note = { 0 };
	enum cs_err err;

	if (g->noted || !g->registered || g->state != CS_CLIENT_ACTIVE)
		return CS_OK;
	if ((err = write_note(&note, c, g)) == CS_OK) {
		m.note = cs_buf_view(&note);
		err = client_call_empty(
		    c, CS_WIRE_GROUP_NOTE_SET, &cs_wire_group_note_shape, &m);
	}
	cs_buf_free(&note);
	if (err)
		return err;
	g->noted = true;
	return client_group_store(c, g);
}

/* A conversation of which no note tells the name is called after its number. */
static enum cs_err
take(struct cs_client *c, const struct cs_wire_group_note *item)
{
	struct client_group g = { .state = CS_CLIENT_ACTIVE };
	enum cs_err err;

	if (item->group_id.len == 0 || item->group_id.len > sizeof g.id)
		return CS_ERR_FORMAT;
	memcpy(g.id, item->group_id.data, item->group_id.len);
	g.id_len = item->group_id.len;
	err = item->note.len == 0 ? CS_ERR_NOT_FOUND
				  : read_note(&g, c, item->note);
	if (err && err != CS_ERR_NOT_FOUND &&
	    cs_err_class(err) != CS_ERR_CLASS_THEIRS)
		return err;
	if (err) {
		char ref[CS_GROUP_REF_TEXT_SIZE];

		g.direct = false;
		g.added_by[0] = '\0';
		if ((err = cs_group_ref(g.ref, client_group_id(&g))))
			return err;
		cs_group_ref_text(ref, g.ref);
		snprintf(g.name, sizeof g.name, "conversation %s", ref);
	}
	return client_joining_add(c, &g);
}

enum cs_err
client_group_notes_fetch(struct cs_client *c)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_groups_answer answer;
	struct cs_wire_group_note item;
	struct cs_view rest;
	enum cs_err err;

	if ((err = client_call(c, CS_WIRE_GROUPS, &cs_wire_empty_shape, &empty,
		 &cs_wire_groups_answer_shape, &answer)) ||
	    (err = cs_db_begin(c->db)))
		return err;
	rest = answer.groups.raw;
	while (err == CS_OK &&
	    cs_wire_next(&item, &cs_wire_group_note_shape, &rest))
		err = take(c, &item);
	return cs_db_end(c->db, err);
}
