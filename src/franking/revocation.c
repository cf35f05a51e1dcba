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
	for (size_t i = 0; w.err == CS_OK && i < revocation->n_kept; i++)
		cs_write_bytes(&w, CS_VIEW_OF(revocation->kept[i]));
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
		if (out->n_kept == CS_REVOCATION_KEPT_MAX)
			cs_reader_fail(&kept, CS_ERR_LIMIT);
		else
			cs_read_copy(&kept, out->kept[out->n_kept++], 16);
	}
	cs_read_sub_end(&r, &kept);
	*signer = cs_read_vec_max(&r, CS_CREDENTIAL_MAX);
	return cs_reader_end(&r);
}

enum cs_err
cs_revocation_verify(struct cs_revocation *out, struct cs_identity *signer,
    bool *by_recovery_key, struct cs_view in, struct cs_view root_public)
{
	struct cs_view credential;
	enum cs_err err;

	*by_recovery_key = false;
	memset(signer, 0, sizeof *signer);
	if ((err = parse(out, &credential, in)) ||
	    (err = cs_identity_verify(
		 signer, credential, root_public, out->at_ms / CS_SECOND_MS)))
		return err;
	if (memcmp(out->account, signer->account.account, 16) != 0)
		return CS_ERR_MISMATCH;
	err = cs_signed_check(in, CS_VIEW_OF(signer->account.account_key));
	*by_recovery_key = err == CS_OK;
	if (err != CS_ERR_CERT)
		return err;
	return cs_signed_check(in, CS_VIEW_OF(signer->device.public));
}

enum cs_err
cs_revocation_peek(struct cs_revocation *out, struct cs_view in)
{
	struct cs_view signer;

	return parse(out, &signer, in);
}

static bool
kept(const struct cs_revocation *r, const uint8_t device[static 16])
{
	for (size_t i = 0; i < r->n_kept; i++)
		if (memcmp(r->kept[i], device, 16) == 0)
			return true;
	return false;
}

bool
cs_revocation_ends(
    const struct cs_revocation *r, const struct cs_identity *identity)
{
	if (memcmp(r->account, identity->account.account, 16) != 0)
		return false;
	for (size_t i = 0; i < identity->n; i++)
		if (memcmp(r->device, identity->chain[i], 16) == 0)
			return i + 1 == identity->n ||
			    !kept(r, identity->chain[i + 1]);
	return false;
}
