/* SPDX-License-Identifier: MIT */
/* Files on their way to the hub, out of their spools (groups/spool.h). */
#pragma once

#include "client/home/client.h"

/* Upload the spool of ${part}, from where the hub has it: as
 * client_uploads_flush() fails, and CS_ERR_NOT_FOUND, CS_ERR_CORRUPT,
 * CS_ERR_DIGEST: what was kept of it is gone or damaged. */
CS_CHECKED enum cs_err client_upload(struct cs_client *c,
    const struct cs_mimi_external *part,
    void (*progress)(uint64_t done, uint64_t total));

/*
 * Upload the files that wait, one after the other, and send the message of each
 * once it is there.  CS_ERR_DENIED, CS_ERR_DISK_FULL: the hub takes none now;
 * CS_ERR_CLOSED, CS_ERR_TIMEOUT: the line is not good enough.  What did not go
 * waits on.
 */
CS_CHECKED enum cs_err client_uploads_flush(
    struct cs_client *c, void (*progress)(uint64_t done, uint64_t total));
