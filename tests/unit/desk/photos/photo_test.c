/* SPDX-License-Identifier: MIT */
/* Photos of reports, without a decoder: what is damaged on the disk. */
#include "base/text.h"
#include "crypto/init.h"
#include "crypto/suite.h"
#include "desk/core/actor.h"
#include "desk/photos/index.h"
#include "desk/photos/lists.h"
#include "desk/photos/media.h"
#include "desk/photos/photo.h"
#include "desk/show/case.h"
#include "phash/phash.h"
#include "store/db.h"
#include "store/file.h"
#include "unit/desk/desk_home.h"
#include "wire/messages.h"

static void
path_of_photo(char out[static 200], const struct world *w)
{
	char hex[65];

	cs_hex(hex, CS_VIEW_OF(w->e.part.content_hash));
	snprintf(out, 200, "desk/files/%s", hex);
}

/* A report of the message with a photo, whose file is there already. */
static void
take(struct world *w, uint8_t id)
{
	static const int photo[] = { 4, -1 };
	struct ew_report r;
	uint8_t number[16];
	char path[200];

	path_of_photo(path, w);
	assert_ok(cs_file_write(
	    temp_path(&w->dir, path), cs_buf_view(&w->e.sealed), 0600));
	memset(number, id, sizeof number);
	ew_pick(&r, &w->e, photo);
	memcpy(r.in.report_id, number, sizeof number);
	r.media.bytes = none; /* they are fetched */
	world_take(w, number, &r);
}

static uint64_t
state_of(struct world *w, uint64_t media)
{
	uint64_t state;

	assert_ok(cs_db_get_int(&state, w->d->db,
	    "SELECT state FROM media WHERE id=?", cs_int(media)));
	return state;
}

static void
look_at_all(struct world *w)
{
	bool more = true;

	for (unsigned i = 0; more && i < 10; i++)
		assert_ok(desk_photos_look(w->d, 0, &more));
	assert_false(more);
}

/* A damaged row stops neither the others nor the page of its case. */
static void
test_damaged_photo(void **state)
{
	struct world w;
	char path[200];
	json_t *o = json_object();

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	take(&w, 0x12);
	path_of_photo(path, &w);
	assert_int_equal(unlink(temp_path(&w.dir, path)), 0);
	assert_ok(cs_db_exec(
	    w.d->db, "UPDATE media SET sealed=zeroblob(60) WHERE id=1"));
	look_at_all(&w);
	assert_int_equal(state_of(&w, 1), DESK_MEDIA_REFUSED);
	assert_int_equal(state_of(&w, 2), DESK_MEDIA_MISSING);
	assert_ok(cs_desk_case_show(o, w.d, &cs_desk_operator, 1, 0));
	json_decref(o);
	world_clear(&w);
}

#define ZEROS "0000000000000000"
#define ONE "01" ZEROS ZEROS ZEROS "00000000000000"

/* Nor does a damaged hash, which then fits nothing. */
static void
test_damaged_hash(void **state)
{
	static const uint8_t hashes[CS_PDQ_TURNS][CS_PDQ_LEN] = { { 1 } };
	struct cs_desk_import import;
	struct desk_neighbours m;
	struct desk_media p;
	struct world w;
	bool more = true;
	uint64_t list;

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	assert_ok(desk_media_load(&p, w.d, 1));
	assert_ok(desk_media_save(w.d, &p, DESK_MEDIA_PRESENT));
	desk_media_clear(&p);
	for (uint64_t i = 0; i < 2; i++)
		assert_ok(desk_index_add(w.d, 1, hashes));
	/* The lines of a list count although its name cannot be read. */
	assert_ok(cs_desk_list_add(
	    w.d, &cs_desk_operator, "Hotline", "INHOPE", "known", &list));
	assert_ok(cs_desk_list_import(&import, w.d, &cs_desk_operator, list,
	    CS_DESK_LIST_HMA, cs_view_str("pdq " ONE "\n")));
	assert_int_equal(import.added, 1);
	assert_ok(cs_db_exec(w.d->db, "UPDATE list SET sealed=zeroblob(60)"));
	assert_ok(cs_db_exec(
	    w.d->db, "UPDATE hash SET sealed=zeroblob(60) WHERE id=2"));
	look_at_all(&w);
	assert_ok(desk_index_refresh(w.d, 0, &more));
	assert_false(more);
	assert_ok(desk_index_find(&m, w.d, hashes, 1));
	assert_int_equal(m.n, 2);
	assert_ok(desk_media_load(&p, w.d, 1));
	assert_int_equal(p.facts.matches.n, 1);
	assert_int_equal(p.facts.matches.at[0].list, list);
	assert_string_equal(p.facts.matches.at[0].list_name, "");
	desk_media_clear(&p);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_damaged_photo),
		cmocka_unit_test(test_damaged_hash),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
