/* SPDX-License-Identifier: MIT */
/* The picture that PDQ looks at. */
#pragma once

#include "phash/phash.h"

#define PDQ_SIDE 64
