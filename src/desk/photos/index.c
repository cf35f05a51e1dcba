/* SPDX-License-Identifier: MIT */
/* Which photos are copies: of one another, and of photos on lists. */
#include "desk/photos/index.h"

#include <string.h>

#include "base/alloc.h"
#include "desk/core/desk.h"
#include "desk/core/doc.h"
#include "desk/core/json.h"
#include "desk/decisions/decision.h"
#include "desk/photos/media.h"
#include "phash/index.h"
#include "phash/phash.h"
#include "store/clock.h"
#include "store/db.h"
#include "store/vault.h"

#define ROWS_AT_ONCE 2000 /* before the clock is looked at */
#define PHOTO 0           /* hash.source: ref is the photo's row in media */
#define LIST 1            /* ref is the list */

/* ---- rows --------------------------------------------------------------- */

/*
 * A photo has the hashes of its eight turns, the first is as it is, and had
 * only that one at first; a line of a list has one, and its label as JSON.
 */
struct row {
	uint8_t hashes[CS_PDQ_TURNS][CS_PDQ_LEN];
	size_t n;
	json_t *label; /* NULL: a photo */
};

static enum cs_err
open_row(struct row *out, struct cs_desk *d, uint64_t id, uint64_t source,
    struct cs_view sealed)
{
	struct cs_buf plain = { 0 };
	uint8_t name[8];
	size_t n = CS_PDQ_LEN;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	cs_vault_row(name, id);
	err = cs_vault_open(&plain, &d->key, "hash", CS_VIEW_OF(name), sealed);
	if (err == CS_OK && source == PHOTO && plain.len > CS_PDQ_LEN)
		n = sizeof out->hashes;
	if (err == CS_OK &&
	    (plain.len < n || (source == PHOTO && plain.len != n)))
		err = CS_ERR_CORRUPT;
	if (err == CS_OK) {
		memcpy(out->hashes, plain.data, n);
		out->n = n / CS_PDQ_LEN;
		if (source == LIST)
			out->label = json_loadb((const char *)plain.data + n,
			    plain.len - n, 0, NULL);
	}
	cs_buf_free(&plain);
	return err;
}

enum cs_err
desk_index_add(struct cs_desk *d, uint64_t media,
    const uint8_t hashes[static CS_PDQ_TURNS][CS_PDQ_LEN])
{
	enum cs_err err;

	if ((err = cs_db_exec(d->db,
		 "INSERT INTO hash(source,ref,sealed) VALUES(0,?,x'')",
		 cs_int(media))))
		return err;
	return desk_row_write(d, "hash", cs_db_last_id(d->db),
	    cs_view(hashes[0], CS_PDQ_TURNS * CS_PDQ_LEN));
}

/* ---- the index ---------------------------------------------------------- */

/*
 * All hashes as they are, not turned, by number of their row: in memory, made
 * of the sealed rows when it is first needed.  So what is damaged in memory is
 * never kept, and the rows are what lasts.  Rows that were added since are
 * added; when some were removed, all is made again.
 */
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
	if (d->photos == NULL)
		return;
	cs_pdq_index_free(d->photos->index);
	cs_pdq_index_free(d->photos->lines);
	cs_free(d->photos, sizeof *d->photos);
	d->photos = NULL;
}

/* Add the rows that ${rows} has: id, source, sealed; ${*n} of them.  One that
 * is damaged on the disk fits nothing, and is in the way of no other. */
static enum cs_err
add_rows(struct cs_pdq_index *index, struct cs_desk *d, struct cs_rows *rows,
    uint64_t *last, uint64_t *n)
{
	enum cs_err err = CS_OK;

	for (*n = 0; err == CS_OK && cs_rows_next(rows); ++*n) {
		uint64_t id = cs_col_int(rows, 0);
		struct row row;

		err = open_row(
		    &row, d, id, cs_col_int(rows, 1), cs_col_blob(rows, 2));
		if (err == CS_OK)
			err = cs_pdq_index_add(index, row.hashes[0], id);
		else if (err == CS_ERR_CORRUPT)
			err = CS_OK;
		if (err == CS_OK)
			*last = id;
		json_decref(row.label);
	}
	return err;
}

/* The index, empty if it was not there. */
static enum cs_err
begin(struct cs_desk *d)
{
	uint64_t removed;
	enum cs_err err;

	if ((err = cs_db_get_int(&removed, d->db, "SELECT n FROM hash_gone")))
		return err;
	if (d->photos != NULL && d->photos->removed != removed)
		desk_index_forget(d);
	if (d->photos != NULL)
		return CS_OK;
	d->photos = cs_calloc(1, sizeof *d->photos);
	if (d->photos == NULL)
		return CS_ERR_NOMEM;
	d->photos->removed = removed;
	if ((err = cs_pdq_index_new(&d->photos->index)))
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
			 cs_int(d->photos->last), cs_int(ROWS_AT_ONCE))))
			break;
		err =
		    add_rows(d->photos->index, d, &rows, &d->photos->last, &n);
		err = cs_rows_end(&rows, err);
		*more = n == ROWS_AT_ONCE;
	} while (err == CS_OK && *more && cs_clock_ms() < until_ms);
	return err;
}

/* ---- matches ------------------------------------------------------------ */

/* The nearest of them; a row once, at its smallest distance. */
static bool
collect(void *arg, uint64_t row, unsigned distance)
{
	struct desk_matches *m = arg;
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
	if (m->n < DESK_MATCHES_MAX)
		m->found[m->n++] = (struct desk_match){ row, distance };
	else if (distance < m->found[worst].distance)
		m->found[worst] = (struct desk_match){ row, distance };
	return true;
}

static enum cs_err
find_in(struct desk_matches *out, const struct cs_pdq_index *index,
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
desk_index_find(struct desk_matches *out, const struct cs_desk *d,
    const uint8_t hashes[][CS_PDQ_LEN], size_t n)
{
	return find_in(out, d->photos->index, hashes, n);
}

static enum cs_err
show_line(json_t *o, struct cs_desk *d, uint64_t list, const json_t *label)
{
	struct cs_rows rows;
	json_t *doc = NULL;
	enum cs_err err;

	err = cs_db_query(
	    &rows, d->db, "SELECT sealed FROM list WHERE id=?", cs_int(list));
	if (err == CS_OK && cs_rows_next(&rows))
		err = desk_doc_open_id(
		    &doc, d, "list", list, cs_col_blob(&rows, 0));
	err = cs_rows_end(&rows, err);
	json_put_str(o, "kind", "list", &err);
	json_put_id(o, "list", list, &err);
	json_put_str(o, "list_name", json_get_str(doc, "name"), &err);
	json_put_str(o, "label", json_get_str(label, "label"), &err);
	json_decref(doc);
	return err;
}

static enum cs_err
show_photo(json_t *o, struct cs_desk *d, uint64_t media)
{
	uint64_t case_id;
	enum cs_err err = cs_db_get_int(&case_id, d->db,
	    "SELECT case_id FROM media WHERE id=?", cs_int(media));

	json_put_str(o, "kind", "case", &err);
	json_put_id(o, "case", case_id, &err);
	json_put_id(o, "media", media, &err);
	return err;
}

enum cs_err
desk_index_match_show(
    json_t **out, struct cs_desk *d, const struct desk_match *m, uint64_t media)
{
	json_t *o = json_object();
	uint64_t source = PHOTO, ref = media;
	struct row row = { .label = NULL };
	struct cs_rows rows;
	enum cs_err err;

	*out = NULL;
	err = cs_db_query(&rows, d->db,
	    "SELECT source,ref,sealed FROM hash WHERE id=?", cs_int(m->row));
	if (err == CS_OK && cs_rows_next(&rows)) {
		source = cs_col_int(&rows, 0);
		ref = cs_col_int(&rows, 1);
		err = open_row(&row, d, m->row, source, cs_col_blob(&rows, 2));
	}
	err = cs_rows_end(&rows, err);
	json_put_num(o, "distance", m->distance, &err);
	if (err || (source == PHOTO && ref == media)) {
		json_decref(o);
	} else {
		err = source == LIST ? show_line(o, d, ref, row.label)
				     : show_photo(o, d, ref);
		*out = o;
	}
	json_decref(row.label);
	return err;
}

enum cs_err
desk_index_matches_now(
    json_t *items, bool *acted, struct cs_desk *d, const json_t *matches)
{
	json_t *o;
	size_t i;
	enum cs_err err = CS_OK;

	*acted = false;
	json_array_foreach (matches, i, o) {
		uint64_t media = json_id_parse(json_get_str(o, "media")),
			 case_id, lists;
		json_t *now;
		bool here;

		if (err)
			break;
		if (media == 0) { /* of a list, unless it was removed */
			err = cs_db_get_int(&lists, d->db,
			    "SELECT COUNT(*) FROM list WHERE id=?",
			    cs_int(json_id_parse(json_get_str(o, "list"))));
			if (err == CS_OK && lists != 0)
				json_push(items, json_incref(o), &err);
			continue;
		}
		err = cs_db_get_int(&case_id, d->db,
		    "SELECT case_id FROM media WHERE id=?", cs_int(media));
		if (err == CS_ERR_NOT_FOUND) {
			err = CS_OK;
			continue;
		}
		if (err || (err = desk_case_acted(&here, d, case_id)))
			break;
		*acted |= here;
		now = json_copy(o);
		json_put_id(now, "case", case_id, &err);
		json_push(items, now, &err);
	}
	return err;
}

/* ---- looking back ------------------------------------------------------- */

#define LOOKED_BACK "lists-looked-back" /* the last line that was matched */
#define LINES_MAX 100000                /* matched at once: for the memory */
#define PHOTOS_MAX 500                  /* in one transaction */

/* 0: none was. */
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

/* Did any hash come since the last search?  Mostly not, and then nothing has to
 * be locked or made. */
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

/* Are there lines after ${last}?  If not, the next search begins after all rows
 * that there are; in a transaction, because lines come from other processes. */
static enum cs_err
find_lines(bool *found, struct cs_desk *d, uint64_t last)
{
	uint64_t id;
	enum cs_err err;

	/* By number: there are many lines from before. */
	err = cs_db_get_int(&id, d->db,
	    "SELECT id FROM hash WHERE id>? AND +source=1 ORDER BY id LIMIT 1",
	    cs_int(last));
	*found = err == CS_OK;
	if (err != CS_ERR_NOT_FOUND)
		return err;
	err = cs_db_get_int(&id, d->db, "SELECT COALESCE(MAX(id),0) FROM hash");
	return err || id <= last ? err : set_looked_back(d, id);
}

/* The next lines that photos are to be matched with, if there are any. */
static enum cs_err
take_lines(struct cs_desk *d)
{
	struct desk_index *x = d->photos;
	struct cs_rows rows;
	bool found = false;
	uint64_t last, n;
	enum cs_err err;

	if ((err = cs_db_begin(d->db)))
		return err;
	if ((err = get_looked_back(&last, d)) == CS_OK &&
	    (err = find_lines(&found, d, last)) == CS_OK)
		err = cs_db_commit(d->db);
	if (err)
		cs_db_rollback(d->db);
	if (err || !found || (err = cs_pdq_index_new(&x->lines)))
		return err;
	x->at_photo = 0;
	err = cs_db_query(&rows, d->db,
	    "SELECT id,source,sealed FROM hash WHERE id>? AND +source=1"
	    " ORDER BY id LIMIT ?",
	    cs_int(last), cs_int(LINES_MAX));
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

/* A photo that came when the list was there has been told of it. */
static bool
has_match(const json_t *matches, const json_t *o)
{
	const json_t *have;
	size_t i;

	json_array_foreach (matches, i, have)
		if (strcmp(json_get_str(have, "list"),
			json_get_str(o, "list")) == 0 &&
		    strcmp(json_get_str(have, "label"),
			json_get_str(o, "label")) == 0)
			return true;
	return false;
}

/* The photo ${media} fits lines that came later. */
static enum cs_err
add_matches(struct cs_desk *d, uint64_t media, const struct desk_matches *m)
{
	struct desk_media p;
	json_t *matches;
	bool new_one = false;
	enum cs_err err = desk_media_load(&p, d, media);

	/* Damaged on the disk. */
	if (err == CS_ERR_CORRUPT) {
		desk_media_clear(&p);
		return CS_OK;
	}
	matches = json_object_get(p.doc, "matches");
	for (size_t i = 0; i < m->n && err == CS_OK; i++) {
		json_t *o;

		if ((err = desk_index_match_show(&o, d, &m->found[i], media)) ||
		    o == NULL)
			continue;
		if (has_match(matches, o)) {
			json_decref(o);
			continue;
		}
		new_one = true;
		json_push(matches, o, &err);
	}
	if (err == CS_OK && new_one &&
	    (err = desk_media_save(d, &p, DESK_MEDIA_PRESENT)) == CS_OK)
		err = desk_media_touch(d, &p);
	desk_media_clear(&p);
	return err;
}

/* Some photos with the lines; in a transaction. */
static enum cs_err
match_some(struct cs_desk *d, bool *more)
{
	struct desk_index *x = d->photos;
	struct cs_rows rows;
	unsigned n = 0;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT id,ref,sealed FROM hash WHERE source=0 AND ref>?"
	    " ORDER BY ref LIMIT ?",
	    cs_int(x->at_photo), cs_int(PHOTOS_MAX));
	while (err == CS_OK && cs_rows_next(&rows)) {
		uint64_t media = cs_col_int(&rows, 1);
		struct desk_matches m;
		struct row row;

		if ((err = open_row(&row, d, cs_col_int(&rows, 0), PHOTO,
			 cs_col_blob(&rows, 2))) == CS_OK &&
		    (err = find_in(&m, x->lines, row.hashes, row.n)) == CS_OK &&
		    m.n != 0)
			err = add_matches(d, media, &m);
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
	bool photos = false;
	enum cs_err err;

	*more = false;
	if (d->photos == NULL || d->photos->lines == NULL) {
		bool any;

		if ((err = has_new(&any, d)) || !any)
			return err;
	}
	if ((err = begin(d)))
		return err;
	if (d->photos->lines == NULL && (err = take_lines(d)))
		drop_lines(d->photos);
	if (err || d->photos->lines == NULL)
		return err;
	if ((err = cs_db_begin(d->db)) == CS_OK) {
		if ((err = match_some(d, &photos)) == CS_OK)
			err = cs_db_commit(d->db);
		if (err)
			cs_db_rollback(d->db);
	}
	/* Begun again after an error; else there may be other lines. */
	if (err || !photos)
		drop_lines(d->photos);
	*more = err == CS_OK;
	return err;
}
