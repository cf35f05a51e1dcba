/* SPDX-License-Identifier: MIT */
/* Hashing a photo, and finding hashes beside a scan of all of them. */
#include "programs/bench/phash.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "base/alloc.h"
#include "phash/index.h"
#include "programs/bench/bench.h"
#include "programs/bench/util.h"

#define WIDTH 2048
#define HEIGHT 1536 /* with it, 3 megapixels */
#define QUERIES 256
/* What an index and a scan need for a hash, with room for what grows. */
#define BYTES_PER_HASH 320

/* ---- hashing ------------------------------------------------------------ */

static void
hash_once(void *arg)
{
	struct cs_pdq got;

	bench_must(cs_pdq_hash(&got, arg), "a hash");
}

static void
turns_once(void *arg)
{
	struct cs_pdq got[CS_PDQ_TURNS];

	bench_must(cs_pdq_dihedral(got, arg), "hashes");
}

static void
hashing(const struct bench_options *o)
{
	size_t n = (size_t)WIDTH * HEIGHT * 3;
	uint8_t *pixels = cs_calloc(n, 1);
	struct cs_pdq_picture p = { pixels, WIDTH, HEIGHT, 3 };
	unsigned rounds = o->quick ? 5 : 200;

	if (pixels == NULL)
		bench_must(CS_ERR_NOMEM, "a picture");
	for (size_t i = 0; i < n; i++)
		pixels[i] = (uint8_t)(i * i / 7919 + i / 255);
	bench_value("hash of 3 megapixels",
	    (double)bench_median(hash_once, &p, rounds) / 1e6, "ms");
	bench_value("the hashes of its eight turns",
	    (double)bench_median(turns_once, &p, rounds) / 1e6, "ms");
	cs_free(pixels, n);
}

/* ---- finding ------------------------------------------------------------ */

/* The same hashes in the index and in a row; the next query. */
struct haystack {
	size_t n;
	uint64_t (*row)[4];
	struct cs_pdq_index *index;
	uint8_t queries[QUERIES][CS_PDQ_LEN];
	unsigned next;
	size_t found, scanned;
};

/* SplitMix64: the same hashes in every run. */
static uint64_t
mixed(uint64_t i)
{
	i *= 0x9e3779b97f4a7c15;
	i = (i ^ i >> 30) * 0xbf58476d1ce4e5b9;
	i = (i ^ i >> 27) * 0x94d049bb133111eb;
	return i ^ i >> 31;
}

/* Half of the queries are near to something, and half to nothing. */
static void
make_queries(struct haystack *h)
{
	for (unsigned i = 0; i < QUERIES; i++) {
		uint64_t words[4];

		for (unsigned k = 0; k < 4; k++)
			words[k] = mixed(~(uint64_t)(4 * i + k));
		if (i % 2 == 0)
			memcpy(words, h->row[mixed(i) % h->n], sizeof words);
		for (unsigned bit = 0; bit < CS_PDQ_NEAR; bit++)
			words[bit % 4] ^= 1ull << (bit * 2 + i) % 64;
		memcpy(h->queries[i], words, CS_PDQ_LEN);
	}
}

static bool
count(void *arg, uint64_t value, unsigned distance)
{
	(void)value;
	(void)distance;
	++*(size_t *)arg;
	return true;
}

static void
find_once(void *arg)
{
	struct haystack *h = arg;

	bench_must(cs_pdq_index_find(h->index, h->queries[h->next++ % QUERIES],
		       CS_PDQ_NEAR, count, &h->found),
	    "finding");
}

static inline __attribute__((always_inline)) size_t
scan(const struct haystack *h, const uint64_t query[static 4])
{
	size_t found = 0;

	for (size_t i = 0; i < h->n; i++) {
		int apart = 0;

		for (unsigned k = 0; k < 4; k++)
			apart += __builtin_popcountll(h->row[i][k] ^ query[k]);
		found += apart <= CS_PDQ_NEAR;
	}
	return found;
}

#if defined(__x86_64__)
__attribute__((target("popcnt"))) static size_t
scan_popcnt(const struct haystack *h, const uint64_t query[static 4])
{
	return scan(h, query);
}
#endif

static void
scan_once(void *arg)
{
	struct haystack *h = arg;
	uint64_t query[4];

	memcpy(query, h->queries[h->next++ % QUERIES], sizeof query);
#if defined(__x86_64__)
	if (__builtin_cpu_supports("popcnt")) {
		h->scanned += scan_popcnt(h, query);
		return;
	}
#endif
	h->scanned += scan(h, query);
}

static size_t
memory(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static void
fill(struct haystack *h)
{
	size_t before = memory();
	uint64_t from;
	char name[60];

	bench_must(cs_pdq_index_new(&h->index), "an index");
	from = bench_ns();
	for (size_t i = 0; i < h->n; i++)
		bench_must(
		    cs_pdq_index_add(h->index, (const uint8_t *)h->row[i], i),
		    "adding");
	snprintf(name, sizeof name, "add to an index, N = %zu", h->n);
	bench_value(
	    name, (double)(bench_ns() - from) / 1e3 / (double)h->n, "us");
	/* The heap of a sanitizer tells no sizes. */
	if (memory() == before)
		return;
	snprintf(name, sizeof name, "memory for each, N = %zu", h->n);
	bench_value(name, (double)(memory() - before) / (double)h->n, "bytes");
}

/* As many queries as scans: then both have to find the same. */
static void
compare(struct haystack *h)
{
	unsigned scans = h->n > 1000000 ? 32 : QUERIES;
	uint64_t v[QUERIES];
	double find, all;
	char name[60];

	all = (double)bench_median(scan_once, h, scans) / 1e3;
	h->next = 0;
	find = (double)bench_median(find_once, h, scans) / 1e3;
	bench_must(h->found == h->scanned ? CS_OK : CS_ERR_MISMATCH,
	    "an index and a scan");
	snprintf(name, sizeof name, "find within 31 bits, N = %zu", h->n);
	bench_ratio(name, find, "us", "scan", all, 0);
	h->next = 0;
	for (unsigned i = 0; i < QUERIES; i++) {
		uint64_t from = bench_ns();

		find_once(h);
		v[i] = bench_ns() - from;
	}
	snprintf(name, sizeof name, "find within 31 bits, p99, N = %zu", h->n);
	bench_value(name, (double)bench_percentile(v, QUERIES, 99) / 1e3, "us");
}

static void
finding(size_t n)
{
	struct haystack h = { .n = n };

	if ((h.row = cs_calloc(n, sizeof *h.row)) == NULL)
		bench_must(CS_ERR_NOMEM, "hashes");
	for (size_t i = 0; i < n; i++)
		for (unsigned k = 0; k < 4; k++)
			h.row[i][k] = mixed(4 * i + k + 1);
	fill(&h);
	make_queries(&h);
	compare(&h);
	cs_pdq_index_free(h.index);
	cs_free(h.row, n * sizeof *h.row);
}

static bool
room_for(size_t n)
{
	struct sysinfo s;

	return sysinfo(&s) == 0 &&
	    (uint64_t)s.freeram * s.mem_unit / BYTES_PER_HASH > n;
}

void
bench_phash(const struct bench_options *o)
{
	static const size_t sizes[] = { 10000, 1000000, 10000000 };

	bench_section("Photos that look alike");
	hashing(o);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		if (o->quick && i > 0)
			break;
		if (!room_for(sizes[i])) {
			bench_note("not enough memory for more hashes");
			break;
		}
		finding(sizes[i]);
	}
}
