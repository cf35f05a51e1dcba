/* SPDX-License-Identifier: MIT */
/* Reports, what became of them, and decisions about oneself.  What each takes
 * and gives is in methods.json. */
#pragma once

#include "member/member_call.h"

enum cs_err member_report_prepare(struct member_call *k);
enum cs_err member_report_send(struct member_call *k);
enum cs_err member_reports(struct member_call *k);
enum cs_err member_report_reply(struct member_call *k);
enum cs_err member_second_look(struct member_call *k);
enum cs_err member_notices(struct member_call *k);
enum cs_err member_appeal(struct member_call *k);
enum cs_err member_evidence(struct member_call *k);
