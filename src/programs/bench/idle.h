/* SPDX-License-Identifier: MIT */
/* What a connection costs that says nothing. */
#pragma once

#include "programs/bench/bench.h"

void bench_idle(const struct bench_options *o);
