/* SPDX-License-Identifier: MIT */
/* inbox, follow, requests, save */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/print.h"
#include "cli/report_error.h"
#include "cli/wait.h"
#include "programs/countersign/history.h"
#include "programs/countersign/home.h"
#include "programs/countersign/main.h"
#include "programs/countersign/show.h"

#define LOOK_MS 1000  /* how soon a locked folder is noticed */
#define WAIT_MS 30000 /* a lost push delays a message by half a minute */

/* The status for what came of showing messages. */
static int
shown(const struct cs_client *c, enum cs_err err)
{
	if (err == CS_ERR_IO)
		return cli_fail(
		    CLI_CANNOT_WRITE, "Standard output cannot be written.");
	return err ? cli_client_fail(c, err) : CLI_OK;
}

static int
show(struct cs_client *c, enum cs_client_which which,
    const struct cli_args *args)
{
	bool json = cli_flag(args, "json");
	enum cs_err err = cs_client_messages(c, which, cli_show_message, &json);

	if (err == CS_OK && which == CS_CLIENT_UNSEEN &&
	    !cs_client_reading(c) &&
	    (err = cs_client_receipts_send(c)) == CS_ERR_CLOSED)
		err = CS_OK;
	return shown(c, err);
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
	int status = cli_open(&c, args, CLI_LOOK);

	if (status != CLI_OK)
		return status;
	if (!all)
		cs_client_on_messages(c, show_some, &json);
	if ((status = cli_connect(&c, CLI_READ)) != CLI_OK)
		return status;
	status = show(c, all ? CS_CLIENT_ALL : CS_CLIENT_UNSEEN, args);
	if (status == CLI_OK && !all && cs_client_reading(c))
		fprintf(stderr,
		    "countersign: What is shown stays new: it cannot be noted "
		    "now.\n");
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

/* For news, until the user locks the folder, or for ${most_ms}. */
static enum cs_err
wait_unlocked(struct cs_client *c, int most_ms)
{
	enum cs_err err = CS_ERR_TIMEOUT;

	for (int left = most_ms;
	     err == CS_ERR_TIMEOUT && left > 0 && !cs_client_locked(c);
	     left -= LOOK_MS)
		err = cs_client_wait(c, left < LOOK_MS ? left : LOOK_MS);
	return err;
}

/* Other commands can use the home while this one waits. */
static enum cs_err
wait_for_more(struct cs_client *c)
{
	enum cs_err err, again;
	uint64_t most = cs_client_next_expiry_ms(c, WAIT_MS);

	cs_client_unlock(c);
	err = wait_unlocked(c, (int)most);
	if ((again = cs_client_lock(c)))
		return again;
	if (err == CS_OK || err == CS_ERR_TIMEOUT)
		err = cs_client_sync(c);
	/* Whatever keeps what was said before from coming or going, new
	 * messages are shown. */
	if (err == CS_OK && cli_history_go_on(NULL, c) == CS_ERR_CLOSED)
		err = CS_ERR_CLOSED;
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
cli_search(const struct cli_args *args)
{
	bool json = cli_flag(args, "json");
	size_t n = (size_t)cli_count(args);
	const char **words = cs_calloc(n, sizeof *words);
	struct cs_client *c;
	enum cs_err err;
	int status;

	if (words == NULL)
		return report_error(CS_ERR_NOMEM, "That did not work");
	for (size_t i = 0; i < n; i++)
		words[i] = cli_arg(args, (int)i);
	if ((status = cli_open(&c, args, CLI_LOOK)) == CLI_OK) {
		err = cs_client_search(c, words, n, cli_show_message, &json);
		status = shown(c, err);
		cs_client_close(c);
	}
	cs_free_plain(words);
	return status;
}

int
cli_conversation(const struct cli_args *args)
{
	struct cs_client_page page = { 50, cli_value(args, "before") };
	const char *most = cli_value(args, "most");
	bool json = cli_flag(args, "json");
	long long n = page.most;
	struct cs_client *c;
	enum cs_err err;
	int status;

	if (most != NULL && !cli_number(&n, most, 1, 100000))
		return cli_fail(CLI_USAGE, "--most takes 1 to 100000.");
	page.most = (unsigned)n;
	if ((status = cli_open(&c, args, CLI_LOOK)) != CLI_OK)
		return status;
	err = cs_client_conversation(
	    c, cli_arg(args, 0), &page, cli_show_message, &json);
	status = shown(c, err);
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
