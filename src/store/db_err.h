/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/err.h"

/* A result of SQLite as a code of ours, right after the call that gave it. */
CS_CHECKED enum cs_err cs_db_err(int rc);
