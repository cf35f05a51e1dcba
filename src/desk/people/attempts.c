/* SPDX-License-Identifier: MIT */
#include "desk/people/attempts.h"

#include <string.h>

#include "crypto/random.h"
#include "crypto/short_hash.h"

void
desk_attempts_init(struct desk_attempts *a)
{
	memset(a, 0, sizeof *a);
	cs_random(a->key, sizeof a->key);
}

/* The counter of a name, or of a name and an address unless that is "". */
static struct desk_attempt *
counter(struct desk_attempts *a, const char *name, const char *peer)
{
	uint64_t hash[2] = { cs_short_hash(a->key, cs_view_str(name)),
		cs_short_hash(a->key, cs_view_str(peer)) };

	return &a->counters[cs_short_hash(a->key, cs_view(hash, sizeof hash)) %
	    DESK_ATTEMPTS];
}

/* The counter to be used for this guess. */
static struct desk_attempt *
counter_for(struct desk_attempts *a, const char *name, const char *peer)
{
	struct desk_attempt *own = counter(a, name, peer);

	return own->known ? own : counter(a, name, "");
}

/* The counter of an address, for all names. */
static struct desk_attempt *
counter_of_peer(struct desk_attempts *a, const char *peer)
{
	return counter(a, "", peer);
}

static uint64_t
left(const struct desk_attempt *t, uint32_t free, uint64_t now_ms)
{
	return t->failed < free || now_ms >= t->next_ms ? 0
							: t->next_ms - now_ms;
}

static void
add(struct desk_attempt *t, uint32_t free, uint64_t wait, uint64_t wait_max,
    uint64_t now_ms)
{
	if (now_ms > t->next_ms && now_ms - t->next_ms > DESK_ATTEMPTS_KEPT_MS)
		t->failed = 0;
	if (t->failed < UINT32_MAX)
		t->failed++;
	for (uint32_t i = free; i < t->failed && wait < wait_max; i++)
		wait *= 2;
	t->next_ms = now_ms + (wait < wait_max ? wait : wait_max);
}

uint64_t
desk_attempts_wait(struct desk_attempts *a, const char *name, const char *peer,
    uint64_t now_ms)
{
	uint64_t own =
	    left(counter_for(a, name, peer), DESK_ATTEMPTS_FREE, now_ms);
	uint64_t all = counter(a, name, peer)->known
	    ? 0
	    : left(counter_of_peer(a, peer), DESK_ATTEMPTS_PEER_FREE, now_ms);

	return own > all ? own : all;
}

void
desk_attempts_failed(struct desk_attempts *a, const char *name,
    const char *peer, uint64_t now_ms)
{
	add(counter_for(a, name, peer), DESK_ATTEMPTS_FREE,
	    DESK_ATTEMPTS_WAIT_MS, DESK_ATTEMPTS_WAIT_MAX_MS, now_ms);
	if (*peer != '\0' && !counter(a, name, peer)->known)
		add(counter_of_peer(a, peer), DESK_ATTEMPTS_PEER_FREE,
		    DESK_ATTEMPTS_PEER_WAIT_MS, DESK_ATTEMPTS_PEER_WAIT_MAX_MS,
		    now_ms);
}

void
desk_attempts_passed(
    struct desk_attempts *a, const char *name, const char *peer)
{
	counter_for(a, name, peer)->failed = 0;
	counter_of_peer(a, peer)->failed = 0;
	counter(a, name, peer)->known = true;
}
