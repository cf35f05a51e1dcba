/* SPDX-License-Identifier: MIT */
#include "desk/attempts.h"

#include <string.h>

#include "crypto/random.h"

void
desk_attempts_init(struct desk_attempts *a)
{
	memset(a, 0, sizeof *a);
	cs_random(a->key, sizeof a->key);
}

/* Of a name, and of a name and an address if that is not "". */
static struct desk_attempt *
counter(struct desk_attempts *a, const char *name, const char *peer)
{
	uint64_t hash[2] = { cs_short_hash(a->key, cs_view_str(name)),
		cs_short_hash(a->key, cs_view_str(peer)) };

	return &a->counters[cs_short_hash(a->key, cs_view(hash, sizeof hash)) %
	    DESK_ATTEMPTS];
}

/* The one that counts here. */
static struct desk_attempt *
counter_for(struct desk_attempts *a, const char *name, const char *peer)
{
	struct desk_attempt *own = counter(a, name, peer);

	return own->known ? own : counter(a, name, "");
}

uint64_t
desk_attempts_wait(struct desk_attempts *a, const char *name, const char *peer,
    uint64_t now_ms)
{
	const struct desk_attempt *t = counter_for(a, name, peer);

	return t->failed < DESK_ATTEMPTS_FREE || now_ms >= t->next_ms
	    ? 0
	    : t->next_ms - now_ms;
}

void
desk_attempts_failed(struct desk_attempts *a, const char *name,
    const char *peer, uint64_t now_ms)
{
	struct desk_attempt *t = counter_for(a, name, peer);
	uint64_t wait = DESK_ATTEMPTS_WAIT_MS;

	if (now_ms > t->next_ms && now_ms - t->next_ms > DESK_ATTEMPTS_KEPT_MS)
		t->failed = 0;
	if (t->failed < UINT32_MAX)
		t->failed++;
	for (uint32_t i = DESK_ATTEMPTS_FREE;
	     i < t->failed && wait < DESK_ATTEMPTS_WAIT_MAX_MS; i++)
		wait *= 2;
	if (wait > DESK_ATTEMPTS_WAIT_MAX_MS)
		wait = DESK_ATTEMPTS_WAIT_MAX_MS;
	t->next_ms = now_ms + wait;
}

void
desk_attempts_passed(
    struct desk_attempts *a, const char *name, const char *peer)
{
	counter_for(a, name, peer)->failed = 0;
	counter(a, name, peer)->known = true;
}
