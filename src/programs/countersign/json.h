/* SPDX-License-Identifier: MIT */
/* Is what somebody else calls JSON JSON? */
#pragma once

#include "base/bytes.h"

/* One value of RFC 8259 in UTF-8, nothing around it but blanks, at most 32
 * deep. */
CS_CHECKED bool cli_json_valid(struct cs_view text);
