/* SPDX-License-Identifier: MIT */
#include "crypto/note.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "crypto/hash.h"

#define DASH_LEN (sizeof CS_NOTE_DASH - 1)
#define ID_HEX_LEN ((size_t)2 * CS_NOTE_ID_LEN)
#define TYPED_LEN (1 + CS_SIGN_PUBLIC_LEN)
#define SIGNED_LEN (CS_NOTE_ID_LEN + CS_SIGNATURE_LEN)

/* ---- keys --------------------------------------------------------------- */

static bool
is_name(struct cs_view name)
{
	if (name.len == 0 || name.len > CS_NOTE_NAME_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (name.data[i] <= ' ' || name.data[i] >= 0x7f ||
		    name.data[i] == '+')
			return false;
	return true;
}

enum cs_err
cs_note_key_typed(struct cs_note_key *out, enum cs_note_type type,
    const char *name, const uint8_t public[static CS_SIGN_PUBLIC_LEN])
{
	uint8_t hashed[CS_NOTE_NAME_MAX + 2 + CS_SIGN_PUBLIC_LEN];
	uint8_t hash[CS_HASH_LEN];
	size_t n = strlen(name);
	enum cs_err err;

	if (!is_name(cs_view_str(name)))
		return CS_ERR_FORMAT;
	memcpy(hashed, name, n);
	hashed[n] = '\n';
	hashed[n + 1] = (uint8_t)type;
	memcpy(hashed + n + 2, public, CS_SIGN_PUBLIC_LEN);
	if ((err = cs_sha256(
		 hash, cs_view(hashed, n + 2 + CS_SIGN_PUBLIC_LEN))))
		return err;
	memcpy(out->name, name, n + 1);
	memcpy(out->id, hash, sizeof out->id);
	memcpy(out->public, public, sizeof out->public);
	return CS_OK;
}

enum cs_err
cs_note_key(struct cs_note_key *out, const char *name,
    const uint8_t public[static CS_SIGN_PUBLIC_LEN])
{
	return cs_note_key_typed(out, CS_NOTE_ED25519, name, public);
}

void
cs_note_key_typed_text(char out[static CS_NOTE_KEY_SIZE],
    enum cs_note_type type, const struct cs_note_key *key)
{
	uint8_t typed[TYPED_LEN] = { (uint8_t)type };
	char id[ID_HEX_LEN + 1], text[CS_BASE64_SIZE(TYPED_LEN)];

	memcpy(typed + 1, key->public, sizeof key->public);
	cs_hex(id, CS_VIEW_OF(key->id));
	cs_base64(text, CS_VIEW_OF(typed));
	snprintf(out, CS_NOTE_KEY_SIZE, "%s+%s+%s", key->name, id, text);
}

void
cs_note_key_text(
    char out[static CS_NOTE_KEY_SIZE], const struct cs_note_key *key)
{
	cs_note_key_typed_text(out, CS_NOTE_ED25519, key);
}

/* What stands before the first ${end} in ${v}, which moves on behind it. */
static bool
take_until(struct cs_view *out, struct cs_view *v, char end)
{
	const uint8_t *at = v->len != 0 ? memchr(v->data, end, v->len) : NULL;

	if (at == NULL)
		return false;
	*out = cs_view(v->data, (size_t)(at - v->data));
	*v = cs_view(at + 1, v->len - out->len - 1);
	return true;
}

enum cs_err
cs_note_key_typed_read(
    struct cs_note_key *out, enum cs_note_type type, struct cs_view text)
{
	struct cs_view name, id;
	uint8_t typed[TYPED_LEN];
	char said[CS_NOTE_NAME_MAX + 1] = "", hex[ID_HEX_LEN + 1];
	enum cs_err err;

	if (!take_until(&name, &text, '+') || !take_until(&id, &text, '+') ||
	    !is_name(name) || id.len != ID_HEX_LEN)
		return CS_ERR_FORMAT;
	if ((err = cs_unbase64(typed, sizeof typed, text)))
		return err;
	if (typed[0] != type)
		return CS_ERR_UNSUPPORTED;
	memcpy(said, name.data, name.len);
	if ((err = cs_note_key_typed(out, type, said, typed + 1)))
		return err;
	cs_hex(hex, CS_VIEW_OF(out->id));
	return cs_view_equal(id, cs_view_str(hex)) ? CS_OK : CS_ERR_FORMAT;
}

enum cs_err
cs_note_key_read(struct cs_note_key *out, struct cs_view text)
{
	return cs_note_key_typed_read(out, CS_NOTE_ED25519, text);
}

/* ---- notes -------------------------------------------------------------- */

enum cs_err
cs_note_sign(char out[static CS_NOTE_LINE_SIZE], const struct cs_note_key *key,
    const struct cs_sign_key *with, struct cs_view text)
{
	uint8_t signed_by[SIGNED_LEN];
	char base64[CS_BASE64_SIZE(SIGNED_LEN)];
	enum cs_err err;

	if (text.len == 0 || text.data[text.len - 1] != '\n')
		return CS_ERR_FORMAT;
	memcpy(signed_by, key->id, CS_NOTE_ID_LEN);
	if ((err = cs_sign(signed_by + CS_NOTE_ID_LEN, with, text)))
		return err;
	cs_base64(base64, CS_VIEW_OF(signed_by));
	snprintf(
	    out, CS_NOTE_LINE_SIZE, CS_NOTE_DASH "%s %s\n", key->name, base64);
	return CS_OK;
}

/* The last empty line is what separates: a text may have some of its own. */
enum cs_err
cs_note_split(struct cs_view *text, struct cs_view *lines, struct cs_view note)
{
	size_t n = note.len;

	if (!cs_utf8_valid(note) || n < 2 || note.data[n - 1] != '\n')
		return CS_ERR_FORMAT;
	for (size_t at = n - 1; at > 0; at--)
		if (note.data[at] == '\n' && note.data[at - 1] == '\n') {
			*text = cs_view(note.data, at);
			*lines = cs_view(note.data + at + 1, n - at - 1);
			return CS_OK;
		}
	return CS_ERR_FORMAT;
}

enum cs_err
cs_note_line_next(uint8_t *out, size_t n, struct cs_view *lines,
    const struct cs_note_key *key)
{
	struct cs_view line, name;

	if (!take_until(&line, lines, '\n') || line.len < DASH_LEN ||
	    !cs_view_equal(
		cs_view(line.data, DASH_LEN), cs_view_str(CS_NOTE_DASH)))
		return CS_ERR_FORMAT;
	line = cs_view(line.data + DASH_LEN, line.len - DASH_LEN);
	if (!take_until(&name, &line, ' ') || name.len == 0)
		return CS_ERR_FORMAT;
	if (!cs_view_equal(name, cs_view_str(key->name)))
		return CS_ERR_NOT_FOUND;
	if (cs_unbase64(out, n, line) != CS_OK ||
	    !cs_view_equal(cs_view(out, CS_NOTE_ID_LEN), CS_VIEW_OF(key->id)))
		return CS_ERR_NOT_FOUND; /* of another key, or type */
	return CS_OK;
}

enum cs_err
cs_note_verify(
    struct cs_view *text, struct cs_view note, const struct cs_note_key *key)
{
	struct cs_view lines, found;
	uint8_t by[SIGNED_LEN];
	bool ours = false;
	enum cs_err err;

	if ((err = cs_note_split(&found, &lines, note)))
		return err;
	for (int n = 0; lines.len != 0; n++) {
		if (n == CS_NOTE_LINES_MAX)
			return CS_ERR_FORMAT;
		err = cs_note_line_next(by, sizeof by, &lines, key);
		if (err == CS_ERR_NOT_FOUND)
			continue;
		/* Each line of ours has to hold. */
		if (err ||
		    (err = cs_sign_verify(CS_VIEW_OF(key->public), found,
			 cs_view(by + CS_NOTE_ID_LEN, CS_SIGNATURE_LEN))))
			return err;
		ours = true;
	}
	if (!ours)
		return CS_ERR_NOT_FOUND;
	*text = found;
	return CS_OK;
}
