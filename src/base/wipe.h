/* SPDX-License-Identifier: MIT */
/* Overwriting what must not stay in memory. */
#pragma once

#include <stddef.h>

/* Overwrite the ${n} bytes at ${p} in a way that the compiler keeps. */
void cs_wipe(void *p, size_t n);
