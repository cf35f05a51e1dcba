/* SPDX-License-Identifier: MIT */
#include "tlog/lines.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Twenty digits, a newline and a zero. */
#define NUMBER_LINE_SIZE 22

bool
cs_tlog_is_text(struct cs_view text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] < ' ' && text.data[i] != '\n')
			return false;
	return cs_utf8_valid(text);
}

enum cs_err
cs_tlog_line_next(struct cs_view *line, struct cs_view *text)
{
	const uint8_t *end =
	    text->len != 0 ? memchr(text->data, '\n', text->len) : NULL;

	if (end == NULL || end == text->data)
		return CS_ERR_FORMAT;
	*line = cs_view(text->data, (size_t)(end - text->data));
	*text = cs_view(end + 1, text->len - line->len - 1);
	return CS_OK;
}

enum cs_err
cs_tlog_line_number(uint64_t *out, struct cs_view line, uint64_t max)
{
	uint64_t number = 0;

	if (line.len == 0 || (line.len > 1 && line.data[0] == '0'))
		return CS_ERR_FORMAT;
	for (size_t i = 0; i < line.len; i++)
		if (line.data[i] < '0' || line.data[i] > '9')
			return CS_ERR_FORMAT;
	for (size_t i = 0; i < line.len; i++) {
		uint64_t digit = (uint64_t)(line.data[i] - '0');

		if (number > max / 10 || digit > max - number * 10)
			return CS_ERR_LIMIT;
		number = number * 10 + digit;
	}
	*out = number;
	return CS_OK;
}

enum cs_err
cs_tlog_line_hash(struct cs_tlog_hash *out, struct cs_view line)
{
	return cs_unbase64(out->bytes, sizeof out->bytes, line);
}

enum cs_err
cs_tlog_line_add_number(struct cs_buf *text, uint64_t number)
{
	char line[NUMBER_LINE_SIZE];

	snprintf(line, sizeof line, "%llu\n", (unsigned long long)number);
	return cs_buf_add(text, cs_view_str(line));
}

enum cs_err
cs_tlog_line_add_hash(struct cs_buf *text, const struct cs_tlog_hash *hash)
{
	char line[CS_BASE64_SIZE(CS_HASH_LEN)];
	enum cs_err err;

	cs_base64(line, CS_VIEW_OF(hash->bytes));
	err = cs_buf_add(text, cs_view_str(line));
	return err ? err : cs_buf_add(text, cs_view_str("\n"));
}

enum cs_err
cs_tlog_proof_lines_read(struct cs_tlog_proof *out, struct cs_view *text)
{
	struct cs_view line;
	enum cs_err err;

	while (text->len != 0 && text->data[0] != '\n') {
		if (out->n == CS_TLOG_PROOF_MAX)
			return CS_ERR_FORMAT;
		if ((err = cs_tlog_line_next(&line, text)) ||
		    (err = cs_tlog_line_hash(&out->hashes[out->n], line)))
			return err;
		out->n++;
	}
	if (text->len == 0)
		return CS_ERR_FORMAT;
	*text = cs_view(text->data + 1, text->len - 1);
	return CS_OK;
}

enum cs_err
cs_tlog_proof_lines_add(struct cs_buf *text, const struct cs_tlog_proof *proof)
{
	enum cs_err err;

	for (size_t i = 0; i < proof->n; i++)
		if ((err = cs_tlog_line_add_hash(text, &proof->hashes[i])))
			return err;
	return cs_buf_add(text, cs_view_str("\n"));
}
