/* SPDX-License-Identifier: MIT */
/* Clocks, medians, and lines of results. */
#pragma once

#include "programs/bench/bench.h"

uint64_t bench_ns(void);
/* Sorts ${v}; the value below which ${percent} of them lie. */
uint64_t bench_percentile(uint64_t *v, size_t n, double percent);
/* Stop with a sentence when something that has to work does not. */
void bench_must(enum cs_err err, const char *what);
/* Run ${fn} ${n} times; the nanoseconds of the median run. */
uint64_t bench_median(void (*fn)(void *arg), void *arg, unsigned n);
/* One line of the result: for people at once, or all of them at the end as one
 * JSON object. */
enum bench_form { BENCH_TEXT, BENCH_JSON };
void bench_begin(enum bench_form form);
void bench_value(const char *name, double value, const char *unit);
/* ${value} beside what it is compared with, and the goal (0: none). */
void bench_ratio(const char *name, double value, const char *unit,
    const char *peer, double peer_value, double goal);
void bench_section(const char *title);
void bench_note(const char *text);
void bench_end(void);
