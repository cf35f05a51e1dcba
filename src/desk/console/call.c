/* SPDX-License-Identifier: MIT */
#include "desk/console/call.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"
#include "base/units.h"
#include "desk/core/desk.h"
#include "desk/core/json.h"
#include "desk/core/problem.h"
#include "desk/core/text.h"
#include "net/web.h"

void
api_refuse_said(
    struct api_call *c, int status, const char *code, enum cs_err err)
{
	const struct desk_problem *p = &c->d->problem;
	json_t *e = json_object(), *args = json_array();
	enum cs_err failed = CS_OK;

	json_put_str(e, "code", code, &failed);
	json_put_str(e, "message", p->code != NULL ? p->text : cs_err_text(err),
	    &failed);
	for (unsigned i = 0; i < p->n_args; i++)
		json_push(args, json_string(p->args[i]), &failed);
	if (p->code != NULL) {
		json_put_str(e, "problem", p->code, &failed);
		json_put(e, "args", json_incref(args), &failed);
	}
	json_decref(args);
	if (c->answer->retry_after_s != 0)
		json_put_num(
		    e, "retry_after_s", c->answer->retry_after_s, &failed);
	if (status == 409 && c->d->conflict.at_ms != 0) {
		json_put_str(e, "by", c->d->conflict.by, &failed);
		json_put_num(e, "at_ms", c->d->conflict.at_ms, &failed);
	}
	/* Without memory for it, the status says what it can. */
	c->answer->status = status;
	json_decref(c->out);
	c->out = json_pack("{s:o}", "error", e);
}

void
api_refuse(struct api_call *c, int status, const char *code,
    const char *problem, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	desk_problem_say(c->d, problem, format, ap);
	va_end(ap);
	api_refuse_said(c, status, code, CS_OK);
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
	return json_is_boolean(v)
	    ? CS_OK
	    : desk_problem(c->d, CS_ERR_FORMAT, "bad-flag",
		  "\"%s\" is true or false.", name);
}

enum cs_err
api_hex_id(uint8_t out[static CS_ID_LEN], struct cs_desk *d, const char *hex)
{
	return cs_unhex(out, CS_ID_LEN, hex) == CS_OK
	    ? CS_OK
	    : desk_problem(
		  d, CS_ERR_FORMAT, "bad-id", "That is no such number.");
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
