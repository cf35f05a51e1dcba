/* SPDX-License-Identifier: MIT */
/* Two ends of TLS over a pair of sockets: a server of ours, and a client. */
#pragma once

#include <openssl/ssl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/units.h"
#include "crypto/sign.h"
#include "crypto/tls.h"
#include "crypto/tls_cert.h"
#include "crypto/tls_server.h"
#include "crypto/tls_signer.h"
#include "support/test.h"

/* What a hub presents, and what it keeps. */
struct tls_identity {
	struct cs_buf chain, key;
};

static inline struct tls_identity
tls_identity_new(const struct cs_sign_key *root, const char *host)
{
	struct tls_identity id = { 0 };
	uint64_t now = (uint64_t)time(NULL);

	assert_ok(cs_tls_certify(
	    &id.chain, &id.key, root, host, now - 60, now + CS_HOUR_S));
	return id;
}

static inline void
tls_identity_clear(struct tls_identity *id)
{
	cs_buf_free(&id->chain);
	cs_buf_free(&id->key);
}

struct tls_pair {
	struct cs_tls *server;
	SSL *client;
	int fds[2];
};

/* ${ctx} is of cs_tls_client_new(). */
static inline void
tls_pair_init(struct tls_pair *p, struct cs_tls_server *server, void *ctx)
{
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, p->fds), 0);
	assert_ok(cs_tls_accept(&p->server, server, p->fds[0]));
	p->client = SSL_new(ctx);
	assert_non_null(p->client);
	SSL_set_fd(p->client, p->fds[1]);
	SSL_set_connect_state(p->client);
}

static inline void
tls_pair_clear(struct tls_pair *p)
{
	SSL_free(p->client);
	cs_tls_free(p->server);
	close(p->fds[0]);
	close(p->fds[1]);
}

/* Both ends came to an end of the handshake that they like. */
static inline bool
tls_pair_shake(struct tls_pair *p)
{
	enum cs_tls_io io = CS_TLS_WANT_READ;
	int rc = 0;

	for (int i = 0; i < 20 && (rc != 1 || io != CS_TLS_DONE); i++) {
		rc = SSL_do_handshake(p->client);
		if (io != CS_TLS_OVER && io != CS_TLS_DONE)
			io = cs_tls_handshake(p->server);
	}
	return rc == 1 && io == CS_TLS_DONE;
}

/* The same secret at both ends; bytes arrive, both ways, and with those to the
 * client the server's tickets. */
static inline void
tls_pair_talk(struct tls_pair *p, uint8_t exporter[static CS_TLS_EXPORTER_LEN])
{
	uint8_t theirs[CS_TLS_EXPORTER_LEN], in[10];
	size_t n;

	assert_ok(cs_tls_server_exporter(exporter, p->server));
	assert_ok(cs_tls_exporter(theirs, p->client));
	assert_memory_equal(exporter, theirs, sizeof theirs);
	assert_int_equal(SSL_write(p->client, "hub?", 4), 4);
	assert_int_equal(
	    cs_tls_read(p->server, in, sizeof in, &n), CS_TLS_DONE);
	assert_view_equal(cs_view(in, n), cs_view_str("hub?"));
	assert_int_equal(
	    cs_tls_write(p->server, cs_view_str("yes"), &n), CS_TLS_DONE);
	assert_int_equal(SSL_read(p->client, in, sizeof in), 3);
}
