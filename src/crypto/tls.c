/* SPDX-License-Identifier: MIT */
#include "crypto/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"

#define EXPORTER_LABEL "EXPORTER-countersign-login-v1"

/* What a client context checks against; hangs on its SSL_CTX. */
struct pin {
	uint8_t root[CS_SIGN_PUBLIC_LEN];
	char host[256];
	enum cs_err refusal;
	enum cs_tls_clock clock;
	uint64_t from_s, until_s;       /* of the leaf that was accepted last */
	struct cs_tls_tickets *tickets; /* NULL: none are kept */
};

/* Seconds since 1970 of ${t}; 0: it makes no sense. */
static uint64_t
seconds(const ASN1_TIME *t)
{
	struct tm tm;
	time_t s;

	if (t == NULL || ASN1_TIME_to_tm(t, &tm) != 1)
		return 0;
	s = timegm(&tm);
	return s > 0 ? (uint64_t)s : 0;
}

static enum cs_err
check_validity(X509 *leaf, struct pin *pin)
{
	uint64_t from_s = seconds(X509_get0_notBefore(leaf));
	uint64_t until_s = seconds(X509_get0_notAfter(leaf));
	uint64_t now_s = (uint64_t)time(NULL);

	if (from_s == 0 || until_s == 0)
		return CS_ERR_CERT;
	if (pin->clock == CS_TLS_OWN_CLOCK &&
	    (now_s <= from_s || now_s >= until_s))
		return CS_ERR_EXPIRED;
	pin->from_s = from_s;
	pin->until_s = until_s;
	return CS_OK;
}

/* The leaf has to carry a signature of the pinned root itself: names and
 * other certificates that the server sends count for nothing. */
static enum cs_err
check_leaf(X509 *leaf, struct pin *pin)
{
	EVP_PKEY *root = EVP_PKEY_new_raw_public_key(
	    EVP_PKEY_ED25519, NULL, pin->root, sizeof pin->root);
	enum cs_err err = CS_OK;

	if (root == NULL)
		return CS_ERR_KEY;
	if (X509_verify(leaf, root) != 1 || X509_check_ca(leaf) != 0)
		err = CS_ERR_CERT;
	else if (X509_check_host(leaf, pin->host, 0, 0, NULL) != 1 &&
	    X509_check_ip_asc(leaf, pin->host, 0) != 1)
		err = CS_ERR_MISMATCH;
	else
		err = check_validity(leaf, pin);
	EVP_PKEY_free(root);
	return err;
}

/* Stands in for OpenSSL's walk along certificate authorities. */
static int
verify_pinned(X509_STORE_CTX *store, void *arg)
{
	struct pin *pin = arg;
	X509 *leaf = X509_STORE_CTX_get0_cert(store);

	pin->refusal = leaf == NULL ? CS_ERR_CERT : check_leaf(leaf, pin);
	X509_STORE_CTX_set_error(store,
	    pin->refusal == CS_OK ? X509_V_OK : X509_V_ERR_CERT_REJECTED);
	return pin->refusal == CS_OK;
}

static int pin_index = -1;

enum cs_err
cs_tls_client_new(void **ssl_ctx,
    const uint8_t root_public[static CS_SIGN_PUBLIC_LEN], const char *host,
    enum cs_tls_clock clock)
{
	struct pin *pin;
	SSL_CTX *ctx;

	*ssl_ctx = NULL;
	if (strlen(host) >= sizeof pin->host)
		return CS_ERR_LIMIT;
	if (pin_index < 0)
		pin_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, NULL);
	pin = cs_calloc(1, sizeof *pin);
	if (pin == NULL)
		return CS_ERR_NOMEM;
	ctx = SSL_CTX_new(TLS_client_method());
	if (ctx == NULL || SSL_CTX_set_ex_data(ctx, pin_index, pin) != 1 ||
	    SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) != 1) {
		SSL_CTX_free(ctx);
		cs_free(pin, sizeof *pin);
		return CS_ERR_CRYPTO;
	}
	memcpy(pin->root, root_public, sizeof pin->root);
	memcpy(pin->host, host, strlen(host) + 1);
	pin->clock = clock;
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_cert_verify_callback(ctx, verify_pinned, pin);
	SSL_CTX_set_mode(ctx,
	    SSL_MODE_ENABLE_PARTIAL_WRITE |
		SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
	*ssl_ctx = ctx;
	return CS_OK;
}

/* Ask for the host by its name, which an address is not (RFC 6066, section 3),
 * and for the only protocol that is spoken above (RFC 7301). */
static bool
name_host(SSL *ssl, const struct pin *pin)
{
	static const unsigned char protocol[] = "\x08http/1.1";
	ASN1_OCTET_STRING *address = a2i_IPADDRESS(pin->host);
	bool is_address = address != NULL;
	char host[sizeof pin->host]; /* OpenSSL's macro wants one to write to */

	memcpy(host, pin->host, sizeof host);
	ASN1_OCTET_STRING_free(address);
	ERR_clear_error();
	return SSL_set_alpn_protos(ssl, protocol, sizeof protocol - 1) == 0 &&
	    (is_address || SSL_set_tlsext_host_name(ssl, host) == 1);
}

enum cs_err
cs_tls_connect(struct cs_tls **out, void *ssl_ctx, int fd)
{
	const struct pin *pin = SSL_CTX_get_ex_data(ssl_ctx, pin_index);
	SSL *ssl = SSL_new(ssl_ctx);

	*out = NULL;
	if (ssl == NULL)
		return CS_ERR_NOMEM;
	if (SSL_set_fd(ssl, fd) != 1 || !name_host(ssl, pin)) {
		SSL_free(ssl);
		return CS_ERR_NOMEM;
	}
	SSL_set_connect_state(ssl);
	/* The struct is OpenSSL's own under another name. */
	*out = (struct cs_tls *)ssl;
	return CS_OK;
}

void
cs_tls_client_free(void *ssl_ctx)
{
	struct pin *pin;

	if (ssl_ctx == NULL)
		return;
	pin = SSL_CTX_get_ex_data(ssl_ctx, pin_index);
	SSL_CTX_free(ssl_ctx);
	cs_free(pin, sizeof *pin);
}

enum cs_err
cs_tls_client_refusal(const void *ssl_ctx)
{
	const struct pin *pin = SSL_CTX_get_ex_data(ssl_ctx, pin_index);

	return pin->refusal;
}

void
cs_tls_client_validity(const void *ssl_ctx, uint64_t *from_s, uint64_t *until_s)
{
	const struct pin *pin = SSL_CTX_get_ex_data(ssl_ctx, pin_index);

	*from_s = pin->from_s;
	*until_s = pin->until_s;
}

void
cs_tls_client_refusal_forget(void *ssl_ctx)
{
	struct pin *pin = SSL_CTX_get_ex_data(ssl_ctx, pin_index);

	pin->refusal = CS_OK;
}

/* A ticket has come, which stays OpenSSL's. */
static int
on_ticket(SSL *ssl, SSL_SESSION *session)
{
	struct pin *pin = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), pin_index);

	cs_tls_tickets_keep(pin->tickets, session, SSL_session_reused(ssl) == 1,
	    (uint64_t)time(NULL));
	return 0;
}

static bool
leaf_fits(void *pin, void *leaf)
{
	return check_leaf(leaf, pin) == CS_OK;
}

/* The last moment at which a session can be chosen.  Callbacks for information
 * get a const SSL; the one that is about to connect is not. */
static void
on_event(const SSL *starting, int event, int value)
{
	SSL *ssl = (SSL *)(uintptr_t)starting;
	struct pin *pin = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), pin_index);
	SSL_SESSION *session;

	(void)value;
	if (!(event & SSL_CB_HANDSHAKE_START) || SSL_get_session(ssl) != NULL)
		return;
	session = cs_tls_tickets_take(
	    pin->tickets, (uint64_t)time(NULL), leaf_fits, pin);
	/* Should it fail, the handshake is a full one. */
	if (session != NULL)
		(void)SSL_set_session(ssl, session);
	SSL_SESSION_free(session);
	ERR_clear_error();
}

void
cs_tls_client_keep(void *ssl_ctx, struct cs_tls_tickets *tickets)
{
	struct pin *pin = SSL_CTX_get_ex_data(ssl_ctx, pin_index);

	pin->tickets = tickets;
	SSL_CTX_set_session_cache_mode(
	    ssl_ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(ssl_ctx, on_ticket);
	SSL_CTX_set_info_callback(ssl_ctx, on_event);
}

enum cs_err
cs_tls_server_setup(void *ssl_ctx)
{
	SSL_CTX_set_mode(ssl_ctx, SSL_MODE_RELEASE_BUFFERS);
	/* Sessions that ended leave no state here, and no tickets either,
	 * unless somebody asks for them. */
	SSL_CTX_set_session_cache_mode(ssl_ctx, SSL_SESS_CACHE_OFF);
	if (SSL_CTX_set_num_tickets(ssl_ctx, 0) != 1 ||
	    SSL_CTX_set_min_proto_version(ssl_ctx, TLS1_3_VERSION) != 1)
		return CS_ERR_CRYPTO;
	return CS_OK;
}

enum cs_err
cs_tls_exporter(uint8_t out[static CS_TLS_EXPORTER_LEN], void *ssl)
{
	if (SSL_export_keying_material(ssl, out, CS_TLS_EXPORTER_LEN,
		EXPORTER_LABEL, sizeof EXPORTER_LABEL - 1, NULL, 0, 0) != 1)
		return CS_ERR_CRYPTO;
	return CS_OK;
}
