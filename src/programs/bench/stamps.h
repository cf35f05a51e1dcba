/* SPDX-License-Identifier: MIT */
/* What a stamp costs by itself, and what in a batch. */
#pragma once

#include "programs/bench/bench.h"

void bench_stamps(const struct bench_options *o);
