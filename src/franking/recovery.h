/* SPDX-License-Identifier: MIT */
/*
 * The recovery key of an account, as words on paper (docs/decisions/0023).
 *
 * 128 random bits and the first 4 bits of their SHA-256 are twelve words of 11
 * bits each, in the way of BIP 39, from a list of our own: 2,048 English words
 * that differ in their first four letters and in more than one letter.  The
 * account key is derived from the bits by HKDF.
 */
#pragma once

#include "crypto/sign.h"

#define CS_RECOVERY_LEN 16
#define CS_RECOVERY_WORDS 12
#define CS_RECOVERY_WORD_MAX 7
/* The words with a blank between them, and a zero. */
#define CS_RECOVERY_TEXT_SIZE (CS_RECOVERY_WORDS * (CS_RECOVERY_WORD_MAX + 1))

/* Secret: wipe it. */
struct cs_recovery {
	uint8_t b[CS_RECOVERY_LEN];
};

void cs_recovery_new(struct cs_recovery *out);
CS_CHECKED enum cs_err cs_recovery_write(
    char out[static CS_RECOVERY_TEXT_SIZE], const struct cs_recovery *r);
/* Read words with anything but letters between them, in any case; the first
 * four letters of a word do.  CS_ERR_FORMAT: not twelve words (${*word} 0), or
 * word number ${*word} is not of the list; CS_ERR_MISMATCH: the words are not
 * ones that belong together, so at least one is wrong or misplaced. */
CS_CHECKED enum cs_err cs_recovery_read(
    struct cs_recovery *out, int *word, const char *text);
/* The account key. */
CS_CHECKED enum cs_err cs_recovery_key(
    struct cs_sign_key *out, const struct cs_recovery *r);
