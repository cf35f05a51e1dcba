/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Write what the other devices are told of ${contact}, sealed for them. */
CS_CHECKED enum cs_err client_note_write(struct cs_buf *out,
    const struct cs_client *c, const struct client_contact *contact);
/* Read such a note.  CS_ERR_DECRYPT: no device of this account wrote it. */
CS_CHECKED enum cs_err client_note_read(struct client_contact *out,
    const struct cs_client *c, struct cs_view sealed);
