/* SPDX-License-Identifier: MIT */
/* What all members of a room agree on from its first epoch on: the operator,
 * which never changes, and who may do what (room/policy.h). */
#pragma once

#include "countersign/mls.h"
#include "room/leaf.h"
#include "room/policy.h"

/* How long an operator keeps what a report may be about. */
#define CS_ROOM_REPORT_WINDOW_S (30 * CS_DAY_S)
#define CS_ROOM_ID_MIN 16

/* Whose room it is; borrowed. */
struct cs_room_operator {
	struct cs_view hub;                 /* its name */
	const uint8_t *root, *external_key; /* CS_KEY_LEN each, public */
};

/* Append the content of the list of the GroupContext's extensions; ${desk_key}
 * seals to the report desk, and is empty as long as there is none; ${policy} is
 * NULL where none is written. */
CS_CHECKED enum cs_err cs_room_context_write(struct cs_buf *out,
    const struct cs_room_operator *op, struct cs_view desk_key,
    const struct cs_room_policy *policy);

/* Is ${g} a room of this operator: its id, suite, and context byte for byte but
 * for the desk's key and the policy, which lists nobody who is not in it, and
 * each of its leaves?  CS_ERR_MISMATCH, or what is wrong with policy or leaf.
 */
CS_CHECKED enum cs_err cs_room_check_group(
    const struct cs_mls_public *g, const struct cs_room_operator *op);

/* May the hub keep ${group_info} for those who enter by themselves?  It is
 * signed by ${signer} and has external_pub and, with CS_MLS_WITH_TREE, the
 * ratchet tree.  CS_ERR_MISMATCH */
CS_CHECKED enum cs_err cs_room_check_info(
    struct cs_view group_info, uint32_t signer, enum cs_mls_info_tree tree);
