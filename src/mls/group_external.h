/* SPDX-License-Identifier: MIT */
/* Joining by an external commit (RFC 9420, section 12.4.3.2). */
#pragma once

#include "mls/group.h"
