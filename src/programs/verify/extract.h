/* SPDX-License-Identifier: MIT */
/* What a bundle holds, written into files. */
#pragma once

#include "content/evidence.h"

/* Write texts, photos and files of ${e} into the new folder ${dir}, under names
 * that we choose; VERIFY_TELL prints them. */
enum verify_telling { VERIFY_QUIET, VERIFY_TELL };
CS_CHECKED enum cs_err verify_extract(
    const char *dir, const struct cs_evidence *e, enum verify_telling telling);
