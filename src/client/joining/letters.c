/* SPDX-License-Identifier: MIT */
/* Codes and letters that link a device: their bytes. */
#include "client/joining/letters.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "client/account/seal.h"
#include "client/home/client.h"
#include "client/joining/address.h"
#include "crypto/hash.h"
#include "crypto/hpke.h"
#include "crypto/random.h"

#define SCHEME "https://"
#define ROOT_TEXT 43   /* 32 bytes in base64url */
#define SECRET_TEXT 22 /* 16 bytes */
#define LETTER_VERSION 1
#define ASK_PLACE "countersign/link/ask/v1"
#define OPENING_PLACE "countersign/link/opening/v1"
#define ANSWER_PLACE "countersign/link/answer/v1"

enum cs_err
client_code_parse(struct client_code *out, const char *text)
{
	const char *host, *slash, *keys;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if (strnlen(text, CS_CLIENT_CODE_SIZE) == CS_CLIENT_CODE_SIZE)
		return CS_ERR_LIMIT;
	if (strncmp(text, SCHEME, strlen(SCHEME)) != 0)
		return CS_ERR_FORMAT;
	host = text + strlen(SCHEME);
	if ((slash = strchr(host, '/')) == NULL ||
	    strncmp(slash, "/d#", 3) != 0)
		return CS_ERR_FORMAT;
	keys = slash + 3;
	if (!client_host_parse(
		out->host, &out->port, host, (size_t)(slash - host)) ||
	    strlen(keys) != ROOT_TEXT + 1 + SECRET_TEXT ||
	    keys[ROOT_TEXT] != '.')
		return CS_ERR_FORMAT;
	if ((err = cs_unbase64url(
		 out->root, sizeof out->root, keys, ROOT_TEXT)))
		return err;
	return cs_unbase64url(
	    out->secret, sizeof out->secret, keys + ROOT_TEXT + 1, SECRET_TEXT);
}

void
client_code_write(
    char out[static CS_CLIENT_CODE_SIZE], const struct client_code *code)
{
	char root[CS_BASE64URL_SIZE(CS_KEY_LEN)];
	char secret[CS_BASE64URL_SIZE(CLIENT_LINK_SECRET_LEN)];

	cs_base64url(root, CS_VIEW_OF(code->root));
	cs_base64url(secret, CS_VIEW_OF(code->secret));
	snprintf(out, CS_CLIENT_CODE_SIZE, SCHEME "%s:%d/d#%s.%s", code->host,
	    code->port, root, secret);
	cs_wipe(secret, sizeof secret);
}

static enum cs_err
commitment(uint8_t out[static CLIENT_LINK_SECRET_LEN],
    const struct client_link_opening *opening)
{
	static const char label[] = "countersign/link-commitment/v1";
	const struct cs_view parts[] = { cs_view(label, sizeof label),
		CS_VIEW_OF(opening->b) };
	uint8_t hash[CS_SHA256_LEN];
	enum cs_err err = cs_hash_parts(hash, CS_SHA256, parts, 2);

	memcpy(out, hash, CLIENT_LINK_SECRET_LEN);
	cs_wipe(hash, sizeof hash);
	return err;
}

enum cs_err
client_link_commit(struct client_link_opening *out, struct client_code *code)
{
	cs_random(out->b, sizeof out->b);
	return commitment(code->secret, out);
}

enum cs_err
client_link_keys_derive(
    struct client_link_keys *out, const struct client_code *code)
{
	static const char label[] = "countersign/link/v1";
	const struct {
		uint8_t *key;
		const char *info;
	} keys[] = {
		{ out->rendezvous, "rendezvous" },
		{ out->ask.b, "ask" },
		{ out->answer.b, "answer" },
	};
	uint8_t ikm[CS_KEY_LEN + CLIENT_LINK_SECRET_LEN], prk[CS_SHA256_LEN];
	enum cs_err err;

	/* The operator's key is part of it, so letters of another hub mean
	 * nothing. */
	memcpy(ikm, code->secret, CLIENT_LINK_SECRET_LEN);
	memcpy(ikm + CLIENT_LINK_SECRET_LEN, code->root, CS_KEY_LEN);
	err = cs_hkdf_extract(
	    prk, CS_SHA256, cs_view_str(label), CS_VIEW_OF(ikm));
	for (size_t i = 0; err == CS_OK && i < 3; i++)
		err = cs_hkdf_expand(keys[i].key, CS_KEY_LEN, CS_SHA256,
		    CS_VIEW_OF(prk), cs_view_str(keys[i].info));
	cs_wipe(ikm, sizeof ikm);
	cs_wipe(prk, sizeof prk);
	return err;
}

/* ---- the request -------------------------------------------------------- */

enum cs_err
client_link_ask_seal(struct cs_buf *out, const struct client_link_keys *keys,
    const struct client_link_ask *ask)
{
	struct cs_buf plain = { 0 };
	struct cs_writer w = cs_writer(&plain);
	enum cs_err err;

	cs_write_u8(&w, LETTER_VERSION);
	cs_write_bytes(&w, CS_VIEW_OF(ask->device));
	cs_write_bytes(&w, CS_VIEW_OF(ask->device_key));
	cs_write_bytes(&w, CS_VIEW_OF(ask->seal_key));
	cs_write_vec(&w, cs_view_str(ask->name));
	cs_write_u8(&w, ask->history);
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = cs_seal(out, &keys->ask, cs_view_str(ASK_PLACE),
		    cs_buf_view(&plain));
	cs_buf_free(&plain);
	return err;
}

enum cs_err
client_link_ask_open(struct client_link_ask *out,
    const struct client_link_keys *keys, struct cs_view sealed)
{
	struct cs_buf plain = { 0 };
	struct cs_reader r;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = cs_unseal(
		 &plain, &keys->ask, cs_view_str(ASK_PLACE), sealed)))
		goto out;
	r = cs_reader(cs_buf_view(&plain));
	if (cs_read_u8(&r) != LETTER_VERSION)
		cs_reader_fail(&r, CS_ERR_VERSION);
	cs_read_copy(&r, out->device, sizeof out->device);
	cs_read_copy(&r, out->device_key, sizeof out->device_key);
	cs_read_copy(&r, out->seal_key, sizeof out->seal_key);
	cs_read_string(&r, out->name, sizeof out->name);
	out->history = cs_read_optional(&r);
	if ((err = cs_reader_end(&r)))
		goto out;
	if (!cs_sign_public_valid(CS_VIEW_OF(out->device_key)) ||
	    !cs_hpke_public_valid(CS_DHKEM_X25519, CS_VIEW_OF(out->seal_key)))
		err = CS_ERR_KEY;
	else if (!client_device_name_valid(out->name))
		err = CS_ERR_FORMAT;
out:
	cs_buf_free(&plain);
	return err;
}

/* ---- the opening -------------------------------------------------------- */

enum cs_err
client_link_mail_write(struct cs_buf *out, const struct client_link_mail *mail)
{
	struct cs_writer w = cs_writer(out);

	cs_write_vec(&w, mail->opening);
	cs_write_vec(&w, mail->answer);
	return cs_writer_end(&w);
}

enum cs_err
client_link_mail_parse(struct client_link_mail *out, struct cs_view in)
{
	struct cs_reader r = cs_reader(in);

	out->opening = cs_read_vec(&r);
	out->answer = cs_read_vec(&r);
	return cs_reader_end(&r);
}

enum cs_err
client_link_opening_seal(struct cs_buf *out,
    const struct client_link_keys *keys,
    const struct client_link_opening *opening)
{
	return cs_seal(out, &keys->answer, cs_view_str(OPENING_PLACE),
	    CS_VIEW_OF(opening->b));
}

enum cs_err
client_link_opening_open(struct client_link_opening *out,
    const struct client_link_keys *keys, const struct client_code *code,
    struct cs_view sealed)
{
	uint8_t want[CLIENT_LINK_SECRET_LEN];
	struct cs_buf plain = { 0 };
	enum cs_err err;

	err = cs_unseal(
	    &plain, &keys->answer, cs_view_str(OPENING_PLACE), sealed);
	if (err == CS_OK && plain.len != sizeof out->b)
		err = CS_ERR_FORMAT;
	if (err == CS_OK) {
		memcpy(out->b, plain.data, sizeof out->b);
		if ((err = commitment(want, out)) == CS_OK &&
		    !cs_equal_ct(want, code->secret, sizeof want))
			err = CS_ERR_MISMATCH;
	}
	cs_buf_free(&plain);
	return err;
}

enum cs_err
client_link_number(char out[static CS_CLIENT_CHECK_DIGITS + 1],
    const struct client_link_opening *opening, struct cs_view sealed_ask)
{
	uint8_t mac[CS_SHA256_LEN];
	uint64_t x = 0;
	enum cs_err err = cs_hmac_parts(
	    mac, CS_SHA256, CS_VIEW_OF(opening->b), &sealed_ask, 1);

	for (unsigned i = 0; i < 8; i++)
		x = x << 8 | mac[i];
	for (unsigned i = CS_CLIENT_CHECK_DIGITS; i-- > 0; x /= 10)
		out[i] = (char)('0' + x % 10);
	out[CS_CLIENT_CHECK_DIGITS] = '\0';
	return err;
}

/* ---- the answer --------------------------------------------------------- */

enum cs_err
client_link_answer_seal(struct cs_buf *out, const struct client_link_keys *keys,
    const uint8_t seal_key[static CS_KEY_LEN], struct cs_view sealed_ask,
    struct cs_view plain)
{
	struct cs_buf inner = { 0 };
	enum cs_err err;

	if ((err = cs_hpke_seal_once(&inner,
		 cs_suite_find(CS_SUITE_X25519_AES128),
		 cs_view(seal_key, CS_KEY_LEN), cs_view_str(ANSWER_PLACE),
		 sealed_ask, plain)) == CS_OK)
		err = cs_seal(out, &keys->answer, cs_view_str(ANSWER_PLACE),
		    cs_buf_view(&inner));
	cs_buf_free(&inner);
	return err;
}

enum cs_err
client_link_answer_open(struct cs_buf *out, const struct client_link_keys *keys,
    const struct cs_hpke_key *key, struct cs_view sealed_ask,
    struct cs_view sealed)
{
	struct cs_buf inner = { 0 };
	enum cs_err err;

	if ((err = cs_unseal(&inner, &keys->answer, cs_view_str(ANSWER_PLACE),
		 sealed)) == CS_OK)
		err = cs_hpke_open_once(out,
		    cs_suite_find(CS_SUITE_X25519_AES128), key,
		    cs_view_str(ANSWER_PLACE), sealed_ask, cs_buf_view(&inner));
	cs_buf_free(&inner);
	return err;
}
