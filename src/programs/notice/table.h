/* SPDX-License-Identifier: MIT */
/* Tables as text (RFC 4180), with a line of names: commas or semicolons, fields
 * in quotes or not, UTF-8 with or without a mark at its beginning, lines that
 * end in LF, CR LF or CR. */
#pragma once

#include "base/bytes.h"

#define NOTICE_COLUMNS_MAX 32

struct notice_table {
	struct cs_buf bytes; /* fields, decoded */
	struct cs_view left; /* of the text */
	uint8_t comma;
	unsigned row;  /* line in which the last row begins, from 1 */
	unsigned line; /* that is read next */
	size_t n_columns;
	char names[NOTICE_COLUMNS_MAX][32];
	struct {
		size_t at, len;
	} fields[NOTICE_COLUMNS_MAX];
};

/* Begin with the line of names, which are made small; ${text} outlives it.
 * CS_ERR_FORMAT: it is no such text; CS_ERR_LIMIT: too many columns. */
CS_CHECKED enum cs_err notice_table_open(
    struct notice_table *t, struct cs_view text);
/* The next row that is not empty.  CS_ERR_NOT_FOUND: there is none any more;
 * CS_ERR_FORMAT: it has another number of fields, or a quote that does not end;
 * the next call goes on behind it. */
CS_CHECKED enum cs_err notice_table_next(struct notice_table *t);
/* A field of it; empty: there is no such column. */
struct cs_view notice_table_field(
    const struct notice_table *t, const char *name);
void notice_table_close(struct notice_table *t);
