/* SPDX-License-Identifier: MIT */
/* How long a message takes from its sender to its recipient. */
#pragma once

#include "programs/bench/bench.h"

void bench_delay(const struct bench_options *o);
