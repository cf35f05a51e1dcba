/* SPDX-License-Identifier: MIT */
/* What is stored: conversations, messages, people.  What each takes and gives
 * is in methods.json. */
#pragma once

#include "member/member_call.h"

enum cs_err member_conversations(struct member_call *k);
enum cs_err member_listing(struct member_call *k);
enum cs_err member_conversation(struct member_call *k);
enum cs_err member_messages(struct member_call *k);
enum cs_err member_search(struct member_call *k);
enum cs_err member_people(struct member_call *k);
