/* SPDX-License-Identifier: MIT */
#include "franking/revocation.h"

#include <string.h>

#include "base/units.h"
#include "franking/signed.h"

static const char label[] = "countersign/revocation/v1";

enum cs_err
cs_revocation_make(struct cs_buf *out, const struct cs_revocation *revocation,
    struct cs_view signer, const struct cs_sign_key *key)
{
	size_t from = out->len, mark;
	struct cs_writer w = cs_signed_begin(out, cs_view(label, sizeof label));

	if (revocation->n_kept > CS_REVOCATION_KEPT_MAX)
		cs_writer_fail(&w, CS_ERR_MISUSE);
	cs_write_bytes(&w, CS_VIEW_OF(revocation->account));
	cs_write_bytes(&w, CS_VIEW_OF(revocation->device));
	cs_write_u64(&w, revocation->at_ms);
	mark = cs_write_open(&w);
	for (size_t i = 0; w.err == CS_OK && i < revocation->n_kept; i++) {
		cs_write_bytes(&w, CS_VIEW_OF(revocation->kept[i].device));
		cs_write_bytes(&w, CS_VIEW_OF(revocation->kept[i].key));
	}
	cs_write_close(&w, mark);
	cs_write_vec(&w, signer);
	return cs_signed_end(&w, from, key);
}

static enum cs_err
parse(struct cs_revocation *out, struct cs_view *signer, struct cs_view in)
{
	struct cs_reader r =
	    cs_signed_open(in, cs_view(label, sizeof label), CS_REVOCATION_MAX);
	struct cs_reader kept;

	memset(out, 0, sizeof *out);
	cs_read_copy(&r, out->account, sizeof out->account);
	cs_read_copy(&r, out->device, sizeof out->device);
	out->at_ms = cs_read_u64(&r);
	kept = cs_read_sub(&r);
	while (cs_reader_more(&kept)) {
		struct cs_revocation_kept *k = &out->kept[out->n_kept];

		if (out->n_kept == CS_REVOCATION_KEPT_MAX) {
			cs_reader_fail(&kept, CS_ERR_LIMIT);
			break;
		}
		cs_read_copy(&kept, k->device, sizeof k->device);
		cs_read_copy(&kept, k->key, sizeof k->key);
		out->n_kept++;
	}
	cs_read_sub_end(&r, &kept);
	*signer = cs_read_vec_max(&r, CS_CREDENTIAL_MAX);
	return cs_reader_end(&r);
}

/* Who certified the device: the account's key has the id zero. */
static const uint8_t *
issuer_of(const struct cs_identity *identity)
{
	static const uint8_t account_key[16];

	return identity->n == 1 ? account_key
				: identity->chain[identity->n - 2];
}

static const uint8_t *
issuer_key(const struct cs_identity *identity)
{
	return identity->n == 1 ? identity->account.account_key
				: identity->keys[identity->n - 2];
}

/* Does what was certified last follow the key that ends? */
static bool
follows(const struct cs_revocation *r, const struct cs_identity *signer)
{
	return memcmp(r->device, issuer_of(signer), 16) == 0;
}

enum cs_err
cs_revocation_verify(struct cs_revocation *out, struct cs_identity *signer,
    enum cs_revocation_by *by, struct cs_view in, struct cs_view root_public)
{
	struct cs_view credential;
	enum cs_err err;

	*by = CS_REVOCATION_BY_DEVICE;
	memset(signer, 0, sizeof *signer);
	if ((err = parse(out, &credential, in)) ||
	    (err = cs_identity_verify(
		 signer, credential, root_public, out->at_ms / CS_SECOND_MS)))
		return err;
	if (memcmp(out->account, signer->account.account, 16) != 0)
		return CS_ERR_MISMATCH;
	if (follows(out, signer)) {
		err = cs_signed_check(in, cs_view(issuer_key(signer), 32));
		*by = CS_REVOCATION_BY_ITSELF;
		if (err != CS_ERR_CERT)
			return err;
	}
	/* What counts is who has the words: no device ends a recovery key. */
	if (cs_recovery_id(out->device))
		return CS_ERR_CERT;
	err = cs_signed_check(in, CS_VIEW_OF(signer->account.account_key));
	*by = CS_REVOCATION_BY_ACCOUNT_KEY;
	if (err != CS_ERR_CERT)
		return err;
	*by = CS_REVOCATION_BY_DEVICE;
	return cs_signed_check(in, CS_VIEW_OF(signer->device.public));
}

enum cs_err
cs_revocation_peek(struct cs_revocation *out, struct cs_view in)
{
	struct cs_view signer;

	return parse(out, &signer, in);
}

bool
cs_revocation_succeeds(
    struct cs_view *next, const uint8_t id[static 16], struct cs_view in)
{
	struct cs_revocation r;
	struct cs_identity signer;

	return parse(&r, next, in) == CS_OK && memcmp(r.device, id, 16) == 0 &&
	    cs_identity_peek(&signer, *next) == CS_OK && follows(&r, &signer);
}

enum cs_err
cs_revocation_keep(struct cs_revocation *r, const uint8_t device[static 16],
    const uint8_t key[static 32])
{
	struct cs_revocation_kept *k = &r->kept[r->n_kept];

	if (r->n_kept == CS_REVOCATION_KEPT_MAX)
		return CS_ERR_LIMIT;
	memcpy(k->device, device, sizeof k->device);
	memcpy(k->key, key, sizeof k->key);
	r->n_kept++;
	return CS_OK;
}

/* Whoever certified the ${i}th of the chain has ended: does it stay?  With its
 * key, since whoever has that one's key gives any id to a device of their own.
 */
static bool
kept(
    const struct cs_revocation *r, const struct cs_identity *identity, size_t i)
{
	for (size_t k = 0; k < r->n_kept; k++)
		if (memcmp(r->kept[k].device, identity->chain[i], 16) == 0 &&
		    memcmp(r->kept[k].key, identity->keys[i], 32) == 0)
			return true;
	return false;
}

bool
cs_revocation_ends(
    const struct cs_revocation *r, const struct cs_identity *identity)
{
	if (memcmp(r->account, identity->account.account, 16) != 0)
		return false;
	if (cs_view_is_zero(CS_VIEW_OF(r->device)))
		return !kept(r, identity, 0);
	for (size_t i = 0; i < identity->n; i++)
		if (memcmp(r->device, identity->chain[i], 16) == 0)
			return i + 1 == identity->n ||
			    !kept(r, identity, i + 1);
	return false;
}
