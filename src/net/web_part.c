/* SPDX-License-Identifier: MIT */
#include "net/web_part.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "base/units.h"
#include "base/writer.h"
#include "crypto/init.h"
#include "family/channel.h"
#include "family/confine.h"
#include "family/part.h"

/* Longer than any answer takes. */
#define ANSWER_MS (10 * 60 * CS_SECOND_MS)

struct web {
	int listener;
	size_t body_max;
	char csp[CS_HAND_BYTES_MAX + 1], chain[CS_HAND_BYTES_MAX + 1],
	    key[CS_HAND_BYTES_MAX + 1];
	struct cs_channel *answers;
	uint64_t asked; /* the number of the last question */
	struct cs_web *web;
	struct cs_web_answer_read answer;
	enum cs_err over; /* why it ends */
};

/* ---- asking ------------------------------------------------------------- */

static void
give_up(struct web *w, enum cs_err why)
{
	if (w->over == CS_OK)
		w->over = why;
	cs_web_stop(w->web);
}

static enum cs_err
ask(struct cs_channel_message *m, struct web *w, enum cs_web_talk_kind kind,
    struct cs_view question, enum cs_web_talk_kind want)
{
	enum cs_err err;

	if ((err = cs_channel_put(
		 w->answers, (uint8_t)kind, ++w->asked, question)) ||
	    (err = cs_channel_await(m, w->answers, ANSWER_MS)))
		return err;
	return m->kind == want && m->about == w->asked ? CS_OK : CS_ERR_FORMAT;
}

static void
handle(void *arg, const struct cs_web_request *rq, struct cs_web_answer *answer)
{
	struct cs_channel_message m;
	struct cs_buf question = { 0 };
	struct web *w = arg;
	uint64_t *stream = NULL;
	enum cs_err err;

	answer->status = 503;
	if (w->over)
		return;
	if ((err = cs_web_request_write(&question, rq)) == CS_OK &&
	    (err = ask(&m, w, CS_WEB_TALK_REQUEST, cs_buf_view(&question),
		 CS_WEB_TALK_ANSWER)) == CS_OK)
		err = cs_web_answer_read(&w->answer, m.bytes);
	if (err == CS_OK && w->answer.stream != 0 &&
	    (stream = cs_calloc(1, sizeof *stream)) == NULL) {
		cs_buf_free(&w->answer.a.body);
		err = CS_ERR_NOMEM;
	}
	cs_buf_free(&question);
	if (err) {
		give_up(w, err);
		return;
	}
	*answer = w->answer.a; /* with its body */
	if (stream != NULL)
		*stream = w->answer.stream;
	answer->stream = stream;
}

static struct cs_view
stream_question(uint8_t out[static 8], const uint64_t *stream)
{
	cs_put_u64(out, *stream);
	return cs_view(out, 8);
}

static bool
more(void *arg, void *stream, struct cs_buf *out)
{
	struct cs_channel_message m;
	struct web *w = arg;
	uint8_t question[8];
	struct cs_reader r;
	bool goes_on;
	enum cs_err err;

	if (w->over)
		return false;
	if ((err = ask(&m, w, CS_WEB_TALK_MORE,
		 stream_question(question, stream), CS_WEB_TALK_EVENTS))) {
		give_up(w, err);
		return false;
	}
	r = cs_reader(m.bytes);
	goes_on = cs_read_u8(&r) == 1;
	return cs_buf_add(out, cs_read_bytes(&r, r.left)) == CS_OK && goes_on;
}

static void
ended(void *arg, void *stream)
{
	struct web *w = arg;
	uint8_t question[8];
	struct cs_view bytes = stream_question(question, stream);
	enum cs_err err;

	cs_free(stream, sizeof(uint64_t));
	if (w->over)
		return;
	if ((err = cs_channel_put(
		 w->answers, CS_WEB_TALK_ENDED, ++w->asked, bytes)) ||
	    (err = cs_channel_flush(w->answers)))
		give_up(w, err);
}

/* ---- what is handed over ------------------------------------------------ */

static void
take_text(char out[static CS_HAND_BYTES_MAX + 1], const struct cs_hand *h)
{
	memcpy(out, h->bytes, h->length);
	out[h->length] = '\0';
}

static enum cs_err
take(void *arg, struct cs_hand *h)
{
	const struct cs_channel_limits limits = {
		.message = CS_WEB_ANSWER_MAX + CS_WEB_TALK_HEAD_MAX,
		.waiting = CS_WEB_ANSWER_MAX,
	};
	struct web *w = arg;

	if (cs_hand_is(h, "link") && h->fd >= 0 && w->answers == NULL)
		return cs_channel_new(&w->answers, h->fd, &limits);
	if (cs_hand_is(h, "listener") && h->fd >= 0 && w->listener < 0) {
		w->listener = h->fd;
		return CS_OK;
	}
	if (h->fd >= 0)
		close(h->fd);
	if (cs_hand_is(h, "body"))
		w->body_max = h->number;
	else if (cs_hand_is(h, "csp"))
		take_text(w->csp, h);
	else if (cs_hand_is(h, "chain"))
		take_text(w->chain, h);
	else if (cs_hand_is(h, "key"))
		take_text(w->key, h);
	return CS_OK;
}

static void
changed(void *arg)
{
	struct web *w = arg;
	enum cs_err err = cs_part_take(w, take, false);

	if (err)
		give_up(w, err);
}

/* ---- beginning and end -------------------------------------------------- */

/* All files are opened before it is confined. */
static enum cs_err
make_server(struct web *w)
{
	const bool tls = w->chain[0] != '\0' && w->key[0] != '\0';
	const struct cs_web_config config = {
		.listener = w->listener,
		.chain_path = tls ? w->chain : NULL,
		.key_path = tls ? w->key : NULL,
		.body_max = w->body_max,
		.csp = w->csp,
		.arg = w,
		.handle = handle,
		.more = more,
		.ended = ended,
		.changed = changed,
		.watched = fcntl(cs_part_socket(), F_DUPFD_CLOEXEC, 0),
	};

	w->listener = -1;
	return cs_web_new(&w->web, &config);
}

static enum cs_err
begin(struct web *w)
{
	const struct cs_confinement how = {
		.more = CS_CONFINE_ACCEPT,
		.stranger = true,
		.folder = -1,
	};
	struct cs_confined confined;
	enum cs_err err;

	if ((err = cs_part_begin(CS_WEB_PART)) || (err = cs_crypto_init()) ||
	    (err = cs_part_take(w, take, true)))
		return err;
	if (w->listener < 0 || w->answers == NULL)
		return CS_ERR_MISUSE;
	if ((err = make_server(w)) || (err = cs_confine(&confined, &how)))
		return err;
	return cs_part_ready();
}

int
cs_web_part_main(void)
{
	static struct web w = { .listener = -1 };
	enum cs_err err = begin(&w);

	if (err)
		cs_part_failed(err);
	else if ((err = cs_web_run(w.web)) == CS_OK)
		err = w.over;
	w.over = err;
	cs_web_free(w.web);
	cs_channel_free(w.answers);
	return err == CS_ERR_CLOSED ? 0 : 1;
}
