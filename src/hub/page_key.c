/* SPDX-License-Identifier: MIT */
#include "hub/page_key.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/wipe.h"
#include "store/file.h"

#define WORD "PRIVATE+KEY+"
#define TYPED_LEN (1 + CS_SIGN_SEED_LEN)
/* WORD, and a public key's text: a seed is as long as a key. */
#define TEXT_SIZE (sizeof WORD + CS_NOTE_KEY_SIZE)

enum cs_err
cs_hub_page_key_new(
    struct cs_hub_page_key *out, const char *name, const char *path)
{
	uint8_t typed[TYPED_LEN] = { CS_NOTE_ED25519 };
	char seed[CS_BASE64_SIZE(TYPED_LEN)], id[2 * CS_NOTE_ID_LEN + 1];
	char text[TEXT_SIZE];
	enum cs_err err;

	if ((err = cs_sign_key_new(&out->with)) ||
	    (err = cs_note_key(&out->is, name, out->with.public)))
		goto out;
	memcpy(typed + 1, out->with.seed, sizeof out->with.seed);
	cs_base64(seed, CS_VIEW_OF(typed));
	cs_hex(id, CS_VIEW_OF(out->is.id));
	snprintf(text, sizeof text, WORD "%s+%s+%s\n", name, id, seed);
	err = cs_file_create(path, cs_view_str(text), 0600);
	cs_wipe(text, sizeof text);
	cs_wipe(seed, sizeof seed);
	cs_wipe(typed, sizeof typed);
out:
	if (err)
		cs_hub_page_key_clear(out);
	return err;
}

/* The text is that of a public key, with the seed in its place. */
static enum cs_err
read_key(struct cs_hub_page_key *out, struct cs_view text)
{
	const size_t word = sizeof WORD - 1;
	struct cs_view id, seed, rest;
	uint8_t typed[TYPED_LEN];
	char name[CS_NOTE_NAME_MAX + 1] = "", hex[2 * CS_NOTE_ID_LEN + 1];
	const uint8_t *plus;
	enum cs_err err = CS_ERR_FORMAT;

	if (text.len != 0 && text.data[text.len - 1] == '\n')
		text.len--;
	if (text.len <= word || memcmp(text.data, WORD, word) != 0)
		return CS_ERR_FORMAT;
	rest = cs_view(text.data + word, text.len - word);
	plus = memchr(rest.data, '+', rest.len);
	if (plus == NULL || (size_t)(plus - rest.data) > CS_NOTE_NAME_MAX)
		return CS_ERR_FORMAT;
	memcpy(name, rest.data, (size_t)(plus - rest.data));
	rest = cs_view(plus + 1, rest.len - (size_t)(plus - rest.data) - 1);
	if (rest.len <= sizeof hex || rest.data[sizeof hex - 1] != '+')
		return CS_ERR_FORMAT;
	id = cs_view(rest.data, sizeof hex - 1);
	seed = cs_view(rest.data + sizeof hex, rest.len - sizeof hex);
	if (cs_unbase64(typed, sizeof typed, seed) == CS_OK &&
	    typed[0] == CS_NOTE_ED25519 &&
	    (err = cs_sign_key_from_seed(&out->with, typed + 1)) == CS_OK &&
	    (err = cs_note_key(&out->is, name, out->with.public)) == CS_OK) {
		cs_hex(hex, CS_VIEW_OF(out->is.id));
		if (!cs_view_equal(id, cs_view_str(hex)))
			err = CS_ERR_FORMAT;
	}
	cs_wipe(typed, sizeof typed);
	return err;
}

enum cs_err
cs_hub_page_key_read(struct cs_hub_page_key *out, const char *path)
{
	struct cs_buf text = { 0 };
	enum cs_err err = cs_file_read(&text, path, TEXT_SIZE);

	if (err == CS_OK)
		err = read_key(out, cs_buf_view(&text));
	cs_buf_free(&text);
	if (err)
		cs_hub_page_key_clear(out);
	return err;
}

void
cs_hub_page_key_clear(struct cs_hub_page_key *key)
{
	cs_wipe(key, sizeof *key);
}
