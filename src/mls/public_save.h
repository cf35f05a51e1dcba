/* SPDX-License-Identifier: MIT */
/* The public state of a group, on disk. */
#pragma once

#include "mls/public_state.h"

/* State on disk: see public_save.c.  Reading takes the contents of ${saved}. */
void cs_mls_public_write(struct cs_writer *w, const struct cs_mls_public *p);
CS_CHECKED enum cs_err cs_mls_public_read(struct cs_mls_public *out,
    struct cs_buf *saved, enum cs_mls_saved kind,
    const struct cs_mls_options *opt);
