/* SPDX-License-Identifier: MIT */
#include "hub/files/transfers.h"

#include <errno.h>
#include <unistd.h>

#include "base/alloc.h"
#include "crypto/hash.h"
#include "store/clock.h"

#define REQUESTS_MAX 65536 /* on a link */
/* Nothing is read from disk for a link on which so much waits already. */
#define WAITING_ENOUGH ((size_t)4 << 20)

/* One request. */
struct transfer {
	struct files_link *link;
	uint64_t number;
	struct hub_pass pass;
	struct hub_writing writing;
	int fd;            /* that is read; -1 */
	uint64_t done;     /* bytes that were read or have come */
	uint64_t wanted;   /* that may be sent, in all */
	uint64_t question; /* to the database; 0: none */
};

/* ---- transfers ---------------------------------------------------------- */

static void
tell_status(const struct transfer *t, int32_t status)
{
	/* What cannot be queued ends the link, at its next turn. */
	(void)!cs_channel_put(
	    t->link->channel, HUB_TALK_STATUS, t->number, HUB_TALK_OF(status));
}

/* It is over; what is written stays, for who goes on. */
static void
end_transfer(struct transfer *t)
{
	struct files *f = t->link->files;

	if (t->writing.upload != NULL)
		(void)hub_writing_end(
		    &t->writing, f->folder, &t->pass, false, cs_clock_ms());
	if (t->fd >= 0)
		close(t->fd);
	if (t->question != 0)
		cs_slots_remove(&f->questions, t->question);
	cs_slots_remove(&t->link->transfers, t->number);
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
	struct files *f = t->link->files;

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
on_begin(struct files_link *l, uint64_t number, struct cs_view bytes)
{
	struct transfer *t = cs_calloc(1, sizeof *t);
	struct hub_talk_grant grant;
	int status;

	if (t == NULL || !hub_talk_copy(&grant, sizeof grant, bytes) ||
	    cs_slots_put(&l->transfers, number, t, REQUESTS_MAX) != CS_OK) {
		cs_free(t, sizeof *t);
		return false;
	}
	t->link = l;
	t->number = number;
	t->fd = -1;
	if ((status = begin_transfer(t, &grant)) != 0)
		answer(t, status);
	else
		tell_status(t, 0);
	return true;
}

/* false: more than the pass is for; it would fill the disk. */
static bool
on_bytes(struct transfer *t, struct cs_view bytes)
{
	uint64_t n = bytes.len;
	int status;

	if (n > t->pass.length - t->done)
		return false;
	t->done += n;
	if ((status = hub_writing_add(&t->writing, bytes)) != 0)
		answer(t, status);
	else
		(void)!cs_channel_put(t->link->channel, HUB_TALK_TAKEN,
		    t->number, HUB_TALK_OF(n));
	return true;
}

/* The body is over: the database notes what is whole before anybody is told. */
static void
on_whole(struct transfer *t)
{
	struct files *f = t->link->files;
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
	    cs_channel_waiting(t->link->channel) < WAITING_ENOUGH) {
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
		(void)!cs_channel_put(t->link->channel, HUB_TALK_BYTES,
		    t->number, cs_view(piece, (size_t)n));
	}
	if (t->done == t->pass.length)
		end_transfer(t);
}

/* ---- links -------------------------------------------------------------- */

/* false: no process of ours says that. */
static bool
on_message(struct files_link *l, const struct cs_channel_message *m)
{
	struct transfer *t = cs_slots_get(&l->transfers, m->about);
	uint64_t more;

	if (m->kind == HUB_TALK_BEGIN)
		return t == NULL && on_begin(l, m->about, m->bytes);
	/* It may have ended here while they were under way. */
	if (t == NULL)
		return m->kind == HUB_TALK_BYTES || m->kind == HUB_TALK_WHOLE ||
		    m->kind == HUB_TALK_MORE || m->kind == HUB_TALK_DROP;
	switch (m->kind) {
	case HUB_TALK_BYTES:
		if (!t->pass.put || t->question != 0)
			return false;
		return on_bytes(t, m->bytes);
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

void
files_link_serve(struct files_link *l)
{
	enum cs_err err = cs_channel_fill(l->channel);
	struct cs_channel_message m;

	while (cs_channel_next(&m, l->channel))
		if (!on_message(l, &m)) {
			err = CS_ERR_FORMAT;
			break;
		}
	if (err)
		files_link_end(l);
}

void
files_link_send(struct files_link *l)
{
	struct transfer *t;
	size_t at = 0;

	while ((t = cs_slots_each(&l->transfers, &at)) != NULL)
		if (t->fd >= 0)
			go_on_reading(t);
	if (cs_channel_flush(l->channel) != CS_OK)
		files_link_end(l);
}

void
files_link_end(struct files_link *l)
{
	struct transfer *t;
	size_t at = 0;

	cs_channel_free(l->channel);
	l->channel = NULL;
	while ((t = cs_slots_each(&l->transfers, &at)) != NULL)
		end_transfer(t);
	cs_slots_free(&l->transfers);
}

/* ---- the database ------------------------------------------------------- */

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

void
files_database_serve(struct files *f)
{
	enum cs_err err = cs_channel_fill(f->database);
	struct cs_channel_message m;

	while (err == CS_OK && cs_channel_next(&m, f->database))
		err = on_database(f, &m);
	if (err == CS_OK)
		err = cs_channel_flush(f->database);
	if (err)
		files_database_leave(f);
}

void
files_database_leave(struct files *f)
{
	struct transfer *t;
	size_t at = 0;

	cs_channel_free(f->database);
	f->database = NULL;
	/* Whether it noted them is not known: they come again. */
	while ((t = cs_slots_each(&f->questions, &at)) != NULL)
		answer(t, 507);
}
