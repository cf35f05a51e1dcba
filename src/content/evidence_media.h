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
