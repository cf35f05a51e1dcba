/* SPDX-License-Identifier: MIT */
#include "client/joining/history_take.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/home/message.h"
#include "client/home/problem.h"
#include "client/hub/call.h"
#include "client/hub/transfer.h"
#include "client/joining/backup.h"
#include "crypto/hash.h"
#include "store/file.h"

#define STATE "history-in" /* in the database; and the name of the file */
#define STATE_VERSION 1

enum stage {
	PROMISED = 0, /* nothing was said to the other device yet */
	ASKED = 1,    /* it was told that this one is ready */
	OVER = 2      /* what is at the hub is to be removed */
};

struct taking {
	struct client_archive_key key;
	uint64_t since_ms;
	uint8_t stage;
	uint64_t size; /* of the archive; 0: not known yet */
};

/* ---- what is known of it ------------------------------------------------ */

static enum cs_err
store(struct cs_client *c, const struct taking *t)
{
	struct cs_buf bytes = { 0 };
	struct cs_writer w = cs_writer(&bytes);
	enum cs_err err;

	cs_write_u8(&w, STATE_VERSION);
	cs_write_bytes(&w, CS_VIEW_OF(t->key.b));
	cs_write_u64(&w, t->since_ms);
	cs_write_u8(&w, t->stage);
	cs_write_u64(&w, t->size);
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = cs_vault_config_set(
		    c->db, &c->key, STATE, cs_buf_view(&bytes));
	cs_buf_free(&bytes);
	return err;
}

/* CS_ERR_NOT_FOUND: nothing is to come. */
static enum cs_err
load(struct taking *out, struct cs_client *c)
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
	cs_read_copy(&r, out->key.b, sizeof out->key.b);
	out->since_ms = cs_read_u64(&r);
	out->stage = cs_read_u8(&r);
	out->size = cs_read_u64(&r);
	err = cs_reader_end(&r) == CS_OK ? CS_OK : CS_ERR_CORRUPT;
out:
	cs_buf_free(&bytes);
	return err;
}

bool
cs_client_history_comes(struct cs_client *c)
{
	struct taking t;
	bool comes = load(&t, c) == CS_OK && t.stage != OVER;

	cs_wipe(&t, sizeof t);
	return comes;
}

enum cs_err
client_history_await(struct cs_client *c, const struct client_archive_key *key)
{
	struct taking t = { .key = *key, .since_ms = client_now_ms(c) };
	enum cs_err err = store(c, &t);

	cs_wipe(&t, sizeof t);
	return err;
}

/* ---- asking ------------------------------------------------------------- */

/* This device is in the conversations: what comes from here on it reads by
 * itself, and what the other device has read until now is the rest. */
static enum cs_err
say_ready(struct cs_client *c, struct taking *t)
{
	static const uint8_t byte[1];
	struct client_upload u = {
		.fd = -1,
		.bytes = CS_VIEW_OF(byte),
		.ask = { .size = sizeof byte, .own = 1 },
	};
	enum cs_err err;

	if ((err = client_archive_blob(
		 u.ask.blob, &t->key, CLIENT_ARCHIVE_READY)) ||
	    (err = cs_sha256(u.ask.sha256, u.bytes)) ||
	    (err = client_transfer_put(c, &u)))
		return err;
	t->stage = ASKED;
	return store(c, t);
}

/* ---- fetching ----------------------------------------------------------- */

struct fetching {
	int fd;
	struct cs_buf *bytes;
	const struct cs_client_history_progress *progress;
	uint64_t had, total; /* of all parts */
};

static enum cs_err
keep(void *arg, struct cs_view bytes)
{
	struct fetching *f = arg;
	enum cs_err err = f->bytes != NULL ? cs_buf_add(f->bytes, bytes)
					   : cs_file_write_fd(f->fd, bytes);

	f->had += bytes.len;
	if (err == CS_OK && f->progress != NULL)
		f->progress->moved(f->had, f->total);
	return err;
}

/* Fetch the ${n}th blob from byte ${done} on.  CS_ERR_NOT_FOUND: it is not
 * there yet. */
static enum cs_err
fetch(struct cs_client *c, const struct taking *t, uint32_t n,
    struct cs_blob_fetch *f)
{
	enum cs_err err = client_archive_blob(f->blob, &t->key, n);

	f->take = keep;
	return err ? err : client_transfer_get(c, f);
}

static enum cs_err
fetch_length(struct cs_client *c, struct taking *t)
{
	struct cs_buf sealed = { 0 };
	struct fetching to = { .bytes = &sealed };
	struct cs_blob_fetch f = { .total = CLIENT_ARCHIVE_LENGTH_LEN,
		.arg = &to };
	enum cs_err err;

	if ((err = fetch(c, t, CLIENT_ARCHIVE_LENGTH, &f)) == CS_OK &&
	    (err = client_archive_length_open(
		 &t->size, &t->key, cs_buf_view(&sealed))) == CS_OK)
		err = store(c, t);
	cs_buf_free(&sealed);
	return err;
}

/* Append what is missing of the file, as far as it is at the hub. */
static enum cs_err
fetch_rest(struct cs_client *c, const struct taking *t, int fd,
    const struct cs_client_history_progress *progress)
{
	struct fetching to = {
		.fd = fd, .progress = progress, .total = t->size
	};
	off_t end = lseek(fd, 0, SEEK_END);
	enum cs_err err = end < 0 ? cs_file_errno() : CS_OK;

	to.had = end < 0 ? 0 : (uint64_t)end;
	while (err == CS_OK && to.had < t->size) {
		uint32_t n = (uint32_t)(to.had / CLIENT_ARCHIVE_PART);
		struct cs_blob_fetch f = {
			.total = client_archive_part(t->size, n),
			.done = to.had % CLIENT_ARCHIVE_PART,
			.arg = &to,
		};

		err = fetch(c, t, CLIENT_ARCHIVE_FIRST + n, &f);
	}
	if (err == CS_OK && (to.had > t->size || fsync(fd) != 0))
		err = to.had > t->size ? CS_ERR_LIMIT : cs_file_errno();
	return err;
}

/* ---- the end ------------------------------------------------------------ */

/* Is there a part?  How many there are may not be known. */
static enum cs_err
is_there(bool *out, struct cs_client *c, const struct cs_wire_blob_get *part)
{
	struct cs_wire_blob_answer answer;
	enum cs_err err = client_call(c, CS_WIRE_BLOB_GET,
	    &cs_wire_blob_get_shape, part, &cs_wire_blob_answer_shape, &answer);

	*out = err == CS_OK;
	return err == CS_ERR_DENIED ? CS_OK : err;
}

/* Nobody needs it any more; what could not be removed expires. */
static enum cs_err
clean_up(struct cs_client *c, const struct taking *t)
{
	struct cs_wire_blob_get m;
	bool more = true;
	enum cs_err err = CS_OK;

	for (uint32_t i = 0; err == CS_OK && more &&
	     i < CLIENT_ARCHIVE_FIRST + CLIENT_ARCHIVE_PARTS_MAX;
	     i++) {
		if ((err = client_archive_blob(m.blob, &t->key, i)) ||
		    (i >= CLIENT_ARCHIVE_FIRST &&
			(err = is_there(&more, c, &m))))
			return err;
		if (more)
			err = client_call_empty(c, CS_WIRE_BLOB_REMOVE,
			    &cs_wire_blob_get_shape, &m);
		if (err == CS_ERR_DENIED)
			err = CS_OK;
	}
	return err
	    ? err
	    : cs_db_exec(c->db, "DELETE FROM config WHERE name='history-in'");
}

/* Say how it ended, and that it did. */
static enum cs_err
end(struct cs_client *c, struct taking *t, uint64_t taken, enum cs_err why)
{
	enum cs_err err;

	if ((err = cs_db_begin(c->db)))
		return err;
	t->stage = OVER;
	if ((err = store(c, t)) == CS_OK && why == CS_ERR_EXPIRED)
		err = client_event(c, NULL, 0,
		    "The messages from before did not come within %d days. To "
		    "bring them: countersign backup on the other device, and "
		    "countersign restore here.",
		    CLIENT_ARCHIVE_DAYS);
	else if (err == CS_OK && why != CS_OK)
		err = client_warning(c, NULL,
		    "The messages from before were changed or damaged on the "
		    "way (%s), so none of them was taken. To bring them by "
		    "hand: countersign backup on the other device, and "
		    "countersign restore here.",
		    cs_err_name(why));
	else if (err == CS_OK)
		err = client_event(c, NULL, 0,
		    "%llu messages from before came from your other device.",
		    (unsigned long long)taken);
	if ((err = cs_db_end(c->db, err)))
		return err;
	(void)unlinkat(c->home.fd, STATE, 0);
	return clean_up(c, t);
}

/* Is it what came that is wrong? */
static bool
is_refused(enum cs_err err)
{
	return (cs_err_class(err) == CS_ERR_CLASS_THEIRS &&
		   err != CS_ERR_NOT_FOUND && err != CS_ERR_DENIED) ||
	    err == CS_ERR_PASSPHRASE;
}

/* CS_ERR_NOT_FOUND: not all of it is at the hub yet. */
static enum cs_err
take(uint64_t *taken, struct cs_client *c, struct taking *t,
    const struct cs_client_history_progress *progress)
{
	int fd = openat(
	    c->home.fd, STATE, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	enum cs_err err = fd < 0 ? cs_file_errno() : CS_OK;

	if (err == CS_OK && t->size == 0)
		err = fetch_length(c, t);
	if (err == CS_OK && (err = fetch_rest(c, t, fd, progress)) == CS_OK)
		err = client_backup_take(taken, c, fd, BACKUP_KEY,
		    CS_VIEW_OF(t->key.b),
		    progress != NULL ? progress->unpacked : NULL);
	if (fd >= 0)
		close(fd);
	return err;
}

enum cs_err
client_history_take(enum client_taking *out, struct cs_client *c,
    const struct cs_client_history_progress *progress)
{
	struct taking t;
	uint64_t taken = 0;
	enum cs_err err;

	*out = CLIENT_TAKING_NOTHING;
	if (c->reading)
		return CS_OK;
	if ((err = load(&t, c))) {
		err = err == CS_ERR_NOT_FOUND ? CS_OK : err;
		goto out;
	}
	*out = CLIENT_TAKING_DONE;
	if (t.stage == OVER) {
		err = clean_up(c, &t);
		goto out;
	}
	if (t.stage == PROMISED && (err = say_ready(c, &t)))
		goto out;
	err = take(&taken, c, &t, progress);
	if (err == CS_ERR_NOT_FOUND &&
	    client_now_ms(c) - t.since_ms > CLIENT_ARCHIVE_DAYS * CS_DAY_MS)
		err = CS_ERR_EXPIRED;
	if (err == CS_ERR_NOT_FOUND) {
		*out = CLIENT_TAKING_WAITS;
		err = CS_OK;
	} else if (err == CS_OK || is_refused(err)) {
		err = end(c, &t, taken, err);
	}
out:
	cs_wipe(&t, sizeof t);
	return err;
}
