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
	/* More of the head, each with its CR LF, in the place of what says that
	 * everybody may read it; or NULL. */
	const char *fields;
};
/* Answer ${a}, which is over then; the rest of its body is skipped. */
void cs_net_ask_answer(
    struct cs_net_ask *a, const struct cs_net_answer *answer);

/* A GET or POST, of which the head has come.  False: it is nothing that the
 * program answers. */
bool net_ask_request(struct cs_net_conn *c, const struct cs_http_head *h);
/* Of ${n} bytes that have come, so many are of the body. */
size_t net_ask_body(struct cs_net_conn *c, const uint8_t *bytes, size_t n);
/* The connection is gone. */
void net_ask_drop(struct cs_net_conn *c);
