/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "crypto/init.h"
#include "crypto/suite.h"
#include "desk/people/attempts.h"
#include "support/test.h"

#define NOW ((uint64_t)1800000000000)
#define HERE "10.0.0.1"
#define THERE "10.9.9.9"

static struct desk_attempts a;

static void
fails(const char *name, const char *peer, unsigned n)
{
	while (n-- != 0)
		desk_attempts_failed(&a, name, peer, NOW);
}

static void
test_limit(void **state)
{
	(void)state;
	desk_attempts_init(&a);
	fails("anna", HERE, DESK_ATTEMPTS_FREE - 1);
	assert_int_equal(desk_attempts_wait(&a, "anna", HERE, NOW), 0);
	fails("anna", HERE, 1);
	assert_int_equal(
	    desk_attempts_wait(&a, "anna", HERE, NOW), DESK_ATTEMPTS_WAIT_MS);
	assert_int_equal(
	    desk_attempts_wait(&a, "anna", HERE, NOW + DESK_ATTEMPTS_WAIT_MS),
	    0);
	/* The wait grows to a limit, from whatever address one tries. */
	fails("anna", THERE, 1);
	assert_int_equal(desk_attempts_wait(&a, "anna", HERE, NOW),
	    2 * DESK_ATTEMPTS_WAIT_MS);
	fails("anna", THERE, 1000);
	assert_int_equal(desk_attempts_wait(&a, "anna", HERE, NOW),
	    DESK_ATTEMPTS_WAIT_MAX_MS);
	assert_int_equal(desk_attempts_wait(&a, "ben", HERE, NOW), 0);
	/* A day later it is as if nothing had been. */
	desk_attempts_failed(&a, "anna", HERE,
	    NOW + DESK_ATTEMPTS_WAIT_MAX_MS + DESK_ATTEMPTS_KEPT_MS + 1);
	assert_int_equal(desk_attempts_wait(&a, "anna", HERE,
			     NOW + 2ull * DESK_ATTEMPTS_KEPT_MS),
	    0);
	desk_attempts_init(&a);
	fails("anna", HERE, DESK_ATTEMPTS_FREE - 1);
	desk_attempts_passed(&a, "anna", HERE);
	fails("anna", HERE, DESK_ATTEMPTS_FREE - 1);
	assert_int_equal(desk_attempts_wait(&a, "anna", HERE, NOW), 0);
}

/* Made-up names, however many, do not reset the count of the name under
 * attack. */
static void
test_invented_names(void **state)
{
	char name[32];

	(void)state;
	desk_attempts_init(&a);
	fails("anna", HERE, DESK_ATTEMPTS_FREE);
	for (unsigned i = 0; i < 100000; i++) {
		snprintf(name, sizeof name, "invented%u", i);
		assert_true(desk_attempts_wait(&a, name, HERE, NOW) <=
		    DESK_ATTEMPTS_WAIT_MAX_MS);
		desk_attempts_failed(&a, name, HERE, NOW);
	}
	assert_true(
	    desk_attempts_wait(&a, "anna", HERE, NOW) >= DESK_ATTEMPTS_WAIT_MS);
}

/* Somebody who has signed in from an address is not kept out by guesses from
 * elsewhere. */
static void
test_own_address(void **state)
{
	(void)state;
	desk_attempts_init(&a);
	desk_attempts_passed(&a, "anna", HERE);
	fails("anna", THERE, 100);
	assert_int_equal(desk_attempts_wait(&a, "anna", THERE, NOW),
	    DESK_ATTEMPTS_WAIT_MAX_MS);
	assert_int_equal(desk_attempts_wait(&a, "anna", HERE, NOW), 0);
	/* Guessing from that address is limited like any other. */
	fails("anna", HERE, DESK_ATTEMPTS_FREE);
	assert_int_equal(
	    desk_attempts_wait(&a, "anna", HERE, NOW), DESK_ATTEMPTS_WAIT_MS);
	/* Anna's address is not that of others. */
	fails("ben", THERE, DESK_ATTEMPTS_FREE);
	assert_int_equal(
	    desk_attempts_wait(&a, "ben", HERE, NOW), DESK_ATTEMPTS_WAIT_MS);
}

/* Many names from one address: those wait, but not others elsewhere, nor
 * somebody who has signed in from there. */
static void
test_one_address(void **state)
{
	char name[32];

	(void)state;
	desk_attempts_init(&a);
	desk_attempts_passed(&a, "anna", HERE);
	for (unsigned i = 0; i < DESK_ATTEMPTS_PEER_FREE; i++) {
		snprintf(name, sizeof name, "invented%u", i);
		assert_int_equal(desk_attempts_wait(&a, name, HERE, NOW), 0);
		desk_attempts_failed(&a, name, HERE, NOW);
	}
	assert_int_equal(desk_attempts_wait(&a, "another", HERE, NOW),
	    DESK_ATTEMPTS_PEER_WAIT_MS);
	assert_int_equal(desk_attempts_wait(&a, "another", THERE, NOW), 0);
	assert_int_equal(desk_attempts_wait(&a, "anna", HERE, NOW), 0);
	for (unsigned i = 0; i < 20; i++)
		desk_attempts_failed(&a, name, HERE, NOW);
	assert_int_equal(desk_attempts_wait(&a, "another", HERE, NOW),
	    DESK_ATTEMPTS_PEER_WAIT_MAX_MS);
	desk_attempts_passed(&a, "ben", HERE);
	assert_int_equal(desk_attempts_wait(&a, "another", HERE, NOW), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_invented_names),
		cmocka_unit_test(test_own_address),
		cmocka_unit_test(test_one_address),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	cs_test_fixed_random(1); /* which names share a counter */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
