/* SPDX-License-Identifier: MIT */
/*
 * What a user asked for, which may be long: it is written to a temporary file
 * that gets its name once it is whole, in the place of what is there.  For "-"
 * it has no name, and goes to standard output once it is whole.
 */
#pragma once

#include "base/bytes.h"

struct cs_file_out {
	int fd;           /* to write to; -1: not open */
	const char *path; /* borrowed */
	char *tmp;
};

/* Open a file for ${path}, mode 0600. */
CS_CHECKED enum cs_err cs_file_out_open(
    struct cs_file_out *out, const char *path);
/* The end.  If ${err} is CS_OK the file is synced and gets its name, otherwise
 * nothing is left of it; in either case it is closed.  ${err}, or why it could
 * not be finished. */
CS_CHECKED enum cs_err cs_file_out_end(
    struct cs_file_out *out, enum cs_err err);
