/* SPDX-License-Identifier: MIT */
/*
 * Implementation notes.  A hash is a ring of 16 chunks of 16 bits, with a table
 * for each chunk from its value to the hashes that have it: multi-index hashing
 * (Norouzi, Punjani, Fleet: "Fast Exact Search in Hamming Space with
 * Multi-Index Hashing").  Of two hashes r bits apart, the chunks differ in r /
 * 16 bits on average.  More than that: from some chunk on around the ring, any
 * first l chunks together differ in at most l * r / 16 bits.  (Add up what each
 * chunk has above the average and start behind the chunk where that sum is
 * highest: from there it can only be lower.  Qin, Xiao: "Pigeonring".)
 *
 * So, for r = 31: some chunk differs in at most 1 bit, and together with the
 * two that follow in at most 5.  A query looks up the 17 values of each chunk
 * that 1 bit makes; the entries carry the two chunks that follow, so that
 * nearly all of them (random ones but for 1 in 80,000) are dismissed while
 * reading one array from its beginning to its end.
 */
#include "phash/index.h"

#include <string.h>

#include "base/alloc.h"

#define CHUNKS 16
#define CHUNK_BITS 16
#define CHUNK_VALUES (1u << CHUNK_BITS)
#define SLOTS_MAX UINT32_MAX

#if defined(__x86_64__)
#define HAS_POPCNT_VARIANT 1
#else
#define HAS_POPCNT_VARIANT 0
#endif

struct slot {
	uint8_t hash[CS_PDQ_LEN];
	uint64_t value;
};

struct entry {
	uint32_t slot;
	uint32_t next; /* the two chunks after that of the table */
};

struct bucket {
	struct entry *entries;
	uint32_t n, cap;
};

/* Invariant: slots 0 to n - 1 are in use, and each has one entry in one bucket
 * of every table. */
struct cs_pdq_index {
	struct slot *slots;
	size_t n, cap;
	struct bucket buckets[CHUNKS][CHUNK_VALUES];
};

/* ---- chunks ------------------------------------------------------------- */

static uint32_t
chunk(const uint8_t *hash, size_t c)
{
	size_t at = c % CHUNKS * 2;

	return (uint32_t)hash[at] << 8 | hash[at + 1];
}

static uint32_t
next_chunks(const uint8_t *hash, size_t c)
{
	return chunk(hash, c + 1) << CHUNK_BITS | chunk(hash, c + 2);
}

static struct bucket *
bucket_of(struct cs_pdq_index *x, const uint8_t *hash, size_t c)
{
	return &x->buckets[c][chunk(hash, c)];
}

/* ---- adding and removing ------------------------------------------------ */

enum cs_err
cs_pdq_index_new(struct cs_pdq_index **out)
{
	*out = cs_calloc(1, sizeof **out);
	return *out != NULL ? CS_OK : CS_ERR_NOMEM;
}

void
cs_pdq_index_free(struct cs_pdq_index *x)
{
	if (x == NULL)
		return;
	for (size_t c = 0; c < CHUNKS; c++)
		for (size_t v = 0; v < CHUNK_VALUES; v++) {
			struct bucket *b = &x->buckets[c][v];

			cs_free(b->entries, b->cap * sizeof *b->entries);
		}
	cs_free(x->slots, x->cap * sizeof *x->slots);
	cs_free_plain(x);
}

size_t
cs_pdq_index_count(const struct cs_pdq_index *x)
{
	return x->n;
}

/* By a quarter: a million small arrays with half of them empty are much. */
static size_t
grown(size_t cap, size_t max)
{
	size_t more = cap / 4 + 4;

	return more < max - cap ? cap + more : max;
}

static enum cs_err
reserve_entry(struct bucket *b)
{
	size_t cap = grown(b->cap, SLOTS_MAX);
	struct entry *p;

	if (b->n < b->cap)
		return CS_OK;
	p = cs_grow(b->entries, b->cap, cap, sizeof *p);
	if (p == NULL)
		return CS_ERR_NOMEM;
	b->entries = p;
	b->cap = (uint32_t)cap;
	return CS_OK;
}

static enum cs_err
reserve_slot(struct cs_pdq_index *x)
{
	size_t cap = grown(x->cap, SLOTS_MAX);
	struct slot *p;

	if (x->n < x->cap)
		return CS_OK;
	if (x->n == SLOTS_MAX)
		return CS_ERR_LIMIT;
	p = cs_grow(x->slots, x->cap, cap, sizeof *p);
	if (p == NULL)
		return CS_ERR_NOMEM;
	x->slots = p;
	x->cap = cap;
	return CS_OK;
}

enum cs_err
cs_pdq_index_add(struct cs_pdq_index *x, const uint8_t hash[static CS_PDQ_LEN],
    uint64_t value)
{
	struct slot *slot;
	enum cs_err err = reserve_slot(x);

	for (size_t c = 0; err == CS_OK && c < CHUNKS; c++)
		err = reserve_entry(bucket_of(x, hash, c));
	if (err)
		return err;
	for (size_t c = 0; c < CHUNKS; c++) {
		struct bucket *b = bucket_of(x, hash, c);

		b->entries[b->n++] = (struct entry){ .slot = (uint32_t)x->n,
			.next = next_chunks(hash, c) };
	}
	slot = &x->slots[x->n++];
	memcpy(slot->hash, hash, CS_PDQ_LEN);
	slot->value = value;
	return CS_OK;
}

/* The entry of ${slot} in ${b}, which has one. */
static struct entry *
entry_of(struct bucket *b, size_t slot)
{
	struct entry *e = b->entries;

	while (e->slot != slot)
		e++;
	return e;
}

static bool
find_slot(
    size_t *out, struct cs_pdq_index *x, const uint8_t *hash, uint64_t value)
{
	const struct bucket *shortest = bucket_of(x, hash, 0);

	for (size_t c = 1; c < CHUNKS; c++)
		if (bucket_of(x, hash, c)->n < shortest->n)
			shortest = bucket_of(x, hash, c);
	for (size_t i = 0; i < shortest->n; i++) {
		const struct slot *s = &x->slots[shortest->entries[i].slot];

		if (s->value == value &&
		    memcmp(s->hash, hash, CS_PDQ_LEN) == 0) {
			*out = shortest->entries[i].slot;
			return true;
		}
	}
	return false;
}

enum cs_err
cs_pdq_index_remove(struct cs_pdq_index *x,
    const uint8_t hash[static CS_PDQ_LEN], uint64_t value)
{
	struct slot *last;
	size_t slot;

	if (!find_slot(&slot, x, hash, value))
		return CS_ERR_NOT_FOUND;
	last = &x->slots[x->n - 1];
	for (size_t c = 0; c < CHUNKS; c++) {
		struct bucket *b = bucket_of(x, x->slots[slot].hash, c);

		*entry_of(b, slot) = b->entries[--b->n];
		b->entries[b->n] = (struct entry){ 0 };
	}
	/* The last takes its place. */
	if (slot != x->n - 1)
		for (size_t c = 0; c < CHUNKS; c++)
			entry_of(bucket_of(x, last->hash, c), x->n - 1)->slot =
			    (uint32_t)slot;
	x->slots[slot] = *last;
	memset(last, 0, sizeof *last);
	x->n--;
	return CS_OK;
}

/* ---- finding ------------------------------------------------------------ */

struct search {
	const struct cs_pdq_index *x;
	const uint8_t *hash;
	unsigned radius;
	unsigned one, three; /* so many bits in a chunk, and in three */
	bool (*found)(void *arg, uint64_t value, unsigned distance);
	void *arg;
};

/* Would the table of chunk ${c} lead to ${hash}? */
static bool
leads(const struct search *s, const uint8_t *hash, size_t c)
{
	unsigned first =
	    (unsigned)__builtin_popcount(chunk(hash, c) ^ chunk(s->hash, c));
	unsigned next = (unsigned)__builtin_popcount(
	    next_chunks(hash, c) ^ next_chunks(s->hash, c));

	return first <= s->one && first + next <= s->three;
}

/* Tell of it, if it is near and no table before ${c} led to it; false: stop. */
static bool
candidate(const struct search *s, const struct slot *slot, size_t c)
{
	unsigned distance = cs_pdq_distance(slot->hash, s->hash);

	if (distance > s->radius)
		return true;
	for (size_t before = 0; before < c; before++)
		if (leads(s, slot->hash, before))
			return true;
	return s->found(s->arg, slot->value, distance);
}

static inline __attribute__((always_inline)) bool
scan_with(
    const struct search *s, const struct bucket *b, size_t c, unsigned most)
{
	uint32_t next = next_chunks(s->hash, c);

	for (size_t i = 0; i < b->n; i++) {
		const struct entry *e = &b->entries[i];

		if ((unsigned)__builtin_popcount(e->next ^ next) <= most &&
		    !candidate(s, &s->x->slots[e->slot], c))
			return false;
	}
	return true;
}

static bool
scan_plain(
    const struct search *s, const struct bucket *b, size_t c, unsigned most)
{
	return scan_with(s, b, c, most);
}

#if HAS_POPCNT_VARIANT
/* The same with the instruction, which the oldest processors lack. */
__attribute__((target("popcnt"))) static bool
scan_popcnt(
    const struct search *s, const struct bucket *b, size_t c, unsigned most)
{
	return scan_with(s, b, c, most);
}
#endif

static bool
scan(const struct search *s, const struct bucket *b, size_t c, unsigned most)
{
#if HAS_POPCNT_VARIANT
	if (__builtin_cpu_supports("popcnt"))
		return scan_popcnt(s, b, c, most);
#endif
	return scan_plain(s, b, c, most);
}

/* Buckets of chunk ${c}: first the value itself, then those 1 bit away. */
static bool
search_chunk(const struct search *s, size_t c)
{
	const struct bucket *table = s->x->buckets[c];
	uint32_t value = chunk(s->hash, c);
	unsigned n = s->one > 0 ? CHUNK_BITS : 0;

	/* They lie apart: ask for all of them before waiting for one. */
	for (unsigned i = 0; i < n; i++)
		__builtin_prefetch(&table[value ^ 1u << i]);
	for (unsigned i = 0; i < n; i++)
		__builtin_prefetch(table[value ^ 1u << i].entries);
	if (!scan(s, &table[value], c, s->three))
		return false;
	for (unsigned i = 0; i < n; i++)
		if (!scan(s, &table[value ^ 1u << i], c, s->three - 1))
			return false;
	return true;
}

enum cs_err
cs_pdq_index_find(const struct cs_pdq_index *x,
    const uint8_t hash[static CS_PDQ_LEN], unsigned radius,
    bool (*found)(void *arg, uint64_t value, unsigned distance), void *arg)
{
	struct search s = { .x = x,
		.hash = hash,
		.radius = radius,
		.one = radius / CHUNKS,
		.three = 3 * radius / CHUNKS,
		.found = found,
		.arg = arg };

	if (radius > CS_PDQ_NEAR)
		return CS_ERR_MISUSE;
	for (size_t c = 0; c < CHUNKS; c++)
		if (!search_chunk(&s, c))
			break;
	return CS_OK;
}
