/* SPDX-License-Identifier: MIT */
/* What a connection costs where nothing of ours is: a server of libwebsockets
 * with its own settings, and a protocol that does nothing. */
#include "programs/bench/peer.h"

#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>

#include "crypto/tls_cert.h"
#include "programs/bench/bench.h"
#include "programs/bench/crowd.h"
#include "programs/bench/util.h"
#include "store/clock.h"
#include "store/file.h"

static int
do_nothing(struct lws *wsi, enum lws_callback_reasons reason, void *user,
    void *in, size_t len)
{
	(void)wsi;
	(void)reason;
	(void)user;
	(void)in;
	(void)len;
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "countersign.v1", do_nothing, 0, 0, 0, NULL, 0 },
	{ 0 },
};

static void
serve(const char *chain, const char *key, int port, struct bench_board *board)
{
	struct lws_context_creation_info info = {
		.iface = "127.0.0.1",
		.port = port,
		.protocols = protocols,
		.gid = (gid_t)-1,
		.uid = (uid_t)-1,
		.ssl_cert_filepath = chain,
		.ssl_private_key_filepath = key,
		.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
		    LWS_SERVER_OPTION_DISABLE_IPV6,
	};
	struct lws_context *context;

	lws_set_log_level(0, NULL);
	context = lws_create_context(&info);
	if (context == NULL)
		bench_must(CS_ERR_IO, "libwebsockets alone");
	__sync_fetch_and_add(&board->ready, 1);
	while (lws_service(context, 0) >= 0)
		;
	exit(1);
}

void
bench_peer_start(struct bench_crowd *c, const struct bench_hub *beside,
    int port, const struct cs_sign_key *root)
{
	struct cs_buf chain = { 0 }, key = { 0 };
	uint64_t now = cs_clock_ms() / 1000;
	char chain_path[256], key_path[256];

	snprintf(chain_path, sizeof chain_path, "%s/../peer.pem", beside->dir);
	snprintf(key_path, sizeof key_path, "%s/../peer.key", beside->dir);
	bench_must(cs_tls_certify(&chain, &key, root, "localhost", now - 3600,
		       now + 86400),
	    "certificate");
	bench_must(
	    cs_file_write(chain_path, cs_buf_view(&chain), 0644), "file");
	bench_must(cs_file_write(key_path, cs_buf_view(&key), 0600), "file");
	cs_buf_free(&chain);
	cs_buf_free(&key);
	if (bench_crowd_fork(c))
		serve(chain_path, key_path, port, c->board);
	bench_crowd_wait(c, 1);
}
