/* SPDX-License-Identifier: MIT */
/* The server's end of TLS, over a pair of sockets. */
#include "crypto/tls_server.h"

#include <fcntl.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "crypto/init.h"
#include "crypto/tls.h"
#include "crypto/tls_cert.h"
#include "store/file.h"
#include "support/temp_dir.h"
#include "support/test.h"

struct world {
	struct temp_dir dir;
	struct cs_sign_key root;
	struct cs_tls_server *server;
	struct cs_tls *t;
	void *ctx;
	SSL *client;
	int fds[2];
};

static void
certify(struct world *w, const char *chain, const char *key)
{
	struct cs_buf chain_pem = { 0 }, key_pem = { 0 };
	uint64_t now = (uint64_t)time(NULL);

	assert_ok(cs_tls_certify(
	    &chain_pem, &key_pem, &w->root, "localhost", now - 60, now + 3600));
	assert_ok(cs_file_write(
	    temp_path(&w->dir, chain), cs_buf_view(&chain_pem), 0600));
	assert_ok(cs_file_write(
	    temp_path(&w->dir, key), cs_buf_view(&key_pem), 0600));
	cs_buf_free(&chain_pem);
	cs_buf_free(&key_pem);
}

static void
world_init(struct world *w)
{
	memset(w, 0, sizeof *w);
	w->dir = temp_dir_new();
	assert_ok(cs_sign_key_new(&w->root));
	certify(w, "chain", "key");
	assert_ok(cs_tls_server_new(&w->server, temp_path(&w->dir, "chain"),
	    temp_path(&w->dir, "key")));
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, w->fds), 0);
	assert_ok(cs_tls_accept(&w->t, w->server, w->fds[0]));
	assert_ok(cs_tls_client_new(
	    &w->ctx, w->root.public, "localhost", CS_TLS_OWN_CLOCK));
	w->client = SSL_new(w->ctx);
	SSL_set_fd(w->client, w->fds[1]);
	SSL_set_connect_state(w->client);
}

static void
world_clear(struct world *w)
{
	SSL_free(w->client);
	cs_tls_client_free(w->ctx);
	cs_tls_free(w->t);
	cs_tls_server_free(w->server);
	close(w->fds[0]);
	close(w->fds[1]);
	cs_wipe(&w->root, sizeof w->root);
	temp_dir_clear(&w->dir);
}

static void
shake_hands(struct world *w)
{
	enum cs_tls_io io = CS_TLS_WANT_READ;
	int rc = 0;

	for (int i = 0; i < 20 && (rc != 1 || io != CS_TLS_DONE); i++) {
		rc = SSL_do_handshake(w->client);
		io = cs_tls_handshake(w->t);
		assert_int_not_equal(io, CS_TLS_OVER);
	}
	assert_int_equal(rc, 1);
	assert_int_equal(io, CS_TLS_DONE);
}

static void
test_both_ways(void **state)
{
	uint8_t ours[32], theirs[32], in[100];
	struct world w;
	size_t n;

	(void)state;
	world_init(&w);
	shake_hands(&w);
	assert_ok(cs_tls_server_exporter(ours, w.t));
	assert_ok(cs_tls_exporter(theirs, w.client));
	assert_memory_equal(ours, theirs, sizeof ours);
	assert_int_equal(cs_tls_read(w.t, in, sizeof in, &n), CS_TLS_WANT_READ);
	assert_int_equal(SSL_write(w.client, "to you", 6), 6);
	assert_int_equal(cs_tls_read(w.t, in, 2, &n), CS_TLS_DONE);
	assert_int_equal(n, 2);
	assert_true(cs_tls_pending(w.t));
	assert_int_equal(cs_tls_read(w.t, in, sizeof in, &n), CS_TLS_DONE);
	assert_view_equal(cs_view(in, n), cs_view_str(" you"));
	assert_false(cs_tls_pending(w.t));
	assert_int_equal(
	    cs_tls_write(w.t, cs_view_str("to me"), &n), CS_TLS_DONE);
	assert_int_equal(SSL_read(w.client, in, sizeof in), 5);
	SSL_shutdown(w.client);
	assert_int_equal(cs_tls_read(w.t, in, sizeof in, &n), CS_TLS_OVER);
	world_clear(&w);
}

/* A reader that takes nothing stops the writer, who goes on later with what was
 * left, from wherever it lies by then. */
static void
test_slow_reader(void **state)
{
	static uint8_t out[4 << 20], in[4 << 20], moved[4 << 20];
	enum cs_tls_io io = CS_TLS_DONE;
	size_t at = 0, put, got = 0;
	struct world w;
	int n;

	(void)state;
	for (size_t i = 0; i < sizeof out; i++)
		out[i] = (uint8_t)(i * 31 >> 3);
	world_init(&w);
	shake_hands(&w);
	while (at < sizeof out) {
		memcpy(moved + at, out + at, sizeof out - at);
		io = cs_tls_write(
		    w.t, cs_view(moved + at, sizeof out - at), &put);
		at += put;
		memset(moved, 0, at);
		if (io == CS_TLS_DONE)
			continue;
		assert_int_equal(io, CS_TLS_WANT_WRITE);
		while ((n = SSL_read(
			    w.client, in + got, (int)(sizeof in - got))) > 0)
			got += (size_t)n;
	}
	while (got < sizeof in &&
	    (n = SSL_read(w.client, in + got, (int)(sizeof in - got))) > 0)
		got += (size_t)n;
	assert_int_equal(got, sizeof in);
	assert_memory_equal(in, out, sizeof in);
	world_clear(&w);
}

static void
test_garbage(void **state)
{
	static const char hello[] = "GET / HTTP/1.1\r\n\r\n";
	struct world w;

	(void)state;
	world_init(&w);
	assert_int_equal(write(w.fds[1], hello, sizeof hello), sizeof hello);
	assert_int_equal(cs_tls_handshake(w.t), CS_TLS_OVER);
	world_clear(&w);
}

/* A key that is another's, or none. */
static void
test_files(void **state)
{
	struct cs_tls_server *server;
	struct world w;

	(void)state;
	world_init(&w);
	certify(&w, "chain2", "key2");
	assert_err(cs_tls_server_new(&server, temp_path(&w.dir, "chain"),
		       temp_path(&w.dir, "key2")),
	    CS_ERR_IO);
	assert_err(cs_tls_server_new(&server, temp_path(&w.dir, "chain"),
		       temp_path(&w.dir, "none")),
	    CS_ERR_IO);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_ways),
		cmocka_unit_test(test_slow_reader),
		cmocka_unit_test(test_garbage),
		cmocka_unit_test(test_files),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
