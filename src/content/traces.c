/* SPDX-License-Identifier: MIT */
#include "content/traces.h"

#include <string.h>

#include "content/sniff.h"
#include "content/tiff.h"

/* ---- EXIF: a TIFF in a file, or the file itself -------------------------- */

#define ENTRIES_MAX 512 /* more, and it is chance that it looks like TIFF */
#define TYPE_MAX 13
#define TAG_GPS 0x8825
#define TAG_EXIF 0x8769

static unsigned
trace_of_tag(uint32_t tag)
{
	static const struct {
		uint16_t tag;
		unsigned trace;
	} tags[] = {
		{ 0x010e, CS_TRACE_OTHER },  /* description */
		{ 0x010f, CS_TRACE_CAMERA }, /* make */
		{ 0x0110, CS_TRACE_CAMERA }, /* model */
		{ 0x0132, CS_TRACE_TIME },
		{ 0x013b, CS_TRACE_OTHER },  /* artist */
		{ 0x02bc, CS_TRACE_OTHER },  /* XMP */
		{ 0x8298, CS_TRACE_OTHER },  /* copyright */
		{ 0x83bb, CS_TRACE_OTHER },  /* IPTC */
		{ 0x9003, CS_TRACE_TIME },   /* taken */
		{ 0x9004, CS_TRACE_TIME },   /* digitized */
		{ 0x927c, CS_TRACE_CAMERA }, /* what the maker notes */
		{ 0x9286, CS_TRACE_OTHER },  /* comment */
		{ 0xa430, CS_TRACE_OTHER },  /* owner */
		{ 0xa431, CS_TRACE_CAMERA }, /* serial number */
		{ 0xa434, CS_TRACE_CAMERA }, /* lens */
		{ 0xa435, CS_TRACE_CAMERA },
	};

	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		if (tags[i].tag == tag)
			return tags[i].trace;
	return 0;
}

/* How many entries the directory at ${at} has; 0 if it cannot be one. */
static uint32_t
count_entries(const struct cs_tiff *t, uint64_t at)
{
	uint32_t n = cs_tiff_get(t, at, 2);

	if (n > ENTRIES_MAX ||
	    at + 2 + (uint64_t)n * CS_TIFF_ENTRY_LEN > t->bytes.len)
		return 0;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t type =
		    cs_tiff_get(t, at + 4 + (uint64_t)i * CS_TIFF_ENTRY_LEN, 2);

		if (type == 0 || type > TYPE_MAX)
			return 0;
	}
	return n;
}

/* A version alone is no place: there has to be a latitude or the like. */
static unsigned
find_place(const struct cs_tiff *t, uint64_t at)
{
	uint32_t n = count_entries(t, at);

	for (uint32_t i = 0; i < n; i++)
		if (cs_tiff_get(
			t, at + 2 + (uint64_t)i * CS_TIFF_ENTRY_LEN, 2) != 0)
			return CS_TRACE_PLACE;
	return 0;
}

static unsigned
find_in_directory(const struct cs_tiff *t, uint64_t at, bool first)
{
	uint32_t n = count_entries(t, at);
	unsigned found = 0;

	for (uint32_t i = 0; i < n; i++) {
		uint64_t entry = at + 2 + (uint64_t)i * CS_TIFF_ENTRY_LEN;
		uint32_t tag = cs_tiff_get(t, entry, 2),
			 value = cs_tiff_get(t, entry + 8, 4);

		if (tag == TAG_GPS)
			found |= find_place(t, value);
		else if (tag == TAG_EXIF && first)
			found |= find_in_directory(t, value, false);
		else
			found |= trace_of_tag(tag);
	}
	return found;
}

static unsigned
find_in_tiff(struct cs_view v)
{
	struct cs_tiff t = cs_tiff(v);

	return find_in_directory(&t, cs_tiff_get(&t, 4, 4), true);
}

static unsigned
find_exif(struct cs_view v)
{
	static const char marks[2][5] = { "II*\0", "MM\0*" };
	unsigned found = 0;

	for (size_t i = 0; i < 2; i++) {
		struct cs_view rest = v;
		const uint8_t *at;

		while (
		    (at = memmem(rest.data, rest.len, marks[i], 4)) != NULL) {
			rest = cs_view(at, rest.len - (size_t)(at - rest.data));
			found |= find_in_tiff(rest);
			rest = cs_view(rest.data + 1, rest.len - 1);
		}
	}
	return found;
}

/* ---- XMP, IPTC, and what programs put into a PNG ------------------------ */

struct word {
	const char *bytes;
	size_t n;
	unsigned trace;
};
#define WORD(text, trace)                                                      \
	{                                                                      \
		text, sizeof(text) - 1, trace                                  \
	}

static unsigned
find_words(struct cs_view v, const struct word *words, size_t n)
{
	unsigned found = 0;

	for (size_t i = 0; i < n; i++)
		if ((found & words[i].trace) == 0 &&
		    memmem(v.data, v.len, words[i].bytes, words[i].n) != NULL)
			found |= words[i].trace;
	return found;
}

static unsigned
find_texts(struct cs_view v)
{
	static const struct word packets[] = {
		WORD("http://ns.adobe.com/xap/1.0/", CS_TRACE_OTHER),
		WORD("XML:com.adobe.xmp", CS_TRACE_OTHER),
		WORD("Photoshop 3.0\0008BIM", CS_TRACE_OTHER),
		WORD("Raw profile type ", CS_TRACE_OTHER),
	};
	static const struct word words[] = {
		WORD("GPSLatitude", CS_TRACE_PLACE),
		WORD("GPSLongitude", CS_TRACE_PLACE),
		WORD("photoshop:City", CS_TRACE_PLACE),
		WORD("Iptc4xmpCore:Location", CS_TRACE_PLACE),
		WORD("Iptc4xmpExt:LocationCreated", CS_TRACE_PLACE),
		WORD("tiff:Make", CS_TRACE_CAMERA),
		WORD("tiff:Model", CS_TRACE_CAMERA),
		WORD("aux:SerialNumber", CS_TRACE_CAMERA),
		WORD("xmp:CreateDate", CS_TRACE_TIME),
		WORD("exif:DateTimeOriginal", CS_TRACE_TIME),
	};
	unsigned found =
	    find_words(v, packets, sizeof packets / sizeof *packets);

	return found == 0
	    ? 0
	    : found | find_words(v, words, sizeof words / sizeof *words);
}

/* ---- films -------------------------------------------------------------- */

static unsigned
find_in_film_box(struct cs_view v)
{
	static const struct word words[] = {
		WORD("\xa9xyz", CS_TRACE_PLACE),
		WORD("loci\0\0\0\0", CS_TRACE_PLACE),
		WORD("location.ISO6709", CS_TRACE_PLACE),
		WORD("\xa9mak", CS_TRACE_CAMERA),
		WORD("\xa9mod", CS_TRACE_CAMERA),
		WORD("com.apple.quicktime.make", CS_TRACE_CAMERA),
		WORD("com.apple.quicktime.model", CS_TRACE_CAMERA),
		WORD("com.apple.quicktime.creationdate", CS_TRACE_TIME),
		WORD("com.android.", CS_TRACE_CAMERA),
	};

	return find_words(v, words, sizeof words / sizeof *words) |
	    find_texts(v) | find_exif(v);
}

static uint64_t
big(const uint8_t *p, unsigned n)
{
	uint64_t x = 0;

	for (unsigned i = 0; i < n; i++)
		x = x << 8 | p[i];
	return x;
}

/* All boxes but the one of sound and pictures (ISO/IEC 14496-12, 4.2), in which
 * chance would say anything. */
static unsigned
find_in_film(struct cs_view v)
{
	unsigned found = 0;

	while (v.len >= 8) {
		uint64_t n = big(v.data, 4);

		if (n == 1 && v.len >= 16)
			n = big(v.data + 8, 8);
		if (n == 0 || n > v.len)
			n = v.len; /* to the end, or cut short */
		if (n < 8)
			break;
		if (memcmp(v.data + 4, "mdat", 4) != 0)
			found |= find_in_film_box(cs_view(v.data, (size_t)n));
		v = cs_view(v.data + n, v.len - (size_t)n);
	}
	return found;
}

unsigned
cs_traces_find(struct cs_view file)
{
	const char *type = cs_media_sniff_more(file);

	if (type == NULL || strncmp(type, "audio/", 6) == 0)
		return 0;
	if (strncmp(type, "video/", 6) == 0)
		return find_in_film(file);
	return find_exif(file) | find_texts(file);
}
