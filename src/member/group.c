/* SPDX-License-Identifier: MIT */
#include "member/group.h"

#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "member/events.h"
#include "member/take.h"

/* ---- pictures ----------------------------------------------------------- */

enum cs_err
member_group_picture(struct member_call *k)
{
	const char *photo = member_text(k, "photo");
	char *path = photo != NULL ? member_path(k, photo) : NULL;
	enum cs_err err;

	if (photo != NULL && path == NULL)
		return CS_ERR_NOMEM;
	err = cs_client_group_picture(
	    k->c, member_text(k, "id"), path, member_event_progress);
	if (path != NULL)
		(void)unlink(path);
	cs_free_plain(path);
	return err;
}

enum cs_err
member_group_picture_get(struct member_call *k)
{
	char file[MEMBER_FILE_SIZE];
	char *path;
	enum cs_err err;

	member_new_file(file, "picture");
	if ((path = member_path(k, file)) == NULL)
		return CS_ERR_NOMEM;
	err = cs_client_group_picture_save(k->c, member_text(k, "id"), path);
	cs_free_plain(path);
	if (err)
		return err;
	cs_json_object(k->out, "give");
	cs_json_string(k->out, "file", file);
	cs_json_close(k->out);
	return CS_OK;
}

/* ---- links -------------------------------------------------------------- */

enum cs_err
member_group_link(struct member_call *k)
{
	static const char *const names[] = {
		[CS_CLIENT_LINK_SHOW] = "show",
		[CS_CLIENT_LINK_NEW] = "new",
		[CS_CLIENT_LINK_OFF] = "off",
	};
	char link[CS_CLIENT_CODE_SIZE] = "";
	unsigned what = 0;
	enum cs_err err;

	while (what <= CS_CLIENT_LINK_OFF &&
	    strcmp(member_text(k, "what"), names[what]) != 0)
		what++;
	if (what > CS_CLIENT_LINK_OFF)
		return member_fail(
		    k, CS_ERR_FORMAT, "A link is shown, made anew or ended.");
	if ((err = cs_client_group_link(
		 k->c, member_text(k, "id"), (enum cs_client_link)what, link)))
		return err;
	cs_json_object(k->out, "give");
	cs_json_string(k->out, "link", link);
	cs_json_close(k->out);
	return CS_OK;
}

static enum cs_err
give_asker(void *arg, const struct cs_client_asker *a)
{
	struct cs_json_writer *j = arg;

	cs_json_object(j, NULL);
	cs_json_string(j, "name", a->handle);
	if (a->alias[0] != '\0')
		cs_json_string(j, "alias", a->alias);
	if (a->near[0] != '\0')
		cs_json_string(j, "near", a->near);
	cs_json_bool(j, "accepted", a->accepted);
	cs_json_number(j, "asked_ms", a->asked_ms);
	cs_json_text(j, "text", a->text);
	cs_json_close(j);
	return CS_OK;
}

enum cs_err
member_group_asks(struct member_call *k)
{
	enum cs_err err;

	cs_json_array(k->out, "give");
	err = cs_client_group_asks(
	    k->c, member_text(k, "id"), give_asker, k->out);
	cs_json_close(k->out);
	return err;
}

enum cs_err
member_group_approve(struct member_call *k)
{
	const char *name = member_text(k, "name");
	const struct cs_client_people who = {
		.names = &name,
		.n = 1,
		.begin = member_bool(k, "begin") ? cs_client_begin_with_anybody
						 : NULL,
	};

	return cs_client_group_approve(k->c, member_text(k, "id"), &who);
}

enum cs_err
member_group_refuse(struct member_call *k)
{
	return cs_client_group_refuse(
	    k->c, member_text(k, "id"), member_text(k, "name"));
}

enum cs_err
member_group_ask(struct member_call *k)
{
	char group[CS_CLIENT_GROUP_ID_SIZE];
	enum cs_err err = cs_client_group_ask(
	    k->c, member_text(k, "link"), member_view(k, "text"), group);

	if (err)
		return err;
	cs_json_object(k->out, "give");
	cs_json_string(k->out, "group", group);
	cs_json_close(k->out);
	return CS_OK;
}

static void
give_own_ask(void *arg, const struct cs_client_own_ask *a)
{
	static const char *const states[] = {
		[CS_CLIENT_ASK_WAITS] = "waits",
		[CS_CLIENT_ASK_TAKEN] = "taken",
		[CS_CLIENT_ASK_OVER] = "over",
	};
	struct cs_json_writer *j = arg;

	cs_json_object(j, NULL);
	cs_json_string(j, "group", a->group);
	cs_json_string(j, "state", states[a->state]);
	cs_json_number(j, "asked_ms", a->asked_ms);
	cs_json_number(j, "until_ms", a->until_ms);
	cs_json_close(j);
}

enum cs_err
member_own_asks(struct member_call *k)
{
	enum cs_err err;

	cs_json_array(k->out, "give");
	err = cs_client_own_asks(k->c, give_own_ask, k->out);
	cs_json_close(k->out);
	return err;
}
