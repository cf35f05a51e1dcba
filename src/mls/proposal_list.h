/* SPDX-License-Identifier: MIT */
/* The proposals that a commit covers (RFC 9420, section 12.2). */
#pragma once

#include "mls/change.h"

void cs_mls_proposal_list_clear(struct cs_mls_proposal_list *l);
/* The first of a type, or NULL. */
const struct cs_mls_valid_proposal *cs_mls_proposal_list_find(
    const struct cs_mls_proposal_list *l, enum cs_mls_proposal_type type);
bool cs_mls_proposal_removes(const struct cs_mls_valid_proposal *v);
/* Section 12.2, what can be said without applying; CS_ERR_PROPOSAL. */
CS_CHECKED enum cs_err cs_mls_proposal_list_check(
    const struct cs_mls_proposal_list *l, const struct cs_mls_public *p,
    uint32_t committer);
/* Section 12.4: does this list need a path? */
bool cs_mls_proposal_list_needs_path(const struct cs_mls_proposal_list *l);
/* Look up and check what ${commit} lists. */
CS_CHECKED enum cs_err cs_mls_proposal_list_resolve(
    struct cs_mls_proposal_list *out, const struct cs_mls_public *p,
    const struct cs_mls_commit *commit, uint32_t committer,
    enum cs_mls_age age);
