/* SPDX-License-Identifier: MIT */
/* Groups in memory, and what their operations cost. */
#pragma once

#include "crypto/hpke.h"
#include "programs/bench/bench.h"

/* ---- bench_crew.c: a large group, of which a few members are played ----- */

/* Leaves 0, 1, 2, 4, 8, ...: one below each node beside the path of leaf 0. */
#define BENCH_LIVE_MAX 20

struct bench_live {
	uint32_t leaf;
	struct cs_mls_identity id;
	struct cs_mls_group *group;
};
struct bench_crew {
	const struct cs_suite *suite;
	uint32_t n;
	struct bench_live live[BENCH_LIVE_MAX]; /* the first made the group */
	size_t n_live;
	struct cs_buf *key_packages, *secrets;
	struct cs_signer **signers;
	struct cs_buf commit, welcome; /* that added all others */
};
struct cs_mls_options bench_crew_options(void);
/* Key packages for ${n} - 1, and the founder's group of one. */
void bench_crew_init(
    struct bench_crew *c, const struct cs_suite *suite, uint32_t n);
/* The founder adds them all in one commit; the played ones join. */
void bench_crew_join(struct bench_crew *c);
/* Each of the played ones commits once: then no path leads to many leaves. */
void bench_crew_warm(struct bench_crew *c);
void bench_crew_clear(struct bench_crew *c);
/* ${by} makes an empty commit that the other played ones follow. */
void bench_crew_commit(struct bench_crew *c, struct bench_live *by);
/* Two threads that share work. */
struct cs_mls_pool bench_pool(void);
/* Bytes of the heap that are in use. */
size_t bench_heap(void);

/* ---- bench_mls_peer.c: another implementation's figures ----------------- */

/* Run ${command}, which prints lines of a name, a tab and microseconds. */
void bench_mls_peer_run(const char *command);
/* What it said of ${name}; 0: nothing. */
double bench_mls_peer(const char *name);
