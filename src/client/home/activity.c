/* SPDX-License-Identifier: MIT */
#include "client/home/activity.h"

/* A home can only be waited for before there is a client to hang this on. */
static cs_client_activity_fn *tell;

void
cs_client_on_activity(cs_client_activity_fn *fn)
{
	tell = fn;
}

void
client_activity(enum cs_client_activity what, uint64_t done, uint64_t total)
{
	if (tell != NULL)
		tell(what, done, total);
}
