/* SPDX-License-Identifier: MIT */
/*
 * u16 width | u16 height | u8 channels | bytes that are repeated as pixels: a
 * picture of any shape in memory of exactly its size.  The eight hashes begin
 * with the one, and all are as good.
 */
#include <stdlib.h>
#include <string.h>

#include "base/reader.h"
#include "fuzz/fuzz_want.h"
#include "phash/phash.h"

/* More is slow, and goes the same way. */
#define SIZE_MAX_FUZZED ((uint64_t)1 << 21)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
hash(const struct cs_pdq_picture *p)
{
	struct cs_pdq one, turns[CS_PDQ_TURNS];
	enum cs_err err = cs_pdq_hash(&one, p);

	fuzz_want(cs_pdq_dihedral(turns, p) == err);
	if (err != CS_OK)
		return;
	fuzz_want(one.quality <= 100);
	fuzz_want(memcmp(&one, &turns[0], sizeof one) == 0);
	for (size_t i = 0; i < CS_PDQ_TURNS; i++) {
		fuzz_want(turns[i].quality == one.quality);
		fuzz_want(
		    cs_pdq_distance(turns[i].hash, one.hash) <= CS_PDQ_BITS);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cs_reader r = cs_reader(cs_view(data, size));
	struct cs_pdq_picture p = { 0 };
	struct cs_view fill;
	uint8_t *pixels;
	uint64_t n;

	p.width = cs_read_u16(&r);
	p.height = cs_read_u16(&r);
	p.channels = cs_read_u8(&r);
	fill = cs_read_bytes(&r, r.left);
	n = (uint64_t)p.width * p.height * p.channels;
	if (r.err != CS_OK || fill.len == 0)
		return 0;
	if (n > SIZE_MAX_FUZZED) {
		/* Refused by its sides alone, or not looked at. */
		p.pixels = fill.data;
		if (p.width > CS_PDQ_SIDE_MAX || p.height > CS_PDQ_SIDE_MAX)
			hash(&p);
		return 0;
	}
	pixels = malloc(n != 0 ? n : 1);
	fuzz_want(pixels != NULL);
	for (uint64_t i = 0; i < n; i++)
		pixels[i] = fill.data[i % fill.len];
	p.pixels = pixels;
	hash(&p);
	free(pixels);
	return 0;
}
