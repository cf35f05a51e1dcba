/* SPDX-License-Identifier: MIT */
/*
 * Message bodies (draft-ietf-mimi-content), in
 * deterministic CBOR.
 *
 * A message is text, or a photo or file with or without a caption, perhaps in
 * answer to another.  On the wire a caption and a file are a MultiPart of both
 * that belongs together (singleUnit); a report discloses the whole message.
 * One may give its room a name, a picture or a link.  Others say something
 * about a message: they replace it, take it back, react to it, or say that it
 * was read.
 * What each kind holds stands at enum cs_mimi_kind; a body that mixes them is
 * CS_ERR_FORMAT (docs/decisions/0032-messages.md).
 */
#pragma once

#include "base/bytes.h"

#define CS_MIMI_MAX ((size_t)64 << 10)      /* DESIGN: content of a message */
#define CS_MIMI_TEXT_MAX ((size_t)60 << 10) /* leaves room for the rest */
#define CS_MIMI_SALT_LEN 16
#define CS_MIMI_ID_LEN 32
#define CS_MIMI_PARTS_MAX 16
#define CS_MIMI_DEPTH_MAX 4
#define CS_MIMI_URI_MAX 400
#define CS_MIMI_FILENAME_MAX 255
#define CS_MIMI_TYPE_MAX 100
#define CS_MIMI_REACTION_MAX 64 /* bytes: the longest emoji has 35 */
#define CS_MIMI_MENTIONS_MAX 16
#define CS_MIMI_STATUSES_MAX 50 /* in one report of them */
/* The encrypted picture of a room: a JPEG of 640 pixels a side has less. */
#define CS_MIMI_PICTURE_MAX ((uint64_t)2 << 20)
#define CS_MIMI_LINK_LEN 32 /* what the key of a room's link comes from */

enum cs_mimi_kind {
	CS_MIMI_SAID,     /* text and files; an edit, if it replaces */
	CS_MIMI_REACTION, /* ${text}, one line, to ${in_reply_to} */
	CS_MIMI_DELETION, /* takes ${replaces} back: a message or a reaction */
	CS_MIMI_STATUS,   /* ${statuses}: what became of messages of others */
	CS_MIMI_TIMER,    /* ${timer_s}: how long messages last from now on */
	/* What a room gets: a name, ${text}, of 1 to CS_NAME_MAX bytes; a
	 * picture, ${external}, or none; a link by which people ask to be let
	 * in, ${link}, or none. */
	CS_MIMI_NAME,
	CS_MIMI_PICTURE,
	CS_MIMI_LINK,
	/* Well formed, and of a disposition or media type that is not shown:
	 * ${other_type}, ${other}. */
	CS_MIMI_UNKNOWN,
};

/* When a message vanishes. */
enum cs_mimi_expiry {
	CS_MIMI_NEVER,
	CS_MIMI_AFTER, /* ${expires_s} after the hub accepted it */
	CS_MIMI_AT,    /* ${expires_s} since 1970 */
};

/* draft-mahy-mimi-message-status; others are not sent, and mean nothing. */
enum { CS_MIMI_DELIVERED = 1, CS_MIMI_READ = 2, CS_MIMI_STATUS_MAX = 6 };
struct cs_mimi_status {
	uint8_t id[CS_MIMI_ID_LEN];
	uint8_t status;
};

/* An ExternalPart and its digests (FRANKING, "Media"). */
struct cs_mimi_external {
	struct cs_view content_type; /* printable ASCII */
	struct cs_view url;
	struct cs_view filename;
	uint64_t size;            /* of the encrypted file */
	uint8_t key[32];          /* K of CSM1 */
	uint8_t content_hash[32]; /* SHA-256 of the encrypted file */
	uint8_t plain_sha256[32];
	uint64_t plain_size;
};

/* A body.  Views point into what was parsed, or to the caller's bytes. */
struct cs_mimi_content {
	enum cs_mimi_kind kind;
	uint8_t salt[CS_MIMI_SALT_LEN];
	bool is_reply;
	uint8_t in_reply_to[CS_MIMI_ID_LEN];
	bool has_replaces;
	uint8_t replaces[CS_MIMI_ID_LEN];
	enum cs_mimi_expiry expiry;
	uint32_t expires_s;
	struct cs_view sender_uri;
	struct cs_view room_uri;
	bool has_text;
	struct cs_view text; /* text/plain, UTF-8 */
	size_t n_external;
	struct cs_mimi_external external[CS_MIMI_PARTS_MAX];
	/* Whom the text mentions, as user URIs in ascending order. */
	size_t n_mentions;
	struct cs_view mentions[CS_MIMI_MENTIONS_MAX];
	/* The timer of the conversation, 0: none.  In a message that is said it
	 * is what that one expires after. */
	bool has_timer;
	uint32_t timer_s;
	size_t n_statuses;
	struct cs_mimi_status statuses[CS_MIMI_STATUSES_MAX];
	struct cs_view
	    link; /* CS_MIMI_LINK_LEN bytes, which are secret, or 0 */
	struct cs_view other_type; /* printable ASCII */
	struct cs_view other;
};

/* "message", "edit", "deletion", "reaction", "receipt", "timer", "name",
 * "picture", "link", "unknown". */
const char *cs_mimi_kind_name(const struct cs_mimi_content *content);
/* Is it for the room as a whole: a name, a picture, a link? */
bool cs_mimi_is_for_room(const struct cs_mimi_content *content);

/* Append the one encoding of ${content}.  CS_ERR_MISUSE: of kind UNKNOWN, or of
 * several kinds; CS_ERR_FORMAT, CS_ERR_LIMIT: as for parsing. */
CS_CHECKED enum cs_err cs_mimi_write(
    struct cs_buf *out, const struct cs_mimi_content *content);

/*
 * Parse the whole of ${in}.  CS_ERR_FORMAT: not deterministic CBOR, or not of
 * this shape; CS_ERR_LIMIT: too long, too deep or too many parts;
 * CS_ERR_UNSUPPORTED: it could be shown in two ways.
 */
CS_CHECKED enum cs_err cs_mimi_parse(
    struct cs_mimi_content *out, struct cs_view in);

/* 0x01 | SHA-256(senderUri | roomUri | salt | content)[0..31]: what replies
 * refer to. */
CS_CHECKED enum cs_err cs_mimi_id(uint8_t out[static CS_MIMI_ID_LEN],
    const struct cs_mimi_content *content, struct cs_view encoded);

/* Can ${text} be a reaction: one line, not too long, with something to see? */
bool cs_mimi_reaction_valid(struct cs_view text);
/* When a message vanishes that was accepted at ${accepted_ms}; 0: never. */
uint64_t cs_mimi_expires_ms(
    const struct cs_mimi_content *content, uint64_t accepted_ms);
