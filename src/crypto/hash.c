/* SPDX-License-Identifier: MIT */
#include "crypto/hash.h"

#include <string.h>

#include "base/alloc.h"
#include "crypto/digest.h"

/* RFC 2104's pads are written here, because what matters is how fast a hash
 * begins and ends: a message costs some thirty HMACs over less than 100 bytes
 * (docs/decisions/0009-backends.md). */

size_t
cs_hash_len(enum cs_hash hash)
{
	switch (hash) {
	case CS_SHA256:
		return 32;
	case CS_SHA384:
		return 48;
	case CS_SHA512:
		return 64;
	}
	return 0;
}

static size_t
block_len(enum cs_hash hash)
{
	return hash == CS_SHA256 ? 64 : CS_DIGEST_BLOCK_MAX;
}

enum cs_err
cs_hash_parts(
    uint8_t *out, enum cs_hash hash, const struct cs_view *parts, size_t n)
{
	struct cs_digest s;
	enum cs_err err = cs_digest_begin(&s, hash);

	if (err)
		return err;
	for (size_t i = 0; i < n; i++)
		cs_digest_add(&s, parts[i]);
	cs_digest_end(&s, out);
	cs_wipe(&s, sizeof s);
	return CS_OK;
}

enum cs_err
cs_sha256(uint8_t out[static CS_SHA256_LEN], struct cs_view in)
{
	return cs_hash_parts(out, CS_SHA256, &in, 1);
}

struct cs_hasher {
	struct cs_digest state;
};

enum cs_err
cs_hasher_new(struct cs_hasher **out, enum cs_hash hash)
{
	struct cs_hasher *h;
	enum cs_err err;

	*out = NULL;
	h = cs_calloc(1, sizeof *h);
	if (h == NULL)
		return CS_ERR_NOMEM;
	if ((err = cs_digest_begin(&h->state, hash))) {
		cs_hasher_free(h);
		return err;
	}
	*out = h;
	return CS_OK;
}

enum cs_err
cs_hasher_add(struct cs_hasher *h, struct cs_view in)
{
	cs_digest_add(&h->state, in);
	return CS_OK;
}

enum cs_err
cs_hasher_end(struct cs_hasher *h, uint8_t *out)
{
	cs_digest_end(&h->state, out);
	return cs_digest_begin(&h->state, h->state.hash);
}

void
cs_hasher_free(struct cs_hasher *h)
{
	cs_free(h, sizeof *h);
}

/* RFC 2104: a key, hashed into both ends; what is begun may be copied. */
struct hmac {
	struct cs_digest inner, outer;
};

static enum cs_err
hmac_begin(struct hmac *h, enum cs_hash hash, struct cs_view key)
{
	uint8_t pad[CS_DIGEST_BLOCK_MAX] = { 0 };
	size_t n = block_len(hash);
	enum cs_err err;

	if ((err = cs_digest_begin(&h->inner, hash)) ||
	    (err = cs_digest_begin(&h->outer, hash)))
		return err;
	if (key.len > n) {
		if ((err = cs_hash_parts(pad, hash, &key, 1)))
			return err;
	} else if (key.len != 0) {
		memcpy(pad, key.data, key.len);
	}
	for (size_t i = 0; i < n; i++)
		pad[i] ^= 0x36;
	cs_digest_add(&h->inner, cs_view(pad, n));
	for (size_t i = 0; i < n; i++)
		pad[i] ^= 0x36 ^ 0x5c;
	cs_digest_add(&h->outer, cs_view(pad, n));
	cs_wipe(pad, sizeof pad);
	return CS_OK;
}

static void
hmac_finish(struct hmac *h, uint8_t *out)
{
	uint8_t inner[CS_HASH_MAX];

	cs_digest_end(&h->inner, inner);
	cs_digest_add(&h->outer, cs_view(inner, cs_hash_len(h->outer.hash)));
	cs_digest_end(&h->outer, out);
	cs_wipe(inner, sizeof inner);
}

enum cs_err
cs_hmac_parts(uint8_t *out, enum cs_hash hash, struct cs_view key,
    const struct cs_view *parts, size_t n)
{
	struct hmac h;
	enum cs_err err = hmac_begin(&h, hash, key);

	if (err)
		return err;
	for (size_t i = 0; i < n; i++)
		cs_digest_add(&h.inner, parts[i]);
	hmac_finish(&h, out);
	cs_wipe(&h, sizeof h);
	return CS_OK;
}

enum cs_err
cs_hkdf_extract(
    uint8_t *out, enum cs_hash hash, struct cs_view salt, struct cs_view ikm)
{
	/* An empty key and one of zeroes are the same to HMAC. */
	return cs_hmac_parts(out, hash, salt, &ikm, 1);
}

enum cs_err
cs_hkdf_expand_parts(uint8_t *out, size_t n, enum cs_hash hash,
    struct cs_view prk, const struct cs_view *info, size_t n_info)
{
	uint8_t block[CS_HASH_MAX], counter = 0;
	size_t len = cs_hash_len(hash), done = 0;
	struct hmac keyed, h;
	enum cs_err err;

	/* RFC 5869, section 2.3: L <= 255 * HashLen. */
	if (len == 0 || n > 255 * len)
		return CS_ERR_MISUSE;
	if ((err = hmac_begin(&keyed, hash, prk)))
		return err;
	while (done < n) {
		size_t take = n - done < len ? n - done : len;

		h = keyed;
		if (counter++ != 0)
			cs_digest_add(&h.inner, cs_view(block, len));
		for (size_t i = 0; i < n_info; i++)
			cs_digest_add(&h.inner, info[i]);
		cs_digest_add(&h.inner, cs_view(&counter, 1));
		hmac_finish(&h, block);
		memcpy(out + done, block, take);
		done += take;
	}
	cs_wipe(block, sizeof block);
	cs_wipe(&keyed, sizeof keyed);
	cs_wipe(&h, sizeof h);
	return CS_OK;
}

enum cs_err
cs_hkdf_expand(uint8_t *out, size_t n, enum cs_hash hash, struct cs_view prk,
    struct cs_view info)
{
	return cs_hkdf_expand_parts(out, n, hash, prk, &info, 1);
}
