/* SPDX-License-Identifier: MIT */
/* Channels: what their writers make readable for everybody. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "client/home/client.h"
#include "client/home/find.h"
#include "client/home/group.h"
#include "client/home/message.h"
#include "client/home/problem.h"
#include "client/hub/call.h"
#include "client/reports/evidence.h"
#include "content/evidence_write.h"
#include "wire/channels.h"

_Static_assert(CS_CLIENT_CHANNEL_TITLE_MAX == CS_WIRE_CHANNEL_TITLE_MAX,
    "the hub takes what is let through here");

/* ---- which one ---------------------------------------------------------- */

static void
make_link(char out[static CS_CLIENT_CHANNEL_LINK_SIZE],
    const struct cs_client *c, struct cs_view origin,
    const uint8_t id[static CS_ID_LEN])
{
	char hex[2 * CS_ID_LEN + 1];

	cs_hex(hex, cs_view(id, CS_ID_LEN));
	if (origin.len != 0)
		snprintf(out, CS_CLIENT_CHANNEL_LINK_SIZE, "%.*s/c/%s",
		    (int)origin.len, (const char *)origin.data, hex);
	else
		snprintf(out, CS_CLIENT_CHANNEL_LINK_SIZE,
		    "https://%.200s:%d/c/%s", c->self.host, c->self.port, hex);
}

/* ${group} is set for those of which this device has the group. */
static void
take_channel(struct cs_client_channel *out, struct cs_client *c,
    struct cs_view origin, const struct cs_wire_channel *in)
{
	struct client_group g = { 0 };

	*out = (struct cs_client_channel){
		.listed = (in->flags & CS_WIRE_CHANNEL_LISTED) != 0,
		.state = in->state == CS_WIRE_CHANNEL_OPEN
		    ? CS_CLIENT_CHANNEL_OPEN
		    : in->state == CS_WIRE_CHANNEL_OVER
		    ? CS_CLIENT_CHANNEL_OVER
		    : CS_CLIENT_CHANNEL_CLOSED,
		.posts = in->posts,
		.created_ms = in->created_ms,
	};
	if (cs_utf8_valid(in->title))
		snprintf(out->title, sizeof out->title, "%.*s",
		    (int)in->title.len, (const char *)in->title.data);
	make_link(out->link, c, origin, in->id);
	if (client_group_load_meta(&g, c, in->group_id) == CS_OK)
		snprintf(out->group, sizeof out->group, "%s", g.name);
	client_group_clear(&g);
}

static enum cs_err
ask_channels(struct cs_wire_channels *out, struct cs_client *c)
{
	const struct cs_wire_empty empty = { 0 };
	enum cs_err err = client_need_hub(c);

	return err ? err
		   : client_call(c, CS_WIRE_CHANNELS, &cs_wire_empty_shape,
			 &empty, &cs_wire_channels_shape, out);
}

enum cs_err
cs_client_channels(struct cs_client *c,
    void (*each)(void *arg, const struct cs_client_channel *ch), void *arg)
{
	struct cs_wire_channels answer;
	struct cs_client_channel ch;
	struct cs_wire_channel in;
	struct cs_view list;
	enum cs_err err = ask_channels(&answer, c);

	if (err)
		return err;
	list = answer.channels.raw;
	while (cs_wire_next(&in, &cs_wire_channel_shape, &list)) {
		take_channel(&ch, c, answer.origin, &in);
		each(arg, &ch);
	}
	return CS_OK;
}

/* What is called for: the channel that a group of the user is. */
struct called {
	uint8_t group[CS_WIRE_GROUP_ID_MAX];
	size_t group_len;
	uint8_t id[CS_ID_LEN];
	char title[CS_CLIENT_CHANNEL_TITLE_MAX + 1];
	uint8_t flags, state;
	bool found;
};

static struct cs_view
group_of(const struct called *w)
{
	return cs_view(w->group, w->group_len);
}

/* ${found} tells whether the group is a channel. */
static enum cs_err
look(struct called *out, struct cs_client *c, const char *group)
{
	struct cs_wire_channels answer;
	struct client_group g = { 0 };
	struct cs_wire_channel in;
	struct cs_view list;
	enum cs_err err;

	*out = (struct called){ .found = false };
	err = client_group_find(&g, c, group, CLIENT_FIND_GROUP);
	if (err == CS_OK) {
		out->group_len = g.id_len;
		memcpy(out->group, g.id, g.id_len);
	}
	client_group_clear(&g);
	if (err || (err = ask_channels(&answer, c)))
		return err;
	list = answer.channels.raw;
	while (
	    !out->found && cs_wire_next(&in, &cs_wire_channel_shape, &list)) {
		if (!cs_view_equal(in.group_id, group_of(out)))
			continue;
		out->found = true;
		out->flags = in.flags;
		out->state = in.state;
		memcpy(out->id, in.id, sizeof out->id);
		snprintf(out->title, sizeof out->title, "%.*s",
		    (int)in.title.len, (const char *)in.title.data);
	}
	return CS_OK;
}

/* A channel that people read. */
static enum cs_err
find(struct called *out, struct cs_client *c, const char *group)
{
	enum cs_err err = look(out, c, group);

	if (err)
		return err;
	if (!out->found)
		return client_problem(c, CS_ERR_NOT_FOUND,
		    "The group %.255s is no channel: countersign channel new.",
		    group);
	if (out->state == CS_WIRE_CHANNEL_OVER)
		return client_problem(
		    c, CS_ERR_DENIED, "The channel %.255s has ended.", group);
	if (out->state == CS_WIRE_CHANNEL_CLOSED)
		return client_problem(c, CS_ERR_DENIED,
		    "The desk has closed the channel %.255s: countersign "
		    "notices says why.",
		    group);
	return CS_OK;
}

/* ---- making ------------------------------------------------------------- */

static enum cs_err
check_title(struct cs_client *c, const char *title)
{
	if (strlen(title) == 0 || strlen(title) > CS_CLIENT_CHANNEL_TITLE_MAX ||
	    !cs_utf8_valid(cs_view_str(title)))
		return client_problem(c, CS_ERR_LIMIT,
		    "The title of a channel has 1 to %d bytes of UTF-8.",
		    CS_CLIENT_CHANNEL_TITLE_MAX);
	return CS_OK;
}

static enum cs_err
set(struct cs_client *c, const char *group, const struct called *w,
    const struct cs_client_channel_change *to, struct cs_client_channel *out)
{
	struct cs_wire_channel_id answer;
	struct cs_wire_channel_set m = { .group_id = group_of(w) };
	const char *title = to->title != NULL ? to->title
	    : w->found                        ? w->title
					      : group;
	uint8_t listed = CS_WIRE_CHANNEL_LISTED;
	enum cs_err err;

	if ((err = check_title(c, title)))
		return err;
	m.title = cs_view_str(title);
	m.flags =
	    to->sets_listed ? (to->listed ? listed : 0) : (w->flags & listed);
	if (to->end)
		m.flags |= CS_WIRE_CHANNEL_ENDED;
	if ((err = client_call(c, CS_WIRE_CHANNEL_SET,
		 &cs_wire_channel_set_shape, &m, &cs_wire_channel_id_shape,
		 &answer)))
		return err;
	*out = (struct cs_client_channel){
		.listed = (m.flags & listed) != 0,
		.state =
		    to->end ? CS_CLIENT_CHANNEL_OVER : CS_CLIENT_CHANNEL_OPEN,
	};
	snprintf(out->title, sizeof out->title, "%s", title);
	snprintf(out->group, sizeof out->group, "%s", group);
	make_link(out->link, c, answer.origin, answer.id);
	return CS_OK;
}

/* The group, and that only its owner and admins write there. */
static enum cs_err
make_group(struct cs_client *c, const char *group)
{
	static const struct cs_client_policy write = { .write = true };
	const struct cs_client_people nobody = { .n = 0 };
	struct client_group g = { 0 };
	enum cs_err err = client_group_find(&g, c, group, CLIENT_FIND_GROUP);

	client_group_clear(&g);
	if (err == CS_ERR_NOT_FOUND)
		err = cs_client_group_new(c, group, &nobody);
	return err ? err : cs_client_group_policy(c, group, &write, &write);
}

enum cs_err
cs_client_channel_new(struct cs_client *c, const char *group,
    const struct cs_client_channel_change *as, struct cs_client_channel *out)
{
	struct called w;
	enum cs_err err;

	if ((err = check_title(c, as->title != NULL ? as->title : group)) ||
	    (err = client_need_hub(c)) || (err = make_group(c, group)) ||
	    (err = look(&w, c, group)))
		return err;
	return set(c, group, &w, as, out);
}

enum cs_err
cs_client_channel_change(struct cs_client *c, const char *group,
    const struct cs_client_channel_change *to, struct cs_client_channel *out)
{
	struct called w;
	enum cs_err err = find(&w, c, group);

	return err ? err : set(c, group, &w, to, out);
}

/* ---- posts -------------------------------------------------------------- */

/* Why the message is none that everybody could be given, or NULL. */
static const char *
unfit(const struct cs_client *c, const struct client_evidence *e,
    const struct called *w)
{
	const struct client_item *item = &e->items[0];
	uint8_t ref[CS_HASH_LEN];

	if (cs_group_ref(ref, group_of(w)) != CS_OK ||
	    memcmp(ref, e->input[0].capsule.stamp.group_ref, sizeof ref) != 0)
		return "That message is from another conversation.";
	if (strcmp(item->record.from, c->self.handle) != 0)
		return "Only your own messages can be posts of yours.";
	if (e->in.n_items != 1)
		return "That message was changed: send what it should say, and "
		       "post that.";
	if (item->content.kind != CS_MIMI_SAID)
		return "Only a message that says something can be a post.";
	if (item->content.expiry != CS_MIMI_NEVER)
		return "That message vanishes: a post stays.";
	return NULL;
}

static enum cs_err
gather(struct client_evidence *out, struct cs_client *c, const struct called *w,
    const uint8_t mid[static CS_CLIENT_MID_LEN])
{
	uint8_t mids[1][CS_CLIENT_MID_LEN];
	const struct cs_client_report one = {
		.mids = mids, .n = 1, .reason = CS_REASON_OTHER
	};
	const char *why;
	enum cs_err err;

	memcpy(mids[0], mid, CS_CLIENT_MID_LEN);
	if ((err = client_evidence_gather(out, c, &one)))
		return err;
	if ((why = unfit(c, out, w)) == NULL)
		return CS_OK;
	client_evidence_clear(out);
	return client_problem(c, CS_ERR_MISUSE, "%s", why);
}

/* Send the bundle with its files in pieces; ${n} gets how many. */
static enum cs_err
send_pieces(uint32_t *n, struct cs_client *c, const struct called *w,
    uint64_t seq, struct cs_view bundle,
    void (*progress)(uint64_t done, uint64_t total))
{
	uint64_t total = bundle.len;
	enum cs_err err = CS_OK;

	*n = 0;
	if (bundle.len >
	    (size_t)CS_WIRE_CHANNEL_PIECES_MAX * CS_WIRE_CHANNEL_PIECE_MAX)
		return client_problem(c, CS_ERR_LIMIT,
		    "The files of a post have at most %u MiB together.",
		    (unsigned)((uint64_t)CS_WIRE_CHANNEL_PIECES_MAX *
			    CS_WIRE_CHANNEL_PIECE_MAX >>
			20));
	while (err == CS_OK && bundle.len != 0) {
		struct cs_wire_channel_piece m = {
			.seq = seq,
			.n = (*n)++,
			.bytes = cs_view(bundle.data,
			    bundle.len < CS_WIRE_CHANNEL_PIECE_MAX
				? bundle.len
				: CS_WIRE_CHANNEL_PIECE_MAX),
		};

		memcpy(m.id, w->id, sizeof m.id);
		bundle.data += m.bytes.len;
		bundle.len -= m.bytes.len;
		err = client_call_empty(
		    c, CS_WIRE_CHANNEL_PIECE, &cs_wire_channel_piece_shape, &m);
		if (err == CS_OK && progress != NULL)
			progress(total - bundle.len, total);
	}
	return err;
}

/* All files, or no post: what everybody sees is all that there is. */
static enum cs_err
send_files(uint32_t *n, struct cs_client *c, const struct called *w,
    struct client_evidence *e, void (*progress)(uint64_t, uint64_t))
{
	const struct client_item *item = &e->items[0];
	struct cs_buf whole = { 0 };
	enum cs_err err;

	*n = 0;
	if (item->content.n_external == 0)
		return CS_OK;
	err = client_evidence_fetch_files(e, c);
	for (size_t i = 0; err == CS_OK && i < item->content.n_external; i++)
		if (item->media[i].bytes.len == 0)
			err = client_problem(c, CS_ERR_NOT_FOUND,
			    "A file of that message cannot be had any more.");
	if (err == CS_OK && (err = cs_evidence_write(&whole, &e->in)) == CS_OK)
		err = send_pieces(n, c, w, e->input[0].capsule.stamp.group_seq,
		    cs_buf_view(&whole), progress);
	cs_buf_free(&whole);
	return err;
}

static enum cs_err
publish(struct cs_client *c, const struct called *w,
    const uint8_t mid[static CS_CLIENT_MID_LEN], uint64_t *seq,
    void (*progress)(uint64_t done, uint64_t total))
{
	struct cs_wire_channel_post m = { .pieces = 0 };
	struct cs_buf head = { 0 };
	struct client_evidence e;
	enum cs_err err;

	if ((err = gather(&e, c, w, mid)))
		return err;
	memcpy(m.id, w->id, sizeof m.id);
	*seq = e.input[0].capsule.stamp.group_seq;
	if ((err = cs_evidence_write(&head, &e.in)) == CS_OK &&
	    (err = send_files(&m.pieces, c, w, &e, progress)) == CS_OK) {
		m.head = cs_buf_view(&head);
		err = client_call_empty(
		    c, CS_WIRE_CHANNEL_POST, &cs_wire_channel_post_shape, &m);
	}
	cs_buf_free(&head);
	client_evidence_clear(&e);
	return err;
}

enum cs_err
cs_client_channel_check(struct cs_client *c, const char *group)
{
	struct called w;

	return find(&w, c, group);
}

enum cs_err
cs_client_channel_publish(struct cs_client *c, const char *group,
    const uint8_t mid[static CS_CLIENT_MID_LEN], uint64_t *seq,
    void (*progress)(uint64_t done, uint64_t total))
{
	struct called w;
	enum cs_err err = find(&w, c, group);

	return err ? err : publish(c, &w, mid, seq, progress);
}

enum cs_err
cs_client_channel_drop(struct cs_client *c, const char *group,
    const uint8_t mid[static CS_CLIENT_MID_LEN])
{
	struct cs_wire_channel_drop m;
	struct client_record record;
	struct cs_buf group_id = { 0 }, plain = { 0 };
	struct called w;
	uint64_t id;
	enum cs_err err;

	if ((err = find(&w, c, group)) == CS_OK &&
	    (err = client_message_by_mid(&id, &group_id, c, mid)) == CS_OK &&
	    (err = client_message_load(&record, &plain, c, id)) == CS_OK) {
		memcpy(m.id, w.id, sizeof m.id);
		m.seq = record.seq;
		err = cs_view_equal(cs_buf_view(&group_id), group_of(&w))
		    ? client_call_empty(c, CS_WIRE_CHANNEL_DROP,
			  &cs_wire_channel_drop_shape, &m)
		    : client_problem(c, CS_ERR_MISMATCH,
			  "That message is from another conversation.");
	}
	cs_buf_free(&group_id);
	cs_buf_free(&plain);
	return err;
}
