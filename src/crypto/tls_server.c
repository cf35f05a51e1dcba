/* SPDX-License-Identifier: MIT */
#include "crypto/tls_server.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "base/alloc.h"
#include "base/units.h"
#include "crypto/tls.h"

/* Two certificates are less than 2 KiB. */
#define CHAIN_MAX (64 * CS_KIB)

struct cs_tls_server {
	SSL_CTX *ctx;
	struct cs_tls_key *key; /* NULL: the SSL_CTX has all of it */
	struct cs_tls_ticket_keys *tickets; /* NULL: there are none */
};

/* The struct is OpenSSL's own under another name. */
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

static void
set_up(SSL_CTX *ctx)
{
	SSL_CTX_set_mode(ctx,
	    SSL_MODE_ENABLE_PARTIAL_WRITE |
		SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION);
	/* A record with one call to the system instead of two. */
	SSL_CTX_set_read_ahead(ctx, 1);
	SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, NULL);
}

/* A server without certificates yet, in ${library}, an OSSL_LIB_CTX or NULL. */
static enum cs_err
server_in(struct cs_tls_server *s, void *library)
{
	s->ctx = SSL_CTX_new_ex(library, NULL, TLS_server_method());
	if (s->ctx == NULL)
		return CS_ERR_NOMEM;
	set_up(s->ctx);
	return cs_tls_server_setup(s->ctx);
}

enum cs_err
cs_tls_server_new(
    struct cs_tls_server **out, const char *chain_path, const char *key_path)
{
	struct cs_tls_server *s = cs_calloc(1, sizeof *s);
	enum cs_err err;

	*out = NULL;
	if (s == NULL)
		return CS_ERR_NOMEM;
	err = server_in(s, NULL);
	if (err == CS_OK &&
	    (SSL_CTX_use_certificate_chain_file(s->ctx, chain_path) != 1 ||
		SSL_CTX_use_PrivateKey_file(
		    s->ctx, key_path, SSL_FILETYPE_PEM) != 1 ||
		SSL_CTX_check_private_key(s->ctx) != 1))
		err = CS_ERR_IO;
	if (err) {
		ERR_clear_error();
		cs_tls_server_free(s);
		return err;
	}
	*out = s;
	return CS_OK;
}

static BIO *
reader_of(struct cs_view pem)
{
	if (pem.len == 0)
		pem = cs_view("", 0);
	return BIO_new_mem_buf(pem.data, (int)pem.len);
}

/* The next certificate of ${in}; NULL: no more, or one that is broken, which
 * the queue of errors tells apart. */
static X509 *
next_certificate(BIO *in, OSSL_LIB_CTX *library)
{
	X509 *cert = X509_new_ex(library, NULL);

	if (cert != NULL && PEM_read_bio_X509(in, &cert, NULL, NULL) == NULL) {
		X509_free(cert);
		cert = NULL;
	}
	return cert;
}

/* The leaf and the certificates that follow it; ${*leaf} is the caller's. */
static enum cs_err
read_chain(struct cs_tls_server *s, X509 **leaf, BIO *in)
{
	OSSL_LIB_CTX *library = cs_tls_key_library(s->key);
	X509 *cert;

	if ((*leaf = next_certificate(in, library)) == NULL)
		return CS_ERR_FORMAT;
	if (SSL_CTX_use_certificate(s->ctx, *leaf) != 1)
		return CS_ERR_UNSUPPORTED;
	while ((cert = next_certificate(in, library)) != NULL)
		if (SSL_CTX_add0_chain_cert(s->ctx, cert) != 1) {
			X509_free(cert);
			return CS_ERR_UNSUPPORTED;
		}
	return ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE
	    ? CS_OK
	    : CS_ERR_FORMAT;
}

enum cs_err
cs_tls_server_new_remote(struct cs_tls_server **out, struct cs_view chain_pem,
    cs_tls_remote_sign *sign, void *arg)
{
	struct cs_tls_server *s = cs_calloc(1, sizeof *s);
	BIO *in = NULL;
	X509 *leaf = NULL;
	enum cs_err err = CS_ERR_NOMEM;

	*out = NULL;
	if (s == NULL)
		return CS_ERR_NOMEM;
	ERR_clear_error();
	if (chain_pem.len > CHAIN_MAX)
		err = CS_ERR_LIMIT;
	else if ((in = reader_of(chain_pem)) != NULL &&
	    (err = cs_tls_key_new(&s->key, sign, arg)) == CS_OK &&
	    (err = server_in(s, cs_tls_key_library(s->key))) == CS_OK &&
	    (err = read_chain(s, &leaf, in)) == CS_OK)
		err = cs_tls_key_use(s->key, s->ctx, leaf);
	X509_free(leaf);
	BIO_free(in);
	ERR_clear_error();
	if (err)
		cs_tls_server_free(s);
	else
		*out = s;
	return err;
}

void
cs_tls_server_free(struct cs_tls_server *s)
{
	if (s == NULL)
		return;
	SSL_CTX_free(s->ctx);
	cs_tls_key_free(s->key);
	cs_tls_ticket_keys_free(s->tickets);
	cs_free(s, sizeof *s);
}

enum cs_err
cs_tls_server_tickets(struct cs_tls_server *s,
    const uint8_t now[static CS_TLS_TICKET_KEY_LEN], const uint8_t *before)
{
	enum cs_err err;

	if (s->tickets == NULL && (err = cs_tls_ticket_keys_new(&s->tickets)))
		return err;
	cs_tls_ticket_keys_set(s->tickets, now, before);
	return cs_tls_ticket_keys_use_on(s->tickets, s->ctx);
}

enum cs_err
cs_tls_accept(struct cs_tls **out, struct cs_tls_server *s, int fd)
{
	SSL *ssl = SSL_new(s->ctx);

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

bool
cs_tls_resumed(const struct cs_tls *t)
{
	return SSL_session_reused((const SSL *)t) == 1;
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
