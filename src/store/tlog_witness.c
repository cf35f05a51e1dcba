/* SPDX-License-Identifier: MIT */
#include "store/tlog_witness.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "store/tlog_seen.h"
#include "tlog/lines.h"
#include "tlog/witness.h"

#define PRIVATE "PRIVATE+KEY+"
#define TYPED_LEN (1 + CS_SIGN_SEED_LEN)

/* ---- its key ------------------------------------------------------------ */

void
cs_tlog_witness_key_text(char out[static CS_TLOG_WITNESS_KEY_SIZE],
    const struct cs_tlog_witness_key *key)
{
	uint8_t typed[TYPED_LEN] = { CS_NOTE_COSIGNATURE };
	char id[2 * CS_NOTE_ID_LEN + 1], text[CS_BASE64_SIZE(TYPED_LEN)];

	memcpy(typed + 1, key->with.seed, CS_SIGN_SEED_LEN);
	cs_hex(id, CS_VIEW_OF(key->who.key.id));
	cs_base64(text, CS_VIEW_OF(typed));
	snprintf(out, CS_TLOG_WITNESS_KEY_SIZE, PRIVATE "%s+%s+%s",
	    key->who.key.name, id, text);
	cs_wipe(typed, sizeof typed);
	cs_wipe(text, sizeof text);
}

/* The name and the seed, as they stand there. */
static enum cs_err
read_parts(char name[static CS_NOTE_NAME_MAX + 1],
    uint8_t typed[static TYPED_LEN], struct cs_view text)
{
	const size_t n = sizeof PRIVATE - 1, id = 2 * CS_NOTE_ID_LEN + 1;
	const uint8_t *plus;

	if (text.len <= n ||
	    !cs_view_equal(cs_view(text.data, n), cs_view_str(PRIVATE)))
		return CS_ERR_FORMAT;
	text = cs_view(text.data + n, text.len - n);
	plus = memchr(text.data, '+', text.len);
	if (plus == NULL || plus - text.data > CS_NOTE_NAME_MAX)
		return CS_ERR_FORMAT;
	memcpy(name, text.data, (size_t)(plus - text.data));
	text.len -= (size_t)(plus + 1 - text.data);
	if (text.len <= id)
		return CS_ERR_FORMAT;
	return cs_unbase64(
	    typed, TYPED_LEN, cs_view(plus + 1 + id, text.len - id));
}

enum cs_err
cs_tlog_witness_key_read(struct cs_tlog_witness_key *out, struct cs_view text)
{
	char name[CS_NOTE_NAME_MAX + 1] = "", again[CS_TLOG_WITNESS_KEY_SIZE];
	uint8_t typed[TYPED_LEN];
	enum cs_err err;

	if ((err = read_parts(name, typed, text)) ||
	    (err = cs_sign_key_from_seed(&out->with, typed + 1)) ||
	    (err = cs_tlog_cosigner(&out->who, name, out->with.public)))
		goto out;
	/* One key has one spelling: the id and the type are checked, too. */
	cs_tlog_witness_key_text(again, out);
	if (!cs_view_equal(text, cs_view_str(again)))
		err = CS_ERR_FORMAT;
out:
	cs_wipe(typed, sizeof typed);
	cs_wipe(again, sizeof again);
	if (err)
		cs_wipe(&out->with, sizeof out->with);
	return err;
}

/* ---- what it does ------------------------------------------------------- */

/* The log that a request is about. */
struct about {
	const struct cs_tlog_witness *w;
	char id[CS_TLOG_SEEN_ID_SIZE];
	bool has_last;
	struct cs_tlog_seen_last last;
};

static enum cs_err
find(void *arg, struct cs_tlog_witness_log *out, struct cs_view origin)
{
	struct about *about = arg;
	struct cs_tlog_seen_log log = { .origin = { 0 } };
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = cs_tlog_seen_id(about->id, origin)) ||
	    (err = cs_tlog_seen_log(&log, about->w->dir, about->id)))
		goto out;
	out->key = log.key;
	err = cs_tlog_seen_last(
	    &about->last, about->w->dir, about->id, &about->w->key->who);
	about->has_last = err == CS_OK;
	if (about->has_last) {
		out->size = about->last.checkpoint.size;
		out->root = about->last.checkpoint.root;
	} else if (err == CS_ERR_NOT_FOUND) {
		err = CS_OK; /* nothing was cosigned yet */
	}
out:
	cs_buf_free(&log.origin);
	return err;
}

/* The line of a moment ago; CS_ERR_NOT_FOUND: it was another text, or is longer
 * ago. */
static enum cs_err
sign_again(struct cs_buf *out, const struct about *about,
    const struct cs_tlog_witness_verdict *v, uint64_t now_s)
{
	const struct cs_tlog_seen_last *last = &about->last;
	struct cs_view text, lines;
	uint64_t time_s;
	enum cs_err err;

	if (!about->has_last || !cs_view_equal(last->text, v->text) ||
	    now_s - last->time_s > CS_TLOG_WITNESS_AGAIN_S)
		return CS_ERR_NOT_FOUND;
	err = cs_note_split(&text, &lines, cs_buf_view(&last->note));
	return err ? err
		   : cs_tlog_witness_take(out, &time_s, lines,
			 cs_buf_view(&last->note), &about->w->key->who);
}

/* The signature does not leave before it is on disk. */
static enum cs_err
sign(struct cs_buf *out, struct cs_tlog_witness *w, const struct about *about,
    const struct cs_tlog_witness_verdict *v, uint64_t now_s)
{
	char line[CS_TLOG_COSIGN_LINE_SIZE];
	struct cs_buf note = { 0 };
	enum cs_err err;

	/* Two times that say the same of two sizes, the wrong way round, would
	 * contradict one another. */
	if (about->has_last && now_s < about->last.time_s)
		return CS_ERR_EXPIRED;
	if ((err = sign_again(out, about, v, now_s)) != CS_ERR_NOT_FOUND)
		return err;
	if ((err = cs_tlog_cosign(
		 line, &w->key->who, &w->key->with, v->text, now_s)) ||
	    (err = cs_tlog_witness_keep(&note, v, cs_view_str(line))) ||
	    (err = cs_buf_add(out, cs_view_str(line))))
		goto out;
	if ((err = cs_tlog_seen_put(w->dir, about->id, cs_buf_view(&note))))
		w->broken = err;
out:
	cs_buf_free(&note);
	return err;
}

static enum cs_err
answer(struct cs_tlog_witness_reply *out, struct cs_tlog_witness *w,
    const struct about *about, const struct cs_tlog_witness_verdict *v,
    uint64_t now_s)
{
	out->status = v->status;
	switch (v->status) {
	case 200:
		return sign(&out->body, w, about, v, now_s);
	case 409:
		return cs_tlog_line_add_number(&out->body, v->size);
	default:
		return CS_OK;
	}
}

enum cs_err
cs_tlog_witness_add(struct cs_tlog_witness_reply *out,
    struct cs_tlog_witness *w, struct cs_view body, uint64_t now_s)
{
	struct about about = { .w = w };
	struct cs_tlog_witness_verdict v;
	enum cs_err err = w->broken;

	*out = (struct cs_tlog_witness_reply){ .status = 500 };
	if (err == CS_OK &&
	    (err = cs_tlog_witness_decide(&v, body, find, &about)) == CS_OK)
		err = answer(out, w, &about, &v, now_s);
	if (err)
		cs_buf_free(&out->body);
	cs_buf_free(&about.last.note);
	return err;
}

enum cs_err
cs_tlog_witness_show(
    struct cs_buf *out, const struct cs_tlog_witness *w, const char *id)
{
	struct cs_tlog_seen_last last;
	enum cs_err err = w->broken;

	if (err)
		return err;
	if ((err = cs_tlog_seen_last(&last, w->dir, id, &w->key->who)) == CS_OK)
		err = cs_buf_add(out, cs_buf_view(&last.note));
	cs_buf_free(&last.note);
	return err;
}
