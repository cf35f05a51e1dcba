/* SPDX-License-Identifier: MIT */
/* Messages, and what is done to them.  What each takes and gives is in
 * methods.json. */
#pragma once

#include "member/member_call.h"

enum cs_err member_send(struct member_call *k);
enum cs_err member_send_files(struct member_call *k);
enum cs_err member_edit(struct member_call *k);
enum cs_err member_delete(struct member_call *k);
enum cs_err member_react(struct member_call *k);
enum cs_err member_timer(struct member_call *k);
enum cs_err member_seen(struct member_call *k);
enum cs_err member_draft(struct member_call *k);
enum cs_err member_shelve(struct member_call *k);
enum cs_err member_fetch(struct member_call *k);
