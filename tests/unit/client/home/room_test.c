/* SPDX-License-Identifier: MIT */
/* What a group has beside its name, and what newcomers are given of it. */
#include "client/home/room.h"

#include "base/writer.h"
#include "client/home/client.h"
#include "crypto/init.h"
#include "support/client_world.h"

struct world {
	struct temp_dir dir;
	struct cw_person alma;
	struct cs_client *c;
	struct cs_buf got;
	uint64_t seq;
};

static const uint8_t group[16] = { 1 }, other[16] = { 2 };

static void
world_init(struct world *w)
{
	memset(w, 0, sizeof *w);
	w->dir = temp_dir_new();
	cw_person_init(&w->alma, "alma");
	w->c = cw_home(temp_path(&w->dir, "alma"), &w->alma, "alma");
}

static void
world_clear(struct world *w)
{
	cs_client_close(w->c);
	cs_buf_free(&w->alma.credential);
	cs_buf_free(&w->got);
	temp_dir_clear(&w->dir);
}

static void
put(struct world *w, const uint8_t *id, uint64_t seq, const char *value)
{
	assert_ok(client_room_put(
	    w->c, cs_view(id, 16), CLIENT_ROOM_LINK, seq, cs_view_str(value)));
}

static void
has(struct world *w, const uint8_t *id, uint64_t seq, const char *value)
{
	assert_ok(client_room_find(
	    &w->got, &w->seq, w->c, cs_view(id, 16), CLIENT_ROOM_LINK));
	assert_view_equal(cs_buf_view(&w->got), cs_view_str(value));
	assert_int_equal(w->seq, seq);
}

static size_t
with_links(struct world *w)
{
	struct cs_buf ids = { 0 };
	size_t len;

	assert_ok(client_room_list(&ids, w->c, CLIENT_ROOM_LINK));
	len = ids.len;
	cs_buf_free(&ids);
	return len / (1 + 16);
}

/* The last in the log counts. */
static void
test_order(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	has(&w, group, 0, "");
	assert_int_equal(with_links(&w), 0);
	put(&w, group, 7, "seven");
	has(&w, group, 7, "seven");
	put(&w, group, 5, "five");
	put(&w, group, 7, "again");
	has(&w, group, 7, "seven");
	has(&w, other, 0, "");
	assert_ok(client_room_find(
	    &w.got, NULL, w.c, CS_VIEW_OF(group), CLIENT_ROOM_PICTURE));
	assert_int_equal(w.got.len, 0);
	assert_int_equal(with_links(&w), 1);
	put(&w, group, 9, "");
	has(&w, group, 9, "");
	assert_int_equal(with_links(&w), 0);
	put(&w, other, 1, "one");
	assert_ok(client_room_forget(w.c, CS_VIEW_OF(group)));
	has(&w, group, 0, "");
	has(&w, other, 1, "one");
	world_clear(&w);
}

/* It is sealed for its group: nobody moves it to another. */
static void
test_sealed(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	put(&w, group, 1, "one");
	assert_ok(cs_db_exec(w.c->db,
	    "INSERT INTO room(grp,what,seq,there,sealed)"
	    " SELECT ?,what,seq,there,sealed FROM room",
	    cs_blob(CS_VIEW_OF(other))));
	assert_err(client_room_find(
		       &w.got, NULL, w.c, CS_VIEW_OF(other), CLIENT_ROOM_LINK),
	    CS_ERR_CORRUPT);
	world_clear(&w);
}

static struct cs_mimi_external
photo(void)
{
	return (struct cs_mimi_external){
		.content_type = cs_view_str("image/jpeg"),
		.url = cs_view_str("https://hub.example/b/"
				   "000102030405060708090a0b0c0d0e0f"),
		.size = 1000,
		.key = { 1 },
		.content_hash = { 2 },
		.plain_sha256 = { 3 },
		.plain_size = 900,
	};
}

static void
test_picture(void **state)
{
	struct cs_mimi_external p = photo(), got;
	struct cs_buf b = { 0 };

	(void)state;
	assert_ok(client_picture_write(&b, &p));
	assert_in_range(b.len, 1, CLIENT_PICTURE_MAX);
	assert_ok(client_picture_parse(&got, cs_buf_view(&b)));
	assert_view_equal(got.url, p.url);
	assert_view_equal(got.content_type, p.content_type);
	assert_memory_equal(got.key, p.key, sizeof p.key);
	assert_int_equal(got.size, 1000);
	assert_int_equal(got.plain_size, 900);
	for (size_t i = 0; i < b.len; i++)
		assert_err(client_picture_parse(&got, cs_view(b.data, i)),
		    CS_ERR_FORMAT);
	assert_ok(cs_buf_add(&b, cs_view("", 1)));
	assert_err(client_picture_parse(&got, cs_buf_view(&b)), CS_ERR_FORMAT);
	/* More than a picture has; no picture; nowhere. */
	cs_buf_reset(&b);
	p.size = CS_MIMI_PICTURE_MAX + 1;
	assert_ok(client_picture_write(&b, &p));
	assert_err(client_picture_parse(&got, cs_buf_view(&b)), CS_ERR_FORMAT);
	p = photo();
	cs_buf_reset(&b);
	p.content_type = cs_view_str("text/html");
	assert_ok(client_picture_write(&b, &p));
	assert_err(client_picture_parse(&got, cs_buf_view(&b)), CS_ERR_FORMAT);
	cs_buf_reset(&b);
	p = photo();
	p.url = cs_view_str("https://elsewhere.example/");
	assert_ok(client_picture_write(&b, &p));
	assert_err(client_picture_parse(&got, cs_buf_view(&b)), CS_ERR_FORMAT);
	cs_buf_free(&b);
}

/* What a Welcome brings. */
static void
test_info(void **state)
{
	static const uint8_t secret[CS_MIMI_LINK_LEN + 1] = { 1 };
	struct client_room_info info = { .name = cs_view_str("club"),
		.link = cs_view(secret, CS_MIMI_LINK_LEN),
		.picture = cs_view_str("picture") };
	struct client_room_info got;
	struct cs_buf b = { 0 };

	(void)state;
	assert_ok(client_room_info_write(&b, &info));
	assert_ok(client_room_info_parse(&got, cs_buf_view(&b)));
	assert_false(got.direct);
	assert_view_equal(got.name, info.name);
	assert_view_equal(got.link, info.link);
	assert_view_equal(got.picture, info.picture);
	for (size_t i = 0; i < b.len; i++)
		assert_err(client_room_info_parse(&got, cs_view(b.data, i)),
		    CS_ERR_FORMAT);
	/* A later version may have more to say. */
	assert_ok(cs_buf_add(&b, cs_view_str("more")));
	assert_ok(client_room_info_parse(&got, cs_buf_view(&b)));
	assert_view_equal(got.name, info.name);
	b.data[0] = 1;
	assert_ok(client_room_info_parse(&got, cs_buf_view(&b)));
	assert_true(got.direct);
	b.data[0] = 3;
	assert_err(
	    client_room_info_parse(&got, cs_buf_view(&b)), CS_ERR_FORMAT);
	cs_buf_reset(&b);
	info.link = cs_view(secret, CS_MIMI_LINK_LEN - 1);
	assert_ok(client_room_info_write(&b, &info));
	assert_err(
	    client_room_info_parse(&got, cs_buf_view(&b)), CS_ERR_FORMAT);
	cs_buf_reset(&b);
	info.link = cs_view(secret, CS_MIMI_LINK_LEN + 1);
	assert_ok(client_room_info_write(&b, &info));
	assert_err(client_room_info_parse(&got, cs_buf_view(&b)), CS_ERR_LIMIT);
	cs_buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_sealed),
		cmocka_unit_test(test_picture),
		cmocka_unit_test(test_info),
	};

	return cs_crypto_init() == CS_OK
	    ? cmocka_run_group_tests(tests, NULL, NULL)
	    : 1;
}
