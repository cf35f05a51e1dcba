/* SPDX-License-Identifier: MIT */
/* countersign-desk run: a process that talks to the hub, and one that serves
 * the console.  They meet in the database, where each finds what the other
 * stored. Each opens it after the fork, because SQLite keeps its locks by
 * process. */
#include "programs/desk/main.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/units.h"
#include "cli/report_error.h"
#include "desk/console/api.h"
#include "desk/console/call.h"
#include "desk/console/console_files.h"
#include "desk/console/events.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/head.h"
#include "desk/core/link.h"
#include "desk/daemon/run.h"
#include "desk/desk.h"
#include "net/web.h"
#include "programs/desk/place.h"
#include "store/file.h"

/* Was the desk told to end? */
static volatile sig_atomic_t told;

static void
on_signal(int number)
{
	(void)number;
	told = 1;
	cs_desk_stop();
}

/* The console's process, while there is one, and whether it ended by itself. */
static volatile sig_atomic_t console_pid, console_gone;

/* A desk without its console is of no use: if the console ends, so does the
 * desk, and systemd starts both anew.  Decoders, which end all the time, are
 * waited for where they were started. */
static void
on_child(int number)
{
	int saved = errno;
	pid_t pid = (pid_t)console_pid;

	(void)number;
	if (pid > 0 && waitpid(pid, NULL, WNOHANG) == pid) {
		console_pid = 0;
		console_gone = 1;
		cs_desk_stop();
	}
	errno = saved;
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
#define IDLE_S (10 * 60)   /* then a session is locked */
#define LIFE_S (10 * 3600) /* then it ends */
#define LISTEN_TRIES 50    /* in five seconds */

/* Set by a signal in the console's process. */
static struct cs_web *web;

static void
on_console_signal(int number)
{
	(void)number;
	if (web != NULL)
		cs_web_stop(web);
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
	*ms = (uint64_t)s * CS_SECOND_MS;
	return CLI_OK;
}

/* What the console's process is given. */
struct console {
	const char *dir;
	struct cs_view passphrase;
	struct cs_web_config config;
	struct cs_desk_api_options options;
	char host[64];
	bool said_where;
	int ready; /* where "console on ..." goes */
	int lock;  /* of the desk: the other process's */
	pid_t parent;
};

/* Listen where the options say, waiting until the console of a desk that was
 * just killed has let go of it; or else on the usual port, or another that
 * is free. */
static enum cs_err
listen(struct cs_web **out, struct console *c)
{
	const struct timespec a_moment = { .tv_nsec = 100 * 1000 * 1000 };
	enum cs_err err = cs_web_new(out, &c->config);

	for (unsigned i = 0;
	     err == CS_ERR_IO && c->said_where && i < LISTEN_TRIES; i++) {
		nanosleep(&a_moment, NULL);
		err = cs_web_new(out, &c->config);
	}
	if (err == CS_ERR_IO && !c->said_where) {
		c->config.port = 0;
		err = cs_web_new(out, &c->config);
	}
	return err;
}

/* Read the options, before anything else is begun. */
static int
console_options(struct console *c, const struct cli_args *args)
{
	const char *where = cli_value(args, "listen");
	int status;

	snprintf(c->host, sizeof c->host, "%s", DEFAULT_HOST);
	c->said_where = where != NULL;
	c->options.files = cs_console_files;
	c->options.name = cli_value(args, "name");
	c->config = (struct cs_web_config){
		.host = c->host,
		.port = DEFAULT_PORT,
		.chain_path = cli_value(args, "tls-cert"),
		.key_path = cli_value(args, "tls-key"),
		.body_max = CS_DESK_BODY_MAX,
		.csp = CS_DESK_CSP,
		.handle = cs_desk_api_handle,
		.more = cs_desk_events_more,
		.ended = cs_desk_events_ended,
	};
	if (where != NULL && !parse_listen(c->host, &c->config.port, where))
		return cli_fail(CLI_USAGE, "--listen takes ADDRESS:PORT.");
	c->options.tls =
	    c->config.chain_path != NULL && c->config.key_path != NULL;
	if (!c->options.tls && strncmp(c->host, "127.", 4) != 0)
		return cli_fail(CLI_USAGE,
		    "Off this machine, the console needs TLS: --tls-cert and "
		    "--tls-key.");
	if ((status = seconds(&c->options.idle_ms, args, "idle", IDLE_S)) !=
	    CLI_OK)
		return status;
	return seconds(&c->options.life_ms, args, "session", LIFE_S);
}

/* Send the address to the process that prints it. */
static void
tell_address(const struct console *c)
{
	char line[400];

	snprintf(line, sizeof line, "console on %s://%s:%d/",
	    c->options.tls ? "https" : "http",
	    c->options.name != NULL ? c->options.name : c->host,
	    cs_web_port(web));
	(void)!write(c->ready, line, strlen(line));
	close(c->ready);
}

/* The console's process, from begin to end. */
static int
console_main(struct console *c)
{
	struct sigaction sa = { .sa_handler = on_console_signal };
	struct cs_desk_api *api = NULL;
	struct cs_desk *d = NULL;
	int status;
	enum cs_err err;

	/* Do not outlive the process that it belongs to. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != c->parent)
		return CLI_SOFTWARE;
	sigaction(SIGTERM, &sa, NULL);
	signal(SIGINT, SIG_IGN); /* the other process ends this one */
	if ((status = open_desk_with(&d, c->dir, c->passphrase)) != CLI_OK)
		return status;
	if ((err = cs_desk_api_new(&api, d, &c->options)) == CS_OK) {
		c->config.arg = api;
		err = listen(&web, c);
	}
	if (err) {
		status = cli_fail(CLI_NOT_DONE,
		    "The console cannot listen on %s:%d.", c->host,
		    c->config.port);
	} else {
		cs_desk_api_listens(api, c->host, cs_web_port(web));
		tell_address(c);
		if ((err = cs_web_run(web)))
			status = report_error(err, "The console has ended");
		cs_web_free(web);
	}
	cs_desk_api_free(api);
	cs_desk_close(d);
	return status;
}

/* Start it and wait for its address; -1 and a status if that fails. */
static pid_t
console_start(struct console *c, int *status)
{
	int pipes[2];
	char line[400];
	ssize_t n;
	pid_t pid;

	c->parent = getpid();
	if (pipe(pipes) != 0 || (pid = fork()) < 0) {
		*status = cli_fail(CLI_SOFTWARE, "There is no second process.");
		return -1;
	}
	if (pid == 0) {
		close(pipes[0]);
		close(c->lock);
		c->ready = pipes[1];
		_exit(console_main(c));
	}
	close(pipes[1]);
	do
		n = read(pipes[0], line, sizeof line - 1);
	while (n < 0 && errno == EINTR);
	close(pipes[0]);
	if (n <= 0) {
		waitpid(pid, status, 0);
		*status =
		    WIFEXITED(*status) ? WEXITSTATUS(*status) : CLI_SOFTWARE;
		return -1;
	}
	line[n] = '\0';
	said(line);
	return pid;
}

/* From now on we notice its end, also if it has ended already. */
static void
console_watch(pid_t pid)
{
	struct sigaction sa = { .sa_handler = on_child,
		.sa_flags = SA_RESTART | SA_NOCLDSTOP };

	console_pid = (sig_atomic_t)pid;
	sigaction(SIGCHLD, &sa, NULL);
	on_child(SIGCHLD);
}

static void
console_end(void)
{
	pid_t pid;

	signal(SIGCHLD, SIG_DFL);
	pid = (pid_t)console_pid;
	if (pid <= 0)
		return;
	kill(pid, SIGTERM);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* ---- before it begins --------------------------------------------------- */

/* Whoever could write into the file has not: else nothing is begun. */
static int
check_whole(const char *dir, struct cs_view passphrase)
{
	struct cs_desk *d = NULL;
	int status = open_desk_with(&d, dir, passphrase);
	enum cs_err err;

	if (status != CLI_OK)
		return status;
	if ((err = cs_desk_heads_check_file(d)) == CS_OK)
		err = cs_desk_audit_verify(d, NULL, NULL);
	if (err == CS_ERR_CHAIN)
		status = cli_fail(CLI_NOT_VERIFIED,
		    "%s The desk does not start. \"audit verify\" says the "
		    "same; a backup can be restored.",
		    cs_desk_problem(d));
	else if (err)
		status = desk_fail(d, err);
	cs_desk_close(d);
	return status;
}

/* ---- running ------------------------------------------------------------ */

static int
run_both(const struct place *p, const struct cli_args *args,
    struct cs_view passphrase, bool *online, int lock)
{
	struct console console = {
		.dir = p->dir, .passphrase = passphrase, .lock = lock
	};
	struct cs_desk *d = NULL;
	int status = CLI_OK;
	pid_t pid = 0;
	enum cs_err err;

	if ((status = check_whole(p->dir, passphrase)) != CLI_OK)
		return status;
	console.options.online = online;
	if (!cli_flag(args, "no-console") &&
	    ((status = console_options(&console, args)) != CLI_OK ||
		(pid = console_start(&console, &status)) < 0))
		return status;
	if (pid > 0)
		console_watch(pid);
	if ((status = open_desk_with(&d, p->dir, passphrase)) == CLI_OK) {
		cs_desk_show_online(d, online);
		if ((err = cs_desk_run(d, said)) == CS_ERR_CHAIN)
			status = cli_fail(
			    CLI_NOT_VERIFIED, "%s", cs_desk_problem(d));
		else if (err)
			status = desk_fail(d, err);
	}
	/* systemd tells both to end, and the console may be quicker. */
	if (console_gone && !told && status == CLI_OK)
		status = cli_fail(CLI_SOFTWARE,
		    "The console's process has ended by itself. Start the desk "
		    "again; nothing that it acknowledged is lost.");
	console_end();
	cs_desk_close(d);
	return status;
}

static int
run_locked(const struct place *p, const struct cli_args *args)
{
	struct cs_buf passphrase = { .max = 4096 };
	struct cs_folder folder = { .fd = -1 };
	char *path = NULL;
	bool *online = mmap(NULL, sizeof *online, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status, lock = -1;
	enum cs_err err;

	if ((status = read_passphrase(&passphrase, p->dir, args)) != CLI_OK)
		goto out;
	if ((err = cs_folder_open(&folder, p->dir)) == CS_OK &&
	    ((path = cs_path_join(folder.path, "lock")) == NULL ||
		online == MAP_FAILED))
		err = CS_ERR_NOMEM;
	if (err == CS_OK)
		err = cs_file_try_lock(&lock, path);
	if (err == CS_ERR_BUSY)
		status = cli_fail(
		    CLI_TRY_LATER, "The desk in %s runs already.", p->dir);
	else if (err)
		status = report_error(err, "The desk in %s", p->dir);
	else
		status =
		    run_both(p, args, cs_buf_view(&passphrase), online, lock);
out:
	cs_file_unlock(lock);
	cs_free_plain(path);
	cs_folder_close(&folder);
	cs_buf_free(&passphrase);
	return status;
}

int
run_run(const struct cli_args *args)
{
	struct sigaction sa = { .sa_handler = on_signal };
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
	return run_locked(&p, args);
}
