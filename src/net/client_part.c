/* SPDX-License-Identifier: MIT */
#include "net/client_part.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/reader.h"
#include "base/units.h"
#include "base/writer.h"
#include "crypto/init.h"
#include "crypto/tls_tickets.h"
#include "family/channel.h"
#include "family/confine.h"
#include "family/part.h"
#include "net/client.h"
#include "net/client_far.h"
#include "net/client_http.h"
#include "store/clock.h"
#include "wire/frame.h"
#include "wire/messages.h"

#define HOST_SIZE 256
#define PATH_SIZE 256
#define ADDRESSES_MAX 4
/* A hub whose name was looked up so long ago, and that answers no more, may
 * have moved. */
#define LOOKUP_MS (60 * CS_SECOND_MS)
/* For the other side to take a piece of a blob. */
#define PIECE_MS (10 * 60 * CS_SECOND_MS)
#define QUESTION_MAX (CS_WIRE_FRAME_MAX + (size_t)4 * CS_KIB)
#define WAITING_MAX (CS_WIRE_FRAME_MAX + (size_t)64 * CS_KIB)

/* The hub that was named first of all; there is no other. */
struct hub {
	char host[HOST_SIZE];
	int port;
	int timeout_ms;
	uint8_t root[32];
};

struct link {
	struct cs_channel *asks;
	uint64_t asked; /* the number of the question */
	struct hub hub;
	char addresses[ADDRESSES_MAX][INET_ADDRSTRLEN];
	size_t n_addresses;
	uint64_t looked_up_ms;
	struct cs_tls_tickets *tickets;
	struct cs_net_client *client; /* NULL before a hub was named */
	bool open;
	bool stale; /* to be started anew, and the name looked up again */
	struct cs_buf frame;
};

static uint64_t
now_ms(void)
{
	return cs_clock_us() / 1000;
}

/* ---- answering ---------------------------------------------------------- */

static enum cs_err
answer_with(struct link *l, enum cs_err err, int status, struct cs_view rest)
{
	const uint8_t head[3] = { (uint8_t)err, (uint8_t)(status >> 8),
		(uint8_t)status };
	const struct cs_view parts[] = { CS_VIEW_OF(head), rest };

	return cs_channel_put_parts(
	    l->asks, CS_NET_FAR_DONE, l->asked, parts, 2);
}

static enum cs_err
answer(struct link *l, enum cs_err err)
{
	return answer_with(l, err, 0, cs_view(NULL, 0));
}

/* ---- the hub ------------------------------------------------------------ */

static enum cs_err
read_hub(struct hub *out, struct cs_view in)
{
	struct cs_reader r = cs_reader(in);

	out->timeout_ms = (int)(cs_read_u32(&r) & INT32_MAX);
	out->port = cs_read_u16(&r);
	cs_read_copy(&r, out->root, sizeof out->root);
	cs_read_string(&r, out->host, sizeof out->host);
	return cs_reader_end(&r);
}

/* Look up the name; where nobody knows it, nobody answers. */
static void
look_up(struct link *l)
{
	const struct addrinfo hints = { .ai_family = AF_INET,
		.ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	/* RFC 6761, section 6.3. */
	const char *name =
	    strcmp(l->hub.host, "localhost") == 0 ? "127.0.0.1" : l->hub.host;

	l->looked_up_ms = now_ms();
	if (getaddrinfo(name, NULL, &hints, &found) != 0)
		return;
	for (struct addrinfo *a = found;
	     a != NULL && l->n_addresses < ADDRESSES_MAX; a = a->ai_next) {
		const struct sockaddr_in *in =
		    (const struct sockaddr_in *)(const void *)a->ai_addr;

		if (inet_ntop(AF_INET, &in->sin_addr,
			l->addresses[l->n_addresses],
			sizeof l->addresses[0]) != NULL)
			l->n_addresses++;
	}
	freeaddrinfo(found);
}

/*
 * Open all that has to be opened, and be confined.  The name is looked up
 * before, by a process that can read little and holds nothing: afterwards it
 * could not read where to ask.
 */
static enum cs_err
on_hub(struct link *l, struct cs_view in)
{
	const struct cs_confinement how = {
		.more = CS_CONFINE_CONNECT,
		.stranger = true,
		.folder = -1,
	};
	struct cs_net_client_config config = {
		.host = l->hub.host,
		.root_public = l->hub.root,
		.tickets = l->tickets,
	};
	struct cs_confined confined;
	enum cs_err err;

	if (l->client != NULL)
		return CS_ERR_FORMAT;
	if ((err = read_hub(&l->hub, in)))
		return err;
	config.port = l->hub.port;
	config.timeout_ms = l->hub.timeout_ms;
	if ((err = cs_net_client_new(&l->client, &config)))
		return err;
	(void)cs_confine_to_names();
	look_up(l);
	return cs_confine(&confined, &how);
}

/* One address after the other, in the time there is for all. */
static enum cs_err
connect_any(struct link *l)
{
	uint64_t end_ms = now_ms() + (uint64_t)l->hub.timeout_ms;
	enum cs_err err = CS_ERR_CLOSED;

	for (size_t i = 0; i < l->n_addresses; i++) {
		uint64_t now = now_ms(), left = end_ms > now ? end_ms - now : 0;
		int share = (int)(left / (l->n_addresses - i));

		err = cs_net_client_connect(l->client, l->addresses[i], share);
		if (err == CS_OK)
			return CS_OK;
		cs_net_client_hang_up(l->client);
		if (err != CS_ERR_CLOSED && err != CS_ERR_TIMEOUT)
			return err;
	}
	l->stale =
	    l->n_addresses == 0 || now_ms() - l->looked_up_ms >= LOOKUP_MS;
	return err;
}

static enum cs_err
on_open(struct link *l, struct cs_view in)
{
	enum cs_err err;

	if (l->open || l->client == NULL || in.len != 0)
		return CS_ERR_FORMAT;
	err = connect_any(l);
	l->open = err == CS_OK;
	return answer(l, err);
}

/* ---- questions between open and close ----------------------------------- */

static enum cs_err
on_close(struct link *l, struct cs_view in)
{
	if (in.len != 0)
		return CS_ERR_FORMAT;
	cs_net_client_hang_up(l->client);
	l->open = false;
	return answer(l, CS_OK);
}

static enum cs_err
on_send(struct link *l, struct cs_view in)
{
	return answer(l, cs_net_client_send(l->client, in));
}

static enum cs_err
on_recv(struct link *l, struct cs_view in)
{
	struct cs_reader r = cs_reader(in);
	uint32_t timeout_ms = cs_read_u32(&r);
	enum cs_err err;

	if (cs_reader_end(&r) != CS_OK || timeout_ms > INT32_MAX)
		return CS_ERR_FORMAT;
	err = cs_net_client_recv(l->client, &l->frame, (int)timeout_ms);
	return answer_with(
	    l, err, 0, err ? cs_view(NULL, 0) : cs_buf_view(&l->frame));
}

static enum cs_err
on_exporter(struct link *l, struct cs_view in)
{
	uint8_t exporter[32] = { 0 };
	enum cs_err err;

	if (in.len != 0)
		return CS_ERR_FORMAT;
	err = cs_net_client_exporter(l->client, exporter);
	err = answer_with(
	    l, err, 0, err ? cs_view(NULL, 0) : CS_VIEW_OF(exporter));
	cs_wipe(exporter, sizeof exporter);
	return err;
}

/* ---- blobs -------------------------------------------------------------- */

/* What the other side says to ${kind}; anything but ${want} ends the transfer.
 */
static enum cs_err
offer(struct cs_channel_message *m, struct link *l, enum cs_net_far_kind kind,
    struct cs_view bytes, enum cs_net_far_kind want)
{
	enum cs_err err;

	if ((err = cs_channel_put(l->asks, (uint8_t)kind, l->asked, bytes)) ||
	    (err = cs_channel_await(m, l->asks, PIECE_MS)))
		return err;
	if (m->about != l->asked)
		return CS_ERR_FORMAT;
	return m->kind == want ? CS_OK : CS_ERR_CLOSED;
}

static enum cs_err
move_out(void *arg, uint8_t *bytes, size_t n)
{
	struct cs_channel_message m;
	enum cs_err err = CS_OK;

	for (size_t at = 0; err == CS_OK && at < n;) {
		size_t piece = n - at < CS_NET_FAR_PIECE_MAX
		    ? n - at
		    : CS_NET_FAR_PIECE_MAX;

		err = offer(&m, arg, CS_NET_FAR_PIECE,
		    cs_view(bytes + at, piece), CS_NET_FAR_GO);
		at += piece;
	}
	return err;
}

static enum cs_err
move_in(void *arg, uint8_t *bytes, size_t n)
{
	const uint8_t want[4] = { (uint8_t)(n >> 24), (uint8_t)(n >> 16),
		(uint8_t)(n >> 8), (uint8_t)n };
	struct cs_channel_message m;
	enum cs_err err;

	if ((err = offer(
		 &m, arg, CS_NET_FAR_WANT, CS_VIEW_OF(want), CS_NET_FAR_BYTES)))
		return err;
	if (m.bytes.len != n)
		return CS_ERR_FORMAT;
	memcpy(bytes, m.bytes.data, n);
	return CS_OK;
}

static enum cs_err
on_transfer(struct link *l, enum cs_net_far_kind kind, struct cs_view in)
{
	char path[PATH_SIZE], token[CS_WIRE_TOKEN_MAX + 1];
	struct cs_net_transfer t = {
		.path = path,
		.token = token,
		.move = kind == CS_NET_FAR_GET ? move_out : move_in,
		.arg = l,
	};
	struct cs_reader r = cs_reader(in);
	enum cs_err err;

	t.offset = cs_read_u64(&r);
	t.length = cs_read_u64(&r);
	t.total = cs_read_u64(&r);
	cs_read_string(&r, path, sizeof path);
	cs_read_string(&r, token, sizeof token);
	if (cs_reader_end(&r) != CS_OK)
		return CS_ERR_FORMAT;
	err = kind == CS_NET_FAR_GET ? cs_net_client_get(l->client, &t)
				     : cs_net_client_put(l->client, &t);
	/* What the other side stopped has ended, for it. */
	if (err == CS_ERR_FORMAT)
		return err;
	return answer_with(l, err, t.status, cs_view(NULL, 0));
}

/* ---- the loop ----------------------------------------------------------- */

static enum cs_err
serve(struct link *l, const struct cs_channel_message *m)
{
	l->asked = m->about;
	if (m->kind == CS_NET_FAR_HUB)
		return on_hub(l, m->bytes);
	if (m->kind == CS_NET_FAR_OPEN)
		return on_open(l, m->bytes);
	if (!l->open)
		return CS_ERR_FORMAT;
	switch (m->kind) {
	case CS_NET_FAR_CLOSE:
		return on_close(l, m->bytes);
	case CS_NET_FAR_SEND:
		return on_send(l, m->bytes);
	case CS_NET_FAR_RECV:
		return on_recv(l, m->bytes);
	case CS_NET_FAR_EXPORTER:
		return on_exporter(l, m->bytes);
	case CS_NET_FAR_GET:
	case CS_NET_FAR_PUT:
		return on_transfer(l, (enum cs_net_far_kind)m->kind, m->bytes);
	default:
		return CS_ERR_FORMAT;
	}
}

static enum cs_err
take(void *arg, struct cs_hand *h)
{
	const struct cs_channel_limits limits = { QUESTION_MAX, WAITING_MAX };
	struct link *l = arg;

	if (cs_hand_is(h, "link") && h->fd >= 0 && l->asks == NULL)
		return cs_channel_new(&l->asks, h->fd, &limits);
	if (h->fd >= 0)
		close(h->fd);
	return CS_OK;
}

static enum cs_err
run_round(struct link *l)
{
	struct pollfd p[] = {
		{ cs_part_socket(), POLLIN, 0 },
		{ l->asks != NULL ? cs_channel_fd(l->asks) : -1, POLLIN, 0 },
	};
	struct cs_channel_message m;
	enum cs_err err;

	if (l->asks != NULL && cs_channel_waiting(l->asks) != 0)
		p[1].events |= POLLOUT;
	(void)poll(p, 2, -1);
	if (p[0].revents != 0 && (err = cs_part_take(l, take, false)))
		return err;
	if (l->asks == NULL)
		return CS_OK;
	if ((p[1].revents & ~POLLOUT) != 0 && (err = cs_channel_fill(l->asks)))
		return err;
	while (cs_channel_next(&m, l->asks))
		if ((err = serve(l, &m)))
			return err;
	err = cs_channel_flush(l->asks);
	return err == CS_OK && l->stale && cs_channel_waiting(l->asks) == 0
	    ? CS_ERR_CLOSED
	    : err;
}

int
cs_net_client_part_main(void)
{
	static struct link l;
	enum cs_err err;

	if ((err = cs_part_begin(CS_NET_CLIENT_PART)) ||
	    (err = cs_crypto_init()) ||
	    (err = cs_tls_tickets_new(&l.tickets)) ||
	    (err = cs_part_take(&l, take, true)) || (err = cs_part_ready()))
		cs_part_failed(err);
	while (err == CS_OK)
		err = run_round(&l);
	cs_net_client_close(l.client);
	cs_tls_tickets_free(l.tickets);
	cs_channel_free(l.asks);
	cs_buf_free(&l.frame);
	return err == CS_ERR_CLOSED ? 0 : 1;
}
