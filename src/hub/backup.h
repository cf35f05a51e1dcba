/* SPDX-License-Identifier: MIT */
/*
 * A copy of a hub, made while it runs: hub.conf, keys/, hub.db as of one
 * moment, blobs/, and MANIFEST, a line "SHA-256 SIZE PATH" for each file.
 *
 * It holds the hub's keys as they are, and the root key if that is in the hub's
 * folder: whoever has it is the hub.
 */
#pragma once

#include "base/bytes.h"

/* Bring the copy in the folder ${to} up to date, or make it; files of blobs
 * that are there stay.  ${progress} counts files and may be NULL.  What breaks
 * off is completed by the next call: MANIFEST is written last. */
CS_CHECKED enum cs_err cs_hub_backup(const char *dir, const char *to,
    void (*progress)(uint64_t done, uint64_t total));
/* Make the hub ${dir}, which must not be there, of the copy ${from}.
 * CS_ERR_EXISTS; CS_ERR_DIGEST: a file is not what MANIFEST says;
 * CS_ERR_NOT_FOUND: there is no MANIFEST, or a file is missing.  After an error
 * nothing is left. */
CS_CHECKED enum cs_err cs_hub_restore(const char *from, const char *dir,
    void (*progress)(uint64_t done, uint64_t total));
