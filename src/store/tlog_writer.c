/* SPDX-License-Identifier: MIT */
#include "store/tlog_writer.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "base/writer.h"
#include "store/file.h"
#include "store/folder.h"
#include "store/tlog_folder.h"
#include "tlog/edge.h"

#define JOURNAL_VERSION 1
#define JOURNAL_MAX                                                            \
	(CS_TLOG_BATCH_BYTES + (size_t)2 * CS_TLOG_BATCH_ENTRIES +             \
	    CS_TLOG_NOTE_MAX + 16)
/* Anybody may read what is served. */
#define PUBLIC_FOLDER 0755
#define PUBLIC_FILE 0644

struct cs_tlog_writer {
	struct cs_folder dir;
	int lock;
	char *journal, *checkpoint;
	struct cs_tlog_folder public; /* owns its path */
	struct cs_tlog_owner owner;
	struct cs_buf note;            /* of the public checkpoint */
	struct cs_tlog_edge now, next; /* and the edge of its tree */
	enum cs_err broken;            /* why nothing more is appended */
};

/* A batch between its beginning and its end. */
struct batch {
	struct cs_buf note, journal;
	struct cs_tlog_files files;
};

static void
batch_clear(struct batch *b)
{
	cs_buf_free(&b->note);
	cs_buf_free(&b->journal);
	cs_tlog_files_clear(&b->files);
}

static struct cs_view
origin_of(const struct cs_tlog_writer *w)
{
	return cs_view_str(w->owner.key->name);
}

/* ---- a batch ------------------------------------------------------------ */

/* The checkpoint of the next edge, signed. */
static enum cs_err
sign(struct cs_buf *note, const struct cs_tlog_writer *w,
    const struct cs_tlog_edge *edge)
{
	struct cs_tlog_checkpoint c = { .origin = origin_of(w),
		.size = edge->size };
	enum cs_err err = cs_tlog_edge_root(&c.root, edge);

	return err
	    ? err
	    : cs_tlog_checkpoint_sign(note, &c, w->owner.key, w->owner.with);
}

/* What it takes to do all the rest: once it is on disk, the batch is decided.
 */
static enum cs_err
make_journal(const struct cs_tlog_writer *w, struct batch *b,
    const struct cs_view *entries, size_t n)
{
	struct cs_writer out = cs_writer(&b->journal);
	enum cs_err err;

	cs_write_u8(&out, JOURNAL_VERSION);
	cs_write_u64(&out, w->now.size);
	cs_write_u32(&out, (uint32_t)b->note.len);
	cs_write_bytes(&out, cs_buf_view(&b->note));
	if ((err = cs_writer_end(&out)))
		return err;
	for (size_t i = 0; i < n; i++)
		if ((err = cs_tlog_bundle_add(&b->journal, entries[i])))
			return err;
	return CS_OK;
}

/* C2SP tlog-tiles, "Partial Tiles": those of tiles that became full between the
 * sizes ${from} and ${to}.  Of each level only the first had any. */
static enum cs_err
drop_partial(const struct cs_tlog_writer *w, uint64_t from, uint64_t to)
{
	for (unsigned level = 0; level < CS_TLOG_LEVELS - 1; level++) {
		unsigned shift = CS_TLOG_TILE_HEIGHT * (level + 1);
		struct cs_tlog_tile tile = { false, level, from >> shift,
			CS_TLOG_TILE_WIDTH };
		enum cs_err err;

		if (from >> shift == to >> shift)
			break;
		if ((err = cs_tlog_folder_drop_partial(&w->public, &tile)))
			return err;
		tile.entries = true;
		if (level == 0 &&
		    (err = cs_tlog_folder_drop_partial(&w->public, &tile)))
			return err;
	}
	return CS_OK;
}

/* After the checkpoint ${to} was published: what nobody needs any more. */
static enum cs_err
tidy(const struct cs_tlog_writer *w, uint64_t from, uint64_t to)
{
	enum cs_err err = drop_partial(w, from, to);

	if (err == CS_OK && unlink(w->journal) != 0 && errno != ENOENT)
		err = cs_file_errno();
	return err;
}

/* Tiles, on disk; then the checkpoint, on disk. */
static enum cs_err
publish(struct cs_tlog_writer *w, struct batch *b)
{
	enum cs_err err;

	for (size_t i = 0; i < b->files.n; i++)
		if ((err = cs_tlog_folder_put(&w->public,
			 &b->files.list[i].tile,
			 cs_buf_view(&b->files.list[i].content))))
			return err;
	if ((err = cs_tlog_folder_sync(&w->public)) ||
	    (err = cs_file_write(
		 w->checkpoint, cs_buf_view(&b->note), PUBLIC_FILE)))
		return err;
	return tidy(w, w->now.size, w->next.size);
}

/* The next edge is the edge. */
static enum cs_err
turn(struct cs_tlog_writer *w, struct batch *b)
{
	cs_buf_free(&w->note);
	cs_buf_move(&w->note, &b->note);
	return cs_tlog_edge_copy(&w->now, &w->next);
}

/* The next edge, with the entries, and the files that change. */
static enum cs_err
grow(struct cs_tlog_writer *w, struct batch *b, const struct cs_view *entries,
    size_t n)
{
	enum cs_err err = cs_tlog_edge_copy(&w->next, &w->now);

	for (size_t i = 0; err == CS_OK && i < n; i++)
		err = cs_tlog_edge_add(&w->next, &b->files, entries[i]);
	return err ? err : cs_tlog_edge_rest(&w->next, &b->files);
}

static enum cs_err
check_batch(const struct cs_view *entries, size_t n)
{
	size_t bytes = 0;

	if (n == 0)
		return CS_ERR_MISUSE;
	if (n > CS_TLOG_BATCH_ENTRIES)
		return CS_ERR_LIMIT;
	for (size_t i = 0; i < n; i++) {
		if (entries[i].len > CS_TLOG_ENTRY_MAX)
			return CS_ERR_LIMIT;
		bytes += entries[i].len;
	}
	return bytes <= CS_TLOG_BATCH_BYTES ? CS_OK : CS_ERR_LIMIT;
}

/* Somebody who put an older folder in this one's place is noticed. */
static enum cs_err
check_unchanged(const struct cs_tlog_writer *w)
{
	struct cs_buf there = { 0 };
	enum cs_err err = cs_file_read(&there, w->checkpoint, CS_TLOG_NOTE_MAX);

	if (err == CS_ERR_NOT_FOUND || err == CS_ERR_LIMIT ||
	    (err == CS_OK &&
		!cs_view_equal(cs_buf_view(&there), cs_buf_view(&w->note))))
		err = CS_ERR_CORRUPT;
	cs_buf_free(&there);
	return err;
}

enum cs_err
cs_tlog_writer_append(struct cs_tlog_writer *w, uint64_t *first,
    const struct cs_view *entries, size_t n)
{
	struct batch b = { 0 };
	uint64_t before = w->now.size;
	enum cs_err err;

	if (w->broken)
		return w->broken;
	if ((err = check_batch(entries, n)) ||
	    (err = grow(w, &b, entries, n)) ||
	    (err = sign(&b.note, w, &w->next)) ||
	    (err = make_journal(w, &b, entries, n)))
		goto out;
	/* From here on an error leaves it open what is on disk. */
	if ((err = check_unchanged(w)) ||
	    (err = cs_file_write(w->journal, cs_buf_view(&b.journal), 0600)) ||
	    (err = publish(w, &b)) || (err = turn(w, &b)))
		w->broken = err;
	else
		*first = before;
out:
	batch_clear(&b);
	return err;
}

/* ---- cosigned ----------------------------------------------------------- */

/* The owner's note, which is the same each time, and ${lines} below it. */
static enum cs_err
make_cosigned(
    struct cs_buf *out, const struct cs_tlog_writer *w, struct cs_view lines)
{
	struct cs_tlog_checkpoint c;
	enum cs_err err;

	if ((err = sign(out, w, &w->now)) || (err = cs_buf_add(out, lines)))
		return err;
	/* What could not be read again must not be put there; nor what has an
	 * empty line, which would make the owner's part of the text. */
	err = cs_tlog_checkpoint_open(
	    &c, cs_buf_view(out), w->owner.key, origin_of(w));
	return err == CS_ERR_NOT_FOUND ? CS_ERR_FORMAT : err;
}

enum cs_err
cs_tlog_writer_cosigned(struct cs_tlog_writer *w, struct cs_view lines)
{
	struct cs_buf note = { .max = CS_TLOG_NOTE_MAX };
	enum cs_err err;

	if (w->broken)
		return w->broken;
	if ((err = make_cosigned(&note, w, lines)) == CS_OK &&
	    !cs_view_equal(cs_buf_view(&note), cs_buf_view(&w->note))) {
		if ((err = check_unchanged(w)) ||
		    (err = cs_file_write(
			 w->checkpoint, cs_buf_view(&note), PUBLIC_FILE))) {
			w->broken = err;
		} else {
			cs_buf_free(&w->note);
			cs_buf_move(&w->note, &note);
		}
	}
	cs_buf_free(&note);
	return err;
}

/* ---- opened again ------------------------------------------------------- */

static enum cs_err
grow_from(struct cs_tlog_writer *w, struct batch *b, struct cs_view bundle)
{
	struct cs_view entry;
	enum cs_err err = cs_tlog_edge_copy(&w->next, &w->now);

	while (err == CS_OK && bundle.len != 0) {
		err = cs_tlog_bundle_next(&entry, &bundle);
		if (err == CS_OK)
			err = cs_tlog_edge_add(&w->next, &b->files, entry);
	}
	return err ? err : cs_tlog_edge_rest(&w->next, &b->files);
}

/* Is ${c} the checkpoint of ${edge}? */
static enum cs_err
check_edge(const struct cs_tlog_edge *edge, const struct cs_tlog_checkpoint *c)
{
	struct cs_tlog_hash root;
	enum cs_err err = cs_tlog_edge_root(&root, edge);

	if (err)
		return err;
	return edge->size == c->size && cs_tlog_hash_equal(&root, &c->root)
	    ? CS_OK
	    : CS_ERR_CORRUPT;
}

/* Do both notes say the same of the log, whoever signed? */
static bool
same_text(struct cs_view a, struct cs_view b)
{
	struct cs_view text_a, text_b, lines;

	return cs_note_split(&text_a, &lines, a) == CS_OK &&
	    cs_note_split(&text_b, &lines, b) == CS_OK &&
	    cs_view_equal(text_a, text_b);
}

/* The rest of the batch that ${journal} has. */
static enum cs_err
replay(struct cs_tlog_writer *w, struct cs_view journal)
{
	struct cs_reader r = cs_reader(journal);
	struct cs_tlog_checkpoint c;
	struct cs_view note;
	struct batch b = { 0 };
	uint64_t from;
	enum cs_err err;

	if (cs_read_u8(&r) > JOURNAL_VERSION)
		return CS_ERR_NEWER;
	from = cs_read_u64(&r);
	note = cs_read_bytes(&r, cs_read_u32(&r));
	if (r.err)
		return CS_ERR_CORRUPT;
	if (same_text(note, cs_buf_view(&w->note)) && from < w->now.size)
		return tidy(w, from, w->now.size);
	if (from != w->now.size)
		return CS_ERR_CORRUPT;
	if ((err = cs_tlog_checkpoint_open(
		 &c, note, w->owner.key, origin_of(w))) ||
	    (err = cs_buf_set(&b.note, note)) ||
	    (err = grow_from(w, &b, cs_view(r.data, r.left))) ||
	    (err = check_edge(&w->next, &c)) || (err = publish(w, &b)) ||
	    (err = turn(w, &b)))
		goto out;
out:
	batch_clear(&b);
	return cs_err_class(err) == CS_ERR_CLASS_THEIRS ? CS_ERR_CORRUPT : err;
}

static enum cs_err
finish(struct cs_tlog_writer *w)
{
	struct cs_buf journal = { 0 };
	enum cs_err err = cs_file_read(&journal, w->journal, JOURNAL_MAX);

	if (err == CS_OK)
		err = replay(w, cs_buf_view(&journal));
	else if (err == CS_ERR_NOT_FOUND)
		err = CS_OK;
	cs_buf_free(&journal);
	return err;
}

/* Does the log continue what somebody else saw of it? */
static enum cs_err
check_seen(struct cs_tlog_writer *w, const struct cs_tlog_checkpoint *seen)
{
	struct cs_tlog_tiles *tiles;
	struct cs_tlog_hash root;
	enum cs_err err;

	if (!cs_view_equal(seen->origin, origin_of(w)))
		return CS_ERR_MISMATCH;
	if (seen->size > w->now.size)
		return CS_ERR_CORRUPT;
	if ((tiles = cs_calloc(1, sizeof *tiles)) == NULL)
		return CS_ERR_NOMEM;
	cs_tlog_writer_tiles(w, tiles);
	err = cs_tlog_root(&root, seen->size, cs_tlog_tiles_node, tiles);
	cs_free_plain(tiles);
	if (err == CS_ERR_NOT_FOUND || err == CS_ERR_FORMAT)
		return CS_ERR_CORRUPT;
	if (err)
		return err;
	return cs_tlog_hash_equal(&root, &seen->root) ? CS_OK : CS_ERR_CORRUPT;
}

/* Its checkpoint.  What is no checkpoint of ours is damage, or the wrong key.
 */
static enum cs_err
read_checkpoint(struct cs_tlog_writer *w, struct cs_tlog_checkpoint *out)
{
	enum cs_err err =
	    cs_file_read(&w->note, w->checkpoint, CS_TLOG_NOTE_MAX);

	if (err)
		return err == CS_ERR_LIMIT ? CS_ERR_CORRUPT : err;
	err = cs_tlog_checkpoint_open(
	    out, cs_buf_view(&w->note), w->owner.key, origin_of(w));
	if (err == CS_ERR_NOT_FOUND)
		return CS_ERR_SIGNATURE;
	return err == CS_ERR_FORMAT || err == CS_ERR_LIMIT ? CS_ERR_CORRUPT
							   : err;
}

static enum cs_err
load(struct cs_tlog_writer *w)
{
	struct cs_tlog_checkpoint c;
	enum cs_err err;

	if ((err = read_checkpoint(w, &c)) ||
	    (err = cs_tlog_edge_load(
		 &w->now, c.size, cs_tlog_folder_fetch, &w->public)))
		return err;
	return check_edge(&w->now, &c);
}

/* ---- its folder --------------------------------------------------------- */

/* What is in ${w}->dir, by name, with the lock on it. */
static enum cs_err
name_all(struct cs_tlog_writer *w)
{
	char *lock = cs_path_join(w->dir.path, "lock");
	enum cs_err err = CS_ERR_NOMEM;

	w->journal = cs_path_join(w->dir.path, "journal");
	w->public.path = cs_path_join(w->dir.path, "public");
	if (w->public.path != NULL)
		w->checkpoint = cs_path_join(w->public.path, "checkpoint");
	if (lock != NULL && w->journal != NULL && w->checkpoint != NULL)
		err = cs_file_try_lock(&w->lock, lock);
	cs_free_plain(lock);
	return err;
}

static struct cs_tlog_writer *
new_writer(const struct cs_tlog_owner *owner)
{
	struct cs_tlog_writer *w = cs_calloc(1, sizeof *w);

	if (w != NULL) {
		w->lock = -1;
		w->owner = *owner;
	}
	return w;
}

static bool
is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 || errno != ENOENT;
}

/* A log that lost its checkpoint is not begun anew; one that was never begun,
 * because somebody was ended before, is. */
static enum cs_err
check_none(const struct cs_tlog_writer *w)
{
	char *tiles = cs_path_join(w->public.path, "tile");
	bool there;

	if (tiles == NULL)
		return CS_ERR_NOMEM;
	there =
	    is_there(w->checkpoint) || is_there(w->journal) || is_there(tiles);
	cs_free_plain(tiles);
	return there ? CS_ERR_EXISTS : CS_OK;
}

static enum cs_err
begin(struct cs_tlog_writer *w)
{
	enum cs_err err;

	if ((err = check_none(w)) || (err = sign(&w->note, w, &w->now)))
		return err;
	if (mkdir(w->public.path, PUBLIC_FOLDER) != 0 && errno != EEXIST)
		return cs_file_errno();
	if ((err = cs_file_sync_dir(w->public.path)))
		return err;
	return cs_file_write(w->checkpoint, cs_buf_view(&w->note), PUBLIC_FILE);
}

enum cs_err
cs_tlog_writer_create(struct cs_tlog_writer **out, const char *path,
    const struct cs_tlog_owner *owner)
{
	struct cs_tlog_writer *w = new_writer(owner);
	enum cs_err err;

	*out = NULL;
	if (w == NULL)
		return CS_ERR_NOMEM;
	if ((err = cs_folder_make(&w->dir, path)) || (err = name_all(w)) ||
	    (err = begin(w))) {
		cs_tlog_writer_close(w);
		return err;
	}
	*out = w;
	return CS_OK;
}

enum cs_err
cs_tlog_writer_open(struct cs_tlog_writer **out, const char *path,
    const struct cs_tlog_owner *owner, const struct cs_tlog_checkpoint *seen)
{
	struct cs_tlog_writer *w = new_writer(owner);
	enum cs_err err;

	*out = NULL;
	if (w == NULL)
		return CS_ERR_NOMEM;
	if ((err = cs_folder_open(&w->dir, path)) || (err = name_all(w)) ||
	    (err = load(w)) || (err = finish(w)) ||
	    (seen != NULL && (err = check_seen(w, seen)))) {
		cs_tlog_writer_close(w);
		return err;
	}
	*out = w;
	return CS_OK;
}

void
cs_tlog_writer_close(struct cs_tlog_writer *w)
{
	if (w == NULL)
		return;
	if (w->lock >= 0)
		cs_file_unlock(w->lock);
	cs_folder_close(&w->dir);
	cs_free_plain(w->journal);
	cs_free_plain(w->checkpoint);
	cs_free_plain(w->public.path);
	cs_buf_free(&w->note);
	cs_tlog_edge_clear(&w->now);
	cs_tlog_edge_clear(&w->next);
	cs_free_plain(w);
}

/* ---- what it has -------------------------------------------------------- */

uint64_t
cs_tlog_writer_size(const struct cs_tlog_writer *w)
{
	return w->now.size;
}

struct cs_view
cs_tlog_writer_note(const struct cs_tlog_writer *w)
{
	return cs_buf_view(&w->note);
}

void
cs_tlog_writer_tiles(struct cs_tlog_writer *w, struct cs_tlog_tiles *out)
{
	*out = (struct cs_tlog_tiles){ .size = w->now.size,
		.fetch = cs_tlog_folder_fetch,
		.arg = &w->public };
}
