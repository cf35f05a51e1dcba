/* SPDX-License-Identifier: MIT */
/* How long a message is on its way. */
#pragma once

#include "programs/bench/bench.h"

void bench_delay(const struct bench_options *o);
