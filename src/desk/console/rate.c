/* SPDX-License-Identifier: MIT */
#include "desk/console/rate.h"

#include "base/units.h"
#include "crypto/random.h"

void
api_rate_init(struct api_rate *r)
{
	cs_random(r->key, sizeof r->key);
}

unsigned
api_rate_wait(struct api_rate *r, enum api_rate_of of, struct cs_view who,
    uint64_t now_ms)
{
	const unsigned most[] = { API_RATE_ADDRESS, API_RATE_SIGNED_IN };
	uint64_t key = cs_short_hash(r->key, who) | 1;
	size_t set = key / 2 % API_RATE_SETS, at = 0;

	/* Of a set the one whose minute began first makes room; strangers make
	 * none of those who are signed in. */
	for (size_t i = 0; i < API_RATE_WAYS; i++) {
		if (r->slots[of][set][i].key == key) {
			at = i;
			break;
		}
		if (r->slots[of][set][i].since_ms <
		    r->slots[of][set][at].since_ms)
			at = i;
	}
	if (r->slots[of][set][at].key != key ||
	    now_ms < r->slots[of][set][at].since_ms ||
	    now_ms - r->slots[of][set][at].since_ms >= CS_MINUTE_MS) {
		r->slots[of][set][at].key = key;
		r->slots[of][set][at].since_ms = now_ms;
		r->slots[of][set][at].n = 0;
	}
	if (r->slots[of][set][at].n < most[of]) {
		r->slots[of][set][at].n++;
		return 0;
	}
	return (unsigned)((r->slots[of][set][at].since_ms + CS_MINUTE_MS -
			      now_ms + CS_SECOND_MS - 1) /
	    CS_SECOND_MS);
}
