/* SPDX-License-Identifier: MIT */
#include "client/hub/again.h"

#include "client/home/activity.h"
#include "client/home/home.h"
#include "client/hub/call.h"
#include "client/hub/reach.h"
#include "store/clock.h"

static bool
is_broken_line(enum cs_err err)
{
	return err == CS_ERR_CLOSED || err == CS_ERR_TIMEOUT;
}

bool
client_again_soon(struct cs_retry *r, uint64_t done, enum cs_err why)
{
	int wait_ms = is_broken_line(why) ? cs_retry_ms(r, done) : 0;

	/* Where nothing moves, a try has taken its time already. */
	if (wait_ms != 0 && why == CS_ERR_TIMEOUT)
		wait_ms = cs_retry_ms(r, done);

	if (wait_ms == 0)
		return false;
	client_activity(CS_CLIENT_CONNECTING_AGAIN, 0, 0);
	cs_clock_sleep_ms(wait_ms);
	return true;
}

enum cs_err
client_again(
    struct cs_client *c, struct cs_retry *r, uint64_t done, enum cs_err why)
{
	while (client_again_soon(r, done, why)) {
		uint64_t from_ms = cs_clock_us() / 1000;

		client_offline(c);
		if ((why = client_reach(c)) == CS_OK &&
		    (why = client_login(c)) == CS_OK)
			break;
		if (why == CS_ERR_CLOSED &&
		    cs_clock_us() / 1000 - from_ms >= CLIENT_TIMEOUT_MS)
			why = CS_ERR_TIMEOUT;
	}
	client_activity(CS_CLIENT_IDLE, 0, 0);
	return why;
}
