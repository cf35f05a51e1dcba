/* SPDX-License-Identifier: MIT */
/* Bytes on the wire. */
#pragma once

#include "programs/bench/bench.h"

void bench_wire(const struct bench_options *o);
