/* SPDX-License-Identifier: MIT */
/* Is what somebody else calls JSON JSON? */
#pragma once

#include "base/bytes.h"

/* One value of RFC 8259 in UTF-8 with nothing around it but blanks, no name
 * twice in an object, at most CS_JSON_DEPTH_MAX deep. */
CS_CHECKED bool cli_json_valid(struct cs_view text);
