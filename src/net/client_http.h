/* SPDX-License-Identifier: MIT */
/* Blobs by HTTP, on the client. */
#pragma once

#include "net/client.h"

/* A transfer by HTTP, on a connection of its own. */
struct cs_net_transfer {
	const char *path;
	const char *token; /* empty: it is for everybody */
	uint64_t offset;   /* PUT: of the body in the blob; GET: first byte */
	uint64_t length;   /* PUT: of the body */
	uint64_t total; /* PUT: of the blob; GET: more is not wanted; 0: all */
	/* PUT: give ${n} bytes.  GET: take them. */
	enum cs_err (*move)(void *arg, uint8_t *bytes, size_t n);
	void *arg;
	int status;     /* out: the hub's HTTP status, 0: none came */
	uint64_t moved; /* out: bytes, also after a failure */
};

/*
 * Move the body of ${t}: CS_OK when the transfer is over and a status came,
 * which the caller looks at.  CS_ERR_CLOSED: it broke off, or nobody answers;
 * CS_ERR_TIMEOUT: nothing moved for the client's time; CS_ERR_FORMAT: that is
 * no answer; and what ${t->move} says.
 */
CS_CHECKED enum cs_err cs_net_client_put(
    struct cs_net_client *c, struct cs_net_transfer *t);
CS_CHECKED enum cs_err cs_net_client_get(
    struct cs_net_client *c, struct cs_net_transfer *t);
