/* SPDX-License-Identifier: MIT */
#include "net/blob.h"

#include <string.h>

#include "base/text.h"
#include "net/client.h"
#include "net/client_http.h"
#include "net/retry.h"

void
cs_blob_path(char out[static CS_BLOB_PATH_SIZE], const uint8_t blob[static 16])
{
	memcpy(out, "/b/", 3);
	cs_hex(out + 3, cs_view(blob, 16));
}

static enum cs_err
move(void *arg, uint8_t *bytes, size_t n)
{
	struct cs_blob_fetch *f = arg;

	f->take_err = n > f->total - f->done
	    ? CS_ERR_LIMIT
	    : f->take(f->arg, cs_view(bytes, n));
	if (f->take_err)
		return f->take_err;
	f->done += n;
	if (f->progress != NULL)
		f->progress(f->done, f->total);
	return CS_OK;
}

static enum cs_err
get_once(struct cs_session *s, struct cs_blob_fetch *f)
{
	struct cs_wire_blob_get ask;
	struct cs_wire_blob_answer at;
	char path[CS_BLOB_PATH_SIZE], token[CS_WIRE_TOKEN_MAX + 1];
	struct cs_net_transfer t = {
		.path = path,
		.token = token,
		.offset = f->done,
		.move = move,
		.arg = f,
	};
	enum cs_err err;

	memcpy(ask.blob, f->blob, sizeof ask.blob);
	if ((err = cs_session_call(s, CS_WIRE_BLOB_GET, &cs_wire_blob_get_shape,
		 &ask, &cs_wire_blob_answer_shape, &at)))
		return err == CS_ERR_DENIED ? CS_ERR_NOT_FOUND : err;
	cs_blob_path(path, f->blob);
	memcpy(token, at.token.data, at.token.len);
	token[at.token.len] = '\0';
	if ((err = cs_net_client_get(s->net, &t)))
		return err;
	return t.status / 100 == 2 ? CS_OK : CS_ERR_NOT_FOUND;
}

enum cs_err
cs_blob_fetch(struct cs_session *s, struct cs_blob_fetch *f)
{
	struct cs_retry retry = { 0 };
	enum cs_err err = CS_OK;
	int wait_ms;

	while (f->done < f->total) {
		if ((err = get_once(s, f)) == CS_OK)
			break;
		if (f->take_err)
			return f->take_err;
		if (err != CS_ERR_CLOSED && err != CS_ERR_TIMEOUT)
			return err;
		/* Without the session there is nobody to ask again. */
		if ((wait_ms = cs_retry_ms(&retry, f->done)) == 0 ||
		    cs_session_wait(s, (uint64_t)wait_ms) != CS_OK)
			return err;
	}
	return err == CS_OK && f->done < f->total ? CS_ERR_DIGEST : err;
}
