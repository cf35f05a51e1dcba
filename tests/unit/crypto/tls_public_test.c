/* SPDX-License-Identifier: MIT */
/* Whom authorities certify, and whom they do not. */
#include "crypto/tls_public.h"

#include <stdlib.h>
#include <string.h>

#include "unit/crypto/tls_pair.h"

/* How a handshake with a server of ${id} ends, if ${pem} are the authorities.
 */
static bool
believes(struct cs_view pem, struct tls_identity *id, const char *host)
{
	struct cs_tls *server, *client;
	struct cs_tls_server *s;
	enum cs_tls_io ours = CS_TLS_WANT_READ, theirs = CS_TLS_WANT_READ;
	char chain[] = "/tmp/countersign-XXXXXX", key[sizeof chain];
	void *ctx;
	int fds[2], fd;

	memcpy(key, chain, sizeof key);
	assert_true((fd = mkstemp(chain)) >= 0);
	assert_int_equal(
	    write(fd, id->chain.data, id->chain.len), (ssize_t)id->chain.len);
	close(fd);
	assert_true((fd = mkstemp(key)) >= 0);
	assert_int_equal(
	    write(fd, id->key.data, id->key.len), (ssize_t)id->key.len);
	close(fd);
	assert_ok(cs_tls_server_new(&s, chain, key));
	unlink(chain);
	unlink(key);
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	assert_ok(cs_tls_public_new(&ctx, pem));
	assert_ok(cs_tls_accept(&server, s, fds[0]));
	assert_ok(cs_tls_public_connect(&client, ctx, fds[1], host));
	for (int i = 0; i < 10 && theirs != CS_TLS_OVER; i++) {
		if (theirs != CS_TLS_DONE)
			theirs = cs_tls_handshake(client);
		if (ours != CS_TLS_DONE && ours != CS_TLS_OVER)
			ours = cs_tls_handshake(server);
	}
	cs_tls_free(client);
	cs_tls_free(server);
	cs_tls_public_free(ctx);
	cs_tls_server_free(s);
	close(fds[0]);
	close(fds[1]);
	return theirs == CS_TLS_DONE;
}

static void
test_believes(void **state)
{
	struct cs_sign_key root, other;
	struct tls_identity id, stranger;

	(void)state;
	assert_ok(cs_sign_key_new(&root));
	assert_ok(cs_sign_key_new(&other));
	id = tls_identity_new(&root, "push.example.net");
	stranger = tls_identity_new(&other, "push.example.net");
	assert_true(believes(cs_buf_view(&id.chain), &id, "push.example.net"));
	assert_false(believes(cs_buf_view(&id.chain), &id, "evil.example.net"));
	assert_false(
	    believes(cs_buf_view(&id.chain), &stranger, "push.example.net"));
	tls_identity_clear(&id);
	tls_identity_clear(&stranger);
}

static void
test_none(void **state)
{
	void *ctx;

	(void)state;
	assert_err(cs_tls_public_new(&ctx, cs_view(NULL, 0)), CS_ERR_FORMAT);
	assert_null(ctx);
	assert_err(
	    cs_tls_public_new(&ctx, cs_view_str("-----BEGIN")), CS_ERR_FORMAT);
	assert_null(ctx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_believes),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
