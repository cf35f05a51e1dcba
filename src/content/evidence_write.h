/* SPDX-License-Identifier: MIT */
/* Making a bundle of evidence. */
#pragma once

#include "content/evidence.h"

/* "trafficking" and so on; NULL for a number that is none. */
const char *cs_reason_name(uint16_t reason);
/* 0 for a name that is none. */
uint16_t cs_reason_find(const char *name);
/*
 * Append a bundle in account mode.  Items are sorted by group and number.
 * CS_ERR_MISUSE: one twice, a proof of the log without the certificate of its
 * key, media that are not as many as the message's external parts, or a gap
 * that does not fill the numbers between two items.
 */
CS_CHECKED enum cs_err cs_evidence_write(
    struct cs_buf *out, const struct cs_evidence_input *in);
