/* SPDX-License-Identifier: MIT */
/*
 * Message bodies (draft-ietf-mimi-content), in
 * deterministic CBOR.
 *
 * A message is text, or a photo or file with or without a caption, perhaps in
 * answer to another; or the name that its room gets.  On the wire a caption and
 * a file are a MultiPart of both that belongs together (singleUnit); a report
 * discloses the whole message.
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
	uint8_t salt[CS_MIMI_SALT_LEN];
	bool is_reply;
	uint8_t in_reply_to[CS_MIMI_ID_LEN];
	struct cs_view sender_uri;
	struct cs_view room_uri;
	bool has_text;
	struct cs_view text; /* text/plain, UTF-8 */
	/* ${text} is the new name of the room, of 1 to CS_NAME_MAX bytes, and
	 * all there is (application/vnd.countersign.room). */
	bool names_room;
	size_t n_external;
	struct cs_mimi_external external[CS_MIMI_PARTS_MAX];
};

/* Append the one encoding of ${content}. */
CS_CHECKED enum cs_err cs_mimi_write(
    struct cs_buf *out, const struct cs_mimi_content *content);

/*
 * Parse the whole of ${in}.  CS_ERR_FORMAT: not deterministic CBOR, or not of
 * this shape; CS_ERR_LIMIT: too long, too deep or too many parts;
 * CS_ERR_UNSUPPORTED: of a kind that we do not show.
 */
CS_CHECKED enum cs_err cs_mimi_parse(
    struct cs_mimi_content *out, struct cs_view in);

/* 0x01 | SHA-256(senderUri | roomUri | salt | content)[0..31]: what replies
 * refer to. */
CS_CHECKED enum cs_err cs_mimi_id(uint8_t out[static CS_MIMI_ID_LEN],
    const struct cs_mimi_content *content, struct cs_view encoded);

/* "mimi://HUB/u/HANDLE" and "mimi://HUB/r/HEX of group_ref", appended. */
CS_CHECKED enum cs_err cs_mimi_user_uri(
    struct cs_buf *out, const char *hub, struct cs_view handle);
CS_CHECKED enum cs_err cs_mimi_room_uri(
    struct cs_buf *out, const char *hub, const uint8_t group_ref[static 32]);
/* Does ${uri} name this handle, or this group, on whatever hub? */
bool cs_mimi_user_uri_names(struct cs_view uri, struct cs_view handle);
bool cs_mimi_room_uri_names(
    struct cs_view uri, const uint8_t group_ref[static 32]);
/* Do both name the same hub? */
bool cs_mimi_same_hub(struct cs_view a, struct cs_view b);

/* "https://HUB/b/HEX of blob", appended; and the way back (CS_ERR_FORMAT). */
CS_CHECKED enum cs_err cs_mimi_blob_url(
    struct cs_buf *out, const char *hub, const uint8_t blob[static 16]);
CS_CHECKED enum cs_err cs_mimi_blob(
    uint8_t blob[static 16], const struct cs_mimi_external *part);

/* A name that is safe to show and to create: no separators, no control
 * characters, nothing that turns writing around, at most 255 bytes and not
 * empty.  ${out} holds CS_MIMI_FILENAME_MAX + 1 bytes. */
void cs_mimi_filename(char *out, struct cs_view name);
