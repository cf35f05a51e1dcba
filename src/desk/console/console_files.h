/* SPDX-License-Identifier: MIT */
/* The console's pages, built into the program. */
#pragma once

#include "net/web.h"

/* Ends with a NULL path. */
extern const struct cs_web_file cs_console_files[];
