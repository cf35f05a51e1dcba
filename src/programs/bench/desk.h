/* SPDX-License-Identifier: MIT */
/* What a report costs the desk. */
#pragma once

#include "programs/bench/bench.h"

void bench_desk(const struct bench_options *o);
