/* SPDX-License-Identifier: MIT */
/* Files that wait for a line, and what a command that was ended has left. */
#include "client/groups/spool.h"

#include <unistd.h>

#include "base/alloc.h"
#include "client/home/outbox.h"
#include "crypto/init.h"
#include "support/client_world.h"
#include "support/test.h"

static void
add(struct cs_client *c, const uint8_t *file)
{
	const uint8_t mid[CS_CLIENT_MID_LEN] = { 1 };
	struct client_group g = { .id = "one", .id_len = 3 };
	const struct cs_mimi_content content = {
		.sender_uri = cs_view_str("mimi://localhost/u/alma"),
		.room_uri = cs_view_str("mimi://localhost/r/one"),
		.has_text = true,
		.text = cs_view_str("body"),
	};
	struct client_record r = {
		.kind = CS_CLIENT_SENT,
		.bare = true,
		.from = "alma",
	};
	struct cs_buf body = { 0 };
	uint64_t id;

	assert_ok(cs_mimi_write(&body, &content));
	r.body = cs_buf_view(&body);
	assert_ok(cs_db_begin(c->db));
	assert_ok(
	    cs_db_end(c->db, client_outbox_add(&id, c, &g, &r, mid, file)));
	cs_buf_free(&body);
}

static void
make(struct cs_client *c, const uint8_t *blob)
{
	char *path;
	int fd;

	assert_ok(client_spool_new(&fd, &path, c, blob));
	close(fd);
	/* Nobody else's is written into. */
	cs_free_plain(path);
	assert_err(client_spool_new(&fd, &path, c, blob), CS_ERR_EXISTS);
	cs_free_plain(path);
}

static bool
is_there(struct cs_client *c, const uint8_t *blob)
{
	int fd = -1;
	enum cs_err err = client_spool_open(&fd, c, blob);

	if (err == CS_OK)
		close(fd);
	else
		assert_err(err, CS_ERR_NOT_FOUND);
	return err == CS_OK;
}

static void
test_sweep(void **state)
{
	static const uint8_t wanted[CS_ID_LEN] = { 1 },
			     orphan[CS_ID_LEN] = { 2 };
	struct cs_buf group = { 0 };
	struct temp_dir dir = temp_dir_new();
	struct cw_person alma;
	struct cs_client *c;
	uint64_t id = 0;

	(void)state;
	cw_person_init(&alma, "alma");
	c = cw_home(temp_path(&dir, "alma"), &alma, "alma");
	add(c, NULL);
	add(c, wanted);
	make(c, wanted);
	make(c, orphan);
	assert_ok(client_spools_sweep(c));
	assert_true(is_there(c, wanted));
	assert_false(is_there(c, orphan));
	/* Once it is with the hub, nothing waits for it. */
	assert_ok(client_outbox_next_file(&id, &group, c, 0));
	assert_view_equal(cs_buf_view(&group), cs_view_str("one"));
	assert_ok(cs_db_begin(c->db));
	assert_ok(cs_db_end(c->db, client_outbox_uploaded(c, id)));
	assert_err(
	    client_outbox_next_file(&id, &group, c, 0), CS_ERR_NOT_FOUND);
	assert_ok(client_spools_sweep(c));
	assert_false(is_there(c, wanted));
	make(c, orphan);
	client_spool_remove(c, orphan);
	assert_false(is_there(c, orphan));
	cs_buf_free(&group);
	cs_client_close(c);
	cs_buf_free(&alma.credential);
	temp_dir_clear(&dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sweep),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
