/* SPDX-License-Identifier: MIT */
/* src/mls/credential.h: credentials (RFC 9420, section 5.3). */
#pragma once

#include "mls/codec.h"

#define CS_MLS_CREDENTIAL_BASIC 1
#define CS_MLS_CREDENTIAL_X509 2

struct cs_mls_credential {
	uint16_t type;
	struct cs_view identity; /* basic: identity; x509: the vector's bytes */
};

/* Other types cannot be parsed at all: CS_ERR_UNSUPPORTED. */
void cs_mls_credential_read(struct cs_reader *r, struct cs_mls_credential *out);
void cs_mls_credential_write(
    struct cs_writer *w, const struct cs_mls_credential *c);
