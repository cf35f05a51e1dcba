/* SPDX-License-Identifier: MIT */
/* passphrase set|change|remove|limit, lock, wipe */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/report_error.h"
#include "cli/secret.h"
#include "programs/countersign/home.h"
#include "programs/countersign/main.h"

#define LIMIT_LEAST 3

/* Put the folder under what ${args} say, or under nothing. */
static int
change(const struct cli_args *args, bool remove)
{
	struct cs_buf passphrase = { .max = 4096 };
	struct cs_client *c;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_OFFLINE);

	if (status != CLI_OK)
		return status;
	if (!remove)
		status = cli_other_passphrase(&passphrase, args);
	if (status == CLI_OK &&
	    (err = cs_client_passphrase(c, cs_buf_view(&passphrase))))
		status = cli_client_fail(c, err);
	cs_buf_free(&passphrase);
	cli_close(c);
	return status;
}

/* Is the folder under a passphrase? */
static int
is_locked(bool *out, const struct cli_args *args)
{
	const char *home = cli_home(args);
	enum cs_err err;

	if (home == NULL)
		return CLI_USAGE;
	if ((err = cs_client_needs_passphrase(out, home)))
		return err == CS_ERR_NOT_FOUND
		    ? cli_fail(
			  CLI_STATE, "There is no member's folder in %s.", home)
		    : report_error(err, "The folder %s", home);
	return CLI_OK;
}

int
cli_passphrase_set(const struct cli_args *args)
{
	bool locked = false;
	int status = is_locked(&locked, args);

	if (status == CLI_OK && locked)
		status = cli_fail(CLI_NOT_DONE,
		    "The folder has a passphrase: see \"passphrase change\".");
	if (status == CLI_OK && (status = change(args, false)) == CLI_OK)
		printf(
		    "From now on the folder takes the passphrase. Nobody can "
		    "bring it back if you forget it.\n");
	return status;
}

int
cli_passphrase_change(const struct cli_args *args)
{
	bool locked = false;
	int status = is_locked(&locked, args);

	if (status == CLI_OK && !locked)
		status = cli_fail(CLI_NOT_DONE,
		    "The folder has no passphrase: see \"passphrase set\".");
	if (status == CLI_OK && (status = change(args, false)) == CLI_OK)
		printf("The passphrase is changed. A copy of the folder from "
		       "before still opens with the old one.\n");
	return status;
}

int
cli_passphrase_remove(const struct cli_args *args)
{
	bool locked = false;
	int status = is_locked(&locked, args);

	if (status == CLI_OK && !locked)
		return cli_fail(CLI_NOT_DONE, "The folder has no passphrase.");
	if (status == CLI_OK && (status = change(args, true)) == CLI_OK)
		printf("Whoever has the folder can open it now.\n");
	return status;
}

int
cli_passphrase_limit(const struct cli_args *args)
{
	const char *text = cli_arg(args, 0);
	bool off = strcmp(text, "off") == 0, locked = false;
	long long n = 0;
	struct cs_client *c;
	enum cs_err err;
	int status = is_locked(&locked, args);

	if (status != CLI_OK)
		return status;
	if (!off && !cli_number(&n, text, LIMIT_LEAST, 1000))
		return cli_fail(CLI_USAGE,
		    "The limit is a number of wrong passphrases from %d to "
		    "1000, or off.",
		    LIMIT_LEAST);
	if (!off && !locked)
		return cli_fail(CLI_NOT_DONE,
		    "The folder has no passphrase: see \"passphrase set\".");
	if ((status = cli_open(&c, args, CLI_OFFLINE)) != CLI_OK)
		return status;
	if ((err = cs_client_passphrase_limit(c, (unsigned)n)))
		status = cli_client_fail(c, err);
	else if (off)
		printf("Nothing is destroyed for wrong passphrases.\n");
	else
		printf("After %lld wrong passphrases in a row this folder is "
		       "destroyed.\n",
		    n);
	cli_close(c);
	return status;
}

int
cli_lock(const struct cli_args *args)
{
	const char *home = cli_home(args);
	bool locked = false;
	enum cs_err err;
	int status = is_locked(&locked, args);

	if (status != CLI_OK)
		return status;
	if (!locked)
		return cli_fail(CLI_NOT_DONE,
		    "The folder has no passphrase, so nothing would keep "
		    "anybody out: see \"passphrase set\".");
	if ((err = cs_client_lock_others(home)))
		return report_error(err, "The folder %s", home);
	printf("Commands that show messages as they come end now; the next "
	       "command asks for the passphrase.\n");
	return CLI_OK;
}

static int
confirm_wipe(const struct cli_args *args, const char *home)
{
	char line[16] = "";

	if (cli_flag(args, "yes"))
		return CLI_OK;
	if (!isatty(STDIN_FILENO))
		return cli_fail(CLI_USAGE,
		    "Nothing was done. Without a terminal, say --yes.");
	printf("Everything in %s is destroyed: keys, messages, contacts. "
	       "Nothing brings it back but a backup and the recovery words. "
	       "Type wipe to do it: ",
	    home);
	fflush(stdout);
	if (fgets(line, sizeof line, stdin) == NULL ||
	    strcmp(line, "wipe\n") != 0)
		return cli_fail(CLI_NOT_DONE, "Nothing was done.");
	return CLI_OK;
}

int
cli_wipe(const struct cli_args *args)
{
	const char *home = cli_home(args);
	bool locked;
	enum cs_err err;
	int status = is_locked(&locked, args);

	if (status != CLI_OK || (status = confirm_wipe(args, home)) != CLI_OK)
		return status;
	if ((err = cs_client_wipe(home)))
		return report_error(err,
		    "The keys are destroyed, but not all of %s was removed",
		    home);
	printf("It is gone. Your account stays: remove this device from it on "
	       "another one, or with the recovery words.\n");
	return CLI_OK;
}
