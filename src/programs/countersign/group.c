/* SPDX-License-Identifier: MIT */
/* group new, add, remove, leave, list, repair; accept, block */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/print.h"
#include "franking/stamp.h"
#include "programs/countersign/home.h"
#include "programs/countersign/main.h"

#define PEOPLE_MAX 100

/* Collect the names after the first argument. */
static size_t
people(const char *out[static PEOPLE_MAX], const struct cli_args *args)
{
	size_t n = 0;

	for (int i = 1; i < cli_count(args) && n < PEOPLE_MAX; i++)
		out[n++] = cli_arg(args, i);
	return n;
}

static int
change(const struct cli_args *args,
    enum cs_err (*fn)(struct cs_client *c, const char *name,
	const char *const *handles, size_t n))
{
	const char *handles[PEOPLE_MAX];
	struct cs_client *c;
	size_t n = people(handles, args);
	enum cs_err err;
	int status;

	if (cli_count(args) - 1 > PEOPLE_MAX)
		return cli_fail(CLI_USAGE,
		    "At most %d people can be added at once.", PEOPLE_MAX);
	if ((status = cli_open(&c, args, CLI_ONLINE)) != CLI_OK)
		return status;
	err = fn(c, cli_arg(args, 0), handles, n);
	if (err)
		status = cli_client_fail(c, err);
	cs_client_close(c);
	return status;
}

int
cli_group_new(const struct cli_args *args)
{
	return change(args, cs_client_group_new);
}

int
cli_group_add(const struct cli_args *args)
{
	return change(args, cs_client_group_add);
}

int
cli_group_remove(const struct cli_args *args)
{
	struct cs_client *c;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_ONLINE);

	if (status != CLI_OK)
		return status;
	err = cs_client_group_remove(c, cli_arg(args, 0), cli_arg(args, 1));
	if (err)
		status = cli_client_fail(c, err);
	cs_client_close(c);
	return status;
}

int
cli_group_leave(const struct cli_args *args)
{
	struct cs_client *c;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_ONLINE);

	if (status != CLI_OK)
		return status;
	err = cs_client_group_leave(c, cli_arg(args, 0));
	if (err)
		status = cli_client_fail(c, err);
	else
		printf("You left. The others see it when one of them is "
		       "online.\n");
	cs_client_close(c);
	return status;
}

static const char *
state_name(enum cs_client_group_state state)
{
	static const char *const names[] = { "active", "request", "left",
		"blocked", "leaving" };

	return names[state];
}

static void
list_json(struct cli_listing *l, const struct cs_client_group *g)
{
	struct cs_buf text = { 0 };
	struct cs_json_writer j = cs_json_writer(&text);
	char ref[CS_GROUP_REF_TEXT_SIZE];

	cs_json_object(&j, NULL);
	cs_json_string(&j, "name", g->name);
	cs_group_ref_text(ref, g->ref);
	cs_json_string(&j, "id", ref);
	cs_json_hex(&j, "ref", CS_VIEW_OF(g->ref));
	cs_json_bool(&j, "direct", g->direct);
	cs_json_string(&j, "state", state_name(g->state));
	cs_json_bool(&j, "lost", g->lost);
	cs_json_number(&j, "epoch", g->epoch);
	cs_json_array(&j, "members");
	for (size_t i = 0; i < g->n_members; i++)
		cs_json_string(&j, NULL, g->members[i]);
	cs_json_close(&j);
	cs_json_close(&j);
	cli_list(l, &j);
}

static void
list_text(const struct cs_client_group *g)
{
	cli_print_text(stdout, cs_view_str(g->name), 0);
	if (g->direct)
		printf(" (the two of you)");
	if (g->state != CS_CLIENT_ACTIVE)
		printf(" [%s]", state_name(g->state));
	if (g->lost)
		printf(" [lost: see countersign group repair]");
	printf(":");
	for (size_t i = 0; i < g->n_members; i++)
		printf(" %s", g->members[i]);
	printf("\n");
}

int
cli_group_list(const struct cli_args *args)
{
	struct cli_listing l = { .json = cli_flag(args, "json") };
	struct cs_client_groups groups;
	struct cs_client *c;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_READ);

	if (status != CLI_OK)
		return status;
	if ((err = cs_client_groups(&groups, c))) {
		status = cli_client_fail(c, err);
	} else {
		for (size_t i = 0; i < groups.n; i++)
			if (l.json)
				list_json(&l, &groups.v[i]);
			else
				list_text(&groups.v[i]);
		cs_client_groups_free(&groups);
		if (l.err)
			status = cli_client_fail(c, l.err);
	}
	cs_client_close(c);
	return status;
}

/* Who is in the group now, as the last word on what was entered. */
static int
show_repaired(struct cs_client *c, const struct cli_args *args)
{
	struct cli_listing l = { .json = cli_flag(args, "json") };
	struct cs_client_groups groups;
	enum cs_err err = cs_client_groups(&groups, c);

	if (err)
		return cli_client_fail(c, err);
	if (!l.json)
		printf("This device entered the conversation anew. What was "
		       "sent meanwhile cannot be read on it.\n");
	for (size_t i = 0; i < groups.n; i++) {
		const struct cs_client_group *g = &groups.v[i];

		if (strcmp(g->name, cli_arg(args, 0)) != 0 ||
		    g->state == CS_CLIENT_LEFT)
			continue;
		if (l.json)
			list_json(&l, g);
		else
			list_text(g);
	}
	cs_client_groups_free(&groups);
	return l.err ? cli_client_fail(c, l.err) : CLI_OK;
}

int
cli_group_repair(const struct cli_args *args)
{
	struct cs_client *c;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_ONLINE);

	if (status != CLI_OK)
		return status;
	err = cs_client_group_repair(
	    c, cli_arg(args, 0), cli_flag(args, "force"));
	status = err ? cli_client_fail(c, err) : show_repaired(c, args);
	cs_client_close(c);
	return status;
}

static int
contact(const struct cli_args *args,
    enum cs_err (*fn)(struct cs_client *c, const char *handle),
    const char *done)
{
	struct cs_client *c;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_ONLINE);

	if (status != CLI_OK)
		return status;
	err = fn(c, cli_arg(args, 0));
	if (err)
		status = cli_client_fail(c, err);
	else
		printf("%s %s\n", cli_arg(args, 0), done);
	cs_client_close(c);
	return status;
}

int
cli_accept(const struct cli_args *args)
{
	return contact(args, cs_client_accept, "can write to you now.");
}

int
cli_block(const struct cli_args *args)
{
	return contact(args, cs_client_block,
	    "is kept out and is not told. What they sent can still be "
	    "reported.");
}
