/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/client.h"
#include "client/joining/backup_file.h"

/* Write all that is in the home, but keys, to ${fd}, sealed under ${secret},
 * and sync it. */
CS_CHECKED enum cs_err client_backup_write(struct cs_client *c, int fd,
    enum cs_client_backup_under under, struct cs_view secret,
    void (*progress)(uint64_t done, uint64_t total));
/* Take over what is not here yet of what ${fd} holds, all or nothing;
 * ${*taken}: how many messages.  Fails as backup_read() and
 * backup_reader_new() do, and with CS_ERR_MISMATCH: of another account, with a
 * sentence. */
CS_CHECKED enum cs_err client_backup_take(uint64_t *taken, struct cs_client *c,
    int fd, enum cs_client_backup_under under, struct cs_view secret,
    void (*progress)(uint64_t done, uint64_t total));
