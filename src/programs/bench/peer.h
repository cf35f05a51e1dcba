/* SPDX-License-Identifier: MIT */
/* A hub in another process. */
#pragma once

#include "programs/bench/bench.h"

/* In a child of ${c}: WebSockets over TLS on ${port}, as the library does them
 * by itself, with a certificate of the same kind, signed by ${root}. */
void bench_peer_start(struct bench_crowd *c, const struct bench_hub *beside,
    int port, const struct cs_sign_key *root);
