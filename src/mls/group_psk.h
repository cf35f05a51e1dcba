/* SPDX-License-Identifier: MIT */
/* Where pre-shared keys come from (RFC 9420, section 8.4). */
#pragma once

#include "mls/group.h"

/* Where PSKs are looked for. */
struct cs_mls_psk_sources {
	const struct cs_mls_options *opt;
	const struct cs_mls_group *own;  /* its resumption PSKs, or NULL */
	const struct cs_mls_group *from; /* what it succeeds, or NULL */
};
/* The psk_secret of the PSKs in ${list}, in order. */
CS_CHECKED enum cs_err cs_mls_list_psk_secret(struct cs_mls_psk_secret *out,
    const struct cs_suite *suite, const struct cs_mls_proposal_list *list,
    const struct cs_mls_psk_sources *from);
/* The same of PreSharedKeyIDs in a row. */
CS_CHECKED enum cs_err cs_mls_ids_psk_secret(struct cs_mls_psk_secret *out,
    const struct cs_suite *suite, struct cs_view ids,
    const struct cs_mls_psk_sources *from);
