/* SPDX-License-Identifier: MIT */
#include "family/slots.h"

#include <string.h>

#include "base/alloc.h"

/* A number is the count of its place, and the place + 1. */
struct cs_slot {
	void *thing;
	uint32_t count;
	size_t next; /* of those that are free again, + 1 */
};

static uint64_t
number_of(const struct cs_slots *s, size_t place)
{
	return (uint64_t)s->all[place].count << 32 | (place + 1);
}

static bool
grow(struct cs_slots *s, size_t wanted)
{
	size_t cap = s->cap == 0 ? 64 : s->cap;
	struct cs_slot *grown;

	while (cap < wanted)
		cap *= 2;
	if (cap == s->cap)
		return true;
	grown = cs_grow(s->all, s->cap, cap, sizeof *s->all);
	if (grown == NULL)
		return false;
	memset(grown + s->cap, 0, (cap - s->cap) * sizeof *grown);
	s->all = grown;
	s->cap = cap;
	return true;
}

uint64_t
cs_slots_add(struct cs_slots *s, void *thing)
{
	size_t place;

	if (s->free != 0) {
		place = s->free - 1;
		s->free = s->all[place].next;
	} else {
		if (s->used >= UINT32_MAX - 1 || !grow(s, s->used + 1))
			return 0;
		place = s->used++;
	}
	s->all[place].thing = thing;
	s->all[place].count++;
	s->n++;
	return number_of(s, place);
}

enum cs_err
cs_slots_put(struct cs_slots *s, uint64_t number, void *thing, size_t most)
{
	size_t place = (size_t)(number & UINT32_MAX) - 1;

	if ((number & UINT32_MAX) == 0)
		return CS_ERR_FORMAT;
	if (place >= most)
		return CS_ERR_LIMIT;
	if (!grow(s, place + 1))
		return CS_ERR_NOMEM;
	if (s->all[place].thing != NULL)
		return CS_ERR_FORMAT;
	s->all[place].thing = thing;
	s->all[place].count = (uint32_t)(number >> 32);
	if (place >= s->used)
		s->used = place + 1;
	s->n++;
	return CS_OK;
}

void *
cs_slots_get(const struct cs_slots *s, uint64_t number)
{
	size_t place = (size_t)(number & UINT32_MAX) - 1;

	if ((number & UINT32_MAX) == 0 || place >= s->used ||
	    s->all[place].count != (uint32_t)(number >> 32))
		return NULL;
	return s->all[place].thing;
}

void
cs_slots_remove(struct cs_slots *s, uint64_t number)
{
	size_t place = (size_t)(number & UINT32_MAX) - 1;

	if (cs_slots_get(s, number) == NULL)
		return;
	s->all[place].thing = NULL;
	s->all[place].next = s->free;
	s->free = place + 1;
	s->n--;
}

void *
cs_slots_each(const struct cs_slots *s, size_t *at)
{
	while (*at < s->used)
		if (s->all[(*at)++].thing != NULL)
			return s->all[*at - 1].thing;
	return NULL;
}

void
cs_slots_free(struct cs_slots *s)
{
	cs_free(s->all, s->cap * sizeof *s->all);
	memset(s, 0, sizeof *s);
}
