/* SPDX-License-Identifier: MIT */
/* What is told without being asked. */
#pragma once

#include "member/member_call.h"

/* From now on ${m} is told what takes time; NULL: nobody. */
void member_events_begin(struct cs_member *m);
/* {"event": ${name}} */
void member_event(struct cs_member *m, const char *name);
/* {"event": "check_number", "number": ${number}} */
void member_event_number(const char *number);
/* {"event": "progress", "done", "total"} */
void member_event_progress(uint64_t done, uint64_t total);
