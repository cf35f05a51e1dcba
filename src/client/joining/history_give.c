/* SPDX-License-Identifier: MIT */
#include "client/joining/history_give.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/home/problem.h"
#include "client/hub/call.h"
#include "client/hub/transfer.h"
#include "client/joining/backup.h"
#include "crypto/hash.h"
#include "store/file.h"

#define STATE "history-out" /* in the database; and the name of the file */
#define STATE_VERSION 1
#define READ_AT_ONCE (256 * CS_KIB)

struct giving {
	uint8_t device[CS_ID_LEN];
	struct client_archive_key key;
	uint64_t since_ms;
	uint64_t size;  /* of the archive; 0: it is not made yet */
	uint32_t there; /* parts that are at the hub */
};

/* ---- what is known of it ------------------------------------------------ */

static enum cs_err
store(struct cs_client *c, const struct giving *g)
{
	struct cs_buf bytes = { 0 };
	struct cs_writer w = cs_writer(&bytes);
	enum cs_err err;

	cs_write_u8(&w, STATE_VERSION);
	cs_write_bytes(&w, CS_VIEW_OF(g->device));
	cs_write_bytes(&w, CS_VIEW_OF(g->key.b));
	cs_write_u64(&w, g->since_ms);
	cs_write_u64(&w, g->size);
	cs_write_u32(&w, g->there);
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = cs_vault_config_set(
		    c->db, &c->key, STATE, cs_buf_view(&bytes));
	cs_buf_free(&bytes);
	return err;
}

/* CS_ERR_NOT_FOUND: nobody is to get anything. */
static enum cs_err
load(struct giving *out, struct cs_client *c)
{
	struct cs_buf bytes = { 0 };
	struct cs_reader r;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = cs_vault_config_get(&bytes, c->db, &c->key, STATE)))
		goto out;
	r = cs_reader(cs_buf_view(&bytes));
	if (cs_read_u8(&r) != STATE_VERSION)
		cs_reader_fail(&r, CS_ERR_CORRUPT);
	cs_read_copy(&r, out->device, sizeof out->device);
	cs_read_copy(&r, out->key.b, sizeof out->key.b);
	out->since_ms = cs_read_u64(&r);
	out->size = cs_read_u64(&r);
	out->there = cs_read_u32(&r);
	err = cs_reader_end(&r) == CS_OK ? CS_OK : CS_ERR_CORRUPT;
out:
	cs_buf_free(&bytes);
	return err;
}

enum cs_err
client_history_unpromise(struct cs_client *c)
{
	enum cs_err err =
	    cs_db_exec(c->db, "DELETE FROM config WHERE name='history-out'");

	if (err == CS_OK)
		(void)unlinkat(c->home.fd, STATE, 0);
	return err;
}

/* A device that has not come for a day does not hold up another one. */
static bool
has_come_to_nothing(const struct giving *g, uint64_t now_ms)
{
	return g->size == 0 && now_ms - g->since_ms > CS_DAY_MS;
}

enum cs_err
client_history_promise(struct cs_client *c,
    const uint8_t device[static CS_ID_LEN],
    const struct client_archive_key *key)
{
	struct giving g = { .key = *key, .since_ms = client_now_ms(c) }, other;
	enum cs_err err = load(&other, c);

	memcpy(g.device, device, sizeof g.device);
	if (err == CS_ERR_NOT_FOUND)
		err = store(c, &g);
	else if (err == CS_OK)
		err = has_come_to_nothing(&other, g.since_ms) ? store(c, &g)
							      : CS_ERR_EXISTS;
	cs_wipe(&other, sizeof other);
	cs_wipe(&g, sizeof g);
	return err;
}

/* ---- is it time? -------------------------------------------------------- */

/* Has the device said that it is ready? */
static enum cs_err
is_asked(bool *out, struct cs_client *c, const struct giving *g)
{
	struct cs_wire_blob_get ask;
	struct cs_wire_blob_answer answer;
	enum cs_err err =
	    client_archive_blob(ask.blob, &g->key, CLIENT_ARCHIVE_READY);

	*out = false;
	if (err || (err = client_need_hub(c)))
		return err;
	err = client_call(c, CS_WIRE_BLOB_GET, &cs_wire_blob_get_shape, &ask,
	    &cs_wire_blob_answer_shape, &answer);
	*out = err == CS_OK;
	return err == CS_ERR_DENIED && c->link.hub_code == CS_WIRE_E_NO_BLOB
	    ? CS_OK
	    : err;
}

enum cs_err
client_history_giving(enum client_giving *out, struct cs_client *c)
{
	struct giving g;
	bool asked;
	enum cs_err err;

	*out = CLIENT_GIVING_NOTHING;
	if (c->reading)
		return CS_OK;
	err = load(&g, c);
	if (err == CS_OK &&
	    client_now_ms(c) - g.since_ms > CLIENT_ARCHIVE_DAYS * CS_DAY_MS)
		err = client_history_unpromise(c);
	else if (err == CS_OK && g.size != 0)
		*out = CLIENT_GIVING_READY;
	else if (err == CS_OK && (err = is_asked(&asked, c, &g)) == CS_OK)
		*out = asked ? CLIENT_GIVING_READY : CLIENT_GIVING_WAITS;
	cs_wipe(&g, sizeof g);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

struct search {
	const uint8_t *id;
	bool found;
};

static void
compare(void *arg, const struct cs_client_device *d)
{
	struct search *s = arg;

	s->found |= memcmp(s->id, d->id, CS_ID_LEN) == 0;
}

/* ---- the archive -------------------------------------------------------- */

static enum cs_err
make(struct cs_client *c, struct giving *g,
    const struct cs_client_history_progress *progress)
{
	int fd = openat(c->home.fd, STATE,
	    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	struct stat st;
	enum cs_err err;

	if (fd < 0)
		return cs_file_errno();
	err = client_backup_write(c, fd, BACKUP_KEY, CS_VIEW_OF(g->key.b),
	    progress != NULL ? progress->packed : NULL);
	if (err == CS_OK && fstat(fd, &st) != 0)
		err = cs_file_errno();
	close(fd);
	if (err)
		return err;
	g->size = (uint64_t)st.st_size;
	if (client_archive_parts(g->size) > CLIENT_ARCHIVE_PARTS_MAX)
		return CS_ERR_LIMIT;
	return store(c, g);
}

static enum cs_err
hash_part(uint8_t out[static CS_HASH_LEN], int fd, uint64_t from, uint64_t n)
{
	uint8_t *bytes = cs_calloc(READ_AT_ONCE, 1);
	struct cs_hasher *h = NULL;
	enum cs_err err = bytes == NULL ? CS_ERR_NOMEM : CS_OK;

	if (err == CS_OK)
		err = cs_hasher_new(&h, CS_SHA256);
	while (err == CS_OK && n != 0) {
		size_t want = n < READ_AT_ONCE ? (size_t)n : READ_AT_ONCE;
		ssize_t got = pread(fd, bytes, want, (off_t)from);

		if (got <= 0)
			err = got < 0 ? cs_file_errno() : CS_ERR_IO;
		else if ((err = cs_hasher_add(
			      h, cs_view(bytes, (size_t)got))) == CS_OK) {
			from += (uint64_t)got;
			n -= (uint64_t)got;
		}
	}
	if (err == CS_OK)
		err = cs_hasher_end(h, out);
	cs_hasher_free(h);
	cs_free(bytes, READ_AT_ONCE);
	return err;
}

/* The parts that are done count in what the user sees. */
static struct {
	const struct cs_client_history_progress *progress;
	uint64_t before, size;
} shown;

static void
show(uint64_t done, uint64_t total)
{
	(void)total;
	if (shown.progress != NULL)
		shown.progress->moved(shown.before + done, shown.size);
}

static enum cs_err
put_length(struct cs_client *c, const struct giving *g)
{
	struct client_upload u = { .fd = -1, .ask = { .own = 1 } };
	struct cs_wire_blob_get before;
	struct cs_buf sealed = { 0 };
	uint8_t hash[CS_HASH_LEN];
	enum cs_err err;

	if ((err = client_archive_blob(
		 u.ask.blob, &g->key, CLIENT_ARCHIVE_LENGTH)) ||
	    (err = client_archive_length_seal(&sealed, &g->key, g->size)) ||
	    (err = cs_sha256(hash, cs_buf_view(&sealed))))
		goto out;
	u.bytes = cs_buf_view(&sealed);
	u.ask.size = sealed.len;
	memcpy(u.ask.sha256, hash, sizeof hash);
	memcpy(before.blob, u.ask.blob, sizeof before.blob);
	/* It may be there, sealed another time, or a part of it. */
	if ((err = client_call_empty(c, CS_WIRE_BLOB_REMOVE,
		 &cs_wire_blob_get_shape, &before)) == CS_OK)
		err = client_transfer_put(c, &u);
out:
	cs_buf_free(&sealed);
	return err;
}

static enum cs_err
put_part(struct cs_client *c, const struct giving *g, int fd)
{
	struct client_upload u = {
		.fd = fd,
		.from = g->there * (uint64_t)CLIENT_ARCHIVE_PART,
		.ask = { .size = client_archive_part(g->size, g->there),
		    .own = 1 },
		.progress = show,
	};
	enum cs_err err;

	shown.before = u.from;
	if ((err = client_archive_blob(
		 u.ask.blob, &g->key, CLIENT_ARCHIVE_FIRST + g->there)) ||
	    (err = hash_part(u.ask.sha256, fd, u.from, u.ask.size)))
		return err;
	return client_transfer_put(c, &u);
}

static enum cs_err
put_all(struct cs_client *c, struct giving *g,
    const struct cs_client_history_progress *progress)
{
	int fd = openat(c->home.fd, STATE, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	enum cs_err err = CS_OK;

	if (fd < 0)
		return cs_file_errno();
	shown.progress = progress;
	shown.size = g->size;
	if (g->there == 0)
		err = put_length(c, g);
	while (err == CS_OK && g->there < client_archive_parts(g->size) &&
	    (err = put_part(c, g, fd)) == CS_OK) {
		g->there++;
		err = store(c, g);
	}
	shown.progress = NULL;
	close(fd);
	return err;
}

/* Is it as bad later?  The hub keeps what it has of each part. */
static bool
is_hopeless(enum cs_err err)
{
	return err == CS_ERR_DIGEST || err == CS_ERR_IO ||
	    err == CS_ERR_NOT_FOUND || err == CS_ERR_LIMIT;
}

enum cs_err
client_history_give(
    struct cs_client *c, const struct cs_client_history_progress *progress)
{
	struct giving g;
	struct search s = { g.device, false };
	enum cs_err err;

	if ((err = load(&g, c)) || (err = cs_client_devices(c, compare, &s)))
		goto out;
	if (s.found && g.size == 0)
		err = make(c, &g, progress);
	if (s.found && err == CS_OK)
		err = put_all(c, &g, progress);
	if (err == CS_OK || is_hopeless(err)) {
		enum cs_err forgotten = client_history_unpromise(c);

		if (forgotten)
			err = forgotten;
		else if (err)
			err = client_problem(c, err,
			    "What was packed for your other device is damaged "
			    "or too large. To bring it there by hand: "
			    "countersign backup here, and countersign restore "
			    "there.");
	}
out:
	cs_wipe(&g, sizeof g);
	return err;
}
