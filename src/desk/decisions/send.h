/* SPDX-License-Identifier: MIT */
/* Turning decisions into signed actions. */
#pragma once

#include "base/bytes.h"

struct cs_desk;

/* Sign and queue the actions of decisions that can no longer be taken back. */
CS_CHECKED enum cs_err desk_decisions_send(struct cs_desk *d);
