/* SPDX-License-Identifier: MIT */
#include "mls/codec.h"

enum cs_err
cs_mls_write_end(struct cs_writer *w, size_t before)
{
	enum cs_err err = cs_writer_end(w);

	if (err != CS_OK && w->buf->len > before) {
		cs_wipe(w->buf->data + before, w->buf->len - before);
		w->buf->len = before;
	}
	return err;
}

struct cs_view
cs_mls_read_since(const struct cs_reader *r, const uint8_t *start)
{
	if (r->err != CS_OK)
		return cs_view(NULL, 0);
	return cs_view(start, (size_t)(r->data - start));
}

struct cs_view
cs_mls_read_u16s(struct cs_reader *r)
{
	struct cs_view v = cs_read_vec(r);

	if (v.len % 2 != 0)
		cs_reader_fail(r, CS_ERR_FORMAT);
	return v;
}

bool
cs_mls_u16s_have(struct cs_view list, uint16_t x)
{
	for (size_t i = 0; i + 1 < list.len; i += 2)
		if ((list.data[i] << 8 | list.data[i + 1]) == x)
			return true;
	return false;
}

void
cs_mls_read_version(struct cs_reader *r)
{
	uint16_t version = cs_read_u16(r);

	if (version != CS_MLS_VERSION_10)
		cs_reader_fail(r, CS_ERR_VERSION);
}
