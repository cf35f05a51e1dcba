/* SPDX-License-Identifier: MIT */
/* The disk as a limit: commits that sync. */
#pragma once

#include "programs/bench/bench.h"

/* A database in the folder of ${h}, beside the hub's. */
struct cs_db *bench_disk_open(const struct bench_hub *h);
void bench_disk_close(struct cs_db *db);
/* ${rows} rows of 1.4 KB in one synced commit; nanoseconds. */
uint64_t bench_disk_commit(struct cs_db *db, unsigned rows);
/* Rows a second, for a second. */
double bench_disk_rate(struct cs_db *db, unsigned rows);
