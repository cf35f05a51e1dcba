/* SPDX-License-Identifier: MIT */
/* Making a commit (RFC 9420, section 12.4.1). */
#pragma once

#include "mls/group.h"

/* cs_mls_commit_new(), where ${from} is the group that ${g} succeeds. */
CS_CHECKED enum cs_err cs_mls_commit_make(struct cs_mls_staged **staged,
    struct cs_buf *commit, struct cs_buf *welcome, struct cs_mls_group *g,
    const struct cs_mls_commit_options *opt, const struct cs_mls_group *from);
