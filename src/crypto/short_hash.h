/* SPDX-License-Identifier: MIT */
/* SipHash-2-4, for tables that strangers fill. */
#pragma once

#include "base/bytes.h"

#define CS_SHORT_HASH_KEY_LEN 16

/* A 64-bit hash under a key that nobody else knows, so that nobody can choose
 * values that collide.  Not a MAC for anything that leaves the process. */
uint64_t cs_short_hash(
    const uint8_t key[static CS_SHORT_HASH_KEY_LEN], struct cs_view in);
