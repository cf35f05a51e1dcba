/* SPDX-License-Identifier: MIT */
#include "content/letter.h"

#include <string.h>

#include "base/reader.h"
#include "base/text.h"
#include "base/writer.h"
#include "crypto/seal.h"

#define LETTER_VERSION 1

static const uint8_t magic[9] = { 'C', 'S', 'L', 'E', 'T', 'T', 'E', 'R', '1' };
static const struct cs_reply_dress dress = { { magic, sizeof magic },
	"countersign/letter/v1" };

static enum cs_err
check_text(struct cs_view text)
{
	if (text.len > CS_LETTER_TEXT_MAX)
		return CS_ERR_LIMIT;
	return text.len != 0 && cs_utf8_valid(text) ? CS_OK : CS_ERR_FORMAT;
}

enum cs_err
cs_letter_parse(struct cs_letter *out, struct cs_view plain)
{
	struct cs_reader r = cs_reader(plain);
	enum cs_err err;

	if (cs_read_u8(&r) != LETTER_VERSION)
		cs_reader_fail(&r, CS_ERR_VERSION);
	out->language = cs_read_vec_max(&r, CS_LETTER_LANGUAGE_MAX);
	out->text = cs_read_vec_max(&r, CS_LETTER_TEXT_MAX);
	if ((err = cs_reader_end(&r)))
		return err;
	if (!cs_utf8_valid(out->language))
		return CS_ERR_FORMAT;
	return check_text(out->text);
}

enum cs_err
cs_letter_seal(struct cs_buf *out, uint8_t reply[static 32],
    const struct cs_letter *letter, struct cs_view to_public)
{
	struct cs_buf plain = { 0 };
	struct cs_writer w = cs_writer(&plain);
	struct cs_letter same;
	enum cs_err err;

	cs_write_u8(&w, LETTER_VERSION);
	cs_write_vec(&w, letter->language);
	cs_write_vec(&w, letter->text);
	if ((err = cs_writer_end(&w)) == CS_OK &&
	    (err = cs_letter_parse(&same, cs_buf_view(&plain))) == CS_OK)
		err = cs_reply_key_seal(
		    out, reply, &dress, cs_buf_view(&plain), to_public);
	cs_buf_free(&plain);
	return err;
}

enum cs_err
cs_letter_open(struct cs_letter *out, struct cs_buf *plain,
    uint8_t reply[static 32], struct cs_view sealed,
    const struct cs_hpke_key *key)
{
	enum cs_err err;

	cs_buf_reset(plain);
	if ((err = cs_reply_key_open(plain, reply, &dress, sealed, key)) ==
		CS_OK &&
	    (err = cs_letter_parse(out, cs_buf_view(plain))) != CS_OK)
		cs_wipe(reply, CS_REPLY_KEY_LEN);
	return err;
}

/* ---- what the desk writes back ------------------------------------------ */

struct place {
	uint8_t b[21 + 16];
};

static struct place
place_of(const uint8_t subject[static 16])
{
	struct place p = { "countersign/reply/v1" }; /* with its zero */

	memcpy(p.b + 21, subject, 16);
	return p;
}

enum cs_err
cs_reply_seal(struct cs_buf *out, const uint8_t reply[static 32],
    const uint8_t subject[static 16], struct cs_view text)
{
	struct place place = place_of(subject);
	struct cs_seal_key key;
	enum cs_err err;

	if ((err = check_text(text)))
		return err;
	memcpy(key.b, reply, sizeof key.b);
	err = cs_seal(out, &key, CS_VIEW_OF(place.b), text);
	cs_wipe(&key, sizeof key);
	return err;
}

enum cs_err
cs_reply_open(struct cs_buf *out, const uint8_t reply[static 32],
    const uint8_t subject[static 16], struct cs_view sealed)
{
	struct place place = place_of(subject);
	size_t from = out->len;
	struct cs_seal_key key;
	enum cs_err err;

	memcpy(key.b, reply, sizeof key.b);
	if ((err = cs_unseal(out, &key, CS_VIEW_OF(place.b), sealed)) ==
		CS_OK &&
	    (err = check_text(cs_view(out->data + from, out->len - from))) !=
		CS_OK)
		out->len = from;
	cs_wipe(&key, sizeof key);
	return err;
}
