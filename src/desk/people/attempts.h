/* SPDX-License-Identifier: MIT */
/*
 * How often somebody has guessed, and how long they have to wait.
 *
 * Nothing is kept by name, and no entry makes room for another: a hash with a
 * secret key maps a name to one of a fixed number of counters.  So made-up
 * names fill no table, reset nobody's counter, and count exactly like real
 * ones, which they therefore do not betray.  The price is that two names may
 * share a counter and wait for one another; bringing that about on purpose
 * takes thousands of guesses.
 *
 * A stranger who knows a name could keep its owner out by guessing on and on.
 * So an address from which a name has signed in has a counter of its own for
 * it, which guesses from elsewhere do not touch.  If everybody comes from one
 * address (a tunnel, a proxy), only the first sign-in after a start has to wait
 * while somebody guesses.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/units.h"
#include "crypto/short_hash.h"

/* Each takes five guesses, each guess a password hash: an hour of them. */
#define DESK_ATTEMPTS 4096

#define DESK_ATTEMPTS_FREE 5 /* before one has to wait */
#define DESK_ATTEMPTS_WAIT_MS (30 * CS_SECOND_MS)
#define DESK_ATTEMPTS_WAIT_MAX_MS (15 * CS_MINUTE_MS)

/* For all names from one address: hashing a password takes long, and nobody
 * else is served meanwhile. */
#define DESK_ATTEMPTS_PEER_FREE 20

#define DESK_ATTEMPTS_PEER_WAIT_MS CS_SECOND_MS
#define DESK_ATTEMPTS_PEER_WAIT_MAX_MS CS_MINUTE_MS
#define DESK_ATTEMPTS_KEPT_MS CS_DAY_MS /* after the last one */

struct desk_attempts {
	uint8_t key[CS_SHORT_HASH_KEY_LEN];
	struct desk_attempt {
		uint64_t next_ms; /* no guess before that */
		uint32_t failed;
		bool known; /* of a name and an address: has signed in */
	} counters[DESK_ATTEMPTS];
};

void desk_attempts_init(struct desk_attempts *a);
/* How many milliseconds there are left to wait; 0 if one may guess now. */
uint64_t desk_attempts_wait(struct desk_attempts *a, const char *name,
    const char *peer, uint64_t now_ms);
void desk_attempts_failed(struct desk_attempts *a, const char *name,
    const char *peer, uint64_t now_ms);
void desk_attempts_passed(
    struct desk_attempts *a, const char *name, const char *peer);
