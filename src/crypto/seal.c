/* SPDX-License-Identifier: MIT */
#include "crypto/seal.h"

#include "crypto/aead.h"
#include "crypto/random.h"

#define SEAL_VERSION 1
#define NONCE_LEN 24

enum cs_err
cs_seal(struct cs_buf *out, const struct cs_seal_key *key, struct cs_view place,
    struct cs_view plain)
{
	uint8_t head[1 + NONCE_LEN] = { SEAL_VERSION };
	struct cs_aead_params p = {
		.aead = CS_XCHACHA20POLY1305,
		.key = CS_VIEW_OF(key->b),
		.nonce = cs_view(head + 1, NONCE_LEN),
		.aad = place,
	};
	size_t before = out->len;
	enum cs_err err;

	cs_random(head + 1, NONCE_LEN);
	if ((err = cs_buf_add(out, CS_VIEW_OF(head))) == CS_OK &&
	    (err = cs_aead_seal(out, &p, plain)) != CS_OK)
		out->len = before;
	return err;
}

enum cs_err
cs_unseal(struct cs_buf *out, const struct cs_seal_key *key,
    struct cs_view place, struct cs_view sealed)
{
	struct cs_aead_params p = {
		.aead = CS_XCHACHA20POLY1305,
		.key = CS_VIEW_OF(key->b),
		.aad = place,
	};

	if (sealed.len < CS_SEAL_OVERHEAD)
		return CS_ERR_FORMAT;
	if (sealed.data[0] != SEAL_VERSION)
		return CS_ERR_VERSION;
	p.nonce = cs_view(sealed.data + 1, NONCE_LEN);
	return cs_aead_open(out, &p,
	    cs_view(sealed.data + 1 + NONCE_LEN, sealed.len - 1 - NONCE_LEN));
}
