/* SPDX-License-Identifier: MIT */
#include "crypto/signer.h"

#include <stdatomic.h>
#include <string.h>

#include "base/alloc.h"
#include "crypto/curve.h"
#include "crypto/ecdsa.h"
#include "crypto/ed448.h"
#include "crypto/random.h"
#include "crypto/small_order.h"

_Static_assert(CS_SIG_PUBLIC_MAX >= CS_CURVE_POINT_MAX, "public");
_Static_assert(CS_SIG_PRIVATE_MAX >= CS_CURVE_SCALAR_MAX, "private");

struct cs_signer {
	atomic_uint owners;
	enum cs_sig sig;
	uint8_t private[CS_SIG_PRIVATE_MAX];
	uint8_t public[CS_SIG_PUBLIC_MAX];
	/* One of these, as ${sig} says. */
	struct cs_sign_key ed25519;
	struct evp_pkey_st *ed448;
	struct ec_key_st *ecdsa;
	cs_sign_elsewhere *sign; /* or none of them */
	void *arg;
};

static bool
is_ecdsa(enum cs_sig sig)
{
	return sig == CS_ECDSA_P256 || sig == CS_ECDSA_P384 ||
	    sig == CS_ECDSA_P521;
}

static enum cs_curve
curve_of(enum cs_sig sig)
{
	return sig == CS_ECDSA_P256 ? CS_P256
	    : sig == CS_ECDSA_P384  ? CS_P384
				    : CS_P521;
}

size_t
cs_sig_private_len(enum cs_sig sig)
{
	if (is_ecdsa(sig))
		return cs_curve_scalar_len(curve_of(sig));
	return sig == CS_ED25519 ? CS_SIGN_SEED_LEN
	    : sig == CS_ED448    ? CS_ED448_KEY_LEN
				 : 0;
}

size_t
cs_sig_public_len(enum cs_sig sig)
{
	return is_ecdsa(sig) ? cs_curve_point_len(curve_of(sig))
			     : cs_sig_private_len(sig);
}

/* In each of these ${known} says that the public key is there already. */
static enum cs_err
prepare_ed25519(struct cs_signer *s, bool known)
{
	enum cs_err err;

	if (!known) {
		if ((err = cs_sign_key_from_seed(&s->ed25519, s->private)))
			return err;
		memcpy(s->public, s->ed25519.public, CS_SIGN_PUBLIC_LEN);
	}
	memcpy(s->ed25519.seed, s->private, CS_SIGN_SEED_LEN);
	memcpy(s->ed25519.public, s->public, CS_SIGN_PUBLIC_LEN);
	return CS_OK;
}

static enum cs_err
prepare_ecdsa(struct cs_signer *s, bool known)
{
	enum cs_curve c = curve_of(s->sig);
	enum cs_err err;

	if (!cs_curve_scalar_valid(c, cs_signer_private(s)))
		return CS_ERR_KEY;
	if (!known && (err = cs_curve_public(s->public, c, s->private)))
		return err;
	return cs_ecdsa_key_new(&s->ecdsa, c, s->private, s->public);
}

/* An empty ${public} is not known. */
static enum cs_err
from(struct cs_signer **out, enum cs_sig sig, struct cs_view private,
    struct cs_view public)
{
	bool known = public.len != 0;
	struct cs_signer *s;
	enum cs_err err;

	*out = NULL;
	if (cs_sig_private_len(sig) == 0)
		return CS_ERR_UNSUPPORTED;
	if (private.len != cs_sig_private_len(sig) ||
	    (known && public.len != cs_sig_public_len(sig)))
		return CS_ERR_KEY;
	s = cs_calloc(1, sizeof *s);
	if (s == NULL)
		return CS_ERR_NOMEM;
	s->sig = sig;
	atomic_init(&s->owners, 1);
	memcpy(s->private, private.data, private.len);
	if (known)
		memcpy(s->public, public.data, public.len);
	if (sig == CS_ED25519)
		err = prepare_ed25519(s, known);
	else if (sig == CS_ED448)
		err = cs_ed448_key_new(&s->ed448, s->public, s->private);
	else
		err = prepare_ecdsa(s, known);
	if (err) {
		cs_signer_free(s);
		return err;
	}
	*out = s;
	return CS_OK;
}

enum cs_err
cs_signer_new(struct cs_signer **out, enum cs_sig sig)
{
	uint8_t private[CS_SIG_PRIVATE_MAX];
	enum cs_err err;

	if (is_ecdsa(sig))
		cs_curve_scalar_new(private, curve_of(sig));
	else
		cs_random(private, cs_sig_private_len(sig));
	err = cs_signer_from_private(
	    out, sig, cs_view(private, cs_sig_private_len(sig)));
	cs_wipe(private, sizeof private);
	return err;
}

enum cs_err
cs_signer_from_private(
    struct cs_signer **out, enum cs_sig sig, struct cs_view private)
{
	return from(out, sig, private, cs_view(NULL, 0));
}

enum cs_err
cs_signer_from_pair(struct cs_signer **out, enum cs_sig sig,
    struct cs_view private, struct cs_view public)
{
	if (public.len == 0) {
		*out = NULL;
		return CS_ERR_KEY;
	}
	return from(out, sig, private, public);
}

enum cs_err
cs_signer_from_ed25519(struct cs_signer **out, const struct cs_sign_key *key)
{
	return from(
	    out, CS_ED25519, CS_VIEW_OF(key->seed), CS_VIEW_OF(key->public));
}

struct cs_signer *
cs_signer_hold(struct cs_signer *s)
{
	if (s != NULL)
		atomic_fetch_add(&s->owners, 1);
	return s;
}

enum cs_err
cs_signer_elsewhere(struct cs_signer **out, enum cs_sig sig,
    struct cs_view public, cs_sign_elsewhere *sign, void *arg)
{
	struct cs_signer *s;

	*out = NULL;
	if (public.len != cs_sig_public_len(sig) || public.len == 0)
		return CS_ERR_KEY;
	s = cs_calloc(1, sizeof *s);
	if (s == NULL)
		return CS_ERR_NOMEM;
	atomic_init(&s->owners, 1);
	s->sig = sig;
	memcpy(s->public, public.data, public.len);
	s->sign = sign;
	s->arg = arg;
	*out = s;
	return CS_OK;
}

void
cs_signer_free(struct cs_signer *s)
{
	if (s == NULL || atomic_fetch_sub(&s->owners, 1) != 1)
		return;
	cs_ed448_key_free(s->ed448);
	cs_ecdsa_key_free(s->ecdsa);
	cs_free(s, sizeof *s);
}

enum cs_sig
cs_signer_sig(const struct cs_signer *s)
{
	return s->sig;
}

struct cs_view
cs_signer_public(const struct cs_signer *s)
{
	return cs_view(s->public, cs_sig_public_len(s->sig));
}

struct cs_view
cs_signer_private(const struct cs_signer *s)
{
	return cs_view(s->private, cs_sig_private_len(s->sig));
}

enum cs_err
cs_signer_sign(uint8_t out[static CS_SIG_MAX], size_t *n,
    const struct cs_signer *s, struct cs_view message)
{
	if (s->sign != NULL)
		return s->sign(s->arg, out, n, message);
	if (s->sig == CS_ED25519) {
		*n = CS_SIGNATURE_LEN;
		return cs_sign(out, &s->ed25519, message);
	}
	if (s->sig == CS_ED448)
		return cs_ed448_sign(out, n, s->ed448, message);
	return cs_ecdsa_sign(out, n, curve_of(s->sig), s->ecdsa, message);
}

enum cs_err
cs_signature_verify(enum cs_sig sig, struct cs_view public,
    struct cs_view message, struct cs_view signature)
{
	if (is_ecdsa(sig))
		return cs_ecdsa_verify(
		    curve_of(sig), public, message, signature);
	if (sig == CS_ED448)
		return cs_ed448_verify(public, message, signature);
	if (sig == CS_ED25519)
		return cs_sign_verify(public, message, signature);
	return CS_ERR_UNSUPPORTED;
}

bool
cs_signature_public_valid(enum cs_sig sig, struct cs_view public)
{
	if (is_ecdsa(sig))
		return cs_curve_point_valid(curve_of(sig), public);
	if (public.len == 0 || public.len != cs_sig_public_len(sig))
		return false;
	return sig != CS_ED448 || !cs_448_small_order(public.data);
}
