/* SPDX-License-Identifier: MIT */
#include "store/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "store/clock.h"
#include "store/db_err.h"
#include "store/file.h"

#define TRIES 200
#define PAUSE_MS 20
/* Times of files are this coarse. */
#define COARSE_MS 20
#define DATABASE_MAX ((off_t)16 << 30)

/* https://www.sqlite.org/fileformat2.html, sections 4.1 and 4.2 */
#define WAL_HEAD 32
#define FRAME_HEAD 24
#define WAL_MAGIC 0x377f0682u /* the last bit: sums of big-endian words */
#define PAGE_SIZE_AT 16       /* in the file: u16, 1 stands for 65536 */
#define FORMAT_AT 18          /* and 19: 2 if there is a log, 1 if not */

/* ---- the log ------------------------------------------------------------ */

static uint32_t
be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

static uint32_t
le32(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[1] << 8 | p[0];
}

struct sum {
	uint32_t a, b;
	bool big_endian;
};

static void
add(struct sum *s, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i + 8 <= n; i += 8) {
		uint32_t x = s->big_endian ? be32(bytes + i) : le32(bytes + i);
		uint32_t y =
		    s->big_endian ? be32(bytes + i + 4) : le32(bytes + i + 4);

		s->a += x + s->b;
		s->b += y + s->a;
	}
}

static bool
is(const struct sum *s, const uint8_t *at)
{
	return s->a == be32(at) && s->b == be32(at + 4);
}

static size_t
page_size_of(const uint8_t *file)
{
	size_t n = (size_t)file[PAGE_SIZE_AT] << 8 | file[PAGE_SIZE_AT + 1];

	return n == 1 ? 65536 : n;
}

/* How many bytes of the log are whole transactions; ${*pages}: of how many
 * pages the database is after the last. */
static size_t
whole(struct cs_view wal, size_t page, uint32_t *pages)
{
	struct sum s = { .big_endian = (be32(wal.data) & 1) != 0 };
	size_t end = 0;

	add(&s, wal.data, WAL_HEAD - 8);
	if (!is(&s, wal.data + WAL_HEAD - 8))
		return 0;
	for (size_t at = WAL_HEAD; at + FRAME_HEAD + page <= wal.len;
	     at += FRAME_HEAD + page) {
		const uint8_t *head = wal.data + at;

		add(&s, head, 8);
		add(&s, head + FRAME_HEAD, page);
		/* The salts are those of this log, not of one before. */
		if (memcmp(head + 8, wal.data + 16, 8) != 0 ||
		    !is(&s, head + 16))
			break;
		if (be32(head + 4) != 0) {
			*pages = be32(head + 4);
			end = at + FRAME_HEAD + page;
		}
	}
	return end;
}

enum cs_err
cs_snapshot_apply(uint8_t *file, size_t *size, size_t room, struct cs_view wal)
{
	size_t page, end;
	uint32_t pages = 0;

	if (wal.len < WAL_HEAD)
		return CS_OK;
	if ((be32(wal.data) & ~1u) != WAL_MAGIC)
		return CS_ERR_CORRUPT;
	page = be32(wal.data + 8);
	if (page < 512 || page > 65536 || (page & (page - 1)) != 0 ||
	    (*size != 0 && page_size_of(file) != page))
		return CS_ERR_CORRUPT;
	if ((end = whole(wal, page, &pages)) == 0)
		return CS_OK;
	if (pages > room / page)
		return CS_ERR_LIMIT;
	for (size_t at = WAL_HEAD; at < end; at += FRAME_HEAD + page) {
		size_t number = be32(wal.data + at);

		/* Cut off by a later transaction. */
		if (number == 0 || number > pages)
			continue;
		memcpy(file + (number - 1) * page, wal.data + at + FRAME_HEAD,
		    page);
	}
	*size = (size_t)pages * page;
	return CS_OK;
}

/* ---- reading ------------------------------------------------------------ */

struct copy {
	uint8_t *bytes; /* by sqlite3_malloc64() */
	size_t size, room;
};

static enum cs_err
read_whole(int fd, uint8_t *out, size_t size)
{
	size_t at = 0;

	while (at < size) {
		ssize_t n = pread(fd, out + at, size - at, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0 ? CS_ERR_BUSY : cs_file_errno();
		at += (size_t)n;
	}
	return CS_OK;
}

static bool
same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Was it written to so lately that more may bear the same time? */
static bool
is_fresh(const struct stat *st)
{
	struct timespec now;
	int64_t ms;

	if (clock_gettime(CLOCK_REALTIME, &now) != 0)
		return true;
	ms = (int64_t)(now.tv_sec - st->st_mtim.tv_sec) * 1000 +
	    (now.tv_nsec - st->st_mtim.tv_nsec) / 1000000;
	return ms >= 0 && ms < COARSE_MS;
}

/* CS_ERR_BUSY: something was written meanwhile. */
static enum cs_err
read_once(struct copy *out, int file, int log)
{
	struct stat log_before, log_after, st;
	uint8_t *wal;
	size_t wal_size;
	enum cs_err err;

	if (fstat(log, &log_before) != 0 || fstat(file, &st) != 0)
		return cs_file_errno();
	if (st.st_size > DATABASE_MAX || log_before.st_size > DATABASE_MAX)
		return CS_ERR_LIMIT;
	if (is_fresh(&log_before))
		return CS_ERR_BUSY;
	wal_size = (size_t)log_before.st_size;
	out->size = (size_t)st.st_size;
	out->room = out->size + wal_size;
	out->bytes = sqlite3_malloc64(out->room + 1);
	wal = sqlite3_malloc64(wal_size + 1);
	err = out->bytes == NULL || wal == NULL ? CS_ERR_NOMEM : CS_OK;
	if (err == CS_OK &&
	    (err = read_whole(file, out->bytes, out->size)) == CS_OK &&
	    (err = read_whole(log, wal, wal_size)) == CS_OK)
		err = fstat(log, &log_after) != 0 ? cs_file_errno()
		    : same(&log_before, &log_after)
		    ? cs_snapshot_apply(out->bytes, &out->size, out->room,
			  cs_view(wal, wal_size))
		    : CS_ERR_BUSY;
	sqlite3_free(wal);
	return err;
}

static enum cs_err
read_files(struct copy *out, int file, int log)
{
	enum cs_err err = CS_ERR_BUSY;

	for (unsigned i = 0; err == CS_ERR_BUSY && i < TRIES; i++) {
		sqlite3_free(out->bytes);
		*out = (struct copy){ 0 };
		if (i != 0)
			cs_clock_sleep_ms(PAUSE_MS);
		err = read_once(out, file, log);
	}
	return err;
}

enum cs_err
cs_db_open_snapshot(
    struct cs_db **out, const char *path, const struct cs_db_schema *schema)
{
	struct copy copy = { 0 };
	char log_path[4096];
	int file, log = -1;
	enum cs_err err;

	*out = NULL;
	if (snprintf(log_path, sizeof log_path, "%s-wal", path) >=
	    (int)sizeof log_path)
		return CS_ERR_LIMIT;
	file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (file >= 0)
		log = open(log_path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	err = file < 0 || log < 0 ? cs_file_errno()
				  : read_files(&copy, file, log);
	if (err == CS_OK && copy.size < 100)
		err = CS_ERR_BUSY; /* it is being made */
	if (err == CS_OK) {
		/* There is no log beside what is in memory. */
		copy.bytes[FORMAT_AT] = copy.bytes[FORMAT_AT + 1] = 1;
		err = cs_db_open_image(out, copy.bytes, copy.size, schema);
		copy.bytes = NULL; /* whatever came of it */
	}
	sqlite3_free(copy.bytes);
	if (file >= 0)
		close(file);
	if (log >= 0)
		close(log);
	return err;
}
