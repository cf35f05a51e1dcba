/* SPDX-License-Identifier: MIT */
#include "member/people.h"

#include <string.h>

#include "base/alloc.h"
#include "member/show.h"
#include "member/take.h"

enum cs_err
member_accept(struct member_call *k)
{
	return cs_client_accept(k->c, member_text(k, "name"));
}

enum cs_err
member_block(struct member_call *k)
{
	return cs_client_block(k->c, member_text(k, "name"));
}

enum cs_err
member_alias(struct member_call *k)
{
	return cs_client_alias(
	    k->c, member_text(k, "id"), member_text(k, "alias"));
}

enum cs_err
member_safety_number(struct member_call *k)
{
	char digits[CS_CLIENT_SAFETY_DIGITS + 1];
	char changed[CS_CLIENT_SAFETY_DIGITS + 1];
	const char *name = member_text(k, "name");
	enum cs_err err = cs_client_safety_number(k->c, name, digits), other;

	if (err)
		return err;
	other = cs_client_new_safety_number(k->c, name, changed);
	if (other != CS_OK && other != CS_ERR_NOT_FOUND)
		return other;
	cs_json_object(k->out, "give");
	cs_json_string(k->out, "digits", digits);
	if (other == CS_OK)
		cs_json_string(k->out, "changed", changed);
	cs_json_close(k->out);
	return CS_OK;
}

enum cs_err
member_accept_new_key(struct member_call *k)
{
	return cs_client_accept_new_key(k->c, member_text(k, "name"));
}

/* ---- groups ------------------------------------------------------------- */

static enum cs_err
with_people(struct member_call *k, const char *group,
    enum cs_err (*fn)(struct cs_client *c, const char *name,
	const struct cs_client_people *who))
{
	size_t n = member_count(k, "people");
	const char **names = cs_calloc(n != 0 ? n : 1, sizeof *names);
	const struct cs_client_people who = {
		.names = names,
		.n = n,
		.begin = member_bool(k, "begin") ? cs_client_begin_with_anybody
						 : NULL,
	};
	enum cs_err err;

	if (names == NULL)
		return CS_ERR_NOMEM;
	for (size_t i = 0; i < n; i++)
		names[i] = member_item(k, "people", i);
	err = n == 0 ? member_fail(k, CS_ERR_FORMAT, "Choose somebody first.")
		     : fn(k->c, group, &who);
	cs_free_plain(names);
	return err;
}

enum cs_err
member_group_new(struct member_call *k)
{
	return with_people(k, member_text(k, "name"), cs_client_group_new);
}

enum cs_err
member_group_add(struct member_call *k)
{
	return with_people(k, member_text(k, "id"), cs_client_group_add);
}

enum cs_err
member_group_remove(struct member_call *k)
{
	return cs_client_group_remove(
	    k->c, member_text(k, "id"), member_text(k, "name"));
}

enum cs_err
member_group_rename(struct member_call *k)
{
	return cs_client_group_rename(
	    k->c, member_text(k, "id"), member_text(k, "name"));
}

enum cs_err
member_group_role(struct member_call *k)
{
	unsigned role = 0;

	while (role <= CS_CLIENT_OWNER &&
	    strcmp(member_text(k, "role"),
		cs_member_role_name((enum cs_client_role)role)) != 0)
		role++;
	if (role > CS_CLIENT_OWNER)
		return member_fail(k, CS_ERR_FORMAT, "That is not a role.");
	return cs_client_group_role(k->c, member_text(k, "id"),
	    member_text(k, "name"), (enum cs_client_role)role);
}

enum cs_err
member_group_policy(struct member_call *k)
{
	const struct cs_client_policy all = { true, true, true, true };
	const struct cs_client_policy to = {
		.add = member_bool(k, "add"),
		.rename = member_bool(k, "rename"),
		.timer = member_bool(k, "timer"),
		.write = member_bool(k, "write"),
	};

	return cs_client_group_policy(k->c, member_text(k, "id"), &all, &to);
}

enum cs_err
member_group_leave(struct member_call *k)
{
	return cs_client_group_leave(k->c, member_text(k, "id"));
}

enum cs_err
member_group_repair(struct member_call *k)
{
	uint8_t ref[CS_HASH_LEN];

	return cs_client_group_repair(
	    k->c, member_text(k, "id"), member_bool(k, "force"), ref);
}
