/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* What our other devices are told of ${contact}, sealed for them. */
CS_CHECKED enum cs_err client_note_write(struct cs_buf *out,
    const struct cs_client *c, const struct client_contact *contact);
/* CS_ERR_DECRYPT: it is not ours. */
CS_CHECKED enum cs_err client_note_read(struct client_contact *out,
    const struct cs_client *c, struct cs_view sealed);
