/* SPDX-License-Identifier: MIT */
/* Streams of events, by which open pages hear of changes. */
#pragma once

#include "base/bytes.h"
#include "desk/console/call.h"

bool cs_desk_events_more(void *arg, void *stream, struct cs_buf *out);
void cs_desk_events_ended(void *arg, void *stream);

api_handler api_events;
