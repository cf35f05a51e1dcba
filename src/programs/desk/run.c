/* SPDX-License-Identifier: MIT */
/* countersign-desk run: the parent of the desk's processes.  It opens what they
 * share, sees to it that they are there, and holds no key. */
#include "programs/desk/main.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/units.h"
#include "cli/report_error.h"
#include "desk/console/api.h"
#include "family/family.h"
#include "net/client_part.h"
#include "net/listen.h"
#include "net/web_part.h"
#include "programs/desk/parts.h"
#include "programs/desk/place.h"
#include "store/clock.h"
#include "store/file.h"
#include "store/folder.h"

#define DEFAULT_HOST "127.0.0.1"
#define DEFAULT_PORT 7744
#define IDLE_S (10 * 60)   /* then a session is locked */
#define LIFE_S (10 * 3600) /* then it ends */
/* For a desk that was just killed to let go of what it had. */
#define TAKE_OVER_MS (2 * CS_SECOND_MS)
#define LISTEN_MS (5 * CS_SECOND_MS)
#define START_MS (60 * 60 * CS_SECOND_MS) /* all of the log is read then */

/* Where each process stands among the parts, and those of the console. */
enum { DESK_LINK, CONSOLE_LINK, CONSOLE, WEB, DESK, PARTS };
#define NO_CONSOLE_DESK 1

struct parent {
	struct place place;
	struct cs_buf passphrase; /* until all have started */
	bool console;
	bool said_where;
	bool begun; /* all have started, and the desk may connect */
	const char *chain, *key; /* of TLS, or NULL */
	struct console_conf conf;
	int lock, listener, online; /* descriptors, or -1 */
	size_t desk;                /* where that part stands */
	struct cs_family *family;
	int status; /* what it ends with */
};

__attribute__((format(printf, 1, 2))) static void
say(const char *format, ...)
{
	va_list args;

	printf("countersign-desk: ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
}

/* ---- options ------------------------------------------------------------ */

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

static int
read_options(struct parent *p, const struct cli_args *args)
{
	const char *where = cli_value(args, "listen");
	const char *name = cli_value(args, "name");
	struct console_conf *c = &p->conf;
	int status;

	p->console = !cli_flag(args, "no-console");
	p->said_where = where != NULL;
	p->chain = cli_value(args, "tls-cert");
	p->key = cli_value(args, "tls-key");
	snprintf(c->host, sizeof c->host, "%s", DEFAULT_HOST);
	c->port = DEFAULT_PORT;
	c->tls = p->chain != NULL && p->key != NULL;
	if (name != NULL && strlen(name) >= sizeof c->name)
		return cli_fail(CLI_USAGE, "--name is too long.");
	snprintf(c->name, sizeof c->name, "%s", name != NULL ? name : "");
	if (where != NULL && !cli_listen(c->host, &c->port, where, 0))
		return cli_fail(CLI_USAGE, "--listen takes ADDRESS:PORT.");
	if (!c->tls && strncmp(c->host, "127.", 4) != 0)
		return cli_fail(CLI_USAGE,
		    "Off this machine, the console needs TLS: --tls-cert and "
		    "--tls-key.");
	if ((status = seconds(&c->idle_ms, args, "idle", IDLE_S)) != CLI_OK)
		return status;
	return seconds(&c->life_ms, args, "session", LIFE_S);
}

/* ---- what they share ---------------------------------------------------- */

static void
wait_a_moment(void)
{
	const struct timespec moment = { .tv_nsec = 20 * 1000 * 1000 };

	nanosleep(&moment, NULL);
}

/* Processes of a desk that was killed end by themselves, at once; a desk that
 * runs does not. */
static int
take_lock(struct parent *p)
{
	struct cs_folder folder = { .fd = -1 };
	char *path = NULL;
	uint64_t end_us = cs_clock_us() + TAKE_OVER_MS * 1000;
	enum cs_err err = cs_folder_open(&folder, p->place.dir);

	if (err == CS_OK && (path = cs_path_join(folder.path, "lock")) == NULL)
		err = CS_ERR_NOMEM;
	while (path != NULL &&
	    (err = cs_file_try_lock(&p->lock, path)) == CS_ERR_BUSY &&
	    cs_clock_us() < end_us)
		wait_a_moment();
	cs_free_plain(path);
	cs_folder_close(&folder);
	if (err == CS_ERR_BUSY)
		return cli_fail(CLI_TRY_LATER, "The desk in %s runs already.",
		    p->place.dir);
	return err ? report_error(err, "The desk in %s", p->place.dir) : CLI_OK;
}

/* Listen where the options say, waiting until the console of a desk that was
 * just killed has let go of it; or else on the usual port, or another that
 * is free.  The parent keeps the socket, so that a web server that is started
 * anew has the address that people know. */
static int
listen_for_console(struct parent *p)
{
	struct console_conf *c = &p->conf;
	uint64_t end_us = cs_clock_us() + LISTEN_MS * 1000;
	enum cs_err err;

	while ((err = cs_net_listen(&p->listener, 1, c->host, c->port)) ==
		CS_ERR_BUSY &&
	    p->said_where && cs_clock_us() < end_us)
		wait_a_moment();
	if (err && !p->said_where)
		err = cs_net_listen(&p->listener, 1, c->host, 0);
	if (err) {
		p->listener = -1;
		return cli_fail(CLI_NOT_DONE,
		    "The console cannot listen on %s:%d.", c->host, c->port);
	}
	c->port = cs_net_listen_port(p->listener);
	return CLI_OK;
}

/* Memory in which one process says whether it is connected, and another one
 * reads it. */
static int
share_online(struct parent *p)
{
	p->online = memfd_create("online", MFD_CLOEXEC);
	if (p->online < 0 || ftruncate(p->online, sizeof(bool)) != 0)
		return cli_fail(CLI_SOFTWARE, "There is no shared memory.");
	return CLI_OK;
}

/* ---- what is handed over ------------------------------------------------ */

static enum cs_err
hand_text(int socket, const char *word, const char *text)
{
	return cs_hand_bytes(socket, word, 0, cs_view_str(text));
}

/* To those who open the desk. */
static enum cs_err
equip_with_desk(const struct parent *p, int socket, bool first)
{
	enum cs_err err;

	if ((err = hand_text(socket, HAND_DIR, p->place.dir)) ||
	    (err = cs_hand_bytes(
		 socket, HAND_PASSPHRASE, 0, cs_buf_view(&p->passphrase))) ||
	    (err = cs_hand_word(socket, HAND_ONLINE, p->online)))
		return err;
	return first ? cs_hand_word(socket, HAND_CHECK, -1) : CS_OK;
}

static enum cs_err
equip_web(const struct parent *p, int socket)
{
	enum cs_err err;

	if ((err = cs_hand_word(socket, "listener", p->listener)) ||
	    (err = cs_hand_bytes(
		 socket, "body", CS_DESK_BODY_MAX, cs_view(NULL, 0))) ||
	    (err = hand_text(socket, "csp", CS_DESK_CSP)) || !p->conf.tls)
		return err;
	err = hand_text(socket, "chain", p->chain);
	return err ? err : hand_text(socket, "key", p->key);
}

static enum cs_err
equip_console(const struct parent *p, int socket)
{
	const struct cs_view conf = cs_view(&p->conf, sizeof p->conf);
	enum cs_err err = cs_hand_bytes(socket, HAND_CONF, 0, conf);

	return err ? err : equip_with_desk(p, socket, true);
}

static enum cs_err
equip(void *arg, size_t part, int socket)
{
	const struct parent *p = arg;
	enum cs_err err;

	if (p->begun && part == p->desk)
		return cs_hand_word(socket, HAND_BEGIN, -1);
	if (part == p->desk) {
		err = cs_hand_word(socket, HAND_LOCK, p->lock);
		return err ? err : equip_with_desk(p, socket, !p->console);
	}
	switch (part) {
	case CONSOLE:
		return equip_console(p, socket);
	case WEB:
		return equip_web(p, socket);
	default:
		return CS_OK;
	}
}

/* ---- what is told ------------------------------------------------------- */

static void
on_said(void *arg, size_t part, const struct cs_hand *h)
{
	struct parent *p = arg;

	(void)part;
	if (cs_hand_is(h, TELL_STATUS) && h->number <= UINT8_MAX)
		p->status = (int)h->number;
}

/* Its exit status, or that of a desk of which one process was ended. */
static int
status_of(int status, const char *whose)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
		return WEXITSTATUS(status);
	return cli_fail(CLI_SOFTWARE,
	    "The %s's process has ended by itself. Start the desk again; "
	    "nothing that it acknowledged is lost.",
	    whose);
}

/* A desk without its console, or the other way round, is of no use: if either
 * ends, so does all of it, and systemd starts it anew.  Those that read the
 * network are started anew here. */
static void
on_ended(void *arg, size_t part, int status)
{
	struct parent *p = arg;
	const char *name =
	    part == WEB && p->console ? CS_WEB_PART : CS_NET_CLIENT_PART;

	if (part == p->desk || (p->console && part == CONSOLE)) {
		if (p->status == CLI_OK)
			p->status = status_of(
			    status, part == p->desk ? "desk" : "console");
		if (p->family != NULL)
			cs_family_stop(p->family);
	} else if (WIFSIGNALED(status)) {
		say("the process \"%s\" ended by signal %d and is started anew",
		    name, WTERMSIG(status));
	} else if (WEXITSTATUS(status) != 0) {
		say("the process \"%s\" ended with status %d and is started "
		    "anew",
		    name, WEXITSTATUS(status));
	}
}

/* ---- running ------------------------------------------------------------ */

static int
start_failed(const struct parent *p, enum cs_err err)
{
	if (p->status != CLI_OK)
		return p->status; /* and it was said why */
	if (p->conf.tls && err == CS_ERR_IO)
		return cli_fail(CLI_NOT_DONE,
		    "The console cannot be served: %s or %s is not what it "
		    "should be.",
		    p->chain, p->key);
	return report_error(err, "The processes of the desk");
}

static void
say_where(const struct parent *p)
{
	const struct console_conf *c = &p->conf;

	say("console on %s://%s:%d/", c->tls ? "https" : "http",
	    c->name[0] != '\0' ? c->name : c->host, c->port);
}

static int
run_family(struct parent *p)
{
	static const struct cs_family_part parts[] = {
		[DESK_LINK] = { CS_NET_CLIENT_PART, 0 },
		[CONSOLE_LINK] = { CS_NET_CLIENT_PART, 1 },
		[CONSOLE] = { PART_CONSOLE, 0 },
		[WEB] = { CS_WEB_PART, 0 },
		[DESK] = { PART_DESK, 0 },
	};
	static const struct cs_family_part few[] = {
		[DESK_LINK] = { CS_NET_CLIENT_PART, 0 },
		[NO_CONSOLE_DESK] = { PART_DESK, 0 },
	};
	const struct cs_family_link links[] = {
		{ DESK_LINK, p->desk },
		{ CONSOLE_LINK, CONSOLE },
		{ CONSOLE, WEB },
	};
	const struct cs_family_config config = {
		.parts = p->console ? parts : few,
		.n_parts = p->desk + 1,
		.links = links,
		.n_links = p->console ? 3 : 1,
		.stops_first = p->desk,
		.start_ms = START_MS,
		.arg = p,
		.equip = equip,
		.said = on_said,
		.ended = on_ended,
		.watched = -1,
	};
	enum cs_err err;

	err = cs_family_start(&p->family, &config);
	cs_buf_free(&p->passphrase);
	if (err)
		return start_failed(p, err);
	if (p->console)
		say_where(p);
	p->begun = true;
	if ((err = cs_family_equip(p->family, p->desk)) == CS_OK)
		err = cs_family_watch(p->family);
	cs_family_end(p->family);
	if (err && p->status == CLI_OK)
		return report_error(err, "The desk in %s", p->place.dir);
	return p->status;
}

static int
run_parent(struct parent *p, const struct cli_args *args)
{
	int status;

	if ((status = read_options(p, args)) != CLI_OK ||
	    (status = read_passphrase(&p->passphrase, p->place.dir, args)) !=
		CLI_OK ||
	    (status = take_lock(p)) != CLI_OK ||
	    (status = share_online(p)) != CLI_OK)
		return status;
	p->desk = p->console ? DESK : NO_CONSOLE_DESK;
	if (p->console && (status = listen_for_console(p)) != CLI_OK)
		return status;
	return run_family(p);
}

int
run_run(const struct cli_args *args)
{
	struct parent p = {
		.passphrase = { .max = 4096 },
		.lock = -1,
		.listener = -1,
		.online = -1,
	};
	int status = CLI_OK;

	if (cli_count(args) == 1)
		p.place.dir = cli_arg(args, 0);
	else
		status = find_place(&p.place, args, 0);
	if (status == CLI_OK)
		status = run_parent(&p, args);
	if (p.listener >= 0)
		close(p.listener);
	if (p.online >= 0)
		close(p.online);
	cs_file_unlock(p.lock);
	cs_buf_free(&p.passphrase);
	return status;
}
