/* SPDX-License-Identifier: MIT */
/* Many processes that begin at once. */
#pragma once

#include "programs/bench/bench.h"

void bench_crowd_init(struct bench_crowd *c);
/* fork(), for a child that ends with its parent: true in the child. */
bool bench_crowd_fork(struct bench_crowd *c);
/* End this program if one of them has failed. */
void bench_crowd_check(struct bench_crowd *c);
/* Wait until ${ready} of them are ready. */
void bench_crowd_wait(struct bench_crowd *c, int ready);
void bench_crowd_end(struct bench_crowd *c);
