/* SPDX-License-Identifier: MIT */
/* The only source of randomness. */
#pragma once

#include "base/bytes.h"

/* ${n} unpredictable bytes; never fails (the program stops instead). */
void cs_random(uint8_t *out, size_t n);

/*
 * For tests: until called with NULL, randomness is what ${fill} writes, in
 * every thread.  Keys of TLS and the nonces of ECDSA do not come from here.
 */
void cs_random_replace(
    void (*fill)(void *arg, uint8_t *out, size_t n), void *arg);
