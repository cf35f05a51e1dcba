/* SPDX-License-Identifier: MIT */
#include "content/photo_exif.h"

#include <string.h>

#include "content/photo_codec.h"
#include "content/tiff.h"

#define TAG_ORIENTATION 0x0112
#define TYPE_SHORT 3

unsigned
cs_exif_orientation(struct cs_view v)
{
	struct cs_tiff t;
	uint64_t at;
	uint32_t n;

	if (v.len >= 6 && memcmp(v.data, "Exif\0\0", 6) == 0)
		v = cs_view(v.data + 6, v.len - 6);
	if (v.len < 8 || (memcmp(v.data, "II", 2) && memcmp(v.data, "MM", 2)))
		return 1;
	t = cs_tiff(v);
	if (cs_tiff_get(&t, 2, 2) != 42)
		return 1;
	at = cs_tiff_get(&t, 4, 4);
	n = cs_tiff_get(&t, at, 2);
	for (at += 2; n > 0; n--, at += CS_TIFF_ENTRY_LEN) {
		uint32_t x = cs_tiff_get(&t, at + 8, 2);

		if (cs_tiff_get(&t, at, 2) == TAG_ORIENTATION &&
		    cs_tiff_get(&t, at + 2, 2) == TYPE_SHORT &&
		    cs_tiff_get(&t, at + 4, 4) == 1)
			return x >= 1 && x <= 8 ? x : 1;
	}
	return 1;
}
