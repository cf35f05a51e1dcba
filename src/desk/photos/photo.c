/* SPDX-License-Identifier: MIT */
#include "desk/photos/photo.h"

#include <string.h>

#include "content/photo_look.h"
#include "desk/cases/case.h"
#include "desk/cases/merge.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/link.h"
#include "desk/core/problem.h"
#include "desk/core/record.h"
#include "desk/decisions/decision.h"
#include "desk/people/people.h"
#include "desk/photos/index.h"
#include "desk/photos/media.h"
#include "desk/reports/custody.h"
#include "desk/reports/file.h"
#include "desk/reports/filing.h"
#include "phash/phash.h"
#include "store/clock.h"
#include "store/db.h"

/* ---- looking at one ----------------------------------------------------- */

/* Count a copy that is in a case, of a report or of a notice; ${*older} becomes
 * the first open case with one. */
static enum cs_err
count_copy(uint64_t *older, struct cs_desk *d, struct desk_media *p,
    const struct desk_match *m)
{
	bool acted;
	enum cs_err err;

	if (m->kind == DESK_MATCH_LIST)
		return CS_OK;
	p->facts.copies += m->kind == DESK_MATCH_CASE;
	if ((err = desk_case_acted(&acted, d, m->case_id)))
		return err;
	if (!acted && m->case_id != p->case_id &&
	    (*older == 0 || m->case_id < *older))
		*older = m->case_id;
	return CS_OK;
}

/* Put its matches into its row. */
static enum cs_err
match(uint64_t *older, struct cs_desk *d, struct desk_media *p,
    const struct cs_photo_look *l)
{
	struct desk_neighbours found;
	enum cs_err err;

	*older = 0;
	err = desk_index_find(&found, d, l->hashes, CS_PDQ_TURNS);
	for (size_t i = 0; i < found.n && err == CS_OK; i++) {
		struct desk_match m, *new;

		err = desk_index_describe(&m, d, &found.found[i], p->id);
		if (err == CS_ERR_NOT_FOUND) {
			err = CS_OK;
			continue;
		}
		if (err || (err = count_copy(older, d, p, &m)))
			break;
		new = desk_array_add(&p->facts.matches, sizeof *new);
		if (new == NULL)
			return CS_ERR_NOMEM;
		*new = m;
	}
	return err;
}

/* Merge a case that nobody has begun into the one with the copy. */
static enum cs_err
join_older(struct cs_desk *d, uint64_t case_id, uint64_t older)
{
	struct desk_case c = { 0 }, into = { 0 };
	enum cs_err err;

	if (older >= case_id)
		return CS_OK;
	if ((err = desk_case_load(&c, d, case_id)) == CS_OK &&
	    (err = desk_case_load(&into, d, older)) == CS_OK &&
	    !desk_case_is_decided(&c) && c.assignee == 0 &&
	    !desk_case_is_decided(&into))
		err = desk_case_absorb(d, &into, &c, NULL);
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
	p->facts.quality = l->quality;
	if (l->quality >= CS_PDQ_QUALITY_MIN &&
	    (err = match(&older, d, p, l)) == CS_OK)
		err = desk_index_add(d, p->id, l->hashes);
	if (err == CS_OK && (err = desk_media_save(d, p, state)) == CS_OK &&
	    (err = desk_media_touch(d, p)) == CS_OK && older != 0)
		err = join_older(d, p->case_id, older);
	return cs_db_end(d->db, err);
}

/* The state that follows from opening a file; CS_OK unless the error is
 * ours. */
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
	case CS_ERR_BUSY:
		*state = DESK_MEDIA_AT_HUB;
		return CS_OK;
	case CS_ERR_DIGEST:
		*state = DESK_MEDIA_WRONG;
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

/* Decode it in the sandbox.  CS_ERR_UNSUPPORTED if there is no decoder. */
static enum cs_err
decode(struct cs_photo_look *l, struct cs_desk *d, struct cs_view file,
    enum cs_photo_level level)
{
	enum cs_err err = cs_photo_look(l, file, level);

	if (err == CS_ERR_NOT_FOUND)
		return desk_problem(d, CS_ERR_UNSUPPORTED, "photo-program",
		    "The program that decodes photos is not installed beside "
		    "this one; photos wait for it.");
	/* The decoder crashed.  It would do so each time, and no photo must
	 * stop the desk. */
	return err == CS_ERR_IO ? CS_ERR_CLOSED : err;
}

/* Have its file here, if we can ask the hub for it. */
static enum cs_err
get_file(struct cs_buf *file, struct cs_desk *d, const struct desk_media *p,
    enum desk_fetch asked)
{
	enum cs_err err;

	if (d->online &&
	    (err = desk_file_fetch(d, &p->opened, p->item, p->part, asked)))
		return err;
	return desk_file_open(file, d, &p->opened, p->item, p->part);
}

/* Is it the line that failed, and not the file? */
static bool
is_ours(const struct cs_desk *d, enum cs_err err)
{
	return d->online && (err == CS_ERR_CLOSED || err == CS_ERR_TIMEOUT);
}

static enum cs_err
look(struct cs_desk *d, uint64_t id, enum desk_fetch asked)
{
	struct cs_photo_look l = { 0 };
	struct cs_buf file = { 0 };
	enum desk_media_state state;
	struct desk_media p;
	enum cs_err err;

	if ((err = desk_media_load(&p, d, id)))
		goto out;
	err = get_file(&file, d, &p, asked);
	if (is_ours(d, err))
		goto out;
	if (err == CS_OK && p.facts.photo &&
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

/* Something that belongs to it is damaged on the disk, and will stay so:
 * note that, and go on with other photos.  The row of a photo that was not
 * looked at yet says no more than this. */
static enum cs_err
give_up(struct cs_desk *d, uint64_t id)
{
	const struct desk_media p = { .id = id, .facts.photo = true };

	return desk_media_save(d, &p, DESK_MEDIA_REFUSED);
}

/* Look at the photo ${id}, once the index is whole. */
static enum cs_err
look_at(
    struct cs_desk *d, uint64_t id, enum desk_fetch asked, uint64_t until_ms)
{
	bool more;
	enum cs_err err;

	if ((err = desk_index_refresh(d, until_ms, &more)) || more)
		return err;
	err = look(d, id, asked);
	return err == CS_ERR_CORRUPT ? give_up(d, id) : err;
}

/* Find one of the case that stands first: floods wait. */
static enum cs_err
next_in(uint64_t *id, struct cs_desk *d, enum desk_media_state state)
{
	return cs_db_get_int(id, d->db,
	    "SELECT media.id FROM media JOIN cases ON cases.id=media.case_id"
	    " WHERE media.state=? ORDER BY cases.rank,media.id LIMIT 1",
	    cs_int(state));
}

enum cs_err
desk_photos_wanted(bool *out, struct cs_desk *d)
{
	uint64_t n;
	enum cs_err err;

	err =
	    cs_db_get_int(&n, d->db, "SELECT COUNT(*) FROM media WHERE state=?",
		cs_int(DESK_MEDIA_WANTED));
	*out = err == CS_OK && n != 0;
	return err;
}

enum cs_err
cs_desk_media_fetch(struct cs_desk *d, const uint8_t report[static CS_ID_LEN],
    const struct desk_part *part)
{
	uint64_t id;
	enum cs_err err;

	err = cs_db_get_int(&id, d->db,
	    "SELECT media.id FROM media JOIN item ON item.id=media.item"
	    " WHERE item.report=? AND item.place=? AND media.place=?"
	    " AND media.state IN (?,?,?)",
	    cs_blob(cs_view(report, CS_ID_LEN)), cs_int(part->item),
	    cs_int(part->part), cs_int(DESK_MEDIA_UNREAD),
	    cs_int(DESK_MEDIA_AT_HUB), cs_int(DESK_MEDIA_WANTED));
	/* There is nothing to be fetched. */
	if (err == CS_ERR_NOT_FOUND)
		return CS_OK;
	if (err || (err = desk_connect(d)))
		return err;
	return look_at(d, id, DESK_FETCH_ASKED, UINT64_MAX);
}

enum cs_err
desk_photos_look(struct cs_desk *d, uint64_t until_ms, bool *more)
{
	enum cs_err err;

	do {
		enum desk_fetch asked = DESK_FETCH_ASKED;
		uint64_t id;

		err = next_in(&id, d, DESK_MEDIA_WANTED);
		if (err == CS_ERR_NOT_FOUND) {
			asked = DESK_FETCH_UNASKED;
			err = next_in(&id, d, DESK_MEDIA_UNREAD);
		}
		*more = err == CS_OK;
		if (err == CS_ERR_NOT_FOUND)
			err = desk_index_look_back(d, more);
		else if (err == CS_OK)
			err = look_at(d, id, asked, until_ms);
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

static const char *const seen[] = { "", "photo seen, blurred",
	"photo seen, small", "photo seen, whole" };

static enum cs_err
write_down(struct cs_desk *d, const struct cs_desk_actor *actor,
    const struct desk_media *p, enum cs_photo_level level)
{
	struct desk_facts after = { 0 };
	enum cs_err err;

	if ((err = cs_db_begin(d->db)))
		return err;
	desk_fact_id(&after, "photo", p->id);
	if (level != CS_PHOTO_LEVEL_BLUR)
		err = cs_desk_exposure_add(d, actor);
	if (err == CS_OK &&
	    (err = desk_custody_add(d, p->report, actor, seen[level])) == CS_OK)
		err = desk_audit_add(d,
		    &(struct desk_audit_event){ .actor = actor,
			.case_id = p->case_id,
			.what = seen[level],
			.after = &after });
	return cs_db_end(d->db, err);
}

/* The same of a file of a notice. */
static enum cs_err
write_down_filed(struct cs_desk *d, const struct cs_desk_actor *actor,
    const struct desk_filing_file *f, enum cs_photo_level level)
{
	struct desk_facts after = { 0 };
	struct desk_filing filing;
	enum cs_err err;

	if ((err = cs_db_begin(d->db)))
		return err;
	desk_fact_id(&after, "notice", f->filing);
	desk_fact_id(&after, "file", f->id);
	if (level != CS_PHOTO_LEVEL_BLUR)
		err = cs_desk_exposure_add(d, actor);
	if (err == CS_OK &&
	    (err = desk_filing_load(&filing, d, f->filing)) == CS_OK) {
		err = desk_audit_add(d,
		    &(struct desk_audit_event){ .actor = actor,
			.case_id = filing.case_id,
			.what = seen[level],
			.after = &after });
		desk_filing_clear(&filing);
	}
	return cs_db_end(d->db, err);
}

/* Decode ${file} to be shown. */
static enum cs_err
decode_to_show(struct cs_photo_look *l, struct cs_desk *d, struct cs_view file,
    enum cs_photo_level level)
{
	enum cs_err err = decode(l, d, file, level);

	if (err == CS_ERR_CLOSED || err == CS_ERR_TIMEOUT)
		return desk_problem(d, CS_ERR_TYPE, "photo-breaks",
		    "This photo breaks decoders; it is not shown.");
	if (err != CS_ERR_UNSUPPORTED &&
	    cs_err_class(err) == CS_ERR_CLASS_THEIRS)
		return desk_problem(d, CS_ERR_TYPE, "photo-unreadable",
		    "This photo cannot be decoded (%s).", cs_err_text(err));
	return err;
}

/* It is not here: have it fetched, unless that was tried. */
static enum cs_err
ask_for(struct cs_desk *d, const struct desk_media *p)
{
	bool asked = false;
	enum cs_err err;

	if ((err = cs_db_begin(d->db)))
		return err;
	err = cs_db_exec(d->db,
	    "UPDATE media SET state=? WHERE id=? AND state IN (?,?,?)",
	    cs_int(DESK_MEDIA_WANTED), cs_int(p->id), cs_int(DESK_MEDIA_UNREAD),
	    cs_int(DESK_MEDIA_AT_HUB), cs_int(DESK_MEDIA_WANTED));
	asked = err == CS_OK && cs_db_changes(d->db) != 0;
	if ((err = cs_db_end(d->db, err)))
		return err;
	return asked ? desk_problem(d, CS_ERR_BUSY, "photo-coming",
			   "This photo is being fetched from the hub. Look "
			   "again in a moment.")
		     : desk_problem(d, CS_ERR_NOT_FOUND, "photo-gone",
			   "The hub did not have this photo any more, or has "
			   "another file in its place.");
}

enum cs_err
cs_desk_photo_picture(struct cs_buf *out, const char **media_type,
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t media,
    enum cs_photo_level level)
{
	struct cs_photo_look l = { 0 };
	struct cs_buf file = { 0 };
	struct desk_media p;
	enum cs_err err;

	if ((err = desk_media_load(&p, d, media)))
		goto out;
	if (!p.facts.photo) {
		err = desk_problem(
		    d, CS_ERR_TYPE, "not-a-photo", "It is no photo.");
		goto out;
	}
	err = desk_file_open(&file, d, &p.opened, p.item, p.part);
	if (err == CS_ERR_NOT_FOUND)
		err = ask_for(d, &p);
	/* Log it before it is seen. */
	if (err == CS_OK && (err = write_down(d, actor, &p, level)) == CS_OK &&
	    (err = decode_to_show(&l, d, cs_buf_view(&file), level)) == CS_OK) {
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
cs_desk_filing_picture(struct cs_buf *out, const char **media_type,
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t id,
    enum cs_photo_level level)
{
	struct cs_photo_look l = { 0 };
	struct cs_buf bytes = { 0 };
	struct desk_filing_file f;
	enum cs_err err = desk_filing_file_load(&f, d, id);

	if (err == CS_OK && f.kind != DESK_FILING_FILE_PHOTO)
		err = desk_problem(
		    d, CS_ERR_TYPE, "not-a-photo", "It is no photo.");
	/* Log it before it is seen. */
	if (err == CS_OK &&
	    (err = desk_filing_file_open(&bytes, d, id)) == CS_OK &&
	    (err = write_down_filed(d, actor, &f, level)) == CS_OK &&
	    (err = decode_to_show(&l, d, cs_buf_view(&bytes), level)) ==
		CS_OK) {
		*media_type = l.media_type;
		cs_buf_move(out, &l.picture);
	}
	cs_photo_look_clear(&l);
	cs_buf_free(&bytes);
	return err;
}
