/* SPDX-License-Identifier: MIT */
#include "crypto/hpke.h"

#include <assert.h>
#include <string.h>

#include "crypto/aead.h"
#include "crypto/hpke_kdf.h"

/* Section 5.1: "HPKE" and the numbers of KEM, KDF and AEAD. */
static struct cs_hpke_kdf
kdf_of(const struct cs_suite *s)
{
	return (struct cs_hpke_kdf){
		.hash = s->hash,
		.suite_id = { 'H', 'P', 'K', 'E',
		    (uint8_t)(s->hpke_kem_id >> 8), (uint8_t)s->hpke_kem_id,
		    (uint8_t)(s->hpke_kdf_id >> 8), (uint8_t)s->hpke_kdf_id,
		    (uint8_t)(s->hpke_aead_id >> 8), (uint8_t)s->hpke_aead_id },
		.suite_id_len = 10,
	};
}

/* psk_id_hash of mode_base: one for each suite, for there is no PSK. */
static uint8_t no_psk[CS_SUITE_ID_MAX + 1][CS_HASH_MAX];

enum cs_err
cs_hpke_init(void)
{
	const struct cs_view none = { NULL, 0 };
	const struct cs_suite *s;
	enum cs_err err;

	for (size_t i = 0; (s = cs_suite_at(i)) != NULL; i++) {
		struct cs_hpke_kdf kdf = kdf_of(s);

		assert(s->id <= CS_SUITE_ID_MAX);
		if ((err = cs_hpke_extract(
			 no_psk[s->id], &kdf, none, "psk_id_hash", none)))
			return err;
	}
	return CS_OK;
}

static struct cs_view
context_of(const struct cs_hpke_info *info)
{
	return cs_view(info->context, 1 + 2 * (size_t)info->suite->hash_len);
}

enum cs_err
cs_hpke_info_init(
    struct cs_hpke_info *out, const struct cs_suite *suite, struct cs_view info)
{
	struct cs_hpke_kdf kdf = kdf_of(suite);

	out->suite = suite;
	out->context[0] = 0; /* mode_base */
	memcpy(out->context + 1, no_psk[suite->id], suite->hash_len);
	return cs_hpke_extract(out->context + 1 + suite->hash_len, &kdf,
	    cs_view(NULL, 0), "info_hash", info);
}

/* Section 5.1, KeySchedule for mode_base.  The exporter's secret waits until
 * somebody asks for it. */
static enum cs_err
key_schedule(struct cs_hpke *out, const struct cs_hpke_info *info,
    const uint8_t shared[static CS_HASH_MAX])
{
	const struct cs_suite *suite = info->suite;
	const struct cs_view none = { NULL, 0 };
	struct cs_view salt = cs_view(shared, cs_dhkem_secret_len(suite->kem));
	struct cs_view secret = cs_view(out->secret, suite->hash_len);
	struct cs_hpke_kdf kdf = kdf_of(suite);
	enum cs_err err;

	out->info = *info;
	out->seq = 0;
	if ((err = cs_hpke_extract(out->secret, &kdf, salt, "secret", none)) ||
	    (err = cs_hpke_expand(out->key, suite->aead_key_len, &kdf, secret,
		 &(struct cs_hpke_label){ "key", context_of(info), none })) ||
	    (err = cs_hpke_expand(out->base_nonce, suite->aead_nonce_len, &kdf,
		 secret,
		 &(struct cs_hpke_label){
		     "base_nonce", context_of(info), none })))
		cs_hpke_clear(out);
	return err;
}

enum cs_err
cs_hpke_sender(struct cs_hpke *out, uint8_t enc[static CS_HPKE_PUBLIC_MAX],
    const struct cs_hpke_info *info, struct cs_view public)
{
	uint8_t shared[CS_HASH_MAX];
	enum cs_err err;

	if ((err = cs_dhkem_encap(shared, enc, info->suite->kem, public)) ==
	    CS_OK)
		err = key_schedule(out, info, shared);
	cs_wipe(shared, sizeof shared);
	return err;
}

enum cs_err
cs_hpke_receiver(struct cs_hpke *out, const struct cs_hpke_info *info,
    const struct cs_hpke_key *key, struct cs_view enc)
{
	uint8_t shared[CS_HASH_MAX];
	enum cs_err err;

	if (key->kem != info->suite->kem)
		return CS_ERR_MISUSE;
	if ((err = cs_dhkem_decap(shared, enc, key)) == CS_OK)
		err = key_schedule(out, info, shared);
	cs_wipe(shared, sizeof shared);
	return err;
}

/* Section 5.2, ComputeNonce. */
static void
nonce(const struct cs_hpke *h, uint8_t out[static CS_AEAD_NONCE_MAX])
{
	size_t n = h->info.suite->aead_nonce_len;

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
		.aead = h->info.suite->aead,
		.key = cs_view(h->key, h->info.suite->aead_key_len),
		.nonce = cs_view(n, h->info.suite->aead_nonce_len),
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
		.aead = h->info.suite->aead,
		.key = cs_view(h->key, h->info.suite->aead_key_len),
		.nonce = cs_view(n, h->info.suite->aead_nonce_len),
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
	const struct cs_suite *suite = h->info.suite;
	const struct cs_view none = { NULL, 0 };
	struct cs_hpke_kdf kdf = kdf_of(suite);
	uint8_t exporter[CS_HASH_MAX];
	enum cs_err err;

	if ((err = cs_hpke_expand(exporter, suite->hash_len, &kdf,
		 cs_view(h->secret, suite->hash_len),
		 &(struct cs_hpke_label){
		     "exp", context_of(&h->info), none })) == CS_OK)
		err = cs_hpke_expand(out, n, &kdf,
		    cs_view(exporter, suite->hash_len),
		    &(struct cs_hpke_label){ "sec", context, none });
	cs_wipe(exporter, sizeof exporter);
	return err;
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
	uint8_t enc[CS_HPKE_PUBLIC_MAX];
	struct cs_view enc_view = cs_view(enc, cs_hpke_public_len(suite->kem));
	struct cs_hpke_info prepared;
	struct cs_hpke h = { 0 };
	size_t before = out->len;
	enum cs_err err;

	if ((err = cs_hpke_info_init(&prepared, suite, info)) == CS_OK &&
	    (err = cs_hpke_sender(&h, enc, &prepared, public)) == CS_OK &&
	    (err = cs_buf_add(out, enc_view)) == CS_OK &&
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
	size_t n = cs_hpke_public_len(suite->kem);
	struct cs_hpke_info prepared;
	struct cs_hpke h = { 0 };
	enum cs_err err;

	if (sealed.len < n)
		return CS_ERR_FORMAT;
	if ((err = cs_hpke_info_init(&prepared, suite, info)) == CS_OK &&
	    (err = cs_hpke_receiver(
		 &h, &prepared, key, cs_view(sealed.data, n))) == CS_OK)
		err = cs_hpke_open(
		    &h, out, aad, cs_view(sealed.data + n, sealed.len - n));
	cs_hpke_clear(&h);
	return err;
}
