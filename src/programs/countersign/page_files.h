/* SPDX-License-Identifier: MIT */
/* The page, built into the program. */
#pragma once

#include "net/web.h"

/* Ends with a NULL path. */
extern const struct cs_web_file page_files[];
