/* SPDX-License-Identifier: MIT */
/* From messages in the database to an evidence bundle. */
#pragma once

#include "client/home/client.h"

/* One message that is to leave the device, and what goes along with it. */
struct client_item {
	struct cs_buf plain; /* the record */
	struct cs_buf stamp_cert;
	struct cs_buf log_proof, log_cert; /* empty: not shown */
	struct client_record record;
	struct cs_mimi_content content;
	char conversation[256];
	bool direct;
	int gone; /* enum client_gone: what is shown is only here any more */
	struct cs_evidence_media media[CS_MIMI_PARTS_MAX];
	struct cs_buf files[CS_MIMI_PARTS_MAX];
};

struct client_evidence {
	struct cs_evidence_input in;
	struct client_item *items; /* in.n_items of them, in order */
	struct cs_evidence_input_item *input;
	struct cs_evidence_gap *gaps;
	struct cs_buf *hashes; /* of each gap */
};

/* Gather the messages that ${r} names, what their authors did to them since,
 * and what proves all that; the note of ${r}
 * has to live as long.  Free with client_evidence_clear(). */
CS_CHECKED enum cs_err client_evidence_gather(struct client_evidence *out,
    struct cs_client *c, const struct cs_client_report *r);
/* Fetch the photos and files, too, so that the bundle stands alone; those that
 * are gone are left out. */
CS_CHECKED enum cs_err client_evidence_fetch_files(
    struct client_evidence *e, struct cs_client *c);
void client_evidence_clear(struct client_evidence *e);
/* Tell ${line}, line by line, what the bundle contains. */
void client_evidence_describe(const struct client_evidence *e,
    const struct cs_client *c, void (*line)(void *arg, const char *text),
    void *arg);
