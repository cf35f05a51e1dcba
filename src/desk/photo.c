/* SPDX-License-Identifier: MIT */
#include "desk/photo.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "content/photo_look.h"
#include "desk/decision_internal.h"
#include "desk/export.h"
#include "phash/index.h"

#define MATCHES_MAX 50 /* on one photo; more of them say nothing new */

enum media_state {
	MEDIA_UNREAD = 0,
	MEDIA_PRESENT = 1,
	MEDIA_MISSING = 2,
	MEDIA_REFUSED = 3,
	MEDIA_CRASHED = 4,
};

/* ---- the index ---------------------------------------------------------- */

/*
 * All hashes, in memory, by number of their row; made of the sealed rows when
 * it is first needed, so what is damaged in memory is never kept, and the rows
 * are what lasts.  Rows that were added since are added; when some were
 * removed, all is made again.
 */
struct desk_index {
	struct cs_pdq_index *index;
	uint64_t last; /* row */
};

void
desk_photos_forget(struct cs_desk *d)
{
	if (d->photos == NULL)
		return;
	cs_pdq_index_free(d->photos->index);
	cs_free(d->photos, sizeof *d->photos);
	d->photos = NULL;
}

static enum cs_err
open_hash(uint8_t out[static CS_PDQ_LEN], struct cs_desk *d, uint64_t id,
    struct cs_view sealed)
{
	struct cs_buf plain = { 0 };
	uint8_t row[8];
	enum cs_err err;

	cs_vault_row(row, id);
	err = cs_vault_open(&plain, &d->key, "hash", CS_VIEW_OF(row), sealed);
	if (err == CS_OK && plain.len < CS_PDQ_LEN)
		err = CS_ERR_CORRUPT;
	if (err == CS_OK)
		memcpy(out, plain.data, CS_PDQ_LEN);
	cs_buf_free(&plain);
	return err;
}

static enum cs_err
add_rows(struct cs_desk *d)
{
	struct desk_index *x = d->photos;
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT id,sealed FROM hash WHERE id>? ORDER BY id",
	    cs_int(x->last));
	while (err == CS_OK && cs_rows_next(&rows)) {
		uint64_t id = cs_col_int(&rows, 0);
		uint8_t hash[CS_PDQ_LEN];

		if ((err = open_hash(hash, d, id, cs_col_blob(&rows, 1))) ==
			CS_OK &&
		    (err = cs_pdq_index_add(x->index, hash, id)) == CS_OK)
			x->last = id;
	}
	return cs_rows_end(&rows, err);
}

static enum cs_err
refresh(struct cs_desk *d)
{
	uint64_t n;
	enum cs_err err;

	if (d->photos != NULL) {
		if ((err = cs_db_get_int(&n, d->db,
			 "SELECT COUNT(*) FROM hash WHERE id<=?",
			 cs_int(d->photos->last))))
			return err;
		if (n != cs_pdq_index_count(d->photos->index))
			desk_photos_forget(d);
	}
	if (d->photos == NULL) {
		d->photos = cs_calloc(1, sizeof *d->photos);
		if (d->photos == NULL)
			return CS_ERR_NOMEM;
		if ((err = cs_pdq_index_new(&d->photos->index))) {
			desk_photos_forget(d);
			return err;
		}
	}
	return add_rows(d);
}

/* ---- matches ------------------------------------------------------------ */

struct match {
	uint64_t row;
	unsigned distance;
};
struct matches {
	struct match found[MATCHES_MAX];
	size_t n;
};

/* The nearest of them; a row once, at its smallest distance. */
static bool
collect(void *arg, uint64_t row, unsigned distance)
{
	struct matches *m = arg;
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
	if (m->n < MATCHES_MAX)
		m->found[m->n++] = (struct match){ row, distance };
	else if (distance < m->found[worst].distance)
		m->found[worst] = (struct match){ row, distance };
	return true;
}

static enum cs_err
list_match(json_t *o, struct cs_desk *d, uint64_t row, uint64_t list,
    struct cs_view sealed)
{
	struct cs_buf plain = { 0 };
	struct cs_rows rows;
	json_t *doc = NULL, *label = NULL;
	uint8_t name[8];
	enum cs_err err;

	cs_vault_row(name, row);
	err = cs_vault_open(&plain, &d->key, "hash", CS_VIEW_OF(name), sealed);
	if (err == CS_OK && plain.len > CS_PDQ_LEN)
		label = json_loadb((const char *)plain.data + CS_PDQ_LEN,
		    plain.len - CS_PDQ_LEN, 0, NULL);
	cs_buf_free(&plain);
	if (err == CS_OK)
		err = cs_db_query(&rows, d->db,
		    "SELECT sealed FROM list WHERE id=?", cs_int(list));
	if (err == CS_OK) {
		if (cs_rows_next(&rows))
			err = desk_doc_open_id(
			    &doc, d, "list", list, cs_col_blob(&rows, 0));
		err = cs_rows_end(&rows, err);
	}
	desk_set_str(o, "kind", "list", &err);
	desk_set_id(o, "list", list, &err);
	desk_set_str(o, "list_name", desk_str(doc, "name"), &err);
	desk_set_str(o, "label", desk_str(label, "label"), &err);
	json_decref(doc);
	json_decref(label);
	return err;
}

/* A match as the case shows it; NULL: it is the photo itself. */
static enum cs_err
describe(json_t **out, struct cs_desk *d, const struct match *m, uint64_t media)
{
	json_t *o = json_object();
	struct cs_buf sealed = { 0 };
	uint64_t source = 0, ref = 0, kase = 0;
	struct cs_rows rows;
	bool found = false;
	enum cs_err err;

	*out = NULL;
	err = cs_db_query(&rows, d->db,
	    "SELECT source,ref,sealed FROM hash WHERE id=?", cs_int(m->row));
	if (err == CS_OK && cs_rows_next(&rows)) {
		found = true;
		source = cs_col_int(&rows, 0);
		ref = cs_col_int(&rows, 1);
		err = cs_buf_set(&sealed, cs_col_blob(&rows, 2));
	}
	err = cs_rows_end(&rows, err);
	desk_set_num(o, "distance", m->distance, &err);
	if (err || !found || (source == 0 && ref == media)) {
		json_decref(o);
		cs_buf_free(&sealed);
		return err;
	}
	if (source == 1) {
		err = list_match(o, d, m->row, ref, cs_buf_view(&sealed));
	} else {
		err = cs_db_get_int(&kase, d->db,
		    "SELECT kase FROM media WHERE id=?", cs_int(ref));
		desk_set_str(o, "kind", "case", &err);
		desk_set_id(o, "case", kase, &err);
		desk_set_id(o, "media", ref, &err);
	}
	cs_buf_free(&sealed);
	*out = o;
	return err;
}

/* Was something done about a case that has a copy? */
static enum cs_err
is_decided(bool *out, struct cs_desk *d, uint64_t kase)
{
	uint64_t n;
	enum cs_err err = cs_db_get_int(&n, d->db,
	    "SELECT COUNT(*) FROM decision WHERE kase=? AND state=3"
	    " AND action<>0",
	    cs_int(kase));

	*out = err == CS_OK && n != 0;
	return err;
}

/* ---- looking at one ----------------------------------------------------- */

/* One row of media, with the report that it came in. */
struct photo {
	uint64_t id, kase, item, part;
	uint8_t report[16];
	struct cs_desk_case r;
	json_t *doc;
};

static enum cs_err
load(struct photo *p, struct cs_desk *d, uint64_t id)
{
	struct cs_rows rows;
	bool found = false;
	enum cs_err err;

	memset(p, 0, sizeof *p);
	p->id = id;
	err = cs_db_query(&rows, d->db,
	    "SELECT media.kase,item.place,media.place,item.report,"
	    "media.sealed FROM media JOIN item ON item.id=media.item"
	    " WHERE media.id=?",
	    cs_int(id));
	if (err == CS_OK && cs_rows_next(&rows)) {
		found = true;
		p->kase = cs_col_int(&rows, 0);
		p->item = cs_col_int(&rows, 1);
		p->part = cs_col_int(&rows, 2);
		cs_col_copy(&rows, 3, p->report, sizeof p->report);
		err = desk_doc_open_id(
		    &p->doc, d, "media", id, cs_col_blob(&rows, 4));
	}
	err = cs_rows_end(&rows, err);
	if (err == CS_OK && !found)
		err = desk_problem(
		    d, CS_ERR_NOT_FOUND, "There is no such photo.");
	return err ? err : cs_desk_load(&p->r, d, p->report);
}

static void
clear(struct photo *p)
{
	json_decref(p->doc);
	cs_desk_case_clear(&p->r);
	memset(p, 0, sizeof *p);
}

static enum cs_err
save(struct cs_desk *d, const struct photo *p, enum media_state state)
{
	struct cs_buf sealed = { 0 };
	enum cs_err err;

	if ((err = desk_doc_seal_id(&sealed, d, "media", p->id, p->doc)) ==
	    CS_OK)
		err = cs_db_exec(d->db,
		    "UPDATE media SET state=?,sealed=? WHERE id=?",
		    cs_int(state), cs_blob(cs_buf_view(&sealed)),
		    cs_int(p->id));
	cs_buf_free(&sealed);
	return err;
}

static enum cs_err
add_hash(struct cs_desk *d, uint64_t media, const uint8_t hash[static 32])
{
	enum cs_err err;

	if ((err = cs_db_exec(d->db,
		 "INSERT INTO hash(source,ref,sealed) VALUES(0,?,x'')",
		 cs_int(media))))
		return err;
	return desk_row_write(
	    d, "hash", cs_db_last_id(d->db), cs_view(hash, 32));
}

/* What it fits, into its row; ${*older} is an open case that has a copy. */
static enum cs_err
match(uint64_t *older, struct cs_desk *d, struct photo *p,
    const struct cs_photo_look *l)
{
	struct matches m = { 0 };
	json_t *list = json_array();
	uint64_t copies = 0;
	enum cs_err err = CS_OK;

	*older = 0;
	for (size_t i = 0; i < CS_PDQ_TURNS && err == CS_OK; i++)
		err = cs_pdq_index_find(
		    d->photos->index, l->hashes[i], CS_PDQ_NEAR, collect, &m);
	for (size_t i = 0; i < m.n && err == CS_OK; i++) {
		uint64_t kase;
		bool decided = false;
		json_t *o;

		if ((err = describe(&o, d, &m.found[i], p->id)) || o == NULL)
			continue;
		kase = desk_id(desk_str(o, "case"));
		if (kase != 0) {
			copies++;
			err = is_decided(&decided, d, kase);
			if (decided)
				desk_set_bool(p->doc, "decided", true, &err);
			else if (kase != p->kase &&
			    (*older == 0 || kase < *older))
				*older = kase;
		}
		desk_add(list, o, &err);
	}
	desk_set(p->doc, "matches", list, &err);
	desk_set_num(p->doc, "copies", copies, &err);
	return err;
}

/* A case that nobody has begun becomes part of the one with the copy. */
static enum cs_err
join_older(struct cs_desk *d, uint64_t kase, uint64_t older)
{
	struct desk_case c = { 0 }, into = { 0 };
	enum cs_err err;

	if ((err = desk_case_load(&c, d, kase)) == CS_OK &&
	    (err = desk_case_load(&into, d, older)) == CS_OK &&
	    desk_case_state(&c) == CS_DESK_CASE_OPEN &&
	    desk_num(c.doc, "assignee") == 0 &&
	    desk_case_state(&into) == CS_DESK_CASE_OPEN)
		err =
		    older < kase ? desk_case_absorb(d, &into, &c, NULL) : CS_OK;
	desk_case_clear(&c);
	desk_case_clear(&into);
	return err;
}

/* Pages of the case hear of it. */
static enum cs_err
touch(struct cs_desk *d, uint64_t kase)
{
	struct desk_case c;
	enum cs_err err = desk_case_load(&c, d, kase);

	if (err == CS_OK)
		err = desk_case_save(d, &c, NULL);
	desk_case_clear(&c);
	return err;
}

static enum cs_err
note_look(struct cs_desk *d, struct photo *p, enum media_state state,
    const struct cs_photo_look *l)
{
	uint64_t older = 0;
	enum cs_err err;

	if ((err = cs_db_begin(d->db)))
		return err;
	desk_set_num(p->doc, "quality", l->quality, &err);
	if (err == CS_OK && l->quality >= CS_PDQ_QUALITY_MIN &&
	    (err = match(&older, d, p, l)) == CS_OK)
		err = add_hash(d, p->id, l->hashes[0]);
	if (err == CS_OK && (err = save(d, p, state)) == CS_OK &&
	    (err = touch(d, p->kase)) == CS_OK && older != 0)
		err = join_older(d, p->kase, older);
	if (err == CS_OK)
		err = cs_db_commit(d->db);
	if (err)
		cs_db_rollback(d->db);
	return err;
}

/* What became of opening a file, as its state; CS_OK unless that is ours. */
static enum cs_err
state_of(enum media_state *state, enum cs_err err)
{
	switch (err) {
	case CS_OK:
		*state = MEDIA_PRESENT;
		return CS_OK;
	case CS_ERR_NOT_FOUND:
		*state = MEDIA_MISSING;
		return CS_OK;
	case CS_ERR_CLOSED:
	case CS_ERR_TIMEOUT:
		*state = MEDIA_CRASHED;
		return CS_OK;
	default:
		*state = MEDIA_REFUSED;
		return cs_err_class(err) == CS_ERR_CLASS_THEIRS ? CS_OK : err;
	}
}

static enum cs_err
look(struct cs_desk *d, uint64_t id)
{
	struct cs_photo_look l = { 0 };
	struct cs_buf file = { 0 };
	enum media_state state;
	struct photo p;
	enum cs_err err;

	if ((err = load(&p, d, id)))
		goto out;
	err = desk_file_open(&file, d, &p.r, p.item, p.part);
	if (err == CS_OK && desk_bool(p.doc, "photo")) {
		err =
		    cs_photo_look(&l, cs_buf_view(&file), CS_PHOTO_LEVEL_HASH);
		/* It ended by itself, and not well: it would do so again, and
		 * no photo is to stop the desk. */
		if (err == CS_ERR_IO)
			err = CS_ERR_CLOSED;
	}
	if ((err = state_of(&state, err)) == CS_OK)
		err = note_look(d, &p, state, &l);
out:
	cs_photo_look_clear(&l);
	cs_buf_free(&file);
	clear(&p);
	return err;
}

/* ---- looking back ------------------------------------------------------- */

#define LOOKED_BACK "lists-looked-back" /* the last row of a list that was */
#define LOOK_BACK_ROWS 1000             /* in one transaction */

static enum cs_err
get_looked_back(uint64_t *out, struct cs_desk *d)
{
	struct cs_buf stored = { 0 };
	struct cs_reader r;
	enum cs_err err;

	*out = 0;
	err = cs_vault_config_get(&stored, d->db, &d->key, LOOKED_BACK);
	if (err == CS_OK) {
		r = cs_reader(cs_buf_view(&stored));
		*out = cs_read_u64(&r);
		err = cs_reader_end(&r) == CS_OK ? CS_OK : CS_ERR_CORRUPT;
	}
	cs_buf_free(&stored);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

/* A photo that came when the list was there has been told of it. */
static bool
has_match(const json_t *matches, const json_t *o)
{
	const json_t *have;
	size_t i;

	json_array_foreach (matches, i, have)
		if (strcmp(desk_str(have, "list"), desk_str(o, "list")) == 0 &&
		    strcmp(desk_str(have, "label"), desk_str(o, "label")) == 0)
			return true;
	return false;
}

/* The photo of the row ${m} fits the row ${listed} of a list. */
static enum cs_err
add_match(struct cs_desk *d, const struct match *m, uint64_t listed)
{
	const struct match back = { listed, m->distance };
	struct photo p = { 0 };
	uint64_t media;
	json_t *o = NULL;
	enum cs_err err;

	err = cs_db_get_int(&media, d->db,
	    "SELECT ref FROM hash WHERE id=? AND source=0", cs_int(m->row));
	if (err == CS_ERR_NOT_FOUND)
		return CS_OK; /* of a list, too */
	if (err == CS_OK && (err = load(&p, d, media)) == CS_OK)
		err = describe(&o, d, &back, media);
	if (err == CS_OK && o != NULL &&
	    !has_match(json_object_get(p.doc, "matches"), o)) {
		desk_add(
		    json_object_get(p.doc, "matches"), json_incref(o), &err);
		if (err == CS_OK && (err = save(d, &p, MEDIA_PRESENT)) == CS_OK)
			err = touch(d, p.kase);
	}
	json_decref(o);
	clear(&p);
	return err;
}

/* Some rows of lists that came after photos did; ${*more}: perhaps others. */
static enum cs_err
look_back_some(struct cs_desk *d, bool *more)
{
	uint64_t last, n = 0;
	struct cs_rows rows;
	uint8_t marker[8];
	enum cs_err err;

	if ((err = get_looked_back(&last, d)))
		return err;
	err = cs_db_query(&rows, d->db,
	    "SELECT id,sealed FROM hash WHERE source=1 AND id>?"
	    " ORDER BY id LIMIT ?",
	    cs_int(last), cs_int(LOOK_BACK_ROWS));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct matches m = { 0 };
		uint8_t hash[CS_PDQ_LEN];

		last = cs_col_int(&rows, 0);
		n++;
		if ((err = open_hash(hash, d, last, cs_col_blob(&rows, 1))) ==
		    CS_OK)
			err = cs_pdq_index_find(
			    d->photos->index, hash, CS_PDQ_NEAR, collect, &m);
		for (size_t i = 0; i < m.n && err == CS_OK; i++)
			err = add_match(d, &m.found[i], last);
	}
	err = cs_rows_end(&rows, err);
	*more = n == LOOK_BACK_ROWS;
	cs_vault_row(marker, last);
	return err || n == 0 ? err
			     : cs_vault_config_set(d->db, &d->key, LOOKED_BACK,
				   CS_VIEW_OF(marker));
}

/* Photos that came before a list did are matched with it, too. */
static enum cs_err
look_back(struct cs_desk *d)
{
	uint64_t last, waiting;
	bool more = true;
	enum cs_err err;

	if ((err = get_looked_back(&last, d)) ||
	    (err = cs_db_get_int(&waiting, d->db,
		 "SELECT COUNT(*) FROM hash WHERE source=1 AND id>?",
		 cs_int(last))) ||
	    waiting == 0 || (err = refresh(d)))
		return err;
	while (more && err == CS_OK) {
		if ((err = cs_db_begin(d->db)))
			return err;
		if ((err = look_back_some(d, &more)) == CS_OK)
			err = cs_db_commit(d->db);
		if (err)
			cs_db_rollback(d->db);
	}
	return err;
}

enum cs_err
desk_photos_look(struct cs_desk *d)
{
	enum cs_err err = CS_OK;

	while (err == CS_OK) {
		uint64_t id;

		err = cs_db_get_int(&id, d->db,
		    "SELECT id FROM media WHERE state=0 ORDER BY id LIMIT 1");
		if (err == CS_ERR_NOT_FOUND)
			return look_back(d);
		if (err == CS_OK && (err = refresh(d)) == CS_OK)
			err = look(d, id);
	}
	return err;
}

/* ---- showing one -------------------------------------------------------- */

int
cs_desk_level_find(const char *name)
{
	static const char *const names[] = { "blur", "small", "full" };

	for (int i = 0; i < 3; i++)
		if (strcmp(name, names[i]) == 0)
			return i + CS_PHOTO_LEVEL_BLUR;
	return -1;
}

static enum cs_err
write_down(struct cs_desk *d, const struct cs_desk_who *who,
    const struct photo *p, int level)
{
	static const char *const what[] = { "", "photo seen, blurred",
		"photo seen, small", "photo seen, whole" };
	json_t *after = json_object();
	enum cs_err err;

	if ((err = cs_db_begin(d->db)) == CS_OK) {
		desk_set_id(after, "photo", p->id, &err);
		if (err == CS_OK && level != CS_PHOTO_LEVEL_BLUR)
			err = cs_desk_exposure_add(d, who);
		if (err == CS_OK &&
		    (err = desk_custody_add(d, p->report, who, what[level])) ==
			CS_OK &&
		    (err = desk_audit_event(d,
			 &(struct desk_event){ .who = who,
			     .kase = p->kase,
			     .what = what[level],
			     .after = after })) == CS_OK)
			err = cs_db_commit(d->db);
		if (err)
			cs_db_rollback(d->db);
	}
	json_decref(after);
	return err;
}

enum cs_err
cs_desk_picture(struct cs_buf *out, const char **media_type, struct cs_desk *d,
    const struct cs_desk_who *who, uint64_t media, int level)
{
	struct cs_photo_look l = { 0 };
	struct cs_buf file = { 0 };
	struct photo p;
	enum cs_err err;

	if ((err = load(&p, d, media)))
		goto out;
	if (!desk_bool(p.doc, "photo")) {
		err = desk_problem(d, CS_ERR_TYPE, "It is no photo.");
		goto out;
	}
	err = desk_file_open(&file, d, &p.r, p.item, p.part);
	if (err == CS_ERR_NOT_FOUND)
		err = desk_problem(
		    d, err, "The hub did not have this photo any more.");
	/* Written down before it is seen. */
	if (err == CS_OK)
		err = write_down(d, who, &p, level);
	if (err == CS_OK) {
		err = cs_photo_look(
		    &l, cs_buf_view(&file), (enum cs_photo_level)level);
		if (err == CS_ERR_CLOSED || err == CS_ERR_TIMEOUT ||
		    err == CS_ERR_IO)
			err = desk_problem(d, CS_ERR_TYPE,
			    "This photo breaks decoders; it is not shown.");
		else if (cs_err_class(err) == CS_ERR_CLASS_THEIRS)
			err = desk_problem(d, CS_ERR_TYPE,
			    "This photo cannot be decoded (%s).",
			    cs_err_text(err));
	}
	if (err == CS_OK) {
		*media_type = l.media_type;
		cs_buf_move(out, &l.picture);
	}
out:
	cs_photo_look_clear(&l);
	cs_buf_free(&file);
	clear(&p);
	return err;
}

enum cs_err
cs_desk_copies(json_t *items, struct cs_desk *d, uint64_t media)
{
	json_t *o;
	struct photo p;
	size_t i;
	enum cs_err err = load(&p, d, media);

	json_array_foreach (json_object_get(p.doc, "matches"), i, o)
		desk_add(items, json_incref(o), &err);
	clear(&p);
	return err;
}
