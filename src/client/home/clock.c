/* SPDX-License-Identifier: MIT */
#include "client/home/clock.h"

#include <stdio.h>

#include "client/home/client.h"
#include "crypto/random.h"
#include "store/vault.h"

#define SEEN "seen-ms"
/* A hub may be told the time by a clock that is slewed. */
#define SEEN_SLACK_MS (10 * 60 * CS_SECOND_MS)

uint64_t
client_now_ms(const struct cs_client *c)
{
	return (uint64_t)((int64_t)cs_clock_ms() + c->time.ahead_ms);
}

uint64_t
client_now_s(const struct cs_client *c)
{
	return client_now_ms(c) / CS_SECOND_MS;
}

uint64_t
client_earliest_s(const struct cs_client *c)
{
	uint64_t own = cs_clock_ms() / CS_SECOND_MS, now = client_now_s(c);

	/* What begins before the account did is not valid to anybody. */
	return own < now && now - own <= CS_DAY_S ? own : now;
}

void
client_clock_set(struct cs_client *c, int64_t ahead_ms)
{
	bool differs = ahead_ms > (int64_t)CLIENT_CLOCK_TOLERANCE_MS ||
	    ahead_ms < -(int64_t)CLIENT_CLOCK_TOLERANCE_MS;

	c->time.ahead_ms = differs ? ahead_ms : 0;
}

bool
client_clock_credible(const struct cs_client *c, uint64_t hub_ms)
{
	return hub_ms <= INT64_MAX && hub_ms + SEEN_SLACK_MS >= c->time.seen_ms;
}

void
client_time_seen(struct cs_client *c, uint64_t ms, bool back)
{
	if (back || ms > c->time.seen_ms)
		c->time.seen_ms = ms;
}

enum cs_err
client_clock_load(struct cs_client *c)
{
	uint64_t ms = 0;
	enum cs_err err = cs_vault_config_get_num(&ms, c->db, &c->key, SEEN);

	c->time.seen_ms = c->time.stored_ms = ms;
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

/* An hour more or less is not worth a write. */
enum cs_err
client_clock_store(struct cs_client *c)
{
	uint64_t seen = c->time.seen_ms, stored = c->time.stored_ms;
	enum cs_err err;

	if (seen >= stored && seen - stored < CS_HOUR_MS)
		return CS_OK;
	err = cs_vault_config_set_num(c->db, &c->key, SEEN, seen);
	if (err == CS_OK)
		c->time.stored_ms = seen;
	return err;
}

void
client_duration(char out[static CLIENT_DURATION_SIZE], uint64_t ms)
{
	static const struct {
		uint64_t ms;
		const char *name;
	} units[] = { { CS_DAY_MS, "day" }, { CS_HOUR_MS, "hour" },
		{ 60 * CS_SECOND_MS, "minute" }, { CS_SECOND_MS, "second" } };
	size_t i = 0;
	unsigned long long n;

	/* Two of a unit say more than one of the next. */
	while (i < 3 && ms < 2 * units[i].ms)
		i++;
	n = (ms + units[i].ms / 2) / units[i].ms;
	snprintf(out, CLIENT_DURATION_SIZE, "%llu %s%s", n, units[i].name,
	    n == 1 ? "" : "s");
}

bool
cs_client_clock_differs(const struct cs_client *c, char out[static 64])
{
	char words[CLIENT_DURATION_SIZE];
	int64_t ahead = c->time.ahead_ms;

	out[0] = '\0';
	if (ahead == 0)
		return false;
	client_duration(words, (uint64_t)(ahead < 0 ? -ahead : ahead));
	snprintf(out, 64, "%s %s", words, ahead > 0 ? "behind" : "ahead of");
	return true;
}
