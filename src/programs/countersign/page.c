/* SPDX-License-Identifier: MIT */
/* countersign page: the parent of the two processes that serve the page. */
#include "programs/countersign/page.h"

#include <dirent.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "cli/qr.h"
#include "cli/report_error.h"
#include "crypto/random.h"
#include "family/family.h"
#include "net/listen.h"
#include "net/web_part.h"
#include "programs/countersign/home.h"
#include "programs/countersign/main.h"
#include "store/file.h"

#define HOST "127.0.0.1"
#define LINK_SIZE 128

enum { PAGE, WEB, PARTS };

struct parent {
	const char *home;
	char exchange[256]; /* a folder of its own; empty: not made yet */
	struct page_conf conf;
	int listener;
	struct cs_family *family;
	int status;
};

/* ---- the exchange folder ------------------------------------------------ */

/* Photos lie there in the clear for a moment: in memory, not on the disk. */
static int
make_exchange(struct parent *p)
{
	const char *places[] = { getenv("XDG_RUNTIME_DIR"), "/dev/shm",
		"/tmp" };

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		if (places[i] == NULL || strlen(places[i]) > 200)
			continue;
		snprintf(p->exchange, sizeof p->exchange,
		    "%s/countersign-page-XXXXXX", places[i]);
		if (mkdtemp(p->exchange) != NULL)
			return CLI_OK;
	}
	p->exchange[0] = '\0';
	return cli_fail(CLI_CANNOT_WRITE,
	    "There is nowhere to put photos that come and go: neither in "
	    "$XDG_RUNTIME_DIR nor in /dev/shm nor in /tmp.");
}

static void
remove_exchange(const struct parent *p)
{
	DIR *dir = p->exchange[0] != '\0' ? opendir(p->exchange) : NULL;
	const struct dirent *e;

	if (dir == NULL)
		return;
	while ((e = readdir(dir)) != NULL)
		if (e->d_name[0] != '.')
			(void)unlinkat(dirfd(dir), e->d_name, 0);
	closedir(dir);
	(void)rmdir(p->exchange);
}

/* ---- the family --------------------------------------------------------- */

static enum cs_err
equip_page(const struct parent *p, int socket)
{
	enum cs_err err;

	if ((err = cs_hand_bytes(
		 socket, PAGE_HAND_HOME, 0, cs_view_str(p->home))) ||
	    (err = cs_hand_bytes(
		 socket, PAGE_HAND_EXCHANGE, 0, cs_view_str(p->exchange))))
		return err;
	return cs_hand_bytes(
	    socket, PAGE_HAND_CONF, 0, cs_view(&p->conf, sizeof p->conf));
}

static enum cs_err
equip_web(const struct parent *p, int socket)
{
	enum cs_err err;

	if ((err = cs_hand_word(socket, "listener", p->listener)) ||
	    (err = cs_hand_bytes(
		 socket, "body", PAGE_BODY_MAX, cs_view(NULL, 0))))
		return err;
	return cs_hand_bytes(socket, "csp", 0, cs_view_str(PAGE_CSP));
}

static enum cs_err
equip(void *arg, size_t part, int socket)
{
	return part == PAGE ? equip_page(arg, socket) : equip_web(arg, socket);
}

static void
on_said(void *arg, size_t part, const struct cs_hand *h)
{
	(void)arg;
	(void)part;
	(void)h;
}

/* The web server is started anew; without the other process there is nothing to
 * serve. */
static void
on_ended(void *arg, size_t part, int status)
{
	struct parent *p = arg;

	if (part != PAGE)
		return;
	p->status = WIFEXITED(status) && WEXITSTATUS(status) != 0
	    ? WEXITSTATUS(status)
	    : CLI_SOFTWARE;
	if (p->family != NULL)
		cs_family_stop(p->family);
}

/* ---- showing it --------------------------------------------------------- */

/* The link has the token behind the "#", which no browser sends anywhere. */
static void
write_link(char out[static LINK_SIZE], const struct parent *p)
{
	char token[2 * PAGE_TOKEN_LEN + 1];

	cs_hex(token, CS_VIEW_OF(p->conf.token));
	snprintf(out, LINK_SIZE, "http://%s:%d/#%s", p->conf.host, p->conf.port,
	    token);
	cs_wipe(token, sizeof token);
}

/* In the user's browser, if there is a desktop. */
static void
open_browser(const char *link)
{
	char program[] = "xdg-open", argument[LINK_SIZE];
	char *const argv[] = { program, argument, NULL };
	posix_spawn_file_actions_t files;
	extern char **environ;
	pid_t pid;

	if (getenv("DISPLAY") == NULL && getenv("WAYLAND_DISPLAY") == NULL)
		return;
	snprintf(argument, sizeof argument, "%s", link);
	if (posix_spawn_file_actions_init(&files) != 0)
		return;
	posix_spawn_file_actions_addopen(
	    &files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(
	    &files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	(void)posix_spawnp(&pid, program, &files, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&files);
}

static void
show_link(const struct parent *p, const struct cli_args *args)
{
	char link[LINK_SIZE];

	write_link(link, p);
	printf("%s\n", link);
	if (isatty(STDOUT_FILENO))
		printf("\nOpen it in a browser on this machine; it works once. "
		       "The messenger is there until Ctrl-C ends this "
		       "program.\n");
	fflush(stdout);
	if (!cli_flag(args, "no-browser"))
		open_browser(link);
	cs_wipe(link, sizeof link);
}

static int
run_family(struct parent *p, const struct cli_args *args)
{
	static const struct cs_family_part parts[] = {
		[PAGE] = { PAGE_PART, 0 },
		[WEB] = { CS_WEB_PART, 0 },
	};
	static const struct cs_family_link links[] = { { PAGE, WEB } };
	const struct cs_family_config config = {
		.parts = parts,
		.n_parts = PARTS,
		.links = links,
		.n_links = 1,
		.stops_first = PAGE,
		.arg = p,
		.equip = equip,
		.said = on_said,
		.ended = on_ended,
		.watched = -1,
	};
	enum cs_err err = cs_family_start(&p->family, &config);

	if (err)
		return report_error(err, "The page");
	show_link(p, args);
	err = cs_family_watch(p->family);
	cs_family_end(p->family);
	return err && p->status == CLI_OK ? report_error(err, "The page")
					  : p->status;
}

int
cli_page(const struct cli_args *args)
{
	struct parent p = {
		.home = cli_home(args), .conf = { .host = HOST }, .listener = -1
	};
	const char *port = cli_value(args, "port");
	long long n = 0;
	int status;

	if (p.home == NULL)
		return CLI_USAGE;
	if (port != NULL && !cli_number(&n, port, 0, 65535))
		return cli_fail(CLI_USAGE, "--port takes a number.");
	if (cs_net_listen(&p.listener, 1, HOST, (int)n) != CS_OK)
		return cli_fail(CLI_NOT_DONE,
		    "Something else listens on port %lld of this machine. "
		    "Without --port, a free one is taken.",
		    n);
	p.conf.port = cs_net_listen_port(p.listener);
	cs_random(p.conf.token, sizeof p.conf.token);
	if ((status = make_exchange(&p)) == CLI_OK)
		status = run_family(&p, args);
	remove_exchange(&p);
	close(p.listener);
	cs_wipe(&p.conf, sizeof p.conf);
	return status;
}
