/* SPDX-License-Identifier: MIT */
/*
 * Uploads that are under way.
 *
 * One request writes a blob at a time, through here: a later one takes over,
 * and the earlier cannot write any more.  What is written is hashed as it
 * comes.  Once the hash is the announced one, the file is synced, gets its
 * name, and nothing has it open any longer; so what is complete stays as it
 * is.  An upload that rests is forgotten after a while, or for another of its
 * account; its bytes stay, and are hashed again if it goes on.
 */
#pragma once

#include "hub/core/hub.h"

/* What is known of a blob. */
struct hub_blob {
	uint8_t account[CS_ID_LEN];
	uint64_t size;
	uint8_t sha256[CS_HASH_LEN];
	bool complete;
	uint64_t quarantined; /* until when; 0: it is not */
};

#define HUB_BLOB_PATH_SIZE 4096
void hub_blob_path(char out[static HUB_BLOB_PATH_SIZE],
    const struct cs_hub *hub, const uint8_t id[static CS_ID_LEN],
    const char *suffix);

/* How much of an incomplete blob is there, in bytes. */
uint64_t hub_upload_stored(
    const struct cs_hub *hub, const uint8_t id[static CS_ID_LEN]);

/* Let the request ${b} write ${blob}, from b->offset on; 0, or the status of
 * HTTP. */
int hub_upload_begin(
    struct cs_hub *hub, struct cs_net_blob *b, const struct hub_blob *blob);
int hub_upload_write(struct cs_net_blob *b, struct cs_view bytes);
/* The request is over.  201: all of it was there, verified, and is durable
 * under its name, which is for the caller to note; 202: a part; or why not. */
int hub_upload_end(struct cs_hub *hub, struct cs_net_blob *b, bool whole,
    const struct hub_blob *blob);
/* All bytes are there and nobody said so: the hub was ended at that moment.
 * As hub_upload_end(). */
int hub_upload_finish(struct cs_hub *hub, const uint8_t id[static CS_ID_LEN],
    const struct hub_blob *blob);

/* Forget those that rest. */
void hub_uploads_sweep(struct cs_hub *hub);
void hub_uploads_close(struct cs_hub *hub);
