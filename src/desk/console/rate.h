/* SPDX-License-Identifier: MIT */
/* How many requests a minute the console answers: of a session or token, and of
 * an address that is not signed in. */
#pragma once

#include "base/bytes.h"
#include "crypto/short_hash.h"

/* A page of cases asks some fifty times, and nobody turns one a second. */
#define API_RATE_SIGNED_IN 3000
/* Somebody who signs in asks a dozen times; an office may share an address. */
#define API_RATE_ADDRESS 1200

#define API_RATE_SETS 64
#define API_RATE_WAYS 8

struct api_rate {
	uint8_t key[CS_SHORT_HASH_KEY_LEN];
	struct {
		uint64_t key, since_ms; /* key 0: free */
		unsigned n;
	} slots[2][API_RATE_SETS][API_RATE_WAYS];
};

enum api_rate_of { API_RATE_OF_ADDRESS, API_RATE_OF_SIGNED_IN };

void api_rate_init(struct api_rate *r);
/* Count a request of ${who} at ${now_ms}: 0, or the seconds until the next will
 * be answered. */
unsigned api_rate_wait(struct api_rate *r, enum api_rate_of of,
    struct cs_view who, uint64_t now_ms);
