/* SPDX-License-Identifier: MIT */
#include "base/wipe.h"

#include <string.h>

void
cs_wipe(void *p, size_t n)
{
	if (p == NULL || n == 0)
		return;
	memset(p, 0, n);
	/* The compiler must assume that somebody reads the zeroes. */
	__asm__ __volatile__("" : : "r"(p) : "memory");
}
