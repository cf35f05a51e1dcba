/* SPDX-License-Identifier: MIT */
#include "crypto/hpke.h"

#include <sodium.h>
#include <string.h>

#include "base/writer.h"
#include "crypto/random.h"

/*
 * Implementation notes.  RFC 9180 runs HKDF twice over: once inside the KEM,
 * with suite_id "KEM" | kem_id and always SHA-256 here, and once in the key
 * schedule, with "HPKE" | kem_id | kdf_id | aead_id and the suite's hash.
 * LabeledExtract and LabeledExpand (section 4) take the suite_id of their half.
 */

#define SUITE_ID_MAX 10

struct suite_id {
	uint8_t b[SUITE_ID_MAX];
	size_t len;
	enum cs_hash hash;
};

static struct suite_id
kem_suite_id(void)
{
	return (struct suite_id){ "KEM\x00\x20", 5, CS_SHA256 };
}

static struct suite_id
hpke_suite_id(const struct cs_suite *s)
{
	struct suite_id id = { "HPKE", SUITE_ID_MAX, s->hash };

	id.b[4] = (uint8_t)(s->hpke_kem_id >> 8);
	id.b[5] = (uint8_t)s->hpke_kem_id;
	id.b[6] = (uint8_t)(s->hpke_kdf_id >> 8);
	id.b[7] = (uint8_t)s->hpke_kdf_id;
	id.b[8] = (uint8_t)(s->hpke_aead_id >> 8);
	id.b[9] = (uint8_t)s->hpke_aead_id;
	return id;
}

/* RFC 9180, section 4: LabeledExtract. */
static enum cs_err
labeled_extract(uint8_t *out, const struct suite_id *id, struct cs_view salt,
    const char *label, struct cs_view ikm)
{
	static const uint8_t zero[CS_HASH_MAX];
	struct cs_view parts[4] = {
		cs_view("HPKE-v1", 7),
		cs_view(id->b, id->len),
		cs_view_str(label),
		ikm,
	};

	if (salt.len == 0)
		salt = cs_view(zero, cs_hash_len(id->hash));
	return cs_hmac_parts(out, id->hash, salt, parts, 4);
}

/* RFC 9180, section 4: LabeledExpand. */
static enum cs_err
labeled_expand(uint8_t *out, size_t n, const struct suite_id *id,
    struct cs_view prk, const char *label, struct cs_view info)
{
	struct cs_buf labeled = { 0 };
	struct cs_writer w = cs_writer(&labeled);
	enum cs_err err;

	cs_write_u16(&w, (uint16_t)n);
	cs_write_bytes(&w, cs_view("HPKE-v1", 7));
	cs_write_bytes(&w, cs_view(id->b, id->len));
	cs_write_bytes(&w, cs_view_str(label));
	cs_write_bytes(&w, info);
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = cs_hkdf_expand(
		    out, n, id->hash, prk, cs_buf_view(&labeled));
	cs_buf_free(&labeled);
	return err;
}

enum cs_err
cs_hpke_key_from_private(
    struct cs_hpke_key *out, const uint8_t private[static CS_X25519_LEN])
{
	memmove(out->private, private, CS_X25519_LEN);
	if (crypto_scalarmult_base(out->public, out->private) != 0)
		return CS_ERR_CRYPTO;
	return CS_OK;
}

enum cs_err
cs_hpke_key_derive(struct cs_hpke_key *out, struct cs_view ikm)
{
	struct suite_id id = kem_suite_id();
	uint8_t prk[CS_SHA256_LEN];
	enum cs_err err;

	if ((err = labeled_extract(
		 prk, &id, cs_view(NULL, 0), "dkp_prk", ikm)) ||
	    (err = labeled_expand(out->private, CS_X25519_LEN, &id,
		 CS_VIEW_OF(prk), "sk", cs_view(NULL, 0))) ||
	    (err = cs_hpke_key_from_private(out, out->private)))
		cs_wipe(out, sizeof *out);
	cs_wipe(prk, sizeof prk);
	return err;
}

bool cs_hpke_public_valid(struct cs_view public)
{
	static const uint8_t scalar[CS_X25519_LEN] = { 8 };
	uint8_t out[CS_X25519_LEN];

	return public.len == CS_X25519_LEN &&
	    crypto_scalarmult(out, scalar, public.data) == 0;
}

enum cs_err
cs_hpke_key_new(struct cs_hpke_key *out)
{
	uint8_t ikm[CS_X25519_LEN];
	enum cs_err err;

	cs_random(ikm, sizeof ikm);
	err = cs_hpke_key_derive(out, CS_VIEW_OF(ikm));
	cs_wipe(ikm, sizeof ikm);
	return err;
}

/* Section 4.1, ExtractAndExpand over kem_context = enc | pkR. */
static enum cs_err
shared_secret(uint8_t out[static CS_SHA256_LEN], const uint8_t *dh,
    const uint8_t *enc, const uint8_t *public)
{
	struct suite_id id = kem_suite_id();
	uint8_t prk[CS_SHA256_LEN], context[2 * CS_X25519_LEN];
	enum cs_err err;

	memcpy(context, enc, CS_X25519_LEN);
	memcpy(context + CS_X25519_LEN, public, CS_X25519_LEN);
	if ((err = labeled_extract(prk, &id, cs_view(NULL, 0), "eae_prk",
		 cs_view(dh, CS_X25519_LEN))) == CS_OK)
		err = labeled_expand(out, CS_SHA256_LEN, &id, CS_VIEW_OF(prk),
		    "shared_secret", CS_VIEW_OF(context));
	cs_wipe(prk, sizeof prk);
	return err;
}

static enum cs_err
encap(uint8_t secret[static CS_SHA256_LEN], uint8_t enc[static CS_X25519_LEN],
    struct cs_view public)
{
	struct cs_hpke_key ephemeral = { 0 };
	uint8_t dh[CS_X25519_LEN];
	enum cs_err err;

	if (public.len != CS_X25519_LEN)
		return CS_ERR_KEY;
	if ((err = cs_hpke_key_new(&ephemeral)))
		goto out;
	/* Section 7.1.4: an all-zero result is refused, and so is the point
	 * that leads to it. */
	if (crypto_scalarmult(dh, ephemeral.private, public.data) != 0) {
		err = CS_ERR_KEY;
		goto out;
	}
	memcpy(enc, ephemeral.public, CS_X25519_LEN);
	err = shared_secret(secret, dh, enc, public.data);
out:
	cs_wipe(&ephemeral, sizeof ephemeral);
	cs_wipe(dh, sizeof dh);
	return err;
}

static enum cs_err
decap(uint8_t secret[static CS_SHA256_LEN], struct cs_view enc,
    const struct cs_hpke_key *key)
{
	uint8_t dh[CS_X25519_LEN];
	enum cs_err err = CS_ERR_KEY;

	if (enc.len != CS_X25519_LEN)
		return CS_ERR_KEY;
	if (crypto_scalarmult(dh, key->private, enc.data) == 0)
		err = shared_secret(secret, dh, enc.data, key->public);
	cs_wipe(dh, sizeof dh);
	return err;
}

/* Section 5.1, KeySchedule for mode_base: no PSK. */
static enum cs_err
key_schedule(struct cs_hpke *out, const struct cs_suite *suite,
    const uint8_t shared[static CS_SHA256_LEN], struct cs_view info)
{
	struct suite_id id = hpke_suite_id(suite);
	const struct cs_view none = { NULL, 0 };
	uint8_t context[1 + 2 * CS_HASH_MAX] = { 0 }, secret[CS_HASH_MAX];
	struct cs_view ctx = cs_view(context, 1 + 2 * suite->hash_len);
	struct cs_view sec = cs_view(secret, suite->hash_len);
	enum cs_err err;

	memset(out, 0, sizeof *out);
	out->suite = suite;
	if ((err = labeled_extract(
		 context + 1, &id, none, "psk_id_hash", none)) ||
	    (err = labeled_extract(context + 1 + suite->hash_len, &id, none,
		 "info_hash", info)) ||
	    (err = labeled_extract(secret, &id, cs_view(shared, CS_SHA256_LEN),
		 "secret", none)) ||
	    (err = labeled_expand(
		 out->key, suite->aead_key_len, &id, sec, "key", ctx)) ||
	    (err = labeled_expand(out->base_nonce, suite->aead_nonce_len, &id,
		 sec, "base_nonce", ctx)) ||
	    (err = labeled_expand(
		 out->exporter_secret, suite->hash_len, &id, sec, "exp", ctx)))
		cs_hpke_clear(out);
	cs_wipe(secret, sizeof secret);
	return err;
}

enum cs_err
cs_hpke_sender(struct cs_hpke *out, uint8_t enc[static CS_X25519_LEN],
    const struct cs_suite *suite, struct cs_view public, struct cs_view info)
{
	uint8_t shared[CS_SHA256_LEN];
	enum cs_err err;

	if ((err = encap(shared, enc, public)) == CS_OK)
		err = key_schedule(out, suite, shared, info);
	cs_wipe(shared, sizeof shared);
	return err;
}

enum cs_err
cs_hpke_receiver(struct cs_hpke *out, const struct cs_suite *suite,
    const struct cs_hpke_key *key, struct cs_view enc, struct cs_view info)
{
	uint8_t shared[CS_SHA256_LEN];
	enum cs_err err;

	if ((err = decap(shared, enc, key)) == CS_OK)
		err = key_schedule(out, suite, shared, info);
	cs_wipe(shared, sizeof shared);
	return err;
}

/* Section 5.2, ComputeNonce. */
static void
nonce(const struct cs_hpke *h, uint8_t out[static CS_AEAD_NONCE_MAX])
{
	size_t n = h->suite->aead_nonce_len;

	memcpy(out, h->base_nonce, n);
	for (size_t i = 0; i < 8; i++)
		out[n - 1 - i] ^= (uint8_t)(h->seq >> 8 * i);
}

enum cs_err
cs_hpke_seal(struct cs_hpke *h, struct cs_buf *out, struct cs_view aad,
    struct cs_view plain)
{
	uint8_t n[CS_AEAD_NONCE_MAX];
	struct cs_aead_params p = {
		.aead = h->suite->aead,
		.key = cs_view(h->key, h->suite->aead_key_len),
		.nonce = cs_view(n, h->suite->aead_nonce_len),
		.aad = aad,
	};
	enum cs_err err;

	if (h->seq == UINT64_MAX)
		return CS_ERR_LIMIT;
	nonce(h, n);
	if ((err = cs_aead_seal(out, &p, plain)) == CS_OK)
		h->seq++;
	return err;
}

enum cs_err
cs_hpke_open(struct cs_hpke *h, struct cs_buf *out, struct cs_view aad,
    struct cs_view sealed)
{
	uint8_t n[CS_AEAD_NONCE_MAX];
	struct cs_aead_params p = {
		.aead = h->suite->aead,
		.key = cs_view(h->key, h->suite->aead_key_len),
		.nonce = cs_view(n, h->suite->aead_nonce_len),
		.aad = aad,
	};
	enum cs_err err;

	if (h->seq == UINT64_MAX)
		return CS_ERR_LIMIT;
	nonce(h, n);
	if ((err = cs_aead_open(out, &p, sealed)) == CS_OK)
		h->seq++;
	return err;
}

enum cs_err
cs_hpke_export(
    const struct cs_hpke *h, uint8_t *out, size_t n, struct cs_view context)
{
	struct suite_id id = hpke_suite_id(h->suite);

	return labeled_expand(out, n, &id,
	    cs_view(h->exporter_secret, h->suite->hash_len), "sec", context);
}

void
cs_hpke_clear(struct cs_hpke *h)
{
	cs_wipe(h, sizeof *h);
}

enum cs_err
cs_hpke_seal_once(struct cs_buf *out, const struct cs_suite *suite,
    struct cs_view public, struct cs_view info, struct cs_view aad,
    struct cs_view plain)
{
	uint8_t enc[CS_X25519_LEN];
	struct cs_hpke h = { 0 };
	size_t before = out->len;
	enum cs_err err;

	if ((err = cs_hpke_sender(&h, enc, suite, public, info)) == CS_OK &&
	    (err = cs_buf_add(out, CS_VIEW_OF(enc))) == CS_OK &&
	    (err = cs_hpke_seal(&h, out, aad, plain)) != CS_OK)
		out->len = before;
	cs_hpke_clear(&h);
	return err;
}

enum cs_err
cs_hpke_open_once(struct cs_buf *out, const struct cs_suite *suite,
    const struct cs_hpke_key *key, struct cs_view info, struct cs_view aad,
    struct cs_view sealed)
{
	struct cs_hpke h = { 0 };
	enum cs_err err;

	if (sealed.len < CS_X25519_LEN)
		return CS_ERR_FORMAT;
	if ((err = cs_hpke_receiver(&h, suite, key,
		 cs_view(sealed.data, CS_X25519_LEN), info)) == CS_OK)
		err = cs_hpke_open(&h, out, aad,
		    cs_view(sealed.data + CS_X25519_LEN,
			sealed.len - CS_X25519_LEN));
	cs_hpke_clear(&h);
	return err;
}
