/* SPDX-License-Identifier: MIT */
/*
 * What one WebSocket message holds.
 *
 *	u8 kind | u32 id | body
 *
 * A request has an id of the client's choice, not 0; its answer has the same
 * id and the kind CS_WIRE_ANSWER or CS_WIRE_ERROR.  Pushes have id 0.
 */
#pragma once

#include "base/reader.h"
#include "base/writer.h"

#define CS_WIRE_VERSION 1

/* A sealed report of 50 messages of 64 KiB is the longest. */
#define CS_WIRE_FRAME_MAX ((size_t)4 << 20)
/* Nothing that comes before the login is longer. */
#define CS_WIRE_FRAME_MAX_EARLY ((size_t)4 << 10)
/* Nor has the holder of a disabled account more to say than a letter. */
#define CS_WIRE_FRAME_MAX_HELD ((size_t)32 << 10)

struct cs_wire_frame {
	uint8_t kind;
	uint32_t id;
	struct cs_view body;
};

CS_CHECKED enum cs_err cs_wire_frame_parse(
    struct cs_wire_frame *out, struct cs_view in);

/* Append the head of a frame; its body is appended after it. */
CS_CHECKED enum cs_err cs_wire_frame_head(
    struct cs_buf *out, uint8_t kind, uint32_t id);
