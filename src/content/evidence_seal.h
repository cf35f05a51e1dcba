/* SPDX-License-Identifier: MIT */
/* Bundles of evidence sealed to one reader. */
#pragma once

#include "content/evidence.h"

/* "CSEVSEAL1" | HPKE(suite 1, info "countersign/evidence/v1"): for the desk,
 * or for a named key. */
CS_CHECKED enum cs_err cs_evidence_seal(
    struct cs_buf *out, struct cs_view bundle, struct cs_view to_public);
CS_CHECKED bool cs_evidence_is_sealed(struct cs_view file);
CS_CHECKED enum cs_err cs_evidence_open(
    struct cs_buf *out, struct cs_view sealed, const struct cs_hpke_key *key);
/* The same, and the key that both ends then share, for questions and answers
 * (content/letter.h). */
CS_CHECKED enum cs_err cs_evidence_seal_reply(struct cs_buf *out,
    uint8_t reply[static 32], struct cs_view bundle, struct cs_view to_public);
CS_CHECKED enum cs_err cs_evidence_open_reply(struct cs_buf *out,
    uint8_t reply[static 32], struct cs_view sealed,
    const struct cs_hpke_key *key);
