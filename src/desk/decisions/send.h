/* SPDX-License-Identifier: MIT */
/* Decisions become signed actions. */
#pragma once

#include "base/bytes.h"

struct cs_desk;

/* Sign and queue the actions of decisions that can be taken back no more. */
CS_CHECKED enum cs_err desk_decisions_send(struct cs_desk *d);
