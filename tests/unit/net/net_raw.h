/* SPDX-License-Identifier: MIT */
/* Somebody who speaks TLS to a server, and no more. */
#pragma once

#include <openssl/ssl.h>
#include <stdio.h>

#include "support/net_world.h"

struct raw {
	SSL_CTX *ctx;
	SSL *ssl;
	int fd;
	char in[4096];
	size_t n;
};

static inline void
raw_open(struct raw *r, const struct net_world *w)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)w->port) };
	struct timeval patience = { .tv_sec = 20 };

	memset(r, 0, sizeof *r);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	r->fd = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(r->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	assert_int_equal(connect(r->fd, (struct sockaddr *)&at, sizeof at), 0);
	r->ctx = SSL_CTX_new(TLS_client_method());
	r->ssl = SSL_new(r->ctx);
	SSL_set_fd(r->ssl, r->fd);
	assert_int_equal(SSL_connect(r->ssl), 1);
}

static inline void
raw_close(struct raw *r)
{
	SSL_free(r->ssl);
	SSL_CTX_free(r->ctx);
	close(r->fd);
}

static inline void
raw_say(struct raw *r, const void *bytes, size_t n)
{
	assert_int_equal(SSL_write(r->ssl, bytes, (int)n), (int)n);
}

/* Read until ${end} has come, or nothing more does: is it there? */
static inline bool
raw_hear(struct raw *r, const void *end, size_t n_end)
{
	int n;

	while (memmem(r->in, r->n, end, n_end) == NULL) {
		n = SSL_read(r->ssl, r->in + r->n, (int)(sizeof r->in - r->n));
		if (n <= 0)
			return false;
		r->n += (size_t)n;
	}
	return true;
}

/* The status that ${request} is answered with, on a connection of its own. */
static inline int
raw_status(const struct net_world *w, const char *request)
{
	struct raw r;
	int code = 0;

	raw_open(&r, w);
	raw_say(&r, request, strlen(request));
	if (raw_hear(&r, "\r\n\r\n", 4))
		sscanf(r.in, "HTTP/1.1 %d ", &code);
	raw_close(&r);
	return code;
}
