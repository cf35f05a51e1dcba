/* SPDX-License-Identifier: MIT */
#include "content/reply_key.h"

#include <string.h>

#include "crypto/hpke.h"

static const char context[] = "countersign/reply/v1";

static const struct cs_suite *
suite(void)
{
	return cs_suite_find(CS_SUITE_X25519_AES128);
}

enum cs_err
cs_reply_key_seal(struct cs_buf *out, uint8_t reply[static CS_REPLY_KEY_LEN],
    const struct cs_reply_dress *dress, struct cs_view plain,
    struct cs_view to_public)
{
	uint8_t enc[CS_HPKE_PUBLIC_MAX];
	struct cs_hpke_info info;
	struct cs_hpke h = { 0 };
	size_t from = out->len;
	enum cs_err err;

	if ((err = cs_hpke_info_init(
		 &info, suite(), cs_view_str(dress->info))) ||
	    (err = cs_hpke_sender(&h, enc, &info, to_public)) ||
	    (err = cs_buf_add(out, dress->magic)) ||
	    (err = cs_buf_add(
		 out, cs_view(enc, cs_hpke_public_len(suite()->kem)))) ||
	    (err = cs_hpke_seal(&h, out, cs_view(NULL, 0), plain)) ||
	    (err = cs_hpke_export(
		 &h, reply, CS_REPLY_KEY_LEN, cs_view_str(context)))) {
		out->len = from;
		cs_wipe(reply, CS_REPLY_KEY_LEN);
	}
	cs_hpke_clear(&h);
	return err;
}

enum cs_err
cs_reply_key_open(struct cs_buf *out, uint8_t reply[static CS_REPLY_KEY_LEN],
    const struct cs_reply_dress *dress, struct cs_view sealed,
    const struct cs_hpke_key *key)
{
	size_t magic = dress->magic.len, n = cs_hpke_public_len(suite()->kem);
	struct cs_hpke_info info;
	struct cs_hpke h = { 0 };
	size_t from = out->len;
	struct cs_view enc, ct;
	enum cs_err err;

	cs_wipe(reply, CS_REPLY_KEY_LEN);
	if (sealed.len < magic + n ||
	    memcmp(sealed.data, dress->magic.data, magic) != 0)
		return CS_ERR_FORMAT;
	enc = cs_view(sealed.data + magic, n);
	ct = cs_view(sealed.data + magic + n, sealed.len - magic - n);
	if ((err = cs_hpke_info_init(
		 &info, suite(), cs_view_str(dress->info))) ||
	    (err = cs_hpke_receiver(&h, &info, key, enc)) ||
	    (err = cs_hpke_open(&h, out, cs_view(NULL, 0), ct)) ||
	    (err = cs_hpke_export(
		 &h, reply, CS_REPLY_KEY_LEN, cs_view_str(context)))) {
		out->len = from;
		cs_wipe(reply, CS_REPLY_KEY_LEN);
	}
	cs_hpke_clear(&h);
	return err;
}
