/* SPDX-License-Identifier: MIT */
/* Groups in memory, and what their operations cost. */
#pragma once

#include "crypto/hpke.h"
#include "programs/bench/bench.h"

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

void bench_mls(const struct bench_options *o);
void bench_mls_scale(const struct bench_options *o);
