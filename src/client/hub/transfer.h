/* SPDX-License-Identifier: MIT */
/* Bytes of blobs to the hub and from it, which go on where they broke off. */
#pragma once

#include "client/home/client.h"
#include "net/blob.h"

struct client_upload {
	int fd;               /* -1: ${bytes} */
	uint64_t from;        /* where in ${fd} the blob begins */
	struct cs_view bytes; /* all of it */
	struct cs_wire_blob_put ask;
	void (*progress)(uint64_t done, uint64_t total); /* or NULL */
	uint64_t done;                                   /* out */
};
/* Upload a blob, from where the hub has it.  CS_ERR_DIGEST: the bytes are not
 * those that were announced; CS_ERR_IO: ${fd} has fewer; CS_ERR_DISK_FULL,
 * CS_ERR_BUSY, CS_ERR_CLOSED: with a sentence. */
CS_CHECKED enum cs_err client_transfer_put(
    struct cs_client *c, struct client_upload *u);

/* Fetch a blob from byte ${f->done} on.  CS_ERR_NOT_FOUND: the hub does not
 * have it, or ${c->link.session.code} says why it does not give it. */
CS_CHECKED enum cs_err client_transfer_get(
    struct cs_client *c, struct cs_blob_fetch *f);
