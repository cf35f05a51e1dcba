/* SPDX-License-Identifier: MIT */
/* What a message costs its sender and its recipient. */
#pragma once

#include "programs/bench/bench.h"

void bench_message(const struct bench_options *o);
