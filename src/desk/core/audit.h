/* SPDX-License-Identifier: MIT */
/*
 * The audit log: chain_n = SHA-256(0x01 | chain_{n-1} | u64 at | line), so that
 * no line can be changed, dropped or put in between unseen.  Where it ends is
 * sealed beside it, so that its last lines cannot be dropped either.
 */
#pragma once

#include <jansson.h>

#include "base/bytes.h"

struct cs_desk;
struct cs_desk_actor;

/* One line: who did what, when, in which case (0: none). */
struct cs_desk_audit_line {
	uint64_t seq, at_ms, case_id;
	const char *actor, *what;
	const uint8_t *hash; /* 32 bytes: of this line and all before it */
};

/* Append a line; inside a transaction.  Nothing of what was reported. */
struct desk_audit_event {
	const struct cs_desk_actor *actor; /* NULL: the desk itself */
	uint64_t case_id;                  /* 0: none */
	const char *what;
	json_t *before, *after; /* borrowed; may be NULL */
};

/* Walk the log and check it: each line is chained to the one before it by a
 * hash, and the last one is known.  CS_ERR_CHAIN: something was changed, left
 * out or put in another order.  ${each} may be NULL. */
CS_CHECKED enum cs_err cs_desk_audit_verify(struct cs_desk *d,
    void (*each)(void *arg, const struct cs_desk_audit_line *line), void *arg);
CS_CHECKED enum cs_err desk_audit_add(
    struct cs_desk *d, const struct desk_audit_event *e);
CS_CHECKED enum cs_err desk_audit_say(struct cs_desk *d, const char *format,
    ...) __attribute__((format(printf, 2, 3)));
/* Lines before number ${before}, newest first; of one case unless it is 0. */
CS_CHECKED enum cs_err desk_audit_page(json_t *items, struct cs_desk *d,
    uint64_t before, uint64_t case_id, unsigned limit);
