/* SPDX-License-Identifier: MIT */
#include "crypto/tls_server.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "crypto/tls.h"

/* The structs are OpenSSL's own under another name. */

static SSL_CTX *
ctx_of(struct cs_tls_server *s)
{
	return (SSL_CTX *)s;
}

static SSL *
ssl_of(struct cs_tls *t)
{
	return (SSL *)t;
}

/* The only protocol that is spoken above (RFC 7301). */
static int
choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *n,
    const unsigned char *in, unsigned n_in, void *arg)
{
	static const unsigned char ours[] = "\x08http/1.1";
	unsigned char *chosen;

	(void)ssl;
	(void)arg;
	if (SSL_select_next_proto(&chosen, n, ours, sizeof ours - 1, in,
		n_in) != OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

enum cs_err
cs_tls_server_new(
    struct cs_tls_server **out, const char *chain_path, const char *key_path)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	*out = NULL;
	if (ctx == NULL)
		return CS_ERR_NOMEM;
	if (cs_tls_server_setup(ctx) != CS_OK ||
	    SSL_CTX_use_certificate_chain_file(ctx, chain_path) != 1 ||
	    SSL_CTX_use_PrivateKey_file(ctx, key_path, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_check_private_key(ctx) != 1) {
		ERR_clear_error();
		SSL_CTX_free(ctx);
		return CS_ERR_IO;
	}
	SSL_CTX_set_mode(ctx,
	    SSL_MODE_ENABLE_PARTIAL_WRITE |
		SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION);
	/* A record with one call to the system instead of two. */
	SSL_CTX_set_read_ahead(ctx, 1);
	SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, NULL);
	*out = (struct cs_tls_server *)ctx;
	return CS_OK;
}

void
cs_tls_server_free(struct cs_tls_server *s)
{
	SSL_CTX_free(ctx_of(s));
}

enum cs_err
cs_tls_accept(struct cs_tls **out, struct cs_tls_server *s, int fd)
{
	SSL *ssl = SSL_new(ctx_of(s));

	*out = (struct cs_tls *)ssl;
	if (ssl == NULL)
		return CS_ERR_NOMEM;
	if (SSL_set_fd(ssl, fd) == 1) {
		SSL_set_accept_state(ssl);
		return CS_OK;
	}
	SSL_free(ssl);
	*out = NULL;
	return CS_ERR_NOMEM;
}

void
cs_tls_free(struct cs_tls *t)
{
	SSL_free(ssl_of(t));
}

/* What a call that returned ${rc} means; the queue of errors is a thread's, and
 * one connection's is not to be taken for another's. */
static enum cs_tls_io
outcome(struct cs_tls *t, int rc)
{
	int why = rc > 0 ? SSL_ERROR_NONE : SSL_get_error(ssl_of(t), rc);

	if (why != SSL_ERROR_NONE)
		ERR_clear_error();
	switch (why) {
	case SSL_ERROR_NONE:
		return CS_TLS_DONE;
	case SSL_ERROR_WANT_READ:
		return CS_TLS_WANT_READ;
	case SSL_ERROR_WANT_WRITE:
		return CS_TLS_WANT_WRITE;
	default:
		return CS_TLS_OVER;
	}
}

enum cs_tls_io
cs_tls_handshake(struct cs_tls *t)
{
	return outcome(t, SSL_do_handshake(ssl_of(t)));
}

enum cs_tls_io
cs_tls_read(struct cs_tls *t, uint8_t *out, size_t n, size_t *got)
{
	int rc = SSL_read(ssl_of(t), out, n < INT_MAX ? (int)n : INT_MAX);

	*got = rc > 0 ? (size_t)rc : 0;
	return outcome(t, rc);
}

bool
cs_tls_pending(const struct cs_tls *t)
{
	return SSL_has_pending((const SSL *)t) == 1;
}

enum cs_tls_io
cs_tls_write(struct cs_tls *t, struct cs_view bytes, size_t *put)
{
	int rc = SSL_write(ssl_of(t), bytes.data,
	    bytes.len < INT_MAX ? (int)bytes.len : INT_MAX);

	*put = rc > 0 ? (size_t)rc : 0;
	return outcome(t, rc);
}

void
cs_tls_bye(struct cs_tls *t)
{
	if (SSL_is_init_finished(ssl_of(t)))
		(void)outcome(t, SSL_shutdown(ssl_of(t)));
}

enum cs_err
cs_tls_server_exporter(uint8_t out[static 32], struct cs_tls *t)
{
	return cs_tls_exporter(out, ssl_of(t));
}
