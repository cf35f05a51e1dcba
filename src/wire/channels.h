/* SPDX-License-Identifier: MIT */
/*
 * Channels: groups whose messages are meant for everybody (decision 0051).  A
 * post is evidence of one message, which whoever wrote it has made readable.
 * Field by field the same as in docs/PROTOCOL.md, "Channels".
 */
#pragma once

#include "wire/messages.h"

#define CS_WIRE_CHANNEL_TITLE_MAX 100
/* A bundle of one message without its files. */
#define CS_WIRE_CHANNEL_HEAD_MAX ((uint32_t)128 << 10)
/* The same with them, in pieces. */
#define CS_WIRE_CHANNEL_PIECE_MAX ((uint32_t)1 << 19)
#define CS_WIRE_CHANNEL_PIECES_MAX 40
#define CS_WIRE_CHANNEL_POSTS_MAX 20 /* an answer */
#define CS_WIRE_CHANNELS_MAX 100
#define CS_WIRE_CHANNEL_ORIGIN_MAX 127

/* CS_WIRE_CHANNEL_SET: make ${group_id} a channel, or change it; by its owner
 * or an admin, where only they write.  Answer: cs_wire_channel_id. */
enum cs_wire_channel_flag {
	CS_WIRE_CHANNEL_LISTED = 1, /* in a directory, if the hub has one */
	CS_WIRE_CHANNEL_ENDED = 2,  /* nobody reads it any more, for good */
};
struct cs_wire_channel_set {
	struct cs_view group_id;
	struct cs_view title; /* UTF-8, for everybody */
	uint8_t flags;
};
CS_WIRE_SHAPE(cs_wire_channel_set);
struct cs_wire_channel_id {
	uint8_t id[16];
	struct cs_view origin; /* where its page is, or empty: at the hub */
};
CS_WIRE_SHAPE(cs_wire_channel_id);

/* CS_WIRE_CHANNEL_PIECE: of a post with its files, in order, from 0; answer
 * empty.  Pieces without a post are dropped after an hour. */
struct cs_wire_channel_piece {
	uint8_t id[16];
	uint64_t seq; /* of the message in its group */
	uint32_t n;
	struct cs_view bytes;
};
CS_WIRE_SHAPE(cs_wire_channel_piece);

/* CS_WIRE_CHANNEL_POST; answer empty, again if it is sent again. */
struct cs_wire_channel_post {
	uint8_t id[16];
	struct cs_view
	    head;        /* unnamed evidence of one message, of the sender */
	uint32_t pieces; /* that were sent of it with files; or 0 */
};
CS_WIRE_SHAPE(cs_wire_channel_post);

/* CS_WIRE_CHANNEL_DROP: take a post back; answer empty. */
struct cs_wire_channel_drop {
	uint8_t id[16];
	uint64_t seq;
};
CS_WIRE_SHAPE(cs_wire_channel_drop);

/* CS_WIRE_CHANNELS: request empty; those that the account may write in. */
enum cs_wire_channel_state {
	CS_WIRE_CHANNEL_OPEN = 0,
	CS_WIRE_CHANNEL_OVER = 1,   /* its owner has ended it */
	CS_WIRE_CHANNEL_CLOSED = 2, /* by the desk */
};
struct cs_wire_channel {
	uint8_t id[16];
	struct cs_view group_id;
	struct cs_view title;
	uint8_t flags;
	uint8_t state;
	uint32_t posts;
	uint64_t created_ms;
};
CS_WIRE_SHAPE(cs_wire_channel);
struct cs_wire_channels {
	struct cs_view origin; /* as above */
	struct cs_wire_list channels;
};
CS_WIRE_SHAPE(cs_wire_channels);

/* CS_WIRE_CHANNEL_READ: posts before a number, newest first. */
struct cs_wire_channel_read {
	uint8_t id[16];
	uint64_t before; /* 0: from the newest on */
	uint8_t max;     /* 1 to CS_WIRE_CHANNEL_POSTS_MAX */
};
CS_WIRE_SHAPE(cs_wire_channel_read);
struct cs_wire_channel_item {
	uint64_t seq;
	uint64_t at_ms;  /* when the hub accepted it */
	uint8_t veiled;  /* 1: somebody reported it, and has no answer yet */
	uint32_t pieces; /* of it with its files; 0: it has none */
	struct cs_view head;
};
CS_WIRE_SHAPE(cs_wire_channel_item);
struct cs_wire_channel_page {
	struct cs_view title;
	uint8_t state;
	uint16_t reason; /* why the desk closed it: enum cs_reason */
	uint64_t created_ms, closed_ms;
	uint8_t more; /* 1: there are older ones */
	struct cs_wire_list posts;
};
CS_WIRE_SHAPE(cs_wire_channel_page);

/* CS_WIRE_CHANNEL_BYTES: a piece of a post with its files. */
struct cs_wire_channel_bytes_get {
	uint8_t id[16];
	uint64_t seq;
	uint32_t n;
};
CS_WIRE_SHAPE(cs_wire_channel_bytes_get);
struct cs_wire_channel_bytes {
	uint32_t pieces;
	struct cs_view bytes;
};
CS_WIRE_SHAPE(cs_wire_channel_bytes);

/* CS_WIRE_CHANNEL_DIRECTORY: request empty; those that want to be found, where
 * the operator lets them. */
struct cs_wire_channel_listed {
	uint8_t id[16];
	struct cs_view title;
	uint32_t posts;
	uint64_t last_ms;
};
CS_WIRE_SHAPE(cs_wire_channel_listed);
struct cs_wire_channel_directory {
	uint8_t there; /* 0: this hub has none */
	struct cs_wire_list channels;
};
CS_WIRE_SHAPE(cs_wire_channel_directory);
