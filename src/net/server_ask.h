/* SPDX-License-Identifier: MIT */
/* Requests that the program above answers, and not at once. */
#pragma once

#include "net/http_head.h"
#include "net/server_internal.h"

/* What is answered to one. */
struct cs_net_answer {
	int status;
	const char *type; /* of the bytes; NULL: they are the status's words */
	struct cs_view bytes;
	bool forever; /* they never change */
};
/* Answer ${a}, which is over then. */
void cs_net_ask_answer(
    struct cs_net_ask *a, const struct cs_net_answer *answer);

/* A GET of ${path}, of which the head has come: false: it is nothing that the
 * program answers. */
bool net_ask_request(struct cs_net_conn *c, struct cs_view path);
/* The connection is gone. */
void net_ask_drop(struct cs_net_conn *c);
