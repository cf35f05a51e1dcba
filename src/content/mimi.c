/* SPDX-License-Identifier: MIT */
#include "content/mimi.h"

#include <string.h>

#include "base/name.h"
#include "base/text.h"
#include "base/units.h"
#include "content/cbor.h"
#include "content/mimi_names.h"
#include "crypto/hash.h"

/* draft-ietf-mimi-content: numbers of its registries. */
enum cardinality { NULL_PART = 0, SINGLE = 1, EXTERNAL = 2, MULTI = 3 };
enum {
	DISPOSITION_UNSPECIFIED = 0,
	DISPOSITION_RENDER = 1,
	DISPOSITION_REACTION = 2,
	DISPOSITION_INLINE = 4,
	DISPOSITION_ICON = 5,
	DISPOSITION_ATTACHMENT = 6,
	DISPOSITION_MAX = 255
};
enum { SEMANTICS_SINGLE_UNIT = 1, SEMANTICS_PROCESS_ALL = 2 };
enum { EXTENSION_SENDER_URI = 1, EXTENSION_ROOM_URI = 2 };
enum { HASH_SHA256 = 1 };
/* Private use in the registry of AEADs: the CSM1 format. */
#define ENC_ALG_CSM1 0xc5c1
#define TAG_URI 32
#define EXTENSIONS_MAX 16
#define LANGUAGE_MAX 35

static const char text_type[] = "text/plain;charset=utf-8";
static const char name_type[] = "application/vnd.countersign.room";
static const char link_type[] = "application/vnd.countersign.room-link";
static const char status_type[] = "application/mimi-message-status";
/* Keys of ours, in the order of their encodings. */
static const char media_key[] = "countersign.media";
static const char timer_key[] = "countersign.timer";
static const char mentions_key[] = "countersign.mentions";

const char *
cs_mimi_kind_name(const struct cs_mimi_content *c)
{
	static const char *const names[] = { "message", "reaction", "deletion",
		"receipt", "timer", "name", "picture", "link", "unknown" };

	return c->kind == CS_MIMI_SAID && c->has_replaces ? "edit"
							  : names[c->kind];
}

bool
cs_mimi_is_for_room(const struct cs_mimi_content *c)
{
	return c->kind == CS_MIMI_NAME || c->kind == CS_MIMI_PICTURE ||
	    c->kind == CS_MIMI_LINK;
}

/* ---- rules for both ----------------------------------------------------- */

/* One line, not too long, with something to see. */
bool
cs_mimi_reaction_valid(struct cs_view text)
{
	struct cs_view rest = text;
	bool seen = false;
	size_t n;

	if (text.len == 0 || text.len > CS_MIMI_REACTION_MAX ||
	    !cs_utf8_valid(text))
		return false;
	while (rest.len != 0) {
		uint32_t x = cs_utf8_next(&rest, &n);

		if (x < ' ' || x == 0x7f)
			return false;
		seen = seen || (x != ' ' && !cs_utf8_hidden(x));
	}
	return seen;
}

/* Each is somebody whom the text names, and none is there twice. */
static bool
mentions_valid(const struct cs_mimi_content *c)
{
	if (c->n_mentions != 0 && (c->kind != CS_MIMI_SAID || !c->has_text))
		return false;
	for (size_t i = 0; i < c->n_mentions; i++) {
		struct cs_view handle = cs_mimi_user_of(c->mentions[i]);

		if (handle.len == 0 || !cs_mimi_mentions(c->text, handle) ||
		    (i != 0 &&
			cs_view_compare(c->mentions[i - 1], c->mentions[i]) >=
			    0))
			return false;
	}
	return true;
}

/* The timer stands alone, or beside the expiry that it led to. */
static bool
timer_valid(const struct cs_mimi_content *c)
{
	if (c->kind == CS_MIMI_TIMER)
		return c->has_timer;
	return !c->has_timer ||
	    (c->kind == CS_MIMI_SAID && c->expiry == CS_MIMI_AFTER &&
		c->expires_s == c->timer_s);
}

/* What the room gets stands alone, and does not vanish. */
static bool
room_valid(const struct cs_mimi_content *c)
{
	if (!cs_mimi_is_for_room(c))
		return c->link.len == 0;
	if (c->is_reply || c->has_replaces || c->expiry != CS_MIMI_NEVER ||
	    c->has_text != (c->kind == CS_MIMI_NAME) ||
	    (c->kind != CS_MIMI_LINK && c->link.len != 0) ||
	    c->n_external > (c->kind == CS_MIMI_PICTURE))
		return false;
	if (c->kind == CS_MIMI_NAME)
		return c->text.len != 0 && c->text.len <= CS_NAME_MAX;
	if (c->n_external != 0 &&
	    (c->external[0].size > CS_MIMI_PICTURE_MAX ||
		c->external[0].content_type.len < 6 ||
		memcmp(c->external[0].content_type.data, "image/", 6) != 0))
		return false;
	return c->link.len == 0 || c->link.len == CS_MIMI_LINK_LEN;
}

/* Does ${c} hold what its kind holds, and nothing of another? */
static bool
kind_valid(const struct cs_mimi_content *c)
{
	if (!mentions_valid(c) || !timer_valid(c) || !room_valid(c) ||
	    (c->kind != CS_MIMI_STATUS && c->n_statuses != 0))
		return false;
	switch (c->kind) {
	case CS_MIMI_SAID:
		return c->has_text || c->n_external != 0;
	case CS_MIMI_REACTION:
		return c->is_reply && c->n_external == 0 &&
		    cs_mimi_reaction_valid(c->text);
	case CS_MIMI_DELETION:
		return c->has_replaces && !c->has_text && c->n_external == 0;
	case CS_MIMI_STATUS:
		return c->n_statuses != 0 && !c->has_replaces && !c->is_reply &&
		    !c->has_text && c->n_external == 0;
	case CS_MIMI_TIMER:
		return !c->has_replaces && !c->is_reply && !c->has_text &&
		    c->n_external == 0 && c->expiry == CS_MIMI_NEVER;
	default:
		return true;
	}
}

/* ---- writing ------------------------------------------------------------ */

static void
write_digests(struct cs_writer *w, const struct cs_mimi_content *c)
{
	cs_cbor_write_text(w, cs_view_str(media_key));
	cs_cbor_write_array(w, c->n_external);
	for (size_t i = 0; i < c->n_external; i++) {
		const struct cs_mimi_external *e = &c->external[i];

		cs_cbor_write_array(w, 4);
		cs_cbor_write_bytes(w, CS_VIEW_OF(e->plain_sha256));
		cs_cbor_write_uint(w, e->plain_size);
		cs_cbor_write_text(w, e->content_type);
		cs_cbor_write_null(w); /* thumb_sha256 */
	}
}

static void
write_single(struct cs_writer *w, unsigned disposition, const char *type,
    struct cs_view body)
{
	cs_cbor_write_array(w, 5);
	cs_cbor_write_uint(w, disposition);
	cs_cbor_write_text(w, cs_view("", 0));
	cs_cbor_write_uint(w, SINGLE);
	cs_cbor_write_text(w, cs_view_str(type));
	cs_cbor_write_bytes(w, body);
}

/* Nothing: what takes a message back, or a timer. */
static void
write_null_part(struct cs_writer *w, unsigned disposition)
{
	cs_cbor_write_array(w, 3);
	cs_cbor_write_uint(w, disposition);
	cs_cbor_write_text(w, cs_view("", 0));
	cs_cbor_write_uint(w, NULL_PART);
}

static void
write_statuses(struct cs_writer *w, const struct cs_mimi_content *c)
{
	struct cs_buf body = { 0 };
	struct cs_writer b = cs_writer(&body);

	cs_cbor_write_array(&b, c->n_statuses);
	for (size_t i = 0; i < c->n_statuses; i++) {
		cs_cbor_write_array(&b, 2);
		cs_cbor_write_bytes(&b, CS_VIEW_OF(c->statuses[i].id));
		cs_cbor_write_uint(&b, c->statuses[i].status);
	}
	if (cs_writer_end(&b) != CS_OK)
		cs_writer_fail(w, b.err);
	else
		write_single(w, DISPOSITION_UNSPECIFIED, status_type,
		    cs_buf_view(&body));
	cs_buf_free(&body);
}

static void
write_external_part(
    struct cs_writer *w, unsigned disposition, const struct cs_mimi_external *e)
{
	const struct cs_view none = { NULL, 0 };

	cs_cbor_write_array(w, 15);
	cs_cbor_write_uint(w, disposition);
	cs_cbor_write_text(w, none);
	cs_cbor_write_uint(w, EXTERNAL);
	cs_cbor_write_text(w, e->content_type);
	cs_cbor_write_tag(w, TAG_URI);
	cs_cbor_write_text(w, e->url);
	cs_cbor_write_uint(w, 0); /* expires */
	cs_cbor_write_uint(w, e->size);
	cs_cbor_write_uint(w, ENC_ALG_CSM1);
	cs_cbor_write_bytes(w, CS_VIEW_OF(e->key));
	cs_cbor_write_bytes(w, none); /* nonces are in the format */
	cs_cbor_write_bytes(w, none); /* aad */
	cs_cbor_write_uint(w, HASH_SHA256);
	cs_cbor_write_bytes(w, CS_VIEW_OF(e->content_hash));
	cs_cbor_write_text(w, none); /* description */
	cs_cbor_write_text(w, e->filename);
}

static void
write_said(struct cs_writer *w, const struct cs_mimi_content *c)
{
	size_t n = c->n_external + c->has_text;

	if (n == 0 || n > CS_MIMI_PARTS_MAX) {
		cs_writer_fail(w, CS_ERR_MISUSE);
		return;
	}
	if (n > 1) {
		cs_cbor_write_array(w, 5);
		cs_cbor_write_uint(w, DISPOSITION_RENDER);
		cs_cbor_write_text(w, cs_view(NULL, 0));
		cs_cbor_write_uint(w, MULTI);
		cs_cbor_write_uint(w, SEMANTICS_SINGLE_UNIT);
		cs_cbor_write_array(w, n);
	}
	if (c->has_text)
		write_single(w, DISPOSITION_RENDER, text_type, c->text);
	for (size_t i = 0; i < c->n_external; i++)
		write_external_part(w, DISPOSITION_ATTACHMENT, &c->external[i]);
}

static void
write_part(struct cs_writer *w, const struct cs_mimi_content *c)
{
	switch (c->kind) {
	case CS_MIMI_SAID:
		write_said(w, c);
		break;
	case CS_MIMI_REACTION:
		write_single(w, DISPOSITION_REACTION, text_type, c->text);
		break;
	case CS_MIMI_DELETION:
		write_null_part(w, DISPOSITION_RENDER);
		break;
	case CS_MIMI_STATUS:
		write_statuses(w, c);
		break;
	case CS_MIMI_TIMER:
		write_null_part(w, DISPOSITION_UNSPECIFIED);
		break;
	case CS_MIMI_NAME:
		write_single(w, DISPOSITION_RENDER, name_type, c->text);
		break;
	case CS_MIMI_LINK:
		write_single(w, DISPOSITION_RENDER, link_type, c->link);
		break;
	case CS_MIMI_PICTURE:
		if (c->n_external != 0)
			write_external_part(
			    w, DISPOSITION_ICON, &c->external[0]);
		else
			write_null_part(w, DISPOSITION_ICON);
		break;
	default:
		cs_writer_fail(w, CS_ERR_MISUSE);
	}
}

static void
write_id(struct cs_writer *w, bool there, const uint8_t id[CS_MIMI_ID_LEN])
{
	if (there)
		cs_cbor_write_bytes(w, cs_view(id, CS_MIMI_ID_LEN));
	else
		cs_cbor_write_null(w);
}

static void
write_expiry(struct cs_writer *w, const struct cs_mimi_content *c)
{
	if (c->expiry == CS_MIMI_NEVER) {
		cs_cbor_write_null(w);
		return;
	}
	cs_cbor_write_array(w, 2);
	cs_cbor_write_bool(w, c->expiry == CS_MIMI_AFTER);
	cs_cbor_write_uint(w, c->expires_s);
}

static void
write_extensions(struct cs_writer *w, const struct cs_mimi_content *c)
{
	cs_cbor_write_map(
	    w, 2u + (c->n_external != 0) + c->has_timer + (c->n_mentions != 0));
	cs_cbor_write_uint(w, EXTENSION_SENDER_URI);
	cs_cbor_write_text(w, c->sender_uri);
	cs_cbor_write_uint(w, EXTENSION_ROOM_URI);
	cs_cbor_write_text(w, c->room_uri);
	if (c->n_external != 0)
		write_digests(w, c);
	if (c->has_timer) {
		cs_cbor_write_text(w, cs_view_str(timer_key));
		cs_cbor_write_uint(w, c->timer_s);
	}
	if (c->n_mentions != 0) {
		cs_cbor_write_text(w, cs_view_str(mentions_key));
		cs_cbor_write_array(w, c->n_mentions);
		for (size_t i = 0; i < c->n_mentions; i++)
			cs_cbor_write_text(w, c->mentions[i]);
	}
}

enum cs_err
cs_mimi_write(struct cs_buf *out, const struct cs_mimi_content *c)
{
	struct cs_writer w = cs_writer(out);
	size_t from = out->len;

	if (c->has_text && !cs_utf8_valid(c->text))
		return CS_ERR_FORMAT;
	if (!kind_valid(c))
		return CS_ERR_MISUSE;
	cs_cbor_write_array(&w, 7);
	cs_cbor_write_bytes(&w, CS_VIEW_OF(c->salt));
	write_id(&w, c->has_replaces, c->replaces);
	cs_cbor_write_bytes(&w, cs_view("", 0)); /* topicId */
	write_expiry(&w, c);
	write_id(&w, c->is_reply, c->in_reply_to);
	write_extensions(&w, c);
	write_part(&w, c);
	if (w.err == CS_OK && out->len - from > CS_MIMI_MAX)
		cs_writer_fail(&w, CS_ERR_LIMIT);
	return cs_writer_end(&w);
}

/* ---- parsing ------------------------------------------------------------ */

/* Digests come before the parts that they belong to, in the same order. */
struct digests {
	size_t n;
	struct {
		uint8_t sha256[32];
		uint64_t size;
		struct cs_view type;
	} v[CS_MIMI_PARTS_MAX];
};

/* RFC 6838, section 4.2, and parameters in printable ASCII: nothing in it ends
 * a line or turns the direction of a text. */
static struct cs_view
read_type(struct cs_reader *r)
{
	struct cs_view type = cs_cbor_read_text(r, CS_MIMI_TYPE_MAX);

	for (size_t i = 0; r->err == CS_OK && i < type.len; i++)
		if (type.data[i] < ' ' || type.data[i] > '~')
			cs_reader_fail(r, CS_ERR_FORMAT);
	return type;
}

static void
read_digests(struct cs_reader *r, struct digests *d)
{
	d->n = cs_cbor_read_array(r, CS_MIMI_PARTS_MAX);
	for (size_t i = 0; i < d->n && r->err == CS_OK; i++) {
		cs_cbor_read_array_of(r, 4);
		cs_cbor_read_fixed(r, d->v[i].sha256, 32);
		d->v[i].size = cs_cbor_read_uint(r);
		d->v[i].type = read_type(r);
		if (!cs_cbor_read_null(r)) {
			uint8_t thumb[32];

			cs_cbor_read_fixed(r, thumb, sizeof thumb);
		}
	}
}

static void
read_mentions(struct cs_reader *r, struct cs_mimi_content *out)
{
	out->n_mentions = cs_cbor_read_array(r, CS_MIMI_MENTIONS_MAX);
	if (out->n_mentions == 0)
		cs_reader_fail(r, CS_ERR_FORMAT);
	for (size_t i = 0; i < out->n_mentions && r->err == CS_OK; i++)
		out->mentions[i] = cs_cbor_read_text(r, CS_MIMI_URI_MAX);
}

/* An extension with a name; those that nobody here knows are passed over. */
static void
read_named(struct cs_reader *r, struct cs_mimi_content *out, struct digests *d,
    struct cs_view name)
{
	if (cs_view_equal(name, cs_view_str(media_key))) {
		read_digests(r, d);
	} else if (cs_view_equal(name, cs_view_str(timer_key))) {
		out->has_timer = true;
		out->timer_s = (uint32_t)cs_cbor_read_uint_max(r, UINT32_MAX);
	} else if (cs_view_equal(name, cs_view_str(mentions_key))) {
		read_mentions(r, out);
	} else {
		(void)cs_cbor_skip(r, CS_MIMI_DEPTH_MAX);
	}
}

static void
read_extension(struct cs_reader *r, struct cs_mimi_content *out,
    struct digests *d, struct cs_view key)
{
	struct cs_reader k = cs_reader(key);

	if (key.data[0] < 24) {
		uint64_t number = cs_cbor_read_uint(&k);

		if (number == EXTENSION_SENDER_URI)
			out->sender_uri = cs_cbor_read_text(r, CS_MIMI_URI_MAX);
		else if (number == EXTENSION_ROOM_URI)
			out->room_uri = cs_cbor_read_text(r, CS_MIMI_URI_MAX);
		else
			(void)cs_cbor_skip(r, CS_MIMI_DEPTH_MAX);
	} else if (key.data[0] >> 5 == 3) {
		read_named(r, out, d, cs_cbor_read_text(&k, key.len));
	} else {
		(void)cs_cbor_skip(r, CS_MIMI_DEPTH_MAX);
	}
}

static void
read_extensions(
    struct cs_reader *r, struct cs_mimi_content *out, struct digests *d)
{
	size_t n = cs_cbor_read_map(r, EXTENSIONS_MAX);
	struct cs_view last = { NULL, 0 };

	for (size_t i = 0; i < n && r->err == CS_OK; i++) {
		struct cs_view key = cs_cbor_skip(r, 1);

		if (r->err != CS_OK)
			return;
		cs_cbor_check_key(r, &last, key);
		read_extension(r, out, d, key);
	}
}

/* Of what is not shown, the first part is kept for whoever looks closer. */
static void
take_unknown(
    struct cs_mimi_content *out, struct cs_view type, struct cs_view body)
{
	if (out->kind != CS_MIMI_UNKNOWN) {
		out->other_type = type;
		out->other = body;
	}
	out->kind = CS_MIMI_UNKNOWN;
}

static void
read_statuses(
    struct cs_reader *r, struct cs_mimi_content *out, struct cs_view body)
{
	struct cs_reader b = cs_reader(body);
	enum cs_err err;

	out->kind = CS_MIMI_STATUS;
	out->n_statuses = cs_cbor_read_array(&b, CS_MIMI_STATUSES_MAX);
	for (size_t i = 0; i < out->n_statuses && b.err == CS_OK; i++) {
		cs_cbor_read_array_of(&b, 2);
		cs_cbor_read_fixed(&b, out->statuses[i].id, CS_MIMI_ID_LEN);
		out->statuses[i].status =
		    (uint8_t)cs_cbor_read_uint_max(&b, CS_MIMI_STATUS_MAX);
	}
	if ((err = cs_reader_end(&b)))
		cs_reader_fail(r, err);
}

/* How a part is meant, and whether it is all of the body. */
struct place {
	unsigned depth; /* how deep parts may still lie in it */
	unsigned disposition;
};

static bool
is_whole(const struct place *at)
{
	return at->depth == CS_MIMI_DEPTH_MAX;
}

static void
read_single(
    struct cs_reader *r, struct cs_mimi_content *out, const struct place *at)
{
	struct cs_view type = read_type(r);
	struct cs_view body = cs_cbor_read_bytes(r, CS_MIMI_MAX);
	bool text = cs_view_equal(type, cs_view_str(text_type));
	bool alone = at->disposition == DISPOSITION_RENDER && is_whole(at);
	bool name = alone && cs_view_equal(type, cs_view_str(name_type));
	bool reaction = at->disposition == DISPOSITION_REACTION && is_whole(at);

	if (r->err != CS_OK)
		return;
	if ((text || name) && !cs_utf8_valid(body)) {
		cs_reader_fail(r, CS_ERR_FORMAT);
	} else if (is_whole(at) &&
	    cs_view_equal(type, cs_view_str(status_type))) {
		read_statuses(r, out, body);
	} else if (text && reaction) {
		out->kind = CS_MIMI_REACTION;
		out->has_text = true;
		out->text = body;
	} else if (name) {
		out->kind = CS_MIMI_NAME;
		out->has_text = true;
		out->text = body;
	} else if (alone && cs_view_equal(type, cs_view_str(link_type))) {
		out->kind = CS_MIMI_LINK;
		out->link = body;
	} else if (!text || reaction || out->has_text) {
		/* A message has one text, and only such that is shown as it is.
		 */
		take_unknown(out, type, body);
	} else {
		out->has_text = true;
		out->text = body;
	}
}

static void
read_external(
    struct cs_reader *r, struct cs_mimi_content *out, const struct place *at)
{
	struct cs_mimi_external *e;

	if (is_whole(at) && at->disposition == DISPOSITION_ICON)
		out->kind = CS_MIMI_PICTURE;
	if (out->n_external == CS_MIMI_PARTS_MAX) {
		cs_reader_fail(r, CS_ERR_LIMIT);
		return;
	}
	e = &out->external[out->n_external++];
	e->content_type = read_type(r);
	cs_cbor_read_tag(r, TAG_URI);
	e->url = cs_cbor_read_text(r, CS_MIMI_URI_MAX);
	(void)cs_cbor_read_uint_max(r, UINT32_MAX); /* expires */
	e->size = cs_cbor_read_uint(r);
	/* A file under any other format could open to two contents. */
	if (cs_cbor_read_uint_max(r, UINT16_MAX) != ENC_ALG_CSM1)
		cs_reader_fail(r, CS_ERR_UNSUPPORTED);
	cs_cbor_read_fixed(r, e->key, sizeof e->key);
	(void)cs_cbor_read_bytes(r, 0); /* nonce */
	(void)cs_cbor_read_bytes(r, 0); /* aad */
	if (cs_cbor_read_uint_max(r, UINT8_MAX) != HASH_SHA256)
		cs_reader_fail(r, CS_ERR_UNSUPPORTED);
	cs_cbor_read_fixed(r, e->content_hash, sizeof e->content_hash);
	(void)cs_cbor_read_text(r, 1024); /* description */
	e->filename = cs_cbor_read_text(r, CS_MIMI_FILENAME_MAX);
}

static void read_part(
    struct cs_reader *r, struct cs_mimi_content *out, unsigned depth);

static void
read_multi(struct cs_reader *r, struct cs_mimi_content *out, unsigned depth)
{
	uint64_t semantics = cs_cbor_read_uint_max(r, SEMANTICS_PROCESS_ALL);
	size_t n = cs_cbor_read_array(r, CS_MIMI_PARTS_MAX);

	/* FRANKING, rule 5: with "choose one" two people see two messages. */
	if (semantics != SEMANTICS_SINGLE_UNIT &&
	    semantics != SEMANTICS_PROCESS_ALL)
		cs_reader_fail(r, CS_ERR_UNSUPPORTED);
	if (n < 2)
		cs_reader_fail(r, CS_ERR_FORMAT);
	for (size_t i = 0; i < n && r->err == CS_OK; i++)
		read_part(r, out, depth - 1);
}

/* Parts that mean something else than "show this". */
static bool
is_shown(unsigned disposition)
{
	return disposition == DISPOSITION_UNSPECIFIED ||
	    disposition == DISPOSITION_RENDER ||
	    disposition == DISPOSITION_INLINE ||
	    disposition == DISPOSITION_ATTACHMENT;
}

static void
read_null(
    struct cs_reader *r, struct cs_mimi_content *out, const struct place *at)
{
	if (!is_whole(at))
		cs_reader_fail(r, CS_ERR_UNSUPPORTED);
	out->kind = at->disposition == DISPOSITION_ICON ? CS_MIMI_PICTURE
	    : out->has_timer                            ? CS_MIMI_TIMER
							: CS_MIMI_DELETION;
}

static void
read_body(struct cs_reader *r, struct cs_mimi_content *out,
    const struct place *at, enum cardinality cardinality)
{
	switch (cardinality) {
	case NULL_PART:
		read_null(r, out, at);
		break;
	case SINGLE:
		read_single(r, out, at);
		break;
	case EXTERNAL:
		read_external(r, out, at);
		break;
	case MULTI:
		if (at->depth == 0)
			cs_reader_fail(r, CS_ERR_LIMIT);
		else
			read_multi(r, out, at->depth);
		break;
	}
}

static void
read_part(struct cs_reader *r, struct cs_mimi_content *out, unsigned depth)
{
	static const size_t sizes[] = { 3, 5, 15, 5 };
	struct place at = { .depth = depth };
	size_t n = cs_cbor_read_array(r, 15);
	uint64_t cardinality;

	at.disposition = (unsigned)cs_cbor_read_uint_max(r, DISPOSITION_MAX);
	(void)cs_cbor_read_text(r, LANGUAGE_MAX);
	cardinality = cs_cbor_read_uint_max(r, MULTI);
	if (r->err != CS_OK)
		return;
	if (n != sizes[cardinality])
		cs_reader_fail(r, CS_ERR_FORMAT);
	read_body(r, out, &at, (enum cardinality)cardinality);
	if (r->err == CS_OK && out->kind == CS_MIMI_SAID &&
	    !is_shown(at.disposition))
		take_unknown(out, cs_view("", 0), cs_view("", 0));
}

/* Each file has its digests, and they speak of the same type. */
static enum cs_err
join_digests(struct cs_mimi_content *out, const struct digests *d)
{
	if (d->n != out->n_external)
		return CS_ERR_FORMAT;
	for (size_t i = 0; i < d->n; i++) {
		struct cs_mimi_external *e = &out->external[i];

		if (!cs_view_equal(e->content_type, d->v[i].type))
			return CS_ERR_FORMAT;
		memcpy(e->plain_sha256, d->v[i].sha256, 32);
		e->plain_size = d->v[i].size;
	}
	return CS_OK;
}

/* A message id, or null. */
static bool
read_id(struct cs_reader *r, uint8_t id[static CS_MIMI_ID_LEN])
{
	if (cs_cbor_read_null(r))
		return false;
	cs_cbor_read_fixed(r, id, CS_MIMI_ID_LEN);
	return true;
}

static void
read_expiry(struct cs_reader *r, struct cs_mimi_content *out)
{
	if (cs_cbor_read_null(r))
		return;
	cs_cbor_read_array_of(r, 2);
	out->expiry = cs_cbor_read_bool(r) ? CS_MIMI_AFTER : CS_MIMI_AT;
	out->expires_s = (uint32_t)cs_cbor_read_uint_max(r, UINT32_MAX);
}

enum cs_err
cs_mimi_parse(struct cs_mimi_content *out, struct cs_view in)
{
	struct cs_reader r = cs_reader(in);
	struct digests d = { 0 };
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if (in.len > CS_MIMI_MAX)
		return CS_ERR_LIMIT;
	cs_cbor_read_array_of(&r, 7);
	cs_cbor_read_fixed(&r, out->salt, sizeof out->salt);
	out->has_replaces = read_id(&r, out->replaces);
	(void)cs_cbor_read_bytes(&r, CS_MIMI_URI_MAX); /* topicId */
	read_expiry(&r, out);
	out->is_reply = read_id(&r, out->in_reply_to);
	read_extensions(&r, out, &d);
	read_part(&r, out, CS_MIMI_DEPTH_MAX);
	if ((err = cs_reader_end(&r)))
		return err;
	if (out->sender_uri.len == 0 || out->room_uri.len == 0)
		return CS_ERR_FORMAT;
	/* What is not shown may say whatever it likes of that. */
	if (out->kind == CS_MIMI_UNKNOWN) {
		out->n_mentions = 0;
		out->has_timer = out->has_text = false;
	}
	if (!kind_valid(out))
		return CS_ERR_FORMAT;
	return join_digests(out, &d);
}

uint64_t
cs_mimi_expires_ms(const struct cs_mimi_content *c, uint64_t accepted_ms)
{
	uint64_t ms = (uint64_t)c->expires_s * CS_SECOND_MS;

	switch (c->expiry) {
	case CS_MIMI_AFTER:
		return accepted_ms + ms;
	case CS_MIMI_AT:
		return ms != 0 ? ms : 1; /* 1970: long ago, and not never */
	default:
		return 0;
	}
}

enum cs_err
cs_mimi_id(uint8_t out[static CS_MIMI_ID_LEN], const struct cs_mimi_content *c,
    struct cs_view encoded)
{
	uint8_t hash[CS_SHA256_LEN];
	struct cs_view parts[4] = { c->sender_uri, c->room_uri,
		CS_VIEW_OF(c->salt), encoded };
	enum cs_err err = cs_hash_parts(hash, CS_SHA256, parts, 4);

	out[0] = 0x01; /* SHA-256 */
	memcpy(out + 1, hash, CS_MIMI_ID_LEN - 1);
	return err;
}
