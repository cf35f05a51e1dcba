/* SPDX-License-Identifier: MIT */
#include "content/filing_body.h"

#include <string.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "base/text.h"
#include "base/writer.h"

#define BODY_VERSION 1

static const uint8_t magic[9] = { 'C', 'S', 'F', 'I', 'L', 'I', 'N', 'G', '1' };
static const struct cs_reply_dress dress = { { magic, sizeof magic },
	"countersign/filing/v1" };

static const char *const places[] = { [CS_FILING_PLACE_LINK] = "link",
	[CS_FILING_PLACE_HANDLE] = "handle",
	[CS_FILING_PLACE_GROUP] = "group",
	[CS_FILING_PLACE_BLOB] = "blob" };

const char *
cs_filing_place_name(uint8_t kind)
{
	return kind < sizeof places / sizeof *places ? places[kind] : NULL;
}

/* ---- what may stand there ------------------------------------------------ */

/* Text that can be shown to people as it is; of several lines or of one. */
static bool
is_text(struct cs_view v, bool lines)
{
	size_t n;

	if (!cs_utf8_valid(v))
		return false;
	while (v.len != 0) {
		uint32_t x = cs_utf8_next(&v, &n);

		if (lines && (x == '\n' || x == '\r' || x == '\t'))
			continue;
		if (x < 0x20 || (x >= 0x7f && x < 0xa0))
			return false;
	}
	return true;
}

static bool
is_file_name(struct cs_view v)
{
	return v.len != 0 && is_text(v, false) &&
	    memchr(v.data, '/', v.len) == NULL;
}

static bool
texts_hold(const struct cs_filing_body *b)
{
	return is_text(b->language, false) && is_text(b->text, true) &&
	    is_text(b->law, false) && is_text(b->name, false) &&
	    is_text(b->contact, false);
}

static bool
lists_hold(const struct cs_filing_body *b)
{
	for (size_t i = 0; i < b->n_places; i++)
		if (cs_filing_place_name(b->places[i].kind) == NULL ||
		    b->places[i].value.len == 0 ||
		    !is_text(b->places[i].value, false))
			return false;
	for (size_t i = 0; i < b->n_files; i++)
		if (!is_file_name(b->files[i].name))
			return false;
	return true;
}

/* What each kind of filing has to have, and has not. */
static bool
kind_holds(const struct cs_filing_body *b)
{
	switch (b->what) {
	case CS_FILING_NOTICE:
		return b->about == 0 && b->text.len != 0 &&
		    (b->flags & CS_FILING_GOOD_FAITH) != 0;
	case CS_FILING_MORE:
	case CS_FILING_APPEAL:
		return b->about != 0 && b->text.len != 0;
	case CS_FILING_PHOTOS:
		return b->about == 0 && b->n_hashes != 0 && b->n_files == 0 &&
		    b->n_places == 0;
	default:
		return false;
	}
}

static enum cs_err
check(const struct cs_filing_body *b)
{
	const uint8_t flags =
	    CS_FILING_GOOD_FAITH | CS_FILING_CHILD | CS_FILING_NAME_SHOWN;

	return cs_filing_term(b->category) != NULL &&
		(b->flags & ~flags) == 0 && texts_hold(b) && lists_hold(b) &&
		kind_holds(b)
	    ? CS_OK
	    : CS_ERR_FORMAT;
}

/* ---- lists --------------------------------------------------------------- */

enum cs_err
cs_filing_hash_add(struct cs_buf *out, const struct cs_filing_hash *hash)
{
	struct cs_writer w = cs_writer(out);

	cs_write_bytes(&w, CS_VIEW_OF(hash->pdq));
	cs_write_vec(&w, hash->label);
	return cs_writer_end(&w);
}

static void
read_hash(struct cs_filing_hash *out, struct cs_reader *r)
{
	cs_read_copy(r, out->pdq, sizeof out->pdq);
	out->label = cs_read_vec_max(r, CS_FILING_LABEL_MAX);
	if (!is_text(out->label, false))
		cs_reader_fail(r, CS_ERR_FORMAT);
}

bool
cs_filing_hash_next(struct cs_filing_hash *out, struct cs_view *rest)
{
	struct cs_reader r = cs_reader(*rest);

	if (rest->len == 0)
		return false;
	read_hash(out, &r);
	*rest = cs_view(r.data, r.left);
	return r.err == CS_OK;
}

static void
read_places(struct cs_filing_body *out, struct cs_reader *r)
{
	struct cs_reader sub = cs_read_sub(r);

	while (cs_reader_more(&sub)) {
		struct cs_filing_place *p = &out->places[out->n_places];

		if (out->n_places == CS_FILING_PLACES) {
			cs_reader_fail(&sub, CS_ERR_LIMIT);
			break;
		}
		p->kind = cs_read_u8(&sub);
		p->value = cs_read_vec_max(&sub, CS_FILING_PLACE_MAX);
		out->n_places++;
	}
	cs_read_sub_end(r, &sub);
}

static void
read_hashes(struct cs_filing_body *out, struct cs_reader *r)
{
	struct cs_reader sub;
	struct cs_filing_hash hash;

	out->hashes = cs_read_vec(r);
	sub = cs_reader(out->hashes);
	while (cs_reader_more(&sub)) {
		if (out->n_hashes == CS_FILING_HASHES) {
			cs_reader_fail(&sub, CS_ERR_LIMIT);
			break;
		}
		read_hash(&hash, &sub);
		out->n_hashes++;
	}
	cs_read_sub_end(r, &sub);
}

static void
read_files(struct cs_filing_body *out, struct cs_reader *r)
{
	struct cs_reader sub = cs_read_sub(r);

	while (cs_reader_more(&sub)) {
		struct cs_filing_file *f = &out->files[out->n_files];

		if (out->n_files == CS_FILING_FILES) {
			cs_reader_fail(&sub, CS_ERR_LIMIT);
			break;
		}
		f->name = cs_read_vec_max(&sub, CS_FILING_FILE_NAME_MAX);
		f->bytes = cs_read_vec(&sub);
		out->n_files++;
	}
	cs_read_sub_end(r, &sub);
}

/* ---- the whole ----------------------------------------------------------- */

static bool
is_hex(struct cs_view v, size_t n)
{
	if (v.len != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (v.data[i] == '\0' ||
		    strchr("0123456789abcdefABCDEF", v.data[i]) == NULL)
			return false;
	return true;
}

static bool
has(struct cs_view v, const char *text)
{
	return v.len != 0 && memmem(v.data, v.len, text, strlen(text)) != NULL;
}

uint8_t
cs_filing_place_guess(struct cs_view v, const char *hub)
{
	if (is_hex(v, 2 * CS_HASH_LEN))
		return 0;
	if (is_hex(v, 2 * CS_ID_LEN))
		return CS_FILING_PLACE_BLOB;
	if (has(v, "://") && has(v, hub) && (has(v, "/c/") || has(v, "/g/")))
		return CS_FILING_PLACE_GROUP;
	return has(v, "://") || has(v, " ") ? CS_FILING_PLACE_LINK
					    : CS_FILING_PLACE_HANDLE;
}

enum cs_err
cs_filing_body_write(struct cs_buf *out, const struct cs_filing_body *body)
{
	struct cs_writer w = cs_writer(out);
	struct cs_filing_body *same;
	size_t from = out->len, mark;
	enum cs_err err;

	cs_write_u8(&w, BODY_VERSION);
	cs_write_u8(&w, body->what);
	cs_write_u8(&w, body->category);
	cs_write_u8(&w, body->flags);
	cs_write_u64(&w, body->about);
	cs_write_bytes(&w, CS_VIEW_OF(body->salt));
	cs_write_bytes(&w, CS_VIEW_OF(body->reply_key));
	cs_write_vec(&w, body->language);
	cs_write_vec(&w, body->text);
	cs_write_vec(&w, body->law);
	cs_write_vec(&w, body->name);
	cs_write_vec(&w, body->contact);
	mark = cs_write_open(&w);
	for (size_t i = 0; i < body->n_places; i++) {
		cs_write_u8(&w, body->places[i].kind);
		cs_write_vec(&w, body->places[i].value);
	}
	cs_write_close(&w, mark);
	cs_write_vec(&w, body->hashes);
	mark = cs_write_open(&w);
	for (size_t i = 0; i < body->n_files; i++) {
		cs_write_vec(&w, body->files[i].name);
		cs_write_vec(&w, body->files[i].bytes);
	}
	cs_write_close(&w, mark);
	if ((err = cs_writer_end(&w)))
		return err;
	/* What the other end would refuse is not written. */
	if ((same = cs_calloc(1, sizeof *same)) == NULL)
		return CS_ERR_NOMEM;
	err = cs_filing_body_parse(
	    same, cs_view(out->data + from, out->len - from));
	cs_free(same, sizeof *same);
	return cs_err_class(err) == CS_ERR_CLASS_THEIRS && err != CS_ERR_LIMIT
	    ? CS_ERR_MISUSE
	    : err;
}

enum cs_err
cs_filing_body_parse(struct cs_filing_body *out, struct cs_view in)
{
	struct cs_reader r = cs_reader(in);
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if (in.len > CS_FILING_BODY_MAX)
		return CS_ERR_LIMIT;
	if (cs_read_u8(&r) != BODY_VERSION)
		cs_reader_fail(&r, CS_ERR_VERSION);
	out->what = cs_read_u8(&r);
	out->category = cs_read_u8(&r);
	out->flags = cs_read_u8(&r);
	out->about = cs_read_u64(&r);
	cs_read_copy(&r, out->salt, sizeof out->salt);
	cs_read_copy(&r, out->reply_key, sizeof out->reply_key);
	out->language = cs_read_vec_max(&r, CS_FILING_LANGUAGE_MAX);
	out->text = cs_read_vec_max(&r, CS_FILING_TEXT_MAX);
	out->law = cs_read_vec_max(&r, CS_FILING_LAW_MAX);
	out->name = cs_read_vec_max(&r, CS_FILING_NAME_MAX);
	out->contact = cs_read_vec_max(&r, CS_FILING_CONTACT_MAX);
	read_places(out, &r);
	read_hashes(out, &r);
	read_files(out, &r);
	err = cs_reader_end(&r);
	return err ? err : check(out);
}

enum cs_err
cs_filing_body_seal(
    struct cs_buf *out, struct cs_view body, struct cs_view to_public)
{
	uint8_t reply[CS_REPLY_KEY_LEN];
	enum cs_err err =
	    cs_reply_key_seal(out, reply, &dress, body, to_public);

	/* Answers are sealed under the key in the body, which whoever filed it
	 * can make again of a secret on paper. */
	cs_wipe(reply, sizeof reply);
	return err;
}

enum cs_err
cs_filing_body_open(struct cs_filing_body *body, struct cs_buf *plain,
    struct cs_view sealed, const struct cs_hpke_key *key)
{
	uint8_t reply[CS_REPLY_KEY_LEN];
	enum cs_err err;

	if (sealed.len > CS_FILING_SEALED_MAX)
		return CS_ERR_LIMIT;
	cs_buf_reset(plain);
	err = cs_reply_key_open(plain, reply, &dress, sealed, key);
	cs_wipe(reply, sizeof reply);
	return err ? err : cs_filing_body_parse(body, cs_buf_view(plain));
}

void
cs_filing_subject(uint8_t out[static CS_ID_LEN], uint64_t number)
{
	memset(out, 0, CS_ID_LEN);
	cs_put_u64(out + CS_ID_LEN - sizeof number, number);
}

uint64_t
cs_filing_of_subject(const uint8_t subject[static CS_ID_LEN])
{
	struct cs_reader r = cs_reader(
	    cs_view(subject + CS_ID_LEN - sizeof(uint64_t), sizeof(uint64_t)));

	return cs_read_u64(&r);
}
