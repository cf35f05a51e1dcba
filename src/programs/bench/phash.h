/* SPDX-License-Identifier: MIT */
/* Photos: hashing, and finding copies. */
#pragma once

#include "programs/bench/bench.h"

void bench_phash(const struct bench_options *o);
