/* SPDX-License-Identifier: MIT */
/*
 * Codes for a first sign-in, good once and for a week.
 *
 * A code that two administrators made is in two parts, so that neither can use
 * it: who confirmed has the address, who proposed has a word, and only whoever
 * is given both can choose the password.
 */
#pragma once

#include "base/bytes.h"
#include "base/units.h"
#include "desk/core/actor.h"

struct cs_desk;
struct desk_record;

#define CS_DESK_WELCOME_SIZE 44 /* a code, and a zero */
#define CS_DESK_WELCOME_MS (7 * CS_DAY_MS)
#define CS_DESK_WORD_SIZE 17 /* a word, and a zero */

struct desk_welcome {
	uint64_t person, expires_ms;
	/* How often the person had chosen a password: a code from before that
	 * is void, also if its row is put back. */
	uint32_t passwords;
	bool guarded; /* it takes the word with this hash, too */
	uint8_t word[CS_HASH_LEN];
};
extern const struct desk_record desk_welcome_record;

/* Make a code for ${person}, who has no other; in a transaction. */
CS_CHECKED enum cs_err desk_welcome_new(struct cs_desk *d,
    const struct cs_desk_actor *person, char code[static CS_DESK_WELCOME_SIZE]);
/* Make a word, and its hash. */
CS_CHECKED enum cs_err desk_word_new(
    char word[static CS_DESK_WORD_SIZE], uint8_t hash[static CS_HASH_LEN]);
/* From now on ${code} takes the word with the hash ${word}, too; in a
 * transaction. */
CS_CHECKED enum cs_err desk_welcome_guard(struct cs_desk *d, const char *code,
    const uint8_t word[static CS_HASH_LEN]);
/* Remove the codes of ${person}; in a transaction. */
CS_CHECKED enum cs_err desk_welcome_remove(struct cs_desk *d, uint64_t person);
/* Find it.  CS_ERR_NOT_FOUND; CS_ERR_DENIED if it takes another word. */
CS_CHECKED enum cs_err desk_welcome_find(struct desk_welcome *out,
    struct cs_desk *d, const char *code, const char *word);
