/* SPDX-License-Identifier: MIT */
/*
 * Requests come from network processes, each with a pass that the database gave
 * it.  Of a body that is written so many bytes are on their way as fit into the
 * window; of one that is read, as many as were asked for.
 */
#include "hub/files/files.h"

#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "crypto/hash.h"
#include "crypto/init.h"
#include "family/channel.h"
#include "family/confine.h"
#include "family/part.h"
#include "family/slots.h"
#include "hub/files/folder.h"
#include "store/clock.h"

#define LINKS_MAX 64
#define REQUESTS_MAX 65536 /* on a link */
#define WAITING ((size_t)64 << 20)
/* Nothing is read from disk for a link on which so much waits already. */
#define WAITING_ENOUGH ((size_t)4 << 20)
#define SWEEP_MS CS_MINUTE_MS

struct files;

struct network {
	struct files *files;
	struct cs_channel *channel; /* NULL: there is none */
	struct cs_slots transfers;
};

/* One request. */
struct transfer {
	struct network *network;
	uint64_t number;
	struct hub_pass pass;
	struct hub_writing writing;
	int fd;            /* that is read; -1 */
	uint64_t done;     /* bytes that were read */
	uint64_t wanted;   /* that may be sent, in all */
	uint64_t question; /* to the database; 0: none */
};

struct files {
	int folder_fd;
	struct hub_folder *folder;
	struct cs_channel *database;
	struct hub_talk_terms terms;
	bool have_terms;
	struct network networks[LINKS_MAX];
	struct cs_slots questions; /* transfers that wait for the database */
	uint64_t swept_ms;
};

/* ---- transfers ---------------------------------------------------------- */

static void
tell_status(const struct transfer *t, int32_t status)
{
	/* What cannot be queued ends the link, at its next turn. */
	(void)!cs_channel_put(t->network->channel, HUB_TALK_STATUS, t->number,
	    HUB_TALK_OF(status));
}

/* It is over; what is written stays, for who goes on. */
static void
end_transfer(struct transfer *t)
{
	struct files *f = t->network->files;

	if (t->writing.upload != NULL)
		(void)hub_writing_end(
		    &t->writing, f->folder, &t->pass, false, cs_clock_ms());
	if (t->fd >= 0)
		close(t->fd);
	if (t->question != 0)
		cs_slots_remove(&f->questions, t->question);
	cs_slots_remove(&t->network->transfers, t->number);
	cs_free(t, sizeof *t);
}

static void
answer(struct transfer *t, int32_t status)
{
	tell_status(t, status);
	end_transfer(t);
}

/* Did the database let it do this, just now? */
static bool
is_granted(const struct files *f, const struct hub_talk_grant *grant)
{
	const struct cs_view pass = HUB_TALK_OF(grant->pass);
	uint8_t mac[CS_HASH_LEN];

	return f->have_terms && grant->pass.put <= 1 &&
	    cs_hmac_parts(mac, CS_SHA256, CS_VIEW_OF(f->terms.key), &pass, 1) ==
	    CS_OK &&
	    cs_equal_ct(mac, grant->mac, sizeof mac) &&
	    grant->pass.until_ms >= cs_clock_ms();
}

static int
begin_transfer(struct transfer *t, const struct hub_talk_grant *grant)
{
	struct files *f = t->network->files;

	if (!is_granted(f, grant))
		return 401;
	t->pass = grant->pass;
	if (t->pass.put)
		return hub_writing_begin(
		    &t->writing, f->folder, &t->pass, cs_clock_ms());
	t->fd = hub_folder_read(f->folder, t->pass.id);
	return t->fd >= 0 ? 0 : 404;
}

/* false: no process of ours says that. */
static bool
on_begin(struct network *n, uint64_t number, struct cs_view bytes)
{
	struct transfer *t = cs_calloc(1, sizeof *t);
	struct hub_talk_grant grant;
	int status;

	if (t == NULL || !hub_talk_copy(&grant, sizeof grant, bytes) ||
	    cs_slots_put(&n->transfers, number, t, REQUESTS_MAX) != CS_OK) {
		cs_free(t, sizeof *t);
		return false;
	}
	t->network = n;
	t->number = number;
	t->fd = -1;
	if ((status = begin_transfer(t, &grant)) != 0)
		answer(t, status);
	else
		tell_status(t, 0);
	return true;
}

static void
on_bytes(struct transfer *t, struct cs_view bytes)
{
	uint64_t n = bytes.len;
	int status = hub_writing_add(&t->writing, bytes);

	if (status != 0)
		answer(t, status);
	else
		(void)!cs_channel_put(t->network->channel, HUB_TALK_TAKEN,
		    t->number, HUB_TALK_OF(n));
}

/* The body is over: the database notes what is whole before anybody is told. */
static void
on_whole(struct transfer *t)
{
	struct files *f = t->network->files;
	int status = hub_writing_end(
	    &t->writing, f->folder, &t->pass, true, cs_clock_ms());

	if (status != 201) {
		answer(t, status);
		return;
	}
	t->question = cs_slots_add(&f->questions, t);
	if (t->question == 0 || f->database == NULL ||
	    cs_channel_put(f->database, HUB_TALK_COMPLETE, t->question,
		CS_VIEW_OF(t->pass.id)) != CS_OK)
		answer(t, 507);
}

/* Send what is wanted, as far as the link takes it. */
static void
go_on_reading(struct transfer *t)
{
	uint8_t piece[HUB_TALK_FILE_PIECE];

	while (t->done < t->wanted && t->done < t->pass.length &&
	    cs_channel_waiting(t->network->channel) < WAITING_ENOUGH) {
		uint64_t want = t->pass.length - t->done;
		ssize_t n;

		if (want > t->wanted - t->done)
			want = t->wanted - t->done;
		n = pread(t->fd, piece,
		    want < sizeof piece ? (size_t)want : sizeof piece,
		    (off_t)(t->pass.offset + t->done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			answer(t, 500);
			return;
		}
		t->done += (uint64_t)n;
		(void)!cs_channel_put(t->network->channel, HUB_TALK_BYTES,
		    t->number, cs_view(piece, (size_t)n));
	}
	if (t->done == t->pass.length)
		end_transfer(t);
}

/* ---- links -------------------------------------------------------------- */

/* false: no process of ours says that. */
static bool
on_message(struct network *n, const struct cs_channel_message *m)
{
	struct transfer *t = cs_slots_get(&n->transfers, m->about);
	uint64_t more;

	if (m->kind == HUB_TALK_BEGIN)
		return t == NULL && on_begin(n, m->about, m->bytes);
	/* It may have ended here while they were under way. */
	if (t == NULL)
		return m->kind == HUB_TALK_BYTES || m->kind == HUB_TALK_WHOLE ||
		    m->kind == HUB_TALK_MORE || m->kind == HUB_TALK_DROP;
	switch (m->kind) {
	case HUB_TALK_BYTES:
		if (!t->pass.put || t->question != 0)
			return false;
		on_bytes(t, m->bytes);
		return true;
	case HUB_TALK_WHOLE:
		if (!t->pass.put || t->question != 0)
			return false;
		on_whole(t);
		return true;
	case HUB_TALK_MORE:
		if (t->pass.put ||
		    !hub_talk_copy(&more, sizeof more, m->bytes) ||
		    more > HUB_TALK_FILE_WINDOW)
			return false;
		t->wanted += more;
		return true;
	case HUB_TALK_DROP:
		end_transfer(t);
		return true;
	default:
		return false;
	}
}

static void
end_network(struct network *n)
{
	struct transfer *t;
	size_t at = 0;

	cs_channel_free(n->channel);
	n->channel = NULL;
	while ((t = cs_slots_each(&n->transfers, &at)) != NULL)
		end_transfer(t);
	cs_slots_free(&n->transfers);
}

static void
serve_network(struct network *n)
{
	enum cs_err err = cs_channel_fill(n->channel);
	struct cs_channel_message m;

	while (cs_channel_next(&m, n->channel))
		if (!on_message(n, &m)) {
			err = CS_ERR_FORMAT;
			break;
		}
	if (err)
		end_network(n);
}

static void
send_pieces(struct network *n)
{
	struct transfer *t;
	size_t at = 0;

	while ((t = cs_slots_each(&n->transfers, &at)) != NULL)
		if (t->fd >= 0)
			go_on_reading(t);
	if (cs_channel_flush(n->channel) != CS_OK)
		end_network(n);
}

static void
leave_database(struct files *f)
{
	struct transfer *t;
	size_t at = 0;

	cs_channel_free(f->database);
	f->database = NULL;
	/* Whether it noted them is not known: they come again. */
	while ((t = cs_slots_each(&f->questions, &at)) != NULL)
		answer(t, 507);
}

static enum cs_err
on_database(struct files *f, const struct cs_channel_message *m)
{
	struct transfer *t;
	int32_t status;

	switch (m->kind) {
	case HUB_TALK_TERMS:
		if (!hub_talk_copy(&f->terms, sizeof f->terms, m->bytes))
			return CS_ERR_FORMAT;
		f->have_terms = true;
		hub_folder_bound(
		    f->folder, f->terms.uploads, f->terms.uploads_all);
		return CS_OK;
	case HUB_TALK_REMOVE:
		if (m->bytes.len != CS_ID_LEN)
			return CS_ERR_FORMAT;
		hub_folder_remove(f->folder, m->bytes.data);
		return CS_OK;
	case HUB_TALK_NOTED:
		if (!hub_talk_copy(&status, sizeof status, m->bytes))
			return CS_ERR_FORMAT;
		t = cs_slots_get(&f->questions, m->about);
		if (t != NULL)
			answer(t, status);
		return CS_OK;
	default:
		return CS_ERR_FORMAT;
	}
}

static void
serve_database(struct files *f)
{
	enum cs_err err = cs_channel_fill(f->database);
	struct cs_channel_message m;

	while (err == CS_OK && cs_channel_next(&m, f->database))
		err = on_database(f, &m);
	if (err == CS_OK)
		err = cs_channel_flush(f->database);
	if (err)
		leave_database(f);
}

/* ---- what is handed over ------------------------------------------------ */

static enum cs_err
take_link(struct files *f, const struct cs_hand *h)
{
	const struct cs_channel_limits limits = { CS_MIB, WAITING };
	const struct cs_view name = cs_view(h->bytes, h->length);
	struct network *n;

	if (cs_view_equal(name, cs_view_str(HUB_DATABASE))) {
		leave_database(f);
		return cs_channel_new(&f->database, h->fd, &limits);
	}
	if (!cs_view_equal(name, cs_view_str(HUB_NETWORK)) ||
	    h->number >= LINKS_MAX) {
		close(h->fd);
		return CS_ERR_FORMAT;
	}
	n = &f->networks[h->number];
	end_network(n);
	n->files = f;
	return cs_channel_new(&n->channel, h->fd, &limits);
}

static enum cs_err
take(void *arg, struct cs_hand *h)
{
	struct files *f = arg;

	if (cs_hand_is(h, "link") && h->fd >= 0)
		return take_link(f, h);
	if (cs_hand_is(h, "blobs") && h->fd >= 0 && f->folder_fd < 0) {
		f->folder_fd = h->fd;
		return hub_folder_new(&f->folder, f->folder_fd);
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
run_round(struct files *f)
{
	struct pollfd p[LINKS_MAX + 2] = {
		{ cs_part_socket(), POLLIN, 0 },
		{ -1, POLLIN, 0 },
	};
	uint64_t now = cs_clock_ms();
	enum cs_err err;

	if (f->database != NULL)
		p[1] = (struct pollfd){ cs_channel_fd(f->database),
			wanted(f->database), 0 };
	for (size_t i = 0; i < LINKS_MAX; i++) {
		struct cs_channel *c = f->networks[i].channel;

		p[i + 2] = (struct pollfd){ c != NULL ? cs_channel_fd(c) : -1,
			c != NULL ? wanted(c) : (short)0, 0 };
	}
	(void)poll(p, LINKS_MAX + 2, (int)SWEEP_MS);
	if (p[0].revents != 0 && (err = cs_part_take(f, take, false)))
		return err;
	for (size_t i = 0; i < LINKS_MAX; i++)
		if ((p[i + 2].revents & ~POLLOUT) != 0 &&
		    f->networks[i].channel != NULL)
			serve_network(&f->networks[i]);
	if (f->database != NULL && p[1].revents != 0)
		serve_database(f);
	for (size_t i = 0; i < LINKS_MAX; i++)
		if (f->networks[i].channel != NULL)
			send_pieces(&f->networks[i]);
	if (f->database != NULL && cs_channel_flush(f->database) != CS_OK)
		leave_database(f);
	if (now - f->swept_ms >= SWEEP_MS) {
		f->swept_ms = now;
		hub_folder_sweep(f->folder, now);
	}
	return CS_OK;
}

static enum cs_err
begin(struct files *f)
{
	struct cs_confinement how = { .more = CS_CONFINE_FILES };
	struct cs_confined confined;
	struct stat st;
	enum cs_err err;

	if ((err = cs_part_begin(HUB_FILES)) || (err = cs_crypto_init()) ||
	    (err = cs_part_take(f, take, true)))
		return err;
	if (f->folder == NULL || fstat(f->folder_fd, &st) != 0)
		return CS_ERR_NOT_FOUND;
	how.folder = f->folder_fd;
	how.uid = st.st_uid;
	if ((err = cs_confine(&confined, &how)))
		return err;
	return cs_part_ready();
}

int
hub_files_main(void)
{
	static struct files f = { .folder_fd = -1 };
	enum cs_err err = begin(&f);

	if (err)
		cs_part_failed(err);
	while (err == CS_OK)
		err = run_round(&f);
	leave_database(&f);
	for (size_t i = 0; i < LINKS_MAX; i++)
		end_network(&f.networks[i]);
	cs_slots_free(&f.questions);
	hub_folder_free(f.folder);
	cs_wipe(&f.terms, sizeof f.terms);
	return err == CS_ERR_CLOSED ? 0 : 1;
}
