/* SPDX-License-Identifier: MIT */
#include "net/retry.h"

#include "crypto/random.h"

#define TRIES 5
#define FIRST_MS 400

int
cs_retry_ms(struct cs_retry *r, uint64_t done)
{
	uint8_t byte;
	int most;

	if (done != r->done)
		r->failed = 0;
	r->done = done;
	if (++r->failed > TRIES)
		return 0;
	most = FIRST_MS << r->failed;
	cs_random(&byte, 1);
	return most / 2 + most / 2 * byte / 256;
}
