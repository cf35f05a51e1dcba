/* SPDX-License-Identifier: MIT */
/* Opening the member's folder, and saying why something did not work. */
#include "programs/countersign/home.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/print.h"
#include "cli/report_error.h"
#include "cli/secret.h"
#include "cli/wait.h"
#include "programs/countersign/history.h"
#include "programs/countersign/main.h"
#include "wire/messages.h"

#define PATH_SIZE 4096
#define RETRY_MAX_S 60u

const char *
cli_home(const struct cli_args *args)
{
	static char path[PATH_SIZE];
	const char *home = cli_value(args, "home");

	if (home == NULL || home[0] == '\0')
		home = getenv("COUNTERSIGN_HOME");
	if (home != NULL && home[0] != '\0') {
		if (strlen(home) >= PATH_SIZE - 64) {
			cli_fail(CLI_USAGE, "The folder's path is too long.");
			return NULL;
		}
		return home;
	}
	home = getenv("HOME");
	if (home == NULL || home[0] != '/' || strlen(home) >= PATH_SIZE - 64) {
		cli_fail(CLI_USAGE,
		    "Say where your folder is: --home DIR or "
		    "$COUNTERSIGN_HOME.");
		return NULL;
	}
	snprintf(path, sizeof path, "%s/.countersign", home);
	return path;
}

/* Is the account disabled, or this device removed from it? */
static bool
shut_out(const struct cs_client *c)
{
	return cs_client_hub_code(c) == CS_WIRE_E_DISABLED ||
	    cs_client_hub_code(c) == CS_WIRE_E_REMOVED;
}

int
cli_client_fail(const struct cs_client *c, enum cs_err err)
{
	const char *problem = cs_client_problem(c);
	int status = report_status(err);

	if (shut_out(c))
		status = CLI_DENIED;
	else if (err == CS_ERR_DENIED && cs_client_hub_code(c) != 0)
		status = CLI_NOT_DONE;
	else if (err == CS_ERR_MISUSE && problem[0] != '\0')
		status = CLI_USAGE;
	if (problem[0] != '\0')
		return cli_fail(status, "%s", problem);
	return report_error(err, "That did not work");
}

const char *
cli_device_name(const struct cli_args *args)
{
	static char host[CS_CLIENT_DEVICE_NAME_MAX + 1];
	const char *name = cli_value(args, "name");

	if (name != NULL)
		return name;
	if (gethostname(host, sizeof host - 1) != 0 || host[0] == '\0')
		return "new device";
	return host;
}

int
cli_join_failed(enum cs_err err, const char *problem, const char *home)
{
	int status = report_status(err);

	if (problem[0] == '\0')
		return report_error(err, "The folder %s", home);
	if (err == CS_ERR_FORMAT || err == CS_ERR_LIMIT)
		status = CLI_USAGE;
	else if (err == CS_ERR_DENIED)
		status = CLI_NOT_DONE;
	return cli_fail(status, "%s", problem);
}

static int
open_failed(enum cs_err err, const char *home)
{
	switch (err) {
	case CS_ERR_NOT_FOUND:
		return cli_fail(CLI_STATE,
		    "There is no member's folder in %s. Join a hub first: "
		    "countersign join 'LINK' --name NAME.",
		    home);
	case CS_ERR_PASSPHRASE:
		return cli_fail(CLI_STATE, "That is not the passphrase.");
	case CS_ERR_NEWER:
		return cli_fail(CLI_STATE,
		    "The folder %s was written by a newer version of "
		    "countersign. Nothing was changed.",
		    home);
	case CS_ERR_CORRUPT:
	case CS_ERR_MISMATCH:
		return cli_fail(CLI_STATE,
		    "The folder %s is damaged. Nothing was changed.", home);
	default:
		return report_error(err, "The folder %s", home);
	}
}

/* One thing that fails stops nothing else: what is stored can be read. */
static void
go_on(const struct cs_client *c, enum cs_err err)
{
	const char *problem = cs_client_problem(c);

	if (problem[0] != '\0')
		fprintf(stderr, "countersign: %s", problem);
	else if (err == CS_ERR_DISK_FULL)
		fprintf(stderr,
		    "countersign: The disk is full: what is new stays at the "
		    "hub until there is room.");
	else
		fprintf(stderr,
		    "countersign: What is new could not be "
		    "fetched (%s).",
		    cs_err_text(err));
	fprintf(stderr, " Going on without the hub.\n");
}

static void
on_activity(enum cs_client_activity what, uint64_t done, uint64_t total)
{
	switch (what) {
	case CS_CLIENT_IDLE:
		cli_waits(NULL);
		break;
	case CS_CLIENT_LOCKING:
		cli_waits("another command uses this folder; waiting for it");
		break;
	case CS_CLIENT_CONNECTING:
		cli_waits("connecting to the hub");
		break;
	case CS_CLIENT_CONNECTING_AGAIN:
		cli_waits("the connection broke off; connecting again");
		break;
	case CS_CLIENT_ASKING:
		cli_waits("waiting for the hub's answer");
		break;
	case CS_CLIENT_WAITING:
		cli_waits("a limit of the hub is reached; waiting");
		break;
	case CS_CLIENT_FETCHING:
		cli_waits_count("fetching messages", done, total);
		break;
	}
}

int
cli_not_a_proxy(void)
{
	return cli_fail(CLI_USAGE,
	    "A proxy is socks5h://HOST:PORT, http://HOST:PORT or none. Nothing "
	    "was changed.");
}

int
cli_use_proxy(const struct cli_args *args)
{
	const char *where = cli_value(args, "proxy");

	cs_client_on_activity(on_activity);
	if (where != NULL && cs_client_use_proxy(where) != CS_OK)
		return cli_not_a_proxy();
	return CLI_OK;
}

void
cli_close(struct cs_client *c)
{
	enum cs_err err;

	if (c != NULL && cs_client_online(c) &&
	    (err = cs_client_send_files(c, cli_progress)) != CS_OK)
		fprintf(stderr,
		    "countersign: %s A file that you sent still waits, and "
		    "goes out later.\n",
		    cs_client_problem(c));
	if (c != NULL && cs_client_online(c) && !shut_out(c) &&
	    (err = cli_history_go_on(NULL, c)) != CS_OK)
		fprintf(stderr,
		    "countersign: %s The messages from before go on with the "
		    "next command.\n",
		    cs_client_problem(c));
	cs_client_close(c);
}

int
cli_open(
    struct cs_client **out, const struct cli_args *args, enum cli_online online)
{
	const char *home = cli_home(args);
	struct cs_buf passphrase = { .max = 4096 };
	bool needed = false;
	enum cs_err err;
	int status;

	*out = NULL;
	if (home == NULL)
		return CLI_USAGE;
	err = cs_client_needs_passphrase(&needed, home);
	if (err)
		return open_failed(err, home);
	if (needed &&
	    (status = cli_passphrase(
		 &passphrase, args, CLI_PASSPHRASE_KNOWN)) != CLI_OK)
		return status;
	cs_client_on_activity(on_activity);
	err = online == CLI_LOOK || online == CLI_READ
	    ? cs_client_open_reading(out, home, cs_buf_view(&passphrase))
	    : cs_client_open(out, home, cs_buf_view(&passphrase));
	cs_buf_free(&passphrase);
	if (err)
		return open_failed(err, home);
	return online == CLI_OFFLINE || online == CLI_LOOK
	    ? CLI_OK
	    : cli_connect(out, online);
}

static enum cs_err
count_name(void *arg, const struct cs_client_unshown *name)
{
	unsigned *n = arg;

	(void)name;
	++*n;
	return CS_OK;
}

static void
warn_of_names(struct cs_client *c)
{
	unsigned n = 0;

	if (cs_client_names(c, count_name, &n) == CS_OK && n != 0)
		fprintf(stderr,
		    "countersign: The hub does not show in its log to whom %u "
		    "of the names that you know lead. See: countersign log "
		    "show.\n",
		    n);
}

/* Each command says so. */
static void
warn_of_log(struct cs_client *c)
{
	struct cs_client_log log;

	if (cs_client_log(&log, c) == CS_OK && log.fault != CS_CLIENT_LOG_FINE)
		fprintf(stderr,
		    "countersign: %s%s See: countersign log show.\n",
		    log.sentence,
		    log.accepted ? "" : " Nothing is sent before you say so.");
}

int
cli_connect(struct cs_client **out, enum cli_online online)
{
	char clock[64];
	enum cs_err err;
	int status;

	err = online == CLI_HELD ? cs_client_connect_held(*out)
				 : cs_client_connect(*out);
	if (cs_client_clock_differs(*out, clock))
		fprintf(stderr,
		    "countersign: This device's clock is %s the hub's. "
		    "Nothing is lost by that; set it when you can.\n",
		    clock);
	warn_of_log(*out);
	warn_of_names(*out);
	if (err == CS_OK)
		return CLI_OK;
	if (online == CLI_READ ||
	    (online == CLI_MAYBE && !cs_client_online(*out) &&
		!shut_out(*out))) {
		go_on(*out, err);
		return CLI_OK;
	}
	status = cli_client_fail(*out, err);
	cs_client_close(*out);
	*out = NULL;
	return status;
}

void
cli_list(struct cli_listing *l, struct cs_json_writer *j)
{
	enum cs_err err = cli_json_print(j);

	if (l->err == CS_OK)
		l->err = err;
}

int
cli_confirm(const char *question, const char *otherwise)
{
	char line[16];

	if (!isatty(STDIN_FILENO))
		return cli_fail(
		    CLI_USAGE, "%s Without a terminal, say --yes.", otherwise);
	printf("%s", question);
	fflush(stdout);
	if (fgets(line, sizeof line, stdin) == NULL ||
	    (line[0] != 'y' && line[0] != 'Y'))
		return cli_fail(CLI_NOT_DONE, "%s", otherwise);
	return CLI_OK;
}

bool
cli_begin_with(void *arg, const char *handle, const char *near)
{
	const bool *is_wanted = arg;
	char line[16];

	if (*is_wanted)
		return true;
	if (!isatty(STDIN_FILENO))
		return near[0] == '\0';
	fprintf(stderr, "%s is new to you", handle);
	if (near[0] != '\0') {
		fprintf(stderr, ", and you know ");
		cli_print_name(stderr, near);
	}
	fprintf(stderr, ". Write to %s? [y/N] ", handle);
	fflush(stderr);
	return fgets(line, sizeof line, stdin) != NULL &&
	    (line[0] == 'y' || line[0] == 'Y');
}

int
cli_may_write(const struct cli_args *args, const char *path)
{
	char question[PATH_SIZE];
	struct stat st;

	if (strcmp(path, "-") == 0 || cli_flag(args, "force") ||
	    lstat(path, &st) != 0)
		return CLI_OK;
	if (!isatty(STDIN_FILENO))
		return cli_fail(CLI_NOT_DONE,
		    "%s is there already, and nothing was written. Choose "
		    "another name, or say --force.",
		    path);
	snprintf(question, sizeof question,
	    "%s is there already. Replace it? [y/N] ", path);
	return cli_confirm(question, "Nothing was written.");
}

enum cs_err
cli_reconnect(struct cs_client *c)
{
	unsigned wait_s = 1;
	enum cs_err err;

	fprintf(
	    stderr, "countersign: %s Trying again.\n", cs_client_problem(c));
	for (;;) {
		cs_client_unlock(c);
		sleep(wait_s);
		if ((err = cs_client_lock(c)))
			return err;
		err = cs_client_connect(c);
		if (err != CS_ERR_CLOSED && err != CS_ERR_TIMEOUT)
			return err;
		wait_s = 2 * wait_s < RETRY_MAX_S ? 2 * wait_s : RETRY_MAX_S;
	}
}
