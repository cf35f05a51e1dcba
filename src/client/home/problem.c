/* SPDX-License-Identifier: MIT */
/* Why the last call failed, as a sentence for the user. */
#include "client/home/problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "client/home/client.h"
#include "crypto/random.h"

enum cs_err
client_problem(struct cs_client *c, enum cs_err err, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(c->problem, sizeof c->problem, format, ap);
	va_end(ap);
	return err;
}

const char *
cs_client_problem(const struct cs_client *c)
{
	return c->problem;
}

void
cs_client_problem_over(struct cs_client *c)
{
	c->problem[0] = '\0';
	c->link.hub_code = 0;
}

uint16_t
cs_client_hub_code(const struct cs_client *c)
{
	return c->link.hub_code;
}

enum cs_err
client_need_hub(struct cs_client *c)
{
	if (c->link.online)
		return CS_OK;
	return client_problem(
	    c, CS_ERR_CLOSED, "There is no connection to the hub.");
}

void
client_utc(char out[static CLIENT_UTC_SIZE], uint64_t ms)
{
	time_t t = (time_t)(ms / CS_SECOND_MS);
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL ||
	    strftime(out, CLIENT_UTC_SIZE, "%Y-%m-%d %H:%M UTC", &tm) == 0)
		snprintf(out, CLIENT_UTC_SIZE, "?");
}
