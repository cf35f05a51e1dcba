/* SPDX-License-Identifier: MIT */
/* OpenSSL calls these functions deprecated; see the notes below. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/hash.h"

#include <assert.h>
#include <openssl/sha.h>
#include <string.h>

#include "base/alloc.h"

/*
 * Implementation notes.  A message costs some thirty HMACs over less than 100
 * bytes, so what matters is how fast a hash begins and ends.  SHA256_Update()
 * and its like run the same code on the same instructions as EVP does, and
 * begin in half the time; HMAC built on them, as RFC 2104 writes it, takes half
 * as long as EVP_MAC and a fifth of libsodium's, which does not know the CPU's
 * SHA instructions (docs/decisions/0009-backends.md).  The state lies on the
 * stack, so that any number of threads may hash at once.
 */

#define BLOCK_MAX SHA512_CBLOCK

struct state {
	enum cs_hash hash;
	union {
		SHA256_CTX sha256;
		SHA512_CTX sha512; /* and SHA-384 */
	};
};

size_t
cs_hash_len(enum cs_hash hash)
{
	switch (hash) {
	case CS_SHA256:
		return SHA256_DIGEST_LENGTH;
	case CS_SHA384:
		return SHA384_DIGEST_LENGTH;
	case CS_SHA512:
		return SHA512_DIGEST_LENGTH;
	}
	return 0;
}

static size_t
block_len(enum cs_hash hash)
{
	return hash == CS_SHA256 ? SHA256_CBLOCK : SHA512_CBLOCK;
}

static enum cs_err
begin(struct state *s, enum cs_hash hash)
{
	int ok = 0;

	s->hash = hash;
	switch (hash) {
	case CS_SHA256:
		ok = SHA256_Init(&s->sha256);
		break;
	case CS_SHA384:
		ok = SHA384_Init(&s->sha512);
		break;
	case CS_SHA512:
		ok = SHA512_Init(&s->sha512);
		break;
	default:
		return CS_ERR_UNSUPPORTED;
	}
	return ok == 1 ? CS_OK : CS_ERR_CRYPTO;
}

/* These cannot fail: they only count and mix bytes. */
static void
add(struct state *s, struct cs_view v)
{
	int ok = 1;

	/* A zero-length view may carry NULL. */
	if (v.len == 0)
		return;
	if (s->hash == CS_SHA256)
		ok = SHA256_Update(&s->sha256, v.data, v.len);
	else
		ok = SHA512_Update(&s->sha512, v.data, v.len);
	assert(ok == 1);
}

static void
finish(struct state *s, uint8_t *out)
{
	int ok = s->hash == CS_SHA256 ? SHA256_Final(out, &s->sha256)
				      : SHA512_Final(out, &s->sha512);

	assert(ok == 1);
}

enum cs_err
cs_hash_parts(
    uint8_t *out, enum cs_hash hash, const struct cs_view *parts, size_t n)
{
	struct state s;
	enum cs_err err = begin(&s, hash);

	if (err)
		return err;
	for (size_t i = 0; i < n; i++)
		add(&s, parts[i]);
	finish(&s, out);
	cs_wipe(&s, sizeof s);
	return CS_OK;
}

enum cs_err
cs_sha256(uint8_t out[static CS_SHA256_LEN], struct cs_view in)
{
	return cs_hash_parts(out, CS_SHA256, &in, 1);
}

enum cs_err
cs_sha1_parts(
    uint8_t out[static CS_SHA1_LEN], const struct cs_view *parts, size_t n)
{
	SHA_CTX sha1;
	int ok = SHA1_Init(&sha1);

	for (size_t i = 0; ok == 1 && i < n; i++)
		if (parts[i].len != 0)
			ok = SHA1_Update(&sha1, parts[i].data, parts[i].len);
	return ok == 1 && SHA1_Final(out, &sha1) == 1 ? CS_OK : CS_ERR_CRYPTO;
}

struct cs_hasher {
	struct state state;
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
	if ((err = begin(&h->state, hash))) {
		cs_hasher_free(h);
		return err;
	}
	*out = h;
	return CS_OK;
}

enum cs_err
cs_hasher_add(struct cs_hasher *h, struct cs_view in)
{
	add(&h->state, in);
	return CS_OK;
}

enum cs_err
cs_hasher_end(struct cs_hasher *h, uint8_t *out)
{
	finish(&h->state, out);
	return begin(&h->state, h->state.hash);
}

void
cs_hasher_free(struct cs_hasher *h)
{
	cs_free(h, sizeof *h);
}

/* RFC 2104: a key, hashed into both ends; what is begun may be copied. */
struct hmac {
	struct state inner, outer;
};

static enum cs_err
hmac_begin(struct hmac *h, enum cs_hash hash, struct cs_view key)
{
	uint8_t pad[BLOCK_MAX] = { 0 };
	size_t n = block_len(hash);
	enum cs_err err;

	if ((err = begin(&h->inner, hash)) || (err = begin(&h->outer, hash)))
		return err;
	if (key.len > n) {
		if ((err = cs_hash_parts(pad, hash, &key, 1)))
			return err;
	} else if (key.len != 0) {
		memcpy(pad, key.data, key.len);
	}
	for (size_t i = 0; i < n; i++)
		pad[i] ^= 0x36;
	add(&h->inner, cs_view(pad, n));
	for (size_t i = 0; i < n; i++)
		pad[i] ^= 0x36 ^ 0x5c;
	add(&h->outer, cs_view(pad, n));
	cs_wipe(pad, sizeof pad);
	return CS_OK;
}

static void
hmac_finish(struct hmac *h, uint8_t *out)
{
	uint8_t inner[CS_HASH_MAX];

	finish(&h->inner, inner);
	add(&h->outer, cs_view(inner, cs_hash_len(h->outer.hash)));
	finish(&h->outer, out);
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
		add(&h.inner, parts[i]);
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
			add(&h.inner, cs_view(block, len));
		for (size_t i = 0; i < n_info; i++)
			add(&h.inner, info[i]);
		add(&h.inner, cs_view(&counter, 1));
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
