/* SPDX-License-Identifier: MIT */
#include "net/cosign.h"

#include <string.h>

#include "net/post.h"
#include "tlog/witness.h"

/* The first may be refused because the witness has another size than was
 * thought, and the second because somebody else asked meanwhile. */
#define TRIES 3

/* Where requests go: the text of the URL, and what is in it. */
struct place {
	char url[CS_TLOG_POLICY_URL_MAX + sizeof CS_TLOG_WITNESS_PATH];
	struct cs_net_endpoint to;
};

static enum cs_err
find_place(struct place *out, const struct cs_net_cosign *ask)
{
	size_t n = strlen(ask->to->url);

	/* A prefix may end with the slash that the path begins with. */
	if (n != 0 && ask->to->url[n - 1] == '/')
		n--;
	memcpy(out->url, ask->to->url, n);
	memcpy(out->url + n, CS_TLOG_WITNESS_PATH, sizeof CS_TLOG_WITNESS_PATH);
	if (n == 0 ||
	    cs_net_url_parse(&out->to, cs_view_str(out->url)) != CS_OK ||
	    (!out->to.plain && ask->ssl_ctx == NULL))
		return CS_ERR_UNSUPPORTED;
	return CS_OK;
}

/* The checkpoint of the log, whose own signature is the witness's to verify. */
static enum cs_err
read_note(struct cs_tlog_checkpoint *out, struct cs_view note)
{
	struct cs_view text, lines;
	enum cs_err err = cs_note_split(&text, &lines, note);

	return err ? err : cs_tlog_checkpoint_parse(out, text);
}

/* One request; its answer's body is ${answer}. */
static enum cs_err
send_one(struct cs_buf *answer, struct cs_net_cosign *ask,
    const struct place *place, uint64_t size)
{
	struct cs_tlog_witness_request rq = { .old = ask->old,
		.note = ask->note };
	struct cs_buf body = { 0 };
	struct cs_net_post post = {
		.ssl_ctx = ask->ssl_ctx,
		.to = &place->to,
		.fields = cs_view_str("Content-Type: text/plain\r\n"),
		.timeout_ms = ask->timeout_ms,
		.answer = answer,
	};
	enum cs_err err;

	ask->status = 0;
	cs_buf_reset(answer);
	if ((err = cs_tlog_consistency_make(
		 &rq.proof, ask->old, size, ask->read, ask->arg)) == CS_OK &&
	    (err = cs_tlog_witness_request_write(&body, &rq)) == CS_OK) {
		post.body = cs_buf_view(&body);
		err = cs_net_post(&post);
		ask->status = post.status;
	}
	cs_buf_free(&body);
	return err;
}

/* The witness has another size than was thought: the next proof is from
 * there. */
static enum cs_err
take_size(
    struct cs_net_cosign *ask, struct cs_view answer, uint64_t checkpoint_size)
{
	uint64_t size;
	enum cs_err err = cs_tlog_witness_size_parse(&size, answer);

	if (err)
		return err;
	if (size == ask->old)
		return CS_ERR_FORMAT; /* which is what was asked */
	ask->old = size;
	return size <= checkpoint_size ? CS_OK : CS_ERR_MISMATCH;
}

static enum cs_err
talk(struct cs_buf *lines, struct cs_buf *answer, struct cs_net_cosign *ask,
    const struct place *place, uint64_t size)
{
	enum cs_err err;

	for (int i = 0; i < TRIES; i++) {
		if ((err = send_one(answer, ask, place, size)))
			return err;
		if (ask->status == 200) {
			err = cs_tlog_witness_take(lines, &ask->time_s,
			    cs_buf_view(answer), ask->note, &ask->to->who);
			ask->old = err ? ask->old : size;
			return err;
		}
		if (ask->status != 409)
			return CS_ERR_REFUSED;
		if ((err = take_size(ask, cs_buf_view(answer), size)))
			return err;
	}
	return CS_ERR_BUSY;
}

enum cs_err
cs_net_cosign(struct cs_buf *lines, struct cs_net_cosign *ask)
{
	struct cs_buf answer = { .max = CS_TLOG_WITNESS_ANSWER_MAX };
	struct cs_tlog_checkpoint checkpoint;
	struct place place;
	enum cs_err err;

	ask->status = 0;
	ask->time_s = 0;
	if ((err = find_place(&place, ask)) ||
	    (err = read_note(&checkpoint, ask->note)))
		return err;
	/* It cannot have more of the log than there is, as far as we know. */
	if (ask->old > checkpoint.size)
		ask->old = 0;
	err = talk(lines, &answer, ask, &place, checkpoint.size);
	cs_buf_free(&answer);
	return err;
}
