/* SPDX-License-Identifier: MIT */
/* countersign-witness run: the parent of two processes.  One reads the network
 * and has no key, the other has the key and reads no network. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/units.h"
#include "cli/report_error.h"
#include "family/family.h"
#include "net/listen.h"
#include "net/web_part.h"
#include "programs/witness/main.h"
#include "programs/witness/part.h"
#include "programs/witness/place.h"
#include "tlog/witness.h"

#define LISTEN "127.0.0.1:7780"
/* For a witness that was just killed to let go of what it had. */
#define TAKE_OVER_MS ((int)(5 * CS_SECOND_MS))
/* Nothing of ours is for a browser. */
#define CSP "default-src 'none'; frame-ancestors 'none'"

enum { SIGNER, WEB, PARTS };

struct parent {
	struct place place;
	char host[CLI_HOST_SIZE];
	int port;
	int lock, key, listener; /* descriptors, or -1 */
	struct cs_family *family;
	int status;
};

/* ---- the family --------------------------------------------------------- */

static enum cs_err
equip_signer(const struct parent *p, int socket)
{
	enum cs_err err;

	if ((err = cs_hand_word(socket, HAND_LOCK, p->lock)) ||
	    (err = cs_hand_word(socket, HAND_KEY, p->key)))
		return err;
	return cs_hand_word(socket, HAND_LOGS, p->place.logs);
}

static enum cs_err
equip_web(const struct parent *p, int socket)
{
	enum cs_err err;

	if ((err = cs_hand_word(socket, "listener", p->listener)) ||
	    (err = cs_hand_bytes(socket, "body", CS_TLOG_WITNESS_REQUEST_MAX,
		 cs_view(NULL, 0))))
		return err;
	return cs_hand_bytes(socket, "csp", 0, cs_view_str(CSP));
}

static enum cs_err
equip(void *arg, size_t part, int socket)
{
	return part == SIGNER ? equip_signer(arg, socket)
			      : equip_web(arg, socket);
}

static void
on_said(void *arg, size_t part, const struct cs_hand *h)
{
	(void)arg;
	(void)part;
	(void)h;
}

/* The web server is started anew.  Without the other process nothing is signed:
 * all of it ends, and whoever watches over it starts it anew. */
static void
on_ended(void *arg, size_t part, int status)
{
	struct parent *p = arg;

	if (part == WEB) {
		fprintf(stderr,
		    "countersign-witness: the process \"" CS_WEB_PART
		    "\" ended by itself and is started anew\n");
		return;
	}
	p->status = WIFEXITED(status) && WEXITSTATUS(status) != 0
	    ? WEXITSTATUS(status)
	    : CLI_SOFTWARE;
	if (p->family != NULL)
		cs_family_stop(p->family);
}

/* ---- running ------------------------------------------------------------ */

static int
open_all(struct parent *p)
{
	enum cs_err err = place_lock(&p->lock, &p->place, TAKE_OVER_MS);

	if (err == CS_ERR_BUSY)
		return cli_fail(CLI_TRY_LATER,
		    "The witness in %s runs already.", p->place.dir);
	if (err)
		return report_error(err, "The witness in %s", p->place.dir);
	if ((p->key = place_key_open(&p->place)) < 0)
		return cli_fail(CLI_STATE,
		    "The key of the witness in %s cannot be read.",
		    p->place.dir);
	if (cs_net_listen(&p->listener, 1, p->host, p->port) != CS_OK) {
		p->listener = -1;
		return cli_fail(CLI_NOT_DONE,
		    "The witness cannot listen on %s:%d.", p->host, p->port);
	}
	p->port = cs_net_listen_port(p->listener);
	return CLI_OK;
}

static int
run_family(struct parent *p)
{
	static const struct cs_family_part parts[] = {
		[SIGNER] = { PART_SIGNER, 0 },
		[WEB] = { CS_WEB_PART, 0 },
	};
	static const struct cs_family_link links[] = { { SIGNER, WEB } };
	const struct cs_family_config config = {
		.parts = parts,
		.n_parts = PARTS,
		.links = links,
		.n_links = 1,
		.stops_first = WEB,
		.arg = p,
		.equip = equip,
		.said = on_said,
		.ended = on_ended,
		.watched = -1,
	};
	enum cs_err err = cs_family_start(&p->family, &config);

	if (err)
		return p->status != CLI_OK
		    ? p->status
		    : report_error(err, "The witness in %s", p->place.dir);
	printf(
	    "countersign-witness: listens on http://%s:%d\n", p->host, p->port);
	fflush(stdout);
	err = cs_family_watch(p->family);
	cs_family_end(p->family);
	if (err && p->status == CLI_OK)
		return report_error(err, "The witness in %s", p->place.dir);
	return p->status;
}

int
witness_run(const struct cli_args *args)
{
	const char *listen = cli_value(args, "listen");
	struct parent p = { .lock = -1, .key = -1, .listener = -1 };
	int status;

	if (!cli_listen(p.host, &p.port, listen != NULL ? listen : LISTEN, 0))
		return cli_fail(CLI_USAGE,
		    "--listen takes an address and a port, such as " LISTEN
		    ".");
	signal(SIGPIPE, SIG_IGN);
	if ((status = place_open(&p.place, cli_arg(args, 0))) == CLI_OK &&
	    (status = open_all(&p)) == CLI_OK)
		status = run_family(&p);
	if (p.listener >= 0)
		close(p.listener);
	if (p.key >= 0)
		close(p.key);
	cs_file_unlock(p.lock);
	place_close(&p.place);
	return status;
}
