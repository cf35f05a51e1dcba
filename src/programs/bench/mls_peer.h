/* SPDX-License-Identifier: MIT */
/* Another implementation of MLS, beside ours. */
#pragma once

#include "programs/bench/mls.h"

/* Run ${command}, which prints lines of a name, a tab and microseconds. */
void bench_mls_peer_run(const char *command);
/* What it printed for ${name}; 0: nothing. */
double bench_mls_peer(const char *name);
