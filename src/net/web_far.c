/* SPDX-License-Identifier: MIT */
#include "net/web_far.h"

#include <poll.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "family/channel.h"
#include "family/slots.h"
#include "net/web_talk.h"

struct cs_web_far {
	struct cs_web_far_config config;
	struct cs_channel *channel;
	struct cs_slots streams;
	uint64_t asked; /* the number of the last question */
	struct cs_web_request_read request;
};

enum cs_err
cs_web_far_new(
    struct cs_web_far **out, int fd, const struct cs_web_far_config *config)
{
	const struct cs_channel_limits limits = {
		.message = config->body_max + CS_WEB_TALK_HEAD_MAX,
		.waiting = CS_WEB_ANSWER_MAX + CS_WEB_TALK_HEAD_MAX,
	};
	struct cs_channel *channel;
	enum cs_err err = cs_channel_new(&channel, fd, &limits);

	*out = NULL;
	if (err)
		return err;
	if ((*out = cs_calloc(1, sizeof **out)) == NULL) {
		cs_channel_free(channel);
		return CS_ERR_NOMEM;
	}
	(*out)->config = *config;
	(*out)->channel = channel;
	return CS_OK;
}

enum cs_err
cs_web_far_renew(
    struct cs_web_far **web, int *fd, const struct cs_web_far_config *config)
{
	int link = *fd;

	if (link < 0)
		return CS_OK;
	*fd = -1;
	cs_web_far_free(*web);
	*web = NULL;
	return cs_web_far_new(web, link, config);
}

void
cs_web_far_free(struct cs_web_far *far)
{
	size_t at = 0;
	void *stream;

	if (far == NULL)
		return;
	while ((stream = cs_slots_each(&far->streams, &at)) != NULL)
		far->config.ended(far->config.arg, stream);
	cs_slots_free(&far->streams);
	cs_channel_free(far->channel);
	cs_free(far, sizeof *far);
}

int
cs_web_far_fd(const struct cs_web_far *far, short *events)
{
	/* Who does not take answers is not read. */
	*events = cs_channel_waiting(far->channel) != 0 ? POLLOUT : POLLIN;
	return cs_channel_fd(far->channel);
}

/* ---- requests ----------------------------------------------------------- */

/* The number of the answer's stream, 0 if it has none. */
static enum cs_err
keep_stream(uint64_t *number, struct cs_web_far *far, struct cs_web_answer *a)
{
	*number = 0;
	if (a->stream == NULL)
		return CS_OK;
	/* The web server refuses the one that is too many by itself. */
	if (far->streams.n <= CS_WEB_STREAMS_MAX)
		*number = cs_slots_add(&far->streams, a->stream);
	if (*number != 0)
		return CS_OK;
	far->config.ended(far->config.arg, a->stream);
	return far->streams.n > CS_WEB_STREAMS_MAX ? CS_ERR_LIMIT
						   : CS_ERR_NOMEM;
}

static enum cs_err
on_request(struct cs_web_far *far, struct cs_view in)
{
	struct cs_web_answer a = { .status = 500,
		.media_type = "text/plain; charset=utf-8" };
	struct cs_buf out = { 0 };
	uint64_t stream;
	enum cs_err err;

	if ((err = cs_web_request_read(
		 &far->request, in, far->config.body_max)))
		return err;
	far->config.handle(far->config.arg, &far->request.rq, &a);
	err = keep_stream(&stream, far, &a);
	if (a.body.len > CS_WEB_ANSWER_MAX) {
		cs_buf_free(&a.body);
		a.status = 503;
	}
	if (err == CS_OK &&
	    (err = cs_web_answer_write(&out, &a, stream)) == CS_OK)
		err = cs_channel_put(far->channel, CS_WEB_TALK_ANSWER,
		    far->asked, cs_buf_view(&out));
	cs_buf_free(&a.body);
	cs_buf_free(&out);
	cs_wipe(&far->request, sizeof far->request);
	return err;
}

/* ---- streams ------------------------------------------------------------ */

static enum cs_err
read_stream(uint64_t *number, void **stream, const struct cs_web_far *far,
    struct cs_view in)
{
	struct cs_reader r = cs_reader(in);

	*number = cs_read_u64(&r);
	*stream = cs_slots_get(&far->streams, *number);
	return cs_reader_end(&r) == CS_OK && *stream != NULL ? CS_OK
							     : CS_ERR_FORMAT;
}

static enum cs_err
on_more(struct cs_web_far *far, struct cs_view in)
{
	struct cs_buf events = { 0 };
	uint8_t goes_on;
	uint64_t number;
	void *stream;
	enum cs_err err;

	if ((err = read_stream(&number, &stream, far, in)))
		return err;
	goes_on = far->config.more(far->config.arg, stream, &events);
	if (events.len <= CS_WEB_ANSWER_MAX) {
		const struct cs_view parts[] = { cs_view(&goes_on, 1),
			cs_buf_view(&events) };

		err = cs_channel_put_parts(
		    far->channel, CS_WEB_TALK_EVENTS, far->asked, parts, 2);
	} else {
		err = CS_ERR_LIMIT;
	}
	cs_buf_free(&events);
	return err;
}

static enum cs_err
on_ended(struct cs_web_far *far, struct cs_view in)
{
	uint64_t number;
	void *stream;
	enum cs_err err;

	if ((err = read_stream(&number, &stream, far, in)))
		return err;
	cs_slots_remove(&far->streams, number);
	far->config.ended(far->config.arg, stream);
	return CS_OK;
}

/* ---- all of it ---------------------------------------------------------- */

static enum cs_err
answer(struct cs_web_far *far, const struct cs_channel_message *m)
{
	if (m->about != far->asked + 1)
		return CS_ERR_FORMAT;
	far->asked++;
	switch (m->kind) {
	case CS_WEB_TALK_REQUEST:
		return on_request(far, m->bytes);
	case CS_WEB_TALK_MORE:
		return on_more(far, m->bytes);
	case CS_WEB_TALK_ENDED:
		return on_ended(far, m->bytes);
	default:
		return CS_ERR_FORMAT;
	}
}

enum cs_err
cs_web_far_serve(struct cs_web_far *far)
{
	struct cs_channel_message m;
	enum cs_err err, gone;

	if ((err = cs_channel_flush(far->channel)))
		return err;
	if (cs_channel_waiting(far->channel) != 0)
		return CS_OK;
	gone = cs_channel_fill(far->channel);
	while (cs_channel_waiting(far->channel) == 0 &&
	    cs_channel_next(&m, far->channel)) {
		if ((err = answer(far, &m)) ||
		    (err = cs_channel_flush(far->channel)))
			return err;
	}
	return gone;
}
