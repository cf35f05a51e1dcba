/* SPDX-License-Identifier: MIT */
/* What was filed from outside, over HTTP. */
#include "desk/console/api_notices.h"

#include <stdio.h>
#include <string.h>

#include "content/photo_look.h"
#include "desk/cases/case.h"
#include "desk/console/api_photos.h"
#include "desk/console/call.h"
#include "desk/core/actor.h"
#include "desk/core/json.h"
#include "desk/core/problem.h"
#include "desk/decisions/notice.h"
#include "desk/photos/photo.h"
#include "desk/reports/filing.h"
#include "desk/show/case.h"
#include "desk/show/notice.h"
#include "franking/filing.h"
#include "net/web.h"

enum cs_err
api_notices(struct api_call *c)
{
	json_t *items = json_array();
	bool over = strcmp(cs_web_arg(c->rq, "state"), "over") == 0;
	enum cs_err err = cs_desk_notices(
	    items, c->d, over ? DESK_FILING_OVER : DESK_FILING_OPEN);

	json_put(c->out, "items", items, &err);
	json_put(c->out, "next", json_null(), &err);
	return err;
}

enum cs_err
api_notice(struct api_call *c)
{
	json_t *o = NULL;
	enum cs_err err;

	if ((err = cs_desk_notice_show(&o, c->d, &c->actor, api_id(c))))
		return err;
	json_decref(c->out);
	c->out = o;
	return CS_OK;
}

enum cs_err
api_notice_contact(struct api_call *c)
{
	return cs_desk_notice_contact(c->out, c->d, &c->actor, api_id(c));
}

/* The case that it is in. */
static enum cs_err
case_of(uint64_t *id, struct api_call *c)
{
	struct desk_filing f;
	enum cs_err err = desk_filing_load(&f, c->d, api_id(c));

	*id = f.case_id;
	desk_filing_clear(&f);
	return err;
}

enum cs_err
api_notice_answer(struct api_call *c)
{
	const struct cs_desk_notice_answer a = {
		.number = api_id(c),
		.outcome = cs_filing_outcome_named(
		    cs_view_str(json_get_str(c->in, "outcome"))),
		.text = json_get_str(c->in, "text"),
	};
	struct cs_desk_edit e = { .d = c->d,
		.actor = &c->actor,
		.version = json_get_num(c->in, "version") };
	enum cs_err err;

	if ((err = case_of(&e.case_id, c)) ||
	    (err = cs_desk_notice_answer(&e, &a)))
		return err;
	return cs_desk_case_show(c->out, c->d, &c->actor, e.case_id, 0);
}

enum cs_err
api_notice_file(struct api_call *c)
{
	struct desk_filing_file f;
	struct cs_buf bytes = { 0 };
	char name[60];
	enum cs_err err =
	    cs_desk_filing_file(&bytes, &f, c->d, &c->actor, api_id(c));

	/* Under a name that we choose. */
	if (err == CS_OK) {
		snprintf(name, sizeof name, "notice-%llu-%llu%s",
		    (unsigned long long)f.filing,
		    (unsigned long long)f.place + 1,
		    f.kind == DESK_FILING_FILE_EVIDENCE ? ".csev" : ".bin");
		err = api_file(c, &bytes, "application/octet-stream", name);
	}
	cs_buf_free(&bytes);
	return err;
}

enum cs_err
api_notice_picture(struct api_call *c)
{
	return api_picture_of(c, cs_desk_filing_picture);
}
