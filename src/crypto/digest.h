/* SPDX-License-Identifier: MIT */
/*
 * A hash under way, as a library has it; inside this layer only.  It may be
 * copied, lies on the stack, and is wiped by whoever hashed a secret.
 */
#pragma once

#include <stdalign.h>

#include "crypto/suite.h"

#define CS_DIGEST_BLOCK_MAX 128

struct cs_digest {
	enum cs_hash hash;
	alignas(8) uint8_t state[224];
};

/* CS_ERR_UNSUPPORTED: that is no hash. */
CS_CHECKED enum cs_err cs_digest_begin(struct cs_digest *d, enum cs_hash hash);
/* These cannot fail: they only count and mix bytes. */
void cs_digest_add(struct cs_digest *d, struct cs_view in);
void cs_digest_end(struct cs_digest *d, uint8_t *out);
