/* SPDX-License-Identifier: MIT */
/* Notes of what was asked, for the devices of an account; each is good once. */
#include "client/groups/asked.h"

#include "base/writer.h"
#include "client/home/client.h"
#include "client/home/clock.h"
#include "crypto/init.h"
#include "support/client_world.h"

struct world {
	struct temp_dir dir;
	struct cw_person alma, boris;
	struct cs_client *a, *b;
};

static void
world_init(struct world *w)
{
	memset(w, 0, sizeof *w);
	w->dir = temp_dir_new();
	cw_person_init(&w->alma, "alma");
	cw_person_init(&w->boris, "boris");
	w->a = cw_home(temp_path(&w->dir, "alma"), &w->alma, "alma");
	w->b = cw_home(temp_path(&w->dir, "boris"), &w->boris, "boris");
}

static void
world_clear(struct world *w)
{
	cs_client_close(w->a);
	cs_client_close(w->b);
	cs_buf_free(&w->alma.credential);
	cs_buf_free(&w->boris.credential);
	temp_dir_clear(&w->dir);
}

static void
test_note(void **state)
{
	const struct client_asked asked = { .ref = { 5, 6 }, .at_ms = 77 };
	struct client_asked got;
	struct cs_buf note = { 0 };
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(client_asked_write(&note, w.a, &asked));
	assert_in_range(note.len, 1, CS_WIRE_NOTE_MAX);
	assert_ok(client_asked_read(&got, w.a, cs_buf_view(&note)));
	assert_memory_equal(got.ref, asked.ref, sizeof got.ref);
	assert_int_equal(got.at_ms, 77);
	assert_err(
	    client_asked_read(&got, w.b, cs_buf_view(&note)), CS_ERR_DECRYPT);
	note.data[note.len - 1] ^= 1;
	assert_err(
	    client_asked_read(&got, w.a, cs_buf_view(&note)), CS_ERR_DECRYPT);
	cs_buf_free(&note);
	world_clear(&w);
}

/* As after client_asked_fetch(). */
static void
fetched(struct world *w, uint8_t group, uint64_t at_ms)
{
	struct cs_writer out = cs_writer(&w->a->asked);
	const uint8_t ref[CS_HASH_LEN] = { group };

	cs_write_bytes(&out, CS_VIEW_OF(ref));
	cs_write_u64(&out, at_ms);
	assert_ok(cs_writer_end(&out));
}

static bool
use(struct world *w, uint8_t group)
{
	const uint8_t ref[CS_HASH_LEN] = { group };
	bool was;

	assert_ok(client_asked_use(&was, w->a, ref));
	return was;
}

static void
test_once(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	assert_false(use(&w, 1));
	fetched(&w, 1, 100);
	fetched(&w, 2, 100);
	assert_false(use(&w, 3));
	assert_true(use(&w, 1));
	assert_false(use(&w, 1));
	assert_true(use(&w, 2));
	/* The hub shows the old one again; the user asks again. */
	cs_buf_reset(&w.a->asked);
	fetched(&w, 1, 100);
	assert_false(use(&w, 1));
	fetched(&w, 1, 200);
	assert_true(use(&w, 1));
	assert_false(use(&w, 1));
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_note),
		cmocka_unit_test(test_once),
	};

	return cs_crypto_init() == CS_OK
	    ? cmocka_run_group_tests(tests, NULL, NULL)
	    : 1;
}
