/* SPDX-License-Identifier: MIT */
/* Checking JSON that somebody else wrote. */
#pragma once

#include "base/bytes.h"

/* Is ${text} one value of RFC 8259 in UTF-8, with only blanks around it, no
 * name twice in an object, and at most CS_JSON_DEPTH_MAX deep? */
CS_CHECKED bool cli_json_valid(struct cs_view text);
