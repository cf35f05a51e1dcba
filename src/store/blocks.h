/* SPDX-License-Identifier: MIT */
/*
 * A file of sealed blocks, each in its place:
 *
 *	block = u32 length | seal(key, context | u64 index | u8 last, plain)
 *
 * The last one says that it is, so that a file which was cut off is not taken
 * for a whole one; none can be left out, doubled or brought in from a file of
 * another context.
 */
#pragma once

#include "base/bytes.h"
#include "crypto/seal.h"

/* Initialise fd, key, context and max; the rest is zero. */
struct cs_blocks {
	int fd; /* of the caller, where the first block is or goes */
	struct cs_seal_key key;
	struct cs_view context; /* borrowed */
	size_t max;             /* bytes of a block, plain */
	uint64_t index;         /* of the next */
	bool last;              /* while reading: it was read */
	struct cs_buf sealed, place;
};

/* CS_ERR_LIMIT: it is longer than max. */
CS_CHECKED enum cs_err cs_blocks_write(
    struct cs_blocks *b, struct cs_view plain, bool last);
/* Put the next block into ${plain}, in the place of what is there.
 * CS_ERR_NOT_FOUND: the last was read; CS_ERR_PASSPHRASE: the first one does
 * not open; CS_ERR_DECRYPT, CS_ERR_FORMAT: it is damaged, or the file was cut
 * off. */
CS_CHECKED enum cs_err cs_blocks_read(
    struct cs_buf *plain, struct cs_blocks *b);
/* Wipe the key; the file stays open. */
void cs_blocks_clear(struct cs_blocks *b);
