/* SPDX-License-Identifier: MIT */
/*
 * The whole of a desk in one sealed file, made while the desk runs.
 *
 *	"CSBACKUP1" | salt16 | u32 passes | u32 memory_kib |
 *	chunks: u32 length | sealed bytes, each bound to its number and to
 *	whether it is the last
 *	inside: { path<V> | u64 size | bytes } ...
 *
 * The key is derived from a passphrase of the backup's own (argon2id), because
 * the desk's key file is inside.
 */
#pragma once

#include "base/bytes.h"

struct cs_desk;
struct cs_desk_actor;

#define CS_BACKUP_PASSPHRASE_MIN 12

/* Write ${path}, which must not exist yet. */
CS_CHECKED enum cs_err cs_desk_backup(struct cs_desk *d,
    const struct cs_desk_actor *actor, const char *path,
    struct cs_view passphrase);
/* Make the folder ${dir}, which must not exist yet, from ${path}.
 * CS_ERR_PASSPHRASE; CS_ERR_FORMAT if it is damaged or cut short.  After an
 * error nothing is left. */
CS_CHECKED enum cs_err cs_desk_restore(
    const char *path, const char *dir, struct cs_view passphrase);
