/* SPDX-License-Identifier: MIT */
/*
 * The file of a backup: blocks under one key, each in its place.
 *
 *	"CSBK0001" | u8 under (1 passphrase, 2 recovery words, 3 a key that
 *	another device of the account was given) | salt16 | u32 passes |
 *	u32 memory_kib | blocks
 *	block = u32 length | seal(key, "countersign/backup/v1\0" | head |
 *		u64 index | u8 last, records)
 *
 * head is what stands before the blocks.  The last block says that it is, so
 * that a file which was cut off is not taken for a whole one.
 */
#pragma once

#include "base/bytes.h"
#include "franking/recovery.h"

enum cs_client_backup_under {
	BACKUP_PASSPHRASE = 1,
	BACKUP_WORDS = 2,
	BACKUP_KEY = 3
};

struct backup_writer;
/* Write to ${fd}, under ${secret}: a passphrase, the seed of the recovery key,
 * or a key. */
CS_CHECKED enum cs_err backup_writer_new(struct backup_writer **out, int fd,
    enum cs_client_backup_under under, struct cs_view secret);
/* Append a record of ${type}. */
CS_CHECKED enum cs_err backup_write(
    struct backup_writer *w, uint8_t type, struct cs_view body);
/* The end: everything is on disk. */
CS_CHECKED enum cs_err backup_writer_end(struct backup_writer *w);
void backup_writer_free(struct backup_writer *w);

/* What is the file ${fd} sealed under?  CS_ERR_FORMAT: it is no backup;
 * CS_ERR_VERSION. */
CS_CHECKED enum cs_err backup_under(enum cs_client_backup_under *out, int fd);
struct backup_reader;
/* Read ${fd} from its beginning.  CS_ERR_FORMAT: it is sealed under something
 * else; CS_ERR_LIMIT: a cost out of all reason. */
CS_CHECKED enum cs_err backup_reader_new(struct backup_reader **out, int fd,
    enum cs_client_backup_under under, struct cs_view secret);
/* The next record, whose body lives until the next call.  CS_ERR_NOT_FOUND: it
 * was the last; CS_ERR_PASSPHRASE: the first block does not open;
 * CS_ERR_DECRYPT, CS_ERR_FORMAT: it is damaged, or was cut off. */
CS_CHECKED enum cs_err backup_read(
    struct backup_reader *r, uint8_t *type, struct cs_view *body);
void backup_reader_free(struct backup_reader *r);
