/* SPDX-License-Identifier: MIT */
/*
 * The folder of blobs, and uploads that are under way.
 *
 * One request writes a blob at a time, through here: a later one takes over,
 * and the earlier cannot write any more.  What is written is hashed as it
 * comes.  Once the hash is the announced one, the file is synced, gets its
 * name, and nothing has it open any longer; so what is complete stays as it
 * is.  An upload that rests is forgotten after a while, or for another of its
 * account; its bytes stay, and are hashed again if it goes on.
 *
 * Results are statuses of HTTP.
 */
#pragma once

#include "hub/talk/talk.h"

struct hub_folder;
struct hub_upload;

/* A request that writes; part of what the caller keeps for it. */
struct hub_writing {
	struct hub_upload *upload; /* NULL: it may not write any longer */
};

/* ${fd}, the folder, stays the caller's. */
CS_CHECKED enum cs_err hub_folder_new(struct hub_folder **out, int fd);
void hub_folder_free(struct hub_folder *f);
/* How many uploads there may be, of an account and in all. */
void hub_folder_bound(struct hub_folder *f, uint64_t account, uint64_t all);

/* Let ${w} write what ${pass} is for; 0, or why not. */
int hub_writing_begin(struct hub_writing *w, struct hub_folder *f,
    const struct hub_pass *pass, uint64_t now_ms);
int hub_writing_add(struct hub_writing *w, struct cs_view bytes);
/* The request is over, and ${whole} if its body was.  201: all of the blob is
 * there, verified, and durable under its name, which is for the caller to
 * note; 202: a part; or why not. */
int hub_writing_end(struct hub_writing *w, struct hub_folder *f,
    const struct hub_pass *pass, bool whole, uint64_t now_ms);

/* A descriptor of a complete blob, which the caller closes; -1: there is none.
 */
int hub_folder_read(
    const struct hub_folder *f, const uint8_t id[static CS_ID_LEN]);
/* Remove a blob, or what there is of it. */
void hub_folder_remove(
    struct hub_folder *f, const uint8_t id[static CS_ID_LEN]);
/* Forget uploads that rest for longer than a pass is good for. */
void hub_folder_sweep(struct hub_folder *f, uint64_t now_ms);

/* How much of an incomplete blob lies in the folder ${fd}, in bytes; for others
 * than the owner of the folder, too. */
uint64_t hub_folder_stored(int fd, const uint8_t id[static CS_ID_LEN]);
