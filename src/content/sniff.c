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

/* ISO/IEC 14496-12, 4.3: the brands of a file say what it is. */
static const char *
by_brand(struct cs_view v)
{
	static const struct {
		const char brands[4][5];
		const char *type;
	} kinds[] = {
		{ { "avif", "avis" }, "image/avif" },
		{ { "hei", "hev", "mif1", "msf1" }, "image/heic" },
		{ { "qt  " }, "video/quicktime" },
	};
	size_t end = v.len < CS_SNIFF_MORE_LEN ? v.len : CS_SNIFF_MORE_LEN;
	size_t box = (size_t)v.data[2] << 8 | v.data[3];

	if (v.data[0] == 0 && v.data[1] == 0 && box < end)
		end = box;
	/* The main brand, a version, then all that it also is. */
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		for (size_t at = 8; at + 4 <= end; at += at == 8 ? 8 : 4)
			for (size_t k = 0; k < 4; k++) {
				const char *b = kinds[i].brands[k];

				if (*b != '\0' &&
				    memcmp(v.data + at, b, strlen(b)) == 0)
					return kinds[i].type;
			}
	return "video/mp4";
}

const char *
cs_media_sniff_more(struct cs_view v)
{
	static const struct {
		size_t at;
		const char *bytes;
		size_t n;
		const char *type;
	} kinds[] = {
		{ 0, "GIF87a", 6, "image/gif" },
		{ 0, "GIF89a", 6, "image/gif" },
		{ 0, "II*\0", 4, "image/tiff" },
		{ 0, "MM\0*", 4, "image/tiff" },
		{ 0, "OggS", 4, "audio/ogg" },
		{ 8, "WAVE", 4, "audio/wav" },
	};
	const char *type = cs_media_sniff(v);

	if (type != NULL)
		return type;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (v.len >= kinds[i].at + kinds[i].n &&
		    memcmp(v.data + kinds[i].at, kinds[i].bytes, kinds[i].n) ==
			0)
			return kinds[i].type;
	if (v.len >= 12 && memcmp(v.data + 4, "ftyp", 4) == 0)
		return by_brand(v);
	/* Old QuickTime films begin without saying so. */
	if (v.len >= 8 &&
	    (memcmp(v.data + 4, "moov", 4) == 0 ||
		memcmp(v.data + 4, "mdat", 4) == 0 ||
		memcmp(v.data + 4, "wide", 4) == 0))
		return "video/quicktime";
	return NULL;
}
