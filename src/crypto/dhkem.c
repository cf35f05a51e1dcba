/* SPDX-License-Identifier: MIT */
#include "crypto/dhkem.h"

#include <sodium.h>
#include <string.h>

#include "crypto/curve.h"
#include "crypto/hpke_kdf.h"
#include "crypto/random.h"
#include "crypto/x448.h"

/* RFC 9180, section 7.1, table 2.  The KEM's hash need not be the suite's. */
static const struct kem {
	uint16_t id;
	enum cs_hash hash;
	uint8_t private_len, public_len, dh_len;
} kems[] = {
	[CS_DHKEM_X25519] = { 0x0020, CS_SHA256, 32, 32, 32 },
	[CS_DHKEM_P256] = { 0x0010, CS_SHA256, 32, 65, 32 },
	[CS_DHKEM_P384] = { 0x0011, CS_SHA384, 48, 97, 48 },
	[CS_DHKEM_P521] = { 0x0012, CS_SHA512, 66, 133, 66 },
	[CS_DHKEM_X448] = { 0x0021, CS_SHA512, 56, 56, 56 },
};
#define N_KEMS (sizeof kems / sizeof kems[0])
#define DH_MAX 66

static bool
known(enum cs_kem kem)
{
	return (size_t)kem < N_KEMS && kems[kem].id != 0;
}

static bool
is_nist(enum cs_kem kem)
{
	return kem != CS_DHKEM_X25519 && kem != CS_DHKEM_X448;
}

static enum cs_curve
curve_of(enum cs_kem kem)
{
	return kem == CS_DHKEM_P256 ? CS_P256
	    : kem == CS_DHKEM_P384  ? CS_P384
				    : CS_P521;
}

size_t
cs_hpke_private_len(enum cs_kem kem)
{
	return known(kem) ? kems[kem].private_len : 0;
}

size_t
cs_hpke_public_len(enum cs_kem kem)
{
	return known(kem) ? kems[kem].public_len : 0;
}

size_t
cs_dhkem_secret_len(enum cs_kem kem)
{
	return known(kem) ? cs_hash_len(kems[kem].hash) : 0;
}

/* Section 4.1: "KEM" and the KEM's number. */
static struct cs_hpke_kdf
kdf_of(enum cs_kem kem)
{
	return (struct cs_hpke_kdf){
		.hash = kems[kem].hash,
		.suite_id = { 'K', 'E', 'M', (uint8_t)(kems[kem].id >> 8),
		    (uint8_t)kems[kem].id },
		.suite_id_len = 5,
	};
}

static enum cs_err
start(struct cs_hpke_key *out, enum cs_kem kem)
{
	memset(out, 0, sizeof *out);
	if (!known(kem))
		return CS_ERR_UNSUPPORTED;
	out->kem = kem;
	out->private_len = kems[kem].private_len;
	out->public_len = kems[kem].public_len;
	return CS_OK;
}

/* The public half of the private half. */
static enum cs_err
finish(struct cs_hpke_key *k)
{
	enum cs_err err = CS_OK;

	if (k->kem == CS_DHKEM_X448)
		err = cs_x448_public(k->public, k->private);
	else if (k->kem == CS_DHKEM_X25519)
		err = crypto_scalarmult_base(k->public, k->private) == 0
		    ? CS_OK
		    : CS_ERR_CRYPTO;
	else if (!cs_curve_scalar_valid(
		     curve_of(k->kem), cs_hpke_key_private(k)))
		err = CS_ERR_KEY;
	else
		err = cs_curve_public(k->public, curve_of(k->kem), k->private);
	if (err)
		cs_wipe(k, sizeof *k);
	return err;
}

/* Section 4.1 only wants a key pair that is random; deriving it, as keys that
 * stay are, would cost a message two more HMACs. */
static enum cs_err
ephemeral_new(struct cs_hpke_key *out, enum cs_kem kem)
{
	enum cs_err err = start(out, kem);

	if (err)
		return err;
	if (is_nist(kem))
		cs_curve_scalar_new(out->private, curve_of(kem));
	else
		cs_random(out->private, out->private_len);
	return finish(out);
}

/* Section 7.1.3, for NIST's curves: candidates until one is a scalar. */
static enum cs_err
derive_scalar(
    struct cs_hpke_key *out, const struct cs_hpke_kdf *kdf, struct cs_view prk)
{
	enum cs_curve c = curve_of(out->kem);
	enum cs_err err;

	for (unsigned counter = 0; counter < 256; counter++) {
		const uint8_t b = (uint8_t)counter;

		if ((err = cs_hpke_expand(out->private, out->private_len, kdf,
			 prk,
			 &(struct cs_hpke_label){
			     "candidate", cs_view(&b, 1), cs_view(NULL, 0) })))
			return err;
		cs_curve_scalar_mask(c, out->private);
		if (cs_curve_scalar_valid(c, cs_hpke_key_private(out)))
			return CS_OK;
	}
	return CS_ERR_CRYPTO; /* DeriveKeyPairError: nobody will ever see it */
}

enum cs_err
cs_hpke_key_derive(struct cs_hpke_key *out, enum cs_kem kem, struct cs_view ikm)
{
	const struct cs_view none = { NULL, 0 };
	uint8_t prk[CS_HASH_MAX];
	struct cs_hpke_kdf kdf;
	struct cs_view p;
	enum cs_err err = start(out, kem);

	if (err)
		return err;
	kdf = kdf_of(kem);
	p = cs_view(prk, cs_dhkem_secret_len(kem));
	if ((err = cs_hpke_extract(prk, &kdf, none, "dkp_prk", ikm)))
		goto out;
	if (is_nist(kem))
		err = derive_scalar(out, &kdf, p);
	else
		err = cs_hpke_expand(out->private, out->private_len, &kdf, p,
		    &(struct cs_hpke_label){ "sk", none, none });
	if (err == CS_OK)
		err = finish(out);
out:
	if (err)
		cs_wipe(out, sizeof *out);
	cs_wipe(prk, sizeof prk);
	return err;
}

enum cs_err
cs_hpke_key_new(struct cs_hpke_key *out, enum cs_kem kem)
{
	uint8_t ikm[CS_HPKE_PRIVATE_MAX];
	enum cs_err err;

	cs_random(ikm, cs_hpke_private_len(kem));
	err = cs_hpke_key_derive(
	    out, kem, cs_view(ikm, cs_hpke_private_len(kem)));
	cs_wipe(ikm, sizeof ikm);
	return err;
}

enum cs_err
cs_hpke_key_from_private(
    struct cs_hpke_key *out, enum cs_kem kem, struct cs_view private)
{
	enum cs_err err = start(out, kem);

	if (err)
		return err;
	if (private.len != out->private_len) {
		memset(out, 0, sizeof *out);
		return CS_ERR_KEY;
	}
	memcpy(out->private, private.data, private.len);
	return finish(out);
}

bool
cs_hpke_public_valid(enum cs_kem kem, struct cs_view public)
{
	if (!known(kem) || public.len != kems[kem].public_len)
		return false;
	if (kem == CS_DHKEM_X25519)
		return !cs_x25519_small_order(public.data);
	if (kem == CS_DHKEM_X448)
		return !cs_448_small_order(public.data);
	return cs_curve_point_valid(curve_of(kem), public);
}

/* Section 7.1.4: an all-zero result is refused, and so is whatever is not a
 * point. */
static enum cs_err
dh(uint8_t out[static DH_MAX], const struct cs_hpke_key *key,
    struct cs_view public)
{
	if (public.len != key->public_len)
		return CS_ERR_KEY;
	if (key->kem == CS_DHKEM_X25519)
		return crypto_scalarmult(out, key->private, public.data) == 0
		    ? CS_OK
		    : CS_ERR_KEY;
	if (key->kem == CS_DHKEM_X448)
		return cs_x448(out, key->private, key->public, public.data);
	return cs_curve_dh(out, curve_of(key->kem), key->private, public);
}

/* Section 4.1, ExtractAndExpand over kem_context = enc | pkR. */
static enum cs_err
shared_secret(uint8_t *out, enum cs_kem kem, const uint8_t *dh_out,
    struct cs_view enc, struct cs_view public)
{
	struct cs_hpke_kdf kdf = kdf_of(kem);
	size_t n = cs_hash_len(kdf.hash);
	uint8_t prk[CS_HASH_MAX];
	enum cs_err err;

	if ((err = cs_hpke_extract(prk, &kdf, cs_view(NULL, 0), "eae_prk",
		 cs_view(dh_out, kems[kem].dh_len))) == CS_OK)
		err = cs_hpke_expand(out, n, &kdf, cs_view(prk, n),
		    &(struct cs_hpke_label){ "shared_secret", enc, public });
	cs_wipe(prk, sizeof prk);
	return err;
}

enum cs_err
cs_dhkem_encap(uint8_t secret[static CS_HASH_MAX],
    uint8_t enc[static CS_HPKE_PUBLIC_MAX], enum cs_kem kem,
    struct cs_view public)
{
	struct cs_hpke_key ephemeral;
	uint8_t dh_out[DH_MAX];
	enum cs_err err;

	if (!known(kem))
		return CS_ERR_UNSUPPORTED;
	if (public.len != kems[kem].public_len)
		return CS_ERR_KEY;
	if ((err = ephemeral_new(&ephemeral, kem)) ||
	    (err = dh(dh_out, &ephemeral, public)))
		goto out;
	memcpy(enc, ephemeral.public, ephemeral.public_len);
	err = shared_secret(
	    secret, kem, dh_out, cs_hpke_key_public(&ephemeral), public);
out:
	cs_wipe(&ephemeral, sizeof ephemeral);
	cs_wipe(dh_out, sizeof dh_out);
	return err;
}

enum cs_err
cs_dhkem_decap(uint8_t secret[static CS_HASH_MAX], struct cs_view enc,
    const struct cs_hpke_key *key)
{
	uint8_t dh_out[DH_MAX];
	enum cs_err err;

	if (!known(key->kem))
		return CS_ERR_MISUSE;
	if ((err = dh(dh_out, key, enc)) == CS_OK)
		err = shared_secret(
		    secret, key->kem, dh_out, enc, cs_hpke_key_public(key));
	cs_wipe(dh_out, sizeof dh_out);
	return err;
}
