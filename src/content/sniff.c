/* SPDX-License-Identifier: MIT */
#include "content/sniff.h"

#include <string.h>

#include "content/media.h"

const char *
cs_media_sniff(struct cs_view v)
{
	static const uint8_t png[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a,
		'\n' };

	if (v.len >= 3 && memcmp(v.data, "\xff\xd8\xff", 3) == 0)
		return "image/jpeg";
	if (v.len >= sizeof png && memcmp(v.data, png, sizeof png) == 0)
		return "image/png";
	if (v.len >= 12 && memcmp(v.data, "RIFF", 4) == 0 &&
	    memcmp(v.data + 8, "WEBP", 4) == 0)
		return "image/webp";
	return NULL;
}
