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

#include "fuzz/fuzz_say.h"
#include "fuzz/fuzz_want.h"
#include "net/client_http.h"
#include "wire/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum cs_err
move(void *arg, uint8_t *bytes, size_t n)
{
	size_t *moved = arg;

	fuzz_want(n != 0 && n <= CS_NET_FAR_PIECE_MAX);
	memset(bytes, 'x', n);
	*moved += n;
	return *moved < 100000 ? CS_OK : CS_ERR_DISK_FULL;
}

/* As a connection can fail, or what move() said. */
static void
check(enum cs_err err)
{
	fuzz_want(err == CS_OK || err == CS_ERR_NOMEM || err == CS_ERR_IO ||
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
	fuzz_want(t.moved <= moved && (!put || t.moved <= t.length));
	fuzz_want(err != CS_OK || t.status != 0);
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
		fuzz_want(got.len <= CS_WIRE_FRAME_MAX);
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

	if (size < 1 || size > FUZZ_SAY_MAX)
		return 0;
	fuzz_want(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	fuzz_want(cs_net_far_new(&far, pair[0], &config) == CS_OK);
	fuzz_say(pair[1], data + 1, size - 1);
	for (unsigned i = 0; i < 8; i++)
		if ((data[0] & 1u << i) != 0)
			call(far, i);
	cs_net_far_free(far);
	close(pair[1]);
	return 0;
}
