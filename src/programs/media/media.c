/* SPDX-License-Identifier: MIT */
/*
 * Decoders for a page, as exports of a WebAssembly module: what
 * countersign-photo is to a native program.
 *
 * The module imports nothing (nothing.c): it computes in memory of its own, of
 * 1 GiB at most, and has no clock, no file and nobody to call.  The host
 * (web/member/src/worker/media.ts) makes an instance of it for one file, has
 * one thing done, and throws it away, whatever came of it.
 */
#include "base/alloc.h"
#include "content/photo_work.h"

#define EXPORT(name) __attribute__((export_name(name)))

struct answer;

/* Memory for what is handed in; NULL: there is none. */
EXPORT("alloc") void *media_alloc(size_t n);

/* cs_photo_work(): where two numbers lie, the address of the answer and its
 * length.  NULL: there is no memory for it. */
EXPORT("work")
const struct answer *media_work(
    const char *mode, const uint8_t *file, size_t len);

static struct answer {
	const uint8_t *data;
	size_t len;
} answer;

void *
media_alloc(size_t n)
{
	return cs_calloc(n, 1);
}

const struct answer *
media_work(const char *mode, const uint8_t *file, size_t len)
{
	static struct cs_buf held;

	if (cs_photo_work(&held, cs_view(file, len), mode, CS_OK) != CS_OK)
		return NULL;
	answer = (struct answer){ held.data, held.len };
	return &answer;
}
