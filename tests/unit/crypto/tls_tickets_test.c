/* SPDX-License-Identifier: MIT */
/* Resumption: with whose tickets, with whom, and for how long. */
#include "crypto/tls_tickets.h"

#include <openssl/err.h>

#include "crypto/init.h"
#include "crypto/random.h"
#include "unit/crypto/tls_pair.h"

#define HOST "hub.example"

struct world {
	struct cs_sign_key root;
	struct tls_identity id;
	struct cs_tls_signer *signer;
	unsigned signatures;
	struct cs_tls_server *a, *b; /* with one certificate */
	struct cs_tls_tickets *tickets;
	void *ctx; /* keeps them */
	uint8_t keys[3][CS_TLS_TICKET_KEY_LEN];
};

static enum cs_err
sign(void *arg, uint8_t out[static CS_TLS_SIG_MAX], size_t *n,
    struct cs_view tbs)
{
	struct world *w = arg;

	w->signatures++;
	return cs_tls_signer_sign(w->signer, out, n, tbs);
}

static void *
client_new(const struct world *w, const uint8_t *root, const char *host)
{
	void *ctx;

	assert_ok(cs_tls_client_new(&ctx, root, host, CS_TLS_OWN_CLOCK));
	cs_tls_client_keep(ctx, w->tickets);
	return ctx;
}

static void
world_init(struct world *w)
{
	memset(w, 0, sizeof *w);
	cs_random(w->keys[0], sizeof w->keys);
	assert_ok(cs_sign_key_new(&w->root));
	w->id = tls_identity_new(&w->root, HOST);
	assert_ok(cs_tls_signer_new(&w->signer, cs_buf_view(&w->id.key)));
	assert_ok(cs_tls_server_new_remote(
	    &w->a, cs_buf_view(&w->id.chain), sign, w));
	assert_ok(cs_tls_server_new_remote(
	    &w->b, cs_buf_view(&w->id.chain), sign, w));
	assert_ok(cs_tls_tickets_new(&w->tickets));
	w->ctx = client_new(w, w->root.public, HOST);
}

static void
world_clear(struct world *w)
{
	cs_tls_client_free(w->ctx);
	cs_tls_tickets_free(w->tickets);
	cs_tls_server_free(w->a);
	cs_tls_server_free(w->b);
	cs_tls_signer_free(w->signer);
	tls_identity_clear(&w->id);
	cs_wipe(&w->root, sizeof w->root);
	ERR_clear_error();
}

/* Meet ${server}, exchange a word; was it resumed? */
static bool
is_resumed(struct cs_tls_server *server, void *ctx,
    uint8_t exporter[static CS_TLS_EXPORTER_LEN])
{
	struct tls_pair p;
	bool resumed;

	tls_pair_init(&p, server, ctx);
	assert_true(tls_pair_shake(&p));
	tls_pair_talk(&p, exporter);
	resumed = cs_tls_resumed(p.server);
	assert_int_equal(SSL_session_reused(p.client), resumed);
	tls_pair_clear(&p);
	return resumed;
}

static bool
meets_again(struct world *w, struct cs_tls_server *server)
{
	uint8_t exporter[CS_TLS_EXPORTER_LEN];

	return is_resumed(server, w->ctx, exporter);
}

static bool
any(void *arg, void *leaf)
{
	(void)arg;
	(void)leaf;
	return true;
}

static SSL_SESSION *
take(struct world *w, uint64_t now_s)
{
	return cs_tls_tickets_take(w->tickets, now_s, any, NULL);
}

/* ---- the server --------------------------------------------------------- */

static void
test_no_keys(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	assert_false(meets_again(&w, w.a));
	assert_null(take(&w, 0));
	assert_false(meets_again(&w, w.a));
	world_clear(&w);
}

/* Two servers take each other's tickets, without a signature; each connection
 * has secrets of its own. */
static void
test_shared_keys(void **state)
{
	uint8_t exporters[6][CS_TLS_EXPORTER_LEN];
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(cs_tls_server_tickets(w.a, w.keys[0], NULL));
	assert_ok(cs_tls_server_tickets(w.b, w.keys[0], NULL));
	assert_false(is_resumed(w.a, w.ctx, exporters[0]));
	for (size_t i = 1; i < 6; i++) {
		assert_true(is_resumed(i % 2 ? w.b : w.a, w.ctx, exporters[i]));
		for (size_t j = 0; j < i; j++)
			assert_memory_not_equal(
			    exporters[i], exporters[j], sizeof exporters[0]);
	}
	assert_int_equal(w.signatures, 1);
	world_clear(&w);
}

static void
test_one_ticket(void **state)
{
	SSL_SESSION *ticket;
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(cs_tls_server_tickets(w.a, w.keys[0], NULL));
	for (int i = 0; i < 3; i++) {
		assert_int_equal(meets_again(&w, w.a), i > 0);
		ticket = take(&w, 0);
		assert_non_null(ticket);
		assert_null(take(&w, 0));
		assert_int_equal(
		    SSL_SESSION_get_ticket_lifetime_hint(ticket), 7200);
		assert_int_equal(SSL_SESSION_get_max_early_data(ticket), 0);
		cs_tls_tickets_keep(
		    w.tickets, ticket, false, (uint64_t)time(NULL));
		SSL_SESSION_free(ticket);
	}
	world_clear(&w);
}

/* A client that would do without a key exchange does not get around it. */
static void
test_key_exchange(void **state)
{
	EVP_PKEY *theirs = NULL;
	struct tls_pair p;
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(cs_tls_server_tickets(w.a, w.keys[0], NULL));
	assert_false(meets_again(&w, w.a));
	SSL_CTX_set_options(w.ctx, SSL_OP_ALLOW_NO_DHE_KEX);
	tls_pair_init(&p, w.a, w.ctx);
	assert_true(tls_pair_shake(&p));
	assert_true(cs_tls_resumed(p.server));
	assert_int_equal(SSL_get_peer_tmp_key(p.client, &theirs), 1);
	assert_non_null(theirs);
	EVP_PKEY_free(theirs);
	tls_pair_clear(&p);
	world_clear(&w);
}

/* Tickets of the key before are taken and renewed; older ones are not. */
static void
test_keys_change(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(cs_tls_server_tickets(w.a, w.keys[0], NULL));
	assert_false(meets_again(&w, w.a));
	assert_ok(cs_tls_server_tickets(w.a, w.keys[1], w.keys[0]));
	assert_true(meets_again(&w, w.a));
	/* What is kept now was made with the new key. */
	assert_ok(cs_tls_server_tickets(w.a, w.keys[2], w.keys[1]));
	assert_true(meets_again(&w, w.a));
	assert_ok(cs_tls_server_tickets(w.a, w.keys[1], w.keys[0]));
	assert_false(meets_again(&w, w.a));
	/* Two changes later, or one with the key before forgotten. */
	assert_ok(cs_tls_server_tickets(w.a, w.keys[0], w.keys[2]));
	assert_false(meets_again(&w, w.a));
	assert_ok(cs_tls_server_tickets(w.a, w.keys[1], NULL));
	assert_false(meets_again(&w, w.a));
	world_clear(&w);
}

/* A ticket that others made, or that they changed: as if there were none. */
static void
test_foreign_keys(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(cs_tls_server_tickets(w.a, w.keys[0], NULL));
	assert_ok(cs_tls_server_tickets(w.b, w.keys[1], w.keys[2]));
	assert_false(meets_again(&w, w.a));
	assert_false(meets_again(&w, w.b));
	assert_int_equal(w.signatures, 2);
	/* The name is right, and the MAC is not. */
	memcpy(w.keys[1], w.keys[0], CS_TLS_TICKET_KEY_LEN);
	w.keys[1][CS_TLS_TICKET_KEY_LEN - 1] ^= 1;
	assert_ok(cs_tls_server_tickets(w.a, w.keys[1], NULL));
	SSL_SESSION_free(take(&w, 0));
	assert_false(meets_again(&w, w.a));
	assert_ok(cs_tls_server_tickets(w.a, w.keys[0], NULL));
	assert_false(meets_again(&w, w.a));
	world_clear(&w);
}

/* A key that was forgotten leaves none that anybody knows. */
static void
test_forgotten_key(void **state)
{
	static const uint8_t zero[CS_TLS_TICKET_KEY_LEN];
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(cs_tls_server_tickets(w.a, w.keys[0], w.keys[1]));
	assert_ok(cs_tls_server_tickets(w.a, w.keys[0], NULL));
	assert_ok(cs_tls_server_tickets(w.b, zero, NULL));
	assert_false(meets_again(&w, w.b));
	assert_false(meets_again(&w, w.a));
	world_clear(&w);
}

/* ---- the client --------------------------------------------------------- */

/* Who answers is looked at again when the ticket is of no use to them. */
static void
test_impostor(void **state)
{
	struct cs_sign_key other;
	struct tls_identity theirs;
	struct cs_tls_server *impostor;
	struct cs_tls_signer *signer;
	struct tls_pair p;
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(cs_tls_server_tickets(w.a, w.keys[0], NULL));
	assert_false(meets_again(&w, w.a));
	assert_ok(cs_sign_key_new(&other));
	theirs = tls_identity_new(&other, HOST);
	assert_ok(cs_tls_signer_new(&signer, cs_buf_view(&theirs.key)));
	cs_tls_signer_free(w.signer);
	w.signer = signer;
	assert_ok(cs_tls_server_new_remote(
	    &impostor, cs_buf_view(&theirs.chain), sign, &w));
	assert_ok(cs_tls_server_tickets(impostor, w.keys[1], NULL));
	tls_pair_init(&p, impostor, w.ctx);
	assert_false(tls_pair_shake(&p));
	assert_err(cs_tls_client_refusal(w.ctx), CS_ERR_CERT);
	/* It was offered, which makes a ticket a used one. */
	assert_null(take(&w, 0));
	tls_pair_clear(&p);
	cs_tls_server_free(impostor);
	tls_identity_clear(&theirs);
	world_clear(&w);
}

/* One store, and a client that pins something else: the ticket stays where it
 * is, and is not a way around the pin. */
static void
is_not_offered(
    struct world *w, const uint8_t *root, const char *host, enum cs_err want)
{
	void *ctx = client_new(w, root, host);
	struct tls_pair p;

	tls_pair_init(&p, w->a, ctx);
	assert_false(tls_pair_shake(&p));
	assert_err(cs_tls_client_refusal(ctx), want);
	tls_pair_clear(&p);
	cs_tls_client_free(ctx);
}

static void
test_other_pin(void **state)
{
	struct cs_sign_key other;
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(cs_tls_server_tickets(w.a, w.keys[0], NULL));
	assert_false(meets_again(&w, w.a));
	assert_ok(cs_sign_key_new(&other));
	is_not_offered(&w, other.public, HOST, CS_ERR_CERT);
	is_not_offered(&w, w.root.public, "other.example", CS_ERR_MISMATCH);
	assert_true(meets_again(&w, w.a));
	world_clear(&w);
}

/* Another context with the same pin: as after a reconnection. */
static void
test_other_context(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(cs_tls_server_tickets(w.a, w.keys[0], NULL));
	for (int i = 0; i < 3; i++) {
		assert_int_equal(meets_again(&w, w.a), i > 0);
		cs_tls_client_free(w.ctx);
		w.ctx = client_new(&w, w.root.public, HOST);
	}
	/* And one that keeps no tickets uses none. */
	cs_tls_client_free(w.ctx);
	assert_ok(
	    cs_tls_client_new(&w.ctx, w.root.public, HOST, CS_TLS_OWN_CLOCK));
	assert_false(meets_again(&w, w.a));
	world_clear(&w);
}

/* Resuming does not put off the day when the certificate is looked at. */
static void
test_end(void **state)
{
	uint64_t now = (uint64_t)time(NULL);
	SSL_SESSION *ticket;
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(cs_tls_server_tickets(w.a, w.keys[0], NULL));
	assert_false(meets_again(&w, w.a));
	ticket = take(&w, now);
	assert_non_null(ticket);
	/* As if it were from 7,000 seconds ago. */
	cs_tls_tickets_keep(w.tickets, ticket, false, now - 7000);
	SSL_SESSION_free(ticket);
	assert_true(meets_again(&w, w.a));
	assert_true(meets_again(&w, w.a));
	ticket = take(&w, now + 199);
	assert_non_null(ticket);
	cs_tls_tickets_keep(w.tickets, ticket, true, now);
	SSL_SESSION_free(ticket);
	assert_null(take(&w, now + 200));
	/* It is gone for good. */
	assert_null(take(&w, now));
	assert_false(meets_again(&w, w.a));
	assert_int_equal(w.signatures, 2);
	world_clear(&w);
}

static void
test_newest(void **state)
{
	const uint64_t now = 1000000;
	SSL_SESSION *session[6], *taken;
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(cs_tls_server_tickets(w.a, w.keys[0], NULL));
	for (size_t i = 0; i < 6; i++) {
		assert_false(meets_again(&w, w.a));
		session[i] = take(&w, now);
		assert_non_null(session[i]);
		SSL_SESSION_set_time(session[i], (long)i + 1);
	}
	/* Four are kept, and the newest is used first. */
	for (size_t i = 0; i < 6; i++) {
		cs_tls_tickets_keep(w.tickets, session[i], false, now);
		SSL_SESSION_free(session[i]);
	}
	for (long i = 6; i > 2; i--) {
		taken = take(&w, now);
		assert_non_null(taken);
		assert_int_equal(SSL_SESSION_get_time(taken), i);
		SSL_SESSION_free(taken);
	}
	assert_null(take(&w, now));
	world_clear(&w);
}

static enum cs_err
try_tickets(void *arg)
{
	struct cs_tls_tickets *tickets;
	enum cs_err err = cs_tls_tickets_new(&tickets);

	(void)arg;
	cs_tls_tickets_free(tickets);
	return err;
}

static enum cs_err
try_keys(void *arg)
{
	struct cs_tls_ticket_keys *keys;
	enum cs_err err = cs_tls_ticket_keys_new(&keys);

	(void)arg;
	cs_tls_ticket_keys_free(keys);
	return err;
}

static void
test_no_memory(void **state)
{
	(void)state;
	cs_test_allocations(try_tickets, NULL);
	cs_test_allocations(try_keys, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_keys),
		cmocka_unit_test(test_shared_keys),
		cmocka_unit_test(test_one_ticket),
		cmocka_unit_test(test_key_exchange),
		cmocka_unit_test(test_keys_change),
		cmocka_unit_test(test_foreign_keys),
		cmocka_unit_test(test_forgotten_key),
		cmocka_unit_test(test_impostor),
		cmocka_unit_test(test_other_pin),
		cmocka_unit_test(test_other_context),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_newest),
		cmocka_unit_test(test_no_memory),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
