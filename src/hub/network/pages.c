/* SPDX-License-Identifier: MIT */
#include "hub/network/pages.h"

#include <unistd.h>

#include "family/part.h"
#include "store/file.h"

static void
show(struct network *n)
{
	if (n->server != NULL)
		cs_net_server_show(n->server, n->shown[0], n->shown[1]);
}

/* Is it the one that is there already?  Its bytes are not the same memory. */
static bool
is_shown(const struct network *n, uint32_t number, const struct cs_release *r)
{
	const struct cs_release *before = n->shown[number];

	return before != NULL &&
	    memcmp(before->hash, r->hash, sizeof r->hash) == 0;
}

static enum cs_err
read_release(struct network *n, uint32_t number, int fd)
{
	struct cs_buf pack = { .max = CS_RELEASE_PACK_MAX };
	struct cs_release *r = NULL;
	enum cs_err err = cs_file_read_fd(&pack, fd, CS_RELEASE_PACK_MAX);

	close(fd);
	if (err == CS_OK)
		err = cs_release_open(&r, &pack);
	cs_buf_free(&pack);
	if (err) {
		cs_part_tell("page", err, "");
		return CS_OK;
	}
	if (is_shown(n, number, r)) {
		cs_release_drop(r);
		return CS_OK;
	}
	cs_release_drop(n->shown[number]);
	n->shown[number] = r;
	show(n);
	return CS_OK;
}

enum cs_err
network_page_take(struct network *n, const struct cs_hand *h)
{
	if (h->number >= 2 || h->fd < 0) {
		if (h->fd >= 0)
			close(h->fd);
		return CS_ERR_FORMAT;
	}
	if (n->confined)
		return read_release(n, h->number, h->fd);
	if (n->pages_fd[h->number] >= 0)
		close(n->pages_fd[h->number]);
	n->pages_fd[h->number] = h->fd;
	return CS_OK;
}

enum cs_err
network_pages_read(struct network *n)
{
	enum cs_err err = CS_OK;

	n->confined = true;
	for (uint32_t i = 0; err == CS_OK && i < 2; i++)
		if (n->pages_fd[i] >= 0) {
			err = read_release(n, i, n->pages_fd[i]);
			n->pages_fd[i] = -1;
		}
	return err;
}

void
network_pages_free(struct network *n)
{
	for (int i = 0; i < 2; i++)
		cs_release_drop(n->shown[i]);
}
