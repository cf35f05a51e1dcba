/* SPDX-License-Identifier: MIT */
/*
 * What the child does with a recording, without the sandbox.  The first byte
 * says whether the checksums of pages are put right, without which a fuzzer
 * does not come far.  What comes out comes out of another cleaning as it is.
 */

#include <string.h>

#include "content/voice_clean.h"
#include "content/voice_recode.h"
#include "fuzz/fuzz_want.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* RFC 3533, section 6, bit by bit. */
static uint32_t
checksum(const uint8_t *p, size_t n)
{
	uint32_t crc = 0;

	for (size_t i = 0; i < n; i++) {
		crc ^= (uint32_t)p[i] << 24;
		for (int k = 0; k < 8; k++)
			crc = crc << 1 ^ (crc >> 31 != 0 ? 0x04c11db7u : 0);
	}
	return crc;
}

static void
put_right(struct cs_buf *file)
{
	size_t at = 0;

	while (
	    file->len - at >= 27 && memcmp(file->data + at, "OggS", 4) == 0) {
		uint8_t *page = file->data + at;
		size_t n = 27u + page[26];
		uint32_t crc;

		if (n > file->len - at)
			return;
		for (size_t i = 27; i < 27u + page[26]; i++)
			n += page[i];
		if (n > file->len - at)
			return;
		memset(page + 22, 0, 4);
		crc = checksum(page, n);
		for (int i = 0; i < 4; i++)
			page[22 + i] = (uint8_t)(crc >> 8 * i);
		at += n;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cs_buf file = { 0 };
	struct cs_voice once, twice;

	if (size == 0 || cs_buf_add(&file, cs_view(data + 1, size - 1)))
		return 0;
	if (data[0] & 1)
		put_right(&file);
	if (cs_voice_recode(&once, cs_buf_view(&file)) == CS_OK) {
		fuzz_want(once.duration_ms <= CS_VOICE_MS_MAX);
		fuzz_ok(cs_voice_recode(&twice, cs_buf_view(&once.bytes)));
		fuzz_want(twice.duration_ms == once.duration_ms);
		fuzz_want(cs_view_equal(
		    cs_buf_view(&once.bytes), cs_buf_view(&twice.bytes)));
		cs_voice_clear(&twice);
	}
	cs_voice_clear(&once);
	cs_buf_free(&file);
	return 0;
}
