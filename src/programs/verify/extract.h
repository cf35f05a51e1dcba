/* SPDX-License-Identifier: MIT */
/* What a bundle holds, written into files. */
#pragma once

#include "content/evidence.h"

/* Write texts, photos and files of ${e} into the new folder ${dir}, under names
 * that we choose; ${tell} them on standard output. */
CS_CHECKED enum cs_err verify_extract(
    const char *dir, const struct cs_evidence *e, bool tell);
