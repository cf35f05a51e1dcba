/* SPDX-License-Identifier: MIT */
/* Asking the program's own rules (countersign/mls.h, "the rules of a program").
 */
#pragma once

#include "mls/change.h"

/* The leaf that an Update, Remove or SelfRemove is about; else UINT32_MAX. */
uint32_t cs_mls_proposal_target(const struct cs_mls_valid_proposal *v);

/* As a program sees a proposal. */
void cs_mls_proposal_show(struct cs_mls_proposal_view *out,
    const struct cs_mls_valid_proposal *v, bool by_reference);

/* A handshake as it is framed, and where. */
struct cs_mls_rules_about {
	enum cs_mls_wire wire;
	const struct cs_mls_framed *framed;
	const struct cs_mls_public *from; /* whose options have the rules */
};
/* Ask about a proposal of ${about->from}'s epoch. */
CS_CHECKED enum cs_err cs_mls_rules_ask_proposal(
    const struct cs_mls_rules_about *about,
    const struct cs_mls_valid_proposal *v);
/* Ask about a commit that is settled; ${path_leaf} is NULL where it has none.
 */
CS_CHECKED enum cs_err cs_mls_rules_ask_commit(
    const struct cs_mls_rules_about *about, const struct cs_mls_change *change,
    const struct cs_mls_proposal_list *list,
    const struct cs_mls_leaf *path_leaf);
