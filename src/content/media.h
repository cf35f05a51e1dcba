/* SPDX-License-Identifier: MIT */
/*
 * CSM1, the format of encrypted files (FRANKING, "Media").
 *
 *	"CSM1" | file_salt16 | commit32 | chunks
 *
 * HKDF-SHA256(K, file_salt, "countersign/media/v1") gives AEAD key and commit;
 * each chunk is AES-256-GCM over at most 64 KiB, nonce u64 index | 000000 | u8
 * last.  The commitment in front means that one file opens under one key only.
 * Both directions stream in constant memory.
 */
#pragma once

#include "content/mimi.h"

#define CS_MEDIA_KEY_LEN 32
#define CS_MEDIA_CHUNK ((size_t)64 << 10)
#define CS_MEDIA_HEADER_LEN (4 + 16 + 32)
#define CS_MEDIA_FILE_MAX ((uint64_t)100 << 20) /* DESIGN: a file */
#define CS_MEDIA_PHOTO_MAX ((uint64_t)16 << 20) /* DESIGN: a photo */

/* The size of the encrypted file of ${plain_size} bytes. */
uint64_t cs_media_sealed_size(uint64_t plain_size);

/* What a sender learns about the file it has encrypted. */
struct cs_media_digests {
	uint8_t content_hash[32]; /* SHA-256 of the encrypted file */
	uint64_t size;            /* of the encrypted file */
	uint8_t plain_sha256[32];
	uint64_t plain_size;
};

/*
 * Encrypt: new, add as often as needed, end once.  Encrypted bytes are appended
 * to ${out}, at most one chunk more than was put in.  CS_ERR_LIMIT: longer than
 * CS_MEDIA_FILE_MAX.
 */
struct cs_media_sealer;
CS_CHECKED enum cs_err cs_media_sealer_new(
    struct cs_media_sealer **out, const uint8_t key[static CS_MEDIA_KEY_LEN]);
CS_CHECKED enum cs_err cs_media_sealer_add(
    struct cs_media_sealer *s, struct cs_buf *out, struct cs_view plain);
CS_CHECKED enum cs_err cs_media_sealer_end(struct cs_media_sealer *s,
    struct cs_buf *out, struct cs_media_digests *digests);
void cs_media_sealer_free(struct cs_media_sealer *s);

/*
 * Decrypt the file that ${part} announces (it is copied).  What add() appends
 * to ${out} is authentic chunk by chunk, but nothing is proved about the whole
 * before end() returned CS_OK: write to a temporary file and keep it only then.
 * CS_ERR_MAC: the key is not the one that the file is committed to;
 * CS_ERR_DECRYPT; CS_ERR_LIMIT: more than announced; CS_ERR_DIGEST: sizes or
 * hashes differ; CS_ERR_TYPE: announced as an image or as Ogg, but its first
 * bytes say something else.
 */
struct cs_media_opener;
CS_CHECKED enum cs_err cs_media_opener_new(
    struct cs_media_opener **out, const struct cs_mimi_external *part);
CS_CHECKED enum cs_err cs_media_opener_add(
    struct cs_media_opener *o, struct cs_buf *out, struct cs_view sealed);
CS_CHECKED enum cs_err cs_media_opener_end(
    struct cs_media_opener *o, struct cs_buf *out);
void cs_media_opener_free(struct cs_media_opener *o);

/* The type that the first bytes of a file tell: "image/jpeg", "image/png",
 * "image/webp", or NULL when they tell none of these.  Static memory. */
#define CS_SNIFF_LEN 16
