/* SPDX-License-Identifier: MIT */
/*
 * What a member's device does most, natively and in WebAssembly: protect and
 * unprotect 1 KiB, and join a group of N.  Medians, in microseconds.
 */
#include <time.h>

#include "crypto/init.h"
#include "support/mls_world.h"

#define ROUNDS 500
#define JOINS 5

static double
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *times, size_t n)
{
	qsort(times, n, sizeof *times, by_size);
	return times[n / 2];
}

static void
talk(void)
{
	static const uint8_t text[1024];
	static double sent[ROUNDS], taken[ROUNDS];
	struct world_member m[2];
	struct cs_mls_received got;
	struct cs_buf out = { 0 };

	assert_ok(world_group(m, 2, (struct cs_mls_extensions){ NULL, 0 }));
	for (size_t i = 0; i < ROUNDS; i++) {
		double a = now_us(), b;

		cs_buf_reset(&out);
		assert_ok(cs_mls_protect(&out, m[0].group, cs_view_str("aad"),
		    cs_view(text, sizeof text)));
		b = now_us();
		assert_ok(cs_mls_process(&got, m[1].group, cs_buf_view(&out)));
		taken[i] = now_us() - b;
		sent[i] = b - a;
		cs_mls_received_clear(&got);
	}
	printf("protect 1 KiB\t%.1f\nunprotect 1 KiB\t%.1f\n",
	    median(sent, ROUNDS), median(taken, ROUNDS));
	cs_buf_free(&out);
}

static void
join(size_t n)
{
	struct world_member *all = calloc(n, sizeof *all);
	struct cs_view *kps = calloc(n, sizeof *kps);
	struct cs_mls_commit_options opt = { .add = kps, .n_add = n - 1 };
	struct cs_buf commit = { 0 }, welcome = { 0 };
	double times[JOINS];

	assert_non_null(all);
	assert_non_null(kps);
	for (size_t i = 0; i < n; i++) {
		assert_ok(world_member_init(&all[i], (unsigned)i));
		if (i != 0)
			kps[i - 1] = cs_buf_view(&all[i].key_package);
	}
	assert_ok(world_found(&all[0], (struct cs_mls_extensions){ NULL, 0 }));
	assert_ok(world_commit(&all[0], &opt, &commit, &welcome));
	for (size_t i = 0; i < JOINS; i++) {
		double from = now_us();

		assert_ok(world_join(&all[i + 1], &welcome));
		times[i] = now_us() - from;
	}
	printf("join N = %zu\t%.1f\n", n, median(times, JOINS));
}

int
main(int argc, char **argv)
{
	assert_ok(cs_crypto_init());
	talk();
	join(argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 1000);
	return 0;
}
