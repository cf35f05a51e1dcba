/* SPDX-License-Identifier: MIT */
/* A group in memory, with members of which most are played. */
#pragma once

#include "programs/bench/mls.h"

struct cs_mls_options bench_crew_options(void);
/* Key packages for ${n} - 1, and the founder's group of one. */
void bench_crew_init(
    struct bench_crew *c, const struct cs_suite *suite, uint32_t n);
/* The founder adds them all in one commit; the played ones join. */
void bench_crew_join(struct bench_crew *c);
/* Each of the played ones commits once: then no path leads to many leaves. */
void bench_crew_warm(struct bench_crew *c);
void bench_crew_clear(struct bench_crew *c);
/* Two threads that share work. */
struct cs_mls_pool bench_pool(void);
/* Bytes of the heap that are in use. */
size_t bench_heap(void);
