/* SPDX-License-Identifier: MIT */
/* Everything is compared with a scan of all hashes. */
#include "phash/index.h"

#include <stdlib.h>

#include "crypto/random.h"
#include "support/test.h"

#define MANY 4000

/* What the index should hold, and what it told of. */
struct model {
	struct cs_pdq_index *x;
	size_t n;
	struct {
		uint8_t hash[CS_PDQ_LEN];
		uint64_t value;
		unsigned told, wanted;
	} all[MANY];
	const uint8_t *query;
	size_t unknown;
};

static struct model *
model_new(void)
{
	struct model *m = calloc(1, sizeof *m);

	assert_non_null(m);
	assert_ok(cs_pdq_index_new(&m->x));
	return m;
}

static void
model_free(struct model *m)
{
	cs_pdq_index_free(m->x);
	free(m);
}

/* Values are places in ${all}, and stay so. */
static void
add(struct model *m, const uint8_t *hash)
{
	assert_in_range(m->n, 0, MANY - 1);
	memcpy(m->all[m->n].hash, hash, CS_PDQ_LEN);
	m->all[m->n].value = m->n;
	assert_ok(cs_pdq_index_add(m->x, hash, m->n));
	m->n++;
	assert_int_equal(cs_pdq_index_count(m->x), m->n);
}

static void
drop(struct model *m, size_t i)
{
	assert_ok(cs_pdq_index_remove(m->x, m->all[i].hash, m->all[i].value));
	m->all[i] = m->all[--m->n];
	assert_int_equal(cs_pdq_index_count(m->x), m->n);
}

static bool
told(void *arg, uint64_t value, unsigned distance)
{
	struct model *m = arg;

	for (size_t i = 0; i < m->n; i++)
		if (m->all[i].value == value) {
			m->all[i].told++;
			assert_int_equal(distance,
			    cs_pdq_distance(m->all[i].hash, m->query));
			return true;
		}
	m->unknown++;
	return true;
}

/* Once each, and nothing else; how many. */
static size_t
check(struct model *m, const uint8_t *query, unsigned radius)
{
	size_t n = 0;

	m->query = query;
	for (size_t i = 0; i < m->n; i++) {
		m->all[i].told = 0;
		m->all[i].wanted =
		    cs_pdq_distance(m->all[i].hash, query) <= radius;
		n += m->all[i].wanted;
	}
	assert_ok(cs_pdq_index_find(m->x, query, radius, told, m));
	assert_int_equal(m->unknown, 0);
	for (size_t i = 0; i < m->n; i++)
		assert_int_equal(m->all[i].told, m->all[i].wanted);
	return n;
}

static void
random_hash(uint8_t *out)
{
	cs_random(out, CS_PDQ_LEN);
}

static uint32_t
random_below(uint32_t n)
{
	uint8_t v[4];

	cs_random(v, sizeof v);
	return ((uint32_t)v[0] << 24 | v[1] << 16 | v[2] << 8 | v[3]) % n;
}

static void
flip(uint8_t *hash, size_t bit)
{
	hash[bit / 8] ^= (uint8_t)(0x80u >> bit % 8);
}

/* ${n} bits, all different ones. */
static void
flip_some(uint8_t *hash, unsigned n)
{
	bool done[CS_PDQ_BITS] = { false };

	while (n > 0) {
		uint32_t bit = random_below(CS_PDQ_BITS);

		if (done[bit])
			continue;
		done[bit] = true;
		flip(hash, bit);
		n--;
	}
}

static void
test_random(void **state)
{
	static const unsigned radii[] = { 0, 1, 5, 10, 15, 16, 17, 24, 30, 31 };
	struct model *m = model_new();
	uint8_t base[20][CS_PDQ_LEN], hash[CS_PDQ_LEN];
	size_t near = 0;

	(void)state;
	cs_test_fixed_random(1);
	for (size_t i = 0; i < 20; i++)
		random_hash(base[i]);
	for (size_t i = 0; i < 1500; i++) {
		random_hash(hash);
		add(m, hash);
		memcpy(hash, base[i % 20], CS_PDQ_LEN);
		flip_some(hash, (unsigned)(i / 20) % 60);
		add(m, hash);
	}
	for (size_t i = 0; i < 20; i++)
		for (size_t k = 0; k < sizeof radii / sizeof *radii; k++)
			near += check(m, base[i], radii[k]);
	for (size_t i = 0; i < 200; i++)
		near += check(m, m->all[random_below((uint32_t)m->n)].hash, 31);
	/* Something was there to be found. */
	assert_in_range(near, 3000, SIZE_MAX);
	cs_test_real_random();
	model_free(m);
}

/*
 * The hardest for tables of chunks: 31 bits apart, so that only one chunk
 * differs in no more than one, whichever it is; and one bit more.
 */
static void
test_spread(void **state)
{
	uint8_t query[CS_PDQ_LEN], hash[CS_PDQ_LEN];
	struct model *m = model_new();

	(void)state;
	cs_test_fixed_random(2);
	random_hash(query);
	for (size_t lean = 0; lean < 16; lean++)
		for (unsigned rest = 1; rest <= 2; rest++) {
			memcpy(hash, query, sizeof hash);
			for (size_t c = 0; c < 16; c++) {
				unsigned n = c == lean ? rest : 2;

				for (unsigned i = 0; i < n; i++)
					flip(hash, 16 * c + (5 * i + c) % 16);
			}
			add(m, hash);
		}
	assert_int_equal(check(m, query, 31), 16);
	assert_int_equal(check(m, query, 30), 0);
	cs_test_real_random();
	model_free(m);
}

/* Every way to put 31 bits into few chunks, or into neighbours. */
static void
test_lumps(void **state)
{
	struct model *m = model_new();
	uint8_t query[CS_PDQ_LEN], hash[CS_PDQ_LEN];

	(void)state;
	cs_test_fixed_random(3);
	random_hash(query);
	for (size_t from = 0; from < CS_PDQ_BITS; from++)
		for (unsigned step = 1; step <= 15; step += 2) {
			memcpy(hash, query, sizeof hash);
			for (size_t i = 0; i < 31; i++)
				flip(hash, (from + i * step) % CS_PDQ_BITS);
			add(m, hash);
		}
	for (unsigned radius = 29; radius <= 31; radius++)
		assert_int_equal(
		    check(m, query, radius), radius == 31 ? m->n : 0);
	for (size_t i = 0; i < m->n; i += 37)
		check(m, m->all[i].hash, 31);
	cs_test_real_random();
	model_free(m);
}

/* All ones, all zeroes, all the same, and the same but for one chunk. */
static void
test_crowded(void **state)
{
	uint8_t hash[CS_PDQ_LEN] = { 0 };
	struct model *m = model_new();

	(void)state;
	cs_test_fixed_random(4);
	for (size_t i = 0; i < 300; i++)
		add(m, hash);
	for (size_t i = 0; i < 300; i++) {
		hash[0] = (uint8_t)i;
		hash[1] = (uint8_t)(i / 2);
		add(m, hash);
	}
	memset(hash, 0xff, sizeof hash);
	for (size_t i = 0; i < 300; i++)
		add(m, hash);
	assert_int_equal(check(m, hash, 31), 300);
	memset(hash, 0, sizeof hash);
	assert_int_equal(check(m, hash, 31), 600);
	assert_in_range(check(m, hash, 3), 300, 599);
	/* Few bits, as of pictures with little in them. */
	for (size_t i = 0; i < 500; i++) {
		memset(hash, 0, sizeof hash);
		flip_some(hash, (unsigned)(i % 40));
		add(m, hash);
		check(m, hash, (unsigned)(i % 32));
	}
	while (m->n > 0)
		drop(m, random_below((uint32_t)m->n));
	assert_int_equal(check(m, hash, 31), 0);
	cs_test_real_random();
	model_free(m);
}

static void
test_remove(void **state)
{
	uint8_t hash[CS_PDQ_LEN], other[CS_PDQ_LEN];
	struct model *m = model_new();

	(void)state;
	cs_test_fixed_random(5);
	random_hash(hash);
	memcpy(other, hash, sizeof other);
	flip(other, 255);
	assert_err(cs_pdq_index_remove(m->x, hash, 0), CS_ERR_NOT_FOUND);
	/* The same pair twice, the same hash under another value. */
	assert_ok(cs_pdq_index_add(m->x, hash, 7));
	assert_ok(cs_pdq_index_add(m->x, hash, 7));
	assert_ok(cs_pdq_index_add(m->x, hash, 8));
	assert_ok(cs_pdq_index_remove(m->x, hash, 7));
	assert_err(cs_pdq_index_remove(m->x, hash, 9), CS_ERR_NOT_FOUND);
	assert_err(cs_pdq_index_remove(m->x, other, 7), CS_ERR_NOT_FOUND);
	assert_ok(cs_pdq_index_remove(m->x, hash, 7));
	assert_err(cs_pdq_index_remove(m->x, hash, 7), CS_ERR_NOT_FOUND);
	assert_int_equal(cs_pdq_index_count(m->x), 1);
	assert_ok(cs_pdq_index_remove(m->x, hash, 8));
	assert_int_equal(cs_pdq_index_count(m->x), 0);
	/* Coming and going; near ones move into places of removed ones. */
	for (uint64_t i = 0; i < 6000; i++) {
		if (m->n > 0 && random_below(5) < 2) {
			drop(m, random_below((uint32_t)m->n));
		} else if (m->n < MANY) {
			memcpy(other, hash, sizeof other);
			flip_some(other, random_below(40));
			memcpy(m->all[m->n].hash, other, sizeof other);
			m->all[m->n].value = i;
			assert_ok(cs_pdq_index_add(m->x, other, i));
			m->n++;
		}
		if (i % 50 == 0)
			check(m, other, 31);
	}
	cs_test_real_random();
	model_free(m);
}

static bool
stop_at_third(void *arg, uint64_t value, unsigned distance)
{
	(void)value;
	(void)distance;
	return ++*(unsigned *)arg < 3;
}

static void
test_stop_and_misuse(void **state)
{
	uint8_t hash[CS_PDQ_LEN] = { 1 };
	struct cs_pdq_index *x;
	unsigned n = 0;

	(void)state;
	assert_ok(cs_pdq_index_new(&x));
	for (uint64_t i = 0; i < 10; i++) {
		hash[31] = (uint8_t)i;
		assert_ok(cs_pdq_index_add(x, hash, i));
	}
	assert_ok(cs_pdq_index_find(x, hash, 31, stop_at_third, &n));
	assert_int_equal(n, 3);
	assert_err(
	    cs_pdq_index_find(x, hash, 32, stop_at_third, &n), CS_ERR_MISUSE);
	assert_int_equal(n, 3);
	cs_pdq_index_free(x);
	cs_pdq_index_free(NULL);
}

static bool
count(void *arg, uint64_t value, unsigned distance)
{
	(void)value;
	(void)distance;
	++*(unsigned *)arg;
	return true;
}

/* Six of the same, so that arrays have to grow a second time; a refused one is
 * not there, and can be added again. */
static enum cs_err
fill(void *arg)
{
	static const uint8_t hash[CS_PDQ_LEN] = { 1, 2, 3 };
	struct cs_pdq_index *x = NULL;
	enum cs_err err = cs_pdq_index_new(&x);
	unsigned want = 0, n = 0;

	(void)arg;
	while (err == CS_OK && want < 6)
		if ((err = cs_pdq_index_add(x, hash, want)) == CS_OK)
			want++;
	if (x != NULL) {
		assert_int_equal(cs_pdq_index_count(x), want);
		assert_ok(cs_pdq_index_find(x, hash, 31, count, &n));
		assert_int_equal(n, want);
		while (want > 0)
			assert_ok(cs_pdq_index_remove(x, hash, --want));
		assert_int_equal(cs_pdq_index_count(x), 0);
	}
	cs_pdq_index_free(x);
	return err;
}

static void
test_allocations(void **state)
{
	(void)state;
	cs_test_allocations(fill, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_spread),
		cmocka_unit_test(test_lumps),
		cmocka_unit_test(test_crowded),
		cmocka_unit_test(test_remove),
		cmocka_unit_test(test_stop_and_misuse),
		cmocka_unit_test(test_allocations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
