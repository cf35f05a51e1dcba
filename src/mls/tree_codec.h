/* SPDX-License-Identifier: MIT */
/* A ratchet tree on the wire (RFC 9420, section 12.4.3.3). */
#pragma once

#include "mls/ratchet_tree.h"

/* The ratchet_tree of section 12.4.3.3, vector and all. */
CS_CHECKED enum cs_err cs_mls_tree_parse(struct cs_mls_unverified_tree *out,
    const struct cs_suite *suite, struct cs_view in);
void cs_mls_tree_write(struct cs_writer *w, const struct cs_mls_tree *t);
