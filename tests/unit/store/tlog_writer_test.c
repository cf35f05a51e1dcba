/* SPDX-License-Identifier: MIT */
/* The writer of a log: what it writes, what it refuses, and what is there after
 * any of its calls to the system failed, or was its last. */
#include "store/tlog_writer.h"

#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/alloc.h"
#include "crypto/init.h"
#include "store/file.h"
#include "store/tlog_folder.h"
#include "support/bad_disk.h"
#include "support/temp_dir.h"
#include "tlog/cosign.h"

#define ORIGIN "log.example/1"
#define MODEL_MAX 2048

static struct cs_sign_key with;
static struct cs_note_key key, other_key;
static const struct cs_tlog_owner owner = { &key, &with };

/* ---- calls that fail ---------------------------------------------------- */

/* In the trace: J the journal got its name, T a tile, C the checkpoint; f a
 * file or folder was synced, s everything; U the journal was removed. */

static bool
ends_with(const char *path, const char *end)
{
	size_t n = strlen(path), m = strlen(end);

	return n >= m && strcmp(path + n - m, end) == 0;
}

int __real_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);
int
__wrap_open64(const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = (flags & O_CREAT) != 0 ? va_arg(args, mode_t) : 0;
	va_end(args);
	return disk_call(0) ? -1 : __real_open64(path, flags, mode);
}

ssize_t __wrap_write(int fd, const void *data, size_t n);
ssize_t
__wrap_write(int fd, const void *data, size_t n)
{
	return disk_write(0, fd, data, n);
}

/* Nobody pulls the plug here, so nothing has to wait for a disk. */
int __wrap_fsync(int fd);
int
__wrap_fsync(int fd)
{
	(void)fd;
	return disk_call('f') ? -1 : 0;
}

int __wrap_syncfs(int fd);
int
__wrap_syncfs(int fd)
{
	(void)fd;
	return disk_call('s') ? -1 : 0;
}

int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int
__wrap_rename(const char *from, const char *to)
{
	char what = ends_with(to, "/journal") ? 'J'
	    : ends_with(to, "/checkpoint")    ? 'C'
					      : 'T';

	return disk_call(what) ? -1 : __real_rename(from, to);
}

int __real_unlink(const char *path);
int __wrap_unlink(const char *path);
int
__wrap_unlink(const char *path)
{
	char what = ends_with(path, "/journal") ? 'U' : 0;

	return disk_call(what) ? -1 : __real_unlink(path);
}

int __real_unlinkat(int dir, const char *name, int flags);
int __wrap_unlinkat(int dir, const char *name, int flags);
int
__wrap_unlinkat(int dir, const char *name, int flags)
{
	return disk_call(0) ? -1 : __real_unlinkat(dir, name, flags);
}

int __real_mkdir(const char *path, mode_t mode);
int __wrap_mkdir(const char *path, mode_t mode);
int
__wrap_mkdir(const char *path, mode_t mode)
{
	return disk_call(0) ? -1 : __real_mkdir(path, mode);
}

int __real_rmdir(const char *path);
int __wrap_rmdir(const char *path);
int
__wrap_rmdir(const char *path)
{
	return disk_call(0) ? -1 : __real_rmdir(path);
}

/* ---- what has to be there ----------------------------------------------- */

/* The entries that the log should have, and their hashes. */
static char model[MODEL_MAX][24];
static struct cs_tlog_hash leaves[MODEL_MAX];

static struct cs_view
entry_of(uint64_t i)
{
	return cs_view_str(model[i]);
}

/* From ${from} on they are others: "${word} ${i}". */
static void
set_model(uint64_t from, const char *word)
{
	for (uint64_t i = from; i < MODEL_MAX; i++) {
		snprintf(model[i], sizeof model[i], "%s %llu", word,
		    (unsigned long long)i);
		assert_ok(cs_tlog_leaf_hash(&leaves[i], entry_of(i)));
	}
}

static enum cs_err
model_node(void *arg, struct cs_tlog_hash *out, unsigned level, uint64_t index)
{
	struct cs_tlog_hash left, right;
	enum cs_err err;

	if (level <= 8)
		return cs_tlog_fold(
		    out, &leaves[index << level], (size_t)1 << level);
	if ((err = model_node(arg, &left, level - 1, 2 * index)) ||
	    (err = model_node(arg, &right, level - 1, 2 * index + 1)))
		return err;
	return cs_tlog_node_hash(out, &left, &right);
}

static void
model_tile(struct cs_buf *out, const struct cs_tlog_tile *tile)
{
	struct cs_tlog_hash node;

	for (uint64_t i = 0; i < tile->width; i++) {
		uint64_t n = tile->n * CS_TLOG_TILE_WIDTH + i;

		if (tile->entries) {
			assert_ok(cs_tlog_bundle_add(out, entry_of(n)));
			continue;
		}
		assert_ok(model_node(NULL, &node, 8 * tile->level, n));
		assert_ok(cs_buf_add(out, CS_VIEW_OF(node.bytes)));
	}
}

static const char *audited; /* the public folder */
static uint64_t audited_size;
static unsigned audited_files;

/* Each file belongs to the log as it is. */
static int
audit_file(const char *path, const struct stat *st, int flag, struct FTW *where)
{
	const char *name = path + strlen(audited) + 1;
	struct cs_buf want = { 0 }, got = { 0 };
	struct cs_tlog_tile tile;

	(void)st;
	(void)where;
	if (flag != FTW_F || strcmp(name, "checkpoint") == 0 ||
	    strcmp(name, "tile.new") == 0 ||
	    strcmp(name, "checkpoint.new") == 0)
		return 0;
	assert_ok(cs_tlog_tile_parse(&tile, cs_view_str(name)));
	assert_true(
	    tile.width <= cs_tlog_tile_width(tile.level, tile.n, audited_size));
	/* Where there is a full one nobody needs the others. */
	if (tile.width != CS_TLOG_TILE_WIDTH)
		assert_int_not_equal(
		    cs_tlog_tile_width(tile.level, tile.n, audited_size),
		    CS_TLOG_TILE_WIDTH);
	model_tile(&want, &tile);
	assert_ok(cs_file_read(&got, path, CS_TLOG_BUNDLE_MAX));
	assert_view_equal(cs_buf_view(&got), cs_buf_view(&want));
	cs_buf_free(&want);
	cs_buf_free(&got);
	audited_files++;
	return 0;
}

/* Each tile that the log needs can be had. */
static void
audit_tiles(struct cs_tlog_writer *w, uint64_t size)
{
	static struct cs_tlog_tiles tiles;
	struct cs_tlog_hash root, want;

	cs_tlog_writer_tiles(w, &tiles);
	assert_int_equal(tiles.size, size);
	for (uint64_t i = 0; i < size; i++) {
		assert_ok(cs_tlog_tiles_node(&tiles, &root, 0, i));
		assert_true(cs_tlog_hash_equal(&root, &leaves[i]));
	}
	for (uint64_t n = 0; n * CS_TLOG_TILE_WIDTH < size; n++) {
		struct cs_tlog_tile tile = { true, 0, n,
			cs_tlog_tile_width(0, n, size) };
		struct cs_buf want_entries = { 0 }, got = { 0 };

		model_tile(&want_entries, &tile);
		assert_ok(tiles.fetch(tiles.arg, &got, &tile));
		assert_view_equal(
		    cs_buf_view(&got), cs_buf_view(&want_entries));
		cs_buf_free(&want_entries);
		cs_buf_free(&got);
	}
	assert_ok(cs_tlog_root(&root, size, cs_tlog_tiles_node, &tiles));
	assert_ok(cs_tlog_root(&want, size, model_node, NULL));
	assert_true(cs_tlog_hash_equal(&root, &want));
}

/* The log ${w} of the folder ${d} is what the model says. */
static void
audit(struct cs_tlog_writer *w, const struct temp_dir *d)
{
	struct cs_tlog_checkpoint c;
	struct cs_tlog_hash want;
	struct cs_buf note = { 0 };
	uint64_t size = cs_tlog_writer_size(w);
	char public[300];

	snprintf(public, sizeof public, "%s/log/public", d->path);
	assert_ok(
	    cs_file_read(&note, temp_path(d, "log/public/checkpoint"), 4096));
	assert_view_equal(cs_buf_view(&note), cs_tlog_writer_note(w));
	assert_ok(cs_tlog_checkpoint_open(
	    &c, cs_buf_view(&note), &key, cs_view_str(ORIGIN)));
	assert_int_equal(c.size, size);
	assert_ok(cs_tlog_root(&want, size, model_node, NULL));
	assert_true(cs_tlog_hash_equal(&c.root, &want));
	audit_tiles(w, size);
	audited = public;
	audited_size = size;
	audited_files = 0;
	assert_int_equal(nftw(public, audit_file, 16, FTW_PHYS), 0);
	assert_int_not_equal(access(temp_path(d, "log/journal"), F_OK), 0);
	cs_buf_free(&note);
}

static enum cs_err
append(struct cs_tlog_writer *w, uint64_t n)
{
	struct cs_view entries[MODEL_MAX];
	uint64_t size = cs_tlog_writer_size(w), first = UINT64_MAX;
	enum cs_err err;

	for (uint64_t i = 0; i < n; i++)
		entries[i] = entry_of(size + i);
	err = cs_tlog_writer_append(w, &first, entries, n);
	if (err == CS_OK) {
		assert_int_equal(first, size);
		assert_int_equal(cs_tlog_writer_size(w), size + n);
	}
	return err;
}

/* Where the next ${what} is in what was done, from ${from} on. */
static const char *
next_call(const char *from, char what)
{
	const char *at = strchr(from, what);

	assert_non_null(at);
	return at;
}

static struct cs_tlog_writer *
open_log(const struct temp_dir *d)
{
	struct cs_tlog_writer *w;

	assert_ok(cs_tlog_writer_open(&w, temp_path(d, "log"), &owner, NULL));
	return w;
}

/* A log of ${size} entries, closed. */
static struct temp_dir
make_log(uint64_t size)
{
	struct temp_dir d = temp_dir_new();
	struct cs_tlog_writer *w;

	set_model(0, "entry");
	assert_ok(cs_tlog_writer_create(&w, temp_path(&d, "log"), &owner));
	if (size != 0)
		assert_ok(append(w, size));
	cs_tlog_writer_close(w);
	return d;
}

static int
setup(void **state)
{
	static const uint8_t seed[CS_SIGN_SEED_LEN] = { 13 };
	static const uint8_t other_seed[CS_SIGN_SEED_LEN] = { 14 };
	struct cs_sign_key other;

	(void)state;
	assert_ok(cs_crypto_init());
	assert_ok(cs_sign_key_from_seed(&with, seed));
	assert_ok(cs_note_key(&key, ORIGIN, with.public));
	assert_ok(cs_sign_key_from_seed(&other, other_seed));
	assert_ok(cs_note_key(&other_key, ORIGIN, other.public));
	return 0;
}

/* ---- growing ------------------------------------------------------------ */

static void
test_grows(void **state)
{
	static const unsigned batches[] = { 1, 1, 100, 153, 1, 1, 200, 600, 1,
		255, 256 };
	struct temp_dir d = make_log(0);
	struct cs_tlog_writer *w = open_log(&d);

	(void)state;
	audit(w, &d);
	assert_int_equal(audited_files, 0);
	for (size_t i = 0; i < sizeof batches / sizeof *batches; i++) {
		assert_ok(append(w, batches[i]));
		audit(w, &d);
		if (i % 2 == 0) {
			cs_tlog_writer_close(w);
			w = open_log(&d);
			audit(w, &d);
		}
	}
	cs_tlog_writer_close(w);
	temp_dir_clear(&d);
}

/* Partial tiles are kept until the full one is there. */
static void
test_partial(void **state)
{
	struct temp_dir d = make_log(10);
	struct cs_tlog_writer *w = open_log(&d);

	(void)state;
	assert_ok(append(w, 1));
	assert_int_equal(
	    access(temp_path(&d, "log/public/tile/0/000.p/10"), R_OK), 0);
	assert_int_equal(
	    access(temp_path(&d, "log/public/tile/entries/000.p/11"), R_OK), 0);
	assert_ok(append(w, 245));
	assert_int_not_equal(
	    access(temp_path(&d, "log/public/tile/0/000.p"), F_OK), 0);
	assert_int_not_equal(
	    access(temp_path(&d, "log/public/tile/entries/000.p"), F_OK), 0);
	audit(w, &d);
	assert_int_equal(audited_files, 3);
	cs_tlog_writer_close(w);
	temp_dir_clear(&d);
}

/* ---- refused ------------------------------------------------------------ */

static void
test_limits(void **state)
{
	static const uint8_t longest[CS_TLOG_ENTRY_MAX + 1];
	static struct cs_view many[CS_TLOG_BATCH_ENTRIES + 1];
	struct cs_view entry = CS_VIEW_OF(longest);
	struct temp_dir d = make_log(3);
	struct cs_tlog_writer *w = open_log(&d);
	uint64_t first;

	(void)state;
	assert_err(cs_tlog_writer_append(w, &first, &entry, 0), CS_ERR_MISUSE);
	assert_err(cs_tlog_writer_append(w, &first, &entry, 1), CS_ERR_LIMIT);
	for (size_t i = 0; i <= CS_TLOG_BATCH_ENTRIES; i++)
		many[i] = cs_view(longest, 1);
	assert_err(
	    cs_tlog_writer_append(w, &first, many, CS_TLOG_BATCH_ENTRIES + 1),
	    CS_ERR_LIMIT);
	for (size_t i = 0; i < 2000; i++)
		many[i] = cs_view(longest, CS_TLOG_ENTRY_MAX);
	assert_err(cs_tlog_writer_append(w, &first, many, 2000), CS_ERR_LIMIT);
	assert_ok(append(w, 1));
	audit(w, &d);
	cs_tlog_writer_close(w);
	temp_dir_clear(&d);
}

static void
test_one_of_them(void **state)
{
	struct temp_dir d = make_log(3);
	struct cs_tlog_writer *w = open_log(&d), *second;
	const char *path = temp_path(&d, "log");
	const struct cs_tlog_owner stranger = { &other_key, &with };

	(void)state;
	assert_err(
	    cs_tlog_writer_open(&second, path, &owner, NULL), CS_ERR_BUSY);
	cs_tlog_writer_close(w);
	assert_err(cs_tlog_writer_create(&second, path, &owner), CS_ERR_EXISTS);
	assert_err(cs_tlog_writer_open(&second, path, &stranger, NULL),
	    CS_ERR_SIGNATURE);
	assert_err(
	    cs_tlog_writer_open(&second, temp_path(&d, "none"), &owner, NULL),
	    CS_ERR_NOT_FOUND);
	/* Its checkpoint is gone: it is not begun anew. */
	assert_int_equal(remove(temp_path(&d, "log/public/checkpoint")), 0);
	assert_err(
	    cs_tlog_writer_open(&second, path, &owner, NULL), CS_ERR_NOT_FOUND);
	assert_err(cs_tlog_writer_create(&second, path, &owner), CS_ERR_EXISTS);
	temp_dir_clear(&d);
}

static void
overwrite(const char *path, struct cs_view content)
{
	assert_ok(cs_file_write(path, content, 0644));
}

static enum cs_err
open_only(const char *path)
{
	struct cs_tlog_writer *w;
	enum cs_err err = cs_tlog_writer_open(&w, path, &owner, NULL);

	cs_tlog_writer_close(w);
	return err;
}

/* Each bit of what the edge is made of counts. */
static void
damage(const struct temp_dir *d, const char *file)
{
	struct cs_buf is = { 0 };
	char path[512], log[512];

	snprintf(path, sizeof path, "%s/log/public/%s", d->path, file);
	snprintf(log, sizeof log, "%s/log", d->path);
	assert_ok(cs_file_read(&is, path, CS_TLOG_BUNDLE_MAX));
	for (size_t at = 0; at < is.len; at += 7) {
		is.data[at] ^= 1;
		overwrite(path, cs_buf_view(&is));
		assert_int_not_equal(open_only(log), CS_OK);
		is.data[at] ^= 1;
	}
	overwrite(path, cs_view(is.data, is.len - 1));
	assert_int_not_equal(open_only(log), CS_OK);
	assert_int_equal(remove(path), 0);
	assert_int_not_equal(open_only(log), CS_OK);
	assert_ok(cs_buf_add(&is, cs_view_str("\n")));
	overwrite(path, cs_buf_view(&is));
	assert_int_not_equal(open_only(log), CS_OK);
	overwrite(path, cs_view(is.data, is.len - 1));
	assert_ok(open_only(log));
	cs_buf_free(&is);
}

static void
test_damaged(void **state)
{
	struct temp_dir d = make_log(300);
	struct cs_tlog_writer *w;

	(void)state;
	damage(&d, "checkpoint");
	damage(&d, "tile/0/001.p/44");
	damage(&d, "tile/1/000.p/1");
	damage(&d, "tile/entries/001.p/44");
	w = open_log(&d);
	audit(w, &d);
	cs_tlog_writer_close(w);
	temp_dir_clear(&d);
}

/* An older checkpoint comes back while the log is open. */
static void
test_rolled_back_under_way(void **state)
{
	struct temp_dir d = make_log(20);
	struct cs_tlog_writer *w = open_log(&d);
	struct cs_buf old = { 0 };
	const char *path = temp_path(&d, "log/public/checkpoint");

	(void)state;
	assert_ok(cs_buf_set(&old, cs_tlog_writer_note(w)));
	assert_ok(append(w, 5));
	overwrite(path, cs_buf_view(&old));
	assert_err(append(w, 1), CS_ERR_CORRUPT);
	assert_err(append(w, 1), CS_ERR_CORRUPT);
	assert_int_equal(cs_tlog_writer_size(w), 25);
	cs_tlog_writer_close(w);
	cs_buf_free(&old);
	temp_dir_clear(&d);
}

static enum cs_err
open_seen(const struct temp_dir *d, uint64_t size, uint8_t flip)
{
	struct cs_tlog_checkpoint seen = { .origin = cs_view_str(ORIGIN),
		.size = size };
	struct cs_tlog_writer *w;
	enum cs_err err;

	assert_ok(cs_tlog_root(&seen.root, size, model_node, NULL));
	seen.root.bytes[0] ^= flip;
	err = cs_tlog_writer_open(&w, temp_path(d, "log"), &owner, &seen);
	cs_tlog_writer_close(w);
	return err;
}

/* A copy of last week's folder is whole: only who saw more can tell. */
static void
test_seen(void **state)
{
	struct temp_dir d = make_log(520);
	struct cs_tlog_checkpoint seen = { .origin = cs_view_str("other") };
	struct cs_tlog_writer *w;

	(void)state;
	for (uint64_t size = 0; size <= 520; size += 13) {
		assert_ok(open_seen(&d, size, 0));
		assert_err(open_seen(&d, size, 1), CS_ERR_CORRUPT);
	}
	assert_err(open_seen(&d, 521, 0), CS_ERR_CORRUPT);
	assert_err(cs_tlog_writer_open(&w, temp_path(&d, "log"), &owner, &seen),
	    CS_ERR_MISMATCH);
	temp_dir_clear(&d);
}

/* A journal that is not the next batch of this log. */
static void
test_journal_refused(void **state)
{
	struct temp_dir d = make_log(20);
	struct cs_tlog_writer *w;
	const char *path = temp_path(&d, "log/journal");

	(void)state;
	overwrite(path, cs_view_str(""));
	assert_err(cs_tlog_writer_open(&w, temp_path(&d, "log"), &owner, NULL),
	    CS_ERR_CORRUPT);
	overwrite(path, cs_test_unhex("02"));
	assert_err(cs_tlog_writer_open(&w, temp_path(&d, "log"), &owner, NULL),
	    CS_ERR_NEWER);
	overwrite(path, cs_test_unhex("01000000000000001400000001ff000101"));
	assert_err(cs_tlog_writer_open(&w, temp_path(&d, "log"), &owner, NULL),
	    CS_ERR_CORRUPT);
	temp_dir_clear(&d);
}

/* What a plug that is pulled leaves depends on what was synced when: the
 * journal before it gets its name, its name before the first tile; the tiles
 * before the checkpoint, and its name before the journal goes. */
static void
test_order(void **state)
{
	struct temp_dir d = make_log(200);
	struct cs_tlog_writer *w = open_log(&d);
	const char *journal, *tile, *tiles, *checkpoint, *end;

	(void)state;
	disk_count_from_here();
	assert_ok(append(w, 400));
	journal = next_call(trace, 'J');
	assert_true(next_call(trace, 'f') < journal);
	tile = next_call(trace, 'T');
	assert_true(next_call(journal, 'f') < tile);
	tiles = strrchr(trace, 'T');
	checkpoint = next_call(trace, 'C');
	assert_true(next_call(tiles, 's') < checkpoint);
	assert_true(next_call(next_call(tiles, 's'), 'f') < checkpoint);
	end = next_call(trace, 'U');
	assert_true(next_call(checkpoint, 'f') < end);
	assert_null(strchr(checkpoint, 'T'));
	cs_tlog_writer_close(w);
	temp_dir_clear(&d);
}

/* ---- ended anywhere ----------------------------------------------------- */

/* Append ${n} in another process, which ends at its call ${at}.  Did it? */
static bool
child(const struct temp_dir *d, uint64_t n, unsigned at)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		struct cs_tlog_writer *w;

		disk_count_from_here();
		kill_at = at;
		if (cs_tlog_writer_open(
			&w, temp_path(d, "log"), &owner, NULL) != CS_OK ||
		    (n != 0 && append(w, n) != CS_OK))
			_exit(1);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_true(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == KILLED);
	return WEXITSTATUS(status) == KILLED;
}

/* What is there now, and after more was appended: other entries than those that
 * were not taken. */
static void
audit_and_go_on(const struct temp_dir *d, uint64_t before, uint64_t n)
{
	struct cs_tlog_writer *w = open_log(d);
	uint64_t size = cs_tlog_writer_size(w);

	assert_true(size == before || size == before + n);
	audit(w, d);
	set_model(size, "another");
	assert_ok(append(w, 130));
	audit(w, d);
	cs_tlog_writer_close(w);
}

static void
test_killed(void **state)
{
	bool killed = true, taken = false, lost = false;

	(void)state;
	for (unsigned at = 1; killed; at++) {
		struct temp_dir d = make_log(200);
		struct cs_tlog_writer *w;

		killed = child(&d, 400, at);
		w = open_log(&d);
		taken = taken || cs_tlog_writer_size(w) == 600;
		lost = lost || cs_tlog_writer_size(w) == 200;
		/* What was once taken is never lost. */
		assert_false(taken && cs_tlog_writer_size(w) == 200);
		cs_tlog_writer_close(w);
		audit_and_go_on(&d, 200, 400);
		temp_dir_clear(&d);
		assert_true(at < 500);
	}
	assert_true(taken && lost);
}

/* And again, while the rest is done. */
static void
test_killed_twice(void **state)
{
	bool killed = true;

	(void)state;
	for (unsigned at = 1; killed; at += 7) {
		bool again = true;

		for (unsigned next = 1; again; next++) {
			struct temp_dir d = make_log(200);

			killed = child(&d, 400, at);
			again = child(&d, 0, next);
			audit_and_go_on(&d, 200, 400);
			temp_dir_clear(&d);
			assert_true(next < 500);
		}
	}
}

/* The call fails, and the program goes on. */
static void
test_failing(void **state)
{
	bool failed = true;

	(void)state;
	for (unsigned at = 1; failed; at++) {
		struct temp_dir d = make_log(200);
		struct cs_tlog_writer *w = open_log(&d);

		disk_count_from_here();
		fail_at = at;
		failed = append(w, 400) != CS_OK;
		fail_at = 0;
		if (failed && calls >= at)
			assert_int_not_equal(append(w, 1), CS_OK);
		cs_tlog_writer_close(w);
		audit_and_go_on(&d, 200, 400);
		temp_dir_clear(&d);
		assert_true(at < 500);
	}
}

static void
test_create_killed(void **state)
{
	bool failed = true;

	(void)state;
	for (unsigned at = 1; failed; at++) {
		struct temp_dir d = temp_dir_new();
		struct cs_tlog_writer *w;
		const char *path = temp_path(&d, "log");

		set_model(0, "entry");
		disk_count_from_here();
		fail_at = at;
		failed = cs_tlog_writer_create(&w, path, &owner) != CS_OK;
		fail_at = 0;
		cs_tlog_writer_close(w);
		/* It is there, or can be begun. */
		if (cs_tlog_writer_open(&w, path, &owner, NULL) != CS_OK)
			assert_ok(cs_tlog_writer_create(&w, path, &owner));
		assert_ok(append(w, 3));
		audit(w, &d);
		cs_tlog_writer_close(w);
		temp_dir_clear(&d);
	}
}

/* Before anything is written there is nothing to be undone. */
static void
test_allocations(void **state)
{
	struct temp_dir d = make_log(255);
	struct cs_tlog_writer *w = open_log(&d);

	(void)state;
	for (long n = 0;; n++) {
		enum cs_err err;

		cs_alloc_fail_after(n);
		err = append(w, 1);
		cs_alloc_fail_after(-1);
		if (err == CS_OK)
			break;
		assert_err(err, CS_ERR_NOMEM);
		cs_tlog_writer_close(w);
		w = open_log(&d);
		if (cs_tlog_writer_size(w) == 256)
			break;
	}
	audit(w, &d);
	cs_tlog_writer_close(w);
	temp_dir_clear(&d);
}

/* ---- cosigned ----------------------------------------------------------- */

/* The line of a witness, at ${time_s}, below the checkpoint that is public. */
static struct cs_view
line_of_witness(const struct cs_tlog_writer *w, uint64_t time_s)
{
	static char line[CS_TLOG_COSIGN_LINE_SIZE];
	struct cs_tlog_cosigner who;
	struct cs_view text, lines;

	assert_ok(cs_tlog_cosigner(&who, "witness.example", with.public));
	assert_ok(cs_note_split(&text, &lines, cs_tlog_writer_note(w)));
	assert_ok(cs_tlog_cosign(line, &who, &with, text, time_s));
	return cs_view_str(line);
}

/* When did the witness cosign what is public?  0: it did not. */
static uint64_t
cosigned_at(const struct cs_tlog_writer *w)
{
	struct cs_tlog_cosigner who;
	uint64_t time_s = 0;
	enum cs_err err;

	assert_ok(cs_tlog_cosigner(&who, "witness.example", with.public));
	err = cs_tlog_cosigned(&time_s, cs_tlog_writer_note(w), &who);
	assert_true(err == CS_OK || err == CS_ERR_NOT_FOUND);
	return err == CS_OK ? time_s : 0;
}

static void
test_cosigned(void **state)
{
	struct temp_dir d = make_log(300);
	struct cs_tlog_writer *w = open_log(&d);
	struct cs_buf plain = { 0 };

	(void)state;
	assert_ok(cs_buf_set(&plain, cs_tlog_writer_note(w)));
	assert_ok(cs_tlog_writer_cosigned(w, line_of_witness(w, 17)));
	assert_int_equal(cosigned_at(w), 17);
	assert_int_equal(cs_tlog_writer_size(w), 300);
	audit(w, &d);
	/* Others take the place of those before. */
	assert_ok(cs_tlog_writer_cosigned(w, line_of_witness(w, 18)));
	assert_int_equal(cosigned_at(w), 18);
	assert_int_equal(
	    cs_tlog_writer_note(w).len, plain.len + line_of_witness(w, 18).len);
	cs_tlog_writer_close(w);
	w = open_log(&d);
	assert_int_equal(cosigned_at(w), 18);
	audit(w, &d);
	/* The next batch is another checkpoint. */
	assert_ok(append(w, 5));
	assert_int_equal(cosigned_at(w), 0);
	audit(w, &d);
	assert_ok(cs_tlog_writer_cosigned(w, line_of_witness(w, 19)));
	assert_ok(cs_tlog_writer_cosigned(w, cs_view(NULL, 0)));
	assert_int_equal(cosigned_at(w), 0);
	audit(w, &d);
	cs_tlog_writer_close(w);
	cs_buf_free(&plain);
	temp_dir_clear(&d);
}

static void
test_cosigned_refused(void **state)
{
	struct temp_dir d = make_log(300);
	struct cs_tlog_writer *w = open_log(&d);
	struct cs_view line = line_of_witness(w, 17);
	struct cs_buf many = { 0 }, before = { 0 };
	char wrong[CS_NOTE_LINE_SIZE];

	(void)state;
	assert_ok(cs_buf_set(&before, cs_tlog_writer_note(w)));
	assert_err(cs_tlog_writer_cosigned(w, cs_view(line.data, line.len - 1)),
	    CS_ERR_FORMAT);
	assert_err(
	    cs_tlog_writer_cosigned(w, cs_view_str("\n")), CS_ERR_FORMAT);
	assert_err(
	    cs_tlog_writer_cosigned(w, cs_view_str("entry\n")), CS_ERR_FORMAT);
	/* Sixteen lines are the owner's and fifteen others. */
	for (int i = 0; i < CS_NOTE_LINES_MAX - 1; i++)
		assert_ok(cs_buf_add(&many, line));
	assert_ok(cs_tlog_writer_cosigned(w, cs_buf_view(&many)));
	assert_ok(cs_tlog_writer_cosigned(w, cs_view(NULL, 0)));
	assert_ok(cs_buf_add(&many, line));
	assert_err(
	    cs_tlog_writer_cosigned(w, cs_buf_view(&many)), CS_ERR_FORMAT);
	many.max = (size_t)2 * CS_TLOG_NOTE_MAX;
	while (many.len < CS_TLOG_NOTE_MAX)
		assert_ok(cs_buf_add(&many, line));
	assert_err(
	    cs_tlog_writer_cosigned(w, cs_buf_view(&many)), CS_ERR_LIMIT);
	/* A line of the owner for another text. */
	assert_ok(cs_note_sign(wrong, &key, &with, cs_view_str("other\n")));
	assert_err(
	    cs_tlog_writer_cosigned(w, cs_view_str(wrong)), CS_ERR_SIGNATURE);
	assert_view_equal(cs_tlog_writer_note(w), cs_buf_view(&before));
	audit(w, &d);
	/* Somebody puts the older one there. */
	assert_ok(cs_tlog_writer_cosigned(w, line_of_witness(w, 17)));
	assert_ok(cs_file_write(temp_path(&d, "log/public/checkpoint"),
	    cs_buf_view(&before), 0644));
	assert_err(
	    cs_tlog_writer_cosigned(w, line_of_witness(w, 18)), CS_ERR_CORRUPT);
	assert_err(append(w, 1), CS_ERR_CORRUPT);
	cs_tlog_writer_close(w);
	/* Which says the same, so the log goes on. */
	w = open_log(&d);
	audit(w, &d);
	cs_tlog_writer_close(w);
	cs_buf_free(&many);
	cs_buf_free(&before);
	temp_dir_clear(&d);
}

/* Ended, or failed, at any call. */
static void
test_cosigned_ended(void **state)
{
	bool ended = true, with_line = false, without = false;

	(void)state;
	for (unsigned at = 1; ended; at++) {
		struct temp_dir d = make_log(200);
		struct cs_tlog_writer *w = open_log(&d);
		struct cs_view line = line_of_witness(w, 17);
		int status;
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0) {
			disk_count_from_here();
			kill_at = at;
			_exit(cs_tlog_writer_cosigned(w, line) != CS_OK);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		ended = WEXITSTATUS(status) == KILLED;
		assert_true(ended || WEXITSTATUS(status) == 0);
		cs_tlog_writer_close(w);
		w = open_log(&d);
		with_line = with_line || cosigned_at(w) == 17;
		without = without || cosigned_at(w) == 0;
		cs_tlog_writer_close(w);
		audit_and_go_on(&d, 200, 0);
		temp_dir_clear(&d);
		assert_true(at < 50);
	}
	assert_true(with_line && without);
	ended = true;
	for (unsigned at = 1; ended; at++) {
		struct temp_dir d = make_log(200);
		struct cs_tlog_writer *w = open_log(&d);

		disk_count_from_here();
		fail_at = at;
		ended =
		    cs_tlog_writer_cosigned(w, line_of_witness(w, 17)) != CS_OK;
		fail_at = 0;
		if (ended)
			assert_int_not_equal(append(w, 1), CS_OK);
		cs_tlog_writer_close(w);
		audit_and_go_on(&d, 200, 0);
		temp_dir_clear(&d);
		assert_true(at < 50);
	}
}

/* The machine is cut off before the disk knows that the journal was removed,
 * and the checkpoint has been cosigned since. */
static void
test_journal_after_cosigned(void **state)
{
	bool killed = true;
	unsigned found = 0;

	(void)state;
	for (unsigned at = 1; killed; at++) {
		struct temp_dir d = make_log(200);
		struct cs_buf journal = { 0 };
		struct cs_tlog_writer *w;

		killed = child(&d, 400, at);
		if (cs_file_read(&journal, temp_path(&d, "log/journal"),
			1 << 20) == CS_OK) {
			found++;
			w = open_log(&d);
			assert_ok(
			    cs_tlog_writer_cosigned(w, line_of_witness(w, 17)));
			cs_tlog_writer_close(w);
			assert_ok(cs_file_write(temp_path(&d, "log/journal"),
			    cs_buf_view(&journal), 0600));
			w = open_log(&d);
			assert_int_equal(cosigned_at(w), 17);
			assert_int_equal(cs_tlog_writer_size(w), 600);
			cs_tlog_writer_close(w);
			audit_and_go_on(&d, 200, 400);
		}
		cs_buf_free(&journal);
		temp_dir_clear(&d);
		assert_true(at < 500);
	}
	assert_true(found > 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grows),
		cmocka_unit_test(test_partial),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_one_of_them),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_rolled_back_under_way),
		cmocka_unit_test(test_seen),
		cmocka_unit_test(test_journal_refused),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_killed_twice),
		cmocka_unit_test(test_failing),
		cmocka_unit_test(test_create_killed),
		cmocka_unit_test(test_allocations),
		cmocka_unit_test(test_cosigned),
		cmocka_unit_test(test_cosigned_refused),
		cmocka_unit_test(test_cosigned_ended),
		cmocka_unit_test(test_journal_after_cosigned),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
