/* SPDX-License-Identifier: MIT */
#include "programs/notice/json.h"

#include <stdio.h>

#include "base/text.h"
#include "cli/command.h"

const char *
notice_text(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s != NULL ? s : "";
}

uint64_t
notice_number(const json_t *o, const char *name)
{
	json_int_t n = json_integer_value(json_object_get(o, name));

	return n > 0 ? (uint64_t)n : 0;
}

enum cs_err
notice_bytes(struct cs_buf *out, const json_t *o, const char *name)
{
	return cs_buf_add_base64(out, cs_view_str(notice_text(o, name)));
}

enum cs_err
notice_json_write(struct cs_buf *out, const json_t *o, size_t flags)
{
	size_t n = o != NULL ? json_dumpb(o, NULL, 0, flags) : 0;
	enum cs_err err = n != 0 ? cs_buf_reserve(out, n) : CS_ERR_NOMEM;

	if (err == CS_OK) {
		(void)json_dumpb(o, (char *)out->data + out->len, n, flags);
		out->len += n;
	}
	return err;
}

int
notice_json_print(const json_t *o)
{
	bool printed = json_dumpf(o, stdout, JSON_COMPACT) == 0 &&
	    printf("\n") == 1 && fflush(stdout) == 0;

	return printed
	    ? CLI_OK
	    : cli_fail(CLI_CANNOT_WRITE, "The result cannot be written.");
}
