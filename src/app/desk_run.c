/* SPDX-License-Identifier: MIT */
/* countersign-desk run: the thread that talks to the hub, and the one that
 * serves the console. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/desk.h"
#include "base/alloc.h"
#include "cli/report_error.h"
#include "desk/api.h"
#include "store/file.h"

static void
on_signal(int number)
{
	(void)number;
	cs_desk_stop();
}

static void
said(const char *sentence)
{
	printf("countersign-desk: %s\n", sentence);
	fflush(stdout);
}

/* ---- the console -------------------------------------------------------- */

#define DEFAULT_HOST "127.0.0.1"
#define DEFAULT_PORT 7744
#define IDLE_S (10 * 60)  /* then a session is locked */
#define LIFE_S (10 * 3600) /* then it ends */

/* The console and its thread. */
struct console {
	struct cs_desk *d;
	struct cs_desk_api *api;
	struct cs_web *web;
	pthread_t thread;
	bool started;
};

static void *
serve(void *arg)
{
	struct console *c = arg;

	if (cs_web_run(c->web) != CS_OK)
		fprintf(stderr, "countersign-desk: the console has failed\n");
	return NULL;
}

static void
console_end(struct console *c)
{
	if (c->started) {
		cs_web_stop(c->web);
		pthread_join(c->thread, NULL);
	}
	cs_web_free(c->web);
	cs_desk_api_free(c->api);
	cs_desk_close(c->d);
}

static bool
parse_listen(char host[static 64], int *port, const char *s)
{
	const char *colon = strrchr(s, ':');
	long long n;

	if (colon == NULL || colon - s >= 64 ||
	    !cli_number(&n, colon + 1, 0, 65535))
		return false;
	snprintf(host, 64, "%.*s", (int)(colon - s), s);
	*port = (int)n;
	return true;
}

static int
seconds(uint64_t *ms, const struct cli_args *args, const char *name,
    long long otherwise)
{
	const char *value = cli_value(args, name);
	long long s = otherwise;

	if (value != NULL && !cli_duration(&s, value))
		return cli_fail(CLI_USAGE,
		    "--%s takes a time such as 90s, 15m or 10h.", name);
	*ms = (uint64_t)s * 1000;
	return CLI_OK;
}

/* Where to listen: as said; or on the usual port, or another one that is free.
 */
static enum cs_err
listen(struct cs_web **out, struct cs_web_config *config, bool said_where)
{
	enum cs_err err = cs_web_new(out, config);

	if (err == CS_ERR_IO && !said_where) {
		config->port = 0;
		err = cs_web_new(out, config);
	}
	return err;
}

static int
console_begin(struct console *c, const struct cs_desk *hub,
    const struct cli_args *args)
{
	const char *where = cli_value(args, "listen");
	const char *name = cli_value(args, "name");
	char host[64] = DEFAULT_HOST, line[400];
	struct cs_desk_api_options options = { .hub = hub,
		.files = cs_console_files,
		.name = name };
	struct cs_web_config config = {
		.host = host,
		.port = DEFAULT_PORT,
		.chain_path = cli_value(args, "tls-cert"),
		.key_path = cli_value(args, "tls-key"),
		.body_max = CS_DESK_BODY_MAX,
		.csp = CS_DESK_CSP,
		.handle = cs_desk_api_handle,
		.more = cs_desk_api_more,
		.ended = cs_desk_api_ended,
	};
	int status;
	enum cs_err err;

	if (where != NULL && !parse_listen(host, &config.port, where))
		return cli_fail(
		    CLI_USAGE, "--listen takes ADDRESS:PORT.");
	options.tls = config.chain_path != NULL && config.key_path != NULL;
	if (!options.tls && strncmp(host, "127.", 4) != 0)
		return cli_fail(CLI_USAGE,
		    "Off this machine, the console needs TLS: --tls-cert and "
		    "--tls-key.");
	if ((status = seconds(&options.idle_ms, args, "idle", IDLE_S)) !=
		CLI_OK ||
	    (status = seconds(
		 &options.life_ms, args, "session", LIFE_S)) != CLI_OK)
		return status;
	if ((err = cs_desk_again(&c->d, hub)) ||
	    (err = cs_desk_api_new(&c->api, c->d, &options)))
		return desk_fail(hub, err);
	config.arg = c->api;
	if ((err = listen(&c->web, &config, where != NULL)))
		return cli_fail(CLI_NOT_DONE,
		    "The console cannot listen on %s:%d.", host, config.port);
	cs_desk_api_listens(c->api, host, cs_web_port(c->web));
	if (pthread_create(&c->thread, NULL, serve, c) != 0)
		return cli_fail(CLI_SOFTWARE, "There is no second thread.");
	c->started = true;
	snprintf(line, sizeof line, "console on %s://%s:%d/",
	    options.tls ? "https" : "http", name != NULL ? name : host,
	    cs_web_port(c->web));
	said(line);
	return CLI_OK;
}

/* ---- running ------------------------------------------------------------ */

static int
run_locked(struct cs_desk *d, const struct place *p,
    const struct cli_args *args)
{
	struct console console = { 0 };
	char *path = cs_path_join(p->dir, "lock");
	int status = CLI_OK, lock = -1;
	enum cs_err err;

	err = path == NULL ? CS_ERR_NOMEM : cs_file_lock(&lock, path, false);
	if (err == CS_ERR_BUSY)
		status = cli_fail(
		    CLI_TRY_LATER, "The desk in %s runs already.", p->dir);
	else if (err)
		status = desk_fail(d, err);
	else if (!cli_flag(args, "no-console"))
		status = console_begin(&console, d, args);
	if (status == CLI_OK && (err = cs_desk_run(d, said)))
		status = desk_fail(d, err);
	console_end(&console);
	cs_file_unlock(lock);
	cs_free_plain(path);
	return status;
}

int
run_run(const struct cli_args *args)
{
	struct sigaction sa = { .sa_handler = on_signal };
	struct cs_desk *d;
	struct place p;
	int status;

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (cli_count(args) == 1) {
		memset(&p, 0, sizeof p);
		p.dir = cli_arg(args, 0);
	} else if ((status = find_place(&p, args, 0)) != CLI_OK) {
		return status;
	}
	if ((status = open_desk(&d, p.dir, args)) != CLI_OK)
		return status;
	status = run_locked(d, &p, args);
	cs_desk_close(d);
	return status;
}
