/* SPDX-License-Identifier: MIT */
/* What a message costs the hub in groups of 2 to 5,000, all connected. */
#pragma once

#include "programs/bench/bench.h"

void bench_groups(const struct bench_options *o);
