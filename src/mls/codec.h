/* SPDX-License-Identifier: MIT */
/* Small shapes that RFC 9420's structs share. */
#pragma once

#include "base/reader.h"
#include "base/writer.h"

/* RFC 9420, section 6: ProtocolVersion mls10. */
#define CS_MLS_VERSION_10 1

/* The end of writing to a buffer that held ${before} bytes: after a failure it
 * holds no more than these. */
CS_CHECKED enum cs_err cs_mls_write_end(struct cs_writer *w, size_t before);

/* The bytes that ${r} has read since it stood at ${start}. */
struct cs_view cs_mls_read_since(
    const struct cs_reader *r, const uint8_t *start);

/* uint16<V>: a view over the list, of even length. */
struct cs_view cs_mls_read_u16s(struct cs_reader *r);
/* Is ${x} in such a list? */
bool cs_mls_u16s_have(struct cs_view list, uint16_t x);

/* ProtocolVersion mls10, or CS_ERR_VERSION. */
void cs_mls_read_version(struct cs_reader *r);
