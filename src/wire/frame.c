/* SPDX-License-Identifier: MIT */
#include "wire/frame.h"

enum cs_err
cs_wire_frame_parse(struct cs_wire_frame *out, struct cs_view in)
{
	struct cs_reader r = cs_reader(in);

	if (in.len > CS_WIRE_FRAME_MAX)
		return CS_ERR_LIMIT;
	out->kind = cs_read_u8(&r);
	out->id = cs_read_u32(&r);
	if (r.err != CS_OK)
		return r.err;
	out->body = cs_view(r.data, r.left);
	return CS_OK;
}

enum cs_err
cs_wire_frame_head(struct cs_buf *out, uint8_t kind, uint32_t id)
{
	struct cs_writer w = cs_writer(out);

	cs_write_u8(&w, kind);
	cs_write_u32(&w, id);
	return cs_writer_end(&w);
}
