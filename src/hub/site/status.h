/* SPDX-License-Identifier: MIT */
/* What has become of a notice, for who has its number and secret; more about
 * it, and an appeal against its answer (DSA, article 20). */
#pragma once

#include "hub/site/visit.h"

site_begin site_status_form, site_status, site_more, site_appeal;

/* The text of an answer of the desk's, opened with the secret; appended.
 * CS_ERR_DECRYPT and others: it is not sealed for it. */
CS_CHECKED enum cs_err site_status_text(struct cs_buf *out,
    const struct cs_wire_filing_state *s,
    const uint8_t secret[static CS_FILING_SECRET_LEN]);
