/* SPDX-License-Identifier: MIT */
#include "hub/tlog/tlog.h"

#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "crypto/init.h"
#include "family/channel.h"
#include "family/confine.h"
#include "family/part.h"
#include "franking/cert.h"
#include "franking/tlog_entry.h"
#include "hub/talk/talk.h"
#include "hub/tlog/witnessed.h"
#include "store/clock.h"
#include "store/file.h"
#include "store/tlog_folder.h"
#include "store/tlog_writer.h"

#define LINKS_MAX 64
#define DATABASE_MESSAGE                                                       \
	(HUB_TALK_TLOG_MOST * (size_t)(1 + CS_TLOG_ENTRY_LONGEST))
#define WAITING ((size_t)64 << 20)
/* That a witness disagrees and proves nothing is said so often. */
#define TELL_AGAIN_MS CS_HOUR_MS

struct process {
	int folder_fd;
	char origin[CS_NOTE_NAME_MAX + 1];
	struct cs_buf key_file;
	struct cs_sign_key key;
	struct cs_note_key note_key;
	struct cs_tlog_writer *writer;
	struct cs_tlog_folder public;
	struct cs_channel *database, *witness, *links[LINKS_MAX];
	bool not_told;                 /* the database, how long the log is */
	struct cs_tlog_policy *policy; /* NULL: there are no witnesses */
	struct hub_witnessed *witnessed;
	char cosigned[64]; /* path */
	uint64_t number;   /* that was given to the witness's process last */
	uint64_t disagreed_ms;
};

/* ---- what is handed over ------------------------------------------------ */

static enum cs_err
take_link(struct process *p, const struct cs_hand *h)
{
	const struct cs_channel_limits database = { DATABASE_MESSAGE, CS_MIB };
	const struct cs_channel_limits network = { CS_TLOG_PATH_SIZE, WAITING };
	const struct cs_channel_limits witness = { CS_TLOG_NOTE_MAX + CS_KIB,
		CS_MIB };
	const struct cs_view name = cs_view(h->bytes, h->length);

	if (cs_view_equal(name, cs_view_str(HUB_DATABASE))) {
		cs_channel_free(p->database);
		/* Its address says nothing: it may be that of the one before.
		 */
		p->not_told = true;
		return cs_channel_new(&p->database, h->fd, &database);
	}
	if (cs_view_equal(name, cs_view_str(HUB_WITNESS))) {
		enum cs_err err;

		cs_channel_free(p->witness);
		if ((err = cs_channel_new(&p->witness, h->fd, &witness)))
			return err;
		/* What the one before was asked it will not say any more. */
		return p->witnessed == NULL
		    ? CS_OK
		    : hub_witnessed_asked(p->witnessed, p->number);
	}
	if (!cs_view_equal(name, cs_view_str(HUB_NETWORK)) ||
	    h->number >= LINKS_MAX) {
		close(h->fd);
		return CS_ERR_FORMAT;
	}
	cs_channel_free(p->links[h->number]);
	return cs_channel_new(&p->links[h->number], h->fd, &network);
}

/* A hub whose policy is none goes on, without witnesses. */
static enum cs_err
take_policy(struct process *p, int fd)
{
	struct cs_buf text = { 0 };
	unsigned line = 0;
	enum cs_err err = cs_file_read_fd(&text, fd, CS_TLOG_POLICY_MAX);

	p->policy = cs_calloc(1, sizeof *p->policy);
	if (p->policy == NULL)
		err = CS_ERR_NOMEM;
	if (err == CS_OK)
		err =
		    cs_tlog_policy_parse(p->policy, &line, cs_buf_view(&text));
	cs_buf_free(&text);
	if (err) {
		cs_free_plain(p->policy);
		p->policy = NULL;
		cs_part_tell("witnesses", line, cs_err_text(err));
	}
	return err == CS_ERR_NOMEM ? err : CS_OK;
}

static enum cs_err
take(void *arg, struct cs_hand *h)
{
	struct process *p = arg;
	enum cs_err err = CS_OK;

	if (cs_hand_is(h, "link") && h->fd >= 0)
		return take_link(p, h);
	if (cs_hand_is(h, "folder") && h->fd >= 0 && p->folder_fd < 0) {
		p->folder_fd = h->fd;
		return CS_OK;
	}
	if (cs_hand_is(h, "tlog.key") && h->fd >= 0 && p->writer == NULL)
		err = cs_file_read_fd(&p->key_file, h->fd, CS_SIGN_SEED_LEN);
	if (cs_hand_is(h, "origin") && h->length < sizeof p->origin)
		snprintf(p->origin, sizeof p->origin, "%.*s", (int)h->length,
		    (const char *)h->bytes);
	if (cs_hand_is(h, "witnesses") && h->fd >= 0 && p->policy == NULL)
		err = take_policy(p, h->fd);
	if (h->fd >= 0)
		close(h->fd);
	return err;
}

/* ---- appending ---------------------------------------------------------- */

static enum cs_err
tell_size(struct process *p)
{
	uint64_t size = cs_tlog_writer_size(p->writer);

	return p->database == NULL
	    ? CS_OK
	    : cs_channel_put(
		  p->database, HUB_TALK_TLOG_SIZE, 0, HUB_TALK_OF(size));
}

/* To a database that was started anew, which waits for it.  If that has gone
 * already, the next one will be told. */
static enum cs_err
tell_anew(struct process *p)
{
	enum cs_err err = tell_size(p);

	p->not_told = false;
	if (err == CS_OK && p->database != NULL)
		err = cs_channel_flush(p->database);
	if (err == CS_ERR_NOMEM || err == CS_OK)
		return err;
	cs_channel_free(p->database);
	p->database = NULL;
	return CS_OK;
}

/* Take the next entry off what the database sent. */
static bool
next_entry(struct cs_view *entry, struct cs_view *left)
{
	size_t n = left->len != 0 ? left->data[0] : 0;

	if (n == 0 || n > CS_TLOG_ENTRY_LONGEST || n >= left->len)
		return false;
	*entry = cs_view(left->data + 1, n);
	*left = cs_view(left->data + 1 + n, left->len - 1 - n);
	return true;
}

/* What is there already was under way when this process or the database was
 * started anew. */
static enum cs_err
append(struct process *p, uint64_t first, struct cs_view bytes)
{
	uint64_t size = cs_tlog_writer_size(p->writer), at;
	struct cs_view *entries, entry;
	size_t n = 0;
	enum cs_err err = CS_OK;

	if (first > size)
		return CS_ERR_FORMAT;
	entries = cs_calloc(HUB_TALK_TLOG_MOST, sizeof *entries);
	if (entries == NULL)
		return CS_ERR_NOMEM;
	for (at = first; err == CS_OK && bytes.len != 0; at++)
		if (!next_entry(&entry, &bytes) || n == HUB_TALK_TLOG_MOST)
			err = CS_ERR_FORMAT;
		else if (at >= size)
			entries[n++] = entry;
	if (err == CS_OK && n != 0)
		err = cs_tlog_writer_append(p->writer, &at, entries, n);
	cs_free(entries, HUB_TALK_TLOG_MOST * sizeof *entries);
	return err;
}

/* A log that cannot go on ends this process: what is on disk is looked at
 * anew. */
static enum cs_err
serve_database(struct process *p)
{
	enum cs_err err = cs_channel_fill(p->database);
	struct cs_channel_message m;

	while (err == CS_OK && cs_channel_next(&m, p->database)) {
		if (m.kind != HUB_TALK_TLOG_ENTRIES)
			err = CS_ERR_FORMAT;
		else if ((err = append(p, m.about, m.bytes)))
			return err;
		else
			err = tell_size(p);
	}
	if (err == CS_OK)
		err = cs_channel_flush(p->database);
	if (err) {
		cs_channel_free(p->database);
		p->database = NULL;
	}
	return CS_OK;
}

/* ---- giving ------------------------------------------------------------- */

static enum cs_err
read_file(struct cs_buf *out, struct process *p, struct cs_view path)
{
	struct cs_tlog_tile tile;
	enum cs_err err;

	if (cs_view_equal(path, cs_view_str("checkpoint")))
		return cs_buf_set(
		    out, hub_witnessed_shown(p->witnessed, cs_clock_ms()));
	if ((err = cs_tlog_tile_parse(&tile, path)))
		return err;
	/* Not before a checkpoint says that it is there. */
	if (cs_tlog_tile_width(tile.level, tile.n,
		cs_tlog_writer_size(p->writer)) < tile.width)
		return CS_ERR_NOT_FOUND;
	return cs_tlog_folder_fetch(&p->public, out, &tile);
}

static enum cs_err
give(
    struct process *p, struct cs_channel *c, const struct cs_channel_message *m)
{
	struct cs_buf file = { 0 };
	bool there = m->kind == HUB_TALK_TLOG_GET &&
	    read_file(&file, p, m->bytes) == CS_OK;
	enum cs_err err =
	    cs_channel_put(c, there ? HUB_TALK_TLOG_FILE : HUB_TALK_TLOG_NONE,
		m->about, there ? cs_buf_view(&file) : cs_view(NULL, 0));

	cs_buf_free(&file);
	return err;
}

static void
serve_network(struct process *p, size_t i)
{
	struct cs_channel *c = p->links[i];
	enum cs_err err = cs_channel_fill(c);
	struct cs_channel_message m;

	while (err == CS_OK && cs_channel_next(&m, c))
		err = give(p, c, &m);
	if (err == CS_OK)
		err = cs_channel_flush(c);
	if (err) {
		cs_channel_free(c);
		p->links[i] = NULL;
	}
}

/* ---- witnesses ---------------------------------------------------------- */

static void
leave_witness(struct process *p)
{
	cs_channel_free(p->witness);
	p->witness = NULL;
}

/* The newest checkpoint, if the one before is done with. */
static void
ask_witnesses(struct process *p)
{
	struct cs_view note;

	if (p->witness != NULL &&
	    hub_witnessed_next(&note, &p->number, p->witnessed) &&
	    (cs_channel_put(p->witness, HUB_TALK_COSIGN, p->number, note) !=
		    CS_OK ||
		cs_channel_flush(p->witness) != CS_OK))
		leave_witness(p);
}

/* Whoever has a later state of this log that its key has signed proves that it
 * was put back.  Without that, it is said: one of many who lies must not be
 * able to stop a hub. */
static enum cs_err
take_disagreement(struct process *p, struct cs_view note)
{
	uint64_t more, now_ms = cs_clock_ms();
	enum cs_err err = hub_witnessed_disagrees(&more, p->witnessed, note);

	if (err == CS_OK && p->database != NULL &&
	    (cs_channel_put(p->database, HUB_TALK_TLOG_MORE, 0,
		 HUB_TALK_OF(more)) != CS_OK ||
		cs_channel_flush(p->database) != CS_OK)) {
		cs_channel_free(p->database);
		p->database = NULL;
	}
	if (err == CS_ERR_DENIED &&
	    (p->disagreed_ms == 0 ||
		now_ms - p->disagreed_ms >= TELL_AGAIN_MS)) {
		p->disagreed_ms = now_ms;
		cs_part_tell("disagrees", 0, "");
	}
	return err == CS_ERR_DENIED ? CS_OK : err;
}

/* What fails here is the log: the process ends. */
static enum cs_err
serve_witness(struct process *p)
{
	enum cs_err ends = cs_channel_fill(p->witness), err = CS_OK;
	struct cs_channel_message m;

	while (
	    ends == CS_OK && err == CS_OK && cs_channel_next(&m, p->witness)) {
		if (m.kind == HUB_TALK_TLOG_GET)
			ends = give(p, p->witness, &m);
		else if (m.kind == HUB_TALK_COSIGNED)
			err = hub_witnessed_line(
			    p->witnessed, m.about, m.bytes, cs_clock_ms());
		else if (m.kind == HUB_TALK_DISAGREES)
			err = take_disagreement(p, m.bytes);
		else if (m.kind == HUB_TALK_ASKED)
			err = hub_witnessed_asked(p->witnessed, m.about);
		else
			ends = CS_ERR_FORMAT;
		if (err == CS_ERR_DENIED)
			err = CS_OK;
	}
	if (ends == CS_OK)
		ends = cs_channel_flush(p->witness);
	if (ends) {
		leave_witness(p);
		if (err == CS_OK)
			err = hub_witnessed_asked(p->witnessed, p->number);
	}
	return err;
}

/* ---- the loop ----------------------------------------------------------- */

static enum cs_err
run_round(struct process *p)
{
	struct pollfd polled[LINKS_MAX + 3] = {
		{ cs_part_socket(), POLLIN, 0 },
		cs_channel_watch(p->database),
	};
	enum cs_err err;

	for (size_t i = 0; i < LINKS_MAX; i++)
		polled[i + 2] = cs_channel_watch(p->links[i]);
	polled[LINKS_MAX + 2] = cs_channel_watch(p->witness);
	(void)poll(polled, LINKS_MAX + 3, -1);
	if (polled[0].revents != 0 && (err = cs_part_take(p, take, false)))
		return err;
	/* What was polled may be gone. */
	if (p->not_told)
		return tell_anew(p);
	if (p->database != NULL && polled[1].revents != 0 &&
	    (err = serve_database(p)))
		return err;
	for (size_t i = 0; i < LINKS_MAX; i++)
		if (p->links[i] != NULL && polled[i + 2].revents != 0)
			serve_network(p, i);
	if (p->witness != NULL && polled[LINKS_MAX + 2].revents != 0 &&
	    (err = serve_witness(p)))
		return err;
	ask_witnesses(p);
	return CS_OK;
}

/* ---- beginning and end -------------------------------------------------- */

static enum cs_err
open_log(struct process *p)
{
	const struct cs_tlog_owner owner = { &p->note_key, &p->key };
	char path[64];
	enum cs_err err;

	if (p->folder_fd < 0 || p->key_file.len != CS_SIGN_SEED_LEN)
		return CS_ERR_NOT_FOUND;
	if ((err = cs_sign_key_from_seed(&p->key, p->key_file.data)) ||
	    (err = cs_note_key(&p->note_key, p->origin, p->key.public)))
		return err;
	cs_buf_free(&p->key_file);
	/* The folder that the parent has checked. */
	snprintf(path, sizeof path, "/proc/self/fd/%d/.", p->folder_fd);
	err = cs_tlog_writer_open(&p->writer, path, &owner, NULL);
	if (err == CS_ERR_NOT_FOUND)
		err = cs_tlog_writer_create(&p->writer, path, &owner);
	if (err)
		return err;
	snprintf(path, sizeof path, "/proc/self/fd/%d/public", p->folder_fd);
	p->public.path = cs_strdup(path);
	if (p->public.path == NULL)
		return CS_ERR_NOMEM;
	snprintf(p->cosigned, sizeof p->cosigned,
	    "/proc/self/fd/%d/" HUB_TLOG_COSIGNED, p->folder_fd);
	return hub_witnessed_new(
	    &p->witnessed, p->writer, &p->note_key, p->policy, p->cosigned);
}

static enum cs_err
begin(struct process *p)
{
	struct cs_confinement how = { .more = CS_CONFINE_FILES |
		    CS_CONFINE_FOLDERS };
	struct cs_confined confined;
	struct stat st;
	enum cs_err err;

	if ((err = cs_part_begin(HUB_TLOG)) || (err = cs_crypto_init()) ||
	    (err = cs_part_take(p, take, true)) || (err = open_log(p)))
		return err;
	if (fstat(p->folder_fd, &st) != 0)
		return cs_file_errno();
	how.folder = p->folder_fd;
	how.uid = st.st_uid;
	if ((err = cs_confine(&confined, &how)) || (err = tell_anew(p)))
		return err;
	return cs_part_ready();
}

int
hub_tlog_main(void)
{
	static struct process p = { .folder_fd = -1 };
	enum cs_err err = begin(&p);

	if (err)
		cs_part_failed(err);
	while (err == CS_OK)
		err = run_round(&p);
	hub_witnessed_free(p.witnessed);
	cs_tlog_writer_close(p.writer);
	cs_free_plain(p.public.path);
	cs_free_plain(p.policy);
	cs_channel_free(p.database);
	cs_channel_free(p.witness);
	for (size_t i = 0; i < LINKS_MAX; i++)
		cs_channel_free(p.links[i]);
	cs_buf_free(&p.key_file);
	cs_wipe(&p.key, sizeof p.key);
	return err == CS_ERR_CLOSED ? 0 : 1;
}
