/* SPDX-License-Identifier: MIT */
/* What a transparency log costs that is long. */
#pragma once

#include "programs/bench/bench.h"

void bench_tlog(const struct bench_options *o);
