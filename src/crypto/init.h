/* SPDX-License-Identifier: MIT */
/* What every program does first. */
#pragma once

#include "base/err.h"

/*
 * Prepare the backends; call once, before threads start.  Every other
 * function of this layer assumes that it succeeded, and may then be called
 * from any number of threads at once: what they need to work in is on the
 * stack or belongs to the thread, and is freed when it ends.  What a caller
 * hands in to be changed, one thread at a time may use.
 */
CS_CHECKED enum cs_err cs_crypto_init(void);
