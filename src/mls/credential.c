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
