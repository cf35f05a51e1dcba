/* SPDX-License-Identifier: MIT */
#include "hub/groups/recent.h"

#include <string.h>

#include "base/alloc.h"

#define PLACES (2 * HUB_RECENT) /* a power of two */
#define KEY_LEN 16              /* of a hash; nobody makes two that agree */

/* A ring of the last ones, and where each stands in it: open addressing, with
 * places that are one more than an index, 0 if free. */
struct hub_recent {
	struct {
		uint8_t key[KEY_LEN];
		uint64_t seq;
	} ring[HUB_RECENT];
	uint32_t places[PLACES];
	uint64_t n; /* that were ever added */
};

static size_t
place_of(const uint8_t *key)
{
	uint32_t x;

	memcpy(&x, key, sizeof x);
	return x % PLACES;
}

/* The place of ${key}, or the free one where it would be. */
static size_t
find(const struct hub_recent *r, const uint8_t *key)
{
	size_t at = place_of(key);

	while (r->places[at] != 0 &&
	    memcmp(r->ring[r->places[at] - 1].key, key, KEY_LEN) != 0)
		at = (at + 1) % PLACES;
	return at;
}

/* Take out what is in the place ${at}, and move up what was put behind it
 * because that was taken. */
static void
take_out(struct hub_recent *r, size_t at)
{
	size_t next = at;

	r->places[at] = 0;
	for (;;) {
		size_t home;

		next = (next + 1) % PLACES;
		if (r->places[next] == 0)
			return;
		home = place_of(r->ring[r->places[next] - 1].key);
		if ((next - home) % PLACES < (next - at) % PLACES)
			continue;
		r->places[at] = r->places[next];
		r->places[next] = 0;
		at = next;
	}
}

void
hub_recent_add(struct cs_hub *hub, const uint8_t msg_hash[static CS_HASH_LEN],
    uint64_t seq)
{
	struct hub_recent *r = hub->recent;
	size_t i, at;

	/* Without memory those who send again say so. */
	if (r == NULL && (r = hub->recent = cs_calloc(1, sizeof *r)) == NULL)
		return;
	i = r->n % HUB_RECENT;
	if (r->n >= HUB_RECENT) {
		at = find(r, r->ring[i].key);
		if (r->places[at] == i + 1)
			take_out(r, at);
	}
	memcpy(r->ring[i].key, msg_hash, KEY_LEN);
	r->ring[i].seq = seq;
	r->places[find(r, msg_hash)] = (uint32_t)i + 1;
	r->n++;
}

uint64_t
hub_recent_find(
    const struct cs_hub *hub, const uint8_t msg_hash[static CS_HASH_LEN])
{
	const struct hub_recent *r = hub->recent;
	uint32_t place = r == NULL ? 0 : r->places[find(r, msg_hash)];

	return place == 0 ? 0 : r->ring[place - 1].seq;
}

void
hub_recent_free(struct cs_hub *hub)
{
	cs_free(hub->recent, sizeof *hub->recent);
	hub->recent = NULL;
}
