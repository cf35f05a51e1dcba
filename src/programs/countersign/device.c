/* SPDX-License-Identifier: MIT */
/* link, join-device, devices, device remove */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/print.h"
#include "cli/qr.h"
#include "cli/report_error.h"
#include "cli/secret.h"
#include "programs/countersign/history.h"
#include "programs/countersign/home.h"
#include "programs/countersign/main.h"
#include "store/clock.h"
#include "wire/messages.h"

#define WAIT_MS 1000
#define HISTORY_MS (10 * 60 * 1000) /* as long as a code is good */
#define SOON_MS (365 * CS_DAY_MS)   /* to the end of a certificate */
#define DEVICE_DIGITS 16 /* digits of a device's id that people see */

/* Print the number in two halves, as people read it out. */
static void
print_number(const char *number)
{
	printf("%.3s %s", number, number + 3);
}

/* ---- link --------------------------------------------------------------- */

static void
show_code(const struct cs_client_linking *l)
{
	const char *code = cs_client_linking_code(l);

	printf("%s\n", code);
	if (isatty(STDOUT_FILENO)) {
		printf("\n");
		cli_print_qr(stdout, code);
		printf("\nOn the new device, within ten minutes:\n\n"
		       "  countersign join-device 'CODE'\n\n"
		       "Whoever sees the code can ask to be let in; you decide "
		       "below. Waiting; Ctrl-C ends it.\n");
	}
	fflush(stdout);
}

/* Other commands can use the home meanwhile. */
static enum cs_err
wait_for_device(struct cs_client_linking *l, struct cs_client *c)
{
	enum cs_err err, again;

	do {
		cs_client_unlock(c);
		err = cs_client_linking_wait(l, c, WAIT_MS);
		if ((again = cs_client_lock(c)))
			return again;
		/* The code outlives the connection. */
		if (err == CS_ERR_CLOSED)
			err =
			    (again = cli_reconnect(c)) ? again : CS_ERR_TIMEOUT;
	} while (err == CS_ERR_TIMEOUT);
	return err;
}

/* ---- what was said before ----------------------------------------------- */

/* --history and --no-history decide; without them somebody is asked, or it is
 * no. */
static bool
wants_history(const struct cli_args *args, const char *question)
{
	char line[16];

	if (cli_flag(args, "history") || cli_flag(args, "no-history") ||
	    cli_flag(args, "yes") || !isatty(STDIN_FILENO))
		return cli_flag(args, "history") &&
		    !cli_flag(args, "no-history");
	printf("%s", question);
	fflush(stdout);
	return fgets(line, sizeof line, stdin) != NULL &&
	    (line[0] == 'y' || line[0] == 'Y');
}

/* Other commands can use the home meanwhile. */
static enum cs_err
wait_a_little(struct cs_client *c)
{
	enum cs_err err, again;

	cs_client_unlock(c);
	err = cs_client_wait(c, WAIT_MS);
	/* News of a group do not make the other device quicker. */
	if (err == CS_OK)
		sleep(WAIT_MS / CS_SECOND_MS);
	again = cs_client_lock(c);
	return again ? again : err;
}

/* As long as the other device is likely to be there. */
static enum cs_err
carry_history(enum cs_client_history *out, struct cs_client *c)
{
	enum cs_err err;

	for (int left_ms = HISTORY_MS; left_ms > 0; left_ms -= WAIT_MS) {
		err = cli_history_go_on(out, c);
		if (err == CS_OK && *out != CS_CLIENT_HISTORY_WAITS)
			return CS_OK;
		if (err == CS_OK)
			err = wait_a_little(c);
		if (err == CS_ERR_CLOSED)
			err = cli_reconnect(c);
		if (err && err != CS_ERR_TIMEOUT)
			return err;
	}
	*out = CS_CLIENT_HISTORY_WAITS;
	return CS_OK;
}

/* ${went}: what to say when all of it is done. */
static int
history(struct cs_client *c, const char *went)
{
	enum cs_client_history state;
	enum cs_err err = carry_history(&state, c);

	if (err)
		return cli_client_fail(c, err);
	if (state == CS_CLIENT_HISTORY_DONE)
		printf("%s\n", went);
	else if (state == CS_CLIENT_HISTORY_WAITS)
		printf("The other device is not there now. The messages from "
		       "before go on with the next command here and there.\n");
	return CLI_OK;
}

/* ---- agreeing ----------------------------------------------------------- */

static int
confirm_device(const struct cs_client_linking *l, const struct cli_args *args)
{
	printf("A device that calls itself ");
	cli_print_name(stdout, cs_client_linking_name(l));
	printf(" asks to be let in. Its check number: ");
	print_number(cs_client_linking_number(l));
	printf("\n");
	fflush(stdout);
	if (cli_flag(args, "yes"))
		return CLI_OK;
	return cli_confirm("Does it show the same number, and is it yours? "
			   "It will be able to do all that you can. [y/N] ",
	    "Nothing was given away.");
}

static int
agree(struct cs_client_linking *l, struct cs_client *c,
    const struct cli_args *args)
{
	bool give = cs_client_linking_wants_history(l) &&
	    wants_history(args,
		"It asks for the messages from before, too. Give it all that "
		"is on this device? [y/N] ");
	enum cs_err err = cs_client_linking_agree(
	    l, c, give ? CS_CLIENT_GIVE_HISTORY : CS_CLIENT_GIVE_NO_HISTORY);

	if (err)
		return cli_client_fail(c, err);
	printf("It is a device of %s now. ", cs_client_handle(c));
	if (!give) {
		printf("Messages from before are not copied to it.\n");
		return CLI_OK;
	}
	printf("The messages from before go to it through the hub, sealed. "
	       "After Ctrl-C that goes on with the next command.\n");
	fflush(stdout);
	return history(c, "All messages from before are on their way.");
}

int
cli_link(const struct cli_args *args)
{
	struct cs_client_linking *l = NULL;
	struct cs_client *c;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_ONLINE);

	if (status != CLI_OK)
		return status;
	if ((err = cs_client_linking_new(&l, c)) == CS_OK) {
		show_code(l);
		err = wait_for_device(l, c);
	}
	if (err)
		status = cli_client_fail(c, err);
	else if ((status = confirm_device(l, args)) == CLI_OK)
		status = agree(l, c, args);
	cs_client_linking_free(l);
	cli_close(c);
	return status;
}

/* ---- join-device -------------------------------------------------------- */

static void
asked(const char *number)
{
	printf("Check number: ");
	print_number(number);
	printf("\nThe other device shows a number, too: agree there if "
	       "it is the same. Waiting; after Ctrl-C you can continue "
	       "with the same code.\n");
	fflush(stdout);
}

/* Enter the conversations; whatever fails is continued by the next command. */
static int
settle(struct cs_client *c)
{
	enum cs_err err = cs_client_connect(c);
	bool comes = cs_client_history_comes(c);

	printf("This is a device of %s@%s now. %s Never continue with an old "
	       "copy of its folder.\n",
	    cs_client_handle(c), cs_client_hub(c),
	    comes ? "The messages from before come from the other device; "
		    "after Ctrl-C they come with a later command."
		  : "Messages from before are not copied: it shows what comes "
		    "from here on.");
	fflush(stdout);
	if (err)
		return cli_client_fail(c, err);
	return comes ? history(c,
			   "The messages from before were dealt with: "
			   "\"countersign inbox\" says how.")
		     : CLI_OK;
}

int
cli_join_device(const struct cli_args *args)
{
	const char *home = cli_home(args);
	struct cs_buf passphrase = { .max = 4096 };
	struct cs_client_joining joining = {
		.code = cli_arg(args, 0),
		.name = cli_device_name(args),
		.asked = asked,
	};
	struct cs_client *c = NULL;
	char problem[256];
	enum cs_err err;
	int status;

	if (home == NULL)
		return CLI_USAGE;
	if ((status = cli_use_proxy(args)) != CLI_OK ||
	    (status = cli_new_passphrase(&passphrase, args)) != CLI_OK)
		return status;
	joining.history = wants_history(args,
	    "Shall the messages from before come to this device, if the other "
	    "one agrees? [y/N] ");
	err = cs_client_join_device(
	    home, &joining, cs_buf_view(&passphrase), problem);
	if (err == CS_OK)
		err = cs_client_open(&c, home, cs_buf_view(&passphrase));
	cs_buf_free(&passphrase);
	/* The ten minutes of the code are over. */
	if (err == CS_ERR_EXPIRED && problem[0] != '\0')
		return cli_fail(CLI_NOT_DONE, "%s", problem);
	if (err)
		return cli_join_failed(err, problem, home);
	status = settle(c);
	cli_close(c);
	return status;
}

/* ---- devices ------------------------------------------------------------ */

static void
device_json(struct cs_json_writer *j, const struct cs_client_device *d)
{
	cs_json_object(j, NULL);
	cs_json_hex(j, "id", CS_VIEW_OF(d->id));
	cs_json_string(j, "name", d->name);
	cs_json_number(j, "created_ms", d->created_ms);
	cs_json_number(j, "seen_ms", d->seen_ms);
	cs_json_number(j, "ends_ms", d->ends_ms);
	cs_json_bool(j, "this", d->own);
	cs_json_bool(j, "by_recovery_key", d->by_recovery_key);
	if (!d->by_recovery_key)
		cs_json_hex(j, "let_in_by", CS_VIEW_OF(d->let_in_by));
	cs_json_close(j);
}

static void
print_device(void *arg, const struct cs_client_device *d)
{
	struct cli_listing *l = arg;
	struct cs_buf text = { 0 };
	struct cs_json_writer j = cs_json_writer(&text);
	char hex[2 * CS_ID_LEN + 1];

	if (l->json) {
		device_json(&j, d);
		cli_list(l, &j);
		return;
	}
	cs_hex(hex, CS_VIEW_OF(d->id));
	printf("%.*s  since ", DEVICE_DIGITS, hex);
	cli_print_time(stdout, d->created_ms);
	printf("  ");
	if (d->name[0] != '\0')
		cli_print_name(stdout, d->name);
	else
		printf("first device");
	if (!d->by_recovery_key) {
		cs_hex(hex, CS_VIEW_OF(d->let_in_by));
		printf("  (let in by %.*s)", DEVICE_DIGITS, hex);
	}
	if (d->ends_ms < cs_clock_ms() + SOON_MS) {
		printf("  (its certificate ends ");
		cli_print_day(stdout, d->ends_ms);
		printf(")");
	}
	if (d->own)
		printf("  (this one)\n");
	else if (d->seen_ms == 0)
		printf("  (never seen)\n");
	else {
		printf("  (last seen ");
		cli_print_day(stdout, d->seen_ms);
		printf(")\n");
	}
}

int
cli_devices(const struct cli_args *args)
{
	struct cli_listing l = { .json = cli_flag(args, "json") };
	struct cs_client *c;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_ONLINE);

	if (status != CLI_OK)
		return status;
	if ((err = cs_client_devices(c, print_device, &l)) || (err = l.err))
		status = cli_client_fail(c, err);
	cli_close(c);
	return status;
}

static int
confirm_removal(const struct cs_client_device *d, const struct cli_args *args)
{
	if (cli_flag(args, "yes"))
		return CLI_OK;
	printf("%s ", d->own ? "This device," : "The device");
	cli_print_name(stdout, d->name[0] != '\0' ? d->name : "first device");
	printf(", will be shut out for good.\n");
	return cli_confirm("Remove it? [y/N] ", "Nothing was changed.");
}

/* --since, as midnight UTC; UINT64_MAX without it. */
static int
since(uint64_t *out, const struct cli_args *args)
{
	const char *text = cli_value(args, "since");
	struct tm tm = { 0 };
	char *end;

	*out = UINT64_MAX;
	if (text == NULL)
		return CLI_OK;
	end = strptime(text, "%Y-%m-%d", &tm);
	if (end == NULL || *end != '\0')
		return cli_fail(
		    CLI_USAGE, "--since takes a day, such as 2026-11-29.");
	*out = (uint64_t)timegm(&tm) * CS_SECOND_MS;
	return CLI_OK;
}

int
cli_device_remove(const struct cli_args *args)
{
	struct cs_client_device d;
	struct cs_client *c;
	uint64_t since_ms;
	enum cs_err err;
	int status = since(&since_ms, args);

	if (status != CLI_OK ||
	    (status = cli_open(&c, args, CLI_ONLINE)) != CLI_OK)
		return status;
	if ((err = cs_client_device_find(c, cli_arg(args, 0), &d)))
		status = cli_client_fail(c, err);
	else if ((status = confirm_removal(&d, args)) == CLI_OK) {
		err = cs_client_device_remove(c, d.id, since_ms);
		/* The hub proposed the removal in each conversation; the first
		 * member to come commits it, and that is this device. */
		if (err == CS_OK && !d.own)
			err = cs_client_sync(c);
		if (err == CS_ERR_DENIED &&
		    cs_client_hub_code(c) == CS_WIRE_E_LAST_DEVICE)
			status = cli_fail(CLI_NOT_DONE,
			    "That is the last device of the account: nobody "
			    "could come back. Link another one first.");
		else if (err)
			status = cli_client_fail(c, err);
		else
			printf("Removed. It can no longer read or write "
			       "anything of this account.\n");
	}
	cli_close(c);
	return status;
}
