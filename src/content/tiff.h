/* SPDX-License-Identifier: MIT */
/* Numbers in a TIFF, which is what EXIF is. */
#pragma once

#include "base/bytes.h"

#define CS_TIFF_ENTRY_LEN 12 /* tag, type, count and value */

struct cs_tiff {
	struct cs_view bytes; /* from its "II" or "MM" */
	bool little;
};

static inline struct cs_tiff
cs_tiff(struct cs_view bytes)
{
	return (
	    struct cs_tiff){ bytes, bytes.len != 0 && bytes.data[0] == 'I' };
}

/* The number of ${n} bytes at ${at}; zero beyond the end: nothing in EXIF is
 * worth an error. */
static inline uint32_t
cs_tiff_get(const struct cs_tiff *t, uint64_t at, unsigned n)
{
	uint32_t x = 0;

	if (at + n > t->bytes.len)
		return 0;
	for (unsigned i = 0; i < n; i++)
		x |= (uint32_t)t->bytes.data[at + i]
		    << 8 * (t->little ? i : n - 1 - i);
	return x;
}
