/* SPDX-License-Identifier: MIT */
/* What an idle connection costs. */
#pragma once

#include "programs/bench/bench.h"

void bench_idle(const struct bench_options *o);
