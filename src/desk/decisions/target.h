/* SPDX-License-Identifier: MIT */
/* Targets: the signed actions of a decision, one for each account, file or
 * group, and what the hub has made of them. */
#pragma once

#include "base/bytes.h"
#include "base/units.h"
#include "crypto/sign.h"

struct cs_desk;
struct desk_record;
struct desk_decision;

enum desk_target_state {
	DESK_TARGET_QUEUED = 0,
	DESK_TARGET_APPLIED = 1,
	DESK_TARGET_FAILED = 2,
};

struct desk_target {
	uint8_t id[CS_ID_LEN]; /* of the action */
	uint64_t decision;

	enum desk_target_state state;
	uint16_t kind;               /* enum cs_wire_action_kind */
	uint8_t account[CS_ID_LEN];  /* zero: none */
	uint8_t target[CS_HASH_LEN]; /* a blob or group; zero: none */
	struct cs_buf action;        /* encoded */
	uint8_t signature[CS_SIGNATURE_LEN];
	uint64_t done_ms, groups; /* groups in which its removal was proposed */
	char *problem;            /* the hub's sentence */
};
extern const struct desk_record desk_target_record;

/* Is it about an account? */
bool desk_target_is_account(const struct desk_target *t);
/* In a transaction. */
CS_CHECKED enum cs_err desk_target_add(
    struct cs_desk *d, const struct desk_target *t);
/* CS_ERR_NOT_FOUND.  The caller clears ${out}, also after an error. */
CS_CHECKED enum cs_err desk_target_load(struct desk_target *out,
    struct cs_desk *d, const uint8_t id[static CS_ID_LEN]);
CS_CHECKED enum cs_err desk_target_save(
    struct cs_desk *d, const struct desk_target *t);
void desk_target_clear(struct desk_target *t);
/* Count the targets of ${dec} into it. */
CS_CHECKED enum cs_err desk_targets_count(
    struct cs_desk *d, struct desk_decision *dec);
