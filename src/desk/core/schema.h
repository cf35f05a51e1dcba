/* SPDX-License-Identifier: MIT */
/* The tables of the desk's database. */
#pragma once

#include "store/db.h"

extern const struct cs_db_schema cs_desk_schema;
