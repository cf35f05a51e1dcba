/* SPDX-License-Identifier: MIT */
/* How many messages a hub takes. */
#pragma once

#include "programs/bench/bench.h"

void bench_throughput(const struct bench_options *o);
