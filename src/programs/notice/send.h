/* SPDX-License-Identifier: MIT */
/*
 * Sending what is filed: sealed here to the desk, so that nobody on the way
 * reads it; kept before it goes, so that it is sent once whatever breaks.
 */
#pragma once

#include "content/filing_body.h"
#include "programs/notice/place.h"

struct notice_draft {
	struct cs_filing_body *body; /* all but salt and reply key */
	const char *about_secret;    /* of the notice it is about; or NULL */
	const char *row;             /* of a table: what it is known by; NULL */
};

/* File it; ${*kept} is what was kept of it, with its number.  A status, said.
 */
int notice_send(
    json_t **kept, struct notice_place *p, const struct notice_draft *draft);
/* Send what an earlier run has kept and not sent; how many in ${*n}. */
int notice_send_pending(size_t *n, struct notice_place *p);

/* What was kept, for programs, on standard output; but for its secret, which
 * stays in the folder.  A status. */
int notice_print(const json_t *kept);

/* Attach a file, whose bytes are added to ${bytes}; a status, said.  Places in
 * the buffer are set by notice_attach_end(). */
struct notice_files {
	struct cs_buf bytes, names;
	size_t n;
	struct {
		size_t name, name_len, at, len;
	} list[CS_FILING_FILES];
};
int notice_attach(struct notice_files *f, const char *path);
void notice_attach_end(struct cs_filing_body *body, struct notice_files *f);
void notice_files_clear(struct notice_files *f);
