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
#include <string.h>

#include "base/alloc.h"
#include "content/photo_look.h"
#include "content/photo_work.h"

#define EXPORT(name) __attribute__((export_name(name)))

struct answer;

/* Memory for what is handed in; NULL: there is none. */
EXPORT("alloc") void *media_alloc(size_t n);

/* cs_photo_work(), or "look-hash": where two numbers lie, the address of the
 * answer and its length.  NULL: there is no memory for it. */
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

/* What a photo looks like, as numbers: for the hub's page on which a person at
 * risk makes hashes of their own. */
static enum cs_err
hash(struct cs_buf *out, struct cs_view file)
{
	struct cs_photo_look look = { 0 };
	enum cs_err err = cs_photo_look_here(&look, file, CS_PHOTO_LEVEL_HASH);

	err = cs_photo_look_write(out, &look, err);
	cs_photo_look_clear(&look);
	return err;
}

const struct answer *
media_work(const char *mode, const uint8_t *file, size_t len)
{
	static struct cs_buf held;
	const struct cs_view bytes = cs_view(file, len);
	enum cs_err err = strcmp(mode, "look-hash") == 0
	    ? hash(&held, bytes)
	    : cs_photo_work(&held, bytes, mode, CS_OK);

	if (err)
		return NULL;
	answer = (struct answer){ held.data, held.len };
	return &answer;
}
