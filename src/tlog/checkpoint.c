/* SPDX-License-Identifier: MIT */
#include "tlog/checkpoint.h"

#include "tlog/lines.h"

static enum cs_err
check_extensions(struct cs_view left)
{
	struct cs_view line;
	enum cs_err err = CS_OK;

	while (err == CS_OK && left.len != 0)
		err = cs_tlog_line_next(&line, &left);
	return err;
}

/* An empty tree has one root, whatever a log says. */
static enum cs_err
check_empty(const struct cs_tlog_checkpoint *c)
{
	struct cs_tlog_hash empty;
	enum cs_err err;

	if (c->size != 0)
		return CS_OK;
	if ((err = cs_tlog_empty_root(&empty)))
		return err;
	return cs_tlog_hash_equal(&c->root, &empty) ? CS_OK : CS_ERR_MISMATCH;
}

enum cs_err
cs_tlog_checkpoint_parse(struct cs_tlog_checkpoint *out, struct cs_view text)
{
	struct cs_view size, root;
	enum cs_err err;

	if (text.len > CS_TLOG_TEXT_MAX)
		return CS_ERR_LIMIT;
	if (!cs_tlog_is_text(text))
		return CS_ERR_FORMAT;
	if ((err = cs_tlog_line_next(&out->origin, &text)) ||
	    (err = cs_tlog_line_next(&size, &text)) ||
	    (err = cs_tlog_line_next(&root, &text)) ||
	    (err = cs_tlog_line_number(&out->size, size, CS_TLOG_SIZE_MAX)) ||
	    (err = cs_tlog_line_hash(&out->root, root)) ||
	    (err = check_extensions(text)))
		return err;
	out->extensions = text;
	return check_empty(out);
}

enum cs_err
cs_tlog_checkpoint_write(struct cs_buf *out, const struct cs_tlog_checkpoint *c)
{
	struct cs_tlog_checkpoint again;
	size_t before = out->len;
	enum cs_err err;

	if ((err = cs_buf_add(out, c->origin)) ||
	    (err = cs_buf_add(out, cs_view_str("\n"))) ||
	    (err = cs_tlog_line_add_number(out, c->size)) ||
	    (err = cs_tlog_line_add_hash(out, &c->root)) ||
	    (err = cs_buf_add(out, c->extensions)))
		return err;
	if ((err = cs_tlog_checkpoint_parse(
		 &again, cs_view(out->data + before, out->len - before))))
		return err;
	/* A newline in the origin would shift all that follows. */
	return cs_view_equal(again.origin, c->origin) ? CS_OK : CS_ERR_FORMAT;
}

enum cs_err
cs_tlog_checkpoint_sign(struct cs_buf *out, const struct cs_tlog_checkpoint *c,
    const struct cs_note_key *key, const struct cs_sign_key *with)
{
	char line[CS_NOTE_LINE_SIZE];
	size_t before = out->len;
	enum cs_err err;

	if ((err = cs_tlog_checkpoint_write(out, c)) ||
	    (err = cs_note_sign(line, key, with,
		 cs_view(out->data + before, out->len - before))) ||
	    (err = cs_buf_add(out, cs_view_str("\n"))))
		return err;
	return cs_buf_add(out, cs_view_str(line));
}

enum cs_err
cs_tlog_checkpoint_open(struct cs_tlog_checkpoint *out, struct cs_view note,
    const struct cs_note_key *key, struct cs_view origin)
{
	struct cs_view text;
	enum cs_err err;

	if (note.len > CS_TLOG_NOTE_MAX)
		return CS_ERR_LIMIT;
	if (!cs_tlog_is_text(note))
		return CS_ERR_FORMAT;
	if ((err = cs_note_verify(&text, note, key)) ||
	    (err = cs_tlog_checkpoint_parse(out, text)))
		return err;
	return cs_view_equal(out->origin, origin) ? CS_OK : CS_ERR_MISMATCH;
}
