/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/recovery_key.h"

/* Read words; CS_ERR_FORMAT, CS_ERR_MISMATCH, with a sentence.  The caller
 * wipes
 * ${out}. */
CS_CHECKED enum cs_err client_recovery_read(
    struct cs_recovery *out, struct cs_client *c, const char *words);
/* The key that they make, which is the account's recovery key ${now}.
 * CS_ERR_MISMATCH, with a sentence: it is not, or not any more.  The caller
 * wipes ${key} and clears ${now}, even after a failure. */
CS_CHECKED enum cs_err client_recovery_words_key(struct cs_sign_key *key,
    struct client_recovery_key *now, struct cs_client *c,
    const struct cs_recovery *recovery);
