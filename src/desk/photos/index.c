/* SPDX-License-Identifier: MIT */
/*
 * Implementation notes.
 *
 * The table "hash" has a sealed row for each photo, with the hashes of its
 * eight turns, and one for each line of a list and for each hash or photo of a
 * notice, with one hash.  The index in
 * memory holds, by the number of the row, only the hash of a photo as it is;
 * photos are looked up by all eight of their turns.  The index is built when it
 * is first needed, and rows that are added later are appended.  A trigger
 * counts the rows that are removed: when that count has changed, the index is
 * built anew.
 *
 * Photos that came before a list are found by looking back: up to LINES_MAX new
 * lines become a small index of their own, and all photos are matched with it,
 * PHOTOS_MAX in each transaction.  The configuration keeps the last line with
 * which every photo was matched.
 */
#include "desk/photos/index.h"

#include <string.h>

#include "base/alloc.h"
#include "desk/core/desk.h"
#include "desk/core/record.h"
#include "desk/core/row.h"
#include "desk/decisions/decision.h"
#include "desk/photos/lists.h"
#include "desk/photos/media.h"
#include "desk/reports/file.h"
#include "phash/index.h"
#include "phash/phash.h"
#include "store/clock.h"
#include "store/db.h"
#include "store/vault.h"

#define TABLE "hash"
#define ROWS_AT_ONCE 2000 /* before the clock is looked at */

/* ---- rows --------------------------------------------------------------- */

/* What is sealed for a photo: the first hash is of it as it is. */
struct turns {
	uint8_t hashes[CS_PDQ_TURNS][CS_PDQ_LEN];
};

static enum cs_err
open_photo(
    struct turns *out, struct cs_desk *d, uint64_t id, struct cs_view sealed)
{
	struct cs_buf plain = { 0 };
	uint8_t name[8];
	enum cs_err err;

	cs_vault_row(name, id);
	err = cs_vault_open(&plain, &d->key, TABLE, CS_VIEW_OF(name), sealed);
	if (err == CS_OK && plain.len != sizeof out->hashes)
		err = CS_ERR_CORRUPT;
	if (err == CS_OK)
		memcpy(out->hashes, plain.data, sizeof out->hashes);
	cs_buf_free(&plain);
	return err;
}

static enum cs_err
open_one(uint8_t out[static CS_PDQ_LEN], struct cs_desk *d, uint64_t id,
    struct cs_view sealed)
{
	struct cs_buf plain = { 0 };
	uint8_t name[8];
	enum cs_err err;

	cs_vault_row(name, id);
	err = cs_vault_open(&plain, &d->key, TABLE, CS_VIEW_OF(name), sealed);
	if (err == CS_OK && plain.len != CS_PDQ_LEN)
		err = CS_ERR_CORRUPT;
	if (err == CS_OK)
		memcpy(out, plain.data, CS_PDQ_LEN);
	cs_buf_free(&plain);
	return err;
}

/* Read the hash of a photo as it is, or of a line, from the columns id,
 * source, sealed. */
static enum cs_err
open_hash(
    uint8_t out[static CS_PDQ_LEN], struct cs_desk *d, struct cs_rows *rows)
{
	uint64_t id = cs_col_int(rows, 0);
	struct desk_list_line line;
	struct turns turns;
	enum cs_err err;

	if (cs_col_int(rows, 1) == DESK_HASH_LIST) {
		err = desk_list_line_open(&line, d, id, cs_col_blob(rows, 2));
		memcpy(out, line.hash, CS_PDQ_LEN);
		return err;
	}
	if (cs_col_int(rows, 1) == DESK_HASH_NOTICE)
		return open_one(out, d, id, cs_col_blob(rows, 2));
	if ((err = open_photo(&turns, d, id, cs_col_blob(rows, 2))) == CS_OK)
		memcpy(out, turns.hashes[0], CS_PDQ_LEN);
	return err;
}

enum cs_err
desk_index_add(struct cs_desk *d, uint64_t media,
    const uint8_t hashes[static CS_PDQ_TURNS][CS_PDQ_LEN])
{
	enum cs_err err;

	if ((err = cs_db_exec(d->db,
		 "INSERT INTO hash(source,ref,sealed) VALUES(?,?,x'')",
		 cs_int(DESK_HASH_PHOTO), cs_int(media))))
		return err;
	return desk_row_write(d, TABLE, cs_db_last_id(d->db),
	    cs_view(hashes[0], sizeof(struct turns)));
}

enum cs_err
desk_index_add_notice(
    struct cs_desk *d, uint64_t number, const uint8_t hash[static CS_PDQ_LEN])
{
	enum cs_err err;

	if ((err = cs_db_exec(d->db,
		 "INSERT INTO hash(source,ref,sealed) VALUES(?,?,x'')",
		 cs_int(DESK_HASH_NOTICE), cs_int(number))))
		return err;
	return desk_row_write(
	    d, TABLE, cs_db_last_id(d->db), cs_view(hash, CS_PDQ_LEN));
}

/* ---- the index ---------------------------------------------------------- */

struct desk_index {
	struct cs_pdq_index *index;
	uint64_t last;    /* row */
	uint64_t removed; /* rows, ever */
	/* Lines of lists that the photos before them are matched with. */
	struct cs_pdq_index *lines;
	uint64_t to_line, at_photo;
};

void
desk_index_forget(struct cs_desk *d)
{
	if (d->index == NULL)
		return;
	cs_pdq_index_free(d->index->index);
	cs_pdq_index_free(d->index->lines);
	cs_free(d->index, sizeof *d->index);
	d->index = NULL;
}

/* Add the rows of ${rows} (id, source, sealed); ${*n} says how many.  A row
 * that is damaged on the disk fits nothing, and does not stop the others. */
static enum cs_err
add_rows(struct cs_pdq_index *index, struct cs_desk *d, struct cs_rows *rows,
    uint64_t *last, uint64_t *n)
{
	enum cs_err err = CS_OK;

	for (*n = 0; err == CS_OK && cs_rows_next(rows); ++*n) {
		uint64_t id = cs_col_int(rows, 0);
		uint8_t hash[CS_PDQ_LEN];

		err = open_hash(hash, d, rows);
		if (err == CS_OK)
			err = cs_pdq_index_add(index, hash, id);
		else if (err == CS_ERR_CORRUPT)
			err = CS_OK;
		if (err == CS_OK)
			*last = id;
	}
	return err;
}

/* Begin with an empty index if there is none, or if rows were removed. */
static enum cs_err
begin(struct cs_desk *d)
{
	uint64_t removed;
	enum cs_err err;

	if ((err = cs_db_get_int(&removed, d->db, "SELECT n FROM hash_gone")))
		return err;
	if (d->index != NULL && d->index->removed != removed)
		desk_index_forget(d);
	if (d->index != NULL)
		return CS_OK;
	d->index = cs_calloc(1, sizeof *d->index);
	if (d->index == NULL)
		return CS_ERR_NOMEM;
	d->index->removed = removed;
	if ((err = cs_pdq_index_new(&d->index->index)))
		desk_index_forget(d);
	return err;
}

enum cs_err
desk_index_refresh(struct cs_desk *d, uint64_t until_ms, bool *more)
{
	struct cs_rows rows;
	uint64_t n = 0;
	enum cs_err err = begin(d);

	do {
		if (err ||
		    (err = cs_db_query(&rows, d->db,
			 "SELECT id,source,sealed FROM hash WHERE id>?"
			 " ORDER BY id LIMIT ?",
			 cs_int(d->index->last), cs_int(ROWS_AT_ONCE))))
			break;
		err = add_rows(d->index->index, d, &rows, &d->index->last, &n);
		err = cs_rows_end(&rows, err);
		*more = n == ROWS_AT_ONCE;
	} while (err == CS_OK && *more && cs_clock_ms() < until_ms);
	return err;
}

/* ---- neighbours --------------------------------------------------------- */

/* Keep the nearest rows, each once, at its smallest distance. */
static bool
collect(void *arg, uint64_t row, unsigned distance)
{
	struct desk_neighbours *m = arg;
	size_t worst = 0;

	for (size_t i = 0; i < m->n; i++) {
		if (m->found[i].row == row) {
			if (distance < m->found[i].distance)
				m->found[i].distance = distance;
			return true;
		}
		if (m->found[i].distance > m->found[worst].distance)
			worst = i;
	}
	if (m->n < DESK_NEIGHBOURS_MAX)
		m->found[m->n++] = (struct desk_neighbour){ row, distance };
	else if (distance < m->found[worst].distance)
		m->found[worst] = (struct desk_neighbour){ row, distance };
	return true;
}

static enum cs_err
find_in(struct desk_neighbours *out, const struct cs_pdq_index *index,
    const uint8_t hashes[][CS_PDQ_LEN], size_t n)
{
	enum cs_err err = CS_OK;

	out->n = 0;
	for (size_t i = 0; i < n && err == CS_OK; i++)
		err = cs_pdq_index_find(
		    index, hashes[i], CS_PDQ_NEAR, collect, out);
	return err;
}

enum cs_err
desk_index_find(struct desk_neighbours *out, const struct cs_desk *d,
    const uint8_t hashes[][CS_PDQ_LEN], size_t n)
{
	return find_in(out, d->index->index, hashes, n);
}

/* ---- matches ------------------------------------------------------------ */

static enum cs_err
describe_line(struct desk_match *out, struct cs_desk *d,
    const struct desk_list_line *line)
{
	struct desk_list l;
	enum cs_err err = desk_list_load(&l, d, out->list);

	out->kind = DESK_MATCH_LIST;
	memcpy(out->label, line->label, sizeof out->label);
	if (err == CS_OK)
		memcpy(out->list_name, l.name, sizeof out->list_name);
	/* The lines of a damaged list still count. */
	return err == CS_ERR_CORRUPT ? CS_OK : err;
}

static enum cs_err
describe_photo(struct desk_match *out, struct cs_desk *d)
{
	out->kind = DESK_MATCH_CASE;
	return cs_db_get_int(&out->case_id, d->db,
	    "SELECT case_id FROM media WHERE id=?", cs_int(out->media));
}

/* The case of the notice ${number}, which is in one. */
static enum cs_err
case_of_notice(uint64_t *case_id, struct cs_desk *d, uint64_t number)
{
	return cs_db_get_int(case_id, d->db,
	    "SELECT case_id FROM filing WHERE id=? AND case_id<>0"
	    " AND body IS NOT NULL",
	    cs_int(number));
}

enum cs_err
desk_index_describe(struct desk_match *out, struct cs_desk *d,
    const struct desk_neighbour *m, uint64_t media)
{
	struct desk_list_line line;
	struct cs_rows row;
	uint64_t ref = 0, source = 0;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	out->distance = m->distance;
	err = cs_db_row(&row, d->db,
	    "SELECT source,ref,sealed FROM hash WHERE id=?", cs_int(m->row));
	if (err == CS_OK) {
		source = cs_col_int(&row, 0);
		ref = cs_col_int(&row, 1);
		if (source == DESK_HASH_LIST)
			err = desk_list_line_open(
			    &line, d, m->row, cs_col_blob(&row, 2));
	}
	if ((err = cs_rows_end(&row, err)))
		return err;
	if (source == DESK_HASH_LIST) {
		out->list = ref;
		return describe_line(out, d, &line);
	}
	out->media = ref;
	if (source == DESK_HASH_NOTICE) {
		out->kind = DESK_MATCH_NOTICE;
		return case_of_notice(&out->case_id, d, ref);
	}
	return ref == media ? CS_ERR_NOT_FOUND : describe_photo(out, d);
}

/* Is the list of a match still there? */
static enum cs_err
is_listed(bool *out, struct cs_desk *d, const struct desk_match *m)
{
	uint64_t n;
	enum cs_err err = cs_db_get_int(
	    &n, d->db, "SELECT COUNT(*) FROM list WHERE id=?", cs_int(m->list));

	*out = err == CS_OK && n != 0;
	return err;
}

/* Find the case of a match's photo now, and whether anything was done about
 * it. */
static enum cs_err
find_case(bool *here, bool *acted, struct cs_desk *d, struct desk_match *m)
{
	bool done;
	enum cs_err err = m->kind == DESK_MATCH_NOTICE
	    ? case_of_notice(&m->case_id, d, m->media)
	    : cs_db_get_int(&m->case_id, d->db,
		  "SELECT case_id FROM media WHERE id=?", cs_int(m->media));

	*here = err == CS_OK;
	if (err == CS_OK &&
	    (err = desk_case_acted(&done, d, m->case_id)) == CS_OK)
		*acted |= done;
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

enum cs_err
desk_index_matches_now(struct desk_match_list *now, bool *acted,
    struct cs_desk *d, const struct desk_match_list *matches)
{
	enum cs_err err = CS_OK;

	*acted = false;
	for (size_t i = 0; i < matches->n && err == CS_OK; i++) {
		struct desk_match m = matches->at[i], *new;
		bool here;

		err = m.kind == DESK_MATCH_LIST
		    ? is_listed(&here, d, &m)
		    : find_case(&here, acted, d, &m);
		if (err || !here)
			continue;
		if ((new = desk_array_add(now, sizeof *new)) == NULL)
			return CS_ERR_NOMEM;
		*new = m;
	}
	return err;
}

/* ---- looking back ------------------------------------------------------- */

#define LOOKED_BACK "lists-looked-back" /* the last line that was matched */
#define LINES_MAX 100000                /* matched at once, to save memory */
#define PHOTOS_MAX 500                  /* in one transaction */

/* 0 if no line was matched yet. */
static enum cs_err
get_looked_back(uint64_t *out, struct cs_desk *d)
{
	enum cs_err err =
	    cs_vault_config_get_num(out, d->db, &d->key, LOOKED_BACK);

	if (err == CS_ERR_NOT_FOUND)
		*out = 0;
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

static enum cs_err
set_looked_back(struct cs_desk *d, uint64_t line)
{
	return cs_vault_config_set_num(d->db, &d->key, LOOKED_BACK, line);
}

/* Were any hashes added since the last search?  Mostly not, and then nothing
 * has to be locked or built. */
static enum cs_err
has_new(bool *out, struct cs_desk *d)
{
	uint64_t last, newest;
	enum cs_err err;

	if ((err = get_looked_back(&last, d)) == CS_OK)
		err = cs_db_get_int(
		    &newest, d->db, "SELECT COALESCE(MAX(id),0) FROM hash");
	*out = err == CS_OK && newest > last;
	return err;
}

/* Are there lines after ${last}?  If not, the next search begins after all
 * rows that are there now; in a transaction, because other processes add
 * lines. */
static enum cs_err
find_lines(bool *found, struct cs_desk *d, uint64_t last)
{
	uint64_t id;
	enum cs_err err;

	/* Search by number: there are many older lines. */
	err = cs_db_get_int(&id, d->db,
	    "SELECT id FROM hash WHERE id>? AND +source=? ORDER BY id LIMIT 1",
	    cs_int(last), cs_int(DESK_HASH_LIST));
	*found = err == CS_OK;
	if (err != CS_ERR_NOT_FOUND)
		return err;
	err = cs_db_get_int(&id, d->db, "SELECT COALESCE(MAX(id),0) FROM hash");
	return err || id <= last ? err : set_looked_back(d, id);
}

/* Take the next lines that photos are to be matched with, if there are any. */
static enum cs_err
take_lines(struct cs_desk *d)
{
	struct desk_index *x = d->index;
	struct cs_rows rows;
	bool found = false;
	uint64_t last, n;
	enum cs_err err;

	if ((err = cs_db_begin(d->db)))
		return err;
	if ((err = get_looked_back(&last, d)) == CS_OK)
		err = find_lines(&found, d, last);
	if ((err = cs_db_end(d->db, err)) || !found ||
	    (err = cs_pdq_index_new(&x->lines)))
		return err;
	x->at_photo = 0;
	err = cs_db_query(&rows, d->db,
	    "SELECT id,source,sealed FROM hash WHERE id>? AND +source=?"
	    " ORDER BY id LIMIT ?",
	    cs_int(last), cs_int(DESK_HASH_LIST), cs_int(LINES_MAX));
	if (err == CS_OK)
		err = add_rows(x->lines, d, &rows, &x->to_line, &n);
	return cs_rows_end(&rows, err);
}

static void
drop_lines(struct desk_index *x)
{
	cs_pdq_index_free(x->lines);
	x->lines = NULL;
}

/* Photos that came after the list have this match already. */
static bool
has_match(const struct desk_match_list *matches, const struct desk_match *m)
{
	for (size_t i = 0; i < matches->n; i++)
		if (matches->at[i].list == m->list &&
		    strcmp(matches->at[i].label, m->label) == 0)
			return true;
	return false;
}

/* Add what is new of ${found} to the matches of ${p}. */
static enum cs_err
merge_matches(bool *new_one, struct cs_desk *d, struct desk_media *p,
    const struct desk_neighbours *found)
{
	struct desk_match_list *matches = &p->facts.matches;
	enum cs_err err = CS_OK;

	*new_one = false;
	for (size_t i = 0; i < found->n && err == CS_OK; i++) {
		struct desk_match m, *new;

		err = desk_index_describe(&m, d, &found->found[i], p->id);
		if (err == CS_ERR_NOT_FOUND)
			err = CS_OK;
		else if (err == CS_OK && !has_match(matches, &m)) {
			if ((new = desk_array_add(matches, sizeof m)) == NULL)
				return CS_ERR_NOMEM;
			*new = m;
			*new_one = true;
		}
	}
	return err;
}

/* Store that the photo ${media} fits lines that came later. */
static enum cs_err
add_matches(
    struct cs_desk *d, uint64_t media, const struct desk_neighbours *found)
{
	struct desk_media p;
	bool new_one;
	enum cs_err err = desk_media_load(&p, d, media);

	/* It is damaged on the disk. */
	if (err == CS_ERR_CORRUPT)
		err = CS_OK;
	else if (err == CS_OK &&
	    (err = merge_matches(&new_one, d, &p, found)) == CS_OK && new_one &&
	    (err = desk_media_save(d, &p, DESK_MEDIA_PRESENT)) == CS_OK)
		err = desk_media_touch(d, &p);
	desk_media_clear(&p);
	return err;
}

/* Match some photos with the lines; in a transaction. */
static enum cs_err
match_some(struct cs_desk *d, bool *more)
{
	struct desk_index *x = d->index;
	struct cs_rows rows;
	unsigned n = 0;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT id,ref,sealed FROM hash WHERE source=? AND ref>?"
	    " ORDER BY ref LIMIT ?",
	    cs_int(DESK_HASH_PHOTO), cs_int(x->at_photo), cs_int(PHOTOS_MAX));
	while (err == CS_OK && cs_rows_next(&rows)) {
		uint64_t media = cs_col_int(&rows, 1);
		struct desk_neighbours found;
		struct turns turns;

		if ((err = open_photo(&turns, d, cs_col_int(&rows, 0),
			 cs_col_blob(&rows, 2))) == CS_OK &&
		    (err = find_in(&found, x->lines, turns.hashes,
			 CS_PDQ_TURNS)) == CS_OK &&
		    found.n != 0)
			err = add_matches(d, media, &found);
		else if (err == CS_ERR_CORRUPT)
			err = CS_OK;
		x->at_photo = media;
		n++;
	}
	*more = n == PHOTOS_MAX;
	err = cs_rows_end(&rows, err);
	return err || *more ? err : set_looked_back(d, x->to_line);
}

enum cs_err
desk_index_look_back(struct cs_desk *d, bool *more)
{
	bool photos = false, any;
	enum cs_err err;

	*more = false;
	if ((d->index == NULL || d->index->lines == NULL) &&
	    ((err = has_new(&any, d)) || !any))
		return err;
	if ((err = begin(d)))
		return err;
	if (d->index->lines == NULL && (err = take_lines(d)))
		drop_lines(d->index);
	if (err || d->index->lines == NULL)
		return err;
	if ((err = cs_db_begin(d->db)) == CS_OK)
		err = cs_db_end(d->db, match_some(d, &photos));
	/* After an error, begin again; else there may be other lines. */
	if (err || !photos)
		drop_lines(d->index);
	*more = err == CS_OK;
	return err;
}
