/* SPDX-License-Identifier: MIT */
/* log show, log proof, log accept */

#include <inttypes.h>
#include <stdio.h>

#include "base/json_writer.h"
#include "cli/print.h"
#include "cli/report_error.h"
#include "programs/countersign/home.h"
#include "programs/countersign/main.h"
#include "store/file.h"
#include "store/file_out.h"

static const char *
fault_name(enum cs_client_log_fault fault)
{
	switch (fault) {
	case CS_CLIENT_LOG_FORK:
		return "fork";
	case CS_CLIENT_LOG_ENTRY:
		return "entry";
	case CS_CLIENT_LOG_UNSIGNED:
		return "unsigned";
	case CS_CLIENT_LOG_FINE:
		break;
	}
	return "none";
}

static enum cs_err
json_name(void *arg, const struct cs_client_unshown *name)
{
	struct cs_json_writer *j = arg;

	cs_json_object(j, NULL);
	cs_json_string(j, "name", name->handle);
	cs_json_bool(j, "own", name->own);
	cs_json_number(j, "since_ms", name->since_ms);
	cs_json_close(j);
	return CS_OK;
}

static int
print_json(struct cs_client *c, const struct cs_client_log *log)
{
	enum cs_err err;

	struct cli_listing l = { .json = true };
	struct cs_buf text = { 0 };
	struct cs_json_writer j = cs_json_writer(&text);

	cs_json_object(&j, NULL);
	cs_json_number(&j, "size", log->size);
	cs_json_number(&j, "checked_ms", log->checked_ms);
	cs_json_number(&j, "tried_ms", log->tried_ms);
	cs_json_number(&j, "due", log->due);
	cs_json_number(&j, "due_ms", log->due_ms);
	cs_json_number(&j, "unanswered", log->refused);
	cs_json_number(&j, "given_up", log->dropped);
	cs_json_number(&j, "heard", log->heard);
	cs_json_string(&j, "fault", fault_name(log->fault));
	cs_json_number(&j, "fault_ms", log->fault_ms);
	cs_json_bool(&j, "accepted", log->accepted);
	cs_json_number(&j, "names_shown", log->names_shown);
	cs_json_array(&j, "names_not_shown");
	err = cs_client_names(c, json_name, &j);
	cs_json_close(&j);
	cs_json_close(&j);
	if (err)
		l.err = err;
	cli_list(&l, &j);
	return l.err ? report_error(l.err, "The answer") : CLI_OK;
}

static void
print_fault(const struct cs_client_log *log)
{
	if (log->fault == CS_CLIENT_LOG_FINE)
		return;
	printf("!! %s\n   This was seen ", log->sentence);
	cli_print_time(stdout, log->fault_ms);
	printf(".%s\n",
	    log->accepted ? " You said that you go on all the same."
			  : " Nothing is sent before \"countersign log "
			    "accept\".");
	if (log->fault != CS_CLIENT_LOG_UNSIGNED)
		printf("   \"countersign log proof -o FILE\" writes what shows "
		       "it to others.\n");
}

static void
print_log(const struct cs_client_log *log)
{
	print_fault(log);
	if (log->checked_ms == 0) {
		printf("The hub's log was never checked.\n");
	} else {
		printf("The hub's log was last checked ");
		cli_print_time(stdout, log->checked_ms);
		printf(", with %" PRIu64 " entries.\n", log->size);
	}
	if (log->tried_ms > log->checked_ms) {
		printf("It could not be checked ");
		cli_print_time(stdout, log->tried_ms);
		printf(".\n");
	}
	if (log->due != 0) {
		printf("%" PRIu64 " of its promises wait to be compared, the "
		       "oldest since ",
		    log->due);
		cli_print_time(stdout, log->due_ms);
		printf(".\n");
	}
	if (log->refused != 0)
		printf("For %" PRIu64 " of them the hub has not said how the "
		       "log holds them.\n",
		    log->refused);
	if (log->dropped != 0)
		printf("%" PRIu64 " could never be compared.\n", log->dropped);
	if (log->heard != 0)
		printf("Of %" PRIu64 " states that members told of, it is not "
		       "known yet whether the log has them.\n",
		    log->heard);
}

static enum cs_err
print_name(void *arg, const struct cs_client_unshown *name)
{
	bool *any = arg;

	if (!*any)
		printf("!! The hub does not show in its log that these names "
		       "lead to the accounts that\n   you know by them. It may "
		       "show others another account. Compare safety numbers\n"
		       "   before you tell them anything.\n");
	*any = true;
	printf("   %s%s, since ", name->handle, name->own ? " (you)" : "");
	cli_print_time(stdout, name->since_ms);
	printf("\n");
	return CS_OK;
}

int
cli_log_show(const struct cli_args *args)
{
	bool check = cli_flag(args, "check");
	struct cs_client_log log = { 0 };
	struct cs_client *c;
	enum cs_err err = CS_OK;
	int status = cli_open(&c, args, check ? CLI_ONLINE : CLI_LOOK);

	if (status != CLI_OK)
		return status;
	if ((check && (err = cs_client_log_check(c))) ||
	    (err = cs_client_log(&log, c)))
		status = cli_client_fail(c, err);
	else if (cli_flag(args, "json"))
		status = print_json(c, &log);
	else {
		bool any = false;

		print_log(&log);
		err = cs_client_names(c, print_name, &any);
		if (err)
			status = cli_client_fail(c, err);
		else if (any)
			status = CLI_NOT_DONE;
	}
	if (status == CLI_OK && log.fault != CS_CLIENT_LOG_FINE)
		status = CLI_NOT_DONE;
	cli_close(c);
	return status;
}

static enum cs_err
write_file(const char *path, struct cs_view bytes)
{
	struct cs_file_out out;
	enum cs_err err = cs_file_out_open(&out, path);

	if (err)
		return err;
	return cs_file_out_end(&out, cs_file_write_fd(out.fd, bytes));
}

int
cli_log_proof(const struct cli_args *args)
{
	const char *path = cli_value(args, "output");
	struct cs_buf proof = { 0 };
	struct cs_client *c;
	enum cs_err err;
	int status;

	if (path == NULL)
		return cli_fail(CLI_USAGE, "Say where to: --output FILE.");
	if ((status = cli_may_write(args, path)) != CLI_OK ||
	    (status = cli_open(&c, args, CLI_LOOK)) != CLI_OK)
		return status;
	if ((err = cs_client_log_proof(&proof, c)))
		status = cli_client_fail(c, err);
	else if ((err = write_file(path, cs_buf_view(&proof))))
		status = report_error(err, "The file %s", path);
	else
		fprintf(stderr,
		    "Anybody can verify it: countersign-verify %s "
		    "--operator-key KEY. It names no message and no person.\n",
		    path);
	cs_buf_free(&proof);
	cli_close(c);
	return status;
}

int
cli_log_accept(const struct cli_args *args)
{
	struct cs_client *c;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_OFFLINE);

	if (status != CLI_OK)
		return status;
	if ((err = cs_client_log_accept(c)))
		status = cli_client_fail(c, err);
	else
		printf("You can send again, and the log counts as the hub "
		       "shows it from now on. What was seen stays in "
		       "\"countersign log show\".\n");
	cli_close(c);
	return status;
}
