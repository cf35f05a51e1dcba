/* SPDX-License-Identifier: MIT */
#include "desk/core/store.h"
#include "desk/core/problem.h"

#include "desk/core/desk.h"

const struct cs_desk_hub *
cs_desk_hub(const struct cs_desk *d)
{
	return &d->hub;
}

const struct cs_desk_conflict *
cs_desk_conflict(const struct cs_desk *d)
{
	return &d->conflict;
}
