/* SPDX-License-Identifier: MIT */
/* What reading costs in a log that is long. */
#pragma once

#include "programs/bench/bench.h"

void bench_log(const struct bench_options *o);
