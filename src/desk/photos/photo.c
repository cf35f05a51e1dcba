/* SPDX-License-Identifier: MIT */
/* Looking at photos: once for what they fit, and when somebody asks. */
#include "desk/photos/photo.h"

#include <string.h>

#include "base/text.h"
#include "content/photo_look.h"
#include "desk/cases/case.h"
#include "desk/cases/merge.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/json.h"
#include "desk/core/store.h"
#include "desk/decisions/decision.h"
#include "desk/people/people.h"
#include "desk/photos/index.h"
#include "desk/photos/media.h"
#include "desk/reports/custody.h"
#include "desk/reports/file.h"
#include "phash/phash.h"
#include "store/clock.h"
#include "store/db.h"

/* ---- rows --------------------------------------------------------------- */

/* ---- looking at one ----------------------------------------------------- */

/* What it fits, into its row; ${*older} is an open case that has a copy. */
static enum cs_err
match(uint64_t *older, struct cs_desk *d, struct desk_media *p,
    const struct cs_photo_look *l)
{
	struct desk_matches m;
	json_t *list = json_array();
	uint64_t copies = 0;
	enum cs_err err;

	*older = 0;
	err = desk_index_find(&m, d, l->hashes, CS_PDQ_TURNS);
	for (size_t i = 0; i < m.n && err == CS_OK; i++) {
		uint64_t case_id;
		bool decided = false;
		json_t *o;

		if ((err = desk_index_match_show(&o, d, &m.found[i], p->id)) ||
		    o == NULL)
			continue;
		case_id = json_id_parse(json_get_str(o, "case"));
		if (case_id != 0) {
			copies++;
			err = desk_case_acted(&decided, d, case_id);
			if (!decided && case_id != p->case_id &&
			    (*older == 0 || case_id < *older))
				*older = case_id;
		}
		json_push(list, o, &err);
	}
	json_put(p->doc, "matches", list, &err);
	json_put_num(p->doc, "copies", copies, &err);
	return err;
}

/* A case that nobody has begun becomes part of the one with the copy. */
static enum cs_err
join_older(struct cs_desk *d, uint64_t case_id, uint64_t older)
{
	struct desk_case c = { 0 }, into = { 0 };
	enum cs_err err;

	if ((err = desk_case_load(&c, d, case_id)) == CS_OK &&
	    (err = desk_case_load(&into, d, older)) == CS_OK &&
	    desk_case_state(&c) == CS_DESK_CASE_OPEN &&
	    json_get_num(c.doc, "assignee") == 0 &&
	    desk_case_state(&into) == CS_DESK_CASE_OPEN)
		err = older < case_id ? desk_case_absorb(d, &into, &c, NULL)
				      : CS_OK;
	desk_case_clear(&c);
	desk_case_clear(&into);
	return err;
}

static enum cs_err
note_look(struct cs_desk *d, struct desk_media *p, enum desk_media_state state,
    const struct cs_photo_look *l)
{
	uint64_t older = 0;
	enum cs_err err;

	if ((err = cs_db_begin(d->db)))
		return err;
	json_put_num(p->doc, "quality", l->quality, &err);
	if (err == CS_OK && l->quality >= CS_PDQ_QUALITY_MIN &&
	    (err = match(&older, d, p, l)) == CS_OK)
		err = desk_index_add(d, p->id, l->hashes);
	if (err == CS_OK && (err = desk_media_save(d, p, state)) == CS_OK &&
	    (err = desk_media_touch(d, p)) == CS_OK && older != 0)
		err = join_older(d, p->case_id, older);
	if (err == CS_OK)
		err = cs_db_commit(d->db);
	if (err)
		cs_db_rollback(d->db);
	return err;
}

/* What became of opening a file, as its state; CS_OK unless that is ours. */
static enum cs_err
state_of(enum desk_media_state *state, enum cs_err err)
{
	switch (err) {
	case CS_OK:
		*state = DESK_MEDIA_PRESENT;
		return CS_OK;
	case CS_ERR_NOT_FOUND:
		*state = DESK_MEDIA_MISSING;
		return CS_OK;
	case CS_ERR_CLOSED:
	case CS_ERR_TIMEOUT:
		*state = DESK_MEDIA_CRASHED;
		return CS_OK;
	default:
		*state = DESK_MEDIA_REFUSED;
		return cs_err_class(err) == CS_ERR_CLASS_THEIRS ? CS_OK : err;
	}
}

/* In the sandbox.  CS_ERR_UNSUPPORTED: there is no decoder to ask. */
static enum cs_err
decode(struct cs_photo_look *l, struct cs_desk *d, struct cs_view file,
    enum cs_photo_level level)
{
	enum cs_err err = cs_photo_look(l, file, level);

	if (err == CS_ERR_NOT_FOUND)
		return desk_problem(d, CS_ERR_UNSUPPORTED,
		    "The program that decodes photos is not installed beside "
		    "this one; photos wait for it.");
	/* It ended by itself, and not well: it would do so again, and no photo
	 * is to stop the desk. */
	return err == CS_ERR_IO ? CS_ERR_CLOSED : err;
}

static enum cs_err
look(struct cs_desk *d, uint64_t id)
{
	struct cs_photo_look l = { 0 };
	struct cs_buf file = { 0 };
	enum desk_media_state state;
	struct desk_media p;
	enum cs_err err;

	if ((err = desk_media_load(&p, d, id)))
		goto out;
	err = desk_file_open(&file, d, &p.r, p.item, p.part);
	if (err == CS_OK && json_get_bool(p.doc, "photo") &&
	    (err = decode(&l, d, cs_buf_view(&file), CS_PHOTO_LEVEL_HASH)) ==
		CS_ERR_UNSUPPORTED)
		goto out;
	if ((err = state_of(&state, err)) == CS_OK)
		err = note_look(d, &p, state, &l);
out:
	cs_photo_look_clear(&l);
	cs_buf_free(&file);
	desk_media_clear(&p);
	return err;
}

/* Something that belongs to it is damaged on the disk, and would be so each
 * time: it is a finding, and in the way of no other photo.  A row of one that
 * was not looked at says no more than this one. */
static enum cs_err
give_up(struct cs_desk *d, uint64_t id)
{
	struct desk_media p = { .id = id, .doc = json_object() };
	enum cs_err err = CS_OK;

	json_put_bool(p.doc, "photo", true, &err);
	if (err == CS_OK)
		err = desk_media_save(d, &p, DESK_MEDIA_REFUSED);
	desk_media_clear(&p);
	return err;
}

/* The photo ${id}, once the index is whole. */
static enum cs_err
look_at(struct cs_desk *d, uint64_t id, uint64_t until_ms)
{
	bool more;
	enum cs_err err;

	if ((err = desk_index_refresh(d, until_ms, &more)) || more)
		return err;
	err = look(d, id);
	return err == CS_ERR_CORRUPT ? give_up(d, id) : err;
}

enum cs_err
desk_photos_look(struct cs_desk *d, uint64_t until_ms, bool *more)
{
	enum cs_err err;

	do {
		uint64_t id;

		/* Of the case that stands first: a flood waits. */
		err = cs_db_get_int(&id, d->db,
		    "SELECT media.id FROM media JOIN cases ON "
		    "cases.id=media.case_id"
		    " WHERE media.state=0 ORDER BY cases.rank,media.id LIMIT "
		    "1");
		*more = err == CS_OK;
		if (err == CS_ERR_NOT_FOUND)
			err = desk_index_look_back(d, more);
		else if (err == CS_OK)
			err = look_at(d, id, until_ms);
	} while (err == CS_OK && *more && cs_clock_ms() < until_ms);
	return err;
}

/* ---- showing one -------------------------------------------------------- */

int
cs_desk_photo_level_find(const char *name)
{
	static const char *const names[] = { "blur", "small", "full" };

	for (int i = 0; i < 3; i++)
		if (strcmp(name, names[i]) == 0)
			return i + CS_PHOTO_LEVEL_BLUR;
	return -1;
}

static enum cs_err
write_down(struct cs_desk *d, const struct cs_desk_actor *actor,
    const struct desk_media *p, int level)
{
	static const char *const what[] = { "", "photo seen, blurred",
		"photo seen, small", "photo seen, whole" };
	json_t *after = json_object();
	enum cs_err err;

	if ((err = cs_db_begin(d->db)) == CS_OK) {
		json_put_id(after, "photo", p->id, &err);
		if (err == CS_OK && level != CS_PHOTO_LEVEL_BLUR)
			err = cs_desk_exposure_add(d, actor);
		if (err == CS_OK &&
		    (err = desk_custody_add(
			 d, p->report, actor, what[level])) == CS_OK &&
		    (err = desk_audit_add(d,
			 &(struct desk_audit_event){ .actor = actor,
			     .case_id = p->case_id,
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
cs_desk_photo_picture(struct cs_buf *out, const char **media_type,
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t media,
    int level)
{
	struct cs_photo_look l = { 0 };
	struct cs_buf file = { 0 };
	struct desk_media p;
	enum cs_err err;

	if ((err = desk_media_load(&p, d, media)))
		goto out;
	if (!json_get_bool(p.doc, "photo")) {
		err = desk_problem(d, CS_ERR_TYPE, "It is no photo.");
		goto out;
	}
	err = desk_file_open(&file, d, &p.r, p.item, p.part);
	if (err == CS_ERR_NOT_FOUND)
		err = desk_problem(
		    d, err, "The hub did not have this photo any more.");
	/* Written down before it is seen. */
	if (err == CS_OK)
		err = write_down(d, actor, &p, level);
	if (err == CS_OK) {
		err = decode(
		    &l, d, cs_buf_view(&file), (enum cs_photo_level)level);
		if (err == CS_ERR_CLOSED || err == CS_ERR_TIMEOUT)
			err = desk_problem(d, CS_ERR_TYPE,
			    "This photo breaks decoders; it is not shown.");
		else if (err != CS_ERR_UNSUPPORTED &&
		    cs_err_class(err) == CS_ERR_CLASS_THEIRS)
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
	desk_media_clear(&p);
	return err;
}

enum cs_err
cs_desk_photo_copies(json_t *items, struct cs_desk *d, uint64_t media)
{
	struct desk_media p;
	bool acted;
	enum cs_err err = desk_media_load(&p, d, media);

	if (err == CS_OK)
		err = desk_index_matches_now(
		    items, &acted, d, json_object_get(p.doc, "matches"));
	desk_media_clear(&p);
	return err;
}
