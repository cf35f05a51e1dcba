/* SPDX-License-Identifier: MIT */
/* group link, join, asks, approve, refuse, picture */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/print.h"
#include "cli/qr.h"
#include "programs/countersign/home.h"
#include "programs/countersign/main.h"

/* ---- the link ----------------------------------------------------------- */

static void
link_json(struct cli_listing *l, const char *group, const char *link)
{
	struct cs_buf text = { 0 };
	struct cs_json_writer j = cs_json_writer(&text);

	cs_json_object(&j, NULL);
	cs_json_string(&j, "group", group);
	if (link[0] != '\0')
		cs_json_string(&j, "link", link);
	cs_json_close(&j);
	cli_list(l, &j);
}

static void
link_text(const char *link)
{
	if (link[0] == '\0') {
		printf("The link is over, and so is what was asked by it.\n");
		return;
	}
	printf("%s\n", link);
	if (!isatty(STDOUT_FILENO))
		return;
	printf("\n");
	cli_print_qr(stdout, link);
	printf("\nWhoever has an account on this hub and the link can ask to "
	       "be let in:\n\n  countersign group join 'LINK'\n\nNobody is let "
	       "in before one of you agrees: countersign group asks.\n");
}

int
cli_group_link(const struct cli_args *args)
{
	struct cli_listing l = { .json = cli_flag(args, "json") };
	bool new = cli_flag(args, "new"), off = cli_flag(args, "off");
	char link[CS_CLIENT_CODE_SIZE];
	struct cs_client *c;
	enum cs_err err;
	int status;

	if (new &&off)
		return cli_fail(CLI_USAGE, "Say --new or --off, and not both.");
	if ((status = cli_open(&c, args, CLI_ONLINE)) != CLI_OK)
		return status;
	err = cs_client_group_link(c, cli_arg(args, 0),
	    new       ? CS_CLIENT_LINK_NEW
		: off ? CS_CLIENT_LINK_OFF
		      : CS_CLIENT_LINK_SHOW,
	    link);
	if (err == CS_OK && l.json)
		link_json(&l, cli_arg(args, 0), link);
	else if (err == CS_OK)
		link_text(link);
	if (err || (err = l.err))
		status = cli_client_fail(c, err);
	cli_close(c);
	return status;
}

/* ---- asking ------------------------------------------------------------- */

int
cli_group_join(const struct cli_args *args)
{
	const char *text = cli_value(args, "text");
	char group[CS_CLIENT_GROUP_ID_SIZE];
	bool back = cli_flag(args, "take-back");
	struct cs_client *c;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_ONLINE);

	if (status != CLI_OK)
		return status;
	err = back ? cs_client_group_ask_take_back(c, cli_arg(args, 0))
		   : cs_client_group_ask(c, cli_arg(args, 0),
			 cs_view_str(text != NULL ? text : ""), group);
	if (err)
		status = cli_client_fail(c, err);
	else if (back)
		printf("You do not ask any more.\n");
	else
		printf("You asked to be let into %.*s. Its members see your "
		       "name%s; you are in it once one of them agrees. See: "
		       "countersign group asks.\n",
		    CLI_ID_DIGITS, group,
		    text != NULL ? " and your words" : "");
	cli_close(c);
	return status;
}

static const char *const states[] = { "waiting", "taken", "over" };

static void
own_ask(void *arg, const struct cs_client_own_ask *ask)
{
	static const char *const words[] = { "waits for an answer",
		"you were let in", "was refused, or its link has ended" };
	struct cli_listing *l = arg;
	struct cs_buf text = { 0 };
	struct cs_json_writer j = cs_json_writer(&text);

	if (l->json) {
		cs_json_object(&j, NULL);
		cs_json_string(&j, "group", ask->group);
		cs_json_string(&j, "state", states[ask->state]);
		cs_json_number(&j, "asked_ms", ask->asked_ms);
		cs_json_number(&j, "until_ms", ask->until_ms);
		cs_json_close(&j);
		cli_list(l, &j);
		return;
	}
	printf("%.*s  asked ", CLI_ID_DIGITS, ask->group);
	cli_print_time(stdout, ask->asked_ms);
	printf(", %s", words[ask->state]);
	if (ask->state == CS_CLIENT_ASK_WAITS) {
		printf(", until ");
		cli_print_day(stdout, ask->until_ms);
	}
	printf("\n");
}

static enum cs_err
asker(void *arg, const struct cs_client_asker *a)
{
	struct cli_listing *l = arg;
	struct cs_buf text = { 0 };
	struct cs_json_writer j = cs_json_writer(&text);

	if (l->json) {
		cs_json_object(&j, NULL);
		cs_json_string(&j, "name", a->handle);
		if (a->alias[0] != '\0')
			cs_json_string(&j, "alias", a->alias);
		if (a->near[0] != '\0')
			cs_json_string(&j, "looks_like", a->near);
		cs_json_bool(&j, "accepted", a->accepted);
		cs_json_number(&j, "asked_ms", a->asked_ms);
		cs_json_text(&j, "text", a->text);
		cs_json_close(&j);
		cli_list(l, &j);
		return l->err;
	}
	cli_print_name(stdout, a->handle);
	if (a->alias[0] != '\0') {
		printf(", your ");
		cli_print_name(stdout, a->alias);
	}
	if (a->near[0] != '\0') {
		printf(" [not ");
		cli_print_name(stdout, a->near);
		printf("]");
	}
	printf("  asked ");
	cli_print_time(stdout, a->asked_ms);
	printf(a->accepted ? "\n" : ", whom you have not accepted\n");
	if (a->text.len != 0) {
		cli_print_text(stdout, "    ", a->text, 4);
		printf("\n");
	}
	return CS_OK;
}

int
cli_group_asks(const struct cli_args *args)
{
	struct cli_listing l = { .json = cli_flag(args, "json") };
	struct cs_client *c;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_ONLINE);

	if (status != CLI_OK)
		return status;
	err = cli_count(args) != 0
	    ? cs_client_group_asks(c, cli_arg(args, 0), asker, &l)
	    : cs_client_own_asks(c, own_ask, &l);
	if (err || (err = l.err))
		status = cli_client_fail(c, err);
	cli_close(c);
	return status;
}

/* ---- answering ---------------------------------------------------------- */

int
cli_group_approve(const struct cli_args *args)
{
	const char *name = cli_arg(args, 1);
	bool is_new = cli_flag(args, "new");
	const struct cs_client_people who = {
		.names = &name,
		.n = 1,
		.begin = cli_begin_with,
		.arg = &is_new,
	};
	struct cs_client *c;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_ONLINE);

	if (status != CLI_OK)
		return status;
	if ((err = cs_client_group_approve(c, cli_arg(args, 0), &who)))
		status = cli_client_fail(c, err);
	cli_close(c);
	return status;
}

int
cli_group_refuse(const struct cli_args *args)
{
	struct cs_client *c;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_ONLINE);

	if (status != CLI_OK)
		return status;
	err = cs_client_group_refuse(c, cli_arg(args, 0), cli_arg(args, 1));
	if (err)
		status = cli_client_fail(c, err);
	cli_close(c);
	return status;
}

/* ---- the picture -------------------------------------------------------- */

int
cli_group_picture(const struct cli_args *args)
{
	const char *to = cli_value(args, "output");
	const char *from = cli_count(args) > 1 ? cli_arg(args, 1) : NULL;
	bool none = cli_flag(args, "none");
	struct cs_client *c;
	enum cs_err err;
	int status;

	if ((from != NULL) + (to != NULL) + none != 1)
		return cli_fail(CLI_USAGE,
		    "Say a FILE to show, --none, or -o FILE to save the "
		    "picture to.");
	if (to != NULL && (status = cli_may_write(args, to)) != CLI_OK)
		return status;
	/* One that was fetched before needs no line. */
	status = cli_open(&c, args, to != NULL ? CLI_MAYBE : CLI_ONLINE);
	if (status != CLI_OK)
		return status;
	err = to != NULL
	    ? cs_client_group_picture_save(c, cli_arg(args, 0), to)
	    : cs_client_group_picture(c, cli_arg(args, 0), from, cli_progress);
	if (err)
		status = cli_client_fail(c, err);
	cli_close(c);
	return status;
}
