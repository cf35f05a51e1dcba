/* SPDX-License-Identifier: MIT */
#include "programs/desk/parts.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cli/report_error.h"
#include "crypto/init.h"
#include "desk/console/api.h"
#include "desk/console/console_files.h"
#include "desk/console/events.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/head.h"
#include "desk/core/link.h"
#include "desk/daemon/run.h"
#include "desk/desk.h"
#include "family/confine.h"
#include "family/part.h"
#include "net/client_far.h"
#include "net/client_part.h"
#include "net/web_far.h"
#include "net/web_part.h"
#include "programs/desk/place.h"

/* A process with keys.  Sockets that were handed over and not taken into use
 * are -1 if there are none. */
struct part {
	char dir[CS_HAND_BYTES_MAX + 1];
	struct cs_buf passphrase;
	struct console_conf conf;
	bool check, begun, stopped;
	bool *online; /* shared with the others */
	struct cs_desk *d;
	int link; /* to a process that connects to the hub */
	struct cs_net_far *far;
	int web_link; /* to the console's web server */
	struct cs_web_far *web;
};

/* ---- what is handed over ------------------------------------------------ */

static void
replace_fd(int *at, int fd)
{
	if (*at >= 0)
		close(*at);
	*at = fd;
}

static enum cs_err
take_link(struct part *p, const struct cs_hand *h)
{
	const struct cs_view name = cs_view(h->bytes, h->length);

	if (cs_view_equal(name, cs_view_str(CS_NET_CLIENT_PART)))
		replace_fd(&p->link, h->fd);
	else if (cs_view_equal(name, cs_view_str(CS_WEB_PART)))
		replace_fd(&p->web_link, h->fd);
	else
		close(h->fd);
	return CS_OK;
}

static enum cs_err
take_online(struct part *p, int fd)
{
	void *at = mmap(
	    NULL, sizeof *p->online, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	close(fd);
	if (at == MAP_FAILED)
		return CS_ERR_IO;
	p->online = at;
	return CS_OK;
}

static enum cs_err
take(void *arg, struct cs_hand *h)
{
	struct part *p = arg;

	if (cs_hand_is(h, "link") && h->fd >= 0)
		return take_link(p, h);
	if (cs_hand_is(h, HAND_ONLINE) && h->fd >= 0)
		return take_online(p, h->fd);
	if (cs_hand_is(h, HAND_LOCK))
		return CS_OK; /* it stays open */
	if (h->fd >= 0)
		close(h->fd);
	if (cs_hand_is(h, HAND_CONF))
		return cs_hand_copy(&p->conf, sizeof p->conf, h);
	if (cs_hand_is(h, HAND_PASSPHRASE))
		return cs_buf_set(&p->passphrase, cs_view(h->bytes, h->length));
	if (cs_hand_is(h, HAND_DIR))
		memcpy(p->dir, h->bytes, h->length);
	p->check |= cs_hand_is(h, HAND_CHECK);
	p->begun |= cs_hand_is(h, HAND_BEGIN);
	return CS_OK;
}

/* ---- the process that reaches the hub ----------------------------------- */

/* A link is taken into use between two connections, and the one before it let
 * go then. */
static struct cs_net_far *
far_of(void *arg)
{
	struct part *p = arg;
	const struct cs_net_client_config config = {
		.host = p->d->hub.host,
		.port = p->d->hub.port,
		.root_public = p->d->hub.root,
		.timeout_ms = DESK_TIMEOUT_MS,
	};
	int fd;

	if (p->far != NULL && (p->link >= 0 || !cs_net_far_works(p->far))) {
		cs_net_far_free(p->far);
		p->far = NULL;
	}
	if (p->far == NULL && p->link >= 0) {
		fd = p->link;
		p->link = -1;
		(void)!cs_net_far_new(&p->far, fd, &config);
	}
	return p->far;
}

/* ---- beginning ---------------------------------------------------------- */

/* Whoever could write into the file has not: else nothing is begun. */
static int
check_whole(struct cs_desk *d)
{
	enum cs_err err;

	if ((err = cs_desk_heads_check_file(d)) == CS_OK)
		err = cs_desk_audit_verify(d, NULL, NULL);
	if (err == CS_ERR_CHAIN)
		return cli_fail(CLI_NOT_VERIFIED,
		    "%s The desk does not start. \"audit verify\" says the "
		    "same; a backup can be restored.",
		    cs_desk_problem(d));
	return err ? desk_fail(d, err) : CLI_OK;
}

/* The folder in which the file of heads is; -1: there is none. */
static int
open_heads_folder(const struct cs_desk *d)
{
	const char *slash;
	char *folder;
	int fd;

	if (d->heads_file == NULL)
		return -1;
	slash = strrchr(d->heads_file, '/');
	folder = slash == NULL ? cs_strdup(".") : cs_strdup(d->heads_file);
	if (folder == NULL)
		return -1;
	/* The folder's own slash stays: it may be the root. */
	if (slash != NULL)
		folder[slash - d->heads_file + 1] = '\0';
	fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	cs_free_plain(folder);
	return fd;
}

/* No network, and nothing written elsewhere; decoders of photos are programs,
 * and SQLite opens files, so that much more cannot be given up. */
static enum cs_err
confine(const struct part *p)
{
	struct cs_confinement how = { .more = CS_CONFINE_PROGRAMS };
	struct cs_confined confined;
	struct stat st;
	enum cs_err err = CS_ERR_IO;

	how.folder = open(p->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	how.folder_too = open_heads_folder(p->d);
	if (how.folder >= 0 && fstat(how.folder, &st) == 0) {
		how.uid = st.st_uid;
		err = cs_confine(&confined, &how);
	}
	replace_fd(&how.folder, -1);
	replace_fd(&how.folder_too, -1);
	return err;
}

static int
begin_with(struct part *p)
{
	int status;
	enum cs_err err;

	status = open_desk_with(&p->d, p->dir, cs_buf_view(&p->passphrase));
	cs_buf_free(&p->passphrase);
	if (status != CLI_OK)
		return status;
	if (p->check && (status = check_whole(p->d)) != CLI_OK)
		return status;
	cs_desk_connect_by(p->d, far_of, p);
	if ((err = confine(p)) || (err = cs_part_ready()))
		return report_error(err, "The desk in %s", p->dir);
	(void)far_of(p);
	return CLI_OK;
}

/* If the status is not 0, the reason was printed, and the parent told. */
static int
begin(struct part *p, const char *name)
{
	int status;
	enum cs_err err;

	p->link = p->web_link = -1;
	p->passphrase.max = CS_HAND_BYTES_MAX;
	if ((err = cs_part_begin(name)) || (err = cs_crypto_init()) ||
	    (err = cs_part_take(p, take, true)))
		status = report_error(err, "A process of the desk");
	else
		status = begin_with(p);
	if (status != CLI_OK) {
		cs_part_tell(TELL_STATUS, (uint32_t)status, "");
		cs_part_failed(CS_ERR_IO);
	}
	return status;
}

static void
end(struct part *p)
{
	cs_desk_close(p->d);
	cs_net_far_free(p->far);
	replace_fd(&p->link, -1);
	replace_fd(&p->web_link, -1);
	cs_buf_free(&p->passphrase);
}

/* ---- the console -------------------------------------------------------- */

/* Begin with a web server that is new, or was started anew: what the one before
 * it had begun is over. */
static enum cs_err
take_web(struct part *p, struct cs_desk_api *api)
{
	const struct cs_web_far_config config = {
		.body_max = CS_DESK_BODY_MAX,
		.arg = api,
		.handle = cs_desk_api_handle,
		.more = cs_desk_events_more,
		.ended = cs_desk_events_ended,
	};

	return cs_web_far_renew(&p->web, &p->web_link, &config);
}

/* Until it is time to end. */
static enum cs_err
serve(struct part *p, struct cs_desk_api *api)
{
	enum cs_err err;

	for (;;) {
		struct pollfd fds[2] = {
			{ cs_part_socket(), POLLIN, 0 },
			{ -1, POLLIN, 0 },
		};

		if (p->web != NULL)
			fds[1].fd = cs_web_far_fd(p->web, &fds[1].events);
		(void)poll(fds, 2, -1);
		if (fds[0].revents != 0 &&
		    ((err = cs_part_take(p, take, false)) ||
			(err = take_web(p, api))))
			return err == CS_ERR_CLOSED ? CS_OK : err;
		/* It was not a web server that says such things. */
		if (fds[1].revents != 0 && p->web != NULL &&
		    cs_web_far_serve(p->web) != CS_OK) {
			cs_web_far_free(p->web);
			p->web = NULL;
		}
	}
}

static int
console_main(void)
{
	static struct part p;
	struct cs_desk_api_options options = { .files = cs_console_files };
	struct cs_desk_api *api = NULL;
	int status = begin(&p, PART_CONSOLE);
	enum cs_err err;

	if (status == CLI_OK) {
		options.online = p.online;
		options.name = p.conf.name[0] != '\0' ? p.conf.name : NULL;
		options.tls = p.conf.tls;
		options.idle_ms = p.conf.idle_ms;
		options.life_ms = p.conf.life_ms;
		if ((err = cs_desk_api_new(&api, p.d, &options)) == CS_OK) {
			cs_desk_api_listens(api, p.conf.host, p.conf.port);
			if ((err = take_web(&p, api)) == CS_OK)
				err = serve(&p, api);
		}
		if (err)
			status = report_error(err, "The console has ended");
	}
	cs_web_far_free(p.web);
	cs_desk_api_free(api);
	end(&p);
	return status;
}

/* ---- the hub ------------------------------------------------------------ */

static void
said(const char *sentence)
{
	printf("countersign-desk: %s\n", sentence);
	fflush(stdout);
}

static bool
stops(void *arg)
{
	struct part *p = arg;

	/* The parent says it once. */
	p->stopped = p->stopped || cs_part_take(p, take, false) != CS_OK;
	return p->stopped;
}

/* False: it is time to end before it has begun. */
static bool
await_begin(struct part *p)
{
	struct pollfd parent = { cs_part_socket(), POLLIN, 0 };

	while (!p->begun) {
		(void)poll(&parent, 1, -1);
		if (stops(p))
			return false;
	}
	return true;
}

static int
desk_main(void)
{
	static struct part p;
	int status = begin(&p, PART_DESK);
	enum cs_err err;

	if (status == CLI_OK && await_begin(&p)) {
		cs_desk_show_online(p.d, p.online);
		if ((err = cs_desk_run(p.d, said, stops, &p)) == CS_ERR_CHAIN)
			status = cli_fail(
			    CLI_NOT_VERIFIED, "%s", cs_desk_problem(p.d));
		else if (err)
			status = desk_fail(p.d, err);
	}
	end(&p);
	return status;
}

int
desk_part(const char *name)
{
	static const struct {
		const char *name;
		int (*main)(void);
	} parts[] = {
		{ CS_NET_CLIENT_PART, cs_net_client_part_main },
		{ CS_WEB_PART, cs_web_part_main },
		{ PART_CONSOLE, console_main },
		{ PART_DESK, desk_main },
	};

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (strcmp(parts[i].name, name) == 0)
			return parts[i].main();
	return CLI_USAGE;
}
