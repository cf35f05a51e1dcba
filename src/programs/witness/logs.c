/* SPDX-License-Identifier: MIT */
/* countersign-witness log: whose checkpoints it cosigns. */
#include <stdio.h>
#include <string.h>

#include "cli/print.h"
#include "cli/report_error.h"
#include "programs/witness/main.h"
#include "programs/witness/place.h"
#include "store/tlog_seen.h"

int
witness_log_add(const struct cli_args *args)
{
	const char *text = cli_arg(args, 1), *said = cli_value(args, "origin");
	struct cs_note_key key;
	struct place p;
	int status;
	enum cs_err err;

	if (cs_note_key_read(&key, cs_view_str(text)) != CS_OK)
		return cli_fail(CLI_USAGE,
		    "KEY is the log's verifier key, NAME+ID+BASE64, of "
		    "Ed25519 (type 1). A witness's key signs no checkpoints.");
	if ((status = place_open(&p, cli_arg(args, 0))) == CLI_OK) {
		err = cs_tlog_seen_add(
		    p.logs, cs_view_str(said != NULL ? said : key.name), &key);
		if (err == CS_ERR_EXISTS)
			status = cli_fail(CLI_NOT_DONE,
			    "That log is there already. To give it another "
			    "key, remove it first.");
		else if (err == CS_ERR_FORMAT)
			status = cli_fail(
			    CLI_USAGE, "--origin takes one line of text.");
		else if (err)
			status = report_error(err, "The log was not added");
	}
	place_close(&p);
	return status;
}

int
witness_log_remove(const struct cli_args *args)
{
	struct place p;
	int status;
	enum cs_err err;

	if ((status = place_open(&p, cli_arg(args, 0))) == CLI_OK) {
		err =
		    cs_tlog_seen_remove(p.logs, cs_view_str(cli_arg(args, 1)));
		if (err == CS_ERR_NOT_FOUND)
			status = cli_fail(CLI_NOT_DONE,
			    "There is no log of that origin; \"log list\" "
			    "shows them.");
		else if (err)
			status = report_error(err, "The log was not removed");
	}
	place_close(&p);
	return status;
}

static enum cs_err
list_one(void *arg, const struct cs_tlog_seen_log *log)
{
	char key[CS_NOTE_KEY_SIZE], origin[CS_TLOG_TEXT_MAX + 1] = "";

	(void)arg;
	cs_note_key_text(key, &log->key);
	memcpy(origin, log->origin.data, log->origin.len);
	printf("%s  ", key);
	cli_print_name(stdout, origin);
	printf("\n");
	return CS_OK;
}

int
witness_log_list(const struct cli_args *args)
{
	struct place p;
	int status;
	enum cs_err err;

	if ((status = place_open(&p, cli_arg(args, 0))) == CLI_OK &&
	    (err = cs_tlog_seen_list(p.logs, NULL, list_one)))
		status =
		    report_error(err, "The logs of the witness in %s", p.dir);
	place_close(&p);
	return status;
}
