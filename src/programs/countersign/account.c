/* SPDX-License-Identifier: MIT */
/* join, whoami, contacts, safety-number, settings, account leave */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/print.h"
#include "cli/report_error.h"
#include "cli/secret.h"
#include "programs/countersign/home.h"
#include "programs/countersign/main.h"
#include "programs/countersign/recovery.h"

int
cli_join(const struct cli_args *args)
{
	const char *home = cli_home(args), *name = cli_value(args, "name");
	struct cs_buf passphrase = { .max = 4096 };
	struct cs_client *c = NULL;
	char problem[256];
	enum cs_err err;
	int status;

	if (home == NULL)
		return CLI_USAGE;
	if ((status = cli_use_proxy(args)) != CLI_OK)
		return status;
	if (name == NULL)
		return cli_fail(CLI_USAGE,
		    "Say under which name others will know you: --name NAME.");
	if ((status = cli_new_passphrase(&passphrase, args)) != CLI_OK)
		return status;
	err = cs_client_join(
	    home, cli_arg(args, 0), name, cs_buf_view(&passphrase), problem);
	if (err == CS_OK)
		err = cs_client_open(&c, home, cs_buf_view(&passphrase));
	cs_buf_free(&passphrase);
	if (err)
		return cli_join_failed(err, problem, home);
	printf("You are %s@%s. Your keys are in %s. Never continue with an old "
	       "copy of it.\n",
	    cs_client_handle(c), cs_client_hub(c), home);
	status = recovery_show(
	    c, cli_flag(args, "keep-words") ? RECOVERY_KEEP : RECOVERY_FORGET);
	cli_close(c);
	return status;
}

static enum cs_err
whoami_json(const struct cs_client *c, const char *operator_key)
{
	struct cs_buf text = { 0 };
	struct cs_json_writer j = cs_json_writer(&text);

	cs_json_object(&j, NULL);
	cs_json_string(&j, "name", cs_client_handle(c));
	cs_json_string(&j, "hub", cs_client_hub(c));
	cs_json_hex(&j, "account", cs_view(cs_client_account(c), CS_ID_LEN));
	cs_json_hex(&j, "device", cs_view(cs_client_device(c), CS_ID_LEN));
	cs_json_string(&j, "operator_key", operator_key);
	cs_json_close(&j);
	return cli_json_print(&j);
}

int
cli_whoami(const struct cli_args *args)
{
	char key[CS_CLIENT_OPERATOR_KEY_SIZE];
	char account[2 * CS_ID_LEN + 1], device[2 * CS_ID_LEN + 1];
	struct cs_client *c;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_LOOK);

	if (status != CLI_OK)
		return status;
	cs_client_operator_key(c, key);
	cs_hex(account, cs_view(cs_client_account(c), CS_ID_LEN));
	cs_hex(device, cs_view(cs_client_device(c), CS_ID_LEN));
	if (!cli_flag(args, "json"))
		printf("%s@%s\n"
		       "Account:       %s\n"
		       "Device:        %s\n"
		       "Operator key:  %s\n",
		    cs_client_handle(c), cs_client_hub(c), account, device,
		    key);
	else if ((err = whoami_json(c, key)))
		status = cli_client_fail(c, err);
	cli_close(c);
	return status;
}

static void
print_digits(const char *digits)
{
	for (int i = 0; i < CS_CLIENT_SAFETY_DIGITS; i += 5)
		printf("%.5s%c", digits + i, i % 20 == 15 ? '\n' : ' ');
}

static int
show_numbers(struct cs_client *c, const char *name)
{
	char digits[CS_CLIENT_SAFETY_DIGITS + 1];
	enum cs_err err = cs_client_safety_number(c, name, digits);

	if (err)
		return cli_client_fail(c, err);
	print_digits(digits);
	err = cs_client_new_safety_number(c, name, digits);
	if (err == CS_ERR_NOT_FOUND)
		return CLI_OK;
	if (err)
		return cli_client_fail(c, err);
	printf("\nThat is the number you know. The hub now shows another key "
	       "for %s, with the number\n\n",
	    name);
	print_digits(digits);
	printf(
	    "\nIf %s has a new account, and you have compared the new number "
	    "in person or by voice:\n"
	    "  countersign safety-number %s --accept-new\n",
	    name, name);
	return CLI_OK;
}

int
cli_safety_number(const struct cli_args *args)
{
	bool accept = cli_flag(args, "accept-new");
	const char *name = cli_arg(args, 0);
	struct cs_client *c;
	int status = cli_open(&c, args, accept ? CLI_ONLINE : CLI_LOOK);
	enum cs_err err;

	if (status != CLI_OK)
		return status;
	if (accept && (err = cs_client_accept_new_key(c, name)))
		status = cli_client_fail(c, err);
	else
		status = show_numbers(c, name);
	cli_close(c);
	return status;
}

static void
contact_json(struct cs_json_writer *j, const struct cs_client_contact *contact,
    const char *state)
{
	char id[CS_ID_TEXT_SIZE];

	cs_json_object(j, NULL);
	cs_id_text(id, contact->account);
	cs_json_string(j, "name", contact->handle);
	cs_json_string(j, "id", id);
	if (contact->alias != NULL)
		cs_json_string(j, "alias", contact->alias);
	cs_json_bool(j, "met", contact->met);
	cs_json_string(j, "state", state);
	cs_json_bool(j, "changed", contact->changed);
	cs_json_close(j);
}

static void
print_contact(void *arg, const struct cs_client_contact *contact)
{
	struct cli_listing *l = arg;
	struct cs_buf text = { 0 };
	struct cs_json_writer j = cs_json_writer(&text);
	const char *state = contact->blocked ? "blocked"
	    : contact->accepted              ? "accepted"
					     : "known";
	char id[CS_ID_TEXT_SIZE];

	if (l->json) {
		contact_json(&j, contact, state);
		cli_list(l, &j);
		return;
	}
	cs_id_text(id, contact->account);
	printf("%.*s  %s", CLI_ID_DIGITS, id, contact->handle);
	if (contact->alias != NULL) {
		printf(", your ");
		cli_print_name(stdout, contact->alias);
	}
	printf("  %s%s\n",
	    contact->met || !contact->blocked ? state : "blocked by name",
	    contact->changed ? "  !! the safety number has changed" : "");
}

int
cli_contacts(const struct cli_args *args)
{
	struct cli_listing l = { .json = cli_flag(args, "json") };
	struct cs_client *c;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_LOOK);

	if (status != CLI_OK)
		return status;
	if ((err = cs_client_contacts(c, print_contact, &l)) || (err = l.err))
		status = cli_client_fail(c, err);
	cli_close(c);
	return status;
}

static int
set_proxy(const struct cli_args *args, const char *where)
{
	struct cs_client *c;
	enum cs_err err;
	int status;

	if ((status = cli_open(&c, args, CLI_OFFLINE)) != CLI_OK)
		return status;
	err = cs_client_proxy_set(c, where);
	if (err == CS_ERR_FORMAT || err == CS_ERR_UNSUPPORTED)
		status = cli_not_a_proxy();
	else if (err)
		status = cli_client_fail(c, err);
	else
		printf(strcmp(where, "none") == 0
			? "The hub is connected to straight.\n"
			: "The hub is connected to through that proxy.\n");
	cli_close(c);
	return status;
}

int
cli_alias(const struct cli_args *args)
{
	bool take_away = cli_flag(args, "remove");
	const char *name = cli_arg(args, 0), *alias = cli_arg(args, 1);
	struct cs_client *c;
	enum cs_err err;
	int status;

	if (take_away == (alias != NULL))
		return cli_fail(
		    CLI_USAGE, "Say which name to give, or --remove.");
	if ((status = cli_open(&c, args, CLI_OFFLINE)) != CLI_OK)
		return status;
	err = cs_client_alias(c, name, take_away ? "" : alias);
	if (err)
		status = cli_client_fail(c, err);
	cs_client_close(c);
	return status;
}

/* Which of two words ${value} is: 0, 1, or -1 for neither. */
static int
which_word(const char *value, const char *no, const char *yes)
{
	return strcmp(value, yes) == 0 ? 1 : strcmp(value, no) == 0 ? 0 : -1;
}

static int
set_unknown_senders(const struct cli_args *args)
{
	int refuse = which_word(cli_arg(args, 1), "request", "refuse");
	struct cs_client *c;
	enum cs_err err;
	int status;

	if (refuse < 0)
		return cli_fail(
		    CLI_USAGE, "unknown-senders is \"refuse\" or \"request\".");
	if ((status = cli_open(&c, args, CLI_ONLINE)) != CLI_OK)
		return status;
	err = cs_client_unknown_senders(
	    c, refuse ? CS_CLIENT_UNKNOWN_REFUSE : CS_CLIENT_UNKNOWN_REQUEST);
	if (err)
		status = cli_client_fail(c, err);
	else
		printf(refuse
			? "People you don't know cannot write to you.\n"
			: "People you don't know can send one request.\n");
	cli_close(c);
	return status;
}

static int
set_receipts(const struct cli_args *args)
{
	int on = which_word(cli_arg(args, 1), "off", "on");
	struct cs_client *c;
	enum cs_err err;
	int status;

	if (on < 0)
		return cli_fail(CLI_USAGE, "receipts is \"on\" or \"off\".");
	if ((status = cli_open(&c, args, CLI_OFFLINE)) != CLI_OK)
		return status;
	if ((err = cs_client_receipts(c, on)))
		status = cli_client_fail(c, err);
	else
		printf(on ? "People you have accepted are told what has come "
			    "and what you have read, from this device.\n"
			  : "Nobody is told what has come or what you have "
			    "read.\n");
	cs_client_close(c);
	return status;
}

int
cli_settings(const struct cli_args *args)
{
	if (strcmp(cli_arg(args, 0), "unknown-senders") == 0)
		return set_unknown_senders(args);
	if (strcmp(cli_arg(args, 0), "receipts") == 0)
		return set_receipts(args);
	if (strcmp(cli_arg(args, 0), "proxy") == 0)
		return set_proxy(args, cli_arg(args, 1));
	return cli_fail(
	    CLI_USAGE, "The settings are unknown-senders, receipts and proxy.");
}

/* The name has to be typed, so that nobody leaves by a slip of the hand. */
static int
confirm_leave(const struct cs_client *c, const struct cli_args *args)
{
	char line[64]; /* longer than any name */

	if (cli_flag(args, "yes"))
		return CLI_OK;
	if (!isatty(STDIN_FILENO))
		return cli_fail(CLI_USAGE,
		    "Nothing was done. Without a terminal, say --yes.");
	printf("You leave %s with all your devices, and cannot come back as "
	       "%s. Type your name to do it: ",
	    cs_client_hub(c), cs_client_handle(c));
	fflush(stdout);
	if (fgets(line, sizeof line, stdin) == NULL)
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return strcmp(line, cs_client_handle(c)) == 0
	    ? CLI_OK
	    : cli_fail(CLI_NOT_DONE, "Nothing was done.");
}

int
cli_account_leave(const struct cli_args *args)
{
	struct cs_client *c;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_HELD);

	if (status != CLI_OK)
		return status;
	if ((status = confirm_leave(c, args)) == CLI_OK) {
		if ((err = cs_client_account_leave(c)))
			status = cli_client_fail(c, err);
		else
			printf("You have left %s. What is on your devices "
			       "stays readable there.\n",
			    cs_client_hub(c));
	}
	cli_close(c);
	return status;
}
