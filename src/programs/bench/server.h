/* SPDX-License-Identifier: MIT */
/* A hub of our own, to be measured. */
#pragma once

#include "programs/bench/bench.h"

/* Start a hub. It ends with this process, and its folder is removed unless the
 * process is killed by SIGKILL. */
void bench_hub_start(struct bench_hub *h);
void bench_hub_stop(struct bench_hub *h);
/* Connect, join with an invite and log in. */
void bench_hub_join(struct bench_hub *h, struct bench_member *m);
int bench_free_port(void);
/* A sender and a recipient of its own, with a group of two at the hub. */
void bench_hub_pair(struct bench_hub *h, struct bench_member *a,
    struct bench_member *b, unsigned number);
/* An empty request and its answer; nanoseconds. */
uint64_t bench_ping(struct bench_member *m);
