/* SPDX-License-Identifier: MIT */
/* The photos and files of a bundle. */
#pragma once

#include "content/evidence.h"

/*
 * Compare what ${in} holds with what the message in ${out}, whose proof has
 * been checked, commits to.  Results are in ${out}; an error is one of ours.
 */
CS_CHECKED enum cs_err cs_evidence_check_media(
    struct cs_evidence_item *out, const struct cs_csev_item *in);

/* Decrypt part ${part} of item ${item}, whose bytes are ${sealed} (from the
 * bundle, or a blob that was fetched) and check it; appends the file. */
CS_CHECKED enum cs_err cs_evidence_extract(struct cs_buf *out,
    const struct cs_evidence *e, size_t item, size_t part,
    struct cs_view sealed);
