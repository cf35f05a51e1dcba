/* SPDX-License-Identifier: MIT */
#include "crypto/small_order.h"

#include <string.h>

/* 0, 1, both of order 8, and -1; then p and p + 1, which are 0 and 1 again.
 * The others have one spelling below 2^255. */
static const uint8_t of_25519[][CS_X25519_LEN] = {
	{ 0 },
	{ 1 },
	{ 0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3,
	    0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32,
	    0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00 },
	{ 0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1,
	    0x55, 0x9c, 0x83, 0xef, 0x5b, 0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c,
	    0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57 },
	{ 0xec, [1 ... 30] = 0xff, 0x7f },
	{ 0xed, [1 ... 30] = 0xff, 0x7f },
	{ 0xee, [1 ... 30] = 0xff, 0x7f },
};

/* 0, 1, -1, p and p + 1, with p = 2^448 - 2^224 - 1. */
static const uint8_t of_448[][CS_X448_LEN] = {
	{ 0 },
	{ 1 },
	{ 0xfe, [1 ... 27] = 0xff, 0xfe, [29 ... 55] = 0xff },
	{ [0 ... 27] = 0xff, 0xfe, [29 ... 55] = 0xff },
	{ [28 ... 55] = 0xff },
};

bool
cs_x25519_small_order(const uint8_t u[static CS_X25519_LEN])
{
	uint8_t masked[CS_X25519_LEN];

	/* RFC 7748, section 5: the top bit is ignored. */
	memcpy(masked, u, sizeof masked);
	masked[CS_X25519_LEN - 1] &= 0x7f;
	for (size_t i = 0; i < sizeof of_25519 / sizeof of_25519[0]; i++)
		if (cs_view_equal(CS_VIEW_OF(masked), CS_VIEW_OF(of_25519[i])))
			return true;
	return false;
}

bool
cs_448_small_order(const uint8_t in[static CS_X448_LEN])
{
	for (size_t i = 0; i < sizeof of_448 / sizeof of_448[0]; i++)
		if (cs_view_equal(
			cs_view(in, CS_X448_LEN), CS_VIEW_OF(of_448[i])))
			return true;
	return false;
}
