/* SPDX-License-Identifier: MIT */
#include "tlog/witness.h"

#include <assert.h>
#include <string.h>

#include "tlog/lines.h"

#define OLD "old "

/* ---- the request -------------------------------------------------------- */

static enum cs_err
read_old(uint64_t *out, struct cs_view *text)
{
	const size_t n = sizeof OLD - 1;
	struct cs_view line;
	enum cs_err err = cs_tlog_line_next(&line, text);

	if (err)
		return err;
	if (line.len < n ||
	    !cs_view_equal(cs_view(line.data, n), cs_view_str(OLD)))
		return CS_ERR_FORMAT;
	return cs_tlog_line_number(
	    out, cs_view(line.data + n, line.len - n), CS_TLOG_SIZE_MAX);
}

enum cs_err
cs_tlog_witness_request_parse(
    struct cs_tlog_witness_request *out, struct cs_view body)
{
	enum cs_err err;

	*out = (struct cs_tlog_witness_request){ 0 };
	if (body.len > CS_TLOG_WITNESS_REQUEST_MAX)
		return CS_ERR_LIMIT;
	if ((err = read_old(&out->old, &body)) ||
	    (err = cs_tlog_proof_lines_read(&out->proof, &body)))
		return err;
	if (body.len > CS_TLOG_NOTE_MAX)
		return CS_ERR_LIMIT;
	out->note = body;
	return CS_OK;
}

enum cs_err
cs_tlog_witness_request_write(
    struct cs_buf *out, const struct cs_tlog_witness_request *rq)
{
	enum cs_err err;

	if ((err = cs_buf_add(out, cs_view_str(OLD))) ||
	    (err = cs_tlog_line_add_number(out, rq->old)) ||
	    (err = cs_tlog_proof_lines_add(out, &rq->proof)))
		return err;
	return cs_buf_add(out, rq->note);
}

/* ---- the witness -------------------------------------------------------- */

/* Ours is not theirs: what fails here is no answer. */
static bool
is_ours(enum cs_err err)
{
	return cs_err_class(err) == CS_ERR_CLASS_OURS;
}

/* Does the checkpoint continue what was cosigned?  CS_OK, CS_ERR_FORMAT,
 * CS_ERR_MISMATCH. */
static enum cs_err
check_growth(const struct cs_tlog_witness_request *rq,
    const struct cs_tlog_witness_verdict *v)
{
	struct cs_tlog_hash before = v->log.root;
	enum cs_err err = CS_OK;

	if (rq->old == 0)
		err = cs_tlog_empty_root(&before);
	return err ? err
		   : cs_tlog_consistency_verify(&rq->proof, rq->old, &before,
			 v->checkpoint.size, &v->checkpoint.root);
}

/* Who signed what is known, and what it says is read: may it be cosigned? */
static enum cs_err
compare(
    struct cs_tlog_witness_verdict *v, const struct cs_tlog_witness_request *rq)
{
	enum cs_err err;

	if (rq->old > v->checkpoint.size) {
		v->status = 400;
		return CS_OK;
	}
	if (rq->old != v->log.size) {
		v->status = 409;
		return CS_OK;
	}
	if (is_ours((err = check_growth(rq, v))))
		return err;
	v->status = err ? 422 : 200;
	return CS_OK;
}

/* The text of the note and what it says.  That an empty tree has a false root
 * is found once it is known who says so: it can grow from size 0 only, whose
 * root is compared with its own. */
static enum cs_err
read_note(struct cs_tlog_witness_verdict *v, struct cs_view note)
{
	struct cs_view lines;
	enum cs_err err;

	if (!cs_tlog_is_text(note))
		return CS_ERR_FORMAT;
	if ((err = cs_note_split(&v->text, &lines, note)))
		return err;
	err = cs_tlog_checkpoint_parse(&v->checkpoint, v->text);
	return err == CS_ERR_MISMATCH ? CS_OK : err;
}

enum cs_err
cs_tlog_witness_decide(struct cs_tlog_witness_verdict *out, struct cs_view body,
    cs_tlog_witness_find *find, void *arg)
{
	struct cs_tlog_witness_request rq;
	struct cs_view text;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	out->status = 400;
	if ((err = cs_tlog_witness_request_parse(&rq, body)) ||
	    (err = read_note(out, rq.note)))
		return is_ours(err) ? err : CS_OK;
	out->note = rq.note;
	err = find(arg, &out->log, out->checkpoint.origin);
	if (err && err != CS_ERR_NOT_FOUND)
		return err;
	if (err) {
		out->status = 404;
		return CS_OK;
	}
	err = cs_note_verify(&text, rq.note, &out->log.key);
	if (is_ours(err))
		return err;
	out->size = out->log.size;
	if (err == CS_OK)
		return compare(out, &rq);
	out->status = err == CS_ERR_FORMAT ? 400 : 403;
	return CS_OK;
}

/* Take the first line off ${lines}, with its newline, if it is ${key}'s;
 * CS_ERR_NOT_FOUND: it is not, and is taken all the same. */
static enum cs_err
next_line_of(struct cs_view *line, struct cs_view *lines,
    const struct cs_note_key *key, size_t signature_len)
{
	uint8_t by[CS_NOTE_ID_LEN + 8 + CS_SIGNATURE_LEN];
	const uint8_t *from = lines->data;
	enum cs_err err;

	assert(CS_NOTE_ID_LEN + signature_len <= sizeof by);
	err = cs_note_line_next(by, CS_NOTE_ID_LEN + signature_len, lines, key);
	*line = cs_view(from, (size_t)(lines->data - from));
	return err;
}

enum cs_err
cs_tlog_witness_keep(struct cs_buf *out,
    const struct cs_tlog_witness_verdict *verdict, struct cs_view line)
{
	struct cs_view text, lines, own;
	enum cs_err err;

	if ((err = cs_note_split(&text, &lines, verdict->note)) ||
	    (err = cs_buf_add(out, text)) ||
	    (err = cs_buf_add(out, cs_view_str("\n"))))
		return err;
	while (err == CS_OK && lines.len != 0) {
		err = next_line_of(
		    &own, &lines, &verdict->log.key, CS_SIGNATURE_LEN);
		if (err == CS_OK)
			err = cs_buf_add(out, own);
		else if (err == CS_ERR_NOT_FOUND)
			err = CS_OK;
	}
	return err ? err : cs_buf_add(out, line);
}

/* ---- the log ------------------------------------------------------------ */

enum cs_err
cs_tlog_witness_size_parse(uint64_t *out, struct cs_view body)
{
	struct cs_view line;
	enum cs_err err = cs_tlog_line_next(&line, &body);

	if (err == CS_OK && body.len != 0)
		err = CS_ERR_FORMAT;
	return err ? err : cs_tlog_line_number(out, line, CS_TLOG_SIZE_MAX);
}

/* Is ${line} a cosignature on ${text} that holds? */
static enum cs_err
check_line(uint64_t *time_s, struct cs_view text, struct cs_view line,
    const struct cs_tlog_cosigner *who)
{
	struct cs_buf note = { 0 };
	enum cs_err err;

	if ((err = cs_buf_add(&note, text)) == CS_OK &&
	    (err = cs_buf_add(&note, cs_view_str("\n"))) == CS_OK &&
	    (err = cs_buf_add(&note, line)) == CS_OK)
		err = cs_tlog_cosigned(time_s, cs_buf_view(&note), who);
	if (err == CS_OK && *time_s == 0)
		err = CS_ERR_SIGNATURE;
	cs_buf_free(&note);
	return err;
}

/* All that are the witness's have to hold; the last in time is taken. */
static enum cs_err
take_line(struct cs_buf *out, uint64_t *time_s, struct cs_view answer,
    struct cs_view text, const struct cs_tlog_cosigner *who)
{
	struct cs_view line;
	uint64_t at;
	enum cs_err err;

	*time_s = 0;
	for (unsigned n = 0; answer.len != 0; n++) {
		if (n == CS_NOTE_LINES_MAX)
			return CS_ERR_FORMAT;
		err = next_line_of(
		    &line, &answer, &who->key, 8 + CS_SIGNATURE_LEN);
		if (err == CS_ERR_NOT_FOUND)
			continue;
		if (err || (err = check_line(&at, text, line, who)))
			return err;
		if (at <= *time_s)
			continue;
		if ((err = cs_buf_set(out, line)))
			return err;
		*time_s = at;
	}
	return out->len != 0 ? CS_OK : CS_ERR_NOT_FOUND;
}

enum cs_err
cs_tlog_witness_take(struct cs_buf *lines, uint64_t *time_s,
    struct cs_view answer, struct cs_view note,
    const struct cs_tlog_cosigner *who)
{
	struct cs_view text, others;
	struct cs_buf taken = { 0 };
	enum cs_err err;

	if (answer.len > CS_TLOG_WITNESS_ANSWER_MAX)
		return CS_ERR_LIMIT;
	if (!cs_tlog_is_text(answer))
		return CS_ERR_FORMAT;
	if ((err = cs_note_split(&text, &others, note)) == CS_OK &&
	    (err = take_line(&taken, time_s, answer, text, who)) == CS_OK)
		err = cs_buf_add(lines, cs_buf_view(&taken));
	cs_buf_free(&taken);
	return err;
}
