/* SPDX-License-Identifier: MIT */
/* A recipient's work, step by step. */
#pragma once

#include "programs/bench/bench.h"

/* Every check that a recipient makes of an application message. */
void bench_receive(struct bench_member *m, const struct cs_wire_entry *e,
    const uint8_t root[static 32], struct cs_view stamp_cert);
