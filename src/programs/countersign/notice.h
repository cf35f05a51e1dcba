/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/json_writer.h"
#include "client/client.h"

/* Write one decision as an object without a name. */
void cli_notice_json(
    struct cs_json_writer *j, const struct cs_client_notice *n);
/* The user's language, as a tag; empty: unknown. */
const char *cli_language(void);
