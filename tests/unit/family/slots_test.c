/* SPDX-License-Identifier: MIT */
/* Numbers for things that two processes talk about. */
#include "family/slots.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "support/test.h"

static int things[1000];

static void
test_add(void **state)
{
	struct cs_slots s = { 0 };
	uint64_t number[200];

	(void)state;
	for (size_t i = 0; i < 200; i++) {
		number[i] = cs_slots_add(&s, &things[i]);
		assert_int_not_equal(number[i], 0);
		for (size_t j = 0; j < i; j++)
			assert_int_not_equal(number[i], number[j]);
	}
	assert_int_equal(s.n, 200);
	for (size_t i = 0; i < 200; i++)
		assert_ptr_equal(cs_slots_get(&s, number[i]), &things[i]);
	/* What is no number. */
	assert_null(cs_slots_get(&s, 0));
	assert_null(cs_slots_get(&s, number[0] + 1000));
	assert_null(cs_slots_get(&s, (uint64_t)1 << 32));
	assert_null(cs_slots_get(&s, UINT64_MAX));
	cs_slots_free(&s);
	assert_null(cs_slots_get(&s, number[0]));
}

/* Words about a thing that is gone are about nothing, also when another has its
 * place. */
static void
test_reuse(void **state)
{
	struct cs_slots s = { 0 };
	uint64_t old = cs_slots_add(&s, &things[0]), new;

	(void)state;
	cs_slots_remove(&s, old);
	assert_int_equal(s.n, 0);
	assert_null(cs_slots_get(&s, old));
	new = cs_slots_add(&s, &things[1]);
	assert_int_equal((uint32_t) new, (uint32_t)old);
	assert_int_not_equal(new, old);
	assert_null(cs_slots_get(&s, old));
	/* Nor can it be removed twice. */
	cs_slots_remove(&s, old);
	assert_ptr_equal(cs_slots_get(&s, new), &things[1]);
	cs_slots_remove(&s, new);
	cs_slots_remove(&s, new);
	cs_slots_remove(&s, 0);
	assert_int_equal(s.n, 0);
	cs_slots_free(&s);
}

static void
test_put(void **state)
{
	const uint64_t count = (uint64_t)7 << 32;
	struct cs_slots s = { 0 };

	(void)state;
	assert_err(cs_slots_put(&s, 0, &things[0], 10), CS_ERR_FORMAT);
	assert_err(cs_slots_put(&s, count, &things[0], 10), CS_ERR_FORMAT);
	assert_err(cs_slots_put(&s, 11, &things[0], 10), CS_ERR_LIMIT);
	assert_err(cs_slots_put(&s, UINT64_MAX, &things[0], 10), CS_ERR_LIMIT);
	assert_ok(cs_slots_put(&s, count | 10, &things[0], 10));
	assert_ptr_equal(cs_slots_get(&s, count | 10), &things[0]);
	assert_null(cs_slots_get(&s, 10));
	/* In use, whatever the count. */
	assert_err(cs_slots_put(&s, count | 10, &things[1], 10), CS_ERR_FORMAT);
	assert_err(cs_slots_put(&s, 10, &things[1], 10), CS_ERR_FORMAT);
	assert_ptr_equal(cs_slots_get(&s, count | 10), &things[0]);
	assert_int_equal(s.n, 1);
	/* The other side counts as it likes, also the same again. */
	cs_slots_remove(&s, count | 10);
	assert_ok(cs_slots_put(&s, count | 10, &things[2], 10));
	assert_ptr_equal(cs_slots_get(&s, count | 10), &things[2]);
	cs_slots_free(&s);
}

static void
test_each(void **state)
{
	struct cs_slots s = { 0 };
	uint64_t number[10];
	size_t at = 0, n = 0;

	(void)state;
	assert_null(cs_slots_each(&s, &at));
	for (size_t i = 0; i < 10; i++)
		number[i] = cs_slots_add(&s, &things[i]);
	for (size_t i = 0; i < 10; i += 2)
		cs_slots_remove(&s, number[i]);
	at = 0;
	/* Whoever is met may go. */
	for (int *t; (t = cs_slots_each(&s, &at)) != NULL; n++) {
		assert_ptr_equal(t, &things[2 * n + 1]);
		cs_slots_remove(&s, number[t - things]);
	}
	assert_int_equal(n, 5);
	assert_int_equal(s.n, 0);
	cs_slots_free(&s);
}

static void
test_memory(void **state)
{
	struct cs_slots s = { 0 };
	uint64_t number;

	(void)state;
	cs_alloc_fail_after(0);
	assert_int_equal(cs_slots_add(&s, &things[0]), 0);
	assert_err(cs_slots_put(&s, 1, &things[0], 10), CS_ERR_NOMEM);
	cs_alloc_fail_after(-1);
	number = cs_slots_add(&s, &things[0]);
	assert_int_not_equal(number, 0);
	cs_alloc_fail_after(0);
	assert_err(cs_slots_put(&s, 900, &things[1], 1000), CS_ERR_NOMEM);
	cs_alloc_fail_after(-1);
	assert_ptr_equal(cs_slots_get(&s, number), &things[0]);
	assert_int_equal(s.n, 1);
	cs_slots_free(&s);
}

/* ---- beside a list that is searched from end to end -----------------------
 */

#define LIST_MAX 300
#define STEPS 20000

struct list {
	uint64_t number[LIST_MAX];
	int *thing[LIST_MAX];
	size_t n;
};

static int *
list_find(const struct list *l, uint64_t number)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->number[i] == number)
			return l->thing[i];
	return NULL;
}

static void
assert_same(const struct cs_slots *s, const struct list *l)
{
	size_t at = 0, n = 0;

	assert_int_equal(s->n, l->n);
	for (size_t i = 0; i < l->n; i++)
		assert_ptr_equal(cs_slots_get(s, l->number[i]), l->thing[i]);
	while (cs_slots_each(s, &at) != NULL)
		n++;
	assert_int_equal(n, l->n);
}

static void
list_add(struct list *l, uint64_t number, int *thing)
{
	l->number[l->n] = number;
	l->thing[l->n++] = thing;
}

static void
list_remove(struct list *l, size_t i)
{
	l->n--;
	l->number[i] = l->number[l->n];
	l->thing[i] = l->thing[l->n];
}

/* One side numbers, the other keeps what it has under the same numbers. */
static void
test_random(void **state)
{
	struct cs_slots own = { 0 }, other = { 0 };
	static struct list l;
	uint64_t gone = 0;
	unsigned dice = 1;

	(void)state;
	for (size_t step = 0; step < STEPS; step++) {
		dice = dice * 1664525 + 1013904223;
		if (l.n < LIST_MAX && (dice >> 16) % 5 < 3 - (step > 9000)) {
			int *thing = &things[(dice >> 8) % 1000];
			uint64_t number = cs_slots_add(&own, thing);

			assert_null(list_find(&l, number));
			assert_int_not_equal(number, 0);
			assert_ok(
			    cs_slots_put(&other, number, thing, LIST_MAX));
			list_add(&l, number, thing);
		} else if (l.n != 0) {
			size_t i = (dice >> 8) % l.n;

			gone = l.number[i];
			cs_slots_remove(&own, gone);
			cs_slots_remove(&other, gone);
			list_remove(&l, i);
		}
		assert_null(cs_slots_get(&own, gone));
		assert_null(cs_slots_get(&other, gone));
		if (step % 100 == 0) {
			assert_same(&own, &l);
			assert_same(&other, &l);
		}
	}
	/* No more places than there were things at once. */
	assert_in_range(own.used, 1, LIST_MAX);
	cs_slots_free(&own);
	cs_slots_free(&other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_reuse),
		cmocka_unit_test(test_put),
		cmocka_unit_test(test_each),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
