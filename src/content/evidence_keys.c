/* SPDX-License-Identifier: MIT */
#include "content/evidence_keys.h"

#include <string.h>

#include "base/units.h"

enum cs_err
cs_evidence_find_credential(size_t *out, const struct cs_csev *c,
    const struct cs_stamp *s, const uint8_t root_public[static 32])
{
	*out = c->n_keys;
	for (size_t i = 0; i < c->n_keys; i++) {
		const struct cs_csev_key *key = &c->keys[i];
		struct cs_identity identity;
		enum cs_err err;

		if (key->type != CS_CSEV_CREDENTIAL ||
		    cs_identity_peek(&identity, key->cert) != CS_OK ||
		    memcmp(identity.account.account, s->account, 16) != 0 ||
		    memcmp(identity.device.device, s->device, 16) != 0)
			continue;
		err = cs_identity_verify(&identity, key->cert,
		    cs_view(root_public, 32), s->accepted_ms / CS_SECOND_MS);
		if (cs_err_class(err) == CS_ERR_CLASS_OURS)
			return err;
		if (err == CS_OK || *out == c->n_keys)
			*out = i;
		if (err == CS_OK)
			return CS_OK;
	}
	return CS_ERR_NOT_FOUND;
}

enum cs_err
cs_evidence_find_stamp_key(size_t *out, const struct cs_csev *c,
    const struct cs_stamp *s, const uint8_t root_public[static 32])
{
	*out = c->n_keys;
	for (size_t i = 0; i < c->n_keys; i++) {
		const struct cs_csev_key *key = &c->keys[i];
		struct cs_stamp_key_cert cert = { 0 };
		enum cs_err err;

		if (key->type != CS_CSEV_STAMP_KEY_CERT)
			continue;
		err = cs_stamp_key_cert_verify(&cert, key->cert,
		    cs_view(root_public, 32), s->accepted_ms / CS_SECOND_MS);
		if (cs_err_class(err) == CS_ERR_CLASS_OURS)
			return err;
		if (memcmp(cert.key_id, s->key_id, sizeof s->key_id) != 0)
			continue;
		if (err == CS_OK || *out == c->n_keys)
			*out = i;
		if (err == CS_OK)
			return CS_OK;
	}
	return CS_ERR_NOT_FOUND;
}

enum cs_err
cs_evidence_find_log_key(struct cs_evidence_log_key *out,
    const struct cs_csev *c, struct cs_view note, const struct cs_stamp *s,
    const uint8_t root_public[static 32])
{
	out->which = c->n_keys;
	for (size_t i = 0; i < c->n_keys; i++) {
		const struct cs_tlog_signed by = { c->keys[i].cert, note };
		struct cs_role_key_cert cert;
		enum cs_err err;

		if (c->keys[i].type != CS_CSEV_LOG_KEY_CERT)
			continue;
		err = cs_tlog_signed_open(
		    &out->at, &cert, &out->key, &by, root_public);
		if (cs_err_class(err) == CS_ERR_CLASS_OURS)
			return err;
		if (err || cert.not_after < s->accepted_ms / CS_SECOND_MS)
			continue;
		out->which = i;
		return CS_OK;
	}
	return CS_ERR_NOT_FOUND;
}
