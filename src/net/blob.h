/* SPDX-License-Identifier: MIT */
/* Fetching a blob: a ticket over the session, bytes by HTTP. */
#pragma once

#include "net/session.h"

#define CS_BLOB_PATH_SIZE 36

/* "/b/" and 32 hex digits. */
void cs_blob_path(
    char out[static CS_BLOB_PATH_SIZE], const uint8_t blob[static 16]);

struct cs_blob_fetch {
	uint8_t blob[16];
	uint64_t total; /* how long it is said to be */
	enum cs_err (*take)(void *arg, struct cs_view bytes);
	void *arg;
	void (*progress)(uint64_t done, uint64_t total); /* or NULL */
	uint64_t done;        /* in and out: bytes that were taken */
	enum cs_err take_err; /* out: what take() said */
};

/*
 * Give all of a blob to ${f->take}, in order, from byte ${f->done} on; goes on
 * where it broke off, as long as it gets anywhere.  CS_ERR_NOT_FOUND: the hub
 * does not have it (any more); CS_ERR_LIMIT and CS_ERR_DIGEST: longer or
 * shorter than said.  CS_ERR_CLOSED, CS_ERR_TIMEOUT: it broke off, and with a
 * new session the same ${f} goes on.
 */
CS_CHECKED enum cs_err cs_blob_fetch(
    struct cs_session *s, struct cs_blob_fetch *f);
