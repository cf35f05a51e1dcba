/* SPDX-License-Identifier: MIT */
/*
 * A web server in another process (web_part.h), for a process that holds keys:
 * HTTP and TLS are read over there, and requests come over here.
 *
 * It is trusted with what anybody could ask, and with the address that somebody
 * asks from; whoever took it over sees what is asked and answered from then on,
 * and can make up requests with what it has seen.
 */
#pragma once

#include "net/web.h"

struct cs_web_far;

struct cs_web_far_config {
	size_t body_max; /* of a request */
	void *arg;
	/* As in cs_web_config. */
	void (*handle)(void *arg, const struct cs_web_request *rq,
	    struct cs_web_answer *answer);
	bool (*more)(void *arg, void *stream, struct cs_buf *out);
	void (*ended)(void *arg, void *stream);
};

/* Answer what comes on ${fd}, a socket of a pair, which is taken whatever is
 * returned. */
CS_CHECKED enum cs_err cs_web_far_new(
    struct cs_web_far **out, int fd, const struct cs_web_far_config *config);
/* Begin with ${*fd}, which is -1 then, in the place of ${*web}, if a web server
 * is new or was started anew; what the one before it had begun is over.  ${*fd}
 * is -1 already: nothing changes. */
CS_CHECKED enum cs_err cs_web_far_renew(
    struct cs_web_far **web, int *fd, const struct cs_web_far_config *config);
/* Its streams end. */
void cs_web_far_free(struct cs_web_far *far);

/* Wait for ${*events} (poll()) on this. */
int cs_web_far_fd(const struct cs_web_far *far, short *events);
/* Answer what has come.  CS_ERR_CLOSED: the other process is gone.
 * CS_ERR_FORMAT, CS_ERR_LIMIT: it says what a web server does not; it is to be
 * freed. */
CS_CHECKED enum cs_err cs_web_far_serve(struct cs_web_far *far);
