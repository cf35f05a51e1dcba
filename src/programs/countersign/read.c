/* SPDX-License-Identifier: MIT */
/* inbox, follow, requests, save */
#include <stdio.h>
#include <string.h>

#include "cli/print.h"
#include "cli/report_error.h"
#include "cli/wait.h"
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
	return err ? cli_client_fail(c, err) : CLI_OK;
}

/* Some messages are here and others to come: nobody has to wait for all. */
static enum cs_err
show_some(void *arg, struct cs_client *c)
{
	enum cs_err err;

	cli_waits(NULL);
	err = cs_client_messages(c, CS_CLIENT_UNSEEN, cli_show_message, arg);
	return fflush(stdout) == 0 ? err : CS_ERR_IO;
}

int
cli_inbox(const struct cli_args *args)
{
	bool all = cli_flag(args, "all");
	bool json = cli_flag(args, "json");
	struct cs_client *c;
	int status = cli_open(&c, args, CLI_OFFLINE);

	if (status != CLI_OK)
		return status;
	if (!all)
		cs_client_on_messages(c, show_some, &json);
	if ((status = cli_connect(&c, CLI_READ)) != CLI_OK)
		return status;
	status = show(c, all ? CS_CLIENT_ALL : CS_CLIENT_UNSEEN, args);
	cli_close(c);
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
	cli_close(c);
	return status;
}

/* Other commands can use the home while this one waits. */
static enum cs_err
wait_for_more(struct cs_client *c)
{
	enum cs_err err, again;

	cs_client_unlock(c);
	err = cs_client_wait(c, WAIT_MS);
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
	cli_close(c);
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
	if ((status = cli_may_write(args, path)) != CLI_OK)
		return status;
	if ((status = cli_open(&c, args, CLI_ONLINE)) != CLI_OK)
		return status;
	if ((err = cs_client_message_find(c, cli_arg(args, 0), mid)) ||
	    (err = cs_client_message_save(c, mid, path, cli_progress)))
		status = cli_client_fail(c, err);
	cli_close(c);
	return status;
}
