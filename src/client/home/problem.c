/* SPDX-License-Identifier: MIT */
/* Why the last call failed, as a sentence for the user. */
#include "client/home/problem.h"

#include <assert.h>
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
cs_client_forget_problem(struct cs_client *c)
{
	c->problem[0] = '\0';
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

enum cs_err
client_may_wait(struct cs_client *c)
{
	assert(c->db == NULL || cs_db_idle(c->db));
	if (!c->at_once)
		return CS_OK;
	return client_problem(c, CS_ERR_MISUSE,
	    "This would have to wait for the hub, and may only read.");
}

void
cs_client_at_once(struct cs_client *c, bool at_once)
{
	c->at_once = at_once;
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
