/* SPDX-License-Identifier: MIT */
/* The database of a hub. */
#pragma once

#include "store/db.h"

extern const struct cs_db_schema cs_hub_schema;

/* In the table log: the row is a handshake's (enum cs_mls_content).  Spelt out,
 * because an index of a part of a table serves only who names that part. */
#define HUB_LOG_HANDSHAKE "content<>1"
