/* SPDX-License-Identifier: MIT */
/*
 * Decoders for a page: a second module, media.wasm (src/programs/media), which
 * the host starts anew for each file and throws away.  It has memory of its own
 * and imports nothing: whoever takes over a decoder there has an answer to
 * write, as in the child of a native program.
 */
#include "content/photo_ask.h"

#include <string.h>

#include "content/photo.h"

#define HOST(name) __attribute__((import_module("media"), import_name(name)))

enum host_answer { HOST_CLOSED = -1, HOST_TIMEOUT = -2, HOST_NONE = -3 };

/* Waits.  How long the answer is, which host_take() gives once; or a
 * host_answer. */
HOST("work")
int host_work(const char *mode, size_t mode_len, const uint8_t *file,
    size_t len, int timeout_ms);
HOST("take") void host_media(uint8_t *out, size_t len);

static enum cs_err
error_of(int answer)
{
	switch (answer) {
	case HOST_TIMEOUT:
		return CS_ERR_TIMEOUT;
	case HOST_NONE:
		return CS_ERR_NOT_FOUND;
	default:
		return CS_ERR_CLOSED;
	}
}

enum cs_err
cs_photo_ask(struct cs_buf *answer, struct cs_view file, const char *mode,
    int timeout_ms)
{
	uint8_t *at;
	int n;
	enum cs_err err;

	if (file.len > CS_PHOTO_SOURCE_FILE_MAX)
		return CS_ERR_LIMIT;
	n = host_work(mode, strlen(mode), file.data, file.len, timeout_ms);
	if (n < 0)
		return error_of(n);
	if ((err = cs_buf_extend(answer, (size_t)n, &at)))
		return err == CS_ERR_LIMIT ? CS_ERR_FORMAT : err;
	host_media(at, (size_t)n);
	return CS_OK;
}
