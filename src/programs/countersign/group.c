/* SPDX-License-Identifier: MIT */
/* group new, add, remove, rename, role, policy, leave, list, repair; accept,
 * block */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "cli/print.h"
#include "cli/report_error.h"
#include "programs/countersign/home.h"
#include "programs/countersign/main.h"

#define MANY 100 /* less is done before anybody looks */

/* On a terminal, how far it is. */
static void
show_added(uint64_t done, uint64_t total)
{
	if (isatty(STDERR_FILENO) && total > MANY)
		fprintf(stderr, "\r%llu of %llu people%s",
		    (unsigned long long)done, (unsigned long long)total,
		    done == total ? "\n" : "");
}

static int
change_online(const struct cli_args *args, const char *const *people,
    enum cs_err (*fn)(struct cs_client *c, const char *name,
	const struct cs_client_people *who))
{
	bool is_new = cli_flag(args, "new");
	const struct cs_client_people who = {
		.names = people,
		.n = (size_t)cli_count(args) - 1,
		.begin = cli_begin_with,
		.arg = &is_new,
		.progress = show_added,
	};
	struct cs_client *c;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_ONLINE);

	if (status != CLI_OK)
		return status;
	err = fn(c, cli_arg(args, 0), &who);
	if (err)
		status = cli_client_fail(c, err);
	cli_close(c);
	return status;
}

/* The people are the names after the first argument. */
static int
change(const struct cli_args *args,
    enum cs_err (*fn)(struct cs_client *c, const char *name,
	const struct cs_client_people *who))
{
	size_t n = (size_t)cli_count(args) - 1;
	const char **people = cs_calloc(n, sizeof *people);
	int status;

	if (people == NULL)
		return report_error(CS_ERR_NOMEM, "That did not work");
	for (size_t i = 0; i < n; i++)
		people[i] = cli_arg(args, (int)i + 1);
	status = change_online(args, people, fn);
	cs_free_plain(people);
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
	cli_close(c);
	return status;
}

/* ---- roles and policy --------------------------------------------------- */

static const char *const role_names[] = {
	[CS_CLIENT_MEMBER] = "member",
	[CS_CLIENT_ADMIN] = "admin",
	[CS_CLIENT_OWNER] = "owner",
};

int
cli_group_role(const struct cli_args *args)
{
	struct cs_client *c;
	unsigned role = 0;
	enum cs_err err;
	int status;

	while (role <= CS_CLIENT_OWNER &&
	    strcmp(cli_arg(args, 2), role_names[role]) != 0)
		role++;
	if (role > CS_CLIENT_OWNER)
		return cli_fail(CLI_USAGE,
		    "A role is owner, admin or member, not \"%.40s\".",
		    cli_arg(args, 2));
	if ((status = cli_open(&c, args, CLI_ONLINE)) != CLI_OK)
		return status;
	err = cs_client_group_role(
	    c, cli_arg(args, 0), cli_arg(args, 1), (enum cs_client_role)role);
	if (err)
		status = cli_client_fail(c, err);
	cli_close(c);
	return status;
}

/* Is option ${name} there, and does it say ${yes} rather than ${no}?  False: it
 * says something else. */
static bool
choice(bool *which, bool *to, const struct cli_args *args, const char *name,
    const char *const yes_no[2])
{
	const char *value = cli_value(args, name);

	*which = value != NULL;
	*to = *which && strcmp(value, yes_no[0]) == 0;
	return !*which || *to || strcmp(value, yes_no[1]) == 0;
}

static bool
choices(struct cs_client_policy *which, struct cs_client_policy *to,
    const struct cli_args *args)
{
	static const char *const who[] = { "admins", "members" };
	static const char *const on[] = { "on", "off" };

	return choice(&which->add, &to->add, args, "add", who) &&
	    choice(&which->rename, &to->rename, args, "rename", who) &&
	    choice(&which->timer, &to->timer, args, "timer", who) &&
	    choice(&which->write, &to->write, args, "announce", on);
}

static const char *
who(bool kept)
{
	return kept ? "admins" : "members";
}

static void
policy_json(struct cli_listing *l, const struct cs_client_group *g)
{
	struct cs_buf text = { 0 };
	struct cs_json_writer j = cs_json_writer(&text);

	cs_json_object(&j, NULL);
	cs_json_string(&j, "name", g->name);
	cs_json_string(&j, "role", role_names[g->role]);
	cs_json_string(&j, "add", who(g->kept.add));
	cs_json_string(&j, "rename", who(g->kept.rename));
	cs_json_string(&j, "timer", who(g->kept.timer));
	cs_json_bool(&j, "announce", g->kept.write);
	cs_json_close(&j);
	cli_list(l, &j);
}

static void
policy_text(const struct cs_client_group *g)
{
	static const char *const roles[] = { "a member", "an admin",
		"the owner" };

	cli_print_name(stdout, g->name);
	printf(": you are %s.\n", roles[g->role]);
	for (size_t i = 0; i < g->n_members; i++)
		if (g->roles[i] != CS_CLIENT_MEMBER)
			printf(
			    "%-7s%s\n", role_names[g->roles[i]], g->members[i]);
	printf("People are added by %s, the group is renamed by %s, how long "
	       "messages stay is set by %s; %s can write.\n",
	    who(g->kept.add), who(g->kept.rename), who(g->kept.timer),
	    g->kept.write ? "only the owner and admins" : "all");
}

static int
show_policy(struct cs_client *c, const struct cli_args *args)
{
	struct cli_listing l = { .json = cli_flag(args, "json") };
	struct cs_client_groups groups;
	const struct cs_client_group *g;
	enum cs_err err = cs_client_group_show(&groups, c, cli_arg(args, 0));

	if (err)
		return cli_client_fail(c, err);
	g = &groups.v[0];
	if (l.json)
		policy_json(&l, g);
	else
		policy_text(g);
	cs_client_groups_free(&groups);
	return l.err ? cli_client_fail(c, l.err) : CLI_OK;
}

int
cli_group_policy(const struct cli_args *args)
{
	struct cs_client_policy which, to;
	struct cs_client *c;
	bool change;
	enum cs_err err = CS_OK;
	int status;

	if (!choices(&which, &to, args))
		return cli_fail(CLI_USAGE,
		    "Say --add, --rename and --timer with admins or members, "
		    "and --announce with on or off.");
	change = which.add || which.rename || which.timer || which.write;
	status = cli_open(&c, args, change ? CLI_ONLINE : CLI_READ);
	if (status != CLI_OK)
		return status;
	if (change)
		err = cs_client_group_policy(c, cli_arg(args, 0), &which, &to);
	if (err)
		status = cli_client_fail(c, err);
	else if (!change || cli_flag(args, "json"))
		status = show_policy(c, args);
	cli_close(c);
	return status;
}

int
cli_group_rename(const struct cli_args *args)
{
	struct cs_client *c;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_ONLINE);

	if (status != CLI_OK)
		return status;
	err = cs_client_group_rename(c, cli_arg(args, 0), cli_arg(args, 1));
	if (err)
		status = cli_client_fail(c, err);
	cli_close(c);
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
	cli_close(c);
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
list_roles(struct cs_json_writer *j, const struct cs_client_group *g)
{
	cs_json_string(j, "role", role_names[g->role]);
	cs_json_object(j, "roles");
	for (size_t i = 0; i < g->n_members; i++)
		cs_json_string(j, g->members[i], role_names[g->roles[i]]);
	cs_json_close(j);
}

static void
list_json(struct cli_listing *l, const struct cs_client_group *g)
{
	struct cs_buf text = { 0 };
	struct cs_json_writer j = cs_json_writer(&text);

	cs_json_object(&j, NULL);
	cs_json_string(&j, "name", g->name);
	cs_json_string(&j, "id", g->id);
	if (g->alias[0] != '\0')
		cs_json_string(&j, "alias", g->alias);
	if (g->looks_like[0] != '\0')
		cs_json_string(&j, "looks_like", g->looks_like);
	cs_json_string(&j, "added_by", g->added_by);
	cs_json_hex(&j, "ref", CS_VIEW_OF(g->ref));
	cs_json_bool(&j, "direct", g->direct);
	cs_json_string(&j, "state", state_name(g->state));
	cs_json_bool(&j, "lost", g->lost);
	cs_json_number(&j, "epoch", g->epoch);
	cs_json_array(&j, "members");
	for (size_t i = 0; i < g->n_members; i++)
		cs_json_string(&j, NULL, g->members[i]);
	cs_json_close(&j);
	if (!g->direct)
		list_roles(&j, g);
	if (g->picture)
		cs_json_bool(&j, "picture", true);
	cs_json_close(&j);
	cli_list(l, &j);
}

static void
list_text(const struct cs_client_group *g)
{
	printf("%.*s  ", CLI_ID_DIGITS, g->id);
	cli_print_name(stdout, g->name);
	if (g->alias[0] != '\0') {
		printf(", your ");
		cli_print_name(stdout, g->alias);
	}
	if (g->direct)
		printf(" (the two of you)");
	if (g->looks_like[0] != '\0') {
		printf(" [a group, not ");
		cli_print_name(stdout, g->looks_like);
		printf("]");
	}
	if (g->state != CS_CLIENT_ACTIVE)
		printf(" [%s]", state_name(g->state));
	if (g->lost)
		printf(" [lost: see countersign group repair]");
	printf(":");
	for (size_t i = 0; i < g->n_members; i++) {
		printf(" %s", g->members[i]);
		if (!g->direct && g->roles[i] != CS_CLIENT_MEMBER)
			printf(" (%s)", role_names[g->roles[i]]);
	}
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
	cli_close(c);
	return status;
}

/* Who is in the group now, as the last word on what was entered. */
static int
show_repaired(struct cs_client *c, const struct cli_args *args,
    const uint8_t ref[static CS_HASH_LEN])
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

		if (memcmp(g->ref, ref, sizeof g->ref) != 0)
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
	uint8_t ref[CS_HASH_LEN];
	struct cs_client *c;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_ONLINE);

	if (status != CLI_OK)
		return status;
	err = cs_client_group_repair(
	    c, cli_arg(args, 0), cli_flag(args, "force"), ref);
	status = err ? cli_client_fail(c, err) : show_repaired(c, args, ref);
	cli_close(c);
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
	cli_close(c);
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
