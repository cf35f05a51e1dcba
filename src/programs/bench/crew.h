/* SPDX-License-Identifier: MIT */
/* A group in memory, whose members are mostly simulated. */
#pragma once

#include "programs/bench/mls.h"

struct cs_mls_options bench_crew_options(void);
/* Make key packages for ${n} - 1 members, and the founder's group of one. */
void bench_crew_init(
    struct bench_crew *c, const struct cs_suite *suite, uint32_t n);
/* Add them all in one commit of the founder; the simulated ones join. */
void bench_crew_join(struct bench_crew *c);
/* Let each simulated member commit once, so that no path leads to many leaves.
 */
void bench_crew_warm(struct bench_crew *c);
void bench_crew_clear(struct bench_crew *c);
/* Two threads that share work. */
struct cs_mls_pool bench_pool(void);
/* Bytes of the heap that are in use. */
size_t bench_heap(void);
