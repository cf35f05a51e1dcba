/* SPDX-License-Identifier: MIT */
/* There are no threads: each runs to its end when it is made. */
#pragma once

#include <stddef.h>

typedef void *pthread_t;

static inline int
pthread_create(
    pthread_t *out, const void *how, void *(*fn)(void *arg), void *arg)
{
	(void)how;
	*out = fn(arg);
	return 0;
}

static inline int
pthread_join(pthread_t thread, void **out)
{
	if (out != NULL)
		*out = thread;
	return 0;
}
