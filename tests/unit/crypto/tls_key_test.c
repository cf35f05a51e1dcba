/* SPDX-License-Identifier: MIT */
/* A server whose key is elsewhere: it shakes hands as if it had it. */
#include "crypto/tls_key.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include "crypto/init.h"
#include "unit/crypto/tls_pair.h"

/* ---- who signs, and how ------------------------------------------------- */

enum mood {
	SIGNS,
	FAILS,        /* whatever there is in its buffer */
	SAYS_NOTHING, /* no error, and no signature */
	SAYS_TOO_MUCH,
	LIES, /* a signature of other bytes */
};

struct elsewhere {
	struct cs_tls_signer *signer;
	enum mood mood;
	unsigned calls;
};

static enum cs_err
sign(void *arg, uint8_t out[static CS_TLS_SIG_MAX], size_t *n,
    struct cs_view tbs)
{
	struct elsewhere *e = arg;
	enum cs_err err;

	e->calls++;
	err = cs_tls_signer_sign(e->signer, out, n, tbs);
	if (e->mood == SAYS_NOTHING)
		*n = 0;
	if (e->mood == SAYS_TOO_MUCH)
		*n = CS_TLS_SIG_MAX + 1;
	if (e->mood == LIES)
		out[*n - 1] ^= 1;
	return e->mood == FAILS ? CS_ERR_CLOSED : err;
}

struct world {
	struct cs_sign_key root;
	struct tls_identity id;
	struct elsewhere elsewhere;
	struct cs_tls_server *server;
	void *ctx;
};

static void
world_init(struct world *w)
{
	memset(w, 0, sizeof *w);
	assert_ok(cs_sign_key_new(&w->root));
	w->id = tls_identity_new(&w->root, "hub.example");
	assert_ok(
	    cs_tls_signer_new(&w->elsewhere.signer, cs_buf_view(&w->id.key)));
	assert_ok(cs_tls_server_new_remote(
	    &w->server, cs_buf_view(&w->id.chain), sign, &w->elsewhere));
	assert_ok(cs_tls_client_new(
	    &w->ctx, w->root.public, "hub.example", CS_TLS_OWN_CLOCK));
}

static void
world_clear(struct world *w)
{
	cs_tls_client_free(w->ctx);
	cs_tls_server_free(w->server);
	cs_tls_signer_free(w->elsewhere.signer);
	tls_identity_clear(&w->id);
	cs_wipe(&w->root, sizeof w->root);
}

static bool
meets(struct world *w)
{
	uint8_t exporter[CS_TLS_EXPORTER_LEN];
	struct tls_pair p;
	bool met;

	tls_pair_init(&p, w->server, w->ctx);
	if ((met = tls_pair_shake(&p)))
		tls_pair_talk(&p, exporter);
	tls_pair_clear(&p);
	return met;
}

/* ---- tests -------------------------------------------------------------- */

static void
test_signed_elsewhere(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	for (unsigned i = 1; i <= 3; i++) {
		assert_true(meets(&w));
		assert_int_equal(w.elsewhere.calls, i);
	}
	assert_ok(cs_tls_client_refusal(w.ctx));
	world_clear(&w);
}

/* The root comes along behind the leaf, as with a key at hand. */
static void
test_whole_chain(void **state)
{
	struct tls_pair p;
	struct world w;

	(void)state;
	world_init(&w);
	tls_pair_init(&p, w.server, w.ctx);
	assert_true(tls_pair_shake(&p));
	assert_int_equal(sk_X509_num(SSL_get_peer_cert_chain(p.client)), 2);
	tls_pair_clear(&p);
	world_clear(&w);
}

/* One that cannot sign loses that connection, and the next one is well; those
 * that are there already stay. */
static void
test_failing(void **state)
{
	static const enum mood moods[] = { FAILS, SAYS_NOTHING, SAYS_TOO_MUCH,
		LIES };
	uint8_t exporter[CS_TLS_EXPORTER_LEN];
	struct tls_pair before;
	struct world w;

	(void)state;
	world_init(&w);
	tls_pair_init(&before, w.server, w.ctx);
	assert_true(tls_pair_shake(&before));
	for (size_t i = 0; i < sizeof moods / sizeof moods[0]; i++) {
		w.elsewhere.mood = moods[i];
		assert_false(meets(&w));
		assert_int_equal(w.elsewhere.calls, 2 * i + 2);
		w.elsewhere.mood = SIGNS;
		assert_true(meets(&w));
	}
	tls_pair_talk(&before, exporter);
	tls_pair_clear(&before);
	world_clear(&w);
}

/* A signer with another key is none. */
static void
test_other_key(void **state)
{
	struct tls_identity other;
	struct world w;

	(void)state;
	world_init(&w);
	other = tls_identity_new(&w.root, "hub.example");
	cs_tls_signer_free(w.elsewhere.signer);
	assert_ok(
	    cs_tls_signer_new(&w.elsewhere.signer, cs_buf_view(&other.key)));
	assert_false(meets(&w));
	tls_identity_clear(&other);
	world_clear(&w);
}

/* Two servers in one process do not ask each other's signers. */
static void
test_two_servers(void **state)
{
	struct world a, b;

	(void)state;
	world_init(&a);
	world_init(&b);
	assert_true(meets(&a));
	assert_true(meets(&b));
	world_clear(&a);
	assert_true(meets(&b));
	assert_int_equal(b.elsewhere.calls, 2);
	world_clear(&b);
}

/* A certificate for a key of another kind, signed by itself. */
static struct cs_buf
certificate_of(EVP_PKEY *key, const EVP_MD *digest)
{
	struct cs_buf pem = { 0 };
	BIO *out = BIO_new(BIO_s_mem());
	X509 *cert = X509_new();
	char *data;
	long n;

	assert_int_equal(X509_set_version(cert, X509_VERSION_3), 1);
	X509_gmtime_adj(X509_getm_notBefore(cert), -60);
	X509_gmtime_adj(X509_getm_notAfter(cert), 60);
	assert_int_equal(X509_set_pubkey(cert, key), 1);
	assert_true(X509_sign(cert, key, digest) > 0);
	assert_int_equal(PEM_write_bio_X509(out, cert), 1);
	n = BIO_get_mem_data(out, &data);
	assert_ok(cs_buf_add(&pem, cs_view(data, (size_t)n)));
	X509_free(cert);
	BIO_free(out);
	return pem;
}

static void
test_other_kinds(void **state)
{
	EVP_PKEY *keys[] = { EVP_EC_gen("P-384"), EVP_EC_gen("secp256k1"),
		EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), EVP_RSA_gen(2048) };
	const EVP_MD *digests[] = { EVP_sha384(), EVP_sha256(), NULL,
		EVP_sha256() };
	struct cs_tls_server *server;
	struct cs_buf pem;

	(void)state;
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		pem = certificate_of(keys[i], digests[i]);
		assert_err(cs_tls_server_new_remote(
			       &server, cs_buf_view(&pem), sign, NULL),
		    CS_ERR_UNSUPPORTED);
		assert_null(server);
		cs_buf_free(&pem);
		EVP_PKEY_free(keys[i]);
	}
}

static void
test_broken_chain(void **state)
{
	struct cs_tls_server *server;
	struct cs_view chain;
	struct world w;
	uint8_t *in_root;

	(void)state;
	world_init(&w);
	chain = cs_buf_view(&w.id.chain);
	assert_err(
	    cs_tls_server_new_remote(&server, cs_view("", 0), sign, NULL),
	    CS_ERR_FORMAT);
	assert_err(cs_tls_server_new_remote(
		       &server, cs_buf_view(&w.id.key), sign, NULL),
	    CS_ERR_FORMAT);
	assert_err(cs_tls_server_new_remote(
		       &server, cs_view(chain.data, 300), sign, NULL),
	    CS_ERR_FORMAT);
	/* The leaf is well, and what follows it is not. */
	assert_err(cs_tls_server_new_remote(&server,
		       cs_view(chain.data, chain.len - 30), sign, NULL),
	    CS_ERR_FORMAT);
	in_root = w.id.chain.data + w.id.chain.len - 100;
	*in_root = *in_root == 'A' ? 'B' : 'A';
	in_root[1] = '!';
	assert_err(cs_tls_server_new_remote(&server, chain, sign, NULL),
	    CS_ERR_FORMAT);
	assert_null(server);
	cs_tls_server_free(NULL);
	cs_tls_key_free(NULL);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signed_elsewhere),
		cmocka_unit_test(test_whole_chain),
		cmocka_unit_test(test_failing),
		cmocka_unit_test(test_other_key),
		cmocka_unit_test(test_two_servers),
		cmocka_unit_test(test_other_kinds),
		cmocka_unit_test(test_broken_chain),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
