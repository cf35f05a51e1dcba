/* SPDX-License-Identifier: MIT */
#include "programs/hub/log.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/file_hash.h"
#include "cli/print.h"
#include "cli/report_error.h"
#include "hub/admin.h"
#include "hub/tlog_admin.h"
#include "programs/hub/agree.h"
#include "programs/hub/hub_dir.h"
#include "store/clock.h"

static int
no_log(enum cs_err err, const char *dir)
{
	switch (err) {
	case CS_ERR_NOT_FOUND:
		return cli_fail(CLI_STATE,
		    "There is no hub in %s, or it never ran: its log begins "
		    "when it does.",
		    dir);
	case CS_ERR_SIGNATURE:
	case CS_ERR_MISMATCH:
	case CS_ERR_FORMAT:
	case CS_ERR_LIMIT:
	case CS_ERR_CORRUPT:
		return cli_fail(CLI_NOT_VERIFIED,
		    "The log in %s/tlog is not what the log's key has signed "
		    "(%s).",
		    dir, cs_err_text(err));
	default:
		return no_hub(err, dir);
	}
}

/* ---- show --------------------------------------------------------------- */

static int
show_json(const struct cs_hub_log *log)
{
	struct cs_buf text = { 0 };
	struct cs_json_writer j = cs_json_writer(&text);
	char root[CS_BASE64_SIZE(CS_HASH_LEN)];
	enum cs_err err;

	cs_base64(root, CS_VIEW_OF(log->root.bytes));
	cs_json_object(&j, NULL);
	cs_json_string(&j, "origin", log->origin);
	cs_json_string(&j, "key", log->key);
	cs_json_number(&j, "size", log->size);
	cs_json_string(&j, "root", root);
	cs_json_number(&j, "written_s", log->written_s);
	if (log->policy[0] != '\0') {
		cs_json_object(&j, "witnesses");
		cs_json_string(&j, "policy", log->policy);
		cs_json_string(&j, "policy_error",
		    log->policy_err ? cs_err_text(log->policy_err) : "");
		cs_json_number(&j, "policy_line", log->policy_line);
		cs_json_number(&j, "quorum_size", log->quorum_size);
		cs_json_number(&j, "quorum_s", log->quorum_s);
		cs_json_array(&j, "each");
		for (size_t i = 0; i < log->n; i++) {
			cs_json_object(&j, NULL);
			cs_json_string(&j, "name", log->witnesses[i].name);
			cs_json_number(&j, "time_s", log->witnesses[i].time_s);
			cs_json_close(&j);
		}
		cs_json_close(&j);
		cs_json_close(&j);
	}
	cs_json_close(&j);
	if ((err = cli_json_print(&j)))
		return report_error(err, "The log");
	return CLI_OK;
}

static void
print_ago(uint64_t time_s, uint64_t now_s)
{
	uint64_t ago = time_s < now_s ? now_s - time_s : 0;

	if (time_s == 0)
		printf("never\n");
	else if (ago < (uint64_t)120)
		printf("%llu seconds ago\n", (unsigned long long)ago);
	else if (ago < 2 * CS_HOUR_S)
		printf("%llu minutes ago\n", (unsigned long long)(ago / 60));
	else
		printf(
		    "%llu hours ago\n", (unsigned long long)(ago / CS_HOUR_S));
}

static void
show_witnesses(const struct cs_hub_log *log, uint64_t now_s)
{
	if (log->policy[0] == '\0') {
		printf("Witnesses:  none: \"log witnesses FILE\" says whom to "
		       "ask\n");
		return;
	}
	if (log->policy_err) {
		printf("Witnesses:  %s is no policy (line %u: %s)\n",
		    log->policy, log->policy_line,
		    cs_err_text(log->policy_err));
		return;
	}
	printf("Witnesses:  as %s says\nQuorum:     ", log->policy);
	if (log->quorum_s != 0)
		printf(
		    "for %llu entries, ", (unsigned long long)log->quorum_size);
	print_ago(log->quorum_s, now_s);
	for (size_t i = 0; i < log->n; i++) {
		printf("  %s: ", log->witnesses[i].name);
		print_ago(log->witnesses[i].time_s, now_s);
	}
}

static void
show_text(const struct cs_hub_log *log, uint64_t now_s)
{
	char root[CS_BASE64_SIZE(CS_HASH_LEN)];

	cs_base64(root, CS_VIEW_OF(log->root.bytes));
	printf("Log:        %s\nKey:        %s\nEntries:    %llu\n"
	       "Root:       %s\nWritten:    ",
	    log->origin, log->key, (unsigned long long)log->size, root);
	print_ago(log->written_s, now_s);
	show_witnesses(log, now_s);
}

int
run_log_show(const struct cli_args *args)
{
	const char *dir = hub_dir(args);
	uint64_t now_s = cs_clock_ms() / CS_SECOND_MS;
	struct cs_hub_log log;
	enum cs_err err;

	if (dir == NULL)
		return CLI_USAGE;
	if ((err = cs_hub_log_look(&log, dir, now_s)))
		return no_log(err, dir);
	if (cli_flag(args, "json"))
		return show_json(&log);
	show_text(&log, now_s);
	return CLI_OK;
}

int
run_log_key(const struct cli_args *args)
{
	const char *dir = hub_dir(args);
	char key[CS_NOTE_KEY_SIZE];
	enum cs_err err;

	if (dir == NULL)
		return CLI_USAGE;
	if ((err = cs_hub_log_key(key, dir)))
		return no_log(err, dir);
	printf("%s\n", key);
	return CLI_OK;
}

/* ---- witnesses ---------------------------------------------------------- */

int
run_log_witnesses(const struct cli_args *args)
{
	const char *dir = hub_dir(args), *file = cli_arg(args, 0);
	bool none = cli_flag(args, "none");
	unsigned line;
	enum cs_err err;

	if (dir == NULL)
		return CLI_USAGE;
	if (none == (file != NULL))
		return cli_fail(CLI_USAGE,
		    "Say whom to ask, in a FILE that is a policy, or --none.");
	err = cs_hub_log_witnesses(&line, dir, file);
	if (line != 0)
		return cli_fail(CLI_USAGE, "%s, line %u: %s. Nothing was set.",
		    file, line, cs_err_text(err));
	switch (err) {
	case CS_OK:
		printf(none
			? "No witnesses are asked any more, once the hub is "
			  "started anew.\n"
			: "Witnesses are asked once the hub is started "
			  "anew. Each has to know the log: \"log key\" "
			  "prints what to give to whoever runs it.\n");
		return CLI_OK;
	case CS_ERR_IO:
	case CS_ERR_SHARED:
		return cli_fail(CLI_USAGE, "%s cannot be read.", file);
	case CS_ERR_MISMATCH:
		return cli_fail(CLI_USAGE,
		    "%s names no witness with a URL. Nothing was set.", file);
	case CS_ERR_FORMAT:
	case CS_ERR_LIMIT:
		return cli_fail(
		    CLI_USAGE, "%s is no policy (%s).", file, cs_err_text(err));
	default:
		return no_hub(err, dir);
	}
}

/* ---- releases ----------------------------------------------------------- */

int
run_log_release(const struct cli_args *args)
{
	const char *dir = hub_dir(args);
	uint8_t hash[CS_SHA256_LEN];
	char hex[2 * CS_SHA256_LEN + 1];
	enum cs_err err;

	if (dir == NULL)
		return CLI_USAGE;
	for (int i = 0; i < cli_count(args); i++) {
		if ((err = cli_file_hash(hash, cli_arg(args, i))))
			return report_error(err, "%s", cli_arg(args, i));
		if ((err = cs_hub_log_release(dir, hash)))
			return no_log(err, dir);
		cs_hex(hex, CS_VIEW_OF(hash));
		printf("%s  %s\n", hex, cli_arg(args, i));
	}
	return CLI_OK;
}

/* ---- restored ----------------------------------------------------------- */

static int
not_restored(enum cs_err err, const char *dir)
{
	switch (err) {
	case CS_ERR_EXISTS:
		return cli_fail(CLI_NOT_DONE,
		    "The log has nothing that the database does not know. "
		    "Nothing was done.");
	case CS_ERR_EXPIRED:
		return cli_fail(CLI_STATE,
		    "The log has fewer entries than it once had: the newest "
		    "copy of %s/tlog has to be put back. Nothing was done.",
		    dir);
	case CS_ERR_BUSY:
		return cli_fail(
		    CLI_TRY_LATER, "The hub in %s runs: end it first.", dir);
	default:
		return no_log(err, dir);
	}
}

int
run_log_restored(const struct cli_args *args)
{
	static const struct hub_question question = {
		"Is the newest copy of the database lost, and shall the log "
		"say so to everybody?",
		"does it",
		"Nothing was done.",
	};
	const char *dir = hub_dir(args);
	uint64_t from, to;
	int status;
	enum cs_err err;

	if (dir == NULL)
		return CLI_USAGE;
	if ((err = cs_hub_log_lost(&from, &to, dir)))
		return not_restored(err, dir);
	printf("The log has %llu entries, of which the database knows %llu.\n",
	    (unsigned long long)to, (unsigned long long)from);
	if ((status = hub_agree(args, &question)) != CLI_OK)
		return status;
	if ((err = cs_hub_log_restored(&from, &to, dir)))
		return not_restored(err, dir);
	printf("The hub goes on at number %llu once it is started, and the log "
	       "says what was lost.\n",
	    (unsigned long long)to);
	return CLI_OK;
}
