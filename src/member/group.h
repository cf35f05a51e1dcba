/* SPDX-License-Identifier: MIT */
/* Pictures of groups, and links by which people ask to be let into one.  What
 * each takes and gives is in methods.json. */
#pragma once

#include "member/member_call.h"

enum cs_err member_group_picture(struct member_call *k);
enum cs_err member_group_picture_get(struct member_call *k);
enum cs_err member_group_link(struct member_call *k);
enum cs_err member_group_asks(struct member_call *k);
enum cs_err member_group_approve(struct member_call *k);
enum cs_err member_group_refuse(struct member_call *k);
enum cs_err member_group_ask(struct member_call *k);
enum cs_err member_own_asks(struct member_call *k);
