/* SPDX-License-Identifier: MIT */
/*
 * Which of many hashes are near to one?  In memory; it
 * misses none.  Each takes about 200 bytes, and an empty index 16 MiB.  Hashes
 * of which very many share 16 of their bits are found just as well, but slower.
 * Several threads may look for something while none adds or removes.
 */
#pragma once

#include "phash/phash.h"

struct cs_pdq_index;

CS_CHECKED enum cs_err cs_pdq_index_new(struct cs_pdq_index **out);
/* ${x} may be NULL. */
void cs_pdq_index_free(struct cs_pdq_index *x);

/* How many have been added and not removed. */
size_t cs_pdq_index_count(const struct cs_pdq_index *x);

/*
 * Add ${hash}; ${value} is what the caller knows it by.  The same hash may
 * have many values, and a pair may be there twice.  Whole or not at all;
 * CS_ERR_LIMIT after 2^32 - 1 of them.
 */
CS_CHECKED enum cs_err cs_pdq_index_add(struct cs_pdq_index *x,
    const uint8_t hash[static CS_PDQ_LEN], uint64_t value);

/* Remove one such pair, or CS_ERR_NOT_FOUND. */
CS_CHECKED enum cs_err cs_pdq_index_remove(struct cs_pdq_index *x,
    const uint8_t hash[static CS_PDQ_LEN], uint64_t value);

/*
 * Tell ${found} of everything that differs from ${hash} in no more than
 * ${radius} bits, once each, in no order, until it says false.  It must not
 * change the index.  CS_ERR_MISUSE: a radius above CS_PDQ_NEAR.
 */
CS_CHECKED enum cs_err cs_pdq_index_find(const struct cs_pdq_index *x,
    const uint8_t hash[static CS_PDQ_LEN], unsigned radius,
    bool (*found)(void *arg, uint64_t value, unsigned distance), void *arg);
