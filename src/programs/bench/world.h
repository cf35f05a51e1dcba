/* SPDX-License-Identifier: MIT */
/* Members in memory. */
#pragma once

#include "programs/bench/bench.h"

void bench_member_init(struct bench_member *m, unsigned number);
/* Take what a hub's registrar signed, and make a key package; or be registered
 * by an operator in memory. */
void bench_member_registered(struct bench_member *m,
    struct cs_view registrar_cert, struct cs_view account_cert);
void bench_member_register(
    struct bench_member *m, const struct cs_sign_key *root);
void bench_member_clear(struct bench_member *m);
/* How two members come to be in a group. */
struct bench_pairing {
	unsigned n;          /* members, those that fill it up included */
	const uint8_t *root; /* CS_KEY_LEN bytes: the operator's */
	const char *hub_name;
	const uint8_t *external_sender; /* CS_KEY_LEN bytes */
	bool hub; /* both are logged in, and the hub is told of the group */
};
/* Let ${a} make a group with ${b} in it. */
void bench_pair(struct bench_member *a, struct bench_member *b,
    const struct bench_pairing *how);
/* One whole message: body, tag, signature, authenticated data, MLS. */
void bench_send(struct cs_buf *message, struct bench_member *m,
    const char *hub_name, struct cs_view text, struct cs_buf *body);
