/* SPDX-License-Identifier: MIT */
/*
 * A server in a child process, on 127.0.0.1, and what a client needs to reach
 * it.  The child ends with net_world_clear(), or by itself after a minute.
 */
#pragma once

#include <arpa/inet.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/units.h"
#include "crypto/init.h"
#include "crypto/sign.h"
#include "crypto/tls_cert.h"
#include "crypto/tls_server.h"
#include "net/client.h"
#include "net/listen.h"
#include "net/server.h"
#include "store/file.h"
#include "support/temp_dir.h"

struct net_world {
	struct temp_dir dir;
	struct cs_sign_key root;
	int port;
	pid_t child;
};

/* How the certificate of the server is. */
struct net_certificate {
	const char *host;
	int64_t from_s, until_s; /* from now */
};

static inline int
net_free_port(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	close(fd);
	return ntohs(at.sin_port);
}

static inline void
net_certify(struct net_world *w, const struct net_certificate *c)
{
	struct cs_buf chain = { 0 }, key = { 0 };
	int64_t now = (int64_t)time(NULL);

	assert_ok(cs_tls_certify(&chain, &key, &w->root, c->host,
	    (uint64_t)(now + c->from_s), (uint64_t)(now + c->until_s)));
	assert_ok(cs_file_write(
	    temp_path(&w->dir, "tls.pem"), cs_buf_view(&chain), 0600));
	assert_ok(cs_file_write(
	    temp_path(&w->dir, "tls.key"), cs_buf_view(&key), 0600));
	cs_buf_free(&chain);
	cs_buf_free(&key);
}

/* Fork; ${serve} runs in the child once the port is known, calls ready() when
 * it listens, and does not return. */
static inline void
net_fork(struct net_world *w, void (*serve)(struct net_world *w, int ready),
    const struct net_certificate *certificate)
{
	int ready[2];
	char byte;

	w->dir = temp_dir_new();
	assert_ok(cs_crypto_init());
	assert_ok(cs_sign_key_new(&w->root));
	net_certify(w, certificate);
	w->port = net_free_port();
	assert_int_equal(pipe(ready), 0);
	fflush(NULL);
	w->child = fork();
	assert_true(w->child >= 0);
	if (w->child == 0) {
		close(ready[0]);
		alarm(60);
		serve(w, ready[1]);
		_exit(1);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
}

static inline void
net_world_clear(struct net_world *w)
{
	int status;

	kill(w->child, SIGKILL);
	assert_int_equal(waitpid(w->child, &status, 0), w->child);
	/* It was alive until now, or a sanitizer has ended it. */
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	cs_wipe(&w->root, sizeof w->root);
	temp_dir_clear(&w->dir);
}

static inline const char *
net_no_page(void *arg, const char *path)
{
	(void)arg;
	(void)path;
	return NULL;
}

/* In the child: so often has its server looked at what there is. */
static unsigned net_rounds;

/* In the child: a server with these callbacks, for ever. */
static inline void
net_serve(struct net_world *w, int ready, struct cs_net_server_config config)
{
	struct cs_net_server *server = NULL;

	config.page = net_no_page;
	if (cs_net_listen(&config.listener, 1, "127.0.0.1", w->port) != CS_OK ||
	    cs_tls_server_new(&config.tls, temp_path(&w->dir, "tls.pem"),
		temp_path(&w->dir, "tls.key")) != CS_OK ||
	    cs_net_server_new(&server, &config) != CS_OK ||
	    write(ready, "", 1) != 1)
		_exit(2);
	while (cs_net_server_run(server, 1000) == CS_OK)
		net_rounds++;
	_exit(3);
}

static inline struct cs_net_client_config
net_client_config(const struct net_world *w)
{
	return (struct cs_net_client_config){
		.host = "localhost",
		.port = w->port,
		.root_public = w->root.public,
		.timeout_ms = 20000,
	};
}
