/* SPDX-License-Identifier: MIT */
#include "desk/show/photos.h"

#include "content/mimi.h"
#include "content/mimi_names.h"
#include "desk/core/json.h"
#include "desk/core/record.h"
#include "desk/photos/index.h"
#include "desk/photos/lists.h"
#include "desk/photos/media.h"
#include "desk/reports/file.h"

static enum cs_err
add_list(void *arg, const struct desk_list *l)
{
	json_t *items = arg, *o = json_object();
	enum cs_err err = CS_OK;

	json_put_id(o, "id", l->id, &err);
	json_put_str(o, "name", l->name, &err);
	json_put_str(o, "owner", l->owner, &err);
	json_put_str(o, "purpose", l->purpose, &err);
	json_put_num(o, "made_ms", l->made_ms, &err);
	json_put_num(o, "hashes", l->hashes, &err);
	json_push(items, o, &err);
	return err;
}

enum cs_err
cs_desk_lists(json_t *items, struct cs_desk *d)
{
	return desk_lists(d, add_list, items);
}

/* ---- matches ------------------------------------------------------------ */

static json_t *
match_to_json(const struct desk_match *m, enum cs_err *err)
{
	json_t *o = json_object();

	json_put_num(o, "distance", m->distance, err);
	if (m->kind == DESK_MATCH_LIST) {
		json_put_str(o, "kind", "list", err);
		json_put_id(o, "list", m->list, err);
		json_put_str(o, "list_name", m->list_name, err);
		json_put_str(o, "label", m->label, err);
	} else if (m->kind == DESK_MATCH_NOTICE) {
		json_put_str(o, "kind", "notice", err);
		json_put_id(o, "case", m->case_id, err);
		json_put_id(o, "notice", m->media, err);
	} else {
		json_put_str(o, "kind", "case", err);
		json_put_id(o, "case", m->case_id, err);
		json_put_id(o, "media", m->media, err);
	}
	return o;
}

/* Append ${matches} as they are now. */
static enum cs_err
add_matches(json_t *items, bool *acted, struct cs_desk *d,
    const struct desk_match_list *matches)
{
	struct desk_match_list now = { 0 };
	enum cs_err err = desk_index_matches_now(&now, acted, d, matches);

	for (size_t i = 0; i < now.n && err == CS_OK; i++)
		json_push(items, match_to_json(&now.at[i], &err), &err);
	desk_array_clear(&now, sizeof *now.at);
	return err;
}

enum cs_err
cs_desk_photo_copies(json_t *items, struct cs_desk *d, uint64_t media)
{
	struct desk_media p;
	bool acted;
	enum cs_err err = desk_media_load(&p, d, media);

	if (err == CS_OK)
		err = add_matches(items, &acted, d, &p.facts.matches);
	desk_media_clear(&p);
	return err;
}

/* ---- the media of an item ----------------------------------------------- */

struct showing {
	json_t *items;
	struct cs_desk *d;
	const struct cs_mimi_content *content;
};

/* Its size and name, from the body that names it. */
static void
put_part(json_t *o, const struct cs_mimi_external *part, enum cs_err *err)
{
	char name[CS_MIMI_FILENAME_MAX + 1];

	cs_mimi_filename(name, part->filename);
	json_put_view(o, "type", part->content_type, err);
	json_put_num(o, "size", part->plain_size, err);
	json_put_str(o, "name", name, err);
}

static enum cs_err
add_media(void *arg, const struct desk_media_row *m)
{
	struct showing *s = arg;
	json_t *o = json_object(), *matches = json_array();
	bool acted = false;
	enum cs_err err = CS_OK;

	json_put_id(o, "id", m->id, &err);
	json_put_str(o, "state", desk_media_state_name(m->state), &err);
	if (m->place < s->content->n_external)
		put_part(o, &s->content->external[m->place], &err);
	json_put_bool(o, "photo", m->facts.photo, &err);
	if (m->state != DESK_MEDIA_UNREAD) {
		json_put_num(o, "quality", m->facts.quality, &err);
		json_put_num(o, "copies", m->facts.copies, &err);
	}
	if (err == CS_OK)
		err = add_matches(matches, &acted, s->d, &m->facts.matches);
	json_put(o, "matches", matches, &err);
	json_put_bool(o, "decided", acted, &err);
	json_push(s->items, o, &err);
	return err;
}

enum cs_err
desk_show_media(json_t *items, struct cs_desk *d, uint64_t item,
    const struct cs_mimi_content *content)
{
	struct showing s = { .items = items, .d = d, .content = content };

	return desk_media_of_item(d, item, add_media, &s);
}
