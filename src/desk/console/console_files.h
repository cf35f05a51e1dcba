/* SPDX-License-Identifier: MIT */
/* The console's pages, built into the program. */
#pragma once

#include <stddef.h>

struct cs_console_file {
	const char *path; /* "/index.html" */
	const char *media_type;
	const unsigned char *data;
	size_t len;
};

/* Ends with a NULL path. */
extern const struct cs_console_file cs_console_files[];
