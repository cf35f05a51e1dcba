/* SPDX-License-Identifier: MIT */
/* SHA-1, which proves nothing any more. */
#pragma once

#include "base/bytes.h"

#define CS_SHA1_LEN 20

/* SHA-1 of ${n} parts: for the handshake of WebSocket (RFC 6455), which proves
 * nothing by it, and for nothing else. */
CS_CHECKED enum cs_err cs_sha1_parts(
    uint8_t out[static CS_SHA1_LEN], const struct cs_view *parts, size_t n);
