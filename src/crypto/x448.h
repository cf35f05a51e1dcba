/* SPDX-License-Identifier: MIT */
/* X448 (RFC 7748); inside this layer only. */
#pragma once

#include "base/bytes.h"
#include "crypto/small_order.h"

/* The public key of ${private}. */
CS_CHECKED enum cs_err cs_x448_public(
    uint8_t out[static CS_X448_LEN], const uint8_t private[static CS_X448_LEN]);

/*
 * The secret between ${private}, whose public key is ${public}, and ${peer};
 * CS_ERR_KEY if it is zero.
 */
CS_CHECKED enum cs_err cs_x448(uint8_t out[static CS_X448_LEN],
    const uint8_t private[static CS_X448_LEN],
    const uint8_t public[static CS_X448_LEN],
    const uint8_t peer[static CS_X448_LEN]);
