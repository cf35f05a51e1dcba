/* SPDX-License-Identifier: MIT */
/* The page as a program: its releases, and how it is woken.  What each takes
 * and gives is in methods.json. */
#pragma once

#include "member/member_call.h"

enum cs_err member_release_check(struct member_call *k);
enum cs_err member_push_key(struct member_call *k);
enum cs_err member_push_set(struct member_call *k);
enum cs_err member_push_clear(struct member_call *k);
