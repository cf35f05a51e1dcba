/* SPDX-License-Identifier: MIT */
#include "tlog/proof_file.h"

#include <string.h>

#include "base/text.h"
#include "tlog/lines.h"

#define FIRST "c2sp.org/tlog-proof@v1"
#define EXTRA "extra "
#define INDEX "index "

/* What follows ${word} in ${line}, if that begins with it. */
static bool
after(struct cs_view *out, struct cs_view line, const char *word)
{
	size_t n = strlen(word);

	if (line.len < n ||
	    !cs_view_equal(cs_view(line.data, n), cs_view_str(word)))
		return false;
	*out = cs_view(line.data + n, line.len - n);
	return true;
}

static enum cs_err
read_extra(struct cs_tlog_proof_file *out, struct cs_view base64)
{
	size_t n = base64.len / 4 * 3;
	uint8_t *at;
	enum cs_err err;

	for (size_t i = base64.len; n != 0 && i > base64.len - 2; i--)
		n -= base64.data[i - 1] == '=';
	if (n > CS_TLOG_EXTRA_MAX)
		return CS_ERR_LIMIT;
	out->has_extra = true;
	if (n == 0)
		return base64.len == 0 ? CS_OK : CS_ERR_FORMAT;
	if ((err = cs_buf_extend(&out->extra, n, &at)))
		return err;
	return cs_unbase64(at, n, base64);
}

static enum cs_err
parse(struct cs_tlog_proof_file *out, struct cs_view text)
{
	struct cs_view line, rest, lines;
	enum cs_err err;

	if (text.len > CS_TLOG_PROOF_FILE_MAX)
		return CS_ERR_LIMIT;
	if (!cs_tlog_is_text(text))
		return CS_ERR_FORMAT;
	if ((err = cs_tlog_line_next(&line, &text)))
		return err;
	if (!cs_view_equal(line, cs_view_str(FIRST)))
		return CS_ERR_FORMAT;
	if ((err = cs_tlog_line_next(&line, &text)))
		return err;
	if (after(&rest, line, EXTRA) &&
	    ((err = read_extra(out, rest)) ||
		(err = cs_tlog_line_next(&line, &text))))
		return err;
	if (!after(&rest, line, INDEX))
		return CS_ERR_FORMAT;
	if ((err = cs_tlog_line_number(
		 &out->index, rest, CS_TLOG_SIZE_MAX - 1)) ||
	    (err = cs_tlog_proof_lines_read(&out->proof, &text)) ||
	    (err = cs_note_split(&line, &lines, text)))
		return err;
	out->note = text;
	return CS_OK;
}

enum cs_err
cs_tlog_proof_file_parse(struct cs_tlog_proof_file *out, struct cs_view text)
{
	enum cs_err err;

	*out = (struct cs_tlog_proof_file){ 0 };
	if ((err = parse(out, text)))
		cs_tlog_proof_file_clear(out);
	return err;
}

static enum cs_err
write_extra(struct cs_buf *out, struct cs_view extra)
{
	char base64[CS_BASE64_SIZE(CS_TLOG_EXTRA_MAX)];
	enum cs_err err;

	if (extra.len > CS_TLOG_EXTRA_MAX)
		return CS_ERR_LIMIT;
	cs_base64(base64, extra);
	if ((err = cs_buf_add(out, cs_view_str(EXTRA))) ||
	    (err = cs_buf_add(out, cs_view_str(base64))))
		return err;
	return cs_buf_add(out, cs_view_str("\n"));
}

enum cs_err
cs_tlog_proof_file_write(
    struct cs_buf *out, const struct cs_tlog_proof_file *file)
{
	enum cs_err err;

	if ((err = cs_buf_add(out, cs_view_str(FIRST "\n"))) ||
	    (file->has_extra &&
		(err = write_extra(out, cs_buf_view(&file->extra)))) ||
	    (err = cs_buf_add(out, cs_view_str(INDEX))) ||
	    (err = cs_tlog_line_add_number(out, file->index)))
		return err;
	err = cs_tlog_proof_lines_add(out, &file->proof);
	return err ? err : cs_buf_add(out, file->note);
}

void
cs_tlog_proof_file_clear(struct cs_tlog_proof_file *file)
{
	cs_buf_free(&file->extra);
	*file = (struct cs_tlog_proof_file){ 0 };
}

enum cs_err
cs_tlog_proof_file_verify(struct cs_tlog_checkpoint *out,
    const struct cs_tlog_proof_file *file, const struct cs_tlog_hash *leaf,
    const struct cs_note_key *key, struct cs_view origin)
{
	enum cs_err err;

	if ((err = cs_tlog_checkpoint_open(out, file->note, key, origin)))
		return err;
	return cs_tlog_inclusion_verify(
	    &file->proof, leaf, file->index, out->size, &out->root);
}
