/* SPDX-License-Identifier: MIT */
#include "wire/channels.h"

#include "wire/shape.h"

static const struct cs_wire_field cs_wire_channel_set_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_channel_set, group_id, CS_WIRE_GROUP_ID_MAX),
	FIELD(
	    CS_WIRE_VEC, cs_wire_channel_set, title, CS_WIRE_CHANNEL_TITLE_MAX),
	FIELD(CS_WIRE_U8, cs_wire_channel_set, flags, 0),
};
SHAPE(cs_wire_channel_set);

static const struct cs_wire_field cs_wire_channel_id_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_channel_id, id, 0),
	FIELD(CS_WIRE_VEC, cs_wire_channel_id, origin,
	    CS_WIRE_CHANNEL_ORIGIN_MAX),
};
SHAPE(cs_wire_channel_id);

static const struct cs_wire_field cs_wire_channel_piece_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_channel_piece, id, 0),
	FIELD(CS_WIRE_U64, cs_wire_channel_piece, seq, 0),
	FIELD(CS_WIRE_U32, cs_wire_channel_piece, n, 0),
	FIELD(CS_WIRE_VEC, cs_wire_channel_piece, bytes,
	    CS_WIRE_CHANNEL_PIECE_MAX),
};
SHAPE(cs_wire_channel_piece);

static const struct cs_wire_field cs_wire_channel_post_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_channel_post, id, 0),
	FIELD(
	    CS_WIRE_VEC, cs_wire_channel_post, head, CS_WIRE_CHANNEL_HEAD_MAX),
	FIELD(CS_WIRE_U32, cs_wire_channel_post, pieces, 0),
};
SHAPE(cs_wire_channel_post);

static const struct cs_wire_field cs_wire_channel_drop_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_channel_drop, id, 0),
	FIELD(CS_WIRE_U64, cs_wire_channel_drop, seq, 0),
};
SHAPE(cs_wire_channel_drop);

static const struct cs_wire_field cs_wire_channel_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_channel, id, 0),
	FIELD(CS_WIRE_VEC, cs_wire_channel, group_id, CS_WIRE_GROUP_ID_MAX),
	FIELD(CS_WIRE_VEC, cs_wire_channel, title, CS_WIRE_CHANNEL_TITLE_MAX),
	FIELD(CS_WIRE_U8, cs_wire_channel, flags, 0),
	FIELD(CS_WIRE_U8, cs_wire_channel, state, 0),
	FIELD(CS_WIRE_U32, cs_wire_channel, posts, 0),
	FIELD(CS_WIRE_U64, cs_wire_channel, created_ms, 0),
};
SHAPE(cs_wire_channel);

static const struct cs_wire_field cs_wire_channels_fields[] = {
	FIELD(
	    CS_WIRE_VEC, cs_wire_channels, origin, CS_WIRE_CHANNEL_ORIGIN_MAX),
	LIST(cs_wire_channels, channels, CS_WIRE_CHANNELS_MAX, cs_wire_channel),
};
SHAPE(cs_wire_channels);

static const struct cs_wire_field cs_wire_channel_read_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_channel_read, id, 0),
	FIELD(CS_WIRE_U64, cs_wire_channel_read, before, 0),
	FIELD(CS_WIRE_U8, cs_wire_channel_read, max, 0),
};
SHAPE(cs_wire_channel_read);

static const struct cs_wire_field cs_wire_channel_item_fields[] = {
	FIELD(CS_WIRE_U64, cs_wire_channel_item, seq, 0),
	FIELD(CS_WIRE_U64, cs_wire_channel_item, at_ms, 0),
	FIELD(CS_WIRE_U8, cs_wire_channel_item, veiled, 0),
	FIELD(CS_WIRE_U32, cs_wire_channel_item, pieces, 0),
	FIELD(
	    CS_WIRE_VEC, cs_wire_channel_item, head, CS_WIRE_CHANNEL_HEAD_MAX),
};
SHAPE(cs_wire_channel_item);

static const struct cs_wire_field cs_wire_channel_page_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_channel_page, title,
	    CS_WIRE_CHANNEL_TITLE_MAX),
	FIELD(CS_WIRE_U8, cs_wire_channel_page, state, 0),
	FIELD(CS_WIRE_U16, cs_wire_channel_page, reason, 0),
	FIELD(CS_WIRE_U64, cs_wire_channel_page, created_ms, 0),
	FIELD(CS_WIRE_U64, cs_wire_channel_page, closed_ms, 0),
	FIELD(CS_WIRE_U8, cs_wire_channel_page, more, 0),
	LIST(cs_wire_channel_page, posts, CS_WIRE_CHANNEL_POSTS_MAX,
	    cs_wire_channel_item),
};
SHAPE(cs_wire_channel_page);

static const struct cs_wire_field cs_wire_channel_bytes_get_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_channel_bytes_get, id, 0),
	FIELD(CS_WIRE_U64, cs_wire_channel_bytes_get, seq, 0),
	FIELD(CS_WIRE_U32, cs_wire_channel_bytes_get, n, 0),
};
SHAPE(cs_wire_channel_bytes_get);

static const struct cs_wire_field cs_wire_channel_bytes_fields[] = {
	FIELD(CS_WIRE_U32, cs_wire_channel_bytes, pieces, 0),
	FIELD(CS_WIRE_VEC, cs_wire_channel_bytes, bytes,
	    CS_WIRE_CHANNEL_PIECE_MAX),
};
SHAPE(cs_wire_channel_bytes);

static const struct cs_wire_field cs_wire_channel_listed_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_channel_listed, id, 0),
	FIELD(CS_WIRE_VEC, cs_wire_channel_listed, title,
	    CS_WIRE_CHANNEL_TITLE_MAX),
	FIELD(CS_WIRE_U32, cs_wire_channel_listed, posts, 0),
	FIELD(CS_WIRE_U64, cs_wire_channel_listed, last_ms, 0),
};
SHAPE(cs_wire_channel_listed);

static const struct cs_wire_field cs_wire_channel_directory_fields[] = {
	FIELD(CS_WIRE_U8, cs_wire_channel_directory, there, 0),
	LIST(cs_wire_channel_directory, channels, CS_WIRE_CHANNELS_MAX,
	    cs_wire_channel_listed),
};
SHAPE(cs_wire_channel_directory);
