/* SPDX-License-Identifier: MIT */
#include "content/evidence_seal.h"

#include <string.h>

#include "content/evidence.h"
#include "content/reply_key.h"

static const uint8_t magic[9] = { 'C', 'S', 'E', 'V', 'S', 'E', 'A', 'L', '1' };
static const struct cs_reply_dress dress = { { magic, sizeof magic },
	"countersign/evidence/v1" };

enum cs_err
cs_evidence_seal_reply(struct cs_buf *out, uint8_t reply[static 32],
    struct cs_view bundle, struct cs_view to_public)
{
	if (bundle.len > CS_EVIDENCE_MAX)
		return CS_ERR_LIMIT;
	return cs_reply_key_seal(out, reply, &dress, bundle, to_public);
}

enum cs_err
cs_evidence_seal(
    struct cs_buf *out, struct cs_view bundle, struct cs_view to_public)
{
	uint8_t reply[CS_REPLY_KEY_LEN];
	enum cs_err err = cs_evidence_seal_reply(out, reply, bundle, to_public);

	cs_wipe(reply, sizeof reply);
	return err;
}

bool
cs_evidence_is_sealed(struct cs_view file)
{
	return file.len >= sizeof magic &&
	    memcmp(file.data, magic, sizeof magic) == 0;
}

enum cs_err
cs_evidence_open_reply(struct cs_buf *out, uint8_t reply[static 32],
    struct cs_view sealed, const struct cs_hpke_key *key)
{
	return cs_reply_key_open(out, reply, &dress, sealed, key);
}

enum cs_err
cs_evidence_open(
    struct cs_buf *out, struct cs_view sealed, const struct cs_hpke_key *key)
{
	uint8_t reply[CS_REPLY_KEY_LEN];
	enum cs_err err = cs_evidence_open_reply(out, reply, sealed, key);

	cs_wipe(reply, sizeof reply);
	return err;
}
