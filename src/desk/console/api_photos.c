/* SPDX-License-Identifier: MIT */
/* Photos and lists of hashes over HTTP. */
#include "desk/console/api_photos.h"

#include <stdio.h>

#include "content/photo_look.h"
#include "desk/console/call.h"
#include "desk/core/actor.h"
#include "desk/core/json.h"
#include "desk/core/problem.h"
#include "desk/photos/lists.h"
#include "desk/photos/photo.h"
#include "desk/show/photos.h"
#include "net/web.h"

enum cs_err
api_picture_of(struct api_call *c, api_take_picture *take)
{
	int level = cs_desk_photo_level_find(cs_web_arg(c->rq, "level"));
	struct cs_buf picture = { 0 };
	const char *type = NULL;
	enum cs_err err;

	if (level < 0)
		return desk_problem(c->d, CS_ERR_FORMAT, "bad-level",
		    "A level is blur, small or full.");
	if (level != CS_PHOTO_LEVEL_BLUR && !cs_desk_works(&c->actor))
		return desk_problem(c->d, CS_ERR_DENIED, "see-role",
		    "Your role does not allow to see more of it.");
	err = take(&picture, &type, c->d, &c->actor, api_id(c),
	    (enum cs_photo_level)level);
	if (err == CS_OK)
		err = api_file(c, &picture, type, NULL);
	cs_buf_free(&picture);
	return err;
}

enum cs_err
api_picture(struct api_call *c)
{
	return api_picture_of(c, cs_desk_photo_picture);
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

/* The format that is asked for. */
static enum cs_err
take_format(enum cs_desk_list_format *out, struct api_call *c)
{
	int format = cs_desk_list_format_find(cs_web_arg(c->rq, "format"));

	*out = (enum cs_desk_list_format)format;
	return format >= 0
	    ? CS_OK
	    : desk_problem(c->d, CS_ERR_FORMAT, "bad-list-format",
		  "A format is \"csv\" or \"hma\".");
}

static void
put_import(json_t *o, const struct cs_desk_import *done, enum cs_err *err)
{
	json_t *bad = json_array();

	for (size_t i = 0; i < done->n_bad && i < CS_DESK_IMPORT_BAD_MAX; i++) {
		json_t *line = json_object();

		json_put_num(line, "line", done->bad[i].line, err);
		json_put_str(line, "why", done->bad[i].why, err);
		json_push(bad, line, err);
	}
	json_put_num(o, "added", done->added, err);
	json_put_num(o, "skipped", done->skipped, err);
	json_put_num(o, "n_bad", done->n_bad, err);
	json_put(o, "bad", bad, err);
}

enum cs_err
api_list_import(struct api_call *c)
{
	struct cs_desk_import done;
	enum cs_desk_list_format format;
	enum cs_err err;

	if ((err = take_format(&format, c)) == CS_OK &&
	    (err = cs_desk_list_import(&done, c->d, &c->actor, api_id(c),
		 format, c->rq->body)) == CS_OK)
		put_import(c->out, &done, &err);
	return err;
}

enum cs_err
api_list_export(struct api_call *c)
{
	enum cs_desk_list_format format;
	struct cs_buf text = { 0 };
	char name[40];
	enum cs_err err;

	if ((err = take_format(&format, c)))
		return err;
	snprintf(name, sizeof name, "list-%llu.%s",
	    (unsigned long long)api_id(c),
	    format == CS_DESK_LIST_CSV ? "csv" : "txt");
	err = cs_desk_list_export(&text, c->d, &c->actor, api_id(c), format);
	if (err == CS_OK)
		err = api_file(c, &text, "text/plain; charset=utf-8", name);
	cs_buf_free(&text);
	return err;
}
