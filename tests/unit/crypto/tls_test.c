/* SPDX-License-Identifier: MIT */
/* Handshakes in memory: whom a client believes, and whom it does not. */

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <time.h>

#include "crypto/init.h"
#include "crypto/tls.h"
#include "crypto/tls_cert.h"
#include "support/test.h"

struct pair {
	SSL_CTX *server_ctx;
	void *client_ctx;
	SSL *server, *client;
};

static struct cs_sign_key root, other_root;

/* What a hub presents: chain and key in PEM. */
struct identity {
	struct cs_buf chain, key;
};

static struct identity
certify(const struct cs_sign_key *by, const char *host, int from, int to)
{
	struct identity id = { 0 };
	uint64_t now = (uint64_t)time(NULL);

	assert_ok(cs_tls_certify(&id.chain, &id.key, by, host,
	    (uint64_t)((int64_t)now + from), (uint64_t)((int64_t)now + to)));
	return id;
}

static void
identity_clear(struct identity *id)
{
	cs_buf_free(&id->chain);
	cs_buf_free(&id->key);
}

static X509 *
read_cert(BIO *bio)
{
	return PEM_read_bio_X509(bio, NULL, NULL, NULL);
}

static SSL_CTX *
server_ctx(const struct identity *id)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	BIO *chain = BIO_new_mem_buf(id->chain.data, (int)id->chain.len);
	BIO *key = BIO_new_mem_buf(id->key.data, (int)id->key.len);
	X509 *leaf = read_cert(chain), *ca = read_cert(chain);
	EVP_PKEY *pkey = PEM_read_bio_PrivateKey(key, NULL, NULL, NULL);

	assert_non_null(leaf);
	assert_non_null(ca);
	assert_null(read_cert(chain)); /* two, and no more */
	ERR_clear_error();
	assert_int_equal(SSL_CTX_use_certificate(ctx, leaf), 1);
	assert_int_equal(SSL_CTX_add_extra_chain_cert(ctx, ca), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(ctx, pkey), 1);
	assert_ok(cs_tls_server_setup(ctx));
	X509_free(leaf);
	EVP_PKEY_free(pkey);
	BIO_free(chain);
	BIO_free(key);
	return ctx;
}

/* The two ends over a pair of memory buffers, until both are done. */
static bool
shake_hands(struct pair *p)
{
	BIO *a, *b;

	assert_int_equal(BIO_new_bio_pair(&a, 0, &b, 0), 1);
	p->server = SSL_new(p->server_ctx);
	p->client = SSL_new(p->client_ctx);
	SSL_set_bio(p->server, a, a);
	SSL_set_bio(p->client, b, b);
	SSL_set_accept_state(p->server);
	SSL_set_connect_state(p->client);
	for (int i = 0; i < 10; i++) {
		int c = SSL_do_handshake(p->client);
		int s = SSL_do_handshake(p->server);

		if (c == 1 && s == 1)
			return true;
	}
	return false;
}

static void
pair_clear(struct pair *p)
{
	SSL_free(p->server);
	SSL_free(p->client);
	SSL_CTX_free(p->server_ctx);
	cs_tls_client_free(p->client_ctx);
	ERR_clear_error();
}

/* Does a client that pins ${root} and asks for ${host} accept ${id}? */
static enum cs_err
connect_to(struct identity id, const char *host)
{
	struct pair p = { .server_ctx = server_ctx(&id) };
	uint8_t a[CS_TLS_EXPORTER_LEN], b[CS_TLS_EXPORTER_LEN];
	bool done;
	enum cs_err err;

	assert_ok(cs_tls_client_new(
	    &p.client_ctx, root.public, host, CS_TLS_OWN_CLOCK));
	assert_ok(cs_tls_client_refusal(p.client_ctx));
	done = shake_hands(&p);
	err = cs_tls_client_refusal(p.client_ctx);
	assert_int_equal(done, err == CS_OK);
	if (done) {
		assert_string_equal(SSL_get_version(p.client), "TLSv1.3");
		assert_ok(cs_tls_exporter(a, p.client));
		assert_ok(cs_tls_exporter(b, p.server));
		assert_memory_equal(a, b, sizeof a);
	}
	pair_clear(&p);
	identity_clear(&id);
	return err;
}

static void
test_accepted(void **state)
{
	(void)state;
	assert_ok(
	    connect_to(certify(&root, "hub.example", -60, 60), "hub.example"));
	assert_ok(
	    connect_to(certify(&root, "127.0.0.1", -60, 60), "127.0.0.1"));
	assert_ok(connect_to(certify(&root, "::1", -60, 60), "::1"));
}

static void
test_refused(void **state)
{
	(void)state;
	assert_err(connect_to(certify(&other_root, "hub.example", -60, 60),
		       "hub.example"),
	    CS_ERR_CERT);
	assert_err(
	    connect_to(certify(&root, "hub.example", -60, 60), "other.example"),
	    CS_ERR_MISMATCH);
	assert_err(
	    connect_to(certify(&root, "hub.example", -60, 60), "a.hub.example"),
	    CS_ERR_MISMATCH);
	assert_err(
	    connect_to(certify(&root, "127.0.0.1", -60, 60), "127.0.0.2"),
	    CS_ERR_MISMATCH);
	assert_err(
	    connect_to(certify(&root, "hub.example", -60, -30), "hub.example"),
	    CS_ERR_EXPIRED);
	assert_err(connect_to(certify(&root, "hub.example", 3600, 7200),
		       "hub.example"),
	    CS_ERR_EXPIRED);
}

/* The first certificate counts, whatever comes along with it. */
static void
test_foreign_leaf(void **state)
{
	struct identity good, bad;
	char *end;

	(void)state;
	good = certify(&root, "hub.example", -60, 60);
	bad = certify(&other_root, "hub.example", -60, 60);
	/* The leaf of the other root with the certificate of our root. */
	assert_ok(cs_buf_add(&good.chain, CS_VIEW_OF((uint8_t[]){ 0 })));
	assert_ok(cs_buf_add(&bad.chain, CS_VIEW_OF((uint8_t[]){ 0 })));
	end = strstr((char *)bad.chain.data, "-----END CERTIFICATE-----\n");
	assert_non_null(end);
	end += strlen("-----END CERTIFICATE-----\n");
	bad.chain.len = (size_t)((uint8_t *)end - bad.chain.data);
	end = strstr((char *)good.chain.data, "-----END CERTIFICATE-----\n");
	end += strlen("-----END CERTIFICATE-----\n");
	assert_ok(cs_buf_add(&bad.chain, cs_view_str(end)));
	assert_err(connect_to(bad, "hub.example"), CS_ERR_CERT);
	identity_clear(&good);
}

/* The root's own certificate is nobody's to serve with. */
static void
test_root_as_leaf(void **state)
{
	struct identity id = certify(&root, "hub.example", -60, 60);
	BIO *chain = BIO_new_mem_buf(id.chain.data, (int)id.chain.len);
	struct pair p = { .server_ctx = SSL_CTX_new(TLS_server_method()) };
	X509 *leaf = read_cert(chain), *ca = read_cert(chain);
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(
	    EVP_PKEY_ED25519, NULL, root.seed, sizeof root.seed);

	(void)state;
	assert_int_equal(SSL_CTX_use_certificate(p.server_ctx, ca), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(p.server_ctx, key), 1);
	assert_ok(cs_tls_client_new(
	    &p.client_ctx, root.public, "hub.example", CS_TLS_OWN_CLOCK));
	assert_false(shake_hands(&p));
	assert_err(cs_tls_client_refusal(p.client_ctx), CS_ERR_CERT);
	pair_clear(&p);
	X509_free(leaf);
	X509_free(ca);
	EVP_PKEY_free(key);
	BIO_free(chain);
	identity_clear(&id);
}

/* Nobody is talked down to an older version. */
static void
test_old_version(void **state)
{
	struct identity id = certify(&root, "hub.example", -60, 60);
	struct pair p = { .server_ctx = server_ctx(&id) };

	(void)state;
	assert_ok(cs_tls_client_new(
	    &p.client_ctx, root.public, "hub.example", CS_TLS_OWN_CLOCK));
	assert_int_equal(
	    SSL_CTX_set_min_proto_version(p.client_ctx, TLS1_2_VERSION), 1);
	assert_int_equal(
	    SSL_CTX_set_max_proto_version(p.client_ctx, TLS1_2_VERSION), 1);
	assert_false(shake_hands(&p));
	pair_clear(&p);
	p = (struct pair){ .server_ctx = server_ctx(&id) };
	assert_int_equal(
	    SSL_CTX_set_min_proto_version(p.server_ctx, TLS1_2_VERSION), 1);
	assert_int_equal(
	    SSL_CTX_set_max_proto_version(p.server_ctx, TLS1_2_VERSION), 1);
	assert_ok(cs_tls_client_new(
	    &p.client_ctx, root.public, "hub.example", CS_TLS_OWN_CLOCK));
	assert_false(shake_hands(&p));
	pair_clear(&p);
	identity_clear(&id);
}

static enum cs_err
try_client(void *arg)
{
	void *ctx;
	enum cs_err err = cs_tls_client_new(
	    &ctx, root.public, "hub.example", CS_TLS_OWN_CLOCK);

	(void)arg;
	cs_tls_client_free(ctx);
	return err;
}

static enum cs_err
try_certify(void *arg)
{
	struct cs_buf chain = { 0 }, key = { 0 };
	enum cs_err err =
	    cs_tls_certify(&chain, &key, &root, "hub.example", 1000, 2000);

	(void)arg;
	cs_buf_free(&chain);
	cs_buf_free(&key);
	return err;
}

static void
test_limits(void **state)
{
	char host[300];
	void *ctx;

	(void)state;
	memset(host, 'a', sizeof host - 1);
	host[sizeof host - 1] = '\0';
	assert_err(cs_tls_client_new(&ctx, root.public, host, CS_TLS_OWN_CLOCK),
	    CS_ERR_LIMIT);
	assert_null(ctx);
	cs_tls_client_free(NULL);
	cs_test_allocations(try_client, NULL);
	cs_test_allocations(try_certify, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_foreign_leaf),
		cmocka_unit_test(test_root_as_leaf),
		cmocka_unit_test(test_old_version),
		cmocka_unit_test(test_limits),
	};

	if (cs_crypto_init() != CS_OK || cs_sign_key_new(&root) != CS_OK ||
	    cs_sign_key_new(&other_root) != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
