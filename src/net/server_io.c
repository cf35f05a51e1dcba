/* SPDX-License-Identifier: MIT */
#include "net/server_io.h"

#include <errno.h>
#include <sys/socket.h>

static enum cs_tls_io
failed(enum cs_tls_io wanted)
{
	return errno == EAGAIN || errno == EINTR ? wanted : CS_TLS_OVER;
}

enum cs_tls_io
net_io_read(struct cs_net_conn *c, uint8_t *out, size_t n, size_t *got)
{
	ssize_t came;

	if (c->tls != NULL)
		return cs_tls_read(c->tls, out, n, got);
	*got = 0;
	came = recv(c->fd, out, n, 0);
	if (came < 0)
		return failed(CS_TLS_WANT_READ);
	*got = (size_t)came;
	return came == 0 ? CS_TLS_OVER : CS_TLS_DONE;
}

enum cs_tls_io
net_io_write(struct cs_net_conn *c, struct cs_view bytes, size_t *put)
{
	ssize_t gone;

	if (c->tls != NULL)
		return cs_tls_write(c->tls, bytes, put);
	*put = 0;
	gone = send(c->fd, bytes.data, bytes.len, MSG_NOSIGNAL);
	if (gone < 0)
		return failed(CS_TLS_WANT_WRITE);
	*put = (size_t)gone;
	return CS_TLS_DONE;
}

bool
net_io_pending(const struct cs_net_conn *c)
{
	return c->tls != NULL && cs_tls_pending(c->tls);
}

void
net_io_bye(struct cs_net_conn *c)
{
	if (c->tls != NULL)
		cs_tls_bye(c->tls);
}
