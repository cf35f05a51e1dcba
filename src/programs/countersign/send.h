/* SPDX-License-Identifier: MIT */
/* What is said, from standard input. */
#pragma once

#include "base/bytes.h"

/* Append the text of a message, without the newline that ends it.  If the
 * status is not 0, the user was told. */
int cli_read_text(struct cs_buf *out);
