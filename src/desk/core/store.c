/* SPDX-License-Identifier: MIT */
#include "desk/core/store.h"

#include <stdarg.h>
#include <stdio.h>

#include "desk/core/desk.h"

enum cs_err
desk_problem(struct cs_desk *d, enum cs_err err, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(d->problem, sizeof d->problem, format, ap);
	va_end(ap);
	return err;
}

const char *
cs_desk_problem(const struct cs_desk *d)
{
	return d->problem;
}

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
