/* SPDX-License-Identifier: MIT */
#include "programs/verify/log_state.h"

#include <string.h>

#include "store/file.h"
#include "tlog/lines.h"

#define FIRST "countersign-verify log 1"
#define STATE_MAX (CS_TLOG_NOTE_MAX + 1024)

/* The numbers of ${line}, as many as there are kinds. */
static enum cs_err
read_counts(struct log_state *out, struct cs_view line)
{
	for (size_t i = 0; i < LOG_KINDS; i++) {
		const uint8_t *blank =
		    line.len != 0 ? memchr(line.data, ' ', line.len) : NULL;
		size_t n =
		    blank != NULL ? (size_t)(blank - line.data) : line.len;
		enum cs_err err;

		if ((blank == NULL) != (i == LOG_KINDS - 1))
			return CS_ERR_FORMAT;
		if ((err = cs_tlog_line_number(&out->counts[i],
			 cs_view(line.data, n), CS_TLOG_SIZE_MAX)))
			return err;
		if (blank != NULL)
			line = cs_view(blank + 1, line.len - n - 1);
	}
	return CS_OK;
}

enum cs_err
log_state_parse(struct log_state *out, struct cs_view file)
{
	struct cs_view line;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = cs_tlog_line_next(&line, &file)))
		return err;
	if (!cs_view_equal(line, cs_view_str(FIRST)))
		return CS_ERR_FORMAT;
	if ((err = cs_tlog_line_next(&line, &file)) ||
	    (err = read_counts(out, line)))
		return err;
	if (file.len == 0 || file.data[0] != '\n')
		return CS_ERR_FORMAT;
	return cs_buf_set(&out->note, cs_view(file.data + 1, file.len - 1));
}

/* As the text without the newline, and what stands between two numbers. */
static enum cs_err
add_count(struct cs_buf *out, uint64_t count, bool last)
{
	enum cs_err err = cs_tlog_line_add_number(out, count);

	if (err == CS_OK && !last)
		out->data[out->len - 1] = ' ';
	return err;
}

enum cs_err
log_state_add(struct cs_buf *out, const struct log_state *s)
{
	enum cs_err err = cs_buf_add(out, cs_view_str(FIRST "\n"));

	for (size_t i = 0; err == CS_OK && i < LOG_KINDS; i++)
		err = add_count(out, s->counts[i], i == LOG_KINDS - 1);
	if (err == CS_OK)
		err = cs_buf_add(out, cs_view_str("\n"));
	if (err == CS_OK)
		err = cs_buf_add(out, cs_buf_view(&s->note));
	return err;
}

enum cs_err
log_state_read(struct log_state *out, const char *path)
{
	struct cs_buf file = { 0 };
	enum cs_err err = cs_file_read(&file, path, STATE_MAX);

	memset(out, 0, sizeof *out);
	if (err == CS_OK)
		err = log_state_parse(out, cs_buf_view(&file));
	cs_buf_free(&file);
	return err == CS_ERR_LIMIT ? CS_ERR_FORMAT : err;
}

enum cs_err
log_state_write(const struct log_state *s, const char *path)
{
	struct cs_buf file = { 0 };
	enum cs_err err = log_state_add(&file, s);

	if (err == CS_OK)
		err = cs_file_write(path, cs_buf_view(&file), 0644);
	cs_buf_free(&file);
	return err;
}
