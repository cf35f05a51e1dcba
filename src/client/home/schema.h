/* SPDX-License-Identifier: MIT */
/* The tables of a home. */
#pragma once

#include "store/db.h"

extern const struct cs_db_schema cs_client_schema;
