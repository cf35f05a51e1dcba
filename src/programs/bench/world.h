/* SPDX-License-Identifier: MIT */
/* Members in memory. */
#pragma once

#include "programs/bench/bench.h"

void bench_member_init(struct bench_member *m, unsigned number);
void bench_member_clear(struct bench_member *m);
/* ${a} makes a group with ${b} in it; ${n} - 2 others fill it up.  With a hub
 * both are logged in, and the hub knows the group. */
void bench_pair(struct bench_member *a, struct bench_member *b, unsigned n,
    const uint8_t root[static 32], const char *hub_name,
    const uint8_t external_sender[static 32], bool hub);
/* One whole message: body, tag, signature, authenticated data, MLS. */
void bench_send(struct cs_buf *message, struct bench_member *m,
    const char *hub_name, struct cs_view text, struct cs_buf *body);
