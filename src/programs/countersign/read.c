/* SPDX-License-Identifier: MIT */
/* inbox, follow, requests, save */
#include <stdio.h>
#include <string.h>

#include "cli/print.h"
#include "cli/report_error.h"
#include "programs/countersign/home.h"
#include "programs/countersign/main.h"
#include "programs/countersign/show.h"

#define WAIT_MS 30000 /* a lost push delays a message by half a minute */

static int
show(struct cs_client *c, enum cs_client_which which,
    const struct cli_args *args)
{
	bool json = cli_flag(args, "json");
	enum cs_err err = cs_client_messages(c, which, cli_show_message, &json);

	if (err == CS_ERR_IO)
		return cli_fail(
		    CLI_CANNOT_WRITE, "Standard output cannot be written.");
	if (err == CS_OK && which == CS_CLIENT_UNSEEN &&
	    (err = cs_client_receipts_send(c)) == CS_ERR_CLOSED)
		err = CS_OK;
	return err ? cli_client_fail(c, err) : CLI_OK;
}

int
cli_inbox(const struct cli_args *args)
{
	struct cs_client *c;
	int status = cli_open(&c, args, CLI_READ);

	if (status != CLI_OK)
		return status;
	status = show(
	    c, cli_flag(args, "all") ? CS_CLIENT_ALL : CS_CLIENT_UNSEEN, args);
	cs_client_close(c);
	return status;
}

int
cli_requests(const struct cli_args *args)
{
	struct cs_client *c;
	int status = cli_open(&c, args, CLI_READ);

	if (status != CLI_OK)
		return status;
	status = show(c, CS_CLIENT_REQUESTS, args);
	cs_client_close(c);
	return status;
}

/* Other commands can use the home while this one waits. */
static enum cs_err
wait_for_more(struct cs_client *c)
{
	enum cs_err err, again;

	uint64_t most = cs_client_next_expiry_ms(c, WAIT_MS);

	cs_client_unlock(c);
	err = cs_client_wait(c, (int)most);
	if ((again = cs_client_lock(c)))
		return again;
	if (err == CS_OK || err == CS_ERR_TIMEOUT)
		err = cs_client_sync(c);
	return err;
}

int
cli_follow(const struct cli_args *args)
{
	struct cs_client *c;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_ONLINE);

	if (status != CLI_OK)
		return status;
	for (;;) {
		if ((status = show(c, CS_CLIENT_UNSEEN, args)) != CLI_OK)
			break;
		err = wait_for_more(c);
		if (err == CS_ERR_CLOSED || err == CS_ERR_TIMEOUT)
			err = cli_reconnect(c);
		if (err) {
			status = cli_client_fail(c, err);
			break;
		}
	}
	cs_client_close(c);
	return status;
}

int
cli_save(const struct cli_args *args)
{
	const char *path = cli_value(args, "output");
	uint8_t mid[CS_CLIENT_MID_LEN];
	struct cs_client *c;
	enum cs_err err;
	int status;

	if (path == NULL)
		return cli_fail(CLI_USAGE, "Say where to: -o FILE.");
	if ((status = cli_open(&c, args, CLI_ONLINE)) != CLI_OK)
		return status;
	if ((err = cs_client_message_find(c, cli_arg(args, 0), mid)) ||
	    (err = cs_client_message_save(c, mid, path, cli_progress)))
		status = cli_client_fail(c, err);
	cs_client_close(c);
	return status;
}
