/* SPDX-License-Identifier: MIT */
/* People and groups.  What each takes and gives is in
 * methods.json. */
#pragma once

#include "member/member_call.h"

enum cs_err member_accept(struct member_call *k);
enum cs_err member_block(struct member_call *k);
enum cs_err member_alias(struct member_call *k);
enum cs_err member_safety_number(struct member_call *k);
enum cs_err member_accept_new_key(struct member_call *k);
enum cs_err member_group_new(struct member_call *k);
enum cs_err member_group_add(struct member_call *k);
enum cs_err member_group_remove(struct member_call *k);
enum cs_err member_group_rename(struct member_call *k);
enum cs_err member_group_role(struct member_call *k);
enum cs_err member_group_policy(struct member_call *k);
enum cs_err member_group_leave(struct member_call *k);
enum cs_err member_group_repair(struct member_call *k);
