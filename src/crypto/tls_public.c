/* SPDX-License-Identifier: MIT */
#include "crypto/tls_public.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdio.h>

/* Add each certificate of ${pem}; how many. */
static int
add_all(X509_STORE *store, BIO *pem)
{
	X509 *cert;
	int n = 0;

	while ((cert = PEM_read_bio_X509(pem, NULL, NULL, NULL)) != NULL) {
		n += X509_STORE_add_cert(store, cert) == 1;
		X509_free(cert);
	}
	return n;
}

enum cs_err
cs_tls_public_new(void **ssl_ctx, struct cs_view pem)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	BIO *in = pem.len != 0 && pem.len <= INT_MAX
	    ? BIO_new_mem_buf(pem.data, (int)pem.len)
	    : NULL;
	enum cs_err err = CS_OK;

	*ssl_ctx = NULL;
	if (ctx == NULL)
		err = CS_ERR_NOMEM;
	else if (in == NULL || add_all(SSL_CTX_get_cert_store(ctx), in) == 0)
		err = CS_ERR_FORMAT;
	else if (SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1)
		err = CS_ERR_CRYPTO;
	BIO_free(in);
	ERR_clear_error();
	if (err) {
		SSL_CTX_free(ctx);
		return err;
	}
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_mode(ctx,
	    SSL_MODE_ENABLE_PARTIAL_WRITE |
		SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
	*ssl_ctx = ctx;
	return CS_OK;
}

void
cs_tls_public_free(void *ssl_ctx)
{
	SSL_CTX_free(ssl_ctx);
}

enum cs_err
cs_tls_public_connect(
    struct cs_tls **out, void *ssl_ctx, int fd, const char *host)
{
	static const unsigned char protocol[] = "\x08http/1.1";
	SSL *ssl = SSL_new(ssl_ctx);
	char name[256]; /* OpenSSL's macro wants one to write to */

	*out = NULL;
	snprintf(name, sizeof name, "%s", host);
	if (ssl == NULL || SSL_set_fd(ssl, fd) != 1 ||
	    SSL_set_alpn_protos(ssl, protocol, sizeof protocol - 1) != 0 ||
	    SSL_set1_host(ssl, name) != 1 ||
	    SSL_set_tlsext_host_name(ssl, name) != 1) {
		SSL_free(ssl);
		ERR_clear_error();
		return CS_ERR_NOMEM;
	}
	SSL_set_connect_state(ssl);
	/* The struct is OpenSSL's own under another name. */
	*out = (struct cs_tls *)ssl;
	return CS_OK;
}
