/* SPDX-License-Identifier: MIT */
#include "hub/site/far.h"

#include <string.h>

#include "hub/site/refuse.h"

#define REQUEST_ID 1

static bool
put(struct site_visit *v, uint8_t kind, struct cs_view bytes)
{
	struct site *s = v->site;

	return s->database != NULL && v->line != 0 &&
	    cs_channel_put(s->database, kind, v->line, bytes) == CS_OK;
}

void
site_far_greet(struct site_visit *v, site_begin *then)
{
	struct hub_talk_opened opened = { 0 };

	memcpy(opened.address, v->address, sizeof opened.address);
	v->line = cs_slots_add(&v->site->lines, v);
	v->greeted = then;
	if (!put(v, HUB_TALK_OPENED, HUB_TALK_OF(opened)))
		site_refuse_frame(v, NULL);
}

void
site_far_ask(struct site_visit *v, uint8_t kind,
    const struct cs_wire_shape *shape, const void *message, site_step *step)
{
	struct cs_buf frame = { 0 };
	bool sent;

	v->step = step;
	sent = cs_wire_frame_head(&frame, kind, REQUEST_ID) == CS_OK &&
	    cs_wire_write(&frame, shape, message) == CS_OK &&
	    put(v, HUB_TALK_FRAME, cs_buf_view(&frame));
	cs_buf_free(&frame);
	if (!sent) {
		v->step = NULL;
		step(v, NULL);
	}
}

void
site_far_leave(struct site_visit *v)
{
	if (v->line == 0)
		return;
	(void)put(v, HUB_TALK_CLOSED, cs_view(NULL, 0));
	cs_slots_remove(&v->site->lines, v->line);
	v->line = 0;
}

/* The desk's key, to which all is sealed, comes with the hello. */
static enum cs_err
take_hello(struct site_visit *v, struct cs_view body)
{
	site_begin *then = v->greeted;
	struct cs_wire_hello hello;
	enum cs_err err = cs_wire_parse(&hello, &cs_wire_hello_shape, body);

	v->greeted = NULL;
	if (err == CS_OK && then == NULL)
		err = CS_ERR_FORMAT;
	if (err == CS_OK)
		err = cs_buf_set(&v->desk_cert, hello.desk_seal_cert);
	if (err == CS_OK)
		err = cs_buf_set(&v->sign_cert, hello.desk_sign_cert);
	if (err == CS_OK)
		err = cs_buf_set(&v->tlog_cert, hello.tlog_cert);
	if (err == CS_OK)
		then(v);
	return err;
}

/* Nothing more will come for a visit. */
static void
give_up(struct site_visit *v)
{
	site_step *step = v->step;

	v->step = NULL;
	v->greeted = NULL;
	if (step != NULL)
		step(v, NULL);
	else if (!v->answered)
		site_refuse_frame(v, NULL);
}

static enum cs_err
take_frame(struct site_visit *v, struct cs_view bytes)
{
	struct cs_wire_frame frame;
	site_step *step = v->step;
	enum cs_err err = cs_wire_frame_parse(&frame, bytes);

	if (err)
		return err;
	if (frame.kind == CS_WIRE_HELLO)
		return take_hello(v, frame.body);
	if (frame.id != REQUEST_ID || step == NULL)
		return CS_ERR_FORMAT;
	v->step = NULL;
	step(v, &frame);
	return CS_OK;
}

enum cs_err
site_far_told(struct site *s, const struct cs_channel_message *m)
{
	struct site_visit *v = cs_slots_get(&s->lines, m->about);

	/* Its visit may be over, and windows are not for who asks one thing
	 * after the other. */
	if (v == NULL || m->kind == HUB_TALK_CREDIT ||
	    m->kind == HUB_TALK_ALLOW)
		return CS_OK;
	switch (m->kind) {
	case HUB_TALK_SEND:
		return take_frame(v, m->bytes);
	case HUB_TALK_END:
		give_up(v);
		return CS_OK;
	default:
		return CS_ERR_FORMAT;
	}
}

void
site_far_fail(struct site *s)
{
	struct site_visit *v;
	size_t at = 0;

	while ((v = cs_slots_each(&s->lines, &at)) != NULL) {
		cs_slots_remove(&s->lines, v->line);
		v->line = 0;
		give_up(v);
	}
}
