/* SPDX-License-Identifier: MIT */
#include "crypto/random.h"

#include <sodium.h>

static void (*replaced)(void *arg, uint8_t *out, size_t n);
static void *replaced_arg;

void
cs_random(uint8_t *out, size_t n)
{
	if (replaced != NULL)
		replaced(replaced_arg, out, n);
	else
		randombytes_buf(out, n);
}

void
cs_random_replace(void (*fill)(void *arg, uint8_t *out, size_t n), void *arg)
{
	replaced = fill;
	replaced_arg = arg;
}
