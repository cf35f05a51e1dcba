/* SPDX-License-Identifier: MIT */
/*
 * Numbers for things that two processes talk about.
 *
 * Who makes a thing numbers it; the other keeps what it has for it under that
 * number.  A number is not used again while words about it may be under way: a
 * place that is, counts up.  A table holds numbers of one side.
 */
#pragma once

#include <stdint.h>

#include "base/bytes.h"

/* All zero is empty. */
struct cs_slots {
	struct cs_slot *all;
	size_t cap, used; /* places there are, and were ever used */
	size_t free;      /* the first that is free again, + 1; 0: none */
	size_t n;         /* things */
};

/* A new number for ${thing}, which is not NULL; 0: no memory. */
uint64_t cs_slots_add(struct cs_slots *s, void *thing);

/* Keep ${thing} under a number that the other side made, for one of at most
 * ${most}.  CS_ERR_FORMAT: it is no number, or is in use; CS_ERR_LIMIT. */
CS_CHECKED enum cs_err cs_slots_put(
    struct cs_slots *s, uint64_t number, void *thing, size_t most);

/* What has the number; NULL: nothing. */
void *cs_slots_get(const struct cs_slots *s, uint64_t number);

/* It is free again; for numbers of either side. */
void cs_slots_remove(struct cs_slots *s, uint64_t number);

/* Any of the things, from place ${*at} on, which moves along; NULL: no more. */
void *cs_slots_each(const struct cs_slots *s, size_t *at);

void cs_slots_free(struct cs_slots *s);
