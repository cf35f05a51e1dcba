/* SPDX-License-Identifier: MIT */
/* A client that comes back goes on from the ticket that it was given. */
#include "crypto/random.h"
#include "crypto/tls_server.h"
#include "crypto/tls_tickets.h"
#include "net/client.h"
#include "net/client_http.h"
#include "support/net_words.h"

/* ---- in the server's process -------------------------------------------- */

static uint8_t keys[CS_TLS_TICKET_KEY_LEN];
static unsigned full, resumed;

enum cs_err __real_cs_tls_accept(
    struct cs_tls **out, struct cs_tls_server *s, int fd);
enum cs_err __wrap_cs_tls_accept(
    struct cs_tls **out, struct cs_tls_server *s, int fd);
enum cs_tls_io __real_cs_tls_handshake(struct cs_tls *t);
enum cs_tls_io __wrap_cs_tls_handshake(struct cs_tls *t);

enum cs_err
__wrap_cs_tls_accept(struct cs_tls **out, struct cs_tls_server *s, int fd)
{
	if (cs_tls_server_tickets(s, keys, NULL) != CS_OK)
		_exit(6);
	return __real_cs_tls_accept(out, s, fd);
}

enum cs_tls_io
__wrap_cs_tls_handshake(struct cs_tls *t)
{
	enum cs_tls_io io = __real_cs_tls_handshake(t);

	if (io == CS_TLS_DONE)
		*(cs_tls_resumed(t) ? &resumed : &full) += 1;
	return io;
}

static void
count(void *arg, struct cs_net_conn *c, void *user, struct cs_view bytes)
{
	uint8_t exporter[32];

	(void)arg;
	(void)user;
	if (cs_view_equal(bytes, cs_view_str("full"))) {
		say_number(c, full);
	} else if (cs_view_equal(bytes, cs_view_str("resumed"))) {
		say_number(c, resumed);
	} else {
		if (cs_net_conn_exporter(c, exporter) != CS_OK)
			_exit(4);
		(void)!cs_net_conn_send(c, CS_VIEW_OF(exporter));
	}
}

static void
serve_tickets(struct net_world *w, int ready)
{
	/* Clients have counted theirs before. */
	full = resumed = 0;
	net_serve(w, ready,
	    (struct cs_net_server_config){
		.opened = opened,
		.frame_max = frame_max,
		.frame = count,
		.closed = closed,
	    });
}

/* ---- the client --------------------------------------------------------- */

static struct cs_net_client *
come(const struct net_world *w, struct cs_tls_tickets *tickets)
{
	struct cs_net_client_config config = net_client_config(w);
	struct cs_net_client *c;

	config.tickets = tickets;
	assert_ok(cs_net_client_open(&c, &config));
	hear(c, "hello");
	return c;
}

/* Both ends have the same exporter, and it is not ${before}, which it
 * replaces. */
static void
has_own_secret(struct cs_net_client *c, uint8_t before[static 32])
{
	struct cs_buf in = { 0 };
	uint8_t ours[32];

	assert_ok(cs_net_client_exporter(c, ours));
	say(c, "exporter");
	assert_ok(cs_net_client_recv(c, &in, 20000));
	assert_view_equal(cs_buf_view(&in), CS_VIEW_OF(ours));
	assert_memory_not_equal(ours, before, sizeof ours);
	memcpy(before, ours, sizeof ours);
	cs_buf_free(&in);
}

static void
test_comes_back(void **state)
{
	struct cs_tls_tickets *tickets;
	struct cs_net_client *c;
	uint8_t exporter[32] = { 0 };
	struct net_world w;

	(void)state;
	net_fork(&w, serve_tickets, &good);
	assert_ok(cs_tls_tickets_new(&tickets));
	for (unsigned i = 0; i < 4; i++) {
		c = come(&w, tickets);
		has_own_secret(c, exporter);
		assert_int_equal(ask_number(c, "full"), 1);
		assert_int_equal(ask_number(c, "resumed"), i);
		cs_net_client_close(c);
	}
	/* Who keeps nothing is known by nothing. */
	c = come(&w, NULL);
	assert_int_equal(ask_number(c, "full"), 2);
	cs_net_client_close(c);
	cs_tls_tickets_free(tickets);
	net_world_clear(&w);
}

static enum cs_err
take(void *arg, uint8_t *bytes, size_t n)
{
	(void)arg;
	(void)bytes;
	(void)n;
	return CS_OK;
}

/* Transfers beside a connection go on from its ticket, and give another one. */
static void
test_transfers(void **state)
{
	struct cs_net_transfer t = {
		.path = "/nothing",
		.token = "none",
		.move = take,
	};
	struct cs_tls_tickets *tickets;
	struct cs_net_client *c;
	struct net_world w;

	(void)state;
	net_fork(&w, serve_tickets, &good);
	assert_ok(cs_tls_tickets_new(&tickets));
	c = come(&w, tickets);
	for (unsigned i = 1; i <= 3; i++) {
		assert_ok(cs_net_client_get(c, &t));
		assert_int_equal(t.status, 404);
		assert_int_equal(ask_number(c, "full"), 1);
		assert_int_equal(ask_number(c, "resumed"), i);
	}
	cs_net_client_close(c);
	cs_tls_tickets_free(tickets);
	net_world_clear(&w);
}

/* A ticket is no way around the pin, and is not spent on whom it is not for. */
static void
test_pin(void **state)
{
	struct cs_tls_tickets *tickets;
	struct cs_net_client_config config;
	struct cs_net_client *c;
	struct cs_sign_key other;
	struct net_world w;

	(void)state;
	net_fork(&w, serve_tickets, &good);
	assert_ok(cs_tls_tickets_new(&tickets));
	cs_net_client_close(come(&w, tickets));
	assert_ok(cs_sign_key_new(&other));
	config = net_client_config(&w);
	config.tickets = tickets;
	config.root_public = other.public;
	assert_err(cs_net_client_open(&c, &config), CS_ERR_CERT);
	/* The certificate is for this machine's name, not for its address. */
	config = net_client_config(&w);
	config.tickets = tickets;
	config.host = "127.0.0.1";
	assert_err(cs_net_client_open(&c, &config), CS_ERR_MISMATCH);
	c = come(&w, tickets);
	assert_int_equal(ask_number(c, "resumed"), 1);
	cs_net_client_close(c);
	cs_tls_tickets_free(tickets);
	net_world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_comes_back),
		cmocka_unit_test(test_transfers),
		cmocka_unit_test(test_pin),
	};

	cs_random(keys, sizeof keys);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
