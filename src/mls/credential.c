/* SPDX-License-Identifier: MIT */
#include "mls/credential.h"

void
cs_mls_credential_read(struct cs_reader *r, struct cs_mls_credential *out)
{
	struct cs_reader certificates;

	out->type = cs_read_u16(r);
	out->identity = cs_read_vec(r);
	if (out->type == CS_MLS_CREDENTIAL_BASIC)
		return;
	if (out->type != CS_MLS_CREDENTIAL_X509) {
		cs_reader_fail(r, CS_ERR_UNSUPPORTED);
		return;
	}
	certificates = cs_reader(out->identity);
	/* Section 5.3: the first certificate is the member's own. */
	if (out->identity.len == 0)
		cs_reader_fail(r, CS_ERR_FORMAT);
	while (cs_reader_more(&certificates))
		cs_read_vec(&certificates);
	if (certificates.err != CS_OK)
		cs_reader_fail(r, certificates.err);
}

void
cs_mls_credential_write(struct cs_writer *w, const struct cs_mls_credential *c)
{
	cs_write_u16(w, c->type);
	cs_write_vec(w, c->identity);
}

bool
cs_mls_credential_next_x509(struct cs_view *certificates, struct cs_view *cert)
{
	struct cs_reader r = cs_reader(*certificates);

	if (!cs_reader_more(&r))
		return false;
	*cert = cs_read_vec(&r);
	*certificates = cs_view(r.data, r.left);
	return r.err == CS_OK;
}
