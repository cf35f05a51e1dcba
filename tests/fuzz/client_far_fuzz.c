/* SPDX-License-Identifier: MIT */
/*
 * What a process that has a connection says to the one that asks
 * (net/client_far.h).
 *
 * An input is a byte, whose bits pick calls, and then messages:
 *
 *	u8 kind, u8 about which question, u16 length, bytes
 */
#include "net/client_far.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/client_http.h"
#include "wire/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST 60000 /* which a socket keeps for who does not read */

static void
want(bool holds)
{
	if (!holds)
		abort();
}

static void
say(int fd, const uint8_t *data, size_t size)
{
	while (size >= 4) {
		uint32_t length = (uint32_t)data[2] << 8 | data[3];
		uint64_t about = data[1];
		uint8_t head[13];
		size_t n = length < size - 4 ? length : size - 4;

		memcpy(head, &length, sizeof length);
		head[4] = data[0];
		memcpy(head + 5, &about, sizeof about);
		want(send(fd, head, sizeof head, 0) == (ssize_t)sizeof head);
		want(send(fd, data + 4, n, 0) == (ssize_t)n);
		data += 4 + n;
		size -= 4 + n;
	}
	shutdown(fd, SHUT_WR);
}

static enum cs_err
move(void *arg, uint8_t *bytes, size_t n)
{
	size_t *moved = arg;

	want(n != 0 && n <= CS_NET_FAR_PIECE_MAX);
	memset(bytes, 'x', n);
	*moved += n;
	return *moved < 100000 ? CS_OK : CS_ERR_DISK_FULL;
}

/* As a connection can fail, or what move() said. */
static void
check(enum cs_err err)
{
	want(err == CS_OK || err == CS_ERR_NOMEM || err == CS_ERR_IO ||
	    err == CS_ERR_TIMEOUT || err == CS_ERR_CLOSED ||
	    err == CS_ERR_CERT || err == CS_ERR_EXPIRED ||
	    err == CS_ERR_MISMATCH || err == CS_ERR_CRYPTO ||
	    err == CS_ERR_DISK_FULL);
}

static void
transfer(struct cs_net_far *far, bool put)
{
	size_t moved = 0;
	struct cs_net_transfer t = {
		.path = "/b/00",
		.token = "token",
		.length = 70000,
		.total = 70000,
		.move = move,
		.arg = &moved,
	};
	enum cs_err err =
	    put ? cs_net_far_put(far, &t) : cs_net_far_get(far, &t);

	check(err);
	want(t.moved <= moved && (!put || t.moved <= t.length));
	want(err != CS_OK || t.status != 0);
}

static void
call(struct cs_net_far *far, unsigned which)
{
	struct cs_buf got = { 0 };
	uint8_t exporter[32];

	switch (which) {
	case 0:
		check(cs_net_far_open(far));
		break;
	case 1:
		check(cs_net_far_send(far, cs_view(exporter, 0)));
		break;
	case 2:
	case 6:
		check(cs_net_far_recv(far, &got, 1));
		want(got.len <= CS_WIRE_FRAME_MAX);
		cs_buf_free(&got);
		break;
	case 3:
		check(cs_net_far_exporter(far, exporter));
		break;
	case 4:
	case 5:
		transfer(far, which == 5);
		break;
	default:
		cs_net_far_close(far);
		check(cs_net_far_open(far));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t root[32] = { 0 };
	const struct cs_net_client_config config = {
		.host = "localhost",
		.port = 1,
		.root_public = root,
		.timeout_ms = 1,
	};
	struct cs_net_far *far;
	int pair[2];

	if (size < 1 || size > MOST)
		return 0;
	want(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	want(cs_net_far_new(&far, pair[0], &config) == CS_OK);
	say(pair[1], data + 1, size - 1);
	for (unsigned i = 0; i < 8; i++)
		if ((data[0] & 1u << i) != 0)
			call(far, i);
	cs_net_far_free(far);
	close(pair[1]);
	return 0;
}
