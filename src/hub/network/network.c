/* SPDX-License-Identifier: MIT */
#include "hub/network/network.h"

#include <poll.h>
#include <unistd.h>

#include "crypto/init.h"
#include "crypto/tls_server.h"
#include "family/confine.h"
#include "family/part.h"
#include "hub/network/asks.h"
#include "hub/network/handshakes.h"
#include "hub/network/lines.h"
#include "hub/network/pages.h"
#include "hub/network/site.h"
#include "hub/network/tlog.h"
#include "hub/network/transfers.h"

/* Looked at so often, whatever happens. */
#define LOOK_MS 1000
#define FILES_WAITING ((size_t)64 << 20)
#define SITE_MESSAGE ((size_t)8 << 20) /* a page, or a list for programs */
#define SITE_WAITING ((size_t)64 << 20)
#define SITE_BODY_MAX ((uint64_t)24 << 20) /* 16 MiB as base64 in JSON */
#define TLOG_MESSAGE ((size_t)1 << 20)     /* more than any of its files has */

static const char *
page(void *arg, const char *path)
{
	(void)arg;
	if (strncmp(path, "/i/", 3) == 0)
		return "This is an invitation to Countersign. It is meant for "
		       "the program, not for a browser:\n\n"
		       "  countersign join 'LINK' --name YOURNAME\n\n"
		       "with the whole link, the part behind # included.\n";
	if (strcmp(path, "/d") == 0)
		return "This links a device to an account. It is meant for the "
		       "program, not for a browser:\n\n"
		       "  countersign join-device 'CODE'\n\n"
		       "with the whole code, the part behind # included.\n";
	if (strcmp(path, "/") == 0)
		return "This is a Countersign hub.\n";
	return NULL;
}

/* ---- what is handed over ------------------------------------------------ */

static enum cs_err
take_link(struct network *n, const struct cs_hand *h)
{
	const struct cs_channel_limits database = { HUB_TALK_MAX,
		HUB_TALK_WAITING };
	const struct cs_channel_limits files = { HUB_TALK_FILE_PIECE + CS_KIB,
		FILES_WAITING };
	const struct cs_channel_limits signer = { CS_MIB, CS_MIB };
	const struct cs_channel_limits tlog = { TLOG_MESSAGE, FILES_WAITING };
	const struct cs_channel_limits site = { SITE_MESSAGE, SITE_WAITING };
	const struct cs_view name = cs_view(h->bytes, h->length);

	if (cs_view_equal(name, cs_view_str(HUB_FILES))) {
		network_blobs_fail(n);
		cs_channel_free(n->files);
		return cs_channel_new(&n->files, h->fd, &files);
	}
	if (cs_view_equal(name, cs_view_str(HUB_TLOG))) {
		network_tlog_fail(n);
		cs_channel_free(n->tlog);
		return cs_channel_new(&n->tlog, h->fd, &tlog);
	}
	if (cs_view_equal(name, cs_view_str(HUB_SITE))) {
		network_site_fail(n);
		cs_channel_free(n->site);
		return cs_channel_new(&n->site, h->fd, &site);
	}
	if (cs_view_equal(name, cs_view_str(HUB_TLS))) {
		cs_channel_free(n->signer);
		return cs_channel_new(&n->signer, h->fd, &signer);
	}
	if (cs_view_equal(name, cs_view_str(HUB_DATABASE)) &&
	    n->database == NULL)
		return cs_channel_new(&n->database, h->fd, &database);
	close(h->fd);
	/* Another database does not know this process's connections: it begins
	 * anew. */
	return CS_ERR_CLOSED;
}

/* Whose pages come, and how; the socket comes by itself. */
static enum cs_err
take_web(struct network *n, const struct cs_hand *h)
{
	const int listener = n->web.listener;
	enum cs_err err = cs_hand_copy(&n->web, sizeof n->web, h);

	n->web.listener = listener;
	return err;
}

static enum cs_err
take(void *arg, struct cs_hand *h)
{
	struct network *n = arg;

	if (cs_hand_is(h, "link") && h->fd >= 0)
		return take_link(n, h);
	if (cs_hand_is(h, "listener") && h->fd >= 0 && n->listener < 0) {
		n->listener = h->fd;
		return CS_OK;
	}
	if (cs_hand_is(h, "web-listener") && h->fd >= 0 &&
	    n->web.listener < 0) {
		n->web.listener = h->fd;
		return CS_OK;
	}
	if (cs_hand_is(h, "page"))
		return network_page_take(n, h);
	if (h->fd >= 0)
		close(h->fd);
	if (cs_hand_is(h, "web"))
		return take_web(n, h);
	return cs_hand_is(h, "limits")
	    ? cs_hand_copy(&n->limits, sizeof n->limits, h)
	    : CS_OK;
}

/* ---- the loop ----------------------------------------------------------- */

static enum cs_err
serve_database(struct network *n)
{
	enum cs_err err = cs_channel_fill(n->database);
	struct cs_channel_message m;
	enum cs_err told = CS_OK;

	while (told == CS_OK && cs_channel_next(&m, n->database))
		told = m.kind == HUB_TALK_GRANT ? network_blob_granted(n, &m)
						: network_line_told(n, &m);
	return err ? err : told;
}

static void
leave_files(struct network *n)
{
	network_blobs_fail(n);
	cs_channel_free(n->files);
	n->files = NULL;
}

static void
serve_files(struct network *n)
{
	enum cs_err err = cs_channel_fill(n->files);
	struct cs_channel_message m;

	while (n->files != NULL && cs_channel_next(&m, n->files))
		if (network_blob_told(n, &m) != CS_OK) {
			err = CS_ERR_FORMAT;
			break;
		}
	if (err)
		leave_files(n);
}

static void
leave_tlog(struct network *n)
{
	network_tlog_fail(n);
	cs_channel_free(n->tlog);
	n->tlog = NULL;
}

static void
serve_tlog(struct network *n)
{
	enum cs_err err = cs_channel_fill(n->tlog);
	struct cs_channel_message m;

	while (err == CS_OK && cs_channel_next(&m, n->tlog))
		err = network_tlog_told(n, &m);
	if (err)
		leave_tlog(n);
}

static void
leave_site(struct network *n)
{
	network_site_fail(n);
	cs_channel_free(n->site);
	n->site = NULL;
}

static void
serve_site(struct network *n)
{
	enum cs_err err = cs_channel_fill(n->site);
	struct cs_channel_message m;

	while (err == CS_OK && cs_channel_next(&m, n->site))
		err = network_site_told(n, &m);
	if (err)
		leave_site(n);
}

/* Send what the round has made for the others. */
static enum cs_err
flush(struct network *n)
{
	if (n->files != NULL && cs_channel_flush(n->files) != CS_OK)
		leave_files(n);
	if (n->tlog != NULL && cs_channel_flush(n->tlog) != CS_OK)
		leave_tlog(n);
	if (n->site != NULL && cs_channel_flush(n->site) != CS_OK)
		leave_site(n);
	return cs_channel_flush(n->database);
}

static enum cs_err
run_round(struct network *n)
{
	bool behind = cs_channel_waiting(n->database) > NETWORK_BEHIND;
	struct pollfd p[] = {
		{ cs_part_socket(), POLLIN, 0 },
		cs_channel_watch(n->database),
		cs_channel_watch(n->files),
		cs_channel_watch(n->signer),
		cs_channel_watch(n->tlog),
		cs_channel_watch(n->site),
		{ behind ? -1 : cs_net_server_fd(n->server), POLLIN, 0 },
	};
	bool busy = !behind && cs_net_server_busy(n->server);
	enum cs_err err = CS_OK;

	(void)poll(p, sizeof p / sizeof *p, busy ? 0 : LOOK_MS);
	if (p[0].revents != 0 && (err = cs_part_take(n, take, false)))
		return err;
	if ((p[1].revents & ~POLLOUT) != 0 && (err = serve_database(n)))
		return err;
	if ((p[2].revents & ~POLLOUT) != 0 && n->files != NULL)
		serve_files(n);
	if ((p[4].revents & ~POLLOUT) != 0 && n->tlog != NULL)
		serve_tlog(n);
	if ((p[5].revents & ~POLLOUT) != 0 && n->site != NULL)
		serve_site(n);
	if ((p[3].revents & ~POLLOUT) != 0 || network_tls_fresh(n))
		err = network_tls_serve(n);
	if (err == CS_OK && !behind)
		err = cs_net_server_run(n->server, 0);
	return err ? err : flush(n);
}

/* ---- beginning and end -------------------------------------------------- */

static enum cs_err
make_server(struct network *n)
{
	const struct cs_net_server_config config = {
		.listener = n->listener,
		.limits = n->limits,
		.arg = n,
		.opened = network_line_opened,
		.frame_max = network_line_max,
		.frame = network_line_frame,
		.closed = network_line_closed,
		.blob_open = network_blob_open,
		.blob_write = network_blob_write,
		.blob_done = network_blob_done,
		.blob_read = network_blob_read,
		.blob_over = network_blob_over,
		.asks = network_asks,
		.ask = network_ask,
		.ask_bytes = network_ask_bytes,
		.ask_whole = network_ask_whole,
		.ask_over = network_ask_over,
		.ask_max = SITE_BODY_MAX,
		.web = &n->web,
		.page = page,
	};

	return cs_net_server_new(&n->server, &config);
}

/* Nobody is let in before there is a certificate. */
static enum cs_err
await_chain(struct network *n)
{
	struct cs_channel_message m;
	enum cs_err err = CS_OK;

	while (err == CS_OK && !n->own.fresh)
		if ((err = cs_channel_await(&m, n->signer, HUB_TALK_SIGN_MS)) ==
		    CS_OK)
			err = network_tls_keep(n, &m);
	return err ? err : network_tls_serve(n);
}

static enum cs_err
begin(struct network *n)
{
	const struct cs_confinement how = {
		.more = CS_CONFINE_ACCEPT,
		.stranger = true,
		.folder = -1,
	};
	struct cs_confined confined;
	enum cs_err err;

	if ((err = cs_part_begin(HUB_NETWORK)) || (err = cs_crypto_init()) ||
	    (err = cs_part_take(n, take, true)))
		return err;
	if (n->listener < 0 || n->database == NULL || n->signer == NULL)
		return CS_ERR_MISUSE;
	if ((err = make_server(n)) || (err = cs_confine(&confined, &how)) ||
	    (err = network_pages_read(n)) || (err = await_chain(n)))
		return err;
	return cs_part_ready();
}

int
hub_network_main(void)
{
	struct network n = {
		.listener = -1, .web.listener = -1, .pages_fd = { -1, -1 }
	};
	enum cs_err err = begin(&n);

	if (err)
		cs_part_failed(err);
	while (err == CS_OK)
		err = run_round(&n);
	/* The last answers are durable already. */
	cs_net_server_free(n.server);
	network_tls_free(&n);
	cs_channel_free(n.database);
	cs_channel_free(n.files);
	cs_slots_free(&n.lines);
	cs_channel_free(n.tlog);
	cs_channel_free(n.site);
	cs_slots_free(&n.requests);
	cs_slots_free(&n.asks);
	cs_slots_free(&n.visits);
	network_pages_free(&n);
	if (n.listener >= 0)
		close(n.listener);
	if (n.web.listener >= 0)
		close(n.web.listener);
	return err == CS_ERR_CLOSED ? 0 : 1;
}
