/* SPDX-License-Identifier: MIT */
/*
 * The first byte says how the file comes in pieces, the rest is opened as a
 * file under a key of zeroes.  What came out is no longer than announced.
 */

#include <stdlib.h>

#include "content/media.h"
#include "content/sniff.h"
#include "crypto/hash.h"
#include "crypto/init.h"
#include "fuzz/fuzz_want.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
open_file(
    const struct cs_mimi_external *part, struct cs_view file, size_t piece)
{
	struct cs_media_opener *o = NULL;
	struct cs_buf out = { 0 };
	enum cs_err err = cs_media_opener_new(&o, part);

	while (err == CS_OK && file.len > 0) {
		size_t n = file.len < piece ? file.len : piece;

		err = cs_media_opener_add(o, &out, cs_view(file.data, n));
		file = cs_view(file.data + n, file.len - n);
	}
	fuzz_want(out.len <= part->plain_size);
	if (err == CS_OK && cs_media_opener_end(o, &out) == CS_OK)
		fuzz_want(out.len == part->plain_size);
	cs_media_opener_free(o);
	cs_buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cs_mimi_external part = { .size = size > 0 ? size - 1 : 0 };
	size_t sealed = CS_MEDIA_CHUNK + 16, chunks;

	if (cs_crypto_init() != CS_OK)
		abort();
	(void)cs_media_sniff(cs_view(data, size));
	if (part.size < CS_MEDIA_HEADER_LEN + 16)
		return 0;
	if (data[0] & 1)
		part.content_type = cs_view_str("image/jpeg");
	chunks = (part.size - CS_MEDIA_HEADER_LEN - 1) / sealed + 1;
	part.plain_size = part.size - CS_MEDIA_HEADER_LEN - 16 * chunks;
	fuzz_want(
	    cs_sha256(part.content_hash, cs_view(data + 1, size - 1)) == CS_OK);
	open_file(&part, cs_view(data + 1, size - 1), 1 + data[0] * 37u);
	return 0;
}
