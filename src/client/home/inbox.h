/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Give the message, event or refusal in the row ${id} to ${each}. */
CS_CHECKED enum cs_err client_inbox_show(struct cs_client *c, uint64_t id,
    enum cs_err (*each)(void *arg, const struct cs_client_message *m),
    void *arg);
