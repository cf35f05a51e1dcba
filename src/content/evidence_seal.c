/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "content/evidence.h"

static const char magic[9] = { 'C', 'S', 'E', 'V', 'S', 'E', 'A', 'L', '1' };
static const char info[] = "countersign/evidence/v1";

enum cs_err
cs_evidence_seal(
    struct cs_buf *out, struct cs_view bundle, struct cs_view to_public)
{
	size_t from = out->len;
	enum cs_err err;

	if (bundle.len > CS_EVIDENCE_MAX)
		return CS_ERR_LIMIT;
	if ((err = cs_buf_add(out, cs_view(magic, sizeof magic))) ||
	    (err = cs_hpke_seal_once(out, cs_suite_find(CS_SUITE_X25519_AES128),
		 to_public, cs_view_str(info), cs_view(NULL, 0), bundle)))
		out->len = from;
	return err;
}

bool
cs_evidence_is_sealed(struct cs_view file)
{
	return file.len >= sizeof magic &&
	    memcmp(file.data, magic, sizeof magic) == 0;
}

enum cs_err
cs_evidence_open(
    struct cs_buf *out, struct cs_view sealed, const struct cs_hpke_key *key)
{
	if (!cs_evidence_is_sealed(sealed))
		return CS_ERR_FORMAT;
	return cs_hpke_open_once(out, cs_suite_find(CS_SUITE_X25519_AES128),
	    key, cs_view_str(info), cs_view(NULL, 0),
	    cs_view(sealed.data + sizeof magic, sealed.len - sizeof magic));
}
