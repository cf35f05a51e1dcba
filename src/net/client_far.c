/* SPDX-License-Identifier: MIT */
#include "net/client_far.h"

#include <string.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "base/units.h"
#include "base/writer.h"
#include "family/channel.h"
#include "net/client_http.h"
#include "wire/frame.h"

/* An answer is a head of three bytes, and a frame at most. */
#define ANSWER_MAX (CS_WIRE_FRAME_MAX + 16)
#define WAITING_MAX (CS_WIRE_FRAME_MAX + (size_t)64 * CS_KIB)
/* What the other process may take for itself, beside what it was given: to look
 * up a name, or to be started. */
#define OPEN_SLACK_MS (60 * CS_SECOND_MS)
#define SLACK_MS (20 * CS_SECOND_MS)

struct cs_net_far {
	struct cs_channel *channel;
	uint64_t asked;  /* the number of the last question */
	int patience_ms; /* for the connection to move: as it was opened */
	bool open, over;
};

struct answer {
	enum cs_err err;
	unsigned status;
	struct cs_view rest;
};

/* ---- one question ------------------------------------------------------- */

/* Out of step: nothing that comes now could be told from what came late. */
static enum cs_err
give_up(struct cs_net_far *far)
{
	far->over = true;
	far->open = false;
	return CS_ERR_CLOSED;
}

static enum cs_err
say(struct cs_net_far *far, enum cs_net_far_kind kind, struct cs_view bytes)
{
	if (far->over ||
	    cs_channel_put(far->channel, (uint8_t)kind, far->asked, bytes) !=
		CS_OK)
		return give_up(far);
	return CS_OK;
}

static enum cs_err
hear(struct cs_channel_message *m, struct cs_net_far *far, uint64_t timeout_ms)
{
	int wait_ms = timeout_ms < INT32_MAX ? (int)timeout_ms : INT32_MAX;

	if (cs_channel_await(m, far->channel, wait_ms) != CS_OK ||
	    m->about != far->asked)
		return give_up(far);
	return CS_OK;
}

/* The errors that a connection can have.  Others would have us act on what has
 * not happened. */
static bool
is_of_connection(uint8_t err)
{
	switch (err) {
	case CS_OK:
	case CS_ERR_NOMEM:
	case CS_ERR_IO:
	case CS_ERR_TIMEOUT:
	case CS_ERR_CLOSED:
	case CS_ERR_CERT:
	case CS_ERR_EXPIRED:
	case CS_ERR_MISMATCH:
	case CS_ERR_CRYPTO:
		return true;
	default:
		return false;
	}
}

static enum cs_err
read_answer(struct answer *out, struct cs_net_far *far,
    const struct cs_channel_message *m)
{
	struct cs_reader r = cs_reader(m->bytes);
	uint8_t err = cs_read_u8(&r);

	out->status = cs_read_u16(&r);
	out->rest = cs_read_bytes(&r, r.left);
	if (m->kind != CS_NET_FAR_DONE || cs_reader_end(&r) != CS_OK ||
	    !is_of_connection(err))
		return give_up(far);
	out->err = (enum cs_err)err;
	return CS_OK;
}

static enum cs_err
ask(struct answer *out, struct cs_net_far *far, enum cs_net_far_kind kind,
    struct cs_view bytes, uint64_t timeout_ms)
{
	struct cs_channel_message m;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	far->asked++;
	if ((err = say(far, kind, bytes)) ||
	    (err = hear(&m, far, timeout_ms)) ||
	    (err = read_answer(out, far, &m)))
		return err;
	return out->err;
}

/* The same where nothing but a yes or no can come. */
static enum cs_err
ask_only(struct cs_net_far *far, enum cs_net_far_kind kind,
    struct cs_view bytes, uint64_t timeout_ms)
{
	struct answer a = { 0 };
	enum cs_err err = ask(&a, far, kind, bytes, timeout_ms);

	if (!far->over && (a.rest.len != 0 || a.status != 0))
		return give_up(far);
	return err;
}

/* ---- the connection ----------------------------------------------------- */

static enum cs_err
name_hub(struct cs_net_far *far, const struct cs_net_client_config *config)
{
	struct cs_buf bytes = { 0 };
	struct cs_writer w = cs_writer(&bytes);
	enum cs_err err;

	cs_write_u32(&w, (uint32_t)config->timeout_ms);
	cs_write_u16(&w, (uint16_t)config->port);
	cs_write_bytes(&w, cs_view(config->root_public, 32));
	cs_write_vec(&w, cs_view_str(config->host));
	far->patience_ms = config->timeout_ms;
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = say(far, CS_NET_FAR_HUB, cs_buf_view(&bytes));
	cs_buf_free(&bytes);
	/* Who is gone already is noticed at the first question. */
	if (err == CS_OK)
		(void)!cs_channel_flush(far->channel);
	return err;
}

enum cs_err
cs_net_far_new(
    struct cs_net_far **out, int fd, const struct cs_net_client_config *config)
{
	const struct cs_channel_limits limits = { ANSWER_MAX, WAITING_MAX };
	struct cs_channel *channel;
	enum cs_err err = cs_channel_new(&channel, fd, &limits);

	*out = NULL;
	if (err)
		return err;
	if ((*out = cs_calloc(1, sizeof **out)) == NULL) {
		cs_channel_free(channel);
		return CS_ERR_NOMEM;
	}
	(*out)->channel = channel;
	if ((err = name_hub(*out, config))) {
		cs_net_far_free(*out);
		*out = NULL;
	}
	return err;
}

void
cs_net_far_free(struct cs_net_far *far)
{
	if (far == NULL)
		return;
	cs_channel_free(far->channel);
	cs_free(far, sizeof *far);
}

bool
cs_net_far_works(const struct cs_net_far *far)
{
	return !far->over;
}

enum cs_err
cs_net_far_open(struct cs_net_far *far)
{
	enum cs_err err;

	if (far->over || far->open)
		return CS_ERR_CLOSED;
	err = ask_only(far, CS_NET_FAR_OPEN, cs_view(NULL, 0),
	    (uint64_t)far->patience_ms + OPEN_SLACK_MS);
	far->open = err == CS_OK;
	return err;
}

void
cs_net_far_close(struct cs_net_far *far)
{
	if (far->open)
		(void)!ask_only(
		    far, CS_NET_FAR_CLOSE, cs_view(NULL, 0), SLACK_MS);
	far->open = false;
}

enum cs_err
cs_net_far_send(struct cs_net_far *far, struct cs_view frame)
{
	if (!far->open)
		return CS_ERR_CLOSED;
	return ask_only(
	    far, CS_NET_FAR_SEND, frame, (uint64_t)far->patience_ms + SLACK_MS);
}

enum cs_err
cs_net_far_recv(struct cs_net_far *far, struct cs_buf *out, int timeout_ms)
{
	struct cs_buf bytes = { 0 };
	struct cs_writer w = cs_writer(&bytes);
	struct answer a = { 0 };
	enum cs_err err;

	if (!far->open)
		return CS_ERR_CLOSED;
	cs_write_u32(&w, (uint32_t)timeout_ms);
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = ask(&a, far, CS_NET_FAR_RECV, cs_buf_view(&bytes),
		    (uint64_t)timeout_ms + SLACK_MS);
	cs_buf_free(&bytes);
	if (!far->over &&
	    (a.rest.len > CS_WIRE_FRAME_MAX || a.status != 0 ||
		(err && a.rest.len != 0)))
		return give_up(far);
	return err ? err : cs_buf_set(out, a.rest);
}

enum cs_err
cs_net_far_exporter(struct cs_net_far *far, uint8_t out[static 32])
{
	struct answer a = { 0 };
	enum cs_err err;

	if (!far->open)
		return CS_ERR_CLOSED;
	if ((err = ask(
		 &a, far, CS_NET_FAR_EXPORTER, cs_view(NULL, 0), SLACK_MS)))
		return err;
	if (a.rest.len != 32 || a.status != 0)
		return give_up(far);
	memcpy(out, a.rest.data, 32);
	return CS_OK;
}

/* ---- blobs -------------------------------------------------------------- */

/* GET: take a piece, and say so. */
static enum cs_err
take_piece(struct cs_net_far *far, struct cs_net_transfer *t,
    const struct cs_channel_message *m, enum cs_err *failed)
{
	static uint8_t piece[CS_NET_FAR_PIECE_MAX];
	size_t n = m->bytes.len;

	if (n == 0 || n > sizeof piece || *failed)
		return give_up(far);
	memcpy(piece, m->bytes.data, n);
	*failed = t->move(t->arg, piece, n);
	if (*failed == CS_OK)
		t->moved += n;
	return say(
	    far, *failed ? CS_NET_FAR_STOP : CS_NET_FAR_GO, cs_view(NULL, 0));
}

/* PUT: give as many bytes as are wanted. */
static enum cs_err
give_bytes(struct cs_net_far *far, struct cs_net_transfer *t,
    const struct cs_channel_message *m, enum cs_err *failed)
{
	static uint8_t piece[CS_NET_FAR_PIECE_MAX];
	struct cs_reader r = cs_reader(m->bytes);
	uint32_t n = cs_read_u32(&r);

	if (cs_reader_end(&r) != CS_OK || n == 0 || n > sizeof piece ||
	    n > t->length - t->moved || *failed)
		return give_up(far);
	*failed = t->move(t->arg, piece, n);
	if (*failed)
		return say(far, CS_NET_FAR_STOP, cs_view(NULL, 0));
	t->moved += n;
	return say(far, CS_NET_FAR_BYTES, cs_view(piece, n));
}

static enum cs_err
begin_transfer(struct cs_net_far *far, const struct cs_net_transfer *t,
    enum cs_net_far_kind kind)
{
	struct cs_buf bytes = { 0 };
	struct cs_writer w = cs_writer(&bytes);
	enum cs_err err;

	cs_write_u64(&w, t->offset);
	cs_write_u64(&w, t->length);
	cs_write_u64(&w, t->total);
	cs_write_vec(&w, cs_view_str(t->path));
	cs_write_vec(&w, cs_view_str(t->token));
	far->asked++;
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = say(far, kind, cs_buf_view(&bytes));
	cs_buf_free(&bytes);
	return err;
}

static enum cs_err
transfer(struct cs_net_far *far, struct cs_net_transfer *t,
    enum cs_net_far_kind kind)
{
	bool get = kind == CS_NET_FAR_GET;
	enum cs_err err, failed = CS_OK;
	struct cs_channel_message m;
	struct answer a = { 0 };

	t->status = 0;
	t->moved = 0;
	if (!far->open)
		return CS_ERR_CLOSED;
	if ((err = begin_transfer(far, t, kind)))
		return err;
	for (;;) {
		if ((err = hear(
			 &m, far, (uint64_t)far->patience_ms + SLACK_MS)))
			return failed ? failed : err;
		if (get && m.kind == CS_NET_FAR_PIECE)
			err = take_piece(far, t, &m, &failed);
		else if (!get && m.kind == CS_NET_FAR_WANT)
			err = give_bytes(far, t, &m, &failed);
		else
			break;
		if (err)
			return failed ? failed : err;
	}
	if ((err = read_answer(&a, far, &m)) == CS_OK && a.rest.len != 0)
		err = give_up(far);
	if (failed || err)
		return failed ? failed : err;
	t->status = (int)a.status;
	return a.err ? a.err : a.status != 0 ? CS_OK : CS_ERR_CLOSED;
}

enum cs_err
cs_net_far_get(struct cs_net_far *far, struct cs_net_transfer *t)
{
	return transfer(far, t, CS_NET_FAR_GET);
}

enum cs_err
cs_net_far_put(struct cs_net_far *far, struct cs_net_transfer *t)
{
	return transfer(far, t, CS_NET_FAR_PUT);
}
