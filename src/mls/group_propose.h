/* SPDX-License-Identifier: MIT */
/* Messages of our own: framed, signed, sealed. */
#pragma once

#include "mls/group.h"

/* FramedContent of ours in this epoch. */
struct cs_mls_framed cs_mls_group_frame(const struct cs_mls_group *g,
    enum cs_mls_content type, struct cs_view authenticated_data,
    struct cs_view body);
/* Append signed content as the message that its wire format says. */
CS_CHECKED enum cs_err cs_mls_group_seal(struct cs_buf *out,
    struct cs_mls_group *g, const struct cs_mls_unverified *content);
