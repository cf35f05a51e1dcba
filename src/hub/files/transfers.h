/* SPDX-License-Identifier: MIT */
/*
 * Requests for blobs, as the process with the files has them.
 *
 * Requests come from network processes, each with a pass that the database gave
 * it.  Of a body that is written so many bytes are on their way as fit into the
 * window, and no more come than the pass is for; of one that is read, as many
 * as were asked for.  Who breaks the rules of talk.h loses the link, and all
 * requests on it.
 */
#pragma once

#include "family/channel.h"
#include "family/slots.h"
#include "hub/files/folder.h"

struct files;

/* A stream to a network process. */
struct files_link {
	struct files *files;
	struct cs_channel *channel; /* NULL: there is none */
	struct cs_slots transfers;
};

/* All zero, but for ${folder}, is one with nothing to do. */
struct files {
	struct hub_folder *folder;   /* the caller's */
	struct cs_channel *database; /* NULL: there is none */
	struct hub_talk_terms terms;
	bool have_terms;
	struct cs_slots questions; /* transfers that wait for the database */
};

/* Take in what has come on a link, and do what it says. */
void files_link_serve(struct files_link *l);
/* Send what is wanted, as far as the link takes it. */
void files_link_send(struct files_link *l);
/* The link is over, and all of its transfers are; what was written stays. */
void files_link_end(struct files_link *l);

/* The same for what the database says. */
void files_database_serve(struct files *f);
/* The database is gone: whether it noted what it was told is not known, and who
 * waits for that is refused. */
void files_database_leave(struct files *f);
