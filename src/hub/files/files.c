/* SPDX-License-Identifier: MIT */
#include "hub/files/files.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/init.h"
#include "family/confine.h"
#include "family/part.h"
#include "hub/files/transfers.h"
#include "store/clock.h"

#define LINKS_MAX 64
#define WAITING ((size_t)64 << 20)
#define SWEEP_MS CS_MINUTE_MS

struct process {
	int folder_fd;
	struct files files;
	struct files_link links[LINKS_MAX];
	uint64_t swept_ms;
};

/* ---- what is handed over ------------------------------------------------ */

static enum cs_err
take_link(struct process *p, const struct cs_hand *h)
{
	const struct cs_channel_limits limits = { CS_MIB, WAITING };
	const struct cs_view name = cs_view(h->bytes, h->length);
	struct files_link *l;

	if (cs_view_equal(name, cs_view_str(HUB_DATABASE))) {
		files_database_leave(&p->files);
		return cs_channel_new(&p->files.database, h->fd, &limits);
	}
	if (!cs_view_equal(name, cs_view_str(HUB_NETWORK)) ||
	    h->number >= LINKS_MAX) {
		close(h->fd);
		return CS_ERR_FORMAT;
	}
	l = &p->links[h->number];
	files_link_end(l);
	l->files = &p->files;
	return cs_channel_new(&l->channel, h->fd, &limits);
}

static enum cs_err
take(void *arg, struct cs_hand *h)
{
	struct process *p = arg;

	if (cs_hand_is(h, "link") && h->fd >= 0)
		return take_link(p, h);
	if (cs_hand_is(h, "blobs") && h->fd >= 0 && p->folder_fd < 0) {
		p->folder_fd = h->fd;
		return hub_folder_new(&p->files.folder, p->folder_fd);
	}
	if (h->fd >= 0)
		close(h->fd);
	return CS_OK;
}

/* ---- the loop ----------------------------------------------------------- */

static short
wanted(const struct cs_channel *c)
{
	return (short)(POLLIN | (cs_channel_waiting(c) != 0 ? POLLOUT : 0));
}

static enum cs_err
run_round(struct process *p)
{
	struct files *f = &p->files;
	struct pollfd polled[LINKS_MAX + 2] = {
		{ cs_part_socket(), POLLIN, 0 },
		{ -1, POLLIN, 0 },
	};
	uint64_t now = cs_clock_ms();
	enum cs_err err;

	if (f->database != NULL)
		polled[1] = (struct pollfd){ cs_channel_fd(f->database),
			wanted(f->database), 0 };
	for (size_t i = 0; i < LINKS_MAX; i++) {
		struct cs_channel *c = p->links[i].channel;

		polled[i + 2] =
		    (struct pollfd){ c != NULL ? cs_channel_fd(c) : -1,
			    c != NULL ? wanted(c) : (short)0, 0 };
	}
	(void)poll(polled, LINKS_MAX + 2, (int)SWEEP_MS);
	if (polled[0].revents != 0 && (err = cs_part_take(p, take, false)))
		return err;
	for (size_t i = 0; i < LINKS_MAX; i++)
		if ((polled[i + 2].revents & ~POLLOUT) != 0 &&
		    p->links[i].channel != NULL)
			files_link_serve(&p->links[i]);
	if (f->database != NULL && polled[1].revents != 0)
		files_database_serve(f);
	for (size_t i = 0; i < LINKS_MAX; i++)
		if (p->links[i].channel != NULL)
			files_link_send(&p->links[i]);
	if (f->database != NULL && cs_channel_flush(f->database) != CS_OK)
		files_database_leave(f);
	if (now - p->swept_ms >= SWEEP_MS) {
		p->swept_ms = now;
		hub_folder_sweep(f->folder, now);
	}
	return CS_OK;
}

static enum cs_err
begin(struct process *p)
{
	struct cs_confinement how = { .more = CS_CONFINE_FILES };
	struct cs_confined confined;
	struct stat st;
	enum cs_err err;

	if ((err = cs_part_begin(HUB_FILES)) || (err = cs_crypto_init()) ||
	    (err = cs_part_take(p, take, true)))
		return err;
	if (p->files.folder == NULL || fstat(p->folder_fd, &st) != 0)
		return CS_ERR_NOT_FOUND;
	how.folder = p->folder_fd;
	how.uid = st.st_uid;
	if ((err = cs_confine(&confined, &how)))
		return err;
	return cs_part_ready();
}

int
hub_files_main(void)
{
	static struct process p = { .folder_fd = -1 };
	enum cs_err err = begin(&p);

	if (err)
		cs_part_failed(err);
	while (err == CS_OK)
		err = run_round(&p);
	files_database_leave(&p.files);
	for (size_t i = 0; i < LINKS_MAX; i++)
		files_link_end(&p.links[i]);
	cs_slots_free(&p.files.questions);
	hub_folder_free(p.files.folder);
	cs_wipe(&p.files.terms, sizeof p.files.terms);
	return err == CS_ERR_CLOSED ? 0 : 1;
}
