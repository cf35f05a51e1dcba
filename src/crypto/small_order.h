/* SPDX-License-Identifier: MIT */
/*
 * Coordinates of points whose order is a divisor of
 * the cofactor; inside this layer only.  They take no arithmetic: there are few
 * of them, and a tree has a thousand keys to look at.
 */
#pragma once

#include "base/bytes.h"

#define CS_X25519_LEN 32
#define CS_X448_LEN 56

/* Does X25519 give zero for ${u}, whatever the scalar? */
bool cs_x25519_small_order(const uint8_t u[static CS_X25519_LEN]);

/*
 * The same of X448.  The y-coordinates of Ed448's points of small order are
 * the same numbers.
 */
bool cs_448_small_order(const uint8_t in[static CS_X448_LEN]);
