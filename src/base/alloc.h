/* SPDX-License-Identifier: MIT */
/* The one door to the heap, so that tests can make it fail. */
#pragma once

#include <stddef.h>

/* Zeroed memory for ${n} things of ${size} bytes; NULL when there is none. */
void *cs_calloc(size_t n, size_t size);

/* A copy of the string ${s}, or NULL. */
char *cs_strdup(const char *s);

/* Grow ${p}, which holds ${old} things, to ${n} things of ${size} bytes; the
 * new ones are zero. The old memory is wiped when it moves. NULL when there is
 * no memory; then ${p} stays as it was. */
void *cs_grow(void *p, size_t old, size_t n, size_t size);

/* Give ${p} back without wiping; NULL is fine. */
void cs_free_plain(void *p);

/* Wipe ${n} bytes at ${p}, then give it back; NULL is fine. */
void cs_free(void *p, size_t n);

/*
 * For tests: let the next ${n} allocations succeed and all later ones fail;
 * a negative ${n} switches the failures off.
 */
void cs_alloc_fail_after(long n);

/* For tests: how many allocations were refused since the last call above. */
long cs_alloc_refused(void);
