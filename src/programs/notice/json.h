/* SPDX-License-Identifier: MIT */
/* JSON that this program reads and writes. */
#pragma once

#include <jansson.h>

#include "base/bytes.h"

/* A text of ${o}; "" if there is none.  A number; 0 if there is none. */
const char *notice_text(const json_t *o, const char *name);
uint64_t notice_number(const json_t *o, const char *name);
/* Base64 of ${o}, appended; CS_ERR_FORMAT. */
CS_CHECKED enum cs_err notice_bytes(
    struct cs_buf *out, const json_t *o, const char *name);
/* Append ${o} as JSON; ${flags} of jansson. */
CS_CHECKED enum cs_err notice_json_write(
    struct cs_buf *out, const json_t *o, size_t flags);
/* On standard output, with a line's end; a status, said. */
int notice_json_print(const json_t *o);
