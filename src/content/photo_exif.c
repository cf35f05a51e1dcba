/* SPDX-License-Identifier: MIT */
#include "content/photo_exif.h"

#include <string.h>

#include "content/photo_codec.h"

#define TAG_ORIENTATION 0x0112
#define TYPE_SHORT 3
#define ENTRY_LEN 12

struct tiff {
	struct cs_view bytes;
	bool little;
};

/* Zero beyond the end: nothing in EXIF is worth an error. */
static uint32_t
get(const struct tiff *t, uint64_t at, unsigned n)
{
	uint32_t x = 0;

	if (at + n > t->bytes.len)
		return 0;
	for (unsigned i = 0; i < n; i++)
		x |= (uint32_t)t->bytes.data[at + i]
		    << 8 * (t->little ? i : n - 1 - i);
	return x;
}

unsigned
cs_exif_orientation(struct cs_view v)
{
	struct tiff t;
	uint64_t at;
	uint32_t n;

	if (v.len >= 6 && memcmp(v.data, "Exif\0\0", 6) == 0)
		v = cs_view(v.data + 6, v.len - 6);
	if (v.len < 8 || (memcmp(v.data, "II", 2) && memcmp(v.data, "MM", 2)))
		return 1;
	t.bytes = v;
	t.little = v.data[0] == 'I';
	if (get(&t, 2, 2) != 42)
		return 1;
	at = get(&t, 4, 4);
	n = get(&t, at, 2);
	for (at += 2; n > 0; n--, at += ENTRY_LEN) {
		uint32_t x = get(&t, at + 8, 2);

		if (get(&t, at, 2) == TAG_ORIENTATION &&
		    get(&t, at + 2, 2) == TYPE_SHORT && get(&t, at + 4, 4) == 1)
			return x >= 1 && x <= 8 ? x : 1;
	}
	return 1;
}
