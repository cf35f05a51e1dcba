/* SPDX-License-Identifier: MIT */
/* Credentials (RFC 9420, section 5.3). */
#pragma once

#include "countersign/mls.h"
#include "mls/codec.h"

/* Other types cannot be parsed at all: CS_ERR_UNSUPPORTED. */
void cs_mls_credential_read(struct cs_reader *r, struct cs_mls_credential *out);
void cs_mls_credential_write(
    struct cs_writer *w, const struct cs_mls_credential *c);
