/* SPDX-License-Identifier: MIT */
/* What all members agree on (RFC 9420, 8.1). */
#pragma once

#include "crypto/suite.h"
#include "mls/extension.h"

/* Views point into the parsed message. */
struct cs_mls_group_context {
	uint16_t suite_id;
	struct cs_view group_id;
	uint64_t epoch;
	struct cs_view tree_hash;
	struct cs_view confirmed_transcript_hash;
	struct cs_mls_ext_list extensions;
};

void cs_mls_group_context_read(
    struct cs_reader *r, struct cs_mls_group_context *out);
void cs_mls_group_context_write(
    struct cs_writer *w, const struct cs_mls_group_context *c);
