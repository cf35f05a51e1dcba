/* SPDX-License-Identifier: MIT */
/* backup, restore */
#include <stdio.h>

#include "cli/print.h"
#include "cli/report_error.h"
#include "cli/secret.h"
#include "cli/wait.h"
#include "programs/countersign/home.h"
#include "programs/countersign/main.h"

static void
show_kept(uint64_t done, uint64_t total)
{
	cli_waits_count("keeping messages", done, total);
}

static void
show_restored(uint64_t done, uint64_t total)
{
	cli_waits_count("restoring messages", done, total);
}

/* What the file is, or is to be, sealed under. */
static int
read_secret(struct cs_client_backup_secret *out, struct cs_buf *hold,
    const struct cli_args *args, bool words, enum cli_passphrase_kind kind)
{
	int status = words ? cli_words(hold, args, "Recovery words: ")
	    : kind == CLI_PASSPHRASE_NEW
	    ? cli_backup_passphrase(hold, args, CLI_PASSPHRASE_NEW)
	    : cli_backup_passphrase(hold, args, CLI_PASSPHRASE_KNOWN);

	if (words)
		out->words = (const char *)hold->data;
	else
		out->passphrase = cs_buf_view(hold);
	return status;
}

int
cli_backup(const struct cli_args *args)
{
	const char *path = cli_value(args, "output");
	struct cs_client_backup_secret secret = { 0 };
	struct cs_buf hold = { .max = 4096 };
	struct cs_client *c = NULL;
	enum cs_err err;
	int status;

	if (path == NULL)
		return cli_fail(CLI_USAGE, "Say where to: -o FILE.");
	if ((status = cli_may_write(args, path)) != CLI_OK ||
	    (status = cli_open(&c, args, CLI_LOOK)) != CLI_OK)
		return status;
	status = read_secret(
	    &secret, &hold, args, cli_flag(args, "words"), CLI_PASSPHRASE_NEW);
	if (status == CLI_OK) {
		err = cs_client_backup(c, path, &secret, show_kept);
		cli_waits(NULL);
		status = err ? cli_client_fail(c, err) : CLI_OK;
	}
	cs_client_close(c);
	cs_buf_free(&hold);
	return status;
}

int
cli_restore(const struct cli_args *args)
{
	const char *path = cli_arg(args, 0);
	struct cs_client_backup_secret secret = { 0 };
	struct cs_buf hold = { .max = 4096 };
	struct cs_client *c = NULL;
	uint64_t taken = 0;
	bool words = false;
	enum cs_err err = cs_client_backup_needs_words(&words, path);
	int status;

	if (err == CS_ERR_FORMAT || err == CS_ERR_VERSION)
		return cli_fail(CLI_NOT_DONE,
		    "%s is no backup, or was made by a newer version.", path);
	if (err)
		return report_error(err, "%s", path);
	if ((status = cli_open(&c, args, CLI_OFFLINE)) != CLI_OK)
		return status;
	status = read_secret(&secret, &hold, args, words, CLI_PASSPHRASE_KNOWN);
	if (status == CLI_OK) {
		err =
		    cs_client_restore(&taken, c, path, &secret, show_restored);
		cli_waits(NULL);
		if (err)
			status = cli_client_fail(c, err);
		else
			printf("%llu messages came back.\n",
			    (unsigned long long)taken);
	}
	cs_client_close(c);
	cs_buf_free(&hold);
	return status;
}
