/* SPDX-License-Identifier: MIT */
/* A commit or proposal while it is being made. */
#pragma once

#include "mls/group.h"

void cs_mls_making_clear(struct cs_mls_making *m);
/* Room for a list of ${max}. */
CS_CHECKED enum cs_err cs_mls_making_begin(struct cs_mls_making *m, size_t max);
/* Add a proposal by value, whose views stay as they are; ${context} is that of
 * the next epoch if it changes, or NULL. */
CS_CHECKED enum cs_err cs_mls_making_list(struct cs_mls_making *m,
    const struct cs_mls_proposal *p, const struct cs_mls_ext_list *context);
/* Add a copy of a proposal by value. */
CS_CHECKED enum cs_err cs_mls_making_list_copy(
    struct cs_mls_making *m, const struct cs_mls_proposal *p);
CS_CHECKED enum cs_err cs_mls_making_list_psk(
    struct cs_mls_making *m, const struct cs_mls_psk_id *id);
/* Tree and provisional context of the next epoch; ${leaf} is what the path's
 * leaf is made of. */
CS_CHECKED enum cs_err cs_mls_making_change(
    struct cs_mls_making *m, struct cs_mls_leaf *leaf);
/* Body, signature, transcript, key schedule, confirmation tag. */
CS_CHECKED enum cs_err cs_mls_making_sign(struct cs_mls_making *m,
    enum cs_mls_wire wire, const struct cs_mls_framed *framed);
