/* SPDX-License-Identifier: MIT */
#include "programs/bench/util.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/alloc.h"
#include "base/json_writer.h"
#include "cli/print.h"
#include "programs/bench/bench.h"

/* What --json prints at the end. */
static bool as_json;
static struct cs_buf text;
static struct cs_json_writer json;

uint64_t
bench_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static int
compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

uint64_t
bench_percentile(uint64_t *v, size_t n, double percent)
{
	size_t at = (size_t)((double)n * percent / 100);

	if (n == 0)
		return 0;
	qsort(v, n, sizeof *v, compare);
	return v[at < n ? at : n - 1];
}

void
bench_must(enum cs_err err, const char *what)
{
	if (err == CS_OK)
		return;
	fprintf(stderr, "countersign-bench: %s: %s.\n", what, cs_err_text(err));
	exit(1);
}

uint64_t
bench_median(void (*fn)(void *arg), void *arg, unsigned n)
{
	uint64_t *v = cs_calloc(n, sizeof *v), median;

	if (v == NULL)
		bench_must(CS_ERR_NOMEM, "memory");
	for (unsigned i = 0; i < n; i++) {
		uint64_t from = bench_ns();

		fn(arg);
		v[i] = bench_ns() - from;
	}
	median = bench_percentile(v, n, 50);
	cs_free(v, n * sizeof *v);
	return median;
}

void
bench_begin(enum bench_form form)
{
	as_json = form == BENCH_JSON;
	json = cs_json_writer(&text);
	cs_json_object(&json, NULL);
	cs_json_array(&json, "results");
}

void
bench_end(void)
{
	cs_json_close(&json);
	cs_json_close(&json);
	if (as_json)
		bench_must(cli_json_print(&json), "the results");
	cs_buf_free(&text);
}

void
bench_section(const char *title)
{
	if (!as_json)
		printf("\n%s\n", title);
	fflush(stdout);
}

void
bench_note(const char *note)
{
	if (!as_json)
		printf("  %s\n", note);
}

void
bench_value(const char *name, double value, const char *unit)
{
	cs_json_object(&json, NULL);
	cs_json_string(&json, "name", name);
	cs_json_decimal(&json, "value", value, 3);
	cs_json_string(&json, "unit", unit);
	cs_json_close(&json);
	if (!as_json)
		printf("  %-44s %10.1f %s\n", name, value, unit);
	fflush(stdout);
}

void
bench_ratio(const char *name, double value, const char *unit, const char *peer,
    double peer_value, double goal)
{
	double ratio = peer_value > 0 ? value / peer_value : 0;

	cs_json_object(&json, NULL);
	cs_json_string(&json, "name", name);
	cs_json_decimal(&json, "value", value, 3);
	cs_json_string(&json, "unit", unit);
	cs_json_string(&json, "peer", peer);
	cs_json_decimal(&json, "peer_value", peer_value, 3);
	cs_json_decimal(&json, "ratio", ratio, 3);
	if (goal > 0)
		cs_json_decimal(&json, "goal", goal, 2);
	cs_json_close(&json);
	if (as_json)
		return;
	printf("  %-44s %10.1f %s; %s %.1f: ratio %.2f", name, value, unit,
	    peer, peer_value, ratio);
	if (goal > 0)
		printf(" (goal %.2f)", goal);
	printf("\n");
	fflush(stdout);
}
