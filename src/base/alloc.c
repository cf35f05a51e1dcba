/* SPDX-License-Identifier: MIT */
#include "base/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/wipe.h"

/* Only tests touch these, and tests have one thread. */
static long fail_after = -1;
static long refused;

static int
refuse(void)
{
	if (fail_after < 0)
		return 0;
	if (fail_after > 0) {
		fail_after--;
		return 0;
	}
	refused++;
	return 1;
}

void *
cs_calloc(size_t n, size_t size)
{
	if (refuse())
		return NULL;
	if (n == 0 || size == 0)
		n = size = 1;
	return calloc(n, size);
}

char *
cs_strdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char *copy = cs_calloc(n, 1);

	if (copy != NULL)
		memcpy(copy, s, n);
	return copy;
}

void *
cs_grow(void *p, size_t old, size_t n, size_t size)
{
	uint8_t *grown;

	if (n < old || (size != 0 && n > SIZE_MAX / size))
		return NULL;
	grown = cs_calloc(n, size);
	if (grown == NULL)
		return NULL;
	if (p != NULL && old != 0)
		memcpy(grown, p, old * size);
	cs_free(p, old * size);
	return grown;
}

void
cs_free_plain(void *p)
{
	free(p);
}

void
cs_free(void *p, size_t n)
{
	if (p == NULL)
		return;
	cs_wipe(p, n);
	free(p);
}

void
cs_alloc_fail_after(long n)
{
	fail_after = n;
	refused = 0;
}

long
cs_alloc_refused(void)
{
	return refused;
}
