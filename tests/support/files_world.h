/* SPDX-License-Identifier: MIT */
/* The requests of the files' process without the process: a folder, and a
 * network process and a database that the caller plays. */
#pragma once

#include <fcntl.h>
#include <sys/socket.h>

#include "crypto/hash.h"
#include "hub/files/transfers.h"
#include "store/clock.h"
#include "support/temp_dir.h"

struct files_world {
	struct temp_dir dir;
	int fd;
	struct files files;
	struct files_link link;
	struct cs_channel *network, *database; /* the other ends */
};

static inline void
fw_pair(struct cs_channel **a, struct cs_channel **b)
{
	const struct cs_channel_limits limits = { CS_MIB, 64 * CS_MIB };
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_ok(cs_channel_new(a, pair[0], &limits));
	assert_ok(cs_channel_new(b, pair[1], &limits));
}

/* Another network process, or another database, takes the place of one. */
static inline void
fw_link(struct files_world *w)
{
	files_link_end(&w->link);
	cs_channel_free(w->network);
	w->link.files = &w->files;
	fw_pair(&w->link.channel, &w->network);
}

static inline void
fw_database(struct files_world *w)
{
	struct hub_talk_terms terms = { .uploads = 4, .uploads_all = 8 };

	files_database_leave(&w->files);
	cs_channel_free(w->database);
	fw_pair(&w->files.database, &w->database);
	memset(terms.key, 0x6b, sizeof terms.key);
	assert_ok(
	    cs_channel_put(w->database, HUB_TALK_TERMS, 0, HUB_TALK_OF(terms)));
	assert_ok(cs_channel_flush(w->database));
	files_database_serve(&w->files);
}

static inline void
fw_init(struct files_world *w)
{
	memset(w, 0, sizeof *w);
	w->dir = temp_dir_new();
	w->fd = open(w->dir.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(w->fd >= 0);
	assert_ok(hub_folder_new(&w->files.folder, w->fd));
	fw_link(w);
	fw_database(w);
}

static inline void
fw_clear(struct files_world *w)
{
	files_link_end(&w->link);
	files_database_leave(&w->files);
	cs_channel_free(w->network);
	cs_channel_free(w->database);
	cs_slots_free(&w->files.questions);
	hub_folder_free(w->files.folder);
	close(w->fd);
	temp_dir_clear(&w->dir);
}

/* What the database lets a request do. */
static inline struct hub_talk_grant
fw_grant(const struct hub_pass *pass)
{
	struct hub_talk_grant grant = { .pass = *pass };
	const struct cs_view signed_ = HUB_TALK_OF(grant.pass);
	uint8_t key[32];

	memset(key, 0x6b, sizeof key);
	assert_ok(
	    cs_hmac_parts(grant.mac, CS_SHA256, CS_VIEW_OF(key), &signed_, 1));
	return grant;
}

static inline void
fw_round(struct files_world *w)
{
	(void)!cs_channel_flush(w->network);
	(void)!cs_channel_flush(w->database);
	if (w->link.channel != NULL)
		files_link_serve(&w->link);
	if (w->files.database != NULL)
		files_database_serve(&w->files);
	if (w->link.channel != NULL)
		files_link_send(&w->link);
	if (w->files.database != NULL &&
	    cs_channel_flush(w->files.database) != CS_OK)
		files_database_leave(&w->files);
}

/* All that was said, if it is no more than some hundred KiB, is heard and done.
 */
static inline void
fw_run(struct files_world *w)
{
	for (int i = 0; i < 4; i++)
		fw_round(w);
}
