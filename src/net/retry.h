/* SPDX-License-Identifier: MIT */
/*
 * When to try again what broke off: after a time that grows, and differs from
 * client to client, so that many who lost the same hub do not come back
 * together.  Tries count only if nothing was achieved in them: on a bad line
 * something goes on for as long as it gets anywhere.
 */
#pragma once

#include <stdint.h>

/* All zero: nothing was tried yet. */
struct cs_retry {
	uint64_t done;
	unsigned failed; /* tries in a row that achieved nothing */
};

/* A try broke off, and ${done} is achieved in all: how many ms to wait before
 * the next one; 0: there is no sense in it. */
int cs_retry_ms(struct cs_retry *r, uint64_t done);
