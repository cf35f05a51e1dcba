/* SPDX-License-Identifier: MIT */
#include "desk/console/call.h"

#include <stdio.h>

#include "base/text.h"
#include "base/units.h"
#include "desk/core/desk.h"
#include "desk/core/store.h"
#include "desk/core/text.h"
#include "net/web.h"

void
api_refuse(
    struct api_call *c, int status, const char *code, const char *message)
{
	json_t *e = json_pack(
	    "{s:{s:s,s:s}}", "error", "code", code, "message", message);

	c->answer->status = status;
	if (c->answer->retry_after_s != 0)
		json_object_set_new(json_object_get(e, "error"),
		    "retry_after_s", json_integer(c->answer->retry_after_s));
	if (status == 409 && c->d->conflict.at_ms != 0) {
		json_t *o = json_object_get(e, "error");

		json_object_set_new(o, "by", json_string(c->d->conflict.by));
		json_object_set_new(
		    o, "at_ms", json_integer((json_int_t)c->d->conflict.at_ms));
	}
	json_decref(c->out);
	c->out = e;
}

uint64_t
api_num_arg(const struct api_call *c, const char *name)
{
	return desk_id_parse(cs_web_arg(c->rq, name));
}

uint64_t
api_id(const struct api_call *c)
{
	return desk_id_parse(c->id);
}

bool
api_online(const struct cs_desk_api *api)
{
	return api->options.online != NULL &&
	    __atomic_load_n(api->options.online, __ATOMIC_RELAXED);
}

enum cs_err
api_flag(bool *out, struct api_call *c, const char *name)
{
	const json_t *v = json_object_get(c->in, name);

	*out = json_is_true(v);
	return json_is_boolean(v) ? CS_OK
				  : desk_problem(c->d, CS_ERR_FORMAT,
					"\"%s\" is true or false.", name);
}

enum cs_err
api_hex_id(uint8_t out[static CS_ID_LEN], struct cs_desk *d, const char *hex)
{
	return cs_unhex(out, CS_ID_LEN, hex) == CS_OK
	    ? CS_OK
	    : desk_problem(d, CS_ERR_FORMAT, "That is no such number.");
}

enum cs_err
api_file(struct api_call *c, struct cs_buf *bytes, const char *media_type,
    const char *name)
{
	cs_buf_move(&c->answer->body, bytes);
	c->answer->media_type = media_type;
	if (name != NULL)
		snprintf(c->answer->disposition, sizeof c->answer->disposition,
		    "attachment; filename=\"%s\"", name);
	return CS_OK;
}
