/* SPDX-License-Identifier: MIT */
/* The database of a hub. */
#pragma once

#include "store/db.h"

extern const struct cs_db_schema cs_hub_schema;
