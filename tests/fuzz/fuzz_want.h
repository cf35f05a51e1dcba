/* SPDX-License-Identifier: MIT */
/* How a fuzz target says what must hold if the code is right. */
#pragma once

#include <stdbool.h>
#include <stdlib.h>

#include "base/err.h"

static inline void
fuzz_want(bool holds)
{
	if (!holds)
		abort();
}

static inline void
fuzz_ok(enum cs_err err)
{
	fuzz_want(err == CS_OK);
}
