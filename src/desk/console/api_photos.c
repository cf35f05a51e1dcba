/* SPDX-License-Identifier: MIT */
/* Photos and lists of hashes over HTTP. */
#include "desk/console/api_photos.h"

#include <stdio.h>
#include <string.h>

#include "content/photo_look.h"
#include "desk/console/call.h"
#include "desk/core/actor.h"
#include "desk/core/json.h"
#include "desk/core/store.h"
#include "desk/photos/lists.h"
#include "desk/photos/photo.h"
#include "net/web.h"

enum cs_err
api_picture(struct api_call *c)
{
	int level = cs_desk_photo_level_find(cs_web_arg(c->rq, "level"));
	struct cs_buf picture = { 0 };
	const char *type = NULL;
	enum cs_err err;

	if (level < 0)
		return desk_problem(
		    c->d, CS_ERR_FORMAT, "A level is blur, small or full.");
	if (level != CS_PHOTO_LEVEL_BLUR && !cs_desk_works(&c->actor))
		return desk_problem(c->d, CS_ERR_DENIED,
		    "Your role does not allow to see more of it.");
	err = cs_desk_photo_picture(
	    &picture, &type, c->d, &c->actor, api_id(c), level);
	if (err == CS_OK)
		err = api_file(c, &picture, type, NULL);
	cs_buf_free(&picture);
	return err;
}

enum cs_err
api_cluster(struct api_call *c)
{
	json_t *items = json_array();
	enum cs_err err = cs_desk_photo_copies(items, c->d, api_id(c));

	json_put(c->out, "copies", items, &err);
	return err;
}

enum cs_err
api_lists(struct api_call *c)
{
	json_t *items = json_array();
	enum cs_err err = cs_desk_lists(items, c->d);

	json_put(c->out, "items", items, &err);
	return err;
}

enum cs_err
api_list_add(struct api_call *c)
{
	uint64_t id = 0;
	enum cs_err err;

	err = cs_desk_list_add(c->d, &c->actor, json_get_str(c->in, "name"),
	    json_get_str(c->in, "owner"), json_get_str(c->in, "purpose"), &id);
	if (err == CS_OK)
		json_put_id(c->out, "id", id, &err);
	return err;
}

enum cs_err
api_list_remove(struct api_call *c)
{
	return cs_desk_list_remove(c->d, &c->actor, api_id(c));
}

enum cs_err
api_list_import(struct api_call *c)
{
	return cs_desk_list_import(c->out, c->d, &c->actor, api_id(c),
	    cs_web_arg(c->rq, "format"), c->rq->body);
}

enum cs_err
api_list_export(struct api_call *c)
{
	const char *format = cs_web_arg(c->rq, "format");
	struct cs_buf text = { 0 };
	char name[40];
	enum cs_err err;

	snprintf(name, sizeof name, "list-%llu.%s",
	    (unsigned long long)api_id(c),
	    strcmp(format, "csv") == 0 ? "csv" : "txt");
	err = cs_desk_list_export(&text, c->d, &c->actor, api_id(c), format);
	if (err == CS_OK)
		err = api_file(c, &text, "text/plain; charset=utf-8", name);
	cs_buf_free(&text);
	return err;
}
